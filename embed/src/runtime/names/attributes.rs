//! `LOAD_ATTR` and `STORE_ATTR` with their caches, `DELETE_ATTR`.
//!
//! A site remembers what the lookup along the type's MRO gave: that holds as long as the type's
//! version tag is valid and the same; a type without one is looked through each time, but never
//! twice. The rest of `PyObject_GenericGetAttr` is done anew each time, with the index of the
//! instance dict's entry as a hint. Whatever is not of this shape goes to the C API before
//! anything has happened.

use crate::py::attributes::{descriptor, gets_generically};
use crate::py::dict::{self, Found, Table};
use crate::py::references::Borrowed;
use crate::py::slots::{GENERIC_SETATTRO, have_same_function};
use crate::py::{self, Frame, Object, PyTypeObject, binding};
use crate::runtime::names::cache::AttributeCache;
use crate::runtime::names::descriptors::call_get;
#[cfg(py2)]
use crate::runtime::names::instances;
use crate::runtime::names::lookup;
use crate::runtime::names::supers;
use std::ffi::{CStr, c_int};
use std::ptr;

/// `LOAD_ATTR`
pub unsafe extern "C" fn load_attr(
    _frame: Frame,
    object: Object,
    name: Object,
    cache: *mut AttributeCache,
) -> Object {
    // SAFETY: see the module.
    unsafe { load(object, name, cache, ptr::null_mut()) }
}

/// `LOAD_ATTR`; unless `receiver` is NULL, methods are left unbound, with the object, a new reference, in
/// `*receiver`.
///
/// # Safety
/// Borrowed arguments and a cache or NULL; the place for the receiver holds NULL.
#[inline(always)]
pub unsafe fn load(
    object: Object,
    name: Object,
    cache: *mut AttributeCache,
    receiver: *mut Object,
) -> Object {
    // SAFETY: whoever is called into holds references to what it uses.
    unsafe {
        let ty = py::type_of(object);
        if cache.is_null() || !gets_generically(ty) {
            #[cfg(py2)]
            if ty == &raw mut py::PyInstance_Type
                && !cache.is_null()
                && let Some(value) = instances::load(object, name, &mut *cache, receiver)
            {
                return value;
            }
            if ty == &raw mut py::PySuper_Type
                && !receiver.is_null()
                && let Some(method) = supers::load_method(object.cast(), name, receiver)
            {
                return method;
            }
            return load_specially(object, name, cache);
        }
        let Some(attribute) = (*cache).type_attribute(ty, name) else {
            return py::PyObject_GetAttr(object, name);
        };
        let (get, set) = descriptor(attribute.get());
        if let Some(get) = get
            && set.is_some()
        {
            return call_get(get, attribute, object, ty);
        }

        let offset = (*ty).tp_dictoffset;
        if offset < 0 {
            return load_with_any_dict(object, ty, name, attribute, get);
        }
        if offset > 0 {
            let dict = *object.byte_offset(offset).cast::<Object>();
            if !dict.is_null() {
                let Some(table) = Table::of(dict) else {
                    return load_with_any_dict(object, ty, name, attribute, get);
                };
                let mut value = table.value((*cache).hint(), name);
                if value.is_null() {
                    value = match (*cache).find(&table, name) {
                        Found::At(index) => table.value(index, name),
                        Found::Absent => ptr::null_mut(),
                        Found::Unknown => return load_with_any_dict(object, ty, name, attribute, get),
                    };
                }
                if !value.is_null() {
                    py::incref(value);
                    return value;
                }
            }
        }

        if let Some(get) = get {
            if !receiver.is_null() && binding::is_method(attribute.get(), ty) {
                return binding::leave_unbound(attribute.get(), object, receiver);
            }
            return call_get(get, attribute, object, ty);
        }
        if attribute.is_null() {
            return no_attribute(object, ty, name);
        }
        attribute.hold().give()
    }
}

/// The rest of `PyObject_GenericGetAttr` once the type is known to have `attribute` (or NULL) under the name,
/// and no data descriptor, for an instance dict that only the C API can read.
#[cold]
#[inline(never)]
unsafe fn load_with_any_dict(
    object: Object,
    ty: *mut PyTypeObject,
    name: Object,
    attribute: Borrowed<'_>,
    get: py::descrgetfunc,
) -> Object {
    // SAFETY: what is used is held: comparing keys may run arbitrary code.
    unsafe {
        let attribute = attribute.hold();
        let dict = instance_dict(object, ty);
        if !dict.is_null() {
            let dict = dict.hold();
            let value = Borrowed::new(py::PyDict_GetItem(dict.get(), name));
            if !value.is_null() {
                return value.hold().give();
            }
        }
        if let Some(get) = get {
            return get(attribute.get(), object, py::type_of(object).cast());
        }
        if attribute.is_null() {
            return no_attribute(object, ty, name);
        }
        attribute.give()
    }
}

