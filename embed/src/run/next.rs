//! Who runs a frame next: decided when it begins, and when it was suspended.

use crate::compile;
use crate::config::settings;
use crate::py::describe;
use crate::py::evaluation::{RECORD, RESUME, THROW};
use crate::py::*;
use crate::run::outcome::Outcome;
use crate::state::native::Native;
use crate::state::{self, CodeState, Phase};
use crate::stats;
use crate::tier::{hot, record};
use pyjion_jit::tier::budget::Occasion;
use pyjion_jit::tier::heat;
use std::ffi::c_int;
use std::ptr;

/// Who runs a frame next.
#[repr(C)]
pub struct Next {
    /// For [`Runner::Native`].
    pub version: *const Native,
    /// For [`Runner::Native`].
    pub entry: u32,
    /// Who.
    pub runner: Runner,
}

#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Runner {
    /// The interpreter.
    Interpreter,
    /// Its recording twin.
    Recorder,
    /// Native code.
    Native,
}

impl Next {
    /// The interpreter.
    pub const INTERPRETER: Next = Next { version: ptr::null(), entry: 0, runner: Runner::Interpreter };
    /// Its recording twin.
    pub const RECORDER: Next = Next { version: ptr::null(), entry: 0, runner: Runner::Recorder };

    /// Native code, by an entry that the frame fits.
    pub fn native(version: *const Native, entry: u32) -> Next {
        Next { version, entry, runner: Runner::Native }
    }
}

/// Who continues a frame that native code left, and with which flags.
#[inline(always)]
pub fn after(outcome: &Outcome) -> (Next, c_int) {
    let plan = if outcome.next & RECORD != 0 { Next::RECORDER } else { Next::INTERPRETER };
    (plan, outcome.next & (RESUME | THROW))
}

/// The first call of a code object.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn at_first_call(frame: *mut PyFrameObject) -> Next {
    // SAFETY: a code object without state; no exception is set when a frame begins.
    unsafe {
        let state = state::of_or_attach((*frame).f_code);
        if state.is_null() {
            return Next::INTERPRETER;
        }
        (*state).count_run();
        if !(*state).warm(heat::PER_CALL) {
            return Next::INTERPRETER;
        }
        at_entry(frame, &*state)
    }
}

/// A frame of warm code begins or is resumed.
#[inline(never)]
pub unsafe extern "C" fn at_entry(frame: *mut PyFrameObject, state: &CodeState) -> Next {
    compile::poll();
    // SAFETY: the frame is not running.
    unsafe {
        if state.phase() == Phase::Cold && !hot::became_hot(state, Occasion::Calls) {
            return Next::INTERPRETER;
        }
        match state.phase() {
            Phase::Recording => return Next::RECORDER,
            Phase::Hot => {}
            Phase::Cold | Phase::Failed | Phase::Excluded => return Next::INTERPRETER,
        }
        let pc = ((*frame).f_lasti + 1) as u32;
        if let Some((version, entry)) = state.find(pc, frame) {
            if hot::is_due_for_recording(&*version) {
                record::open(state);
                return Next::RECORDER;
            }
            stats::counters().frames_native.count();
            return Next::native(version, entry);
        }
        // The version for the start has the resume points of a generator as well: those that it
        // does not have, the next one would not have either.
        if (pc == 0 || (describe::is_generator((*frame).f_code) && state.version_at(0).is_none()))
            && compile::for_start(state)
            && let Some((version, entry)) = state.find(pc, frame)
        {
            stats::counters().frames_native.count();
            return Next::native(version, entry);
        }
        if pc == 0
            && !describe::is_generator((*frame).f_code)
            && !state.is_waiting()
            && !compile::is_open(state, 0)
        {
            state.pass_for_a_while();
        }
        Next::INTERPRETER
    }
}

/// A frame was suspended at the request of one of our hooks.
#[inline(never)]
pub unsafe extern "C" fn at_suspension(frame: *mut PyFrameObject, thread: *mut PyThreadState) -> Next {
    compile::poll();
    // SAFETY: the frame is not running.
    unsafe {
        let state = state::of((*frame).f_code);
        if state.is_null() {
            return Next::INTERPRETER;
        }
        let state = &*state;
        let request = state.take_request();
        if !settings::is_enabled() || (*thread).use_tracing != 0 {
            return Next::INTERPRETER;
        }
        match state.phase() {
            Phase::Recording => return Next::RECORDER,
            Phase::Hot => {}
            Phase::Cold | Phase::Failed | Phase::Excluded => return Next::INTERPRETER,
        }
        let pc = ((*frame).f_lasti + 1) as u32;
        let mut found = state.find(pc, frame);
        if found.is_none() && request == Some(pc) && compile::for_loop(state, frame, pc) {
            found = state.find(pc, frame);
        }
        match found {
            Some((version, entry)) => {
                state.end_seeking();
                stats::counters().loop_entries.count();
                Next::native(version, entry)
            }
            None => Next::INTERPRETER,
        }
    }
}
