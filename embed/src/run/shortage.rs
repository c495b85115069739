//! What programs notice when memory runs out. Whatever can fail in the interpreter fails in compiled code as
//! well, with a `MemoryError`; numbers are made where the interpreter has made them long before: for these
//! there is [a stock](spare), and the frame raises `MemoryError` at its next check.

use crate::memory::{shortage, spare};
use crate::py::evaluation::{THROW, suspended, thread_state};
use crate::py::*;
use crate::run::outcome::Outcome;
use crate::state::recall;
use std::ffi::c_int;
use std::ptr;

/// A new reference to an exact int, whatever there is of memory and whatever exception is set.
///
/// # Safety
/// The GIL is held, and native code is running in the thread's current frame.
#[inline(always)]
pub unsafe fn int(value: i64) -> Object {
    // SAFETY: by the contract.
    unsafe { number(|| new_int(value), || shortage::spare_int(value)) }
}

/// A new reference to an exact float, like [`int`].
///
/// # Safety
/// As for [`int`].
#[inline(always)]
pub unsafe fn float(value: f64) -> Object {
    // SAFETY: by the contract.
    unsafe { number(|| PyFloat_FromDouble(value), || spare::float(value)) }
}

/// # Safety
/// As for [`int`]; `make` is plain C API.
#[inline(always)]
unsafe fn number(make: impl Fn() -> Object, take: impl Fn() -> Object) -> Object {
    // SAFETY: by the contract.
    unsafe {
        let thread = thread_state();
        // One branch for both, as this is what most numbers that escape go through.
        if (*thread).curexc_type as usize | shortage::stress() as usize == 0 {
            let object = make();
            if !object.is_null() {
                return object;
            }
            PyErr_Clear();
        } else if !(*thread).curexc_type.is_null() {
            return while_raising(&make, &take);
        } else if !shortage::is_denied() {
            return make_or_take(thread, &make, &take);
        }
        lend(thread, &take)
    }
}

/// # Safety
/// As for [`number`].
#[cold]
#[inline(never)]
unsafe fn make_or_take(
    thread: *mut PyThreadState,
    make: &dyn Fn() -> Object,
    take: &dyn Fn() -> Object,
) -> Object {
    let object = make();
    if !object.is_null() {
        return object;
    }
    // SAFETY: by the contract.
    unsafe {
        PyErr_Clear();
        lend(thread, take)
    }
}

/// A number from the stock for the running frame, which raises `MemoryError` for it as soon as it can.
///
/// # Safety
/// As for [`number`]; no exception is set.
#[cold]
#[inline(never)]
unsafe fn lend(thread: *mut PyThreadState, take: &dyn Fn() -> Object) -> Object {
    // SAFETY: by the contract.
    unsafe {
        let object = shortage::from_stock(take);
        recall::short((*thread).frame);
        object
    }
}

/// The exception that is on its way says more than a `MemoryError`.
///
/// # Safety
/// As for [`number`].
#[cold]
#[inline(never)]
unsafe fn while_raising(make: &dyn Fn() -> Object, take: &dyn Fn() -> Object) -> Object {
    // SAFETY: by the contract.
    unsafe {
        preserving_exception(|| {
            let object = if shortage::is_denied() { ptr::null_mut() } else { make() };
            if object.is_null() { shortage::from_stock(take) } else { object }
        })
    }
}

/// A frame that is to raise `MemoryError` has left native code: it raises now, at an offset if it goes on,
/// and if it does not, only when there are hardly any numbers left.
///
/// # Safety
/// The GIL is held, and the outcome is the frame's.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn raise(frame: *mut PyFrameObject, lasti: c_int, outcome: Outcome) -> Outcome {
    // SAFETY: by the contract; a frame that is suspended unwinds from where its exception is raised.
    unsafe {
        if outcome.object == suspended() {
            if outcome.next & THROW == 0 {
                (*frame).f_lasti = lasti;
                PyErr_NoMemory();
            }
            return Outcome { next: outcome.next | THROW, ..outcome };
        }
        if outcome.object.is_null() || !shortage::is_dire() {
            return outcome;
        }
        decref(outcome.object);
        PyErr_NoMemory();
        Outcome { object: ptr::null_mut(), ..outcome }
    }
}
