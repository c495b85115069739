//! Where the state of a code object hangs: the extra data that CPython lets a client have.

use crate::py::countdown;
use crate::py::*;
use crate::state::code::{CodeState, codes};
use crate::stats;
use std::ffi::c_void;
use std::ptr;

/// `CodeExtra` of codeobject.c: what `ce_extra` points to.
#[repr(C)]
struct CodeExtra {
    /// Entries.
    size: isize,
    /// The first of them.
    extras: [*mut c_void; 1],
}

/// Reserves our place in code objects. Works before `Py_Initialize`.
pub fn request_index() -> bool {
    unsafe extern "C" fn free(state: *mut c_void) {
        // SAFETY: it came from Box::into_raw in `attach`, and its code object is dying.
        drop(unsafe { Box::from_raw(state.cast::<CodeState>()) });
    }
    if codes().extra.get() < 0 {
        // SAFETY: touches a static table only.
        codes().extra.set(unsafe { _PyEval_RequestCodeExtraIndex(Some(free)) } as isize);
    }
    codes().extra.get() >= 0
}

/// The state of a code object; NULL if it has none yet.
///
/// # Safety
/// `code` is a code object.
#[inline(always)]
pub unsafe fn of(code: *mut PyCodeObject) -> *const CodeState {
    // SAFETY: what `_PyCode_GetExtra` does. The index is not negative: it was asked for before
    // any code came here.
    unsafe {
        let extra = (*countdown::evaluation(code)).ce_extra.cast::<CodeExtra>();
        let index = codes().extra.get();
        if extra.is_null() || (*extra).size <= index {
            return ptr::null();
        }
        *(&raw const (*extra).extras).cast::<*const CodeState>().offset(index)
    }
}

/// Gives a code object its state; NULL when there is no memory (no exception is set).
///
/// # Safety
/// `code` is a code object without state, and no exception is set.
#[cold]
unsafe fn attach(code: *mut PyCodeObject) -> *const CodeState {
    // SAFETY: a code object, which owns what hangs off it; on failure the state is still ours.
    unsafe {
        let passed = countdown::passed_first(code);
        let state = Box::into_raw(Box::new(CodeState::new(code, passed, countdown::of(code))));
        stats::counters().code_objects.count();
        stats::counters().frames.add(passed.into());
        if _PyCode_SetExtra(code.cast(), codes().extra.get() as _, state.cast()) < 0 {
            PyErr_Clear();
            drop(Box::from_raw(state));
            return ptr::null();
        }
        state
    }
}

/// The state of a code object, attached if it has none; NULL when there is no memory.
///
/// # Safety
/// As for [`attach`].
pub unsafe fn of_or_attach(code: *mut PyCodeObject) -> *const CodeState {
    // SAFETY: a code object.
    unsafe {
        let state = of(code);
        if !state.is_null() {
            return state;
        }
        // Known before anything is recorded. The first time of all, in most programs while they start, this
        // makes a few objects; the collector may run code that attaches a state.
        codes().host();
        let state = of(code);
        if state.is_null() { attach(code) } else { state }
    }
}
