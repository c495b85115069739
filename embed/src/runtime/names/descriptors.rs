//! Descriptors: attributes of a type that say themselves what an instance has.

use crate::py::references::Borrowed;
use crate::py::{Object, PyTypeObject};

/// Calls a descriptor's `__get__`.
#[inline]
pub unsafe fn call_get(
    get: unsafe extern "C" fn(Object, Object, Object) -> Object,
    attribute: Borrowed<'_>,
    object: Object,
    ty: *mut PyTypeObject,
) -> Object {
    let attribute = attribute.hold();
    // SAFETY: alive, also during the call.
    unsafe { get(attribute.get(), object, ty.cast()) }
}
