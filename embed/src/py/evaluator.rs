//! The evaluator's own functions, through the table that the patch "evaluator helpers" exports,
//! and its error messages.

use crate::py::Frame;
#[cfg(py2)]
use crate::py::PyString_AsString;
use crate::py::{self, _PyEval_Helpers, Object};
#[cfg(py3)]
use crate::py::{_Py_Identifier, PyThreadState_Get};
use std::ffi::{CStr, c_int};

/// `NAME_ERROR_MSG`
pub const NAME_ERROR: &CStr = c"name '%.200s' is not defined";
/// `GLOBAL_NAME_ERROR_MSG`; 3.4 dropped it.
#[cfg(py2)]
pub const GLOBAL_NAME_ERROR: &CStr = c"global name '%.200s' is not defined";
/// See above.
#[cfg(py3)]
pub const GLOBAL_NAME_ERROR: &CStr = NAME_ERROR;
/// `UNBOUNDLOCAL_ERROR_MSG`
const UNBOUND_LOCAL_ERROR: &CStr = c"local variable '%.200s' referenced before assignment";
/// `UNBOUNDFREE_ERROR_MSG`
const UNBOUND_FREE_ERROR: &CStr = c"free variable '%.200s' referenced before assignment in enclosing scope";

/// One entry of the table; all are set.
macro_rules! entry {
    ($name:ident) => {
        _PyEval_Helpers.$name.unwrap_unchecked()
    };
}

/// `string_concatenate` (3.x: `unicode_concatenate`): `left + right` of exact strs; consumes
/// `left`. `next` points at the next instruction: a variable it binds and that holds `left` too
/// lets go of it, so that `left` grows in place.
pub unsafe fn concatenate(left: Object, right: Object, frame: Frame, next: *mut u8) -> Object {
    // SAFETY: as for BINARY_ADD.
    unsafe {
        #[cfg(py2)]
        return entry!(string_concatenate)(left, right, frame, next);
        #[cfg(py3)]
        entry!(unicode_concatenate)(left, right, frame, next)
    }
}

/// `CALL_FUNCTION`: consumes the function and its arguments, from `*top` down.
pub unsafe fn call_function(top: &mut *mut Object, oparg: i64) -> Object {
    // SAFETY: the operands are as CALL_FUNCTION expects them.
    unsafe { entry!(call_function)(top, oparg as c_int) }
}

/// Part of `CALL_FUNCTION_VAR` and its relatives: takes the arguments off the stack.
pub unsafe fn ext_do_call(
    function: Object,
    top: &mut *mut Object,
    flags: c_int,
    positional: c_int,
    keyword: c_int,
) -> Object {
    // SAFETY: the operands are as the instructions expect them.
    unsafe { entry!(ext_do_call)(function, top, flags, positional, keyword) }
}

/// Part of `UNPACK_SEQUENCE`: fills the slots below `end`, the first item last.
pub unsafe fn unpack_iterable(iterable: Object, count: i64, end: *mut Object) -> bool {
    // SAFETY: `count` slots below `end` are free.
    unsafe {
        #[cfg(py2)]
        return entry!(unpack_iterable)(iterable, count as c_int, end) != 0;
        #[cfg(py3)]
        return entry!(unpack_iterable)(iterable, count as c_int, -1, end) != 0;
    }
}

/// `UNPACK_EX`.
#[cfg(py3)]
pub unsafe fn unpack_ex(iterable: Object, before: i64, after: i64, end: *mut Object) -> bool {
    // SAFETY: `before + 1 + after` slots below `end` are free.
    unsafe { entry!(unpack_iterable)(iterable, before as c_int, after as c_int, end) != 0 }
}

/// `COMPARE_OP`.
pub unsafe fn cmp_outcome(op: c_int, a: Object, b: Object) -> Object {
    // SAFETY: borrowed arguments, `op` is one of `enum cmp_op`.
    unsafe { entry!(cmp_outcome)(op, a, b) }
}

/// `IMPORT_FROM`.
pub unsafe fn import_from(module: Object, name: Object) -> Object {
    // SAFETY: borrowed arguments.
    unsafe { entry!(import_from)(module, name) }
}

/// The special method of a name that the evaluator keeps: a `PyObject*` cache on 2.7.
#[cfg(py2)]
pub unsafe fn special_lookup(object: Object, name: &CStr, cache: *mut Object) -> Object {
    // SAFETY: the cache is private to this name.
    unsafe { entry!(special_lookup)(object, name.as_ptr().cast_mut(), cache) }
}

