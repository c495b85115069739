//! `*_NAME`, `*_DEREF`, `LOAD_CLASSDEREF`, `LOAD_LOCALS`.

use crate::py::{self, Object};
use crate::py::{Frame, evaluator};
use std::ptr;

/// A name in a namespace that may be a dict or any mapping: a new reference, NULL without an
/// exception when it is not there.
unsafe fn lookup(namespace: Object, name: Object) -> Object {
    // SAFETY: borrowed arguments.
    unsafe {
        if py::type_of(namespace) == &raw mut py::PyDict_Type {
            let value = py::PyDict_GetItem(namespace, name);
            py::xincref(value);
            return value;
        }
        let value = py::PyObject_GetItem(namespace, name);
        if value.is_null()
            && !py::PyErr_Occurred().is_null()
            && py::PyErr_ExceptionMatches(py::PyExc_KeyError) != 0
        {
            py::PyErr_Clear();
        }
        value
    }
}

/// `LOAD_NAME`
pub unsafe extern "C" fn load_name(frame: Frame, name: Object) -> Object {
    // SAFETY: see the module.
    unsafe {
        let locals = (*frame).f_locals;
        if locals.is_null() {
            #[cfg(py2)]
            evaluator::no_locals(c"no locals when loading %s", name);
            #[cfg(py3)]
            evaluator::no_locals(c"no locals when loading %R", name);
            return ptr::null_mut();
        }
        let value = lookup(locals, name);
        if !value.is_null() || !py::PyErr_Occurred().is_null() {
            return value;
        }
        let value = py::PyDict_GetItem((*frame).f_globals, name);
        if !value.is_null() {
            py::incref(value);
            return value;
        }
        let builtins = (*frame).f_builtins;
        if cfg!(py2) || py::type_of(builtins) == &raw mut py::PyDict_Type {
            let value = py::PyDict_GetItem(builtins, name);
            if value.is_null() {
                evaluator::format_exc_check_arg(py::PyExc_NameError, evaluator::NAME_ERROR, name);
            }
            py::xincref(value);
            return value;
        }
        let value = py::PyObject_GetItem(builtins, name);
        if value.is_null() && py::PyErr_ExceptionMatches(py::PyExc_KeyError) != 0 {
            evaluator::format_exc_check_arg(py::PyExc_NameError, evaluator::NAME_ERROR, name);
        }
        value
    }
}

/// `STORE_NAME`
pub unsafe extern "C" fn store_name(frame: Frame, value: Object, name: Object) -> i64 {
    // SAFETY: see the module.
    unsafe {
        let locals = (*frame).f_locals;
        if locals.is_null() {
            #[cfg(py2)]
            evaluator::no_locals(c"no locals found when storing %s", name);
            #[cfg(py3)]
            evaluator::no_locals(c"no locals found when storing %R", name);
            return -1;
        }
        if py::type_of(locals) == &raw mut py::PyDict_Type {
            py::PyDict_SetItem(locals, name, value).into()
        } else {
            py::PyObject_SetItem(locals, name, value).into()
        }
    }
}

/// `DELETE_NAME`
pub unsafe extern "C" fn delete_name(frame: Frame, name: Object) -> i64 {
    // SAFETY: see the module.
    unsafe {
        let locals = (*frame).f_locals;
        if locals.is_null() {
            #[cfg(py2)]
            py::PyErr_Format(
                py::PyExc_SystemError,
                c"no locals when deleting %s".as_ptr(),
                py::PyString_AsString(name),
            );
            #[cfg(py3)]
            evaluator::no_locals(c"no locals when deleting %R", name);
            return -1;
        }
        if py::PyObject_DelItem(locals, name) != 0 {
            evaluator::format_exc_check_arg(py::PyExc_NameError, evaluator::NAME_ERROR, name);
            return -1;
        }
        0
    }
}

/// 2.7 `LOAD_LOCALS`
pub unsafe extern "C" fn load_locals(frame: Frame) -> Object {
    // SAFETY: see the module.
    unsafe {
        let locals = (*frame).f_locals;
        if locals.is_null() {
            py::PyErr_SetString(py::PyExc_SystemError, c"no locals".as_ptr());
        }
        py::xincref(locals);
        locals
    }
}

/// The cell of a cell or free variable.
unsafe fn cell(frame: Frame, index: usize) -> Object {
    // SAFETY: f_localsplus holds the locals, the cells, then the free variables.
    unsafe {
        let locals = (*(*frame).f_code).co_nlocals as usize;
        *(&raw mut (*frame).f_localsplus).cast::<Object>().add(locals + index)
    }
}

/// `LOAD_DEREF`
pub unsafe extern "C" fn load_deref(frame: Frame, index: usize) -> Object {
    // SAFETY: see the module; the slot holds a cell.
    unsafe {
        let value = (*cell(frame, index).cast::<py::PyCellObject>()).ob_ref;
        if value.is_null() {
            evaluator::format_exc_unbound(frame, index);
        }
        py::xincref(value);
        value
    }
}

/// 3.4+ `LOAD_CLASSDEREF`
#[cfg(py3)]
unsafe extern "C" fn load_class_deref(frame: Frame, index: usize) -> Object {
    // SAFETY: see the module; the index is that of a free variable.
    unsafe {
        let code = (*frame).f_code;
        let cells = py::size_of_var((*code).co_cellvars) as usize;
        let name = py::tuple_item((*code).co_freevars, index - cells);
        let value = lookup((*frame).f_locals, name);
        if !value.is_null() || !py::PyErr_Occurred().is_null() {
            return value;
        }
        load_deref(frame, index)
    }
}

/// The address of the `LOAD_CLASSDEREF` helper.
pub fn load_class_deref_address() -> usize {
    #[cfg(py3)]
    return address_of!(load_class_deref);
    #[cfg(py2)]
    return address_of!(crate::runtime::helper::no_instruction);
}

/// `STORE_DEREF`
pub unsafe extern "C" fn store_deref(frame: Frame, value: Object, index: usize) -> i64 {
    // SAFETY: see the module; the slot holds a cell.
    unsafe {
        py::PyCell_Set(cell(frame, index), value);
    }
    0
}

/// 3.x `DELETE_DEREF`
pub unsafe extern "C" fn delete_deref(frame: Frame, index: usize) -> i64 {
    // SAFETY: see the module; the slot holds a cell.
    unsafe {
        let cell = cell(frame, index);
        if (*cell.cast::<py::PyCellObject>()).ob_ref.is_null() {
            evaluator::format_exc_unbound(frame, index);
            return -1;
        }
        py::PyCell_Set(cell, ptr::null_mut());
        0
    }
}
