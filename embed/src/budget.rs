//! How much of the program's time may go into compiling: what is not compiled in time runs as
//! fast as it always did, hence no program may lose more than a small share of its time.

use crate::gil::Gil;
use crate::settings;
use std::cell::Cell;

/// What a compilation promises.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// A loop runs hot: what is computed there may become many times faster.
    Loop,
    /// A function is called often: much of its time goes into calls and lookups, which stay.
    Function,
}

impl Promise {
    /// Compiling may take one part in this many of the processor time used so far,
    fn share(self) -> u64 {
        match self {
            Promise::Loop => 32,
            Promise::Function => 64,
        }
    }

    /// and this many microseconds more, so that a short program with a hot loop gains as well.
    fn start(self) -> u64 {
        match self {
            Promise::Loop => 6_000,
            Promise::Function => 3_000,
        }
    }
}

/// What compiling takes until some has been done, in microseconds for a byte of bytecode.
const FIRST_GUESS: u64 = 25;

struct Budget {
    spent: Cell<u64>,
    bytes: Cell<u64>,
}

static BUDGET: Gil<Budget> = Gil::new(Budget { spent: Cell::new(0), bytes: Cell::new(0) });

/// Microseconds of processor time that a clock shows.
fn clock(id: libc::clockid_t) -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a clock that every Linux has, and where to write to.
    unsafe { libc::clock_gettime(id, &mut time) };
    time.tv_sec as u64 * 1_000_000 + time.tv_nsec as u64 / 1_000
}

/// Processor time of this thread so far, in microseconds.
pub fn thread_time() -> u64 {
    clock(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// Notes what a compilation took.
pub fn spend(microseconds: u64, bytes: usize) {
    BUDGET.spent.set(BUDGET.spent.get() + microseconds);
    BUDGET.bytes.set(BUDGET.bytes.get() + bytes as u64);
}

/// Whether there is time for compiling this much bytecode. A lower threshold than the usual one
/// asks for more to be compiled, and raises the limit accordingly.
pub fn allows(bytes: u32, promise: Promise) -> bool {
    if settings::is_eager() {
        return true;
    }
    // The first guess counts as if a kilobyte had been compiled.
    let spent = BUDGET.spent.get();
    let estimate = (spent + 1024 * FIRST_GUESS) * u64::from(bytes) / (BUDGET.bytes.get() + 1024);
    let limit = promise.start() + clock(libc::CLOCK_PROCESS_CPUTIME_ID) / promise.share();
    let scale = u64::from(settings::DEFAULT_THRESHOLD.max(settings::threshold()));
    spent + estimate <= limit * scale / u64::from(settings::threshold())
}
