//! The interpreter's evaluation functions: the thread that they run in, their flags, and how they say that a
//! frame is not done.

use super::*;
use std::ffi::c_int;
use std::sync::atomic::{AtomicPtr, Ordering};

unsafe extern "C" {
    #[link_name = "_PyThreadState_Current"]
    // APART: the interpreter's own.
    static CURRENT: AtomicPtr<PyThreadState>;
}

/// `PyThreadState_GET()`.
#[inline(always)]
pub fn thread_state() -> *mut PyThreadState {
    // SAFETY: a word that is written by holders of the GIL, such as we are.
    unsafe { CURRENT.load(Ordering::Relaxed) }
}

/// Raise the exception that is set (a flag of evaluation functions).
pub const THROW: c_int = _PyEval_THROW as c_int;
/// Continue a frame that is on its way (a flag of evaluation functions).
pub const RESUME: c_int = _PyEval_RESUME as c_int;
/// Evaluate in the interpreter's loop (a flag of `PyEval_EvalFrameEx`).
pub const LOOP: c_int = _PyEval_LOOP as c_int;
/// Continue in the recording evaluator. No evaluation function takes this: it is what native code says when
/// it leaves.
pub const RECORD: c_int = 1 << 8;

/// What evaluators return for a frame that another one shall continue.
#[inline(always)]
pub fn suspended() -> Object {
    &raw mut _PyEval_SuspendedStruct
}

/// Does something that counts as so many levels of recursion.
///
/// # Safety
/// The current thread.
#[inline(always)]
pub unsafe fn deeper<T>(thread: *mut PyThreadState, levels: c_int, done: impl FnOnce() -> T) -> T {
    // SAFETY: by the contract.
    unsafe {
        (*thread).recursion_depth += levels;
        let result = done();
        (*thread).recursion_depth -= levels;
        result
    }
}

/// Leaves a frame for another evaluator to take up, with [`RESUME`]: everything but this stays in place.
///
/// # Safety
/// The frame is the thread's current one, its `f_stacktop` set.
#[inline(always)]
pub unsafe fn hand_over(frame: *mut PyFrameObject, thread: *mut PyThreadState) {
    // SAFETY: by the contract.
    unsafe {
        (*thread).recursion_depth -= 1;
        (*thread).frame = (*frame).f_back;
    }
}
