//! Operands on the frame's value stack, owned by the helper that consumes them.

use crate::py::references::{Borrowed, Owned};
use crate::py::{self, Object};

/// The operands of a stack helper. What is not taken is released when this is dropped, topmost
/// first, as the evaluator's unwinding does.
pub struct Stack {
    base: *mut Object,
    len: usize,
}

impl Stack {
    /// Takes over `count` operands.
    ///
    /// # Safety
    /// They are owned references (or NULL), and nobody else releases them.
    pub unsafe fn new(base: *mut Object, count: i64) -> Stack {
        Stack { base, len: count as usize }
    }

    /// How many are left.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Takes the topmost one.
    pub fn pop(&mut self) -> Owned {
        debug_assert!(self.len > 0, "operand stack underflow");
        self.len -= 1;
        // SAFETY: within the operands that `new` was given, and not released with the others any more.
        unsafe { Owned::new(*self.base.add(self.len)) }
    }

    /// The one at an index from the bottom.
    pub fn peek(&self, index: usize) -> Borrowed<'_> {
        debug_assert!(index < self.len, "no such operand");
        // SAFETY: within the operands that `new` was given.
        unsafe { Borrowed::new(*self.base.add(index)) }
    }

    /// Gives up all that are left: the caller has moved them elsewhere.
    pub fn forget(mut self) {
        self.len = 0;
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        while self.len > 0 {
            drop(self.pop());
        }
    }
}

/// Releases operands that may be NULL, topmost first.
///
/// # Safety
/// So many owned references, or NULL, are there.
pub unsafe fn release_all(at: *mut Object, count: usize) {
    // SAFETY: by the contract.
    unsafe {
        for index in (0..count).rev() {
            py::xdecref(*at.add(index));
        }
    }
}

/// Releases operands, topmost first.
///
/// # Safety
/// So many owned references are there.
#[inline(always)]
pub unsafe fn release(at: *mut Object, count: usize) {
    // SAFETY: by the contract.
    unsafe {
        for index in (0..count).rev() {
            py::decref(*at.add(index));
        }
    }
}
