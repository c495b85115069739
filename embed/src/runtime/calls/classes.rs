//! Calls of classes whose instances are initialised by a Python function: `type_call`, `object_new` and
//! `slot_tp_init` of typeobject.c without the tuple of arguments and the bound method.

use crate::config::settings;
use crate::py::evaluation::deeper;
use crate::py::stack::release;
use crate::py::{self, Frame, Object, PyThreadState, PyTypeObject, collector, initialisers};
use crate::run::{enter, thin};
use crate::runtime::calls::constructors;
use crate::runtime::calls::keywords::{Given, Ordered};
use std::ffi::c_int;
use std::ptr;

/// What is one deeper in C while such a call runs: the calls of the class, of the method, and of its
/// function.
const CALLS_IN_C: i32 = 3;

/// Calls a class, if it is one that this is for: consumes the class, which is lowest, and the arguments.
///
/// # Safety
/// The class is at `at`, of a type whose objects [are classes](initialisers::are_classes), and above it so
/// many positional arguments and pairs of name and value, all owned; the thread is the current one and runs
/// compiled code.
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
        if !initialisers::is_made_by_object(class) {
            return try_construct(thread, at, given);
        }
        if py::has_feature(class, py::Py_TPFLAGS_IS_ABSTRACT as u64) {
            return None;
        }
        let function = initialisers::of(class);
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
        let function = initialisers::of(py::type_of(made));
        Some(finish(thread, at, given, made, function))
    }
}

/// Ends the call of the class at `at` with an instance that was made and is initialised now, by this function
/// if that is not NULL: the instance or NULL.
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
            Some(result) => initialisers::is_returned(result),
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

/// An instance of a class that is not initialised: see `Helper::NewInstance`.
pub unsafe extern "C" fn new_instance(_frame: Frame, class: Object) -> Object {
    // SAFETY: the class is one whose instances are made so.
    unsafe {
        if !collector::has_room() {
            return ptr::null_mut();
        }
        let instance = py::PyType_GenericAlloc(class.cast(), 0);
        if instance.is_null() {
            py::PyErr_Clear();
        }
        instance
    }
}

/// An `__init__` raised or returned something: see `Helper::RefuseInitialised`.
pub unsafe extern "C" fn refuse(_frame: Frame, result: Object) -> c_int {
    // SAFETY: NULL with an exception set, or an object, which stays the caller's.
    unsafe {
        py::xincref(result);
        initialisers::is_returned(result);
    }
    -1
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
