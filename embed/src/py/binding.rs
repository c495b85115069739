//! Methods, and functions with their receivers that have not been made methods yet.

use crate::py::references::Owned;
use crate::py::{self, Object, PyTypeObject};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// The type of the methods of built-in types, which 2.7 declares in no header; NULL until we know it.
// APART: a fact of the interpreter, learnt once.
static METHOD_DESCRIPTOR: AtomicPtr<PyTypeObject> = AtomicPtr::new(ptr::null_mut());

/// Learns the type of the methods of built-in types.
pub fn initialise() {
    // SAFETY: plain C API; the type is static.
    unsafe {
        let name = Owned::new(py::dict::intern(c"append"));
        if !name.is_null() {
            let method = py::_PyType_Lookup(&raw mut py::PyList_Type, name.get());
            if !method.is_null() {
                METHOD_DESCRIPTOR.store(py::type_of(method), Ordering::Relaxed);
            }
        }
        py::PyErr_Clear();
    }
}

/// The address of the type of the methods of built-in types; 0 until it is known.
pub fn method_descriptor() -> usize {
    METHOD_DESCRIPTOR.load(Ordering::Relaxed) as usize
}

/// Whether an attribute of this type is a method that can be called with an instance as its first argument.
///
/// # Safety
/// Both are alive; the type, or one of its bases, has the attribute.
#[inline(always)]
pub unsafe fn is_method(attribute: Object, ty: *mut PyTypeObject) -> bool {
    // SAFETY: alive by the contract.
    unsafe {
        let kind = py::type_of(attribute);
        if kind == &raw mut py::PyFunction_Type {
            return true;
        }
        // A class may have the method of a type that is none of its bases.
        kind == METHOD_DESCRIPTOR.load(Ordering::Relaxed) && {
            let descriptor = attribute.cast::<py::PyMethodDescrObject>();
            #[cfg(py2)]
            let owner = (*descriptor).d_type;
            #[cfg(py3)]
            let owner = (*descriptor).d_common.d_type;
            owner == ty || py::PyType_IsSubtype(ty, owner) != 0
        }
    }
}

/// The function, a new reference, and its receiver, another one.
///
/// # Safety
/// Borrowed arguments, and a place for the receiver.
#[inline(always)]
pub unsafe fn leave_unbound(function: Object, object: Object, receiver: *mut Object) -> Object {
    // SAFETY: by the contract.
    unsafe {
        py::incref(function);
        py::incref(object);
        *receiver = object;
        function
    }
}

/// The method that `LOAD_ATTR` makes of a function, or of a method of a built-in type, and a receiver: a new
/// reference, or NULL with an exception set. Consumes all; without a class it is that of the receiver now.
/// May run the garbage collector.
///
/// # Safety
/// The function has `tp_descr_get`, the receiver is not NULL, and all are owned.
pub unsafe fn bind(function: Object, receiver: Object, kept: Object) -> Object {
    // SAFETY: all are held until the method holds them. The function is released first, the class last.
    unsafe {
        let (kept, receiver, function) = (Owned::new(kept), Owned::new(receiver), Owned::new(function));
        let class = match kept.is_null() {
            #[cfg(py2)]
            true => class_of(receiver.get()),
            #[cfg(py3)]
            true => py::type_of(receiver.get()).cast(),
            false => kept.get(),
        };
        match (*py::type_of(function.get())).tp_descr_get {
            Some(get) => get(function.get(), receiver.get(), class),
            None => {
                py::PyErr_BadInternalCall();
                ptr::null_mut()
            }
        }
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
