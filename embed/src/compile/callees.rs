//! What code calls that may be called straight away, or inlined in it.

use crate::py::describe;
use crate::state::CodeState;
use pyjion_jit::feedback::{Callee, CodeHandle, Feedback};
use pyjion_jit::{Inlinable, Options};
use std::sync::Arc;

/// Code objects at most.
const MAX_CALLEES: usize = 24;

/// Bytes of bytecode of each at most.
const MAX_BYTES: u32 = 96;

/// The code that was called and may be called straight away or inlined, and what that calls in turn.
pub fn inlinable(feedback: &Feedback, options: &Options) -> Vec<Inlinable> {
    let mut all: Vec<Inlinable> = Vec::new();
    if !options.speculate {
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
        let (Callee::Function(handle) | Callee::Method(handle) | Callee::Class(handle)) = callee else {
            continue;
        };
        if all.len() >= MAX_CALLEES || all.iter().any(|known| known.code == *handle) {
            continue;
        }
        all.extend(of(handle));
    }
}

/// A code object, if anything is to be made of its being known. Nothing was observed of one that is too large
/// to be inlined.
fn of(handle: &CodeHandle) -> Option<Inlinable> {
    if !handle.life.holds() {
        return None;
    }
    // SAFETY: it has not ended, so that code and state are there; the GIL is held.
    let state = unsafe { &*(handle.state as *const CodeState) };
    // SAFETY: as above.
    if !unsafe { describe::is_plain(state.code) } {
        return None;
    }
    // Also of code that waits to be compiled, or is not hot so far: it may be by the time it is called.
    let hot = state.hot_if_any().filter(|_| state.bytes <= MAX_BYTES);
    let feedback = hot.map_or_else(Feedback::new, |hot| hot.feedback.borrow().clone());
    Some(Inlinable {
        code: handle.clone(),
        description: Arc::clone(state.description()),
        feedback,
        runs: state.address_of_runs(),
        direct: state.direct_callee(),
    })
}
