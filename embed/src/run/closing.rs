//! Generators that die before their end: `gen_del` of genobject.c (3.x: `_PyGen_Finalize`), without raising
//! `GeneratorExit` where nothing in the frame could catch it, nor anybody see that it is raised.
//!
//! The function owns nothing that needs to be dropped and cannot panic (see [`enter`](crate::run::enter)).

use crate::process::PROCESS;
use crate::py::evaluation::thread_state;
use crate::py::{self, Frame, Object, PyGenObject, PyThreadState};
#[cfg(py3)]
use crate::run::sending;
use crate::run::{direct, enter, generators};
use std::ptr;

/// `tp_del` of generators, or `tp_finalize`.
///
/// # Safety
/// What these get: a generator.
pub unsafe extern "C" fn finalize(generator: Object) {
    // SAFETY: by the contract. On 2.7 nobody has a reference, and code that runs may look for it.
    unsafe {
        let thread = thread_state();
        if !unwinds_unseen(thread, generator.cast()) {
            PROCESS.replaced.finalizer_of_generator()(generator);
            return;
        }
        if cfg!(py2) {
            (*generator).ob_refcnt = 1;
        }
        let (mut class, mut value, mut traceback) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        py::PyErr_Fetch(&mut class, &mut value, &mut traceback);
        unwind(thread, generator.cast());
        py::PyErr_Restore(class, value, traceback);
        if cfg!(py2) {
            (*generator).ob_refcnt -= 1;
        }
    }
}

/// Whether an exception that is thrown into a generator does nothing but to release what its frame has.
unsafe fn unwinds_unseen(thread: *mut PyThreadState, generator: *mut PyGenObject) -> bool {
    // SAFETY: the generator is alive, and so is its frame, if it has one.
    unsafe {
        let frame = (*generator).gi_frame;
        !cfg!(py_debug)
            && !frame.is_null()
            && !(*frame).f_stacktop.is_null()
            && (*generator).gi_running == 0
            && direct::is_undisturbed(thread)
            && enter::has_room(thread)
            && handles_nothing(frame)
    }
}

/// Whether a suspended frame neither catches anything, nor has caught anything, nor waits for another
/// generator.
unsafe fn handles_nothing(frame: Frame) -> bool {
    // SAFETY: alive, and suspended.
    unsafe {
        #[cfg(py3)]
        if (*frame).f_lasti >= 0 && sending::waits(frame) {
            return false;
        }
        let blocks = (&raw const (*frame).f_blockstack).cast::<py::PyTryBlock>();
        let is_loop = |index| (*blocks.add(index)).b_type == py::SETUP_LOOP as i32;
        let handled = (*frame).f_exc_type;
        (handled.is_null() || (cfg!(py3) && handled == py::none()))
            && (0..(*frame).f_iblock as usize).all(is_loop)
    }
}

/// Ends a generator as an exception would: what is on the operand stack is released in its frame, then the
/// frame.
unsafe fn unwind(thread: *mut PyThreadState, generator: *mut PyGenObject) {
    // SAFETY: as `gen_send_ex` and `PyEval_EvalFrameEx`: the frame runs, and its operand stack is not to be
    // looked at.
    unsafe {
        let frame = (*generator).gi_frame;
        let caller = generators::link(thread, generator);
        (*thread).recursion_depth += 1;
        (*thread).frame = frame;
        #[cfg(py3)]
        {
            (*frame).f_executing = 1;
        }
        let mut top = std::mem::replace(&mut (*frame).f_stacktop, ptr::null_mut());
        while top > (*frame).f_valuestack {
            top = top.sub(1);
            py::xdecref(*top);
        }
        (*frame).f_iblock = 0;
        #[cfg(py3)]
        {
            (*frame).f_executing = 0;
        }
        (*thread).frame = caller;
        (*thread).recursion_depth -= 1;
        generators::unlink(generator, caller);
        generators::give_up(generator);
    }
}
