//! `IMPORT_NAME`, `IMPORT_FROM`.

use super::stack::{Owned, Stack};
use super::{Frame, evaluator};
use crate::py::{self, Object};
use std::ptr;

/// `IMPORT_NAME`: calls `__import__` of the frame's builtins. A level of -1, the default of
/// 2.7, is not passed on.
pub(super) unsafe extern "C" fn import_name(
    frame: Frame,
    at: *mut Object,
    count: i64,
    name: Object,
) -> Object {
    // SAFETY: level and fromlist, ours; the rest is borrowed from the frame.
    unsafe {
        let operands = Stack::new(at, count);
        let builtin = py::PyDict_GetItemString((*frame).f_builtins, c"__import__".as_ptr());
        if builtin.is_null() {
            py::PyErr_SetString(py::PyExc_ImportError, c"__import__ not found".as_ptr());
            return ptr::null_mut();
        }
        py::incref(builtin);
        let function = Owned(builtin);

        let (level, from) = (operands.peek(0), operands.peek(1));
        let locals = if (*frame).f_locals.is_null() { py::none() } else { (*frame).f_locals };
        let globals = (*frame).f_globals;
        let arguments = Owned(if passes_level(level) {
            py::PyTuple_Pack(5, name, globals, locals, from, level)
        } else {
            py::PyTuple_Pack(4, name, globals, locals, from)
        });
        drop(operands);
        if arguments.0.is_null() {
            return ptr::null_mut();
        }
        py::PyEval_CallObjectWithKeywords(function.0, arguments.0, ptr::null_mut())
    }
}

/// Whether `__import__` is told the level. 2.7 forgets the error of one that is no int, 3.x
/// leaves it set.
unsafe fn passes_level(level: Object) -> bool {
    // SAFETY: a borrowed argument.
    unsafe {
        #[cfg(py2)]
        let value = py::PyInt_AsLong(level);
        #[cfg(py3)]
        let value = py::PyLong_AsLong(level);
        if value != -1 {
            return true;
        }
        let failed = !py::PyErr_Occurred().is_null();
        #[cfg(py2)]
        py::PyErr_Clear();
        failed
    }
}

/// `IMPORT_FROM`
pub(super) unsafe extern "C" fn import_from(_frame: Frame, module: Object, name: Object) -> Object {
    // SAFETY: see the module.
    unsafe { evaluator::import_from(module, name) }
}
