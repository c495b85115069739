//! Numbers that were made in advance, for when there is no memory for one where nobody can say so.

use crate::process::PROCESS;
use crate::py::*;
use std::cell::UnsafeCell;

/// Numbers of each kind.
const MOST: usize = 1024;

/// Objects that nobody else refers to.
struct Stock {
    objects: [Object; MOST],
    count: usize,
}

/// The stock of each kind.
pub struct Spare {
    ints: UnsafeCell<Stock>,
    floats: UnsafeCell<Stock>,
}

impl Spare {
    /// None.
    pub const fn new() -> Spare {
        Spare {
            ints: UnsafeCell::new(Stock { objects: [std::ptr::null_mut(); MOST], count: 0 }),
            floats: UnsafeCell::new(Stock { objects: [std::ptr::null_mut(); MOST], count: 0 }),
        }
    }
}

/// Makes numbers up to the full count; whether that could be done.
///
/// # Safety
/// The GIL is held, and no exception is set.
pub unsafe fn replenish() -> bool {
    // SAFETY: under the GIL, and making a number runs no code.
    unsafe {
        (*PROCESS.spare.ints.get()).replenish(|| new_large_int())
            && (*PROCESS.spare.floats.get()).replenish(|| PyFloat_FromDouble(0.5))
    }
}

/// Whether so many are gone that it is time to say that there is no memory.
pub fn is_low() -> bool {
    // SAFETY: under the GIL.
    unsafe { (*PROCESS.spare.ints.get()).is_low() || (*PROCESS.spare.floats.get()).is_low() }
}

/// An int that is not one of the small ones, which are shared; a new reference, or NULL when there is none
/// left.
///
/// # Safety
/// The GIL is held.
pub unsafe fn int(value: i64) -> Object {
    // SAFETY: an int that nobody else has seen yet.
    unsafe {
        let object = (*PROCESS.spare.ints.get()).take();
        if !object.is_null() {
            set_int(object, value);
        }
        object
    }
}

/// A float; a new reference, or NULL when there is none left.
///
/// # Safety
/// The GIL is held.
pub unsafe fn float(value: f64) -> Object {
    // SAFETY: a float that nobody else has seen yet.
    unsafe {
        let object = (*PROCESS.spare.floats.get()).take();
        if !object.is_null() {
            (*object.cast::<PyFloatObject>()).ob_fval = value;
        }
        object
    }
}

impl Stock {
    /// # Safety
    /// `make` gives new references or NULL with an exception set; none is set before.
    unsafe fn replenish(&mut self, make: impl Fn() -> Object) -> bool {
        while self.count < MOST {
            let object = make();
            if object.is_null() {
                // SAFETY: plain C API.
                unsafe { PyErr_Clear() };
                return false;
            }
            self.objects[self.count] = object;
            self.count += 1;
        }
        true
    }

    fn is_low(&self) -> bool {
        self.count < MOST / 2
    }

    fn take(&mut self) -> Object {
        let Some(left) = self.count.checked_sub(1) else { return std::ptr::null_mut() };
        self.count = left;
        self.objects[left]
    }
}

/// An int with room for any `i64`.
#[cfg(py2)]
unsafe fn new_large_int() -> Object {
    // SAFETY: plain C API.
    unsafe { new_int(i64::MAX) }
}

/// # Safety
/// An int that nobody else has seen.
#[cfg(py2)]
unsafe fn set_int(object: Object, value: i64) {
    // SAFETY: by the contract.
    unsafe { (*object.cast::<PyIntObject>()).ob_ival = value }
}

/// An int with room for any `i64`.
#[cfg(py3)]
unsafe fn new_large_int() -> Object {
    // SAFETY: plain C API.
    unsafe { new_int(i64::MAX) }
}

/// `PyLong_FromLong`
///
/// # Safety
/// An int with as many digits as any `i64` has, which nobody else has seen.
#[cfg(py3)]
unsafe fn set_int(object: Object, value: i64) {
    // SAFETY: by the contract.
    unsafe {
        let long = object.cast::<PyLongObject>();
        let digits = (&raw mut (*long).ob_digit).cast::<digit>();
        let (mut rest, mut count) = (value.unsigned_abs(), 0);
        while rest != 0 {
            *digits.add(count) = (rest & ((1 << PyLong_SHIFT) - 1)) as digit;
            rest >>= PyLong_SHIFT;
            count += 1;
        }
        (*long).ob_base.ob_size = if value < 0 { -(count as isize) } else { count as isize };
    }
}
