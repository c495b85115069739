//! Frames that the interpreter runs without asking us: how many of a code object are still to come.

use super::*;

/// `_PyCode_EVALUATION`: what lies behind a code object.
///
/// # Safety
/// `code` is a code object.
#[inline(always)]
pub unsafe fn evaluation(code: *mut PyCodeObject) -> *mut _PyCodeEvaluation {
    // SAFETY: code.h says that it is there.
    unsafe { code.add(1).cast() }
}

/// How many frames pass of a code object that we have not heard of. Called before there are any.
pub fn set_first(frames: u32) {
    #[cfg(has_frame_countdown)]
    // SAFETY: a plain int, before any frame runs.
    unsafe {
        _PyEval_FirstSkip = frames as i32;
    }
    #[cfg(not(has_frame_countdown))]
    let _ = frames;
}

/// How many frames of a code object that has no state yet have passed.
///
/// # Safety
/// A code object.
pub unsafe fn passed_first(code: *mut PyCodeObject) -> u32 {
    #[cfg(has_frame_countdown)]
    // SAFETY: a plain int, under the GIL; by the contract.
    return unsafe { (_PyEval_FirstSkip as u32).saturating_sub(of(code)) };
    #[cfg(not(has_frame_countdown))]
    0
}

/// How many frames of a code object are still to pass.
///
/// # Safety
/// A code object.
#[inline(always)]
pub unsafe fn of(code: *mut PyCodeObject) -> u32 {
    #[cfg(has_frame_countdown)]
    // SAFETY: by the contract; the interpreter counts down to 0.
    return unsafe { (*evaluation(code)).ce_skip } as u32;
    #[cfg(not(has_frame_countdown))]
    0
}

/// Sets it.
///
/// # Safety
/// A code object.
#[inline(always)]
pub unsafe fn set(code: *mut PyCodeObject, frames: u32) -> u32 {
    #[cfg(has_frame_countdown)]
    // SAFETY: by the contract.
    unsafe {
        (*evaluation(code)).ce_skip = frames as i32;
    }
    // SAFETY: by the contract.
    unsafe { of(code) }
}
