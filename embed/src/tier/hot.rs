//! When code becomes hot, and what happens to it then.

use crate::config::settings;
use crate::py::*;
use crate::state::native::Native;
use crate::state::{CodeState, Phase};
use crate::stats::{self, clock};
use crate::tier::{budget, record};
use pyjion_jit::tier::budget::Occasion;
use pyjion_jit::tier::heat;
use pyjion_jit::tier::verdict::MAX_GENERATIONS;

/// The next phase of code that has just become hot; false when it has to wait: it was hot before
/// and gave its code up, or enough time has gone into compiling.
pub fn became_hot(state: &CodeState, occasion: Occasion) -> bool {
    if !state.is_reheated() || !state.is_hot_after(clock::of(libc::CLOCK_PROCESS_CPUTIME_ID)) {
        return false;
    }
    if !budget::allows(state, occasion) {
        state.postpone();
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
pub fn is_due_for_recording(version: &Native) -> bool {
    version.generic.get() && version.entered.get() > 0 && settings::is_speculating()
}

/// Whether a frame in the interpreter is to be suspended at a loop header, to which it has jumped so often. A
/// turn of a long loop counts as many of a short one.
#[cfg(has_backedge_hook)]
pub fn shall_suspend(state: &CodeState, frame: *mut PyFrameObject, target: u32, jumps: u32) -> bool {
    // SAFETY: the frame is running, and has jumped from there.
    let length = unsafe { (*frame).f_lasti }.saturating_sub(target as i32);
    let jumps = jumps.saturating_mul(heat::bulk(length as u32));
    state.turn(target, jumps);
    if state.phase() == Phase::Cold {
        if !state.warm(jumps) {
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
        Phase::Recording => state.hot().window.get().frame() != frame as usize,
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
    let is_due = state.with_target_at(target, |target| {
        target.heat = target.heat.saturating_add(jumps);
        target.closed.is_none()
            && target.generations < MAX_GENERATIONS
            && target.heat >= settings::threshold().of_loop()
    });
    // What is under way may be a version that has this loop, too.
    if is_due != Some(true) || state.is_waiting() {
        return false;
    }
    if !budget::allows(state, Occasion::Loop(target)) {
        stats::counters().postponed.count();
        state.with_target(target, |target| target.heat = heat::postponed(target.heat));
        return false;
    }
    let observed = state.hot().feedback.borrow().is_reached(target);
    if observed || settings::is_eager() || !settings::is_speculating() {
        state.ask_for(target);
    } else {
        record::open(state);
    }
    true
}
