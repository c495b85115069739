//! Calls of compiled functions from compiled code, in [thin frames](crate::state::thin).
//!
//! The functions own nothing that needs to be dropped and cannot panic (see [`enter`](crate::run::enter)).

use crate::py::evaluation::deeper;
use crate::py::{self, Object, PyFunctionObject, PyThreadState};
use crate::run::collecting;
use crate::run::frames;
use crate::run::parameters::Pairs;
use crate::run::thin_frames::{callee, frame, run};
use crate::state::CodeState;
use std::ffi::c_int;

/// Calls a function with positional arguments, and with defaults for the last of its parameters where these
/// are fewer, in a thin frame if that can be; else nothing has happened.
///
/// # Safety
/// A function; the caller holds it and the arguments until the call is over. The thread is the current one
/// and runs compiled code.
#[inline(always)]
pub unsafe fn call(
    thread: *mut PyThreadState,
    function: Object,
    arguments: *const Object,
    count: usize,
) -> Option<Object> {
    // SAFETY: by the contract.
    unsafe {
        let state = callee(thread, function)?;
        let arity = (*state).thin.arity();
        if count != arity {
            if (*state).thin.collects() {
                return collecting::call(thread, function, state, arguments, count, Pairs::NONE);
            }
            // Also where it is not to be called so: that is more than any call has.
            let defaults = py::tuple_length((*function.cast::<PyFunctionObject>()).func_defaults);
            let is_filled = count < arity && count + defaults >= arity;
            return if is_filled {
                call_with_defaults(thread, function, state, arguments, count)
            } else {
                None
            };
        }
        let frame = frame(thread, function, state);
        if frame.is_null() {
            return None;
        }
        frames::bind(frame, function, arguments, count, Some((*state).thin.lent()));
        Some(run(thread, frame, state))
    }
}

/// The same under so many calls in C, which count as levels of recursion.
///
/// # Safety
/// As for [`call`].
#[inline(always)]
pub unsafe fn call_under(
    thread: *mut PyThreadState,
    calls: c_int,
    function: Object,
    arguments: *const Object,
    count: usize,
) -> Option<Object> {
    // SAFETY: by the contract.
    unsafe { deeper(thread, calls, || call(thread, function, arguments, count)) }
}

/// The same where there are defaults enough for the parameters that are left.
#[inline(never)]
unsafe fn call_with_defaults(
    thread: *mut PyThreadState,
    function: Object,
    state: *const CodeState,
    arguments: *const Object,
    count: usize,
) -> Option<Object> {
    // SAFETY: as for `call`; the defaults that the frame borrows are held by their tuple.
    unsafe {
        let frame = frame(thread, function, state);
        if frame.is_null() {
            return None;
        }
        let lent = Some((*state).thin.lent());
        frames::bind(frame, function, arguments, count, lent);
        frames::bind_defaults(frame, function, count, lent);
        let defaults = (*function.cast::<PyFunctionObject>()).func_defaults;
        py::incref(defaults);
        let result = run(thread, frame, state);
        py::decref(defaults);
        Some(result)
    }
}

/// Calls a function that collects arguments, of which some may be given by name, under so many calls in C, if
/// it is one that does; else nothing has happened.
///
/// # Safety
/// As for [`call`]; names and values are held, too.
#[inline(never)]
pub unsafe fn call_with_names(
    thread: *mut PyThreadState,
    calls: c_int,
    function: Object,
    arguments: *const Object,
    count: usize,
    pairs: Pairs,
) -> Option<Object> {
    // SAFETY: by the contract.
    unsafe {
        deeper(thread, calls, || {
            let state = callee(thread, function)?;
            match (*state).thin.collects() {
                true => collecting::call(thread, function, state, arguments, count, pairs),
                false => None,
            }
        })
    }
}
