//! Descriptors: attributes of a type that say themselves what an instance has.

use crate::py::stack::Owned;
use crate::py::{self, Object, PyTypeObject};

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
