//! What `super` makes: an object that knows a class, an object, and the class of that.

use crate::py::{self, Object, PyObject, PyTypeObject};

/// `superobject` of typeobject.c, which no header declares.
#[repr(C)]
pub struct SuperObject {
    head: PyObject,
    /// Those after it in the MRO are looked through.
    pub class: *mut PyTypeObject,
    /// Whose attributes they are; NULL when it is not bound.
    pub object: Object,
    /// Whose MRO; NULL when it is not bound.
    pub start: *mut PyTypeObject,
}

/// `super(class, object)` of an instance of the class; NULL with an exception set, or `None`, no exception
/// set, when it is none, and `super` has to see about it.
///
/// # Safety
/// Both are alive, and held by the caller.
pub unsafe fn make(class: Object, object: Object) -> Option<Object> {
    // SAFETY: by the contract; the new object is ours.
    unsafe {
        if !is_for(class, object) {
            return None;
        }
        let made = py::PyType_GenericAlloc(&raw mut py::PySuper_Type, 0);
        if made.is_null() {
            return Some(made);
        }
        // The collector may have given the object another class.
        if !is_for(class, object) {
            py::decref(made);
            return None;
        }
        let start = py::type_of(object);
        py::incref(class);
        py::incref(object);
        py::incref(start.cast());
        let fields = &mut *made.cast::<SuperObject>();
        (fields.class, fields.object, fields.start) = (class.cast(), object, start);
        Some(made)
    }
}

/// Whether an object is no class, and an instance of this one by its type.
unsafe fn is_for(class: Object, object: Object) -> bool {
    // SAFETY: alive by the contract of the caller.
    unsafe {
        let ty = py::type_of(object);
        let is_class = |ty| py::has_feature(ty, py::Py_TPFLAGS_TYPE_SUBCLASS as u64);
        is_class(py::type_of(class))
            && !is_class(ty)
            && object != py::none()
            && py::PySuper_Type.tp_basicsize == size_of::<SuperObject>() as isize
            && py::PyType_IsSubtype(ty, class.cast()) != 0
    }
}
