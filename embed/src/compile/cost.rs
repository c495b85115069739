//! The account of what compiling has taken so far.

use crate::py::gil::Gil;
use pyjion_jit::tier::budget::Ledger;
use std::cell::Cell;

static LEDGER: Gil<Cell<Ledger>> = Gil::new(Cell::new(Ledger::EMPTY));

/// How it stands.
pub fn ledger() -> Ledger {
    LEDGER.get()
}

/// Enters something.
pub fn enter(change: impl FnOnce(&mut Ledger)) {
    let mut ledger = LEDGER.get();
    change(&mut ledger);
    LEDGER.set(ledger);
}