/// The dict of an instance, or NULL: `_PyObject_GetDictPtr` as the generic lookup has it, which does
/// not ask whether the type is of today's kind.
unsafe fn instance_dict<'a>(object: Object, ty: *mut PyTypeObject) -> Borrowed<'a> {
    // SAFETY: the offset is where the instance has its dict.
    unsafe {
        let mut offset = (*ty).tp_dictoffset;
        if offset < 0 {
            let items = py::size_of_var(object).abs();
            let size = (*ty).tp_basicsize + items * (*ty).tp_itemsize;
            offset += (size as usize).next_multiple_of(size_of::<Object>()) as isize;
        }
        Borrowed::new(match offset {
            0 => ptr::null_mut(),
            _ => *object.byte_offset(offset).cast::<Object>(),
        })
    }
}

/// Sets the `AttributeError` of the generic lookup; gives NULL.
#[cold]
#[inline(never)]
unsafe fn no_attribute(object: Object, ty: *mut PyTypeObject, name: Object) -> Object {
    // SAFETY: plain C API.
    unsafe {
        if cfg!(py35) && ty == &raw mut py::PyModule_Type {
            // The message names the module.
            return py::PyObject_GetAttr(object, name);
        }
        complain(
            c"'%.50s' object has no attribute '%.400s'",
            c"'%.50s' object has no attribute '%U'",
            ty,
            name,
        );
        ptr::null_mut()
    }
}

/// Sets an `AttributeError` with the names of a type and an attribute. The formats are those of 2.7 and of
/// 3.x.
unsafe fn complain(_py2: &CStr, _py3: &CStr, ty: *mut PyTypeObject, name: Object) {
    // SAFETY: the formats take a C string, then a name as their version has names.
    unsafe {
        let error = py::PyExc_AttributeError;
        #[cfg(py2)]
        py::PyErr_Format(error, _py2.as_ptr(), (*ty).tp_name, py::PyString_AsString(name));
        #[cfg(py3)]
        py::PyErr_Format(error, _py3.as_ptr(), (*ty).tp_name, name);
    }
}

/// `LOAD_ATTR` of what has a way of its own: types.
#[inline(never)]
unsafe fn load_specially(object: Object, name: Object, cache: *mut AttributeCache) -> Object {
    // SAFETY: as for `load`.
    unsafe {
        let ty = py::type_of(object);
        if have_same_function!((*ty).tp_getattro, py::PyType_Type.tp_getattro) && !cache.is_null() {
            let class: *mut PyTypeObject = object.cast();
            if lookup::is_untagged(class) {
                return load_of_untagged(class, ty, name, &mut *cache);
            }
            if let Some(attribute) = (*cache).own_attribute(class, ty, name) {
                let Some(get) = descriptor(attribute.get()).0 else {
                    return attribute.hold().give();
                };
                return call_get(get, attribute, ptr::null_mut(), class);
            }
        }
        py::PyObject_GetAttr(object, name)
    }
}

/// `type_getattro` of a type of which nothing can be remembered.
unsafe fn load_of_untagged(
    class: *mut PyTypeObject,
    metatype: *mut PyTypeObject,
    name: Object,
    cache: &mut AttributeCache,
) -> Object {
    // SAFETY: what is used is held where comparing keys may run arbitrary code.
    unsafe {
        let inherited = match (*class).tp_dict.is_null() {
            true => None,
            false => cache.type_attribute(metatype, name),
        };
        let Some(inherited) = inherited else {
            return py::PyObject_GetAttr(class.cast(), name);
        };
        let (meta_get, meta_set) = descriptor(inherited.get());
        if let Some(get) = meta_get
            && meta_set.is_some()
        {
            return call_get(get, inherited, class.cast(), metatype);
        }
        let inherited = inherited.hold();
        let attribute = lookup::type_attribute(class, name);
        if !attribute.is_null() {
            if let Some(get) = descriptor(attribute.get()).0 {
                return call_get(get, attribute, ptr::null_mut(), class);
            }
            return attribute.hold().give();
        }
        if let Some(get) = meta_get {
            return get(inherited.get(), class.cast(), metatype.cast());
        }
        if inherited.is_null() {
            let py2 = c"type object '%.50s' has no attribute '%.400s'";
            complain(py2, c"type object '%.50s' has no attribute '%U'", class, name);
        }
        inherited.give()
    }
}

