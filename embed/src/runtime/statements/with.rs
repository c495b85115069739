//! `SETUP_WITH`, and the call of `WITH_CLEANUP` (3.5: `WITH_CLEANUP_START`).

#[cfg(py3)]
use crate::py;
use crate::py::Object;
use crate::py::references::Owned;
use crate::py::{Frame, evaluator};
use crate::runtime::calls::methods;
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
        let manager = Owned::new(*at);
        let exit = Owned::new(special_method!(manager.get(), $exit));
        if exit.is_null() {
            return -1;
        }
        let enter = Owned::new(special_method!(manager.get(), $enter));
        drop(manager);
        if enter.is_null() {
            return -1;
        }
        let result = methods::call_object(enter.get(), []);
        drop(enter);
        if result.is_null() {
            return -1;
        }
        *at = exit.give();
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
    unsafe { methods::call_object(exit, [class, value, traceback]) }
}
