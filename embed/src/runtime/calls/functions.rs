//! Calls of Python functions: `fast_function` of ceval.c, and what `PyEval_EvalCodeEx` does when
//! positional arguments fill the parameters, with defaults for the last of them.
//!
//! What takes time in a call is what surrounds the evaluation: here it is done in one place,
//! without the ways round of the general case. The functions own nothing that needs to be dropped
//! and cannot panic (see [`enter`](crate::run::enter)).

use crate::memory::shortage;
use crate::py::Frame;
use crate::py::stack::release;
use crate::py::{self, Object, PyCodeObject, PyFunctionObject, PyThreadState};
use crate::run::direct;
use std::ptr;

/// Flags of code whose frame is not made in the simple way.
#[cfg(py35)]
const UNUSUAL: u32 = py::CO_VARARGS | py::CO_VARKEYWORDS | py::CO_GENERATOR | py::CO_COROUTINE;
/// Flags of code whose frame is not made in the simple way.
#[cfg(not(py35))]
const UNUSUAL: u32 = py::CO_VARARGS | py::CO_VARKEYWORDS | py::CO_GENERATOR;

/// Flags of code whose locals are in the frame only.
const FAST: u32 = py::CO_OPTIMIZED | py::CO_NEWLOCALS;

/// Whether [`call`] can call this function with so many positional arguments.
///
/// # Safety
/// A function object that is alive.
#[inline(always)]
pub unsafe fn is_simple(function: Object, count: usize) -> bool {
    // SAFETY: alive, and so are its code and defaults.
    unsafe {
        let function = function.cast::<PyFunctionObject>();
        let code = (*function).func_code.cast::<PyCodeObject>();
        #[cfg(py3)]
        if (*code).co_kwonlyargcount != 0 {
            return false;
        }
        let parameters = (*code).co_argcount as usize;
        (*code).co_flags as u32 & (FAST | UNUSUAL) == FAST
            && py::size_of_var((*code).co_cellvars) == 0
            && count <= parameters
            && (count == parameters || count + defaults((*function).func_defaults) >= parameters)
    }
}

/// How many defaults there are.
unsafe fn defaults(tuple: Object) -> usize {
    // SAFETY: a tuple or NULL.
    unsafe { if tuple.is_null() { 0 } else { py::size_of_var(tuple) as usize } }
}

/// Calls a function with arguments that stay the caller's, for whom [`is_simple`] holds.
///
/// # Safety
/// The caller holds references to the function and its arguments.
#[inline(always)]
pub unsafe fn call(
    thread: *mut PyThreadState,
    function: Object,
    arguments: *const Object,
    count: usize,
) -> Object {
    // SAFETY: slots and tuples are as long as the code object says; the function is held.
    unsafe {
        let function = function.cast::<PyFunctionObject>();
        let code = (*function).func_code.cast::<PyCodeObject>();
        let frame = new_frame(thread, code, (*function).func_globals);
        if frame.is_null() {
            return ptr::null_mut();
        }
        let slots = (&raw mut (*frame).f_localsplus).cast::<Object>();
        for index in 0..count {
            let argument = *arguments.add(index);
            py::incref(argument);
            *slots.add(index) = argument;
        }
        let parameters = (*code).co_argcount as usize;
        if count < parameters {
            let tuple = (*function).func_defaults;
            let missing = parameters - defaults(tuple);
            for index in count..parameters {
                let default = py::tuple_item(tuple, index - missing);
                py::incref(default);
                *slots.add(index) = default;
            }
        }
        let free = py::size_of_var((*code).co_freevars) as usize;
        for index in 0..free {
            let cell = py::tuple_item((*function).func_closure, index);
            py::incref(cell);
            *slots.add((*code).co_nlocals as usize + index) = cell;
        }
        let result = direct::evaluate(frame, thread);
        release_frame(thread, frame);
        result
    }
}

/// The same with a reference to the function and arguments that are consumed.
///
/// # Safety
/// As for [`call`]; the references are the caller's to give.
#[inline(always)]
pub unsafe fn call_consuming(
    thread: *mut PyThreadState,
    function: Object,
    arguments: *mut Object,
    count: usize,
) -> Object {
    // SAFETY: by the contract.
    unsafe {
        let result = call(thread, function, arguments, count);
        py::decref(function);
        release(arguments, count);
        result
    }
}

/// `PyFrame_New` for [`FAST`] code: a new reference, or NULL with an exception set.
#[inline(always)]
unsafe fn new_frame(thread: *mut PyThreadState, code: *mut PyCodeObject, globals: Object) -> Frame {
    // SAFETY: the thread runs compiled code in a frame; the zombie is what `release_frame` or
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
        track(frame);
        frame
    }
}

/// Gives the caller's reference to a frame that has been evaluated back.
#[inline(always)]
unsafe fn release_frame(thread: *mut PyThreadState, frame: Frame) {
    // SAFETY: ours.
    unsafe {
        // Deep recursion in destructors is noticed.
        (*thread).recursion_depth += 1;
        let is_shared = (*frame.cast::<py::PyObject>()).ob_refcnt != 1;
        if cfg!(py_debug) || is_shared || !is_bare(thread, frame) {
            py::decref(frame.cast());
        } else {
            dismantle(thread, frame);
        }
        (*thread).recursion_depth -= 1;
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
        untrack(frame);
        (*thread).trash_delete_nesting += 1;
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
        (*thread).trash_delete_nesting -= 1;
        if !(*thread).trash_delete_later.is_null() && (*thread).trash_delete_nesting <= 0 {
            py::_PyTrash_thread_destroy_chain();
        }
    }
}

/// The lowest bit of `gc_refs` is a flag on 3.x.
const REFS_SHIFT: u32 = cfg!(py3) as u32;

/// `_PyObject_GC_TRACK`
#[inline(always)]
unsafe fn track(frame: Frame) {
    // SAFETY: collectable objects have a header in front of them; the frame is not tracked.
    unsafe {
        let head = frame.cast::<py::PyGC_Head>().sub(1);
        let young = py::_PyGC_generation0;
        set_refs(head, py::_PyGC_REFS_REACHABLE as isize);
        (*head).gc.gc_next = young;
        (*head).gc.gc_prev = (*young).gc.gc_prev;
        (*(*head).gc.gc_prev).gc.gc_next = head;
        (*young).gc.gc_prev = head;
    }
}

/// `_PyObject_GC_UNTRACK`
#[inline(always)]
unsafe fn untrack(frame: Frame) {
    // SAFETY: as above; frames are tracked from their beginning to their end.
    unsafe {
        let head = frame.cast::<py::PyGC_Head>().sub(1);
        set_refs(head, py::_PyGC_REFS_UNTRACKED as isize);
        (*(*head).gc.gc_prev).gc.gc_next = (*head).gc.gc_next;
        (*(*head).gc.gc_next).gc.gc_prev = (*head).gc.gc_prev;
        (*head).gc.gc_next = ptr::null_mut();
    }
}

/// `_PyGCHead_SET_REFS`
#[inline(always)]
unsafe fn set_refs(head: *mut py::PyGC_Head, refs: isize) {
    // SAFETY: a header.
    unsafe {
        let flag = (*head).gc.gc_refs & ((1 << REFS_SHIFT) - 1);
        (*head).gc.gc_refs = refs << REFS_SHIFT | flag;
    }
}
