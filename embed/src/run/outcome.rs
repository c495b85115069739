//! How a frame left native code.

use crate::py::Object;
use std::ffi::c_int;

/// How a run of native code ended.
#[repr(C)]
pub struct Outcome {
    /// The frame's result, NULL with an exception set, or [suspended](crate::py::evaluation::suspended).
    pub object: Object,
    /// When suspended: flags for the evaluator that continues.
    pub next: c_int,
}
