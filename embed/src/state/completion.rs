//! Where CPython says that thin frames are about to be seen as what they are.

#[cfg(has_complete_hook)]
use crate::py::Frame;
#[cfg(has_complete_hook)]
use crate::state::{extra, thin};

/// Has them completed then.
pub fn initialise() {
    #[cfg(has_complete_hook)]
    // SAFETY: a plain store of a function pointer under the GIL.
    unsafe {
        crate::py::_PyFrame_CompleteHook = Some(complete);
    }
}

/// `_PyFrame_CompleteHook`
#[cfg(has_complete_hook)]
unsafe extern "C" fn complete(frame: Frame) {
    // SAFETY: a frame, or NULL for all; the GIL is held.
    unsafe {
        if frame.is_null() {
            thin::complete_all();
            return;
        }
        let state = extra::of((*frame).f_code);
        if !state.is_null() {
            (*state).thin.complete(frame);
        }
    }
}
