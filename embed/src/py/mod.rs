//! CPython's C API for the version at hand: what bindgen read from the headers, and the macros
//! that it cannot translate.

pub mod arrays;
pub mod attributes;
pub mod binding;
pub mod builtins;
pub mod collector;
pub mod countdown;
pub mod describe;
pub mod dict;
pub mod evaluation;
pub mod evaluator;
pub mod gil;
#[cfg(py2)]
pub mod handled;
pub mod hooks;
pub mod initialisers;
pub mod itemgetters;
pub mod iterators;
pub mod keys;
pub mod kinds;
pub mod lists;
pub mod numbers;
pub mod pending;
pub mod places;
pub mod references;
pub mod sets;
pub mod slices;
pub mod slots;
pub mod specials;
pub mod stack;
pub mod strings;
pub mod supers;
pub mod tuples;

#[allow(
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    dead_code,
    unnecessary_transmutes,
    unsafe_op_in_unsafe_fn,
    clippy::all
)]
mod bindings {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}

#[cfg(all(py2, not(py_ucs4)))]
pub use bindings::_PyUnicodeUCS2_IsWhitespace as is_unicode_whitespace;
#[cfg(all(py2, py_ucs4))]
pub use bindings::_PyUnicodeUCS4_IsWhitespace as is_unicode_whitespace;
#[cfg(all(py2, not(py_ucs4)))]
pub use bindings::PyUnicodeUCS2_AsUTF8String as encode_utf8;
#[cfg(all(py2, not(py_ucs4)))]
pub use bindings::PyUnicodeUCS2_FromUnicode as unicode_from_units;
#[cfg(all(py2, py_ucs4))]
pub use bindings::PyUnicodeUCS4_AsUTF8String as encode_utf8;
#[cfg(all(py2, py_ucs4))]
pub use bindings::PyUnicodeUCS4_FromUnicode as unicode_from_units;
pub use bindings::*;
#[cfg(all(py2, not(py_ucs4)))]
pub use bindings::{
    _PyUnicodeUCS2_AsDefaultEncodedString as default_encoded, PyUnicodeUCS2_DecodeASCII as decode_ascii,
    PyUnicodeUCS2_GetDefaultEncoding as default_encoding, PyUnicodeUCS2_Replace as unicode_replace,
    PyUnicodeUCS2_Split as unicode_split,
};
#[cfg(all(py2, py_ucs4))]
pub use bindings::{
    _PyUnicodeUCS4_AsDefaultEncodedString as default_encoded, PyUnicodeUCS4_DecodeASCII as decode_ascii,
    PyUnicodeUCS4_GetDefaultEncoding as default_encoding, PyUnicodeUCS4_Replace as unicode_replace,
    PyUnicodeUCS4_Split as unicode_split,
};
#[cfg(py3)]
pub use bindings::{PyUnicode_Replace as unicode_replace, PyUnicode_Split as unicode_split};
use std::ffi::c_long;
use std::ptr;

/// A pointer to an object: borrowed, or a new reference where documented.
pub type Object = *mut PyObject;

/// A frame, borrowed.
pub type Frame = *mut PyFrameObject;

/// `Py_None`, borrowed.
pub fn none() -> Object {
    &raw mut _Py_NoneStruct
}

/// `Py_True`, borrowed.
pub fn true_() -> Object {
    (&raw mut _Py_TrueStruct).cast()
}

/// `Py_False`, borrowed.
pub fn false_() -> Object {
    #[cfg(py2)]
    return (&raw mut _Py_ZeroStruct).cast();
    #[cfg(py3)]
    return (&raw mut _Py_FalseStruct).cast();
}

/// `PyBool_FromLong`, as a new reference.
pub fn new_bool(value: bool) -> Object {
    let object = if value { true_() } else { false_() };
    // SAFETY: the two bools are immortal.
    unsafe { incref(object) };
    object
}

/// `Py_TYPE`.
///
/// # Safety
/// `object` is alive.
#[inline(always)]
pub unsafe fn type_of(object: Object) -> *mut PyTypeObject {
    // SAFETY: alive, so its header is readable.
    unsafe { (*object).ob_type }
}

/// `Py_SIZE`.
///
/// # Safety
/// `object` is alive and has the variable-size header.
#[inline(always)]
pub unsafe fn size_of_var(object: Object) -> isize {
    // SAFETY: a `PyVarObject` by the contract.
    unsafe { (*object.cast::<PyVarObject>()).ob_size }
}

/// `Py_INCREF`.
///
/// # Safety
/// `object` is alive and the GIL is held.
#[inline(always)]
pub unsafe fn incref(object: Object) {
    // SAFETY: alive, and nobody else changes the count while we hold the GIL.
    unsafe {
        #[cfg(py_debug)]
        {
            _Py_RefTotal += 1;
        }
        (*object).ob_refcnt += 1;
    }
}

/// `Py_XINCREF`.
///
/// # Safety
/// As for [`incref`], or NULL.
#[inline(always)]
pub unsafe fn xincref(object: Object) {
    if !object.is_null() {
        // SAFETY: not NULL, so alive.
        unsafe { incref(object) }
    }
}

