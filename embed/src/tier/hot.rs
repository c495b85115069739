//! When code becomes hot, and what happens to it then.

use crate::compile;
use crate::config::settings;
use crate::py::*;
use crate::state::code_state::{CodeState, Phase};
use crate::state::version::Version;
use crate::stats;
use crate::tier::budget::{self, Occasion};
use crate::tier::record;

/// The next phase of code that has just become hot; false when it has to wait: it was hot before
/// and gave its code up, or enough time has gone into compiling.
pub fn became_hot(state: &CodeState, occasion: Occasion) -> bool {
    if state.heat.get() < state.debt.get() {
        return false;
    }
    if !budget::allows(state, occasion) {
        stats::counters().postponed.count();
        state.heat.set(state.heat.get() / 4 * 3);
        return false;
    }
    let options = settings::options();
    let selected = options.only.is_empty() || {
        let description = state.description();
        options.selects(&description.filename, &description.name)
    };
    if !selected {
        state.set_phase(Phase::Excluded);
    } else if settings::is_eager() || !settings::is_speculating() {
        state.set_phase(Phase::Hot);
    } else {
        record::open(state);
    }
    true
}

/// A version that was compiled before anything was observed has run once: time to observe.
pub fn is_due_for_recording(version: &Version) -> bool {
    version.generic && version.entered.get() > 0 && settings::is_speculating()
}

#[cfg(has_backedge_hook)]
pub fn shall_suspend(state: &CodeState, frame: *mut PyFrameObject, target: u32, jumps: u32) -> bool {
    state.turn(target, jumps);
    if state.phase() == Phase::Cold {
        let heat = state.heat.get().saturating_add(jumps);
        state.heat.set(heat);
        if !settings::is_hot(heat, state.bulk) {
            return false;
        }
        if !became_hot(state, Occasion::Loop(target)) {
            return false;
        }
        if state.phase() == Phase::Recording {
            // Its next call is there soon, and shows the whole of it.
            return !record::is_called_often(state);
        }
    }
    match state.phase() {
        Phase::Cold | Phase::Failed | Phase::Excluded => false,
        // The frame recorded last runs in the recorder already.
        Phase::Recording => state.hot().window.get().frame != frame,
        Phase::Hot => match state.version_at(target) {
            Some(due) if due && settings::is_speculating() => {
                record::open(state);
                true
            }
            Some(_) => true,
            None => loop_is_hot(state, target, jumps),
        },
    }
}

/// A loop of hot code still runs in the interpreter.
#[cfg(has_backedge_hook)]
fn loop_is_hot(state: &CodeState, target: u32, jumps: u32) -> bool {
    let is_due = state.with_target(target, |target| {
        target.heat = target.heat.saturating_add(jumps);
        target.closed.is_none()
            && target.generations < compile::MAX_GENERATIONS
            && target.heat >= settings::loop_hot_at()
    });
    // What is under way may be a version that has this loop, too.
    if is_due != Some(true) || state.under_way.get() > 0 {
        return false;
    }
    if !budget::allows(state, Occasion::Loop(target)) {
        stats::counters().postponed.count();
        let _ = state.with_target(target, |target| target.heat = target.heat / 4 * 3);
        return false;
    }
    let observed = state.hot().feedback.borrow().site(target).is_some();
    if observed || settings::is_eager() || !settings::is_speculating() {
        state.ask_for(target);
    } else {
        record::open(state);
    }
    true
}
