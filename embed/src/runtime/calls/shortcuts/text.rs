//! Methods of `unicode`, on 3.x `str`.

use crate::py::{self, Object, PyTypeObject};
use crate::runtime::calls::shortcuts::shortcut::{Outcome, Shortcut, shortcut};
use std::ffi::CStr;
use std::ptr;

/// The methods: type, name.
pub fn methods() -> [(*mut PyTypeObject, &'static CStr, Shortcut); 2] {
    let text = &raw mut py::PyUnicode_Type;
    [(text, c"replace", shortcut!(replace)), (text, c"split", shortcut!(split))]
}

unsafe fn is_text(object: Object) -> bool {
    // SAFETY: alive.
    unsafe { py::type_of(object) == &raw mut py::PyUnicode_Type }
}

/// `unicode_replace`
unsafe fn replace(text: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe {
        if count != 2 || !is_text(text) {
            return None;
        }
        let former = as_text(*arguments)?;
        let Some(new) = as_text(*arguments.add(1)) else {
            py::decref(former);
            return None;
        };
        let result = py::unicode_replace(text, former, new, -1);
        py::decref(former);
        py::decref(new);
        Some(result)
    }
}

/// `unicode_split`
unsafe fn split(text: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe {
        if !is_text(text) {
            return None;
        }
        match count {
            0 => Some(py::unicode_split(text, ptr::null_mut(), -1)),
            1 if is_text(*arguments) => Some(py::unicode_split(text, *arguments, -1)),
            _ => None,
        }
    }
}

/// An exact text itself, as a new reference.
#[cfg(py3)]
unsafe fn as_text(object: Object) -> Option<Object> {
    // SAFETY: alive.
    unsafe {
        is_text(object).then(|| {
            py::incref(object);
            object
        })
    }
}

/// `PyUnicode_FromObject` of an exact `unicode`, and of an exact `str` where that is decoded as ASCII and has
/// nothing else; a new reference.
#[cfg(py2)]
unsafe fn as_text(object: Object) -> Option<Object> {
    // SAFETY: alive; the name of the encoding is the interpreter's.
    unsafe {
        if is_text(object) {
            py::incref(object);
            return Some(object);
        }
        if !py::strings::is_str(object) || CStr::from_ptr(py::default_encoding()) != c"ascii" {
            return None;
        }
        let characters = (&raw const (*object.cast::<py::PyStringObject>()).ob_sval).cast();
        let text = py::decode_ascii(characters, py::size_of_var(object), ptr::null());
        if text.is_null() {
            py::PyErr_Clear();
            return None;
        }
        Some(text)
    }
}
