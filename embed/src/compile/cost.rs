//! The account of what compiling has taken so far.

use crate::process::PROCESS;
use pyjion_jit::tier::budget;
use std::cell::Cell;

/// How it stands.
pub struct Ledger(Cell<budget::Ledger>);

impl Ledger {
    /// Nothing has been entered.
    pub const fn new() -> Ledger {
        Ledger(Cell::new(budget::Ledger::EMPTY))
    }
}

/// How it stands.
pub fn ledger() -> budget::Ledger {
    PROCESS.ledger.0.get()
}

/// Enters something.
pub fn enter(change: impl FnOnce(&mut budget::Ledger)) {
    let mut ledger = PROCESS.ledger.0.get();
    change(&mut ledger);
    PROCESS.ledger.0.set(ledger);
}
