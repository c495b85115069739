//! Numbers that are there already: the small ints, the interpreter's lists of unused floats and (2.7) ints,
//! and (3.x) ours of ints.

use crate::py;
#[cfg(py3)]
use crate::{process::PROCESS, py::Object};
use pyjion_jit::host::{FreeNumbers, SmallInts};
use std::sync::OnceLock;
#[cfg(py3)]
use std::{cell::Cell, ffi::c_int};

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
    let Unused { first, count } = &*PROCESS.unused_ints;
    let counted = Some((count.as_ptr() as usize, MOST));
    let ints = small().map(|_| FreeList { first: first.as_ptr() as usize, counted });
    Some(FreeNumbers { floats, ints })
}

/// Ints of one digit that native code had no more use for, each with the next one in place of its type: the
/// interpreter has no such list.
#[cfg(py3)]
pub struct Unused {
    first: Cell<Object>,
    count: Cell<c_int>,
}

/// So many are kept at most, as of floats.
#[cfg(all(py3, not(py_debug), has_free_numbers))]
const MOST: c_int = 100;

#[cfg(py3)]
impl Unused {
    /// None.
    pub const fn new() -> Unused {
        Unused { first: Cell::new(std::ptr::null_mut()), count: Cell::new(0) }
    }

    /// Keeps an object if it is such an int and there is room; whether it is kept.
    ///
    /// # Safety
    /// It has no references.
    #[cfg(all(not(py_debug), has_free_numbers))]
    #[inline(always)]
    unsafe fn keep(&self, object: Object) -> bool {
        // SAFETY: nobody else has it.
        unsafe {
            let is_one = (*object).ob_type == &raw mut py::PyLong_Type
                && matches!(py::size_of_var(object), -1 | 1)
                && self.count.get() < MOST;
            if is_one {
                (*object).ob_type = self.first.replace(object).cast();
                self.count.set(self.count.get() + 1);
            }
            is_one
        }
    }
}

/// What `Py_DECREF` does when the count reaches zero, but for ints that are kept.
///
/// # Safety
/// As for [`py::dealloc`]; the GIL is held.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn dealloc(object: py::Object) {
    // SAFETY: by the contract.
    unsafe {
        #[cfg(all(py3, not(py_debug), has_free_numbers))]
        if PROCESS.unused_ints.keep(object) {
            return;
        }
        py::dealloc(object);
    }
}
