//! Frames that began before our evaluator was installed.

use crate::config::settings;
use crate::process::PROCESS;
use crate::py::*;
use std::cell::RefCell;

/// Frames that were running when the hook was installed: whoever runs them does not expect them
/// to be suspended.
pub struct Outsiders(RefCell<Vec<*mut PyFrameObject>>);

impl Outsiders {
    /// None.
    pub const fn new() -> Outsiders {
        Outsiders(RefCell::new(Vec::new()))
    }
}

/// These frames are running now.
pub fn set(frames: Vec<*mut PyFrameObject>) {
    settings::set_outsiders(!frames.is_empty());
    *PROCESS.outsiders.0.borrow_mut() = frames;
}

/// A frame comes to us: from now on we know of it.
///
/// # Safety
/// The GIL is held.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn adopt(frame: *mut PyFrameObject) {
    let mut outsiders = PROCESS.outsiders.0.borrow_mut();
    outsiders.retain(|outsider| *outsider != frame);
    settings::set_outsiders(!outsiders.is_empty());
}

/// Whether a frame was running when the hook was installed, and has not come to us since.
#[inline(always)]
pub fn is_outsider(frame: *mut PyFrameObject) -> bool {
    settings::has_outsiders() && PROCESS.outsiders.0.borrow().contains(&frame)
}
