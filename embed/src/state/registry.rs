//! Which code objects have machine code, and which wait for some.

use crate::py::gil::{Counter, Gil};
use crate::state::code_state::CodeState;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ptr;

/// Names something that a state waits for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wait(u64);

/// States in it are alive: one that dies takes itself out.
struct Registry {
    /// Those that have a version.
    owners: RefCell<BTreeSet<*const CodeState>>,
    /// Those that wait for one.
    waiting: RefCell<BTreeMap<Wait, *const CodeState>>,
    /// Waits so far.
    waits: Counter,
}

static REGISTRY: Gil<Registry> = Gil::new(Registry {
    owners: RefCell::new(BTreeSet::new()),
    waiting: RefCell::new(BTreeMap::new()),
    waits: Counter::new(),
});

/// The state has a version.
pub fn add(state: &CodeState) {
    REGISTRY.owners.borrow_mut().insert(state);
}

/// The state has none any more.
pub fn remove(state: &CodeState) {
    REGISTRY.owners.borrow_mut().remove(&ptr::from_ref(state));
}

/// The states that have a version: alive as long as no Python code runs.
pub fn owners() -> Vec<*const CodeState> {
    REGISTRY.owners.borrow().iter().copied().collect()
}

/// The state waits for something.
pub fn begin_wait(state: &CodeState) -> Wait {
    REGISTRY.waits.count();
    let wait = Wait(REGISTRY.waits.get());
    REGISTRY.waiting.borrow_mut().insert(wait, state);
    wait
}

/// What a state waited for is there: the state, if it is still alive, and that as long as no Python code runs.
pub fn end_wait(wait: Wait) -> Option<*const CodeState> {
    REGISTRY.waiting.borrow_mut().remove(&wait)
}

/// The state dies.
pub fn forget(state: &CodeState, waits: bool) {
    remove(state);
    if waits {
        REGISTRY.waiting.borrow_mut().retain(|_, waiting| !ptr::eq(*waiting, state));
    }
}