/// `STORE_ATTR`
pub unsafe extern "C" fn store_attr(
    _frame: Frame,
    object: Object,
    value: Object,
    name: Object,
    cache: *mut AttributeCache,
) -> i64 {
    // SAFETY: see the module; whoever is called into holds references to what it uses.
    unsafe {
        let ty = py::type_of(object);
        #[cfg(py2)]
        if ty == &raw mut py::PyInstance_Type
            && !cache.is_null()
            && instances::store(object, name, value, &mut *cache)
        {
            return 0;
        }
        if !cache.is_null()
            && have_same_function!((*ty).tp_setattro, GENERIC_SETATTRO)
            && let Some(attribute) = (*cache).type_attribute(ty, name)
        {
            if let (_, Some(set)) = descriptor(attribute.get()) {
                let attribute = attribute.hold();
                return set(attribute.get(), object, value).into();
            }
            if replace_in_dict(object, (*ty).tp_dictoffset, name, value, &mut *cache) {
                return 0;
            }
            return store_in_dict(object, ty, name, value, attribute);
        }
        py::PyObject_SetAttr(object, name, value).into()
    }
}

/// The rest of `PyObject_GenericSetAttr` once the type is known to have `attribute` (or NULL) under the name,
/// and no data descriptor.
unsafe fn store_in_dict(
    object: Object,
    ty: *mut PyTypeObject,
    name: Object,
    value: Object,
    attribute: Borrowed<'_>,
) -> i64 {
    // SAFETY: what is used is held where comparing keys may run arbitrary code.
    unsafe {
        let place = py::_PyObject_GetDictPtr(object);
        if place.is_null() {
            if attribute.is_null() {
                let py2 = c"'%.100s' object has no attribute '%.200s'";
                complain(py2, c"'%.100s' object has no attribute '%U'", ty, name);
            } else {
                let py2 = c"'%.50s' object attribute '%.400s' is read-only";
                complain(py2, c"'%.50s' object attribute '%U' is read-only", ty, name);
            }
            return -1;
        }
        #[cfg(py2)]
        let status = {
            if (*place).is_null() {
                *place = py::PyDict_New();
                if (*place).is_null() {
                    return -1;
                }
            }
            let dict = Borrowed::new(*place).hold();
            store_status(py::PyDict_SetItem(dict.get(), name, value), name)
        };
        #[cfg(py3)]
        let status = {
            let _held = attribute.hold();
            store_status(py::_PyObjectDict_SetItem(ty, place, name, value), name)
        };
        status.into()
    }
}

/// A `KeyError` of a dict becomes an `AttributeError`.
unsafe fn store_status(status: c_int, name: Object) -> c_int {
    // SAFETY: an exception is set when the status is negative.
    unsafe {
        if status < 0 && py::PyErr_ExceptionMatches(py::PyExc_KeyError) != 0 {
            py::PyErr_SetObject(py::PyExc_AttributeError, name);
        }
        status
    }
}

/// Stores in an instance dict that has the name; false when nothing was done.
unsafe fn replace_in_dict(
    object: Object,
    offset: isize,
    name: Object,
    value: Object,
    cache: &mut AttributeCache,
) -> bool {
    // SAFETY: a positive offset is where the instance has its dict.
    unsafe {
        if offset <= 0 {
            return false;
        }
        let dict = *object.byte_offset(offset).cast::<Object>();
        if dict.is_null() {
            return false;
        }
        if dict::replace(dict, cache.hint(), name, value) {
            return true;
        }
        let Some(table) = Table::of(dict) else { return false };
        match cache.find(&table, name) {
            Found::At(index) => dict::replace(dict, index, name, value),
            Found::Absent | Found::Unknown => false,
        }
    }
}

/// `DELETE_ATTR`
pub unsafe extern "C" fn delete_attr(_frame: Frame, object: Object, name: Object) -> i64 {
    // SAFETY: see the module.
    unsafe { py::PyObject_SetAttr(object, name, ptr::null_mut()).into() }
}
