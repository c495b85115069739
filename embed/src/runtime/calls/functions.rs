//! Calls of Python functions: `fast_function` of ceval.c, and what `PyEval_EvalCodeEx` does when
//! positional arguments fill the parameters, with defaults for the last of them.
//!
//! What takes time in a call is what surrounds the evaluation: here it is done in one place,
//! without the ways round of the general case. The functions own nothing that needs to be dropped
//! and cannot panic (see [`enter`](crate::run::enter)).

use crate::py::stack::release;
use crate::py::{self, Object, PyCodeObject, PyFunctionObject, PyThreadState, describe};
use crate::run::{direct, frames, generators, thin};
use std::ptr;

/// Calls a function with positional arguments that stay the caller's, if it is one that this is for.
///
/// # Safety
/// The caller holds references to the function and its arguments; the thread is the current one and runs
/// compiled code.
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
        (describe::is_plain(code) || describe::is_plain_generator(code))
            && count <= parameters
            && (count == parameters || count + py::tuple_length((*function).func_defaults) >= parameters)
    }
}

/// Calls a function for which [`is_simple`] holds, in a frame of its own, which a generator gets.
#[inline(never)]
unsafe extern "C" fn call(
    thread: *mut PyThreadState,
    function: Object,
    arguments: *const Object,
    count: usize,
) -> Object {
    // SAFETY: the frame owns what it is given.
    unsafe {
        let made_of = function.cast::<PyFunctionObject>();
        let frame = frames::new(thread, (*made_of).func_code.cast(), (*made_of).func_globals);
        if frame.is_null() {
            return ptr::null_mut();
        }
        frames::bind(frame, function, arguments, count, None);
        frames::bind_defaults(frame, function, count, None);
        if describe::cells((*frame).f_code) > 0 && !frames::make_cells(frame, 0) {
            frames::release(thread, frame);
            return ptr::null_mut();
        }
        if describe::is_generator((*frame).f_code) {
            return generators::new(frame, function);
        }
        let result = direct::evaluate(frame, thread);
        frames::release(thread, frame);
        result
    }
}
