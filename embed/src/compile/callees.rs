//! What code calls that may be inlined in it.

use crate::py::describe;
use crate::state::{CodeState, Phase};
use pyjion_jit::feedback::{Callee, CodeHandle, Feedback};
use pyjion_jit::{Inlinable, Options};
use std::sync::Arc;

/// Code objects at most.
const MAX_CALLEES: usize = 24;

/// Bytes of bytecode of each at most.
const MAX_BYTES: u32 = 96;

/// The code that was called and may be inlined, and what that calls in turn.
pub fn inlinable(feedback: &Feedback, options: &Options) -> Vec<Inlinable> {
    let mut all: Vec<Inlinable> = Vec::new();
    if !options.speculate || options.omitted.contains("inline") {
        return all;
    }
    add(&mut all, feedback);
    let mut next = 0;
    while next < all.len() {
        let feedback = all[next].feedback.clone();
        add(&mut all, &feedback);
        next += 1;
    }
    all
}

/// Adds what is called by code of which this was observed.
fn add(all: &mut Vec<Inlinable>, feedback: &Feedback) {
    for callee in feedback.callees() {
        let (Callee::Function(handle) | Callee::Method(handle)) = callee else { continue };
        if all.len() >= MAX_CALLEES || all.iter().any(|known| known.code == *handle) {
            continue;
        }
        all.extend(of(handle));
    }
}

/// A code object, if it may be inlined.
fn of(handle: &CodeHandle) -> Option<Inlinable> {
    if !handle.life.is_on() {
        return None;
    }
    // SAFETY: it has not ended, so that code and state are there; the GIL is held.
    let state = unsafe { &*(handle.state as *const CodeState) };
    let is_fit = state.bytes <= MAX_BYTES && matches!(state.phase(), Phase::Hot);
    // SAFETY: as above.
    if !is_fit || !unsafe { describe::is_plain(state.code) } {
        return None;
    }
    let feedback = state.hot_if_any()?.feedback.borrow().clone();
    let description = Arc::clone(state.description());
    Some(Inlinable { code: handle.clone(), description, feedback, runs: state.address_of_runs() })
}