/// `Py_DECREF`: may run arbitrary code.
///
/// # Safety
/// The caller owns the reference it gives up, and holds the GIL.
#[inline(always)]
pub unsafe fn decref(object: Object) {
    // SAFETY: alive until its last reference, ours, is gone.
    unsafe {
        #[cfg(py_debug)]
        {
            _Py_RefTotal -= 1;
        }
        (*object).ob_refcnt -= 1;
        if (*object).ob_refcnt == 0 {
            dealloc(object);
        }
    }
}

/// `Py_XDECREF`.
///
/// # Safety
/// As for [`decref`], or NULL.
#[inline(always)]
pub unsafe fn xdecref(object: Object) {
    if !object.is_null() {
        // SAFETY: not NULL, so an owned reference.
        unsafe { decref(object) }
    }
}

/// `Py_CLEAR`: empties the variable first, then releases what it held.
///
/// # Safety
/// The variable holds an owned reference or NULL.
pub unsafe fn clear(variable: &mut Object) {
    let object = std::mem::replace(variable, ptr::null_mut());
    // SAFETY: it was an owned reference.
    unsafe { xdecref(object) }
}

/// `_Py_Dealloc`: what `Py_DECREF` does when the count reaches zero.
///
/// # Safety
/// The object's reference count is zero.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn dealloc(object: Object) {
    // SAFETY: every type of a live object has tp_dealloc. With Py_TRACE_REFS (which Py_DEBUG
    // implies) _Py_Dealloc is a function that also unlinks the object from the list of all.
    unsafe {
        #[cfg(py_debug)]
        _Py_Dealloc(object);
        #[cfg(not(py_debug))]
        ((*type_of(object)).tp_dealloc.unwrap_unchecked())(object);
    }
}

/// The type of `tp_flags`.
#[cfg(py2)]
type TypeFlags = std::ffi::c_long;
/// The type of `tp_flags`.
#[cfg(py3)]
type TypeFlags = std::ffi::c_ulong;

/// `PyType_HasFeature`.
///
/// # Safety
/// `ty` is a type.
#[inline(always)]
pub unsafe fn has_feature(ty: *mut PyTypeObject, flag: u64) -> bool {
    // SAFETY: a type by the contract.
    unsafe { (*ty).tp_flags & flag as TypeFlags != 0 }
}

/// An int as CPython's small-int functions make them: `PyInt_FromLong` or `PyLong_FromLong`.
///
/// # Safety
/// The GIL is held. The result is a new reference or NULL.
pub unsafe fn new_int(value: c_long) -> Object {
    // SAFETY: plain C API.
    unsafe {
        #[cfg(py2)]
        return PyInt_FromLong(value);
        #[cfg(py3)]
        return PyLong_FromLong(value);
    }
}

/// Runs something that may raise, and puts the exception that was set before, if any, in place of what it
/// raised.
///
/// # Safety
/// The GIL is held.
pub unsafe fn preserving_exception<R>(run: impl FnOnce() -> R) -> R {
    let (mut ty, mut value, mut traceback) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    // SAFETY: plain C API.
    unsafe {
        PyErr_Fetch(&mut ty, &mut value, &mut traceback);
        let result = run();
        PyErr_Restore(ty, value, traceback);
        result
    }
}

/// `PyTuple_GET_ITEM`, borrowed.
///
/// # Safety
/// `tuple` is a tuple with an item there.
#[inline(always)]
pub unsafe fn tuple_item(tuple: Object, index: usize) -> Object {
    // SAFETY: within the items by the contract.
    unsafe { *(&raw mut (*tuple.cast::<PyTupleObject>()).ob_item).cast::<Object>().add(index) }
}

/// The items of a tuple, one after the other.
///
/// # Safety
/// `tuple` is a tuple.
#[inline(always)]
pub unsafe fn tuple_items(tuple: Object) -> *const Object {
    // SAFETY: by the contract.
    unsafe { (&raw const (*tuple.cast::<PyTupleObject>()).ob_item).cast() }
}

/// `PyTuple_GET_SIZE`, or 0 for NULL.
///
/// # Safety
/// `tuple` is a tuple or NULL.
#[inline(always)]
pub unsafe fn tuple_length(tuple: Object) -> usize {
    // SAFETY: by the contract.
    unsafe { if tuple.is_null() { 0 } else { size_of_var(tuple) as usize } }
}

/// `PyTuple_SET_ITEM`: takes over the reference.
///
/// # Safety
/// `tuple` is a new tuple with room there.
#[inline(always)]
pub unsafe fn set_tuple_item(tuple: Object, index: usize, item: Object) {
    // SAFETY: within the items by the contract.
    unsafe { *(&raw mut (*tuple.cast::<PyTupleObject>()).ob_item).cast::<Object>().add(index) = item }
}

/// `PyList_GET_ITEM`, borrowed.
///
/// # Safety
/// `list` is a list with an item there.
#[inline(always)]
pub unsafe fn list_item(list: Object, index: usize) -> Object {
    // SAFETY: within the items by the contract.
    unsafe { *(*list.cast::<PyListObject>()).ob_item.add(index) }
}
