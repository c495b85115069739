//! Where the class of an object, and the object itself, have an attribute, for code that looks there by
//! itself: what does not change for as long as the class has its version tag, or proves itself.

use crate::py::attributes::{MAX_INDEX, descriptor, fresh_dict, gets_generically};
use crate::py::dict::{Found, Table};
use crate::py::slots::{GENERIC_SETATTRO, have_same_function};
use crate::py::{self, Object, PyTypeObject, binding};
use pyjion_jit::hir::{Attribute, Binding, Place};

/// A `staticmethod` or `classmethod`, which no header declares.
#[repr(C)]
pub struct Wrapper {
    object: py::PyObject,
    /// What is in it.
    pub wrapped: Object,
}

/// Where an attribute of an object is, for code that looks there by itself to load it or to store another
/// value; `None` when that is no place it knows. Nothing that a program can see happens but that classes may
/// get version tags.
///
/// # Safety
/// The object is alive, the name an interned string. No exception is set.
pub unsafe fn place_of(object: Object, name: Object, is_stored: bool) -> Option<Attribute> {
    // SAFETY: by the contract.
    unsafe {
        let ty = py::type_of(object);
        #[cfg(py2)]
        if ty == &raw mut py::PyInstance_Type {
            let place = old::place_of(object, name, is_stored)?;
            let (tag, _) = inherited(ty, name)?;
            return Some(Attribute { tag, place });
        }
        let is_generic = if is_stored { sets_generically(ty) } else { gets_generically(ty) };
        if is_generic {
            let (tag, attribute) = inherited(ty, name)?;
            return Some(Attribute { tag, place: of_instance(object, ty, name, attribute, is_stored)? });
        }
        if is_stored || !have_same_function!((*ty).tp_getattro, py::PyType_Type.tp_getattro) {
            return None;
        }
        let (tag, of_metaclass) = inherited(ty, name)?;
        if !of_metaclass.is_null() {
            return None;
        }
        let class: *mut PyTypeObject = object.cast();
        let (own, attribute) = inherited(class, name)?;
        let binding = binding_of_own(attribute)?;
        Some(Attribute { tag, place: Place::Own { tag: own, value: attribute as usize, binding } })
    }
}

/// Whether the class of an object certainly has nothing of this name.
///
/// # Safety
/// As for [`place_of`].
pub unsafe fn lacks(object: Object, name: Object) -> bool {
    // SAFETY: by the contract.
    unsafe {
        !name.is_null() && inherited(py::type_of(object), name).is_some_and(|(_, found)| found.is_null())
    }
}

/// Where an operation finds the method of this name that it calls of an instance of a class made by Python,
/// and that method; `None` if that is no function of Python. The class then has the slot for it that calls
/// it.
///
/// # Safety
/// As for [`place_of`].
pub unsafe fn place_of_special(object: Object, name: Object) -> Option<(Attribute, Object)> {
    // SAFETY: by the contract.
    unsafe {
        let ty = py::type_of(object);
        if !py::has_feature(ty, py::Py_TPFLAGS_HEAPTYPE as u64) {
            return None;
        }
        let (tag, method) = inherited(ty, name)?;
        let is_function = !method.is_null() && py::type_of(method) == &raw mut py::PyFunction_Type;
        let place = Place::Class { value: method as usize, dict: 0, binding: Binding::Method };
        is_function.then_some((Attribute { tag, place }, method))
    }
}

