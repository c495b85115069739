//! Puts the evaluator in its place: for which interpreters, and for which frames.

use crate::config::settings;
use crate::py::gil::Gil;
use crate::py::hooks::{self, Evaluate};
use crate::py::*;
use crate::run::hook;
use crate::tier::record;
use std::cell::RefCell;
use std::ptr;

/// Makes [`hook::eval_frame`] the evaluator of interpreters to come. Works before `Py_Initialize`.
pub fn install() {
    hooks::set_evaluator(hook::eval_frame);
    // SAFETY: plain stores of function pointers, before any frame runs or under the GIL.
    unsafe {
        #[cfg(has_backedge_hook)]
        {
            _PyEval_BackedgeHook = Some(hook::backedge);
            hooks::arm(settings::backedge_interval());
        }
        #[cfg(has_recording)]
        {
            _PyEval_RecordHook = Some(record::record);
        }
    }
}

/// Frames that were running when the hook was installed: whoever runs them does not expect them
/// to be suspended.
static OUTSIDERS: Gil<RefCell<Vec<*mut PyFrameObject>>> = Gil::new(RefCell::new(Vec::new()));

/// [`install`] while frames are running.
///
/// # Safety
/// The GIL is held.
pub unsafe fn install_now() {
    if hooks::has_evaluator() {
        return;
    }
    install();
    let mut outsiders = OUTSIDERS.borrow_mut();
    // SAFETY: the lists of interpreters, threads and frames do not change under the GIL.
    unsafe {
        let mut interpreter = PyInterpreterState_Head();
        while !interpreter.is_null() {
            let mut thread = PyInterpreterState_ThreadHead(interpreter);
            while !thread.is_null() {
                let mut frame = (*thread).frame;
                while !frame.is_null() {
                    outsiders.push(frame);
                    frame = (*frame).f_back;
                }
                thread = PyThreadState_Next(thread);
            }
            interpreter = PyInterpreterState_Next(interpreter);
        }
    }
    settings::set_outsiders(!outsiders.is_empty());
}

/// Who evaluates the frames of an interpreter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Evaluator {
    /// The interpreter: the hook was never installed.
    Interpreter,
    /// [`hook::eval_frame`].
    Ours,
    /// Another client of PEP 523; what it passes on comes to us.
    Foreign,
}

impl Evaluator {
    /// Who it is.
    ///
    /// # Safety
    /// An interpreter, and the GIL is held.
    pub unsafe fn of(interpreter: *mut PyInterpreterState) -> Evaluator {
        // SAFETY: by the contract.
        match (unsafe { is_first(interpreter) }, hooks::has_evaluator()) {
            (false, _) => Evaluator::Foreign,
            (true, false) => Evaluator::Interpreter,
            (true, true) => Evaluator::Ours,
        }
    }

    /// Its name, for `pyjion.status()`.
    pub fn name(self) -> &'static str {
        match self {
            Evaluator::Interpreter => "interpreter",
            Evaluator::Ours => "pyjion",
            Evaluator::Foreign => "foreign",
        }
    }
}

/// Whether the frames of an interpreter come to the default evaluator first, not to somebody who may or may
/// not pass them on.
///
/// # Safety
/// An interpreter.
pub unsafe fn is_first(interpreter: *mut PyInterpreterState) -> bool {
    // SAFETY: by the contract. Should the linker have two addresses for the function, every frame is
    // announced to it, and nothing is wrong.
    unsafe {
        let default: Evaluate = _PyEval_EvalFrameDefault;
        (*interpreter).eval_frame.is_some_and(|function| ptr::fn_addr_eq(function, default))
    }
}

/// A frame comes to us: from now on we know of it.
///
/// # Safety
/// The GIL is held.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn adopt(frame: *mut PyFrameObject) {
    let mut outsiders = OUTSIDERS.borrow_mut();
    outsiders.retain(|outsider| *outsider != frame);
    settings::set_outsiders(!outsiders.is_empty());
}

/// Whether a frame was running when the hook was installed, and has not come to us since.
#[inline(always)]
pub fn is_outsider(frame: *mut PyFrameObject) -> bool {
    settings::has_outsiders() && OUTSIDERS.borrow().contains(&frame)
}
