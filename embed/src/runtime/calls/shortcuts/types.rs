//! Builtin types that are called with one argument, or none, `super` with two, and `object.__new__`.

use crate::py::slots::have_same_function;
use crate::py::{self, Object, PyTypeObject, supers};
use crate::runtime::calls::constructors;
use crate::runtime::calls::shortcuts::shortcut::{Outcome, Shortcut, shortcut, truth_of};
use std::ptr;

/// The types.
pub fn types() -> Vec<(*mut PyTypeObject, Shortcut)> {
    vec![
        (&raw mut py::PyList_Type, shortcut!(list)),
        (&raw mut py::PyTuple_Type, shortcut!(tuple)),
        (&raw mut py::PyDict_Type, shortcut!(dict)),
        (&raw mut py::PySet_Type, shortcut!(set)),
        (&raw mut py::PyBool_Type, shortcut!(truth)),
        (&raw mut py::PySuper_Type, shortcut!(super_of)),
        (&raw mut py::PyFloat_Type, shortcut!(float)),
        #[cfg(py2)]
        (&raw mut py::PyInt_Type, shortcut!(int)),
        #[cfg(py3)]
        (&raw mut py::PyLong_Type, shortcut!(int)),
        #[cfg(py2)]
        (&raw mut py::PyString_Type, shortcut!(text)),
        #[cfg(py2)]
        (&raw mut py::PyUnicode_Type, shortcut!(unicode)),
        #[cfg(py3)]
        (&raw mut py::PyUnicode_Type, shortcut!(text)),
    ]
}

/// `list_new` and `list_init`
unsafe fn list(_: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe {
        match count {
            0 => Some(py::PyList_New(0)),
            1 => Some(py::PySequence_List(*arguments)),
            _ => None,
        }
    }
}

/// `tuple_new`
unsafe fn tuple(_: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe { (count == 1).then(|| py::PySequence_Tuple(*arguments)) }
}

/// `dict_new` and `dict_init`
unsafe fn dict(_: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe {
        match count {
            0 => Some(new_dict()),
            1 if py::type_of(*arguments) == &raw mut py::PyDict_Type => Some(copy_of_dict(*arguments)),
            _ => None,
        }
    }
}

/// An empty dict by `dict_new`, not of those that are unused: the collector counts it, as it does where the
/// class is called.
unsafe fn new_dict() -> Object {
    let ty = &raw mut py::PyDict_Type;
    // SAFETY: `dict_new` does not look at the arguments.
    unsafe {
        match (*ty).tp_new {
            Some(new) => new(ty, ptr::null_mut(), ptr::null_mut()),
            None => py::PyDict_New(),
        }
    }
}

/// A dict with what another has, entered one by one: `PyDict_Copy` shares keys on 3.x, which shows in their
/// order.
unsafe fn copy_of_dict(other: Object) -> Object {
    // SAFETY: an exact dict, which the caller holds.
    unsafe {
        let dict = new_dict();
        if !dict.is_null() && py::PyDict_Merge(dict, other, 1) != 0 {
            py::decref(dict);
            return ptr::null_mut();
        }
        dict
    }
}

/// `set_new` and `set_init`
unsafe fn set(_: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe {
        match count {
            0 => Some(py::PySet_New(ptr::null_mut())),
            1 => Some(py::PySet_New(*arguments)),
            _ => None,
        }
    }
}

/// `bool_new`
unsafe fn truth(_: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe { (count == 1).then(|| truth_of(py::PyObject_IsTrue(*arguments))) }
}

/// The shortcut of `__new__`, whose definition all types share.
pub const NEW: Shortcut = shortcut!(new);

