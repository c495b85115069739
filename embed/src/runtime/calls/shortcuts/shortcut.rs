//! What a shortcut is, and how its result is made.

use crate::py::{self, Object};
use std::ptr;

/// Does what a function in C does, for a receiver (of methods; else NULL) and so many positional arguments,
/// all borrowed. Threads can be unwound through it by force, as through all that compiled code calls.
pub type Shortcut = unsafe extern "C" fn(receiver: Object, arguments: *const Object, count: usize) -> Outcome;

/// What comes of a [`Shortcut`]: a new reference, or NULL with an exception set; or nothing was done, no
/// exception is set, and only the function itself can do it.
#[repr(transparent)]
pub struct Outcome(Object);

impl Outcome {
    /// Stands for nothing: no object is there.
    const NOTHING: Object = ptr::without_provenance_mut(1);

    /// The result, if there is one.
    #[inline(always)]
    pub fn result(self) -> Option<Object> {
        (self.0 != Outcome::NOTHING).then_some(self.0)
    }
}

impl From<Option<Object>> for Outcome {
    #[inline(always)]
    fn from(result: Option<Object>) -> Outcome {
        Outcome(result.unwrap_or(Outcome::NOTHING))
    }
}

/// The [`Shortcut`] of a function that has an optional result.
macro_rules! shortcut {
    ($function:ident) => {{
        unsafe extern "C" fn shortcut(receiver: Object, arguments: *const Object, count: usize) -> Outcome {
            // SAFETY: by the contract of `Shortcut`.
            unsafe { $function(receiver, arguments, count) }.into()
        }
        shortcut as Shortcut
    }};
}
pub(crate) use shortcut;

/// A new reference to `None`, or NULL when a C status says that an exception is set.
///
/// # Safety
/// The GIL is held.
#[inline(always)]
pub unsafe fn none_if_done(status: i32) -> Object {
    if status != 0 {
        return ptr::null_mut();
    }
    // SAFETY: immortal.
    unsafe { py::incref(py::none()) };
    py::none()
}

/// A truth as an object, or NULL when a C status says that an exception is set.
#[inline(always)]
pub fn truth_of(status: i32) -> Object {
    match status {
        ..0 => ptr::null_mut(),
        _ => py::new_bool(status != 0),
    }
}
