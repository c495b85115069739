//! 2.7: `range` and `xrange` of ints: `builtin_range` of bltinmodule.c, `range_new` of rangeobject.c.

#[cfg(py3)]
use crate::runtime::helper;

/// The addresses of the helpers.
pub struct Addresses {
    /// `Helper::Range`
    pub list: usize,
    /// `Helper::XRange`
    pub lazy: usize,
    /// `Helper::RangeIterator`
    pub iterator_of_list: usize,
    /// `Helper::XRangeIterator`
    pub iterator_of_lazy: usize,
}

/// Those of this version.
pub fn addresses() -> Addresses {
    #[cfg(py2)]
    return Addresses {
        list: address_of!(of_ints::list),
        lazy: address_of!(of_ints::lazy),
        iterator_of_list: address_of!(of_ints::iterator_of_list),
        iterator_of_lazy: address_of!(of_ints::iterator_of_lazy),
    };
    #[cfg(py3)]
    return Addresses {
        list: address_of!(helper::no_instruction),
        lazy: address_of!(helper::no_instruction),
        iterator_of_list: address_of!(helper::no_instruction),
        iterator_of_lazy: address_of!(helper::no_instruction),
    };
}

#[cfg(py2)]
mod of_ints {
    use crate::py::iterators::{self, RangeIterator};
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

    /// Ints of which there may be a list for a moment. A longer one may be too much for the memory there is,
    /// and a program told so.
    const FEW: i64 = 1 << 20;

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

        /// The iterator of their list, for somebody who does not look at it, likewise.
        unsafe fn iterator_of_list(self) -> Object {
            // SAFETY: plain C API.
            unsafe { if self.count <= FEW { self.iterator() } else { over(self.list()) } }
        }

        /// The iterator of what gives them one by one, likewise.
        unsafe fn iterator(self) -> Object {
            // SAFETY: the type is that of such iterators, if there is one that is laid out so.
            unsafe {
                let ty = iterators::types().range as *mut py::PyTypeObject;
                if ty.is_null() {
                    return over(self.lazy());
                }
                let object = py::_PyObject_New(ty);
                if !object.is_null() {
                    let iterator = object.cast::<RangeIterator>();
                    (*iterator).index = 0;
                    ((*iterator).start, (*iterator).step, (*iterator).len) =
                        (self.start, self.step, self.count);
                }
                object
            }
        }
    }

    /// The iterator of an object, a reference that is given up, or NULL with an exception set; likewise.
    unsafe fn over(object: Object) -> Object {
        // SAFETY: by the contract.
        unsafe {
            if object.is_null() {
                return object;
            }
            let iterator = py::PyObject_GetIter(object);
            py::decref(object);
            iterator
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

    macro_rules! helpers {
        ($($(#[$doc:meta])* $name:ident: $made:path, or else $otherwise:path;)*) => {$(
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
                        None => $otherwise(callable, start, stop, step),
                    }
                }
            }
        )*};
    }

    // What is made of the ints that are asked for, and who does it where these are not plain.
    helpers! {
        /// `Helper::Range`
        list: Ints::list, or else call;
        /// `Helper::XRange`
        lazy: Ints::lazy, or else call;
        /// `Helper::RangeIterator`
        iterator_of_list: Ints::iterator_of_list, or else iterate_over_called;
        /// `Helper::XRangeIterator`
        iterator_of_lazy: Ints::iterator, or else iterate_over_called;
    }

    /// The iterator of what [`call`] gives.
    #[cold]
    #[inline(never)]
    unsafe extern "C" fn iterate_over_called(
        callable: Object,
        start: Object,
        stop: Object,
        step: Object,
    ) -> Object {
        // SAFETY: as for `call`, whose result is given up.
        unsafe { over(call(callable, start, stop, step)) }
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
