//! `range` and `xrange` of ints: `builtin_range` of 2.7's bltinmodule.c, `range_new` and `range_iter` of
//! rangeobject.c.

use crate::py::evaluation::thread_state;
use crate::py::iterators::{self, RangeIterator};
use crate::py::{self, Object};
#[cfg(py3)]
use crate::runtime::helper;
use std::ffi::c_int;

/// The addresses of the helpers.
pub struct Addresses {
    /// `Helper::Range`
    pub list: usize,
    /// `Helper::XRange`
    pub lazy: usize,
}

/// Those of this version.
pub fn addresses() -> Addresses {
    #[cfg(py2)]
    return Addresses { list: address_of!(of_ints::list), lazy: address_of!(of_ints::lazy) };
    #[cfg(py3)]
    return Addresses {
        list: address_of!(helper::no_instruction),
        lazy: address_of!(helper::no_instruction),
    };
}

/// The address of what makes iterators of ranges, or 0 where their type is not laid out as expected.
pub fn new_range() -> usize {
    if iterators::types().range == 0 { 0 } else { iterator as *const () as usize }
}

/// Levels of recursion that the interpreter takes to make a range: it calls the class, which on 3.x compares
/// ints.
const LEVELS: c_int = if cfg!(py2) { 1 } else { 2 };

/// `Host::new_range`
///
/// # Safety
/// As `new_range` gave it.
unsafe extern "C" fn iterator(start: i64, stop: i64, step: i64, most: i64) -> Object {
    // SAFETY: the type is that of such iterators, which are laid out so.
    unsafe {
        if (*thread_state()).recursion_depth + LEVELS > py::_Py_CheckRecursionLimit {
            return std::ptr::null_mut();
        }
        let Some(count) = count(start, stop, step).filter(|count| *count <= most) else {
            return std::ptr::null_mut();
        };
        let object = py::_PyObject_New(iterators::types().range as *mut py::PyTypeObject);
        if object.is_null() {
            py::PyErr_Clear();
            return object;
        }
        let iterator = object.cast::<RangeIterator>();
        (*iterator).index = 0;
        ((*iterator).start, (*iterator).step, (*iterator).len) = (start, step, count);
        object
    }
}

/// `get_len_of_range`, either way; `None` if the step is 0, or the distance is too large.
fn count(start: i64, stop: i64, step: i64) -> Option<i64> {
    let (distance, step) = match step {
        0 => return None,
        1.. => (stop.checked_sub(start)?, step),
        _ => (start.checked_sub(stop)?, step.checked_neg()?),
    };
    Some(match step {
        _ if distance <= 0 => 0,
        1 => distance,
        _ => (distance - 1) / step + 1,
    })
}

#[cfg(py2)]
mod of_ints {
    use super::count;
    use crate::py::{self, Frame, Object, keys};
    use std::ffi::{c_int, c_long};
    use std::ptr;

    /// `rangeobject` of rangeobject.c, which no header declares.
    #[repr(C)]
    struct Lazy {
        object: py::PyObject,
        start: c_long,
        step: c_long,
        length: c_long,
    }

    /// So many ints from the first one on.
    struct Ints {
        start: i64,
        step: i64,
        count: i64,
    }

    impl Ints {
        /// What is asked for; `None` if that is for the function itself to tell.
        unsafe fn of(start: Object, stop: Object, step: Object) -> Option<Ints> {
            // SAFETY: alive, or NULL.
            unsafe {
                let or = |object: Object, default| match object.is_null() {
                    true => Some(default),
                    false => keys::small_int(object),
                };
                let (start, stop, step) = (or(start, 0)?, keys::small_int(stop)?, or(step, 1)?);
                let count = count(start, stop, step)?;
                (count <= c_int::MAX.into()).then_some(Ints { start, step, count })
            }
        }

        /// A list of them: a new reference, or NULL with an exception set.
        unsafe fn list(self) -> Object {
            // SAFETY: the list is new, and as long.
            unsafe {
                let list = py::PyList_New(self.count as isize);
                if list.is_null() {
                    return list;
                }
                let items = (*list.cast::<py::PyListObject>()).ob_item;
                let mut number = self.start;
                for index in 0..self.count as usize {
                    let item = py::PyInt_FromLong(number);
                    if item.is_null() {
                        py::decref(list);
                        return item;
                    }
                    *items.add(index) = item;
                    number = number.wrapping_add(self.step);
                }
                list
            }
        }

        /// What gives them one by one, likewise.
        unsafe fn lazy(self) -> Object {
            // SAFETY: the object is new.
            unsafe {
                let object = py::_PyObject_New(&raw mut py::PyRange_Type);
                if !object.is_null() {
                    let range = object.cast::<Lazy>();
                    ((*range).start, (*range).step, (*range).length) = (self.start, self.step, self.count);
                }
                object
            }
        }
    }

    macro_rules! helpers {
        ($($(#[$doc:meta])* $name:ident: $made:path;)*) => {$(
            $(#[$doc])*
            pub unsafe extern "C" fn $name(
                _frame: Frame,
                callable: Object,
                start: Object,
                stop: Object,
                step: Object,
            ) -> Object {
                // SAFETY: borrowed arguments, see the module.
                unsafe {
                    match Ints::of(start, stop, step) {
                        Some(ints) => $made(ints),
                        None => call(callable, start, stop, step),
                    }
                }
            }
        )*};
    }

    // What is made of the ints that are asked for, where these are plain.
    helpers! {
        /// `Helper::Range`
        list: Ints::list;
        /// `Helper::XRange`
        lazy: Ints::lazy;
    }

    /// Calls what is called, with those arguments that there are.
    #[cold]
    #[inline(never)]
    unsafe extern "C" fn call(callable: Object, start: Object, stop: Object, step: Object) -> Object {
        // SAFETY: a list of arguments that ends with NULL.
        unsafe {
            let end = ptr::null_mut::<py::PyObject>();
            if start.is_null() {
                py::PyObject_CallFunctionObjArgs(callable, stop, end)
            } else {
                py::PyObject_CallFunctionObjArgs(callable, start, stop, step, end)
            }
        }
    }
}
