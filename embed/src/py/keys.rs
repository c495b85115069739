//! Hashes and equality of strings and ints, which run no foreign code.

use crate::py::strings;
use crate::py::{self, Object};

/// Whether an object is an exact int (2.7: `int`).
///
/// # Safety
/// Alive.
#[inline(always)]
pub unsafe fn is_int(object: Object) -> bool {
    // SAFETY: alive by the contract.
    unsafe {
        #[cfg(py2)]
        return py::type_of(object) == &raw mut py::PyInt_Type;
        #[cfg(py3)]
        return py::type_of(object) == &raw mut py::PyLong_Type;
    }
}

/// The hash of an exact `str` or int; `None` for others.
///
/// # Safety
/// Alive.
#[inline(always)]
pub unsafe fn hash(key: Object) -> Option<isize> {
    // SAFETY: alive, and of the types.
    unsafe {
        if strings::is_str(key) {
            let known = strings::hash_of(key);
            return Some(if known == -1 { py::PyObject_Hash(key) as isize } else { known });
        }
        is_int(key).then(|| py::PyObject_Hash(key) as isize)
    }
}

/// Whether two objects are equal; `None` when foreign code may have to say so.
///
/// # Safety
/// Alive.
#[inline(always)]
pub unsafe fn are_equal(a: Object, b: Object) -> Option<bool> {
    if a == b {
        return Some(true);
    }
    // SAFETY: alive, and of the types.
    unsafe {
        match (strings::is_str(a), strings::is_str(b)) {
            (true, true) => return Some(strings::are_equal(a, b)),
            (true, false) => return (is_int(b) || b == py::none()).then_some(false),
            (false, true) => return (is_int(a) || a == py::none()).then_some(false),
            (false, false) => {}
        }
        if is_int(a) {
            return if is_int(b) { Some(are_equal_ints(a, b)) } else { (b == py::none()).then_some(false) };
        }
        (a == py::none() && is_int(b)).then_some(false)
    }
}

#[inline(always)]
unsafe fn are_equal_ints(a: Object, b: Object) -> bool {
    // SAFETY: exact ints by the contract of the caller.
    unsafe {
        #[cfg(py2)]
        return (*a.cast::<py::PyIntObject>()).ob_ival == (*b.cast::<py::PyIntObject>()).ob_ival;
        #[cfg(py3)]
        {
            let digits = |int: Object| {
                let first = (&raw const (*int.cast::<py::_longobject>()).ob_digit).cast::<py::digit>();
                std::slice::from_raw_parts(first, py::size_of_var(int).unsigned_abs())
            };
            py::size_of_var(a) == py::size_of_var(b) && digits(a) == digits(b)
        }
    }
}

/// The value of an exact int that can be unboxed.
///
/// # Safety
/// Alive.
#[inline(always)]
pub unsafe fn small_int(object: Object) -> Option<i64> {
    // SAFETY: alive, and an int.
    unsafe {
        if !is_int(object) {
            return None;
        }
        #[cfg(py2)]
        return Some((*object.cast::<py::PyIntObject>()).ob_ival);
        #[cfg(py3)]
        {
            let first = (&raw const (*object.cast::<py::_longobject>()).ob_digit).cast::<py::digit>();
            let digit = |index: usize| i64::from(*first.add(index));
            match py::size_of_var(object) {
                0 => Some(0),
                1 => Some(digit(0)),
                -1 => Some(-digit(0)),
                2 => Some(digit(0) | digit(1) << py::PyLong_SHIFT),
                -2 => Some(-(digit(0) | digit(1) << py::PyLong_SHIFT)),
                _ => None,
            }
        }
    }
}
