//! Process-wide state that the GIL protects.

use std::cell::Cell;
use std::ops::Deref;

/// A value that only holders of the GIL use. What changes in it is a `Cell` or, borrowed for
/// moments in which no Python code can run, a `RefCell`.
pub struct Gil<T>(T);

// SAFETY: one thread at a time holds the GIL, and handing it over synchronises memory. Before
// Py_Initialize and after Py_Finalize there is only one thread.
unsafe impl<T> Sync for Gil<T> {}

impl<T> Gil<T> {
    /// For statics.
    pub const fn new(value: T) -> Gil<T> {
        Gil(value)
    }
}

impl<T> Deref for Gil<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// An event counter.
#[derive(Default)]
#[repr(transparent)]
pub struct Counter(Cell<u64>);

impl Counter {
    /// Starts at zero.
    pub const fn new() -> Counter {
        Counter(Cell::new(0))
    }

    /// Counts one event.
    #[inline(always)]
    pub fn count(&self) {
        self.add(1);
    }

    /// Counts several events.
    #[inline(always)]
    pub fn add(&self, events: u64) {
        self.0.set(self.0.get().wrapping_add(events));
    }

    /// Where it counts.
    pub fn address(&self) -> usize {
        self.0.as_ptr() as usize
    }

    /// Takes events back.
    pub fn subtract(&self, events: u64) {
        self.0.set(self.0.get().saturating_sub(events));
    }

    /// How many there were.
    #[inline(always)]
    pub fn get(&self) -> u64 {
        self.0.get()
    }
}
