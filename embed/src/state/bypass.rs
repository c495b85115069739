//! Frames that pass us by: code that there is nothing to do for says so in advance, for a number of
//! frames.
//!
//! What the evaluator calls here is in line or `extern "C"`, for the reason given in
//! [`crate::run::enter`].

use crate::config::settings;
use crate::py::countdown;
use crate::state::code::CodeState;
use crate::state::phase::Phase;
use crate::stats;
use pyjion_jit::tier::heat;

/// Frames that pass at once: what is counted, and what may have changed, is known that often.
const MOST: u32 = 256;

/// Frames of new code that pass before we hear of it: most code is never run that often. Far fewer than make
/// anything hot.
const FIRST: u32 = 64;

/// Lets the first frames of all code objects pass, for as long as frames pass at all. Called before there are
/// any: from what is left of the count, it is known how many have passed.
pub fn prepare() {
    let few = settings::threshold().of_code(heat::bulk(0)) / u64::from(heat::PER_CALL) / 2;
    countdown::set_first(few.min(FIRST.into()) as u32);
}

impl CodeState {
    /// Lets as many frames pass as cannot make the code hot.
    #[inline(always)]
    pub fn pass_until_hot(&self) {
        let wanted = settings::threshold().of_code(self.bulk).max(self.reheat_at.get().into());
        self.pass(heat::calls_below(self.heat.get(), wanted));
    }

    /// Lets frames pass for which there is nothing to do.
    #[inline(never)]
    pub extern "C" fn pass_for_a_while(&self) {
        self.settle();
        self.pass(MOST.into());
    }

    #[inline(always)]
    fn pass(&self, frames: u64) {
        // SAFETY: the code object is alive, as it owns the state.
        self.passes.set(unsafe { countdown::set(self.code, frames.min(MOST.into()) as u32) });
    }

    /// Counts the frames that have passed so far.
    #[inline(always)]
    pub fn settle(&self) {
        if self.passes.get() > 0 {
            self.count_passed();
        }
    }

    #[inline(never)]
    extern "C" fn count_passed(&self) {
        // SAFETY: the code object is alive, as it owns the state.
        let left = unsafe { countdown::of(self.code) };
        let passed = self.passes.replace(left).saturating_sub(left);
        self.runs.add(passed.into());
        stats::counters().frames.add(passed.into());
        if self.phase() == Phase::Cold {
            self.warm(passed * heat::PER_CALL);
        }
    }

    /// Has all frames come to us again.
    pub fn stop_passing(&self) {
        self.settle();
        // SAFETY: the code object is alive, as it owns the state.
        self.passes.set(unsafe { countdown::set(self.code, 0) });
    }
}
