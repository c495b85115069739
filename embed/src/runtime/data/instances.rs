//! What objects are and have: `isinstance`, `getattr`, `hasattr`, and their types.

use crate::process::PROCESS;
use crate::py::dict::{Found, Name, Table};
use crate::py::evaluation::thread_state;
use crate::py::gil::Gil;
use crate::py::references::Owned;
use crate::py::slots::{GENERIC_GETATTRO, have_same_function};
use crate::py::{self, Frame, Object, PyTypeObject};
use crate::runtime::names::absence;
use std::cell::Cell;
use std::ptr;

/// `Helper::IsInstance`
pub unsafe extern "C" fn is_instance(_frame: Frame, object: Object, class: Object) -> i64 {
    // SAFETY: borrowed arguments, see the module.
    unsafe { py::PyObject_IsInstance(object, class).into() }
}

/// `Helper::GetAttr`
pub unsafe extern "C" fn get_attr(_frame: Frame, object: Object, name: Object, default: Object) -> Object {
    // SAFETY: borrowed arguments, see the module.
    unsafe {
        if !default.is_null() && absence::is_certain(object, name) {
            py::incref(default);
            return default;
        }
        let attribute = py::PyObject_GetAttr(object, name);
        if !attribute.is_null()
            || default.is_null()
            || py::PyErr_ExceptionMatches(py::PyExc_AttributeError) == 0
        {
            return attribute;
        }
        py::PyErr_Clear();
        py::incref(default);
        default
    }
}

/// `Helper::HasAttr`
pub unsafe extern "C" fn has_attr(_frame: Frame, object: Object, name: Object) -> i64 {
    // SAFETY: borrowed arguments, see the module.
    unsafe {
        if absence::is_certain(object, name) {
            return 0;
        }
        let attribute = Owned::new(py::PyObject_GetAttr(object, name));
        if !attribute.is_null() {
            return 1;
        }
        #[cfg(py2)]
        let expected = py::PyExc_Exception;
        #[cfg(py3)]
        let expected = py::PyExc_AttributeError;
        if py::PyErr_ExceptionMatches(expected) == 0 {
            return -1;
        }
        py::PyErr_Clear();
        0
    }
}

/// 2.7: whether an instance of an old-style class has no say in its truth: `instance_nonzero` has two
/// exceptions made to find that out.
///
/// # Safety
/// It is one, alive; no exception is set.
#[cfg(py2)]
pub unsafe fn is_always_true(instance: Object) -> bool {
    static NONZERO: Gil<Name> = Gil::new(Name::new(c"__nonzero__"));
    static LEN: Gil<Name> = Gil::new(Name::new(c"__len__"));
    // SAFETY: by the contract.
    unsafe { lacks(instance, &NONZERO) && lacks(instance, &LEN) }
}

/// Whether an object certainly lacks an attribute.
#[cfg(py2)]
unsafe fn lacks(object: Object, name: &Name) -> bool {
    // SAFETY: alive, and no exception is set, by the contract of the caller.
    unsafe {
        let name = name.get();
        !name.is_null() && absence::is_certain(object, name)
    }
}

/// 2.7: an iterator over an instance of an old-style class that has items, and no `__iter__`:
/// `instance_getiter`. NULL without an exception when it is not that.
///
/// # Safety
/// It is one, alive; no exception is set.
#[cfg(py2)]
pub unsafe fn iterator_over_items(instance: Object) -> Object {
    static ITER: Gil<Name> = Gil::new(Name::new(c"__iter__"));
    static GETITEM: Gil<Name> = Gil::new(Name::new(c"__getitem__"));
    // SAFETY: by the contract.
    unsafe {
        let name = GETITEM.get();
        if name.is_null() || !lacks(instance, &ITER) || absence::is_certain(instance, name) {
            return ptr::null_mut();
        }
        let method = py::PyObject_GetAttr(instance, name);
        if method.is_null() {
            py::PyErr_SetString(py::PyExc_TypeError, c"iteration over non-sequence".as_ptr());
            return method;
        }
        py::decref(method);
        py::PySeqIter_New(instance)
    }
}

/// `Helper::TypeObject`
pub unsafe extern "C" fn type_object(_frame: Frame, object: Object) -> Object {
    // SAFETY: a borrowed argument, see the module.
    unsafe {
        let ty: Object = py::type_of(object).cast();
        py::incref(ty);
        ty
    }
}

