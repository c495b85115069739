//! `IMPORT_NAME`, `IMPORT_FROM`, `IMPORT_STAR`.

use crate::py::dict::Name;
use crate::py::evaluation::{deeper, thread_state};
use crate::py::gil::Gil;
use crate::py::keys::small_int;
use crate::py::references::{Borrowed, Owned};
use crate::py::stack::Stack;
use crate::py::{self, Object};
use crate::py::{Frame, evaluator};
use crate::state::recall;
use std::cell::Cell;
#[cfg(py2)]
use std::ffi::CStr;
use std::ffi::c_int;
use std::ptr;

static NAME: Gil<Name> = Gil::new(Name::new(c"__import__"));

/// The address of the definition of the interpreter's own `__import__`, once it was seen, else 0.
// APART: a fact of the interpreter, learnt once.
static OWN: Gil<Cell<usize>> = Gil::new(Cell::new(0));

/// The level that `__import__` takes if it is not told.
const LEVEL: c_int = if cfg!(py2) { -1 } else { 0 };

/// `IMPORT_NAME`: calls `__import__` of the frame's builtins. A level of -1, the default of
/// 2.7, is not passed on.
pub unsafe extern "C" fn import_name(frame: Frame, at: *mut Object, count: i64, name: Object) -> Object {
    // SAFETY: level and fromlist, ours; the rest is borrowed from the frame.
    unsafe {
        let operands = Stack::new(at, count);
        let builtin = match NAME.get() {
            key if key.is_null() => py::PyDict_GetItemString((*frame).f_builtins, NAME.text().as_ptr()),
            key => py::PyDict_GetItem((*frame).f_builtins, key),
        };
        if builtin.is_null() {
            py::PyErr_SetString(py::PyExc_ImportError, c"__import__ not found".as_ptr());
            return ptr::null_mut();
        }
        let function = Borrowed::new(builtin).hold();

        let (level, from) = (operands.peek(0).get(), operands.peek(1).get());
        let locals = if (*frame).f_locals.is_null() { py::none() } else { (*frame).f_locals };
        let globals = (*frame).f_globals;
        let passes_level = passes_level(level);
        let thread = thread_state();
        if let Some(level) = small_int(level).and_then(|level| c_int::try_from(level).ok())
            && is_own(builtin)
            && is_plain(name)
            && (*thread).recursion_depth + 1 < py::_Py_CheckRecursionLimit
        {
            let level = if passes_level { level } else { LEVEL };
            return deeper(thread, 1, || import(name, [globals, locals, from], level));
        }
        let arguments = Owned::new(if passes_level {
            py::PyTuple_Pack(5, name, globals, locals, from, level)
        } else {
            py::PyTuple_Pack(4, name, globals, locals, from)
        });
        drop(operands);
        if arguments.is_null() {
            return ptr::null_mut();
        }
        py::PyEval_CallObjectWithKeywords(function.get(), arguments.get(), ptr::null_mut())
    }
}

/// Whether this is the interpreter's own `__import__`.
#[inline(always)]
unsafe fn is_own(function: Object) -> bool {
    // SAFETY: alive; a function in C has its definition.
    unsafe {
        if py::type_of(function) != &raw mut py::PyCFunction_Type {
            return false;
        }
        let definition = (*function.cast::<py::PyCFunctionObject>()).m_ml as usize;
        if OWN.get() == 0 {
            OWN.set(py::builtins::definition_of_builtin(function, NAME.text()).unwrap_or(0));
        }
        OWN.get() == definition
    }
}

/// What `__import__` does with these: name, globals, locals, names from the module, and the level.
unsafe fn import(name: Object, [globals, locals, from]: [Object; 3], level: c_int) -> Object {
    // SAFETY: borrowed arguments; the name is a str of its exact type.
    unsafe {
        #[cfg(py2)]
        return py::PyImport_ImportModuleLevel(py::PyString_AsString(name), globals, locals, from, level);
        #[cfg(py3)]
        py::PyImport_ImportModuleLevelObject(name, globals, locals, from, level)
    }
}

