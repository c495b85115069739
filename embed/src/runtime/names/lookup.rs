//! `_PyType_Lookup` for types without a version tag, of which nothing can be remembered: nobody is told when
//! they change.
//!
//! On 2.7 the types of extension modules are such, and the Python classes derived from them or from old-style
//! classes; on all versions, those with a `mro()` of their own that leaves the bases. Each class of the MRO
//! is asked anew, without a call.

use crate::py::dict::{Found, Table};
use crate::py::references::Borrowed;
use crate::py::{self, Object, PyTypeObject};
use std::ptr;

/// Whether a type never gets a version tag.
///
/// # Safety
/// `ty` is alive.
#[inline(always)]
pub unsafe fn is_untagged(ty: *mut PyTypeObject) -> bool {
    // SAFETY: a type by the contract.
    unsafe { !py::has_feature(ty, py::Py_TPFLAGS_HAVE_VERSION_TAG as u64) }
}

/// What the MRO of a type has under a name, NULL for nothing: alive until anything else runs. Foreign code
/// runs, and an exception may be left, only where `_PyType_Lookup` has to compare keys.
///
/// # Safety
/// `ty` is alive, `name` an interned string.
pub unsafe fn type_attribute<'a>(ty: *mut PyTypeObject, name: Object) -> Borrowed<'a> {
    // SAFETY: by the contract.
    unsafe {
        if is_untagged(ty)
            && let Some(found) = walk(ty, name)
        {
            return found;
        }
        Borrowed::new(py::_PyType_Lookup(ty, name))
    }
}

/// `None` when it takes more than looking for the very string.
unsafe fn walk<'a>(ty: *mut PyTypeObject, name: Object) -> Option<Borrowed<'a>> {
    // SAFETY: an MRO is a tuple of classes, each with its dict; nothing runs that could change it.
    unsafe {
        let mro = (*ty).tp_mro;
        if mro.is_null() {
            return None;
        }
        for index in 0..py::size_of_var(mro) as usize {
            let table = Table::of_class(class_dict(py::tuple_item(mro, index)))?;
            match table.find(name) {
                Found::At(index) => return Some(Borrowed::new(table.value(index, name))),
                Found::Absent => {}
                Found::Unknown => return None,
            }
        }
        Some(Borrowed::new(ptr::null_mut()))
    }
}

/// The dict of a class in an MRO, where 2.7 has old-style classes, too.
#[inline(always)]
unsafe fn class_dict(class: Object) -> Object {
    // SAFETY: one of the two kinds.
    unsafe {
        #[cfg(py2)]
        if py::type_of(class) == &raw mut py::PyClass_Type {
            return (*class.cast::<py::PyClassObject>()).cl_dict;
        }
        (*class.cast::<PyTypeObject>()).tp_dict
    }
}
