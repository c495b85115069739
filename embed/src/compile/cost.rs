//! The account of what compiling has taken so far, and what it will take.

use crate::py::gil::Gil;
use std::cell::Cell;

/// What compiling takes until some has been done, in microseconds for a byte of bytecode.
const FIRST_GUESS: u64 = 16;

struct Account {
    /// Microseconds.
    spent: Cell<u64>,
    /// Bytes of bytecode compiled for that.
    bytes: Cell<u64>,
    /// Bytes of bytecode that are being compiled in the background.
    promised: Cell<u64>,
}

static ACCOUNT: Gil<Account> =
    Gil::new(Account { spent: Cell::new(0), bytes: Cell::new(0), promised: Cell::new(0) });

/// Notes what a compilation took.
pub fn spend(microseconds: u64, bytes: usize) {
    ACCOUNT.spent.set(ACCOUNT.spent.get() + microseconds);
    ACCOUNT.bytes.set(ACCOUNT.bytes.get() + bytes as u64);
}

/// Notes that so much bytecode is going to be compiled.
pub fn promise(bytes: usize) {
    ACCOUNT.promised.set(ACCOUNT.promised.get() + bytes as u64);
}

/// Notes that so much of what was promised is done.
pub fn redeem(bytes: usize) {
    ACCOUNT.promised.set(ACCOUNT.promised.get().saturating_sub(bytes as u64));
}

/// Microseconds that compiling has taken, and will have taken when what was promised is done.
pub fn spent() -> u64 {
    ACCOUNT.spent.get() + estimate(ACCOUNT.promised.get())
}

/// Microseconds that compiling so much bytecode takes, going by what it took so far. The first guess
/// counts as if a kilobyte had been compiled.
pub fn estimate(bytes: u64) -> u64 {
    (ACCOUNT.spent.get() + 1024 * FIRST_GUESS) * bytes / (ACCOUNT.bytes.get() + 1024)
}
