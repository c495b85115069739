//! Calls of instances whose class has a Python function as `__call__`: `slot_tp_call` of typeobject.c without
//! the tuple of arguments and the bound method.

use crate::py::dict::Name;
use crate::py::gil::Gil;
use crate::py::initialisers;
use crate::py::slots::have_same_function;
use crate::py::stack::release;
use crate::py::{self, Object, PyThreadState, PyTypeObject, ternaryfunc};
use crate::run::thin;
use std::cell::Cell;

/// What is one deeper in C while such a call runs: the calls of the instance, of the method, and of its
/// function.
const CALLS_IN_C: i32 = 3;

static NAME: Gil<Name> = Gil::new(Name::new(c"__call__"));

/// `slot_tp_call`, once it was seen.
// APART: a fact of the interpreter, learnt once.
static SLOT: Gil<Cell<ternaryfunc>> = Gil::new(Cell::new(None));

/// Calls an instance with positional arguments, if it is one that this is for: consumes it, which is lowest,
/// and them.
///
/// # Safety
/// The instance is at `at`, and above it so many arguments, all owned; the thread is the current one and runs
/// compiled code.
#[inline(never)]
pub unsafe fn try_call(thread: *mut PyThreadState, at: *mut Object, count: usize) -> Option<Object> {
    // SAFETY: the instance holds its class, and the function is held throughout.
    unsafe {
        let class = py::type_of(*at);
        let (slot, call) = (SLOT.get(), (*class).tp_call);
        let is_slot =
            if slot.is_none() { call.is_some() && learn(class) } else { have_same_function!(slot, call) };
        if !is_slot || !py::has_feature(class, py::Py_TPFLAGS_VALID_VERSION_TAG as u64) {
            return None;
        }
        let function = py::_PyType_Lookup(class, NAME.get());
        if function.is_null() || py::type_of(function) != &raw mut py::PyFunction_Type {
            return None;
        }
        py::incref(function);
        let result = thin::call_under(thread, CALLS_IN_C, function, at, count + 1);
        py::decref(function);
        let result = result?;
        release(at, count + 1);
        Some(result)
    }
}

/// Learns which function that is from a class that shows it: one that derives from `object` alone, whose
/// instances cannot be called, and has a Python function of its own.
#[cold]
#[inline(never)]
unsafe extern "C" fn learn(class: *mut PyTypeObject) -> bool {
    // SAFETY: a class.
    unsafe {
        let shows = initialisers::adds_function(class, NAME.get());
        if shows {
            SLOT.set((*class).tp_call);
        }
        shows
    }
}
