//! Runs a frame to its end, through whoever it takes.

use crate::py::evaluation::{LOOP, RESUME, suspended, thread_state};
use crate::py::*;
use crate::run::enter;
use crate::run::next::{self, Next, Runner};
use crate::state;
use crate::stats::clock;
use crate::stats::{self, Mode};
use crate::tier::{budget, record};
use std::ffi::c_int;

/// Runs a frame that may be for others than the interpreter.
#[inline(never)]
pub unsafe extern "C" fn eval_planned(frame: *mut PyFrameObject) -> Object {
    // SAFETY: as for `eval_frame`.
    unsafe {
        let state = state::of((*frame).f_code);
        let next = if state.is_null() { next::at_first_call(frame) } else { next::at_entry(frame, &*state) };
        drive(frame, thread_state(), next, 0)
    }
}

/// Runs a frame that the interpreter suspended.
#[inline(never)]
pub unsafe extern "C" fn go_on(frame: *mut PyFrameObject) -> Object {
    let thread = thread_state();
    // SAFETY: the frame is not running.
    unsafe { drive(frame, thread, next::at_suspension(frame, thread), RESUME) }
}

/// Runs a frame until it returns, yields or raises, whoever it takes.
#[inline(never)]
pub unsafe extern "C" fn drive(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    mut next: Next,
    mut flags: c_int,
) -> Object {
    // SAFETY: what is next fits the frame as it is.
    unsafe {
        loop {
            let result = match next.runner {
                Runner::Interpreter => interpret(frame, flags),
                Runner::Recorder => record::evaluate(frame, flags),
                Runner::Native => {
                    let began = clock::ticks();
                    let outcome = enter::run(frame, thread, next.version, next.entry, flags);
                    budget::note_loop(clock::ticks().wrapping_sub(began));
                    if outcome.object != suspended() {
                        return outcome.object;
                    }
                    (next, flags) = next::after(&outcome);
                    continue;
                }
            };
            if result != suspended() {
                return result;
            }
            flags = RESUME;
            next = next::at_suspension(frame, thread);
        }
    }
}

#[inline(always)]
unsafe fn interpret(frame: *mut PyFrameObject, flags: c_int) -> Object {
    // SAFETY: as for `drive`.
    unsafe {
        if stats::is_detailed() && record::counts(frame) {
            return record::evaluate(frame, flags);
        }
        let mode = stats::switch(Mode::Interpreter);
        let result = PyEval_EvalFrameEx(frame, flags | LOOP);
        stats::switch(mode);
        result
    }
}
