//! PEP 523: whose the frames of an interpreter are.

use crate::py::hooks::{self, Evaluate};
use crate::py::*;
use std::ptr;

/// Who evaluates the frames of an interpreter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Evaluator {
    /// The interpreter: the hook was never installed.
    Interpreter,
    /// The one that was [installed](hooks::set_evaluator).
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
#[inline(always)]
pub unsafe fn is_first(interpreter: *mut PyInterpreterState) -> bool {
    // SAFETY: by the contract. Should the linker have two addresses for the function, every frame is
    // announced to it, and nothing is wrong.
    unsafe {
        let default: Evaluate = _PyEval_EvalFrameDefault;
        (*interpreter).eval_frame.is_some_and(|function| ptr::fn_addr_eq(function, default))
    }
}