/// `tp_new_wrapper` of `object`, for a class that asks for no more than that, and of `tuple`.
unsafe fn new(ty: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`; the caller holds the class.
    unsafe {
        let class = (*arguments).cast::<PyTypeObject>();
        let root = ty.cast::<PyTypeObject>();
        let is_of_object = count == 1 && root == &raw mut py::PyBaseObject_Type;
        let is_of_tuple = count == 2
            && root == &raw mut py::PyTuple_Type
            && py::type_of(*arguments.add(1)) == root
            && root != class;
        if !(is_of_object || is_of_tuple)
            || !py::has_feature(py::type_of(class.cast()), py::Py_TPFLAGS_TYPE_SUBCLASS as u64)
            || (is_of_object && py::has_feature(class, py::Py_TPFLAGS_IS_ABSTRACT as u64))
            || !constructors::are_all_above(class, root)
        {
            return None;
        }
        match is_of_object {
            true => Some((*class).tp_alloc?(class, 0)),
            false => Some(new_tuple(class, *arguments.add(1))),
        }
    }
}

/// `tuple_subtype_new` for an exact tuple.
unsafe fn new_tuple(class: *mut PyTypeObject, items: Object) -> Object {
    // SAFETY: a class of tuples, which the caller holds, as it does the items.
    unsafe {
        let count = py::size_of_var(items);
        let made = (*class).tp_alloc.map_or(ptr::null_mut(), |alloc| alloc(class, count));
        if !made.is_null() {
            for index in 0..count as usize {
                let item = py::tuple_item(items, index);
                py::incref(item);
                py::set_tuple_item(made, index, item);
            }
        }
        made
    }
}

/// `super_init`
unsafe fn super_of(_: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe { if count == 2 { supers::make(*arguments, *arguments.add(1)) } else { None } }
}

/// `float_new`
unsafe fn float(_: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe {
        // Texts are parsed.
        if count != 1 || py::strings::is_str(*arguments) {
            return None;
        }
        Some(finish(&raw mut py::PyFloat_Type, py::PyNumber_Float(*arguments), *arguments))
    }
}

/// `int_new`, on 3.x `long_new`
unsafe fn int(_: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe {
        if count != 1 {
            return None;
        }
        #[cfg(py2)]
        let (ty, number) = (&raw mut py::PyInt_Type, py::PyNumber_Int(*arguments));
        #[cfg(py3)]
        let (ty, number) = (&raw mut py::PyLong_Type, py::PyNumber_Long(*arguments));
        Some(finish(ty, number, *arguments))
    }
}

/// `string_new`, on 3.x `unicode_new`
unsafe fn text(_: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe {
        #[cfg(py2)]
        let ty = &raw mut py::PyString_Type;
        #[cfg(py3)]
        let ty = &raw mut py::PyUnicode_Type;
        (count == 1).then(|| finish(ty, py::PyObject_Str(*arguments), *arguments))
    }
}

/// `unicode_new`
#[cfg(py2)]
unsafe fn unicode(_: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe {
        (count == 1)
            .then(|| finish(&raw mut py::PyUnicode_Type, py::PyObject_Unicode(*arguments), *arguments))
    }
}

/// The rest of `type_call` for what `tp_new` gave: an instance of a subclass, which a special method can have
/// returned, is initialised.
unsafe fn finish(ty: *mut PyTypeObject, object: Object, argument: Object) -> Object {
    // SAFETY: a new reference or NULL, which is the caller's then, and an argument that the caller holds.
    unsafe {
        if object.is_null() || py::type_of(object) == ty {
            return object;
        }
        initialise(ty, object, argument)
    }
}

#[cold]
#[inline(never)]
unsafe extern "C" fn initialise(ty: *mut PyTypeObject, object: Object, argument: Object) -> Object {
    // SAFETY: as for `finish`.
    unsafe {
        let class = py::type_of(object);
        let is_plain = have_same_function!((*class).tp_init, (*ty).tp_init);
        if is_plain || py::PyType_IsSubtype(class, ty) == 0 {
            return object;
        }
        let Some(init) = (*class).tp_init else { return object };
        let arguments = py::PyTuple_New(1);
        if arguments.is_null() {
            py::decref(object);
            return arguments;
        }
        py::incref(argument);
        py::set_tuple_item(arguments, 0, argument);
        let status = init(object, arguments, ptr::null_mut());
        py::decref(arguments);
        if status < 0 {
            py::decref(object);
            return ptr::null_mut();
        }
        object
    }
}
