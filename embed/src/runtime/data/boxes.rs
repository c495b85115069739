//! New ints and floats, the periodic work, and reference counts of debug builds.

use crate::py::Frame;
use crate::py::pending;
use crate::py::{self, Object};
use crate::run::shortage;

/// A new reference to an exact int.
///
/// # Safety
/// The GIL is held, and native code is running.
pub unsafe extern "C" fn box_int(value: i64) -> Object {
    // SAFETY: by the contract.
    unsafe { shortage::int(value) }
}

/// A new reference to an exact float.
///
/// # Safety
/// The GIL is held, and native code is running.
pub unsafe extern "C" fn box_float(value: f64) -> Object {
    // SAFETY: by the contract.
    unsafe { shortage::float(value) }
}

/// What the evaluator does when its ticker runs out (2.7) or its breaker is set (3.x): signal
/// handlers, pending calls, other threads. Negative when an exception is set.
pub unsafe extern "C" fn handle_pending(_frame: Frame) -> i64 {
    // SAFETY: the current thread is the one that runs us.
    if unsafe { pending::handle(py::PyThreadState_Get()) } { 0 } else { -1 }
}

/// `Py_INCREF` of a debug build.
///
/// # Safety
/// As for [`py::incref`].
#[cfg(py_debug)]
pub unsafe extern "C" fn counted_incref(object: Object) {
    // SAFETY: the caller's.
    unsafe { py::incref(object) }
}

/// `Py_DECREF` of a debug build.
///
/// # Safety
/// As for [`py::decref`].
#[cfg(py_debug)]
pub unsafe extern "C" fn counted_decref(object: Object) {
    // SAFETY: the caller's.
    unsafe { py::decref(object) }
}
