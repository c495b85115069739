//! Where the interpreter calls us: the evaluator of frames, who may be passed by, and the hooks of its loop.

use super::*;
use crate::process::PROCESS;
use std::cell::Cell;
use std::ffi::c_int;

/// An evaluation function.
pub type Evaluate = unsafe extern "C" fn(*mut PyFrameObject, c_int) -> Object;

/// What the interpreter was told of us.
pub struct Hooks {
    /// Our evaluator, once it was installed.
    evaluator: Cell<Option<Evaluate>>,
    /// Frames may pass it by.
    may_pass: Cell<bool>,
    /// What the countdown of jumps backwards was set to last.
    armed: Cell<c_int>,
    /// What is to be done before the first frame.
    begin: Cell<Option<extern "C" fn()>>,
}

impl Hooks {
    /// Nothing.
    pub const fn new() -> Hooks {
        Hooks {
            evaluator: Cell::new(None),
            may_pass: Cell::new(false),
            armed: Cell::new(0),
            begin: Cell::new(None),
        }
    }
}

/// Makes a function the evaluator of all interpreters. Works before `Py_Initialize`.
pub fn set_evaluator(evaluator: Evaluate) {
    PROCESS.hooks.evaluator.set(Some(evaluator));
    // SAFETY: a plain store of a function pointer, before any frame runs or under the GIL.
    unsafe { _PyEval_DefaultEvaluator = Some(evaluator) };
    apply();
}

/// Has `begin` called before the first frame of the process runs. To be called before `Py_Initialize`.
pub fn before_first_frame(begin: extern "C" fn()) {
    PROCESS.hooks.begin.set(Some(begin));
    // SAFETY: a plain store of a function pointer, before any frame runs.
    unsafe { _PyEval_DefaultEvaluator = Some(first_frame) };
}

/// Does what is to be done before the first frame, unless it has been done.
pub fn begin() {
    if let Some(begin) = PROCESS.hooks.begin.take() {
        remove_evaluator();
        begin();
    }
}

/// The evaluator until there is another one: the first frame may be that of the whole program.
unsafe extern "C" fn first_frame(frame: *mut PyFrameObject, flags: c_int) -> Object {
    begin();
    // SAFETY: by the contract of evaluators.
    unsafe { _PyEval_EvalFrameDefault(frame, flags) }
}

/// Gives the frames to come back to the interpreter; those that run go on as they are.
pub fn remove_evaluator() {
    // SAFETY: a plain pointer, under the GIL.
    unsafe { _PyEval_DefaultEvaluator = None };
}

/// The address of the evaluator that an interpreter has unless somebody else evaluates its frames.
pub fn default_evaluator() -> usize {
    let default: Evaluate = _PyEval_EvalFrameDefault;
    default as *const () as usize
}

/// Whether our evaluator is in its place.
pub fn has_evaluator() -> bool {
    // SAFETY: a plain pointer, under the GIL.
    unsafe { (&raw const _PyEval_DefaultEvaluator).read().is_some() }
}

/// Whether frames may pass our evaluator by, see [`countdown`](super::countdown).
pub fn let_pass(may_pass: bool) {
    PROCESS.hooks.may_pass.set(may_pass);
    apply();
}

fn apply() {
    #[cfg(has_frame_countdown)]
    // SAFETY: a plain pointer, under the GIL or before any frame runs.
    unsafe {
        _PyEval_SkippableEvaluator =
            if PROCESS.hooks.may_pass.get() { PROCESS.hooks.evaluator.get() } else { None };
    }
}

/// What [`arm`] was told last.
#[inline(always)]
pub fn armed() -> c_int {
    PROCESS.hooks.armed.get()
}

/// Has the hook called after this many jumps backwards more than one.
#[inline(always)]
pub fn arm(jumps: c_int) {
    PROCESS.hooks.armed.set(jumps);
    #[cfg(has_backedge_hook)]
    // SAFETY: a plain int, under the GIL.
    unsafe {
        _PyEval_BackedgeCountdown = jumps;
    }
}
