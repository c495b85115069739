//! The account of what compiling has taken so far.

use crate::py::gil::Gil;
use pyjion_jit::tier::budget::Account;
use std::cell::Cell;

static ACCOUNT: Gil<Cell<Account>> = Gil::new(Cell::new(Account::EMPTY));

/// How it stands.
pub fn account() -> Account {
    ACCOUNT.get()
}

/// Enters something.
pub fn enter(change: impl FnOnce(&mut Account)) {
    let mut account = ACCOUNT.get();
    change(&mut account);
    ACCOUNT.set(account);
}
