//! What is known of all code objects together.

use crate::config::peer::{Peer, Unknown};
use crate::py::gil::Counter;
use crate::state::phase::Phase;
use crate::state::registry::Registry;
use pyjion_jit::host::Host;
use std::cell::Cell;

/// The states of the process' code objects, and what they share.
pub struct Census<State> {
    /// Who describes the interpreter: told by `pyjion_register`, before any frame runs.
    describe: Cell<fn() -> &'static Host>,
    /// Our place in the extra data of code objects: negative until `pyjion_register`, or `pyjion.enable()`,
    /// asks for one.
    pub extra: Cell<isize>,
    /// Code objects by phase, see [`Census::enter`].
    phases: [Counter; Phase::ALL.len()],
    /// Which states have machine code, and which wait for some.
    pub registry: Registry<State>,
    /// Versions so far.
    versions: Counter,
}

impl<State> Census<State> {
    /// Nothing has happened yet.
    pub const fn new() -> Census<State> {
        Census {
            describe: Cell::new(|| unreachable!("the first thing that is told")),
            extra: Cell::new(-1),
            phases: [const { Counter::new() }; Phase::ALL.len()],
            registry: Registry::new(),
            versions: Counter::new(),
        }
    }

    /// Tells who describes the interpreter, once it can be examined. To be called before any frame runs.
    pub fn initialise(&self, describe: fn() -> &'static Host) {
        self.describe.set(describe);
    }

    /// The running interpreter. The first call, with the GIL held and the built-in types ready,
    /// looks at live objects; it may run the garbage collector.
    pub fn host(&self) -> &'static Host {
        self.describe.get()()
    }

    /// Names a new version.
    pub fn next_version(&self) -> u64 {
        self.versions.count();
        self.versions.get()
    }

    /// A code object is in a phase now.
    pub fn enter(&self, phase: Phase) {
        self.phases[phase as usize].count();
    }

    /// A code object is in a phase no more.
    pub fn leave(&self, phase: Phase) {
        self.phases[phase as usize].subtract(1);
    }

    /// How many code objects are in a phase.
    pub fn count_in(&self, phase: Phase) -> u64 {
        self.phases[phase as usize].get()
    }

    /// How many another process has in each phase.
    pub fn phases_of(&self, peer: &Peer) -> Result<[u64; Phase::ALL.len()], Unknown> {
        let counts = peer.fetch(&raw const self.phases)?;
        Ok(Phase::ALL.map(|phase| counts[phase as usize].get()))
    }
}
