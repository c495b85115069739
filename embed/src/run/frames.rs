//! Frames of functions that compiled code calls: `PyFrame_New` and `frame_dealloc` without their ways round.
//!
//! The functions own nothing that needs to be dropped and cannot panic (see [`enter`](crate::run::enter)).

use crate::memory::shortage;
use crate::py::evaluation::deeper;
use crate::py::{self, Frame, Object, PyCodeObject, PyFunctionObject, PyThreadState, collector, describe};
use std::ptr;

/// `PyFrame_New` for code with fast locals: a new reference, or NULL with an exception set.
///
/// # Safety
/// The thread is the current one and runs compiled code in a frame; `code` and `globals` are what a function
/// has.
#[inline(always)]
pub unsafe fn new(thread: *mut PyThreadState, code: *mut PyCodeObject, globals: Object) -> Frame {
    // SAFETY: the thread runs compiled code in a frame; the zombie is what [`release`] or
    // `frame_dealloc` left.
    unsafe {
        if shortage::is_denied() {
            return py::PyErr_NoMemory().cast();
        }
        let back = (*thread).frame;
        let frame = (*code).co_zombieframe.cast::<py::PyFrameObject>();
        if cfg!(py_debug) || frame.is_null() || (*back).f_globals != globals {
            return py::PyFrame_New(thread, code, globals, ptr::null_mut());
        }
        (*code).co_zombieframe = ptr::null_mut();
        (*frame.cast::<py::PyObject>()).ob_refcnt = 1;
        (*frame).f_stacktop = (*frame).f_valuestack;
        (*frame).f_builtins = (*back).f_builtins;
        py::incref((*frame).f_builtins);
        (*frame).f_back = back;
        py::incref(back.cast());
        py::incref(code.cast());
        (*frame).f_globals = globals;
        py::incref(globals);
        #[cfg(py2)]
        {
            (*frame).f_tstate = thread;
        }
        (*frame).f_lasti = -1;
        (*frame).f_lineno = (*code).co_firstlineno;
        (*frame).f_iblock = 0;
        #[cfg(py3)]
        {
            (*frame).f_executing = 0;
            (*frame).f_gen = ptr::null_mut();
        }
        collector::track(frame.cast());
        frame
    }
}

/// Gives a new frame of a function its positional arguments and the cells of the closure: its own references,
/// but for what is `lent`, so many of the first parameters and all cells.
///
/// # Safety
/// There are no more arguments than parameters. Whoever lends holds what is lent until the frame ends or is
/// completed.
#[inline(always)]
pub unsafe fn bind(
    frame: Frame,
    function: Object,
    arguments: *const Object,
    count: usize,
    lent: Option<usize>,
) {
    // SAFETY: slots and tuples are as long as the code object says; the function is held.
    unsafe {
        let slots = (&raw mut (*frame).f_localsplus).cast::<Object>();
        for index in 0..count {
            fill(slots, index, *arguments.add(index), index < lent.unwrap_or(0));
        }
        bind_cells(frame, function, lent.is_some());
    }
}

/// Gives it the cells of the closure, lent or its own.
///
/// # Safety
/// As for [`bind`].
#[inline(always)]
pub unsafe fn bind_cells(frame: Frame, function: Object, are_lent: bool) {
    // SAFETY: as for `bind`.
    unsafe {
        let slots = (&raw mut (*frame).f_localsplus).cast::<Object>();
        let closure = (*function.cast::<PyFunctionObject>()).func_closure;
        if !closure.is_null() {
            let code = (*frame).f_code;
            let first = (*code).co_nlocals as usize + describe::cells(code);
            for index in 0..py::size_of_var((*code).co_freevars) as usize {
                fill(slots, first + index, py::tuple_item(closure, index), are_lent);
            }
        }
    }
}

/// Makes the cells of its own that a new frame has, which has its arguments, of which the first so many are
/// lent; false with an exception set. This may run the garbage collector, and with it anything.
///
/// # Safety
/// As for [`bind`]; nobody else has the frame.
pub unsafe fn make_cells(frame: Frame, lent: usize) -> bool {
    // SAFETY: within the slots; a cell has a reference of its own to what it holds.
    unsafe {
        let code = (*frame).f_code;
        let slots = (&raw mut (*frame).f_localsplus).cast::<Object>();
        for index in 0..describe::cells(code) {
            let argument = describe::argument_of_cell(code, index);
            let content = argument.map_or(ptr::null_mut(), |slot| *slots.add(slot));
            let cell = py::PyCell_New(content);
            if cell.is_null() {
                return false;
            }
            *slots.add((*code).co_nlocals as usize + index) = cell;
            if cfg!(py3)
                && let Some(slot) = argument
            {
                *slots.add(slot) = ptr::null_mut();
                if slot >= lent {
                    py::xdecref(content);
                }
            }
        }
        true
    }
}