/// The special method of a name that the evaluator keeps: an identifier on 3.x.
#[cfg(py3)]
pub unsafe fn special_lookup(object: Object, name: *mut _Py_Identifier) -> Object {
    // SAFETY: identifiers are static.
    unsafe { entry!(special_lookup)(object, name) }
}

/// Raises `exception` with a message about a name.
pub unsafe fn format_exc_check_arg(exception: Object, format: &CStr, name: Object) {
    // SAFETY: the format has one %s; the function only reads it.
    unsafe { entry!(format_exc_check_arg)(exception, format.as_ptr().cast_mut(), name) }
}

/// `format_exc_unbound`: a cell (first) or free variable has no value.
pub unsafe fn format_exc_unbound(frame: Frame, index: usize) {
    // SAFETY: `index` is one of the code object's cell and free variables.
    unsafe {
        if !py::PyErr_Occurred().is_null() {
            return;
        }
        let code = (*frame).f_code;
        let cells = py::size_of_var((*code).co_cellvars) as usize;
        if index < cells {
            let name = py::tuple_item((*code).co_cellvars, index);
            format_exc_check_arg(py::PyExc_UnboundLocalError, UNBOUND_LOCAL_ERROR, name);
        } else {
            let name = py::tuple_item((*code).co_freevars, index - cells);
            format_exc_check_arg(py::PyExc_NameError, UNBOUND_FREE_ERROR, name);
        }
    }
}

/// Tells the trace function of an exception that the evaluator is about to swallow.
#[cfg(py3)]
pub unsafe fn trace_exception(frame: Frame) {
    // SAFETY: an exception is set, and this is the running thread.
    unsafe {
        let thread = PyThreadState_Get();
        if (*thread).c_tracefunc.is_some() {
            entry!(call_exc_trace)((*thread).c_tracefunc, (*thread).c_traceobj, thread, frame);
        }
    }
}

/// `RAISE_VARARGS`: consumes its arguments, which may be NULL. True when the exception was raised
/// again, its traceback kept.
#[cfg(py2)]
pub unsafe fn do_raise(class: Object, value: Object, traceback: Object) -> bool {
    const WHY_RERAISE: c_int = 4;
    // SAFETY: owned references or NULL.
    unsafe { entry!(do_raise)(class, value, traceback) == WHY_RERAISE }
}

/// `RAISE_VARARGS`: consumes its arguments, which may be NULL. True when the exception was raised
/// again, its traceback kept.
#[cfg(py3)]
pub unsafe fn do_raise(exception: Object, cause: Object) -> bool {
    // SAFETY: owned references or NULL.
    unsafe { entry!(do_raise)(exception, cause) != 0 }
}

/// `SLICE+n`.
#[cfg(py2)]
pub unsafe fn apply_slice(object: Object, low: Object, high: Object) -> Object {
    // SAFETY: borrowed arguments; bounds may be NULL.
    unsafe { entry!(apply_slice)(object, low, high) }
}

/// `STORE_SLICE+n`, and `DELETE_SLICE+n` when `value` is NULL.
#[cfg(py2)]
pub unsafe fn assign_slice(object: Object, low: Object, high: Object, value: Object) -> i64 {
    // SAFETY: borrowed arguments; bounds and value may be NULL.
    unsafe { entry!(assign_slice)(object, low, high, value).into() }
}

/// `BUILD_CLASS`.
#[cfg(py2)]
pub unsafe fn build_class(methods: Object, bases: Object, name: Object) -> Object {
    // SAFETY: borrowed arguments.
    unsafe { entry!(build_class)(methods, bases, name) }
}

/// Raises `SystemError` with a message about the repr of a name, as instructions do that find
/// no `f_locals`. The format has one `%s` on 2.7 and one `%R` on 3.x.
pub unsafe fn no_locals(format: &CStr, name: Object) {
    // SAFETY: the arguments match the format.
    unsafe {
        #[cfg(py2)]
        {
            let repr = crate::py::references::Owned::new(py::PyObject_Repr(name));
            if !repr.is_null() {
                py::PyErr_Format(py::PyExc_SystemError, format.as_ptr(), PyString_AsString(repr.get()));
            }
        }
        #[cfg(py3)]
        py::PyErr_Format(py::PyExc_SystemError, format.as_ptr(), name);
    }
}
