//! Numbers that are there already: the small ints, and the interpreter's lists of unused floats and (2.7)
//! ints.

use crate::py;
use pyjion_jit::host::{FreeNumbers, SmallInts};
use std::sync::OnceLock;

/// The ints that there is one object of each (`NSMALLNEGINTS`, `NSMALLPOSINTS` of intobject.c and
/// longobject.c).
const FIRST: i64 = -5;
const COUNT: usize = 262;

static SMALL: OnceLock<Option<[usize; COUNT]>> = OnceLock::new();

/// Looks for the small ints.
///
/// # Safety
/// The GIL is held; what it raises is not the program's.
pub unsafe fn initialise() {
    // SAFETY: plain C API.
    SMALL.get_or_init(|| unsafe { find() });
}

unsafe fn find() -> Option<[usize; COUNT]> {
    let mut table = [0; COUNT];
    for (number, entry) in (FIRST..).zip(&mut table) {
        // SAFETY: plain C API; the interpreter keeps the one object of each for ever.
        unsafe {
            let (object, again) = (py::new_int(number), py::new_int(number));
            let is_one = !object.is_null() && object == again;
            py::xdecref(object);
            py::xdecref(again);
            if !is_one {
                py::PyErr_Clear();
                return None;
            }
            *entry = object as usize;
        }
    }
    Some(table)
}

/// The small ints, once they were looked for.
pub fn small() -> Option<SmallInts> {
    let table = SMALL.get()?.as_ref()?;
    Some(SmallInts { first: FIRST, count: COUNT as i64, table: table.as_ptr() as usize })
}

/// The lists of unused numbers. Debug builds keep a list of all objects besides.
#[cfg(any(py_debug, not(has_free_numbers)))]
pub fn free() -> Option<FreeNumbers> {
    None
}

/// The lists of unused numbers.
#[cfg(all(py2, not(py_debug), has_free_numbers))]
pub fn free() -> Option<FreeNumbers> {
    use pyjion_jit::host::FreeList;
    // SAFETY: these return addresses of statics.
    let (floats, ints) = unsafe { (py::_PyFloat_FreeList(), py::_PyInt_FreeList()) };
    let list = |first| FreeList { first, counted: None };
    Some(FreeNumbers { floats: list(floats as usize), ints: Some(list(ints as usize)) })
}

/// The lists of unused numbers.
#[cfg(all(py3, not(py_debug), has_free_numbers))]
pub fn free() -> Option<FreeNumbers> {
    use pyjion_jit::host::FreeList;
    let (mut count, mut most) = (std::ptr::null_mut(), 0);
    // SAFETY: returns addresses of statics.
    let first = unsafe { py::_PyFloat_FreeList(&mut count, &mut most) };
    let floats = FreeList { first: first as usize, counted: Some((count as usize, most)) };
    Some(FreeNumbers { floats, ints: None })
}
