//! `operator.itemgetter`, which properties of named tuples have for their function.

use crate::py::gil::Gil;
use crate::py::{self, Object, PyTypeObject};
use std::cell::Cell;
use std::ffi::CStr;
use std::ptr;

/// What begins like `itemgetterobject`, which no header declares.
#[repr(C)]
struct ItemGetter {
    object: py::PyObject,
    count: isize,
    item: Object,
}

/// The type, once one of its objects was seen.
// APART: a fact of the interpreter, learnt once.
static TYPE: Gil<Cell<*mut PyTypeObject>> = Gil::new(Cell::new(ptr::null_mut()));

/// The item that an object gets when it is called, borrowed, if it gets one item and nothing else; else NULL.
///
/// # Safety
/// The object is alive.
#[inline(always)]
pub unsafe fn item_of(object: Object) -> Object {
    // SAFETY: by the contract; objects of the type look like that.
    unsafe {
        let ty = py::type_of(object);
        if ty != TYPE.get() && !is_it(ty) {
            return ptr::null_mut();
        }
        let getter = object.cast::<ItemGetter>();
        if (*getter).count == 1 { (*getter).item } else { ptr::null_mut() }
    }
}

/// Whether a type is the one, which is remembered.
#[cold]
#[inline(never)]
unsafe extern "C" fn is_it(ty: *mut PyTypeObject) -> bool {
    // SAFETY: a type; only one in C has a name with a module in it that nobody can give to another.
    unsafe {
        let is_it = TYPE.get().is_null()
            && !py::has_feature(ty, py::Py_TPFLAGS_HEAPTYPE.into())
            && (*ty).tp_basicsize == size_of::<ItemGetter>() as isize
            && CStr::from_ptr((*ty).tp_name) == c"operator.itemgetter";
        if is_it {
            TYPE.set(ty);
        }
        is_it
    }
}
