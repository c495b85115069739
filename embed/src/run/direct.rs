//! Frames that go straight into native code, from the evaluator and from compiled code that calls or resumes
//! them.

use crate::config::settings;
#[cfg(py3)]
use crate::py::evaluation::{RESUME, THROW};
use crate::py::evaluation::{suspended, thread_state};
use crate::py::*;
use crate::run::drive::drive;
#[cfg(py3)]
use crate::run::drive::go_on;
#[cfg(py3)]
use crate::run::next::Next;
use crate::run::outcome::Outcome;
use crate::run::{clients, enter, next};
use crate::state::native::Native;
use crate::state::{self, CodeState};
use crate::stats;

/// Runs a frame in native code.
#[inline(never)]
pub unsafe extern "C" fn begin(frame: *mut PyFrameObject, version: *const Native, entry: u32) -> Object {
    let thread = thread_state();
    // SAFETY: a version of the frame's code, and an entry that the frame fits.
    unsafe {
        let outcome = enter::run_here(frame, thread, version, entry, 0);
        finished(frame, thread, outcome)
    }
}

/// `PyEval_EvalFrameEx` for a new frame of a function that compiled code calls, in line for what
/// is compiled itself.
///
/// # Safety
/// The frame has not been run, and the thread is the current one.
#[inline(always)]
pub unsafe fn evaluate(frame: *mut PyFrameObject, thread: *mut PyThreadState) -> Object {
    // SAFETY: as for `eval_frame`.
    unsafe {
        let Some(state) = compiled(frame, thread) else { return _PyEval_EvaluateFrame(frame, 0) };
        enter(frame, thread, state, 0)
    }
}

/// The entry of a generator's frame that is about to be resumed, if it goes on in native code without further
/// thought.
///
/// # Safety
/// The frame is suspended, with what it is resumed with on its operand stack, and the thread is the current
/// one.
#[inline(always)]
pub unsafe fn resumption(frame: *mut PyFrameObject, thread: *mut PyThreadState) -> Option<Resumption> {
    // SAFETY: as for `eval_frame`; the version is one of the frame's code.
    unsafe {
        let state = compiled(frame, thread)?;
        let entry = (*(*state).start()).resume_point(frame)?;
        Some(Resumption { state, entry: u32::from(entry.get() - 1) })
    }
}

/// The entry of a generator's frame that is about to begin, if it does so in native code without further
/// thought.
///
/// # Safety
/// The frame has not been run, and the thread is the current one.
#[inline(always)]
pub unsafe fn beginning(frame: *mut PyFrameObject, thread: *mut PyThreadState) -> Option<Resumption> {
    // SAFETY: as for `eval_frame`.
    unsafe { compiled(frame, thread).map(|state| Resumption { state, entry: 0 }) }
}

/// Where a generator's frame goes on in native code.
pub struct Resumption {
    state: *const CodeState,
    entry: u32,
}

/// `PyEval_EvalFrameEx` for a frame with a [`resumption`] or a [`beginning`].
///
/// # Safety
/// As for these, and nothing has happened since.
#[inline(always)]
pub unsafe fn resume_native(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    resumption: Resumption,
) -> Object {
    // SAFETY: as for this function.
    unsafe { enter(frame, thread, resumption.state, resumption.entry) }
}

/// The state of a frame's code, if that has a version for the start and nothing is out of the ordinary.
///
/// # Safety
/// As for `eval_frame`; the thread is the current one.
#[inline(always)]
pub unsafe fn compiled(frame: *mut PyFrameObject, thread: *mut PyThreadState) -> Option<*const CodeState> {
    // SAFETY: by the contract.
    unsafe {
        let state = state::of((*frame).f_code);
        let is_compiled = !state.is_null() && !(*state).start().is_null() && is_undisturbed(thread);
        is_compiled.then_some(state)
    }
}

/// Whether frames go into native code without further thought: nothing is out of the ordinary.
///
/// # Safety
/// The current thread.
#[inline(always)]
pub unsafe fn is_undisturbed(thread: *mut PyThreadState) -> bool {
    // SAFETY: by the contract.
    unsafe { settings::is_ordinary() && (*thread).use_tracing == 0 && clients::is_first((*thread).interp) }
}

/// Runs a frame in the version for the start of its code, as [`eval_frame`] would.
///
/// # Safety
/// What [`compiled`] gave, and nothing has happened since; the frame fits the entry.
#[inline(always)]
unsafe fn enter(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    state: *const CodeState,
    entry: u32,
) -> Object {
    // SAFETY: by the contract.
    unsafe {
        count(state);
        stats::counters().frames_native.count();
        let outcome = enter::run_here(frame, thread, (*state).start(), entry, 0);
        finished(frame, thread, outcome)
    }
}

/// Counts a frame that begins or is resumed past [`eval_frame`].
///
/// # Safety
/// What [`compiled`] gave, and nothing has happened since.
#[inline(always)]
pub unsafe fn count(state: *const CodeState) {
    stats::counters().frames.count();
    // SAFETY: by the contract.
    unsafe { (*state).count_run() }
}

/// The result of a frame that native code ran, which goes on elsewhere if it was left there.
///
/// # Safety
/// The outcome is that of the frame, which is not running.
#[inline(always)]
pub unsafe fn finished(frame: *mut PyFrameObject, thread: *mut PyThreadState, outcome: Outcome) -> Object {
    // SAFETY: by the contract.
    unsafe { if outcome.object == suspended() { after(frame, thread, outcome) } else { outcome.object } }
}

/// Goes on with a frame that native code left.
///
/// # Safety
/// The outcome is that of the frame, which is not running.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn after(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    outcome: Outcome,
) -> Object {
    let (next, flags) = next::after(&outcome);
    // SAFETY: the frame is not running.
    unsafe { drive(frame, thread, next, flags) }
}

/// Goes on with a frame that was [handed over](crate::py::evaluation::hand_over), in native code if that can
/// be.
///
/// # Safety
/// As for [`hand_over`](crate::py::evaluation::hand_over), which has been called.
#[cfg(py3)]
#[inline(never)]
pub unsafe extern "C" fn proceed(frame: *mut PyFrameObject, thread: *mut PyThreadState) -> Object {
    // SAFETY: the entry is one that the frame fits.
    unsafe {
        match resumption(frame, thread) {
            Some(Resumption { state, entry }) => {
                drive(frame, thread, Next::native((*state).start(), entry), RESUME)
            }
            None => go_on(frame),
        }
    }
}

/// Raises the exception that is set in a frame that was [handed over](crate::py::evaluation::hand_over).
///
/// # Safety
/// As for [`proceed`].
#[cfg(py3)]
#[inline(never)]
pub unsafe extern "C" fn raise(frame: *mut PyFrameObject, thread: *mut PyThreadState) -> Object {
    // SAFETY: the interpreter takes any frame.
    unsafe { drive(frame, thread, Next::INTERPRETER, RESUME | THROW) }
}