/// `Helper::TellInstance`
pub unsafe extern "C" fn tell_instance(_frame: Frame, object: Object, class: Object) -> i64 {
    // SAFETY: borrowed arguments, see the module.
    unsafe { tell(object, class).map_or(-1, i64::from) }
}

unsafe fn tell(object: Object, class: Object) -> Option<bool> {
    // SAFETY: as for `tell_instance`.
    unsafe {
        let ty = py::type_of(object);
        if ty == class.cast() {
            return Some(true);
        }
        if py::type_of(class) == &raw mut py::PyType_Type {
            return tell_of_type(ty, class.cast());
        }
        if py::type_of(class) != &raw mut py::PyTuple_Type || is_deep() {
            return None;
        }
        for index in 0..py::size_of_var(class) as usize {
            let one = py::tuple_item(class, index);
            let is_plain = py::type_of(one) == &raw mut py::PyType_Type;
            if ty == one.cast() || (is_plain && tell_of_type(ty, one.cast())?) {
                return Some(true);
            }
            if !is_plain {
                return None;
            }
        }
        Some(false)
    }
}

/// Whether objects of a type are instances of a class whose own class is `type`.
unsafe fn tell_of_type(ty: *mut PyTypeObject, class: *mut PyTypeObject) -> Option<bool> {
    // SAFETY: types, by the contract of the caller.
    unsafe {
        // 2.7 asks the method of `type`, which takes levels of recursion.
        if cfg!(py2) && is_deep() {
            return None;
        }
        if py::PyType_IsSubtype(ty, class) != 0 {
            return Some(true);
        }
        // Else `__class__` has a say.
        has_plain_class(ty).then_some(false)
    }
}

/// Whether so few levels of recursion are left that CPython would complain.
unsafe fn is_deep() -> bool {
    // SAFETY: the current thread's.
    unsafe { (*thread_state()).recursion_depth + 4 > py::Py_GetRecursionLimit() }
}

static CLASS: Gil<Name> = Gil::new(Name::new(c"__class__"));

/// Version tags of types that were seen to have `__class__` from `object` only.
pub struct PlainTypes([Cell<u32>; 64]);

impl PlainTypes {
    /// None was seen.
    pub const fn new() -> PlainTypes {
        PlainTypes([const { Cell::new(0) }; 64])
    }
}

/// Whether `__class__` of a type's objects is the type.
unsafe fn has_plain_class(ty: *mut PyTypeObject) -> bool {
    // SAFETY: a type, by the contract of the caller.
    unsafe {
        #[cfg(py2)]
        if ty == &raw mut py::PyInstance_Type {
            // It is an old-style class, which is no type.
            return true;
        }
        let is_valid = py::has_feature(ty, py::Py_TPFLAGS_VALID_VERSION_TAG as u64);
        let tag = (*ty).tp_version_tag;
        let PlainTypes(plain) = &*PROCESS.plain_types;
        let seen = &plain[tag as usize % plain.len()];
        if is_valid && tag != 0 && seen.get() == tag {
            return true;
        }
        let is_plain = inherits_class(ty);
        if is_plain && is_valid {
            seen.set(tag);
        }
        is_plain
    }
}

#[cold]
#[inline(never)]
unsafe extern "C" fn inherits_class(ty: *mut PyTypeObject) -> bool {
    // SAFETY: a type, by the contract of the caller.
    unsafe {
        let is_generic = have_same_function!((*ty).tp_getattro, GENERIC_GETATTRO);
        if !is_generic || (*ty).tp_getattr.is_some() {
            return false;
        }
        let (mro, name) =
            ((*ty).tp_mro, if py::PyErr_Occurred().is_null() { CLASS.get() } else { ptr::null_mut() });
        if mro.is_null() || name.is_null() || py::type_of(mro) != &raw mut py::PyTuple_Type {
            return false;
        }
        for index in 0..py::size_of_var(mro) as usize {
            let base = py::tuple_item(mro, index);
            if base == (&raw mut py::PyBaseObject_Type).cast() {
                return true;
            }
            if py::type_of(base) != &raw mut py::PyType_Type
                && !py::has_feature(py::type_of(base), py::Py_TPFLAGS_TYPE_SUBCLASS as u64)
            {
                return false;
            }
            let table = Table::of_class((*base.cast::<PyTypeObject>()).tp_dict);
            let lacks = table.is_some_and(|table| matches!(table.find(name), Found::Absent));
            if !lacks {
                return false;
            }
        }
        false
    }
}