/// Gives it defaults for the parameters from `count` on, in the same way.
///
/// # Safety
/// As for [`bind`]; there are defaults enough.
#[inline(always)]
pub unsafe fn bind_defaults(frame: Frame, function: Object, count: usize, lent: Option<usize>) {
    // SAFETY: as for `bind`.
    unsafe {
        let slots = (&raw mut (*frame).f_localsplus).cast::<Object>();
        let defaults = (*function.cast::<PyFunctionObject>()).func_defaults;
        let parameters = (*(*frame).f_code).co_argcount as usize;
        for index in count..parameters {
            let default = py::tuple_item(defaults, index + py::tuple_length(defaults) - parameters);
            fill(slots, index, default, index < lent.unwrap_or(0));
        }
    }
}

#[inline(always)]
unsafe fn fill(slots: *mut Object, index: usize, object: Object, is_lent: bool) {
    // SAFETY: alive, and within the slots.
    unsafe {
        if !is_lent {
            py::incref(object);
        }
        *slots.add(index) = object;
    }
}

/// Gives the caller's reference to a frame that has been evaluated back.
///
/// # Safety
/// The caller owns that reference, and the frame does not run.
#[inline(always)]
pub unsafe fn release(thread: *mut PyThreadState, frame: Frame) {
    // SAFETY: ours.
    unsafe {
        // Deep recursion in destructors is noticed.
        deeper(thread, 1, || {
            let is_shared = (*frame.cast::<py::PyObject>()).ob_refcnt != 1;
            if cfg!(py_debug) || is_shared || !is_bare(thread, frame) {
                py::decref(frame.cast());
            } else {
                dismantle(thread, frame);
            }
        });
    }
}

/// Whether nothing was attached to the frame, its deallocation would not be put off, and it would
/// not go to the list of free frames, which is the interpreter's own.
#[inline(always)]
unsafe fn is_bare(thread: *mut PyThreadState, frame: Frame) -> bool {
    // SAFETY: alive.
    unsafe {
        let attached = [
            (*frame).f_stacktop as usize,
            (*frame).f_locals as usize,
            (*frame).f_trace as usize,
            (*frame).f_exc_type as usize,
            (*frame).f_exc_value as usize,
            (*frame).f_exc_traceback as usize,
        ];
        attached.iter().fold(0, |all, one| all | one) == 0
            && (*(*frame).f_code).co_zombieframe.is_null()
            && (*thread).trash_delete_nesting < py::PyTrash_UNWIND_LEVEL as i32
    }
}

/// `frame_dealloc` of a bare frame, which becomes its code object's zombie.
#[inline(always)]
unsafe fn dismantle(thread: *mut PyThreadState, frame: Frame) {
    // SAFETY: nobody else has a reference; what is released may run anything, but cannot get at
    // the frame.
    unsafe {
        (*frame.cast::<py::PyObject>()).ob_refcnt = 0;
        collector::untrack(frame.cast());
        begin_trashcan(thread);
        let mut slot = (&raw mut (*frame).f_localsplus).cast::<Object>();
        let end = (*frame).f_valuestack;
        while slot < end {
            let object = std::mem::replace(&mut *slot, ptr::null_mut());
            py::xdecref(object);
            slot = slot.add(1);
        }
        py::decref((*frame).f_back.cast());
        py::decref((*frame).f_builtins);
        py::decref((*frame).f_globals);
        let code = (*frame).f_code;
        if (*code).co_zombieframe.is_null() {
            (*code).co_zombieframe = frame.cast();
        } else {
            py::PyObject_GC_Del(frame.cast());
        }
        py::decref(code.cast());
        end_trashcan(thread);
    }
}

/// `Py_TRASHCAN_SAFE_BEGIN`, where it puts nothing off.
///
/// # Safety
/// The thread is the current one.
#[inline(always)]
pub unsafe fn begin_trashcan(thread: *mut PyThreadState) {
    // SAFETY: by the contract.
    unsafe { (*thread).trash_delete_nesting += 1 }
}

/// `Py_TRASHCAN_SAFE_END`
///
/// # Safety
/// As for [`begin_trashcan`], which was called before.
#[inline(always)]
pub unsafe fn end_trashcan(thread: *mut PyThreadState) {
    // SAFETY: by the contract.
    unsafe {
        (*thread).trash_delete_nesting -= 1;
        if !(*thread).trash_delete_later.is_null() && (*thread).trash_delete_nesting <= 0 {
            py::_PyTrash_thread_destroy_chain();
        }
    }
}
