//! `SETUP_WITH`, and `WITH_CLEANUP` (3.5: `WITH_CLEANUP_START`) on the normal way out.

use super::stack::Owned;
use super::{Frame, evaluator};
use crate::py::{self, Object};
use std::ptr;

/// A special method, bound.
#[cfg(py2)]
macro_rules! special_method {
    ($object:expr, $name:literal) => {{
        static mut CACHE: Object = ptr::null_mut();
        evaluator::special_lookup($object, $name, &raw mut CACHE)
    }};
}

/// A special method, bound.
#[cfg(py3)]
macro_rules! special_method {
    ($object:expr, $name:literal) => {{
        static mut IDENTIFIER: py::_Py_Identifier =
            py::_Py_Identifier { next: ptr::null_mut(), string: $name.as_ptr(), object: ptr::null_mut() };
        evaluator::special_lookup($object, &raw mut IDENTIFIER)
    }};
}

/// `SETUP_WITH`
pub(super) unsafe extern "C" fn setup_with(_frame: Frame, at: *mut Object, _count: i64, _: i64) -> i64 {
    // SAFETY: the manager is ours; the stack has room for two results.
    unsafe {
        let manager = Owned(*at);
        let mut exit = Owned(special_method!(manager.0, c"__exit__"));
        if exit.0.is_null() {
            return -1;
        }
        let enter = Owned(special_method!(manager.0, c"__enter__"));
        drop(manager);
        if enter.0.is_null() {
            return -1;
        }
        let result = py::PyObject_CallFunctionObjArgs(enter.0, ptr::null_mut::<py::PyObject>());
        if result.is_null() {
            return -1;
        }
        *at = std::mem::replace(&mut exit.0, ptr::null_mut());
        *at.add(1) = result;
        0
    }
}

/// `WITH_CLEANUP`, or `WITH_CLEANUP_START` and `_FINISH`, when no exception is being handled:
/// the result of `__exit__` does not matter.
pub(super) unsafe extern "C" fn with_exit(_frame: Frame, at: *mut Object, _count: i64, _: i64) -> i64 {
    // SAFETY: `__exit__` and `None`, ours.
    unsafe {
        let (exit, none) = (Owned(*at), Owned(*at.add(1)));
        let result =
            py::PyObject_CallFunctionObjArgs(exit.0, none.0, none.0, none.0, ptr::null_mut::<py::PyObject>());
        drop(exit);
        if result.is_null() {
            return -1;
        }
        py::decref(result);
        0
    }
}
