//! Where the class of an object, and the object itself, have an attribute: what does not change for as long as the
//! class has its version tag.

use crate::py::dict::{Found, Table};
use crate::py::{self, Object, PyTypeObject, binding};
use pyjion_jit::hir::{Attribute, GlobalPlace, Place};
use std::mem::offset_of;

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
        let getattro = (*ty).tp_getattro.map_or(0, |function| function as usize);
        getattro == py::PyObject_GenericGetAttr as *const () as usize
            || (cfg!(py35) && ty == &raw mut py::PyModule_Type)
    }
}

/// Where an attribute of an object is, for code that looks there by itself to load it or to store another value;
/// `None` when that is no place it knows. Nothing that a program can see happens but that the class may get a version
/// tag.
///
/// # Safety
/// The object is alive, the name an interned string. No exception is set.
pub unsafe fn place_of(object: Object, name: Object, is_stored: bool) -> Option<Attribute> {
    // SAFETY: by the contract; the class keeps alive what is found in it.
    unsafe {
        let ty = py::type_of(object);
        let is_generic = if is_stored { sets_generically(ty) } else { gets_generically(ty) };
        if !is_generic
            || !py::has_feature(ty, py::Py_TPFLAGS_HAVE_VERSION_TAG as u64)
            || (*ty).tp_dict.is_null()
        {
            return None;
        }
        let attribute = py::_PyType_Lookup(ty, name);
        if !py::PyErr_Occurred().is_null() {
            // Of a hostile key: it is not the program's.
            py::PyErr_Clear();
            return None;
        }
        let is_valid = py::has_feature(ty, py::Py_TPFLAGS_VALID_VERSION_TAG as u64);
        let tag = (*ty).tp_version_tag;
        if !is_valid || tag == 0 {
            return None;
        }
        let (get, set) = descriptor(attribute);
        if set.is_some() && (is_stored || get.is_some()) {
            return Some(Attribute { tag, place: Place::Slot { offset: slot(attribute, ty, is_stored)? } });
        }
        let offset = i32::try_from((*ty).tp_dictoffset).ok().filter(|offset| *offset >= 0)?;
        if offset > 0 {
            let dict = *object.byte_offset(offset as isize).cast::<Object>();
            if !dict.is_null() {
                match Table::of(dict)?.find(name) {
                    Found::At(index) => {
                        let index = u32::try_from(index).ok().filter(|index| *index < MAX_INDEX)?;
                        return Some(Attribute { tag, place: Place::Dict { dict: offset, index } });
                    }
                    Found::Absent => {}
                    Found::Unknown => return None,
                }
            }
        }
        let is_method = get.is_some();
        if is_stored || attribute.is_null() || (is_method && !binding::is_method(attribute, ty)) {
            return None;
        }
        Some(Attribute { tag, place: Place::Class { value: attribute as usize, dict: offset, is_method } })
    }
}

/// True when the attributes of such objects are set in the generic way.
unsafe fn sets_generically(ty: *mut PyTypeObject) -> bool {
    // SAFETY: a type by the contract.
    let setattro = unsafe { (*ty).tp_setattro.map_or(0, |function| function as usize) };
    setattro == py::PyObject_GenericSetAttr as *const () as usize
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
const MAX_INDEX: u32 = 1 << 20;

/// Where the objects of a type have what a member of `__slots__` names.
unsafe fn slot(attribute: Object, ty: *mut PyTypeObject, is_stored: bool) -> Option<i32> {
    // SAFETY: a descriptor of a member has its owner, and its definition.
    unsafe {
        if py::type_of(attribute) != &raw mut py::PyMemberDescr_Type {
            return None;
        }
        let descriptor = attribute.cast::<py::PyMemberDescrObject>();
        #[cfg(py2)]
        let owner = (*descriptor).d_type;
        #[cfg(py3)]
        let owner = (*descriptor).d_common.d_type;
        // A class may have the member of a type that is none of its bases.
        if owner != ty && py::PyType_IsSubtype(ty, owner) == 0 {
            return None;
        }
        let member = (*descriptor).d_member;
        let is_object = (*member).type_ == py::T_OBJECT_EX as std::ffi::c_int
            && (*member).flags & !(if is_stored { 0 } else { py::READONLY as std::ffi::c_int }) == 0;
        is_object.then(|| i32::try_from((*member).offset).ok())?
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
