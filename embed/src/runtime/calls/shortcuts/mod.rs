//! Functions, methods and types in C that take a tuple of arguments, past that tuple and its parsing.

mod containers;
mod functions;
mod shortcut;
mod text;
mod types;

use crate::py::binding;
use crate::py::builtins;
use crate::py::gil::Gil;
use crate::py::stack::release;
use crate::py::{self, Object, PyThreadState};
use crate::run::enter;
use shortcut::Shortcut;
use std::cell::Cell;
use std::ffi::CStr;
use std::ptr;

/// A function in C and its shortcut.
type Entry = (usize, Option<Shortcut>);

/// Places of the table: a power of two, and most of them are free.
const PLACES: usize = 128;

/// By the address of a definition, or of a type.
// APART: facts of the interpreter, learnt once.
static TABLE: Gil<[Cell<Entry>; PLACES]> = Gil::new([const { Cell::new((0, None)) }; PLACES]);

/// Where the search for an address begins.
#[inline(always)]
fn first_place(address: usize) -> usize {
    // Definitions are 32 bytes long, and lie one after the other.
    (address >> 5) % PLACES
}

/// The shortcut of what is defined at an address, or of the type there.
#[inline(always)]
pub fn of(address: usize) -> Option<Shortcut> {
    let mut place = first_place(address);
    loop {
        let (found, shortcut) = TABLE[place].get();
        if found == address {
            return shortcut;
        }
        if found == 0 {
            return None;
        }
        place = (place + 1) % PLACES;
    }
}

fn add(address: usize, shortcut: Shortcut) {
    let mut place = first_place(address);
    while TABLE[place].get().0 != 0 {
        place = (place + 1) % PLACES;
    }
    TABLE[place].set((address, Some(shortcut)));
}

/// Learns where the functions are. The types are ready.
pub fn initialise() {
    if TABLE.iter().any(|place| place.get().0 != 0) {
        return;
    }
    // SAFETY: types and builtins live as long as the interpreter, definitions for ever.
    unsafe {
        let methods = containers::methods().into_iter().chain(text::methods());
        for (ty, name, shortcut) in methods {
            let method = py::PyDict_GetItemString((*ty).tp_dict, name.as_ptr());
            if !method.is_null() && py::type_of(method) as usize == binding::method_descriptor() {
                add((*method.cast::<py::PyMethodDescrObject>()).d_method as usize, shortcut);
            }
        }
        for (name, shortcut) in functions::functions() {
            if let Some(definition) = definition_among_builtins(name) {
                add(definition, shortcut);
            }
        }
        let new = py::PyDict_GetItemString(py::PyBaseObject_Type.tp_dict, c"__new__".as_ptr());
        if !new.is_null() && py::type_of(new) == &raw mut py::PyCFunction_Type {
            add((*new.cast::<py::PyCFunctionObject>()).m_ml as usize, types::NEW);
        }
        for (ty, shortcut) in types::types() {
            add(ty as usize, shortcut);
        }
    }
}

/// The definition of a builtin function, unless the program has put something else in its place.
unsafe fn definition_among_builtins(name: &CStr) -> Option<usize> {
    // SAFETY: there are builtins as long as there is an interpreter.
    unsafe {
        let found = py::PyDict_GetItemString(py::PyEval_GetBuiltins(), name.as_ptr());
        if found.is_null() || py::type_of(found) != &raw mut py::PyCFunction_Type {
            return None;
        }
        builtins::definition_of_builtin(found, name)
    }
}

/// Calls a method in C by its shortcut, with `count` operands, the receiver first. The arguments are
/// consumed, and the receiver is not.
///
/// # Safety
/// The receiver is one that the method takes, so many owned references are there, and nobody traces.
#[inline(always)]
pub unsafe fn try_method(definition: usize, at: *mut Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract.
    unsafe {
        let result = of(definition)?(*at, at.add(1), count - 1).result()?;
        release(at.add(1), count - 1);
        Some(result)
    }
}

/// Calls a function in C by its shortcut; consumes it, which is lowest, and the arguments.
///
/// # Safety
/// The function is at `at`, and above it so many arguments, all owned; nobody traces.
#[inline(always)]
pub unsafe fn try_function(
    definition: usize,
    receiver: Object,
    at: *mut Object,
    count: usize,
) -> Option<Object> {
    // SAFETY: by the contract.
    unsafe {
        let result = of(definition)?(receiver, at.add(1), count).result()?;
        release(at, count + 1);
        Some(result)
    }
}

/// The same for a type, which is called one level deeper.
///
/// # Safety
/// As for [`try_function`]; the thread is the current one.
#[inline(always)]
pub unsafe fn try_type(thread: *mut PyThreadState, at: *mut Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract.
    unsafe {
        let shortcut = of(*at as usize)?;
        if !enter::has_room_for(thread, 1) {
            return None;
        }
        (*thread).recursion_depth += 1;
        let result = shortcut(ptr::null_mut(), at.add(1), count);
        (*thread).recursion_depth -= 1;
        let result = result.result()?;
        release(at, count + 1);
        Some(result)
    }
}
