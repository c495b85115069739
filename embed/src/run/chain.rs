//! The frames of inlined functions that an exit has made, until they have ended.

use crate::py::{Frame, Object};
use pyjion_jit::hir::MAX_INLINED;
use std::ptr;

/// The frames that an exit has made on top of the one that runs, each a reference of ours.
pub struct Chain {
    /// How many.
    count: usize,
    frames: [Frame; MAX_INLINED],
    /// What is released when each has ended, or NULL.
    functions: [Object; MAX_INLINED],
    /// The next one could not be made.
    is_cut: bool,
    /// What is to be released before anything goes on.
    taken: *mut Object,
    taken_count: usize,
    taken_room: usize,
}

impl Chain {
    /// None yet.
    pub fn new() -> Chain {
        Chain {
            count: 0,
            frames: [ptr::null_mut(); MAX_INLINED],
            functions: [ptr::null_mut(); MAX_INLINED],
            is_cut: false,
            taken: ptr::null_mut(),
            taken_count: 0,
            taken_room: 0,
        }
    }

    /// Adds a frame on top of the others, with what is to be released when it has ended, or NULL.
    pub fn push(&mut self, frame: Frame, function: Object) {
        if let (Some(place), Some(kept)) =
            (self.frames.get_mut(self.count), self.functions.get_mut(self.count))
        {
            (*place, *kept) = (frame, function);
            self.count += 1;
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// The one at an index.
    pub fn frame(&self, index: usize) -> Frame {
        self.frames.get(index).copied().unwrap_or(ptr::null_mut())
    }

    /// Takes the last one off, with what is to be released when it has ended, or NULL.
    pub fn pop(&mut self) -> (Frame, Object) {
        self.count = self.count.saturating_sub(1);
        let function = self.functions.get(self.count).copied().unwrap_or(ptr::null_mut());
        (self.frame(self.count), function)
    }

    /// The next one could not be made; an exception says why.
    pub fn cut(&mut self) {
        self.is_cut = true;
    }

    /// Whether there is one that could not be made.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The last one.
    pub fn innermost(&self) -> Option<Frame> {
        self.count.checked_sub(1).map(|last| self.frame(last))
    }

    /// Takes over references that are to be released before anything goes on.
    pub fn take(&mut self, references: impl Iterator<Item = Object>) {
        let mut all = self.taken_list();
        all.extend(references);
        let mut all = std::mem::ManuallyDrop::new(all);
        (self.taken, self.taken_count, self.taken_room) = (all.as_mut_ptr(), all.len(), all.capacity());
    }

    /// Those that were taken over, in order, and how many. They are released once.
    pub fn taken(&self) -> (*const Object, usize) {
        (self.taken, self.taken_count)
    }

    /// The same as a list, which the chain has no more.
    fn taken_list(&mut self) -> Vec<Object> {
        if self.taken.is_null() {
            return Vec::new();
        }
        let taken = std::mem::replace(&mut self.taken, ptr::null_mut());
        // SAFETY: it was taken apart in `take`, and is put together once.
        unsafe { Vec::from_raw_parts(taken, self.taken_count, self.taken_room) }
    }

    /// Frees what the list of those took, once they are released.
    #[inline(never)]
    pub extern "C" fn forget_taken(&mut self) {
        drop(self.taken_list());
        self.taken_count = 0;
    }
}
