//! What is called, as the compiler tells it apart.

use crate::py::{self, Object, PyCodeObject, PyFunctionObject, builtins, initialisers};
use crate::state;
use pyjion_jit::feedback::{Callee, CodeHandle};
use pyjion_jit::hir::Attribute;

/// What an object is to those who call it; `None` for what is not told apart.
///
/// # Safety
/// The object is alive. Runs nothing.
pub unsafe fn callee(object: Object) -> Option<Callee> {
    // SAFETY: by the contract.
    unsafe {
        let ty = py::type_of(object);
        if ty == &raw mut py::PyFunction_Type {
            return code_of(object).map(Callee::Function);
        }
        if ty == &raw mut py::PyMethod_Type {
            let method = object.cast::<py::PyMethodObject>();
            let is_bound = !(*method).im_self.is_null();
            let function = (*method).im_func;
            if is_bound && py::type_of(function) == &raw mut py::PyFunction_Type {
                return code_of(function).map(Callee::Method);
            }
            return None;
        }
        if ty == &raw mut py::PyCFunction_Type {
            builtins::meet(object);
            return Some(Callee::Native((*object.cast::<py::PyCFunctionObject>()).m_ml as usize));
        }
        let is_static =
            ty == &raw mut py::PyType_Type && !py::has_feature(object.cast(), py::Py_TPFLAGS_HEAPTYPE as u64);
        is_static.then_some(Callee::Type(object as usize))
    }
}

/// What a class is to those who call it, if a Python function initialises the instances that `object` makes;
/// with that the function's name, and where it is found.
///
/// # Safety
/// As for [`callee`]; no exception is set.
pub unsafe fn class(object: Object) -> Option<(Callee, Object, Attribute)> {
    // SAFETY: by the contract.
    unsafe {
        let (name, found, function) = initialisers::place_of(object)?;
        Some((Callee::Class(code_of(function)?), name, found))
    }
}

/// The code of a function, if there is anything known of it.
unsafe fn code_of(function: Object) -> Option<CodeHandle> {
    // SAFETY: alive by the contract of the caller.
    unsafe {
        let state = state::of((*function.cast::<PyFunctionObject>()).func_code.cast::<PyCodeObject>());
        state.as_ref().map(|state| state.handle())
    }
}
