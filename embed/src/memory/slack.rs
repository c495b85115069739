//! A little memory that is let go of when a `MemoryError` is raised: for matching and handling it.
//!
//! The interpreter has the tuples and methods for that in its lists of free objects, from the calls before.
//! Compiled code makes none in its calls.

use crate::config::settings;
use crate::process::PROCESS;
use crate::py::evaluation::thread_state;
use crate::py::*;
use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;

/// Less than what the C library maps by itself.
const BYTES: usize = 64 << 10;

/// The block, or NULL.
pub struct Slack(Cell<*mut c_void>);

impl Slack {
    /// There is none.
    pub const fn new() -> Slack {
        Slack(Cell::new(ptr::null_mut()))
    }
}

/// Whether there is none.
pub fn is_given() -> bool {
    PROCESS.slack.0.get().is_null()
}

/// Sees to it that there is some, unless an exception is about to need it.
///
/// # Safety
/// The GIL is held.
pub unsafe fn replenish() {
    // SAFETY: by the contract; a block of our own, or NULL.
    unsafe {
        if is_given() && (*thread_state()).curexc_type.is_null() {
            PROCESS.slack.0.set(libc::malloc(BYTES));
            settings::set_lacking(is_given());
        }
    }
}

/// Lets go of it if the exception that is raised is a `MemoryError`.
///
/// # Safety
/// The GIL is held.
#[inline(always)]
pub unsafe fn give() {
    // SAFETY: by the contract; nobody else has the block.
    unsafe {
        if (*thread_state()).curexc_type == PyExc_MemoryError && !is_given() {
            libc::free(PROCESS.slack.0.replace(ptr::null_mut()));
            settings::set_lacking(true);
        }
    }
}
