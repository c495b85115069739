//! Methods made of a function and its receiver.

use crate::py::{self, Object};
use std::ptr;

/// The method that `LOAD_ATTR` makes of a function, or of a method of a built-in type, and a receiver: a new
/// reference, or NULL with an exception set. Consumes all; without a class it is that of the receiver now. May
/// run the garbage collector.
///
/// # Safety
/// The function has `tp_descr_get`, the receiver is not NULL, and all are owned.
pub unsafe fn bind(function: Object, receiver: Object, kept: Object) -> Object {
    // SAFETY: all are held until the method holds them.
    unsafe {
        let class = match kept.is_null() {
            #[cfg(py2)]
            true => class_of(receiver),
            #[cfg(py3)]
            true => py::type_of(receiver).cast(),
            false => kept,
        };
        let method = match (*py::type_of(function)).tp_descr_get {
            Some(get) => get(function, receiver, class),
            None => {
                py::PyErr_BadInternalCall();
                ptr::null_mut()
            }
        };
        py::decref(function);
        py::decref(receiver);
        py::xdecref(kept);
        method
    }
}

/// The class of an object, be it an old-style one.
///
/// # Safety
/// Alive.
#[cfg(py2)]
pub unsafe fn class_of(object: Object) -> Object {
    // SAFETY: by the contract.
    unsafe {
        let ty = py::type_of(object);
        if ty == &raw mut py::PyInstance_Type {
            (*object.cast::<py::PyInstanceObject>()).in_class.cast()
        } else {
            ty.cast()
        }
    }
}
