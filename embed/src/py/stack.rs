//! Operands on the frame's value stack, owned by the helper that consumes them.

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

    /// Takes the topmost one: an owned reference.
    pub fn pop(&mut self) -> Object {
        debug_assert!(self.len > 0, "operand stack underflow");
        self.len -= 1;
        // SAFETY: within the operands that `new` was given.
        unsafe { *self.base.add(self.len) }
    }

    /// The one at an index from the bottom, borrowed.
    pub fn peek(&self, index: usize) -> Object {
        debug_assert!(index < self.len, "no such operand");
        // SAFETY: within the operands that `new` was given.
        unsafe { *self.base.add(index) }
    }

    /// Gives up all that are left: the caller has moved them elsewhere.
    pub fn forget(mut self) {
        self.len = 0;
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        while self.len > 0 {
            let operand = self.pop();
            // SAFETY: an owned reference that nobody took.
            unsafe { py::xdecref(operand) };
        }
    }
}

/// An owned reference (or NULL) that is released at the end of its scope.
pub struct Owned(pub Object);

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: owned by construction.
        unsafe { py::xdecref(self.0) };
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
