//! What helpers have in common: how the compiler gets their addresses, and what stands for those that this
//! CPython lacks.

use crate::py::stack::Stack;
use crate::py::{Frame, Object, PyErr_SetString, PyExc_SystemError};
use std::ptr;

/// The address of a function, as the compiler wants it.
macro_rules! address_of {
    ($function:expr) => {
        $function as *const () as usize
    };
}
/// Asserts that what a helper remembers at a site fits the memory that compiled code has for it.
macro_rules! fits_cache {
    ($remembered:ty) => {
        const _: () = assert!(
            size_of::<$remembered>() <= size_of::<pyjion_jit::hir::Cache>()
                && align_of::<$remembered>() <= align_of::<pyjion_jit::hir::Cache>()
        );
    };
}

/// Stands for a borrowing helper with an object result whose instruction this CPython lacks.
#[allow(dead_code, reason = "which instructions are missing depends on the version")]
pub unsafe extern "C" fn no_instruction(_frame: Frame) -> Object {
    // SAFETY: sets an exception, as the evaluator does for an unknown opcode.
    unsafe { PyErr_SetString(PyExc_SystemError, c"unknown opcode".as_ptr()) };
    ptr::null_mut()
}

/// The same for a stack helper with an object result.
#[allow(dead_code, reason = "as above")]
pub unsafe extern "C" fn no_instruction_object(frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
    // SAFETY: the operands are ours, by the contract of stack helpers.
    unsafe {
        drop(Stack::new(at, count));
        no_instruction(frame)
    }
}

/// The same for a stack helper with a status.
#[allow(dead_code, reason = "as above")]
pub unsafe extern "C" fn no_instruction_status(frame: Frame, at: *mut Object, count: i64, _: i64) -> i64 {
    // SAFETY: the operands are ours, by the contract of stack helpers.
    unsafe {
        no_instruction_object(frame, at, count, 0);
    }
    -1
}
