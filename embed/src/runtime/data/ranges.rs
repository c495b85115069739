//! 2.7: `range` and `xrange` of ints: `builtin_range` of bltinmodule.c, `range_new` of rangeobject.c.

#[cfg(py3)]
use crate::runtime::helper;

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

#[cfg(py2)]
mod of_ints {
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

    /// `get_len_of_range`, either way.
    fn count(start: i64, stop: i64, step: i64) -> Option<i64> {
        let (distance, step) = match step {
            0 => return None,
            1.. => (stop.checked_sub(start)?, step),
            _ => (start.checked_sub(stop)?, step.checked_neg()?),
        };
        Some(if distance <= 0 { 0 } else { (distance - 1) / step + 1 })
    }

    /// `Helper::Range`
    pub unsafe extern "C" fn list(
        _frame: Frame,
        callable: Object,
        start: Object,
        stop: Object,
        step: Object,
    ) -> Object {
        // SAFETY: borrowed arguments, see the module.
        unsafe { make(Ints::list, callable, start, stop, step) }
    }

    /// `Helper::XRange`
    pub unsafe extern "C" fn lazy(
        _frame: Frame,
        callable: Object,
        start: Object,
        stop: Object,
        step: Object,
    ) -> Object {
        // SAFETY: borrowed arguments, see the module.
        unsafe { make(Ints::lazy, callable, start, stop, step) }
    }

    /// Makes an object of the ints that are asked for, or has what is called do it.
    #[inline(always)]
    unsafe fn make(
        made: unsafe fn(Ints) -> Object,
        callable: Object,
        start: Object,
        stop: Object,
        step: Object,
    ) -> Object {
        // SAFETY: as for the helpers.
        unsafe {
            match Ints::of(start, stop, step) {
                Some(ints) => made(ints),
                None => call(callable, start, stop, step),
            }
        }
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
