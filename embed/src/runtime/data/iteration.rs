//! `GET_ITER`, `FOR_ITER`, `UNPACK_SEQUENCE`, `UNPACK_EX`.

use crate::process::PROCESS;
use crate::py::evaluation::thread_state;
use crate::py::iterators::Enumerate;
use crate::py::references::Owned;
use crate::py::{self, Object};
use crate::py::{Frame, evaluator};
use crate::run::sending;
#[cfg(py2)]
use crate::runtime::data::instances;
use std::cell::Cell;

/// `GET_ITER`
pub unsafe extern "C" fn get_iter(_frame: Frame, iterable: Object) -> Object {
    // SAFETY: a borrowed argument, see the module.
    unsafe {
        #[cfg(py2)]
        if py::type_of(iterable) == &raw mut py::PyInstance_Type {
            return iterator_over_instance(iterable);
        }
        py::PyObject_GetIter(iterable)
    }
}

/// 2.7: the same of an instance of an old-style class.
#[cfg(py2)]
unsafe fn iterator_over_instance(instance: Object) -> Object {
    // SAFETY: alive, and one, by the contract of the caller.
    unsafe {
        let iterator = instances::iterator_over_items(instance);
        match iterator.is_null() && py::PyErr_Occurred().is_null() {
            true => py::PyObject_GetIter(instance),
            false => iterator,
        }
    }
}

/// `FOR_ITER`, its first half: NULL for the end and for an error.
pub unsafe extern "C" fn iter_next(_frame: Frame, iterator: Object) -> Object {
    // SAFETY: what GET_ITER made has tp_iternext.
    unsafe {
        let ty = py::type_of(iterator);
        if ty == &raw mut py::PyGen_Type
            && let Some(stop) = sending::send(thread_state(), iterator, py::none())
        {
            return stop.next(|result| py::decref(result));
        }
        (*ty).tp_iternext.unwrap_unchecked()(iterator)
    }
}

/// Up to which number what an `enumerate` counts is followed.
const MOST_ENUMERATED: isize = 1 << 50;

/// The number that belongs to what [`next_of_enumerate`] has handed out last.
pub struct Enumerated(Cell<i64>);

impl Enumerated {
    /// None.
    pub const fn new() -> Enumerated {
        Enumerated(Cell::new(-1))
    }
}

/// Where the number is that belongs to what [`next_of_enumerate`] has handed out last.
pub fn address_of_enumerated() -> usize {
    PROCESS.enumerated.0.as_ptr() as usize
}

/// `enum_next` of enumobject.c, which hands out the item without its number: the pair is kept up all the
/// same, as it is what keeps the item alive until the next one. Both are handed out in a pair where there is
/// more to the number.
pub unsafe extern "C" fn next_of_enumerate(_frame: Frame, iterator: Object) -> Object {
    // SAFETY: an `enumerate`. It has an iterator, and a pair of which it owns what is in it, as long as it is
    // alive.
    unsafe {
        let enumerate = iterator.cast::<Enumerate>();
        let (source, pair) = ((*enumerate).iterator, (*enumerate).result);
        PROCESS.enumerated.0.set(-1);
        if !(0..MOST_ENUMERATED).contains(&(*enumerate).index) {
            return (*py::type_of(iterator)).tp_iternext.unwrap_unchecked()(iterator);
        }
        let item = (*py::type_of(source)).tp_iternext.unwrap_unchecked()(source);
        if item.is_null() {
            return item;
        }
        let number = (*enumerate).index;
        let index = py::new_int(number as std::ffi::c_long);
        if index.is_null() {
            py::decref(item);
            return index;
        }
        (*enumerate).index = number + 1;
        if (*pair).ob_refcnt == 1 {
            let items = py::tuple_items(pair).cast_mut();
            let former = [*items, *items.add(1)];
            *items = index;
            *items.add(1) = item;
            py::incref(item);
            // Whoever asks for the next one meanwhile gets another pair.
            py::incref(pair);
            py::decref(former[0]);
            py::decref(former[1]);
            py::decref(pair);
        } else {
            // Somebody has found this one: a new one would not be kept.
            py::decref(index);
        }
        PROCESS.enumerated.0.set(number as i64);
        item
    }
}

/// `FOR_ITER`, its second half, after a NULL: 0 for the end, -1 for an error.
pub unsafe extern "C" fn iter_check(_frame: Frame) -> i64 {
    // SAFETY: only looks at the exception that is set.
    unsafe {
        if py::PyErr_Occurred().is_null() {
            return 0;
        }
        if py::PyErr_ExceptionMatches(py::PyExc_StopIteration) == 0 {
            return -1;
        }
        #[cfg(py3)]
        evaluator::trace_exception(_frame);
        py::PyErr_Clear();
        0
    }
}

/// `UNPACK_SEQUENCE`
pub unsafe extern "C" fn unpack_sequence(_frame: Frame, at: *mut Object, _count: i64, immediate: i64) -> i64 {
    // SAFETY: the operand is ours, and the frame's stack has room for the items.
    unsafe {
        let sequence = Owned::new(*at);
        let ty = py::type_of(sequence.get());
        let count = immediate as usize;
        let is_tuple = ty == &raw mut py::PyTuple_Type;
        let is_list = ty == &raw mut py::PyList_Type;
        if (is_tuple || is_list) && py::size_of_var(sequence.get()) == immediate as isize {
            for index in 0..count {
                let item = if is_tuple {
                    py::tuple_item(sequence.get(), index)
                } else {
                    py::list_item(sequence.get(), index)
                };
                py::incref(item);
                *at.add(count - 1 - index) = item;
            }
            return 0;
        }
        if evaluator::unpack_iterable(sequence.get(), immediate, at.add(count)) { 0 } else { -1 }
    }
}

/// `UNPACK_EX`
#[cfg(py3)]
unsafe extern "C" fn unpack_ex(_frame: Frame, at: *mut Object, _count: i64, immediate: i64) -> i64 {
    let (before, after) = (immediate & 0xff, immediate >> 8);
    // SAFETY: the operand is ours, and the frame's stack has room for the items.
    unsafe {
        let sequence = Owned::new(*at);
        let end = at.add((before + 1 + after) as usize);
        if evaluator::unpack_ex(sequence.get(), before, after, end) { 0 } else { -1 }
    }
}

/// The address of the `UNPACK_EX` helper.
pub fn unpack_ex_address() -> usize {
    #[cfg(py3)]
    return address_of!(unpack_ex);
    #[cfg(py2)]
    return address_of!(crate::runtime::helper::no_instruction_status);
}
