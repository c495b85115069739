//! Hashes and equality of strings and ints, which run no foreign code.

use crate::py::slots::have_same_function;
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
        has_quiet_hash(key, MAX_DEPTH).then(|| py::PyObject_Hash(key) as isize)
    }
}

/// Tuples in tuples that are looked into.
const MAX_DEPTH: usize = 2;

/// Whether an object is hashed by its address or by C code that asks nobody, and without failing.
unsafe fn has_quiet_hash(key: Object, depth: usize) -> bool {
    // SAFETY: alive, and of the types.
    unsafe {
        let ty = py::type_of(key);
        if ty == &raw mut py::PyTuple_Type {
            let has = |index| has_quiet_hash(py::tuple_item(key, index), depth - 1);
            return depth > 0 && (0..py::size_of_var(key) as usize).all(has);
        }
        is_int(key)
            || strings::is_str(key)
            || ty == &raw mut py::PyFloat_Type
            || ty == &raw mut py::PyBool_Type
            || is_other_string(key)
            || have_same_function!((*ty).tp_hash, py::PyBaseObject_Type.tp_hash)
    }
}

/// Whether an object is an exact `unicode` of 2.7 or `bytes` of 3.x.
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
        if is_int(a) || is_int(b) || a == py::none() || b == py::none() {
            let is_plain = |object| is_int(object) || object == py::none();
            return (is_plain(a) && is_plain(b)).then_some(false);
        }
        if is_other_string(a) && is_other_string(b) {
            return Some(strings::are_others_equal(a, b));
        }
        let tuple = &raw mut py::PyTuple_Type;
        if py::type_of(a) != tuple || py::type_of(b) != tuple || depth == 0 {
            return None;
        }
        if py::size_of_var(a) != py::size_of_var(b) {
            // Items are compared before lengths are.
            return None;
        }
        for index in 0..py::size_of_var(a) as usize {
            let (x, y) = (py::tuple_item(a, index), py::tuple_item(b, index));
            let is_tuple = py::type_of(x) == tuple;
            let same = if x == y {
                Some(true)
            } else if is_tuple {
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
