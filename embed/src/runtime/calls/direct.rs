//! Calls of functions whose code is known: what compiled code does not do of them in line.

use crate::py::evaluation::thread_state;
use crate::py::{self, Frame, Object, PyThreadState, pending};
use crate::run::thin;
use crate::runtime::calls::{call, functions};
use crate::state::CodeState;
use crate::state::native::Native;
use std::ptr;

/// `CALL_FUNCTION` of a function with an argument for each parameter: see `Helper::CallFunction`.
pub unsafe extern "C" fn call_function(_frame: Frame, at: *mut Object, count: i64) -> Object {
    // SAFETY: a function is lowest, its arguments above it; all are the caller's.
    unsafe {
        let thread = thread_state();
        let result = match functions::try_call(thread, *at, at.add(1), count as usize - 1) {
            Some(result) => result,
            None => {
                for index in 0..count as usize {
                    py::incref(*at.add(index));
                }
                call::call_generally(at, count as usize, count - 1)
            }
        };
        call::finish(thread, result, 0)
    }
}

/// Goes on with a frame that left native code: see `DirectCallLayout::end_by_exit`.
#[cold]
pub unsafe extern "C" fn end_by_exit(
    thread: *mut PyThreadState,
    frame: Frame,
    state: *const CodeState,
    native: *const Native,
    exit: u64,
) -> Object {
    // SAFETY: compiled code took the frame as `thin::call` does, and has just come back from the version.
    unsafe { call::finish(thread, thin::end_by_exit(thread, frame, state, native, exit), 0) }
}

/// Ends a frame to which something happened: see `DirectCallLayout::end_rarely`.
#[cold]
pub unsafe extern "C" fn end_rarely(
    thread: *mut PyThreadState,
    frame: Frame,
    state: *const CodeState,
    native: *const Native,
    result: Object,
) -> Object {
    // SAFETY: as for `end_by_exit`.
    unsafe { call::finish(thread, thin::end_rarely(thread, frame, state, native, result), 0) }
}

/// Does the periodic work that is due after a call.
#[cold]
pub unsafe extern "C" fn attend(thread: *mut PyThreadState, result: Object) -> Object {
    // SAFETY: a new reference, or NULL with an exception set.
    unsafe {
        if result.is_null() || pending::handle(thread) {
            return result;
        }
        py::decref(result);
        ptr::null_mut()
    }
}