/// Whether a name is one that `__import__` takes as it is.
unsafe fn is_plain(name: Object) -> bool {
    // SAFETY: alive.
    unsafe {
        #[cfg(py2)]
        {
            py::type_of(name) == &raw mut py::PyString_Type
                && CStr::from_ptr(py::PyString_AsString(name)).count_bytes() as isize == py::size_of_var(name)
        }
        #[cfg(py3)]
        {
            py::type_of(name) == &raw mut py::PyUnicode_Type
        }
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
pub unsafe extern "C" fn import_from(_frame: Frame, module: Object, name: Object) -> Object {
    // SAFETY: see the module.
    unsafe { evaluator::import_from(module, name) }
}

/// `IMPORT_STAR`
pub unsafe extern "C" fn import_star(frame: Frame, at: *mut Object, _count: i64, _: i64) -> i64 {
    // SAFETY: the module is ours.
    unsafe {
        let module = Owned::new(*at);
        #[cfg(py2)]
        py::PyFrame_FastToLocals(frame);
        #[cfg(py3)]
        if py::PyFrame_FastToLocalsWithError(frame) < 0 {
            return -1;
        }
        let locals = (*frame).f_locals;
        if locals.is_null() {
            py::PyErr_SetString(py::PyExc_SystemError, c"no locals found during 'import *'".as_ptr());
            return -1;
        }
        let done = import_all_from(locals, module.get());
        recall::write_locals(frame);
        if done { 0 } else { -1 }
    }
}

/// `import_all_from` of ceval.c.
unsafe fn import_all_from(locals: Object, module: Object) -> bool {
    // SAFETY: borrowed arguments.
    unsafe {
        let mut names = Owned::new(py::PyObject_GetAttrString(module, c"__all__".as_ptr()));
        let all = names.is_null();
        if all {
            if py::PyErr_ExceptionMatches(py::PyExc_AttributeError) == 0 {
                return false;
            }
            py::PyErr_Clear();
            let dict = Owned::new(py::PyObject_GetAttrString(module, c"__dict__".as_ptr()));
            if dict.is_null() {
                if py::PyErr_ExceptionMatches(py::PyExc_AttributeError) != 0 {
                    let message = c"from-import-* object has no __dict__ and no __all__";
                    py::PyErr_SetString(py::PyExc_ImportError, message.as_ptr());
                }
                return false;
            }
            names = Owned::new(keys(dict.get()));
            if names.is_null() {
                return false;
            }
        }
        for position in 0.. {
            let name = Owned::new(py::PySequence_GetItem(names.get(), position));
            if name.is_null() {
                if py::PyErr_ExceptionMatches(py::PyExc_IndexError) == 0 {
                    return false;
                }
                py::PyErr_Clear();
                break;
            }
            if all && is_private(name.get()) {
                continue;
            }
            let value = Owned::new(py::PyObject_GetAttr(module, name.get()));
            if value.is_null() {
                return false;
            }
            let status = if py::type_of(locals) == &raw mut py::PyDict_Type {
                py::PyDict_SetItem(locals, name.get(), value.get())
            } else {
                py::PyObject_SetItem(locals, name.get(), value.get())
            };
            drop(name);
            if status != 0 {
                return false;
            }
        }
        true
    }
}

/// `PyMapping_Keys`: on 2.7 a call of `keys`, whatever that gives.
unsafe fn keys(mapping: Object) -> Object {
    // SAFETY: a borrowed argument.
    unsafe {
        #[cfg(py2)]
        return py::PyObject_CallMethod(mapping, c"keys".as_ptr().cast_mut(), ptr::null_mut());
        #[cfg(py3)]
        py::PyMapping_Keys(mapping)
    }
}

/// Whether a name begins with an underscore.
unsafe fn is_private(name: Object) -> bool {
    // SAFETY: a borrowed argument, of a type that is checked.
    unsafe {
        #[cfg(py2)]
        return py::has_feature(py::type_of(name), py::Py_TPFLAGS_STRING_SUBCLASS as u64)
            && *py::PyString_AsString(name) == b'_' as std::ffi::c_char;
        #[cfg(py3)]
        {
            // An empty str: the character read is the NUL behind it.
            py::has_feature(py::type_of(name), py::Py_TPFLAGS_UNICODE_SUBCLASS as u64)
                && py::PyUnicode_GetLength(name) > 0
                && py::PyUnicode_ReadChar(name, 0) == u32::from(b'_')
        }
    }
}
