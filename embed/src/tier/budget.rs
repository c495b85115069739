//! How much of the program's time may go into compiling: what is not compiled in time runs as
//! fast as it always did, hence no program may lose more than a small share of its time.

use crate::compile::{cost, worker};
use crate::config::settings;
use crate::py::describe;
use crate::py::gil::Gil;
use crate::state::code_state::CodeState;
use crate::stats;
use crate::stats::clock;
use pyjion_jit::bytecode::{self, CodeDesc, Op};
use std::cell::Cell;

/// What code is to be compiled for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// The loop with this header runs hot.
    Loop(u32),
    /// It is called often.
    Calls,
}

/// What a compilation promises, and may take.
struct Promise {
    /// One part in this many of the processor time used so far,
    share: u64,
    /// and this many microseconds more, so that a short program gains as well.
    start: u64,
    /// What a turn of the loop, or a call, is sure to save, in picoseconds.
    saves: u64,
}

impl Promise {
    /// A loop that calculates may become many times faster.
    const ARITHMETIC: Promise = Promise { share: 32, start: 6_000, saves: 100_000 };

    /// Elsewhere, much of the time goes into calls and lookups, which stay: a few instructions have their turn.
    const OTHER: Promise = Promise { share: 64, start: 3_000, saves: 10_000 };

    /// In the background, compiling takes no time of the program's, but still some of the machine's: what code
    /// has shown to save counts eight times. (Programs of the library that take half a second end 1% to 10%
    /// earlier by it, or as early as before, for about as much processor time as a larger start costs them, which
    /// goes to whatever is warm first; whether it is four times or eight makes less difference than two runs do.)
    fn in_background(self) -> Promise {
        Promise { share: self.share / 2, saves: self.saves * 8, ..self }
    }

    /// A call of a function goes through much of its code, and at least the way from one instruction to the
    /// next is shorter.
    fn of_call(bytes: u32) -> Promise {
        Promise { saves: Promise::OTHER.saves.max(u64::from(bytes) * 400), ..Promise::OTHER }
    }

    /// A generator is resumed several times on the way through its code.
    fn of_resumption(bytes: u32) -> Promise {
        Promise::of_call(bytes / 8)
    }
}

/// Whether a loop does more arithmetic than calls.
fn calculates(code: &CodeDesc, header: u32) -> bool {
    let Ok(code) = bytecode::decode(code) else { return false };
    let body = code.loop_body(header);
    let count = |wanted: fn(&Op) -> bool| body.iter().filter(|one| wanted(&one.op)).count();
    count(|op| matches!(op, Op::Binary { .. })) > 2 * count(|op| matches!(op, Op::Call(_)))
}

/// Without having paid back yet, compiling may take one part in this many of the processor time used so far.
const LOSS: u64 = 16;

/// Beyond that, code has to have shown that it would have saved so many times what compiling it takes.
const CAUTION: u64 = 10;

/// What a frame that begins in native code is sure to save, in nanoseconds.
const FRAME_SAVES: u64 = 30;

/// A loop in native code is sure to have saved one part in this many of the time that it took.
const LOOP_SAVES: u64 = 4;

/// Time that frames spent in native code that they entered at loops, in ticks.
static LOOPED: Gil<Cell<u64>> = Gil::new(Cell::new(0));

/// Notes how long native code ran that was entered at a loop.
#[inline(always)]
pub fn note_loop(ticks: u64) {
    LOOPED.set(LOOPED.get().saturating_add(ticks));
}

/// Microseconds that compiled code is sure to have saved so far.
fn saved() -> u64 {
    let frames = stats::counters().frames_native.get();
    clock::microseconds(LOOPED.get()) / LOOP_SAVES + frames * FRAME_SAVES / 1000
}

/// Whether there is time for compiling a code object. A lower threshold than the usual one asks for
/// more to be compiled, and raises the limit accordingly.
pub fn allows(state: &CodeState, occasion: Occasion) -> bool {
    if settings::is_eager() {
        return true;
    }
    let spent = cost::spent();
    let estimate = cost::estimate(state.bytes.into());
    let (promise, seen) = match occasion {
        Occasion::Loop(header) if calculates(state.description(), header) => {
            (Promise::ARITHMETIC, state.turns(header).into())
        }
        Occasion::Loop(header) => (Promise::OTHER, state.turns(header).into()),
        Occasion::Calls => match state.leading_loop() {
            (header, turns) if u64::from(turns) > state.runs() && calculates(state.description(), header) => {
                (Promise::ARITHMETIC, turns.into())
            }
            // SAFETY: the state's code object is alive.
            _ if unsafe { describe::is_generator(state.code) } => {
                (Promise::of_resumption(state.bytes), state.runs())
            }
            _ => (Promise::of_call(state.bytes), state.runs()),
        },
    };
    let promise = if worker::is_wanted() { promise.in_background() } else { promise };
    let used = clock::of(libc::CLOCK_PROCESS_CPUTIME_ID);
    let scaled = |limit: u64| {
        limit * u64::from(settings::DEFAULT_THRESHOLD.max(settings::threshold()))
            / u64::from(settings::threshold())
    };
    // Whoever rents until that has cost as much as buying pays twice as much as need be at most. That is too
    // much where it happens again and again: while what was bought has not paid, rent is paid for longer. So it
    // is where there were versions that did not last.
    let is_paying = spent + estimate <= scaled(promise.start.max(used / LOSS)) + saved();
    let price = if is_paying { estimate } else { estimate * CAUTION };
    if seen * promise.saves / 1_000_000 >= price << state.generations() {
        return true;
    }
    spent + estimate <= scaled(promise.start + used / promise.share)
}
