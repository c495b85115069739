//! Attributes that an object certainly has not got: whoever asks just whether it has need not have an
//! exception made.

use crate::py::attributes::gets_generically;
use crate::py::dict::{Found, Table};
use crate::py::slots::have_same_function;
use crate::py::{self, Object, PyTypeObject, keys, strings};

/// Whether `PyObject_GetAttr` would raise an `AttributeError`, and do nothing else that anybody could notice.
///
/// # Safety
/// Both are alive; no exception is set.
pub unsafe fn is_certain(object: Object, name: Object) -> bool {
    // SAFETY: alive by the contract, and what is read has been asked for.
    unsafe {
        if !strings::is_str(name) {
            return false;
        }
        let ty = py::type_of(object);
        #[cfg(py2)]
        if ty == &raw mut py::PyInstance_Type {
            return classic::lacks(object.cast(), name);
        }
        if gets_generically(ty) {
            return lacks_of_class(ty, name) && lacks_of_its_own(object, (*ty).tp_dictoffset, name);
        }
        have_same_function!((*ty).tp_getattro, py::PyType_Type.tp_getattro)
            && lacks_of_class(ty, name)
            && lacks_of_class(object.cast(), name)
    }
}

/// Whether the instances of a class, of which lookups are remembered, have nothing of it under a name.
/// Looking for it once more asks nobody again.
unsafe fn lacks_of_class(ty: *mut PyTypeObject, name: Object) -> bool {
    // SAFETY: alive by the contract of the caller.
    unsafe {
        let is_remembered = || py::has_feature(ty, py::Py_TPFLAGS_VALID_VERSION_TAG as u64);
        is_remembered() && py::_PyType_Lookup(ty, name).is_null() && is_remembered()
    }
}

/// Whether the dict of an instance, if there is one, has nothing under a name.
unsafe fn lacks_of_its_own(object: Object, offset: isize, name: Object) -> bool {
    // SAFETY: a positive offset is where the instance has its dict.
    unsafe {
        if offset <= 0 {
            return offset == 0;
        }
        let dict = *object.byte_offset(offset).cast::<Object>();
        dict.is_null() || is_not_in(dict, name)
    }
}

unsafe fn is_not_in(dict: Object, name: Object) -> bool {
    // SAFETY: alive by the contract of the caller.
    unsafe {
        let (Some(table), Some(hash)) = (Table::of_exact(dict), keys::hash(name)) else { return false };
        matches!(table.find_key(name, hash), Found::Absent)
    }
}

/// Instances of old-style classes.
#[cfg(py2)]
mod classic {
    use super::is_not_in;
    use crate::py::{self, Object, PyClassObject, PyInstanceObject, strings};

    /// Base classes, each of the one before, that are looked into.
    const MAX_DEPTH: usize = 8;

    /// Whether an instance has nothing under a name, and its class no way to make it up: `instance_getattr`.
    pub unsafe fn lacks(instance: *mut PyInstanceObject, name: Object) -> bool {
        // SAFETY: alive by the contract of the caller.
        unsafe {
            let class = (*instance).in_class;
            (*class).cl_getattr.is_null()
                && !strings::is_plainly(name, b"__dict__")
                && !strings::is_plainly(name, b"__class__")
                && is_not_in((*instance).in_dict, name)
                && lacks_of_class(class, name, MAX_DEPTH)
        }
    }

    /// `class_lookup`
    unsafe fn lacks_of_class(class: *mut PyClassObject, name: Object, depth: usize) -> bool {
        // SAFETY: an old-style class has a dict and a tuple of classes.
        unsafe {
            let bases = (*class).cl_bases;
            let is_lacking = |index| lacks_of_class(py::tuple_item(bases, index).cast(), name, depth - 1);
            depth > 0 && is_not_in((*class).cl_dict, name) && (0..py::tuple_length(bases)).all(is_lacking)
        }
    }
}
