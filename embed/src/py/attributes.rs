//! How types say what attributes their objects have, and where frames have their globals.

use crate::py::dict::{Found, Table};
use crate::py::slots::{GENERIC_GETATTRO, have_same_function};
use crate::py::{self, Object, PyTypeObject, collector};
use pyjion_jit::hir::GlobalPlace;
use std::mem::offset_of;
use std::ptr;

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

/// True when the attributes of such objects are found in the generic way. On 3.5 a module adds
/// only to what happens when nothing is found.
#[inline(always)]
pub unsafe fn gets_generically(ty: *mut PyTypeObject) -> bool {
    // SAFETY: a type by the contract.
    unsafe {
        have_same_function!((*ty).tp_getattro, GENERIC_GETATTRO)
            || (cfg!(py35) && ty == &raw mut py::PyModule_Type)
    }
}

/// 2.7: whether a name could be one that old-style classes and instances know by themselves, like `__dict__`.
///
/// # Safety
/// `name` is an exact string.
#[cfg(py2)]
#[inline(always)]
pub unsafe fn is_special(name: Object) -> bool {
    // SAFETY: strings end with a NUL.
    unsafe {
        let text = (&raw const (*name.cast::<py::PyStringObject>()).ob_sval).cast::<u8>();
        *text == b'_' && *text.add(1) == b'_'
    }
}

/// How compiled code sees that the collector does not know a dict: see `AttributeLayout::collected`.
pub fn collected() -> (i32, u8, i64) {
    let refs = offset_of!(py::_gc_head__bindgen_ty_1, gc_refs) as i32 - size_of::<py::PyGC_Head>() as i32;
    #[cfg(py2)]
    return (refs, 0, i64::from(py::_PyGC_REFS_UNTRACKED));
    #[cfg(py3)]
    return (refs, py::_PyGC_REFS_SHIFT as u8, i64::from(py::_PyGC_REFS_UNTRACKED));
}

/// Where a global of a frame is, for code that looks there by itself.
///
/// # Safety
/// The frame is alive, the name an interned string.
pub unsafe fn place_of_global(frame: *mut py::PyFrameObject, name: Object) -> Option<GlobalPlace> {
    // SAFETY: by the contract.
    unsafe {
        let index = |index: usize| u32::try_from(index).ok().filter(|index| *index < MAX_INDEX);
        match Table::of((*frame).f_globals)?.find(name) {
            Found::At(at) => Some(GlobalPlace::Globals(index(at)?)),
            Found::Unknown => None,
            Found::Absent => match Table::of((*frame).f_builtins)?.find(name) {
                Found::At(at) => Some(GlobalPlace::Builtins(index(at)?)),
                Found::Absent | Found::Unknown => None,
            },
        }
    }
}

/// Entries of a dict beyond this are not looked at in line.
pub const MAX_INDEX: u32 = 1 << 20;

/// Gives an object the dict that it lacks at an offset, as storing its first attribute does; borrowed, or
/// NULL, nothing done and no exception, when a collection would begin or there is no memory.
///
/// # Safety
/// An object of a type with a positive `tp_dictoffset`, which this is, and no dict there.
pub unsafe extern "C" fn fresh_dict(object: Object, offset: i64) -> Object {
    // SAFETY: by the contract.
    unsafe {
        if !collector::has_room() {
            return ptr::null_mut();
        }
        #[cfg(py2)]
        let dict = py::PyDict_New();
        #[cfg(py3)]
        let dict = py::PyObject_GenericGetDict(object, ptr::null_mut());
        if dict.is_null() {
            py::PyErr_Clear();
            return dict;
        }
        #[cfg(py2)]
        {
            *object.byte_offset(offset as isize).cast::<Object>() = dict;
        }
        #[cfg(py3)]
        {
            let _ = offset;
            // The object has it.
            py::decref(dict);
        }
        dict
    }
}

/// Puts a value, whose reference is taken over, under an interned name that a dict lacks: 1, or 0, nothing
/// done and no exception, when it is not certain to lack it, or there is no memory.
///
/// # Safety
/// `dict` is alive, and a dict that finds `str` keys as they lie, as are name and value. No exception is set.
pub unsafe extern "C" fn dict_insert(dict: Object, name: Object, value: Object) -> u64 {
    // SAFETY: by the contract; the dict has a reference of its own to the value afterwards.
    unsafe {
        if dict_lacks(dict, name) == 0 {
            return 0;
        }
        if py::PyDict_SetItem(dict, name, value) != 0 {
            py::PyErr_Clear();
            return 0;
        }
        py::decref(value);
        1
    }
}

/// 1 when a dict certainly lacks an interned name.
///
/// # Safety
/// `dict` is alive, and a dict.
pub unsafe extern "C" fn dict_lacks(dict: Object, name: Object) -> u64 {
    // SAFETY: by the contract.
    unsafe {
        let lacks = Table::of(dict).is_some_and(|table| matches!(table.find(name), Found::Absent));
        u64::from(lacks)
    }
}