/// The version tag of a type, and what it has under a name: borrowed, NULL for nothing. `None` when it has no
/// valid tag.
///
/// # Safety
/// The type is alive, the name an interned string. No exception is set.
pub unsafe fn inherited(ty: *mut PyTypeObject, name: Object) -> Option<(u32, Object)> {
    // SAFETY: alive by the contract of the caller.
    unsafe {
        if !py::has_feature(ty, py::Py_TPFLAGS_HAVE_VERSION_TAG as u64) || (*ty).tp_dict.is_null() {
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
        (is_valid && tag != 0).then_some((tag, attribute))
    }
}

/// Where an object has an attribute of which its type has this, or NULL.
unsafe fn of_instance(
    object: Object,
    ty: *mut PyTypeObject,
    name: Object,
    attribute: Object,
    is_stored: bool,
) -> Option<Place> {
    // SAFETY: alive; the class keeps alive what is found in it.
    unsafe {
        let (get, set) = descriptor(attribute);
        if set.is_some() && (is_stored || get.is_some()) {
            return Some(Place::Slot { offset: slot(attribute, ty, is_stored)? });
        }
        let dict = i32::try_from((*ty).tp_dictoffset).ok().filter(|offset| *offset >= 0)?;
        if dict > 0 {
            let mut of_object = *object.byte_offset(dict as isize).cast::<Object>();
            if is_stored && of_object.is_null() {
                // It is about to get one.
                of_object = fresh_dict(object, dict.into());
            }
            if let Some(place) = in_dict(of_object, dict, name, is_stored, false)? {
                // A class that can change may come to say what instances have.
                return (!is_changeable(attribute)).then_some(place);
            }
        }
        if is_stored || attribute.is_null() {
            return None;
        }
        let binding = match get {
            _ if py::type_of(attribute) == &raw mut py::PyStaticMethod_Type => Binding::Static,
            _ if py::type_of(attribute) == &raw mut py::PyFunction_Type => Binding::Function,
            Some(_) if binding::is_method(attribute, ty) => Binding::Method,
            Some(_) => return None,
            None if is_changeable(attribute) => Binding::Checked,
            None => Binding::Nothing,
        };
        Some(Place::Class { value: attribute as usize, dict, binding })
    }
}

/// Where an instance's dict has a name, or gets it: `None` when that is no place to be looked at,
/// `Some(None)` when it is not in the dict.
#[allow(clippy::option_option, reason = "the two say different things")]
unsafe fn in_dict(
    dict: Object,
    offset: i32,
    name: Object,
    is_stored: bool,
    is_old: bool,
) -> Option<Option<Place>> {
    // SAFETY: NULL, or alive.
    unsafe {
        if dict.is_null() {
            return Some(None);
        }
        let table = Table::of(dict)?;
        let in_reach = |index: usize| u32::try_from(index).ok().filter(|index| *index < MAX_INDEX);
        Some(match table.find(name) {
            Found::At(index) => Some(Place::Dict { dict: offset, index: in_reach(index)?, is_old }),
            Found::Absent if is_stored => {
                let shared = match table.shared_index(name) {
                    Some(index) => Some(in_reach(index)?),
                    None => None,
                };
                Some(Place::New { dict: offset, shared, is_old })
            }
            Found::Absent => None,
            Found::Unknown => return None,
        })
    }
}

/// What becomes of an attribute that a class has, or inherits, when it is loaded of the class itself.
unsafe fn binding_of_own(attribute: Object) -> Option<Binding> {
    if attribute.is_null() {
        return None;
    }
    // SAFETY: alive, as the class is.
    unsafe {
        let kind = py::type_of(attribute);
        if kind == &raw mut py::PyStaticMethod_Type {
            return Some(Binding::Static);
        }
        if kind == &raw mut py::PyClassMethod_Type {
            return Some(Binding::Class);
        }
        // Functions of 3.x are the same without an instance.
        let is_function = cfg!(py3) && kind == &raw mut py::PyFunction_Type;
        match descriptor(attribute).0 {
            Some(_) if is_function => Some(Binding::Nothing),
            Some(_) => None,
            None if is_changeable(attribute) => Some(Binding::Checked),
            None => Some(Binding::Nothing),
        }
    }
}

/// Whether an attribute of a class, or NULL, is of a class that can come to say what instances have.
unsafe fn is_changeable(attribute: Object) -> bool {
    // SAFETY: alive, or NULL.
    unsafe { !attribute.is_null() && py::has_feature(py::type_of(attribute), py::Py_TPFLAGS_HEAPTYPE as u64) }
}

/// True when the attributes of such objects are set in the generic way.
unsafe fn sets_generically(ty: *mut PyTypeObject) -> bool {
    // SAFETY: a type by the contract.
    unsafe { have_same_function!((*ty).tp_setattro, GENERIC_SETATTRO) }
}

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

/// 2.7: instances of old-style classes: `instance_getattr` and `instance_setattr` of classobject.c.
#[cfg(py2)]
mod old {
    use super::*;
    use std::mem::offset_of;

    /// Bases followed upwards at most.
    const MAX_DEPTH: u32 = 4;

    /// As [`super::place_of`], of an old-style instance.
    pub unsafe fn place_of(object: Object, name: Object, is_stored: bool) -> Option<Place> {
        // SAFETY: an instance has a class and a dict.
        unsafe {
            let instance = object.cast::<py::PyInstanceObject>();
            if py::attributes::is_special(name) {
                return None;
            }
            let offset = offset_of!(py::PyInstanceObject, in_dict) as i32;
            if let Some(place) = in_dict((*instance).in_dict, offset, name, is_stored, true)? {
                return Some(place);
            }
            if is_stored { None } else { of_class((*instance).in_class, name) }
        }
    }

    /// Where a class, or the first of its bases, has an attribute.
    unsafe fn of_class(mut class: *mut py::PyClassObject, name: Object) -> Option<Place> {
        // SAFETY: a class has a dict and a tuple of bases, which are classes.
        unsafe {
            for depth in 0..MAX_DEPTH {
                if py::type_of(class.cast()) != &raw mut py::PyClass_Type {
                    return None;
                }
                let table = Table::of((*class).cl_dict)?;
                match table.find(name) {
                    Found::At(index) => {
                        let value = table.value(index, name);
                        let is_method = py::type_of(value) == &raw mut py::PyFunction_Type;
                        if !is_method && descriptor(value).0.is_some() {
                            return None;
                        }
                        let index = u32::try_from(index).ok().filter(|index| *index < MAX_INDEX)?;
                        return Some(Place::Inherited { depth, index, is_method });
                    }
                    Found::Absent => {}
                    Found::Unknown => return None,
                }
                let bases = (*class).cl_bases;
                if py::size_of_var(bases) == 0 {
                    return None;
                }
                class = py::tuple_item(bases, 0).cast();
            }
            None
        }
    }
}
