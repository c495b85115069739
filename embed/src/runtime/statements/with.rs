//! `SETUP_WITH`, and the call of `WITH_CLEANUP` (3.5: `WITH_CLEANUP_START`).

use crate::py::{self, Object};
use crate::py::{Frame, evaluator};
use std::ptr;

/// A special method, bound.
#[cfg(py2)]
macro_rules! special_method {
    ($object:expr, $name:literal) => {{
        // APART: the interpreter's own, one a place.
        static mut CACHE: Object = ptr::null_mut();
        evaluator::special_lookup($object, $name, &raw mut CACHE)
    }};
}

/// A special method, bound.
#[cfg(py3)]
macro_rules! special_method {
    ($object:expr, $name:literal) => {{
        // APART: the interpreter's own, one a place.
        static mut IDENTIFIER: py::_Py_Identifier =
            py::_Py_Identifier { next: ptr::null_mut(), string: $name.as_ptr(), object: ptr::null_mut() };
        evaluator::special_lookup($object, &raw mut IDENTIFIER)
    }};
}

/// The two special methods of a manager: `exit`, and the result of calling `enter`, take its place.
macro_rules! enter {
    ($at:expr, $enter:literal, $exit:literal) => {{
        let at: *mut Object = $at;
        let manager = *at;
        let exit = special_method!(manager, $exit);
        if exit.is_null() {
            py::decref(manager);
            return -1;
        }
        let enter = special_method!(manager, $enter);
        py::decref(manager);
        if enter.is_null() {
            py::decref(exit);
            return -1;
        }
        let result = py::PyObject_CallFunctionObjArgs(enter, ptr::null_mut::<py::PyObject>());
        py::decref(enter);
        if result.is_null() {
            py::decref(exit);
            return -1;
        }
        *at = exit;
        *at.add(1) = result;
        0
    }};
}

/// `SETUP_WITH`
pub unsafe extern "C" fn setup_with(_frame: Frame, at: *mut Object, _count: i64, _: i64) -> i64 {
    // SAFETY: the manager is ours; the stack has room for two results.
    unsafe { enter!(at, c"__enter__", c"__exit__") }
}

/// `BEFORE_ASYNC_WITH`
#[cfg(py35)]
unsafe extern "C" fn before_async_with(_frame: Frame, at: *mut Object, _count: i64, _: i64) -> i64 {
    // SAFETY: the manager is ours; the stack has room for two results.
    unsafe { enter!(at, c"__aenter__", c"__aexit__") }
}

/// The address of the `BEFORE_ASYNC_WITH` helper.
pub fn before_async_with_address() -> usize {
    #[cfg(py35)]
    return address_of!(before_async_with);
    #[cfg(not(py35))]
    return address_of!(crate::runtime::helper::no_instruction_status);
}

/// `WITH_CLEANUP` (3.5: `WITH_CLEANUP_START`), its call.
pub unsafe extern "C" fn call_exit(
    _frame: Frame,
    exit: Object,
    class: Object,
    value: Object,
    traceback: Object,
) -> Object {
    // SAFETY: borrowed arguments, see the module.
    unsafe {
        py::PyObject_CallFunctionObjArgs(exit, class, value, traceback, ptr::null_mut::<py::PyObject>())
    }
}
