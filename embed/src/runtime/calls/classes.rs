//! Calls of classes whose instances are initialised by a Python function: `type_call`, `object_new` and
//! `slot_tp_init` of typeobject.c without the tuple of arguments and the bound method.

use crate::config::settings;
use crate::py::dict::{self, Name};
use crate::py::evaluation::deeper;
use crate::py::gil::Gil;
use crate::py::slots::have_same_function;
use crate::py::stack::release;
use crate::py::{self, Object, PyThreadState, PyTypeObject, initproc};
use crate::run::{enter, thin};
use crate::runtime::calls::constructors;
use crate::runtime::calls::keywords::{Given, Ordered};
use std::cell::Cell;
use std::ptr;

/// What is one deeper in C while such a call runs: the calls of the class, of the method, and of its function.
const CALLS_IN_C: i32 = 3;

static NAME: Gil<Name> = Gil::new(Name::new(c"__init__"));

/// `slot_tp_init`, once it was seen.
// APART: a fact of the interpreter, learnt once.
static SLOT: Gil<Cell<initproc>> = Gil::new(Cell::new(None));

/// Calls a class, if it is one that this is for: consumes the class, which is lowest, and the arguments.
///
/// # Safety
/// The class is at `at`, exactly of type `type`, and above it so many positional arguments and pairs of name and
/// value, all owned; the thread is the current one and runs compiled code.
#[inline(always)]
pub unsafe fn try_instantiate(
    thread: *mut PyThreadState,
    at: *mut Object,
    positional: usize,
    keyword: usize,
) -> Option<Object> {
    // SAFETY: the class is held throughout; a version tag proves what it looks like.
    unsafe {
        let class = (*at).cast::<PyTypeObject>();
        let is_simple = py::has_feature(class, py::Py_TPFLAGS_VALID_VERSION_TAG as u64)
            && settings::is_ordinary()
            && enter::has_room_for(thread, CALLS_IN_C);
        if !is_simple {
            return None;
        }
        let given = Given { first: at.add(1), positional, keyword };
        if !is_made_by_object(class) {
            return try_construct(thread, at, given);
        }
        if py::has_feature(class, py::Py_TPFLAGS_IS_ABSTRACT as u64) {
            return None;
        }
        let function = initialiser(class);
        if function.is_null() {
            return None;
        }
        let tag = (*class).tp_version_tag;
        let instance = (*class).tp_alloc.unwrap_unchecked()(class, 0);
        if instance.is_null() {
            release(at, given.operands() + 1);
            return Some(instance);
        }
        // A collection may have run code.
        let is_same = py::type_of(instance) == class
            && py::has_feature(class, py::Py_TPFLAGS_VALID_VERSION_TAG as u64)
            && (*class).tp_version_tag == tag;
        let function = if is_same { function } else { ptr::null_mut() };
        Some(finish(thread, at, given, instance, function))
    }
}

/// The same for a class whose instances a Python function makes, `__new__`: `slot_tp_new` without a tuple.
#[inline(never)]
unsafe fn try_construct(thread: *mut PyThreadState, at: *mut Object, given: Given) -> Option<Object> {
    // SAFETY: as for `try_instantiate`; the function is held while it runs.
    unsafe {
        let class = (*at).cast::<PyTypeObject>();
        if given.keyword != 0 || !constructors::are_called_by(class) {
            return None;
        }
        let function = constructors::of(class);
        if function.is_null() {
            return None;
        }
        py::incref(function);
        let made = thin::call_under(thread, CALLS_IN_C - 1, function, at, given.positional + 1);
        py::decref(function);
        let made = made?;
        let is_complete = made.is_null()
            || (py::type_of(made) != class && py::PyType_IsSubtype(py::type_of(made), class) == 0)
            || constructors::are_enough_for(py::type_of(made));
        if is_complete {
            release(at, given.operands() + 1);
            return Some(made);
        }
        let function = initialiser(py::type_of(made));
        Some(finish(thread, at, given, made, function))
    }
}

