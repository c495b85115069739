//! Descriptors: attributes of a type that say themselves what an instance has.

use crate::py::stack::Owned;
use crate::py::{self, Object, PyTypeObject};

/// `tp_descr_get` and `tp_descr_set` of an attribute that a type has.
pub unsafe fn descriptor(attribute: Object) -> (py::descrgetfunc, py::descrsetfunc) {
    if attribute.is_null() {
        return (None, None);
    }
    // SAFETY: alive.
    unsafe {
        let ty = py::type_of(attribute);
        // On 2.7 the types of old extension modules lack these fields.
        #[cfg(py2)]
        if !py::has_feature(ty, py::Py_TPFLAGS_HAVE_CLASS as u64) {
            return (None, None);
        }
        ((*ty).tp_descr_get, (*ty).tp_descr_set)
    }
}

/// Calls a descriptor's `__get__`.
#[inline]
pub unsafe fn call_get(
    get: unsafe extern "C" fn(Object, Object, Object) -> Object,
    attribute: Object,
    object: Object,
    ty: *mut PyTypeObject,
) -> Object {
    // SAFETY: alive now, and kept so during the call.
    unsafe {
        py::incref(attribute);
        let _held = Owned(attribute);
        get(attribute, object, ty.cast())
    }
}
