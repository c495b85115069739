//! Calls of Python functions: `fast_function` of ceval.c, and what `PyEval_EvalCodeEx` does when
//! positional arguments fill the parameters, with defaults for the last of them.
//!
//! What takes time in a call is what surrounds the evaluation: here it is done in one place,
//! without the ways round of the general case. The functions own nothing that needs to be dropped
//! and cannot panic (see [`enter`](crate::run::enter)).

use crate::py::stack::release;
use crate::py::{self, Object, PyCodeObject, PyFunctionObject, PyThreadState, describe};
use crate::run::{direct, frames, thin};
use std::ptr;

/// Calls a function with positional arguments that stay the caller's, if it is one that this is for.
///
/// # Safety
/// The caller holds references to the function and its arguments; the thread is the current one and runs compiled
/// code.
#[inline(always)]
pub unsafe fn try_call(
    thread: *mut PyThreadState,
    function: Object,
    arguments: *const Object,
    count: usize,
) -> Option<Object> {
    // SAFETY: by the contract.
    unsafe {
        let result = thin::call(thread, function, arguments, count);
        if result.is_some() {
            return result;
        }
        if is_simple(function, count) { Some(call(thread, function, arguments, count)) } else { None }
    }
}

/// The same with a reference to the function and arguments that are consumed.
///
/// # Safety
/// As for [`try_call`]; the references are the caller's to give.
#[inline(always)]
pub unsafe fn try_call_consuming(
    thread: *mut PyThreadState,
    function: Object,
    arguments: *mut Object,
    count: usize,
) -> Option<Object> {
    // SAFETY: by the contract.
    unsafe {
        let result = try_call(thread, function, arguments, count)?;
        py::decref(function);
        release(arguments, count);
        Some(result)
    }
}

/// Whether [`try_call`] calls this function with so many positional arguments.
///
/// # Safety
/// A function object that is alive.
#[inline(always)]
pub unsafe fn is_simple(function: Object, count: usize) -> bool {
    // SAFETY: alive, and so are its code and defaults.
    unsafe {
        let function = function.cast::<PyFunctionObject>();
        let code = (*function).func_code.cast::<PyCodeObject>();
        let parameters = (*code).co_argcount as usize;
        describe::is_plain(code)
            && count <= parameters
            && (count == parameters || count + defaults((*function).func_defaults) >= parameters)
    }
}

/// How many defaults there are.
unsafe fn defaults(tuple: Object) -> usize {
    // SAFETY: a tuple or NULL.
    unsafe { if tuple.is_null() { 0 } else { py::size_of_var(tuple) as usize } }
}

/// Calls a function for which [`is_simple`] holds, in a frame of its own.
#[inline(never)]
unsafe extern "C" fn call(
    thread: *mut PyThreadState,
    function: Object,
    arguments: *const Object,
    count: usize,
) -> Object {
    // SAFETY: slots and tuples are as long as the code object says; the function is held.
    unsafe {
        let function = function.cast::<PyFunctionObject>();
        let code = (*function).func_code.cast::<PyCodeObject>();
        let frame = frames::new(thread, code, (*function).func_globals);
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
        frames::release(thread, frame);
        result
    }
}