/// The Python function that initialises the instances of a class, NULL if another does.
#[inline(always)]
unsafe fn initialiser(class: *mut PyTypeObject) -> Object {
    // SAFETY: a class.
    unsafe {
        if !is_initialised_by_slot(class) {
            return ptr::null_mut();
        }
        let function = py::_PyType_Lookup(class, NAME.get());
        let is_function = !function.is_null() && py::type_of(function) == &raw mut py::PyFunction_Type;
        if is_function { function } else { ptr::null_mut() }
    }
}

/// Ends the call of the class at `at` with an instance that was made and is initialised now, by this function if that is
/// not NULL: the instance or NULL.
#[inline(always)]
unsafe fn finish(
    thread: *mut PyThreadState,
    at: *mut Object,
    given: Given,
    instance: Object,
    function: Object,
) -> Object {
    // SAFETY: as for `try_instantiate`; the instance is ours, and takes the place of its class.
    unsafe {
        let class = *at;
        *at = instance;
        let mut result = None;
        if !function.is_null() {
            py::incref(function);
            result = if given.keyword == 0 {
                thin::call_under(thread, CALLS_IN_C, function, at, given.positional + 1)
            } else {
                call_with_keywords(thread, function, instance, given)
            };
            py::decref(function);
        }
        let is_done = match result {
            Some(result) => check(result),
            // The other calls count themselves.
            None => deeper(thread, 1, || initialise_generally(instance, given)),
        };
        if !is_done {
            py::decref(instance);
        }
        release(at.add(1), given.operands());
        py::decref(class);
        if is_done { instance } else { ptr::null_mut() }
    }
}

/// Whether a class has its instances initialised by its attribute `__init__`.
#[inline(always)]
unsafe fn is_initialised_by_slot(class: *mut PyTypeObject) -> bool {
    // SAFETY: a class.
    unsafe {
        let slot = SLOT.get();
        if slot.is_none() { learn(class) } else { have_same_function!(slot, (*class).tp_init) }
    }
}

/// Whether the instances of a class are made by `object.__new__`.
#[inline(always)]
unsafe fn is_made_by_object(class: *mut PyTypeObject) -> bool {
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

/// Whether a class derives from `object` alone and has a Python function of its own under a name: then what its type
/// does for that name is the interpreter's way to call the function.
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

/// Whether an `__init__` returned what it has to: consumes that, and sets an exception if it did not.
#[inline(always)]
unsafe fn check(result: Object) -> bool {
    // SAFETY: a new reference, or NULL with an exception set.
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
    // SAFETY: as for `check`.
    unsafe {
        if !result.is_null() {
            let format = c"__init__() should return None, not '%.200s'";
            py::PyErr_Format(py::PyExc_TypeError, format.as_ptr(), (*py::type_of(result)).tp_name);
            py::decref(result);
        }
        false
    }
}

/// The rest of `type_call` for an instance that was made, and arguments that stay the caller's.
#[cold]
#[inline(never)]
unsafe fn initialise_generally(instance: Object, given: Given) -> bool {
    // SAFETY: tuple and dict have references of their own.
    unsafe {
        let arguments = given.tuple();
        if arguments.is_null() {
            return false;
        }
        let Some(keywords) = given.dict() else { return false };
        let is_done = match (*py::type_of(instance)).tp_init {
            Some(init) => init(instance, arguments.get(), keywords.get()) >= 0,
            None => true,
        };
        drop(arguments);
        is_done
    }
}

/// Calls a function with keywords in a thin frame if that can be; else nothing has happened.
#[inline(never)]
unsafe fn call_with_keywords(
    thread: *mut PyThreadState,
    function: Object,
    receiver: Object,
    given: Given,
) -> Option<Object> {
    // SAFETY: as for `try_instantiate`.
    unsafe { Ordered::new(function, receiver, given)?.call(thread, CALLS_IN_C, function) }
}
