//! Python functions that make the instances of classes: `__new__`.

use crate::py::dict::{self, Name};
use crate::py::gil::Gil;
use crate::py::places::Wrapper;
use crate::py::slots::have_same_function;
use crate::py::{self, Object, PyTypeObject, newfunc};
use std::cell::Cell;
use std::ptr;

static NAME: Gil<Name> = Gil::new(Name::new(c"__new__"));

/// `slot_tp_new`, once it was seen.
// APART: a fact of the interpreter, learnt once.
static SLOT: Gil<Cell<newfunc>> = Gil::new(Cell::new(None));

/// Whether a class has its instances made by its attribute `__new__`.
///
/// # Safety
/// A class.
#[inline(always)]
pub unsafe fn are_called_by(class: *mut PyTypeObject) -> bool {
    // SAFETY: a class.
    unsafe {
        let slot = SLOT.get();
        if slot.is_none() { learn(class) } else { have_same_function!(slot, (*class).tp_new) }
    }
}

/// The function that this attribute is, NULL if it is something else; borrowed.
///
/// # Safety
/// As for [`are_called_by`].
pub unsafe fn of(class: *mut PyTypeObject) -> Object {
    // SAFETY: a class.
    unsafe {
        match comes_first(py::type_of(class.cast())) {
            true => function_in(py::_PyType_Lookup(class, NAME.get())),
            false => ptr::null_mut(),
        }
    }
}

/// Whether the attribute is looked for in classes of a type before the type itself: `type` has nothing under
/// the name that comes first, but a metaclass may.
unsafe fn comes_first(ty: *mut PyTypeObject) -> bool {
    let plain = &raw mut py::PyType_Type;
    // SAFETY: a type, as is that of its attribute.
    unsafe {
        if ty == plain {
            return true;
        }
        let own = py::_PyType_Lookup(ty, NAME.get());
        have_same_function!((*ty).tp_getattro, (*plain).tp_getattro)
            && (own.is_null() || (*py::type_of(own)).tp_descr_set.is_none())
    }
}

/// Whether instances of a class are complete when they are made, whatever the arguments were: `object_init`
/// of classes with a constructor of their own.
///
/// # Safety
/// A class.
pub unsafe fn are_enough_for(class: *mut PyTypeObject) -> bool {
    // SAFETY: a class.
    unsafe {
        let object = &raw const py::PyBaseObject_Type;
        have_same_function!((*class).tp_init, (*object).tp_init)
            && !have_same_function!((*class).tp_new, (*object).tp_new)
    }
}

/// Whether a class is made by its own `__new__` or by that of a type in C, and so are all that it is built on
/// up to that type: then it may ask that for an instance.
///
/// # Safety
/// A class, and `object` or `tuple`.
pub unsafe fn are_all_above(class: *mut PyTypeObject, root: *mut PyTypeObject) -> bool {
    // SAFETY: classes hold their bases.
    unsafe {
        let mut class = class;
        while class != root {
            if class.is_null() {
                return false;
            }
            let is_known = have_same_function!((*class).tp_new, (*root).tp_new)
                || have_same_function!(SLOT.get(), (*class).tp_new);
            if !is_known || !py::has_feature(class, py::Py_TPFLAGS_HEAPTYPE as u64) {
                return false;
            }
            class = (*class).tp_base;
        }
        true
    }
}

/// The Python function in a `staticmethod`, or NULL.
unsafe fn function_in(attribute: Object) -> Object {
    // SAFETY: NULL or alive.
    unsafe {
        if attribute.is_null() || py::type_of(attribute) != &raw mut py::PyStaticMethod_Type {
            return ptr::null_mut();
        }
        let function = (*attribute.cast::<Wrapper>()).wrapped;
        let is_function = !function.is_null() && py::type_of(function) == &raw mut py::PyFunction_Type;
        if is_function { function } else { ptr::null_mut() }
    }
}

/// Learns which function calls it from a class that shows it: one that derives from a type in C, which has
/// another, and has a constructor of its own.
#[cold]
#[inline(never)]
unsafe extern "C" fn learn(class: *mut PyTypeObject) -> bool {
    // SAFETY: a class.
    unsafe {
        let name = NAME.get();
        let shows = !name.is_null()
            && py::has_feature(class, py::Py_TPFLAGS_HEAPTYPE as u64)
            && !py::has_feature((*class).tp_base, py::Py_TPFLAGS_HEAPTYPE as u64)
            && !have_same_function!((*class).tp_new, (*(*class).tp_base).tp_new)
            && !function_in(dict::known((*class).tp_dict, name)).is_null();
        if shows {
            SLOT.set((*class).tp_new);
        }
        shows
    }
}
