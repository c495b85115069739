//! When code that was compiled in little time is worth more.

use crate::compile;
use crate::config::settings;
use crate::py::{PyCodeObject, PyFrameObject};
use crate::state;
use crate::state::native::Native;
use crate::tier::budget;
use pyjion_jit::backend::TURNS;
use pyjion_jit::tier::budget::Occasion;

/// Many frames have entered a version: has its code compiled again, if there is time for that.
///
/// # Safety
/// The code object is alive, and the version one of its, which is counted as running.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn reconsider(code: *mut PyCodeObject, version: &Native) {
    // SAFETY: by the contract.
    let state = unsafe { state::of(code) };
    version.reconsider_later();
    if state.is_null() || version.replaced.get() || settings::stopped().is_some() {
        return;
    }
    // SAFETY: the state lives as long as the code.
    let state = unsafe { &*state };
    if budget::allows_better(state, Occasion::Calls) {
        compile::promote(state, 0);
    }
}

/// A frame has jumped back many times in a version that was compiled in little time: has its code compiled
/// again, if there is time for that. The frame leaves at its next check if that has been done.
///
/// # Safety
/// Called by compiled code that runs the frame, which has a loop header at this offset.
pub unsafe extern "C" fn reconsider_loop(frame: *mut PyFrameObject, header: u64) {
    // SAFETY: a running frame holds its code, and the state lives as long as that.
    let Some(state) = (unsafe { state::of((*frame).f_code).as_ref() }) else { return };
    let header = header as u32;
    state.turn(header, TURNS as u32);
    if settings::stopped().is_none() && budget::allows_better(state, Occasion::Loop(header)) {
        for pc in state.provisional_places_that_run() {
            compile::promote(state, pc);
        }
    } else {
        compile::poll();
    }
}
