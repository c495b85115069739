//! Hashes and equality of strings and ints, which run no foreign code.

use crate::py::slots::have_same_function;
use crate::py::strings;
use crate::py::{self, Object};
#[cfg(py2)]
use std::ffi::c_int;

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

/// Whether an object is an exact int, of whatever size (2.7: `int` or `long`).
///
/// # Safety
/// Alive.
#[inline(always)]
pub unsafe fn is_integer(object: Object) -> bool {
    // SAFETY: alive by the contract.
    unsafe { is_int(object) || py::type_of(object) == &raw mut py::PyLong_Type }
}

/// The hash of an object, where that runs no foreign code.
///
/// # Safety
/// Alive; no exception is set.
#[inline(always)]
pub unsafe fn hash(key: Object) -> Option<isize> {
    // SAFETY: alive, and of the types.
    unsafe {
        if strings::is_str(key) {
            let known = strings::hash_of(key);
            return Some(if known == -1 { py::PyObject_Hash(key) as isize } else { known });
        }
        hash_of_other(key, MAX_DEPTH)
    }
}

/// Tuples in tuples that are looked into.
const MAX_DEPTH: usize = 5;

/// The same for what is no `str`, or is in a tuple.
unsafe fn hash_of_other(key: Object, depth: usize) -> Option<isize> {
    // SAFETY: alive, and of the types.
    unsafe {
        if let Some(number) = small_int(key) {
            // -1 says that there is none.
            return Some(if number == -1 { -2 } else { number as isize });
        }
        let ty = py::type_of(key);
        let tuple = &raw mut py::PyTuple_Type;
        if ty == tuple || have_same_function!((*ty).tp_hash, (*tuple).tp_hash) {
            return if depth > 0 { hash_of_tuple(key, depth - 1) } else { None };
        }
        has_quiet_hash(key).then(|| py::PyObject_Hash(key) as isize)
    }
}

/// `tuplehash`
unsafe fn hash_of_tuple(tuple: Object, depth: usize) -> Option<isize> {
    let (mut sum, mut factor) = (0x34_5678_isize, 1_000_003_isize);
    // SAFETY: a tuple, of whatever class, by the contract of the caller.
    unsafe {
        let length = py::size_of_var(tuple);
        for index in 0..length {
            let item = py::tuple_item(tuple, index as usize);
            let known = if strings::is_str(item) { strings::hash_of(item) } else { -1 };
            let hash = if known == -1 { hash_of_other(item, depth)? } else { known };
            sum = (sum ^ hash).wrapping_mul(factor);
            factor = factor.wrapping_add(82_520 + 2 * (length - 1 - index));
        }
    }
    let sum = sum.wrapping_add(97_531);
    Some(if sum == -1 { -2 } else { sum })
}

/// Whether an object is hashed by its address or by C code that asks nobody, and without failing.
unsafe fn has_quiet_hash(key: Object) -> bool {
    // SAFETY: alive, and of the types.
    unsafe {
        let ty = py::type_of(key);
        is_integer(key)
            || strings::is_str(key)
            || ty == &raw mut py::PyFloat_Type
            || ty == &raw mut py::PyBool_Type
            || is_other_string(key)
            || have_same_function!((*ty).tp_hash, py::PyBaseObject_Type.tp_hash)
    }
}

/// Whether an object is an exact `unicode` of 2.7 or `bytes` of 3.x.
///
/// # Safety
/// Alive.
#[inline(always)]
pub unsafe fn is_other_string(object: Object) -> bool {
    // SAFETY: alive by the contract.
    unsafe {
        #[cfg(py2)]
        return py::type_of(object) == &raw mut py::PyUnicode_Type;
        #[cfg(py3)]
        return py::type_of(object) == &raw mut py::PyBytes_Type;
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
        if is_int(a) && is_int(b) {
            return Some(are_equal_ints(a, b));
        }
        are_others_equal(a, b, MAX_DEPTH)
    }
}

/// The same for what is rarer.
#[cold]
#[inline(never)]
unsafe fn are_others_equal(a: Object, b: Object, depth: usize) -> Option<bool> {
    // SAFETY: alive, and of the types.
    unsafe {
        #[cfg(py2)]
        if is_integer(a) && is_integer(b) {
            return match py::PyObject_RichCompareBool(a, b, py::Py_EQ as c_int) {
                0 => Some(false),
                1 => Some(true),
                _ => {
                    py::PyErr_Clear();
                    None
                }
            };
        }
        if is_int(a) || is_int(b) || a == py::none() || b == py::none() {
            let is_plain = |object| is_int(object) || object == py::none();
            return (is_plain(a) && is_plain(b)).then_some(false);
        }
        if is_other_string(a) && is_other_string(b) {
            return Some(strings::are_others_equal(a, b));
        }
        if depth == 0 || !is_compared_as_tuple(a) || !is_compared_as_tuple(b) {
            return None;
        }
        if py::size_of_var(a) != py::size_of_var(b) {
            // Items are compared before lengths are.
            return None;
        }
        for index in 0..py::size_of_var(a) as usize {
            let (x, y) = (py::tuple_item(a, index), py::tuple_item(b, index));
            let same = if x == y {
                Some(true)
            } else if is_compared_as_tuple(x) {
                are_others_equal(x, y, depth - 1)
            } else {
                are_equal(x, y)
            };
            if !same? {
                return Some(false);
            }
        }
        Some(true)
    }
}

/// Whether an object is a tuple, of a class that has no other way to compare them than all have.
#[inline(always)]
unsafe fn is_compared_as_tuple(object: Object) -> bool {
    // SAFETY: alive by the contract of the caller.
    unsafe {
        let (ty, tuple) = (py::type_of(object), &raw mut py::PyTuple_Type);
        ty == tuple || have_same_function!((*ty).tp_richcompare, (*tuple).tp_richcompare)
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
