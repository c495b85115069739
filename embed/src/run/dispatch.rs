//! The evaluator of every frame: counts it, and sends it on its way.

use crate::config::settings;
use crate::memory::shortage;
use crate::py::evaluation::{LOOP, RESUME, suspended, thread_state};
use crate::py::*;
use crate::run::direct::begin;
use crate::run::drive::{drive, eval_planned, go_on};
use crate::run::next::Next;
use crate::run::outsiders;
#[cfg(py3)]
use crate::run::sending;
use crate::state::native::Native;
use crate::state::recall::{self, Begun};
use crate::state::{self, Phase};
use crate::stats;
use pyjion_jit::tier::heat;
use std::ffi::c_int;
use std::ptr;

/// The frame evaluation function.
///
/// # Safety
/// As `PyEval_EvalFrameEx`.
pub unsafe extern "C" fn eval_frame(frame: *mut PyFrameObject, flags: c_int) -> Object {
    // What stays here is little, and so is what this takes of the C stack: recursion must not
    // end much sooner than without us.
    // SAFETY: the frame is alive, and so are its code and the thread.
    unsafe {
        if flags != 0 || !settings::is_ordinary() || (*thread_state()).use_tracing != 0 {
            return eval_rare(frame, flags);
        }
        stats::counters().frames.count();
        let state = state::of((*frame).f_code);
        if state.is_null() {
            return eval_planned(frame);
        }
        let state = &*state;
        let start = state.start();
        state.count_run();
        if (*frame).f_lasti < 0 {
            if !start.is_null() {
                stats::counters().frames_native.count();
                return begin(frame, start, 0);
            }
        } else if !start.is_null() {
            return resume(frame, start);
        }
        match state.phase() {
            Phase::Cold => {
                state.settle();
                if state.warm(heat::PER_CALL) {
                    return eval_planned(frame);
                }
                state.pass_until_hot();
            }
            Phase::Recording | Phase::Hot => return eval_planned(frame),
            Phase::Failed | Phase::Excluded => state.pass_for_a_while(),
        }
        let result = PyEval_EvalFrameEx(frame, LOOP);
        if result == suspended() { go_on(frame) } else { result }
    }
}

/// [`eval_frame`] when something is out of the ordinary: tracing, a frame that raises, the JIT
/// switched off, detailed statistics.
#[inline(never)]
unsafe extern "C" fn eval_rare(frame: *mut PyFrameObject, flags: c_int) -> Object {
    let thread = thread_state();
    // SAFETY: as for `eval_frame`.
    unsafe {
        if (*thread).use_tracing != 0 {
            match recall::begin(frame, thread) {
                Begun::AsUsual => {}
                Begun::Fail => {
                    PyErr_NoMemory();
                    return ptr::null_mut();
                }
                Begun::Apart => {
                    let result = eval_frame(frame, flags);
                    recall::resume(thread);
                    return result;
                }
            }
        }
        if flags == RESUME {
            // It passed us by, and was suspended.
            return go_on(frame);
        }
        if settings::has_outsiders() {
            outsiders::adopt(frame);
        }
        shortage::recover();
        if flags != 0 || !settings::is_enabled() || (*thread).use_tracing != 0 {
            return drive(frame, thread, Next::INTERPRETER, flags);
        }
        stats::counters().frames.count();
        let state = state::of((*frame).f_code);
        if !state.is_null() {
            let state = &*state;
            state.count_run();
            if state.phase() == Phase::Cold && !state.warm(heat::PER_CALL) {
                return drive(frame, thread, Next::INTERPRETER, 0);
            }
            let start = state.start();
            if (*frame).f_lasti >= 0 && !start.is_null() {
                return resume(frame, start);
            }
        }
        eval_planned(frame)
    }
}

/// Resumes a generator's frame, in native code if there is an entry for it.
#[inline(never)]
unsafe extern "C" fn resume(frame: *mut PyFrameObject, start: *const Native) -> Object {
    // SAFETY: a version of the frame's code; the frame is not running.
    unsafe {
        #[cfg(py3)]
        if sending::can_pass(frame, thread_state()) {
            return sending::resume(frame, thread_state());
        }
        match (*start).resume_point(frame) {
            Some(entry) => {
                stats::counters().frames_native.count();
                begin(frame, start, u32::from(entry.get() - 1))
            }
            None => eval_planned(frame),
        }
    }
}
