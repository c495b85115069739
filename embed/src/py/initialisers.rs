//! Python functions that initialise the instances of classes: `__init__`.

use crate::py::dict::{self, Name};
use crate::py::gil::Gil;
use crate::py::places::inherited;
use crate::py::slots::have_same_function;
use crate::py::{self, Object, PyTypeObject, initproc};
use pyjion_jit::hir::{Attribute, Binding, Place};
use std::cell::Cell;
use std::ptr;

static NAME: Gil<Name> = Gil::new(Name::new(c"__init__"));

/// `slot_tp_init`, once it was seen.
// APART: a fact of the interpreter, learnt once.
static SLOT: Gil<Cell<initproc>> = Gil::new(Cell::new(None));

/// `tp_alloc` of all classes that Python code makes.
const GENERIC_ALLOC: py::allocfunc = Some(py::PyType_GenericAlloc);

/// Whether objects of a type are classes whose calls are those of other classes, `type_call`: it is `type`,
/// or a metaclass that does not define them.
///
/// # Safety
/// A type.
#[inline(always)]
pub unsafe fn are_classes(ty: *mut PyTypeObject) -> bool {
    let plain = &raw mut py::PyType_Type;
    // SAFETY: by the contract.
    unsafe {
        ty == plain
            || (py::has_feature(ty, py::Py_TPFLAGS_TYPE_SUBCLASS.into())
                && have_same_function!((*ty).tp_call, (*plain).tp_call))
    }
}

/// The Python function that initialises the instances of a class, NULL if another does.
///
/// # Safety
/// A class.
#[inline(always)]
pub unsafe fn of(class: *mut PyTypeObject) -> Object {
    // SAFETY: by the contract.
    unsafe {
        if !are_called_by(class) {
            return ptr::null_mut();
        }
        let function = py::_PyType_Lookup(class, NAME.get());
        let is_function = !function.is_null() && py::type_of(function) == &raw mut py::PyFunction_Type;
        if is_function { function } else { ptr::null_mut() }
    }
}

/// Whether an `__init__` returned what it has to, as `slot_tp_init` asks: consumes that, and sets an
/// exception if it did not.
///
/// # Safety
/// A new reference, or NULL with an exception set.
#[inline(always)]
pub unsafe fn is_returned(result: Object) -> bool {
    // SAFETY: by the contract.
    unsafe {
        if result == py::none() {
            py::decref(result);
            return true;
        }
        complain(result)
    }
}

#[cold]
#[inline(never)]
unsafe extern "C" fn complain(result: Object) -> bool {
    // SAFETY: as for `is_returned`.
    unsafe {
        if !result.is_null() {
            let format = c"__init__() should return None, not '%.200s'";
            py::PyErr_Format(py::PyExc_TypeError, format.as_ptr(), (*py::type_of(result)).tp_name);
            py::decref(result);
        }
        false
    }
}

/// Where the function is that initialises the instances of a class which `object` makes, by its name, and
/// that function; `None` where that is not so. Nothing else is done when the class is called, as long as it
/// has its version tag.
///
/// # Safety
/// The object is alive. No exception is set.
pub unsafe fn place_of(object: Object) -> Option<(Object, Attribute, Object)> {
    // SAFETY: by the contract.
    unsafe {
        let class: *mut PyTypeObject = object.cast();
        if !are_classes(py::type_of(object))
            || !py::has_feature(class, py::Py_TPFLAGS_HEAPTYPE as u64)
            || py::has_feature(class, py::Py_TPFLAGS_IS_ABSTRACT as u64)
            || !is_made_by_object(class)
            || !have_same_function!((*class).tp_alloc, GENERIC_ALLOC)
        {
            return None;
        }
        let function = of(class);
        let name = NAME.get();
        if function.is_null() || name.is_null() {
            return None;
        }
        let (tag, _) = inherited(py::type_of(object), name)?;
        let (own, value) = inherited(class, name)?;
        let place = Place::Own { tag: own, value: value as usize, binding: Binding::Function };
        (value == function).then_some((name, Attribute { tag, place }, function))
    }
}

/// Whether a class has its instances initialised by its attribute `__init__`.
#[inline(always)]
unsafe fn are_called_by(class: *mut PyTypeObject) -> bool {
    // SAFETY: a class.
    unsafe {
        let slot = SLOT.get();
        if slot.is_none() { learn(class) } else { have_same_function!(slot, (*class).tp_init) }
    }
}

/// Whether the instances of a class are made by `object.__new__`.
///
/// # Safety
/// A class.
#[inline(always)]
pub unsafe fn is_made_by_object(class: *mut PyTypeObject) -> bool {
    // SAFETY: a class.
    unsafe { have_same_function!((*class).tp_new, py::PyBaseObject_Type.tp_new) }
}

/// Learns which function that is from a class that shows it: one that derives from `object` alone, which has
/// another, and has a Python function of its own.
#[cold]
#[inline(never)]
unsafe extern "C" fn learn(class: *mut PyTypeObject) -> bool {
    // SAFETY: a class.
    unsafe {
        let shows = adds_function(class, NAME.get())
            && !have_same_function!((*class).tp_init, py::PyBaseObject_Type.tp_init);
        if shows {
            SLOT.set((*class).tp_init);
        }
        shows
    }
}

/// Whether a class derives from `object` alone and has a Python function of its own under a name: then what
/// its type does for that name is the interpreter's way to call the function.
///
/// # Safety
/// A class, and an interned string or NULL.
pub unsafe fn adds_function(class: *mut PyTypeObject, name: Object) -> bool {
    // SAFETY: by the contract.
    unsafe {
        if name.is_null()
            || (*class).tp_base != &raw mut py::PyBaseObject_Type
            || !py::has_feature(class, py::Py_TPFLAGS_HEAPTYPE as u64)
        {
            return false;
        }
        let function = dict::known((*class).tp_dict, name);
        !function.is_null() && py::type_of(function) == &raw mut py::PyFunction_Type
    }
}
