//! A list of the states of code objects: which have machine code, and which wait for some.

use crate::py::gil::Counter;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ptr;

/// Names something that a state waits for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wait(u64);

/// States in it are alive: one that dies takes itself out.
pub struct Registry<State> {
    /// Those that have a version.
    owners: RefCell<BTreeSet<*const State>>,
    /// Those that wait for one.
    waiting: RefCell<BTreeMap<Wait, *const State>>,
    /// Waits so far.
    waits: Counter,
}

impl<State> Registry<State> {
    /// Nobody has anything.
    pub const fn new() -> Registry<State> {
        Registry {
            owners: RefCell::new(BTreeSet::new()),
            waiting: RefCell::new(BTreeMap::new()),
            waits: Counter::new(),
        }
    }

    /// The state has a version.
    pub fn add(&self, state: &State) {
        self.owners.borrow_mut().insert(state);
    }

    /// The state has none any more.
    pub fn remove(&self, state: &State) {
        self.owners.borrow_mut().remove(&ptr::from_ref(state));
    }

    /// The states that have a version: alive as long as no Python code runs.
    pub fn owners(&self) -> Vec<*const State> {
        self.owners.borrow().iter().copied().collect()
    }

    /// The state waits for something.
    pub fn begin_wait(&self, state: &State) -> Wait {
        self.waits.count();
        let wait = Wait(self.waits.get());
        self.waiting.borrow_mut().insert(wait, state);
        wait
    }

    /// What a state waited for is there: the state, if it is still alive, and that as long as no Python code
    /// runs.
    pub fn end_wait(&self, wait: Wait) -> Option<*const State> {
        self.waiting.borrow_mut().remove(&wait)
    }

    /// The state dies; `waits` says whether it may wait for anything.
    pub fn forget(&self, state: &State, waits: bool) {
        self.remove(state);
        if waits {
            self.waiting.borrow_mut().retain(|_, waiting| !ptr::eq(*waiting, state));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_dies_waits_for_nothing_more() {
        let registry = Registry::new();
        let (first, second) = (1, 1);
        let waits = [registry.begin_wait(&first), registry.begin_wait(&second), registry.begin_wait(&first)];
        registry.forget(&first, true);
        assert_eq!(waits.map(|wait| registry.end_wait(wait)), [None, Some(ptr::from_ref(&second)), None]);
        assert_eq!(registry.end_wait(waits[1]), None);
    }

    #[test]
    fn owners_are_listed_until_they_have_nothing() {
        let registry = Registry::new();
        let (first, second) = (1, 1);
        registry.add(&first);
        registry.add(&second);
        registry.add(&second);
        assert_eq!(registry.owners().len(), 2);
        registry.remove(&first);
        assert_eq!(registry.owners(), [ptr::from_ref(&second)]);
        registry.forget(&second, false);
        assert!(registry.owners().is_empty());
    }
}
