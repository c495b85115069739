//! The frames of inlined functions that an exit has made, until they have ended.

use crate::py::{Frame, Object};
use pyjion_jit::hir::MAX_INLINED;
use std::ffi::c_int;
use std::ptr;

/// A frame that an exit has made.
#[derive(Clone, Copy)]
pub struct Link {
    /// A reference of ours.
    pub frame: Frame,
    /// What is released when it has ended, or NULL.
    pub function: Object,
    /// Levels of recursion that its call takes besides its own.
    pub levels: c_int,
    /// The instance that it initialises, a reference of ours, or NULL.
    pub instance: Object,
}

/// No frame.
const NONE: Link =
    Link { frame: ptr::null_mut(), function: ptr::null_mut(), levels: 0, instance: ptr::null_mut() };

/// The frames that an exit has made on top of the one that runs.
pub struct Chain {
    /// How many.
    count: usize,
    links: [Link; MAX_INLINED],
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
            links: [NONE; MAX_INLINED],
            is_cut: false,
            taken: ptr::null_mut(),
            taken_count: 0,
            taken_room: 0,
        }
    }

    /// Adds a frame on top of the others.
    pub fn push(&mut self, link: Link) {
        if let Some(place) = self.links.get_mut(self.count) {
            *place = link;
            self.count += 1;
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// The one at an index.
    pub fn link(&self, index: usize) -> Link {
        self.links.get(index).copied().unwrap_or(NONE)
    }

    /// Takes the last one off.
    pub fn pop(&mut self) -> Link {
        self.count = self.count.saturating_sub(1);
        self.link(self.count)
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
        self.count.checked_sub(1).map(|last| self.link(last).frame)
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
