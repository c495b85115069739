//! Whether there is time for compiling a code object.

use crate::compile::{cost, worker};
use crate::config::settings;
use crate::process::PROCESS;
use crate::py::describe;
use crate::state::CodeState;
use crate::stats::{self, clock};
use pyjion_jit::tier::budget::{self, Facts, Means, Occasion, Wanted};
use std::cell::Cell;

/// Time that frames spent in native code that they entered at loops, in ticks.
pub struct Looped(Cell<u64>);

impl Looped {
    /// None.
    pub const fn new() -> Looped {
        Looped(Cell::new(0))
    }
}

/// Notes how long native code ran that was entered at a loop.
#[inline(always)]
pub fn note_loop(ticks: u64) {
    PROCESS.looped.0.set(PROCESS.looped.0.get().saturating_add(ticks));
}

/// Whether there is time for compiling a code object for the first time.
pub fn allows(state: &CodeState, occasion: Occasion) -> bool {
    allows_version(
        state,
        occasion,
        if settings::options().no_baseline { Wanted::Full } else { Wanted::First },
    )
}

/// Whether there is time for compiling a code object again, with more effort than for its first version.
pub fn allows_better(state: &CodeState, occasion: Occasion) -> bool {
    allows_version(state, occasion, Wanted::Better)
}

fn allows_version(state: &CodeState, occasion: Occasion, wanted: Wanted) -> bool {
    if settings::is_eager() {
        return true;
    }
    let facts = Facts {
        bytes: state.bytes,
        // SAFETY: the state's code object is alive.
        is_generator: unsafe { describe::is_generator(state.code) },
        calls: if occasion == Occasion::Calls { state.runs() } else { 0 },
        leading: state.leading_loop(),
        generations: match (wanted, occasion) {
            (Wanted::Better, Occasion::Calls) => generations_of(state, 0),
            (Wanted::Better, Occasion::Loop(pc)) => generations_of(state, pc),
            (Wanted::First | Wanted::Full, _) => state.generations(),
        },
        wanted,
    };
    let means = Means {
        ledger: cost::ledger(),
        used: clock::of(libc::CLOCK_PROCESS_CPUTIME_ID),
        saved: budget::saved(
            stats::counters().frames_native.get(),
            clock::microseconds(PROCESS.looped.0.get()),
        ),
        threshold: settings::threshold(),
        in_background: worker::is_wanted(),
    };
    budget::allows(occasion, &facts, &means, |header| budget::body(state.description(), header))
}

/// How many generations there were before a version of a place that is worth all effort.
fn generations_of(state: &CodeState, pc: u32) -> u32 {
    state.with_target(pc, |target| target.generations_before(true)).unwrap_or(0)
}
