//! Iterators of built-in types, whose layout no header declares: it is tried out on live ones.

use crate::py::references::Owned;
use crate::py::{self, Object};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// `listiterobject`, which no header declares.
#[repr(C)]
pub struct ListIterator {
    head: py::PyObject,
    /// Of the next item.
    pub index: isize,
    /// What it goes over.
    pub sequence: Object,
}

/// `tupleiterobject`, which no header declares.
#[repr(C)]
pub struct TupleIterator {
    head: py::PyObject,
    /// Of the next item.
    pub index: isize,
    /// What it goes over.
    pub sequence: Object,
}

/// `rangeiterobject`, which no header declares: 2.7 over `xrange`, 3.x over small ranges.
#[repr(C)]
pub struct RangeIterator {
    head: py::PyObject,
    /// Of the next item.
    pub index: std::ffi::c_long,
    /// The first item.
    pub start: std::ffi::c_long,
    /// From one item to the next.
    pub step: std::ffi::c_long,
    /// Items.
    pub len: std::ffi::c_long,
}

/// `enumobject`, which no header declares.
#[repr(C)]
pub struct Enumerate {
    head: py::PyObject,
    /// The number that is next, or the largest there is: then `long_index` says it.
    pub index: isize,
    /// What it goes over.
    pub iterator: Object,
    /// The pair that it gave last.
    pub result: Object,
    long_index: Object,
}

// APART: facts of the interpreter, each learnt once.
static LIST_ITERATOR: AtomicUsize = AtomicUsize::new(0);
static TUPLE_ITERATOR: AtomicUsize = AtomicUsize::new(0);
static RANGE_ITERATOR: AtomicUsize = AtomicUsize::new(0);
static ENUMERATE: AtomicUsize = AtomicUsize::new(0);

/// The iterator types: 0 before [`examine`] was called, and for those that are not laid out
/// as expected.
#[derive(Clone, Copy)]
pub struct IteratorTypes {
    /// `type(iter([]))`
    pub list: usize,
    /// `type(iter(()))`
    pub tuple: usize,
    /// `type(iter(xrange(0)))`, or `range` on 3.x
    pub range: usize,
    /// `enumerate`
    pub enumerate: usize,
}

/// The iterator types.
pub fn types() -> IteratorTypes {
    IteratorTypes {
        list: LIST_ITERATOR.load(Ordering::Relaxed),
        tuple: TUPLE_ITERATOR.load(Ordering::Relaxed),
        range: RANGE_ITERATOR.load(Ordering::Relaxed),
        enumerate: ENUMERATE.load(Ordering::Relaxed),
    }
}

/// Learns the types of those that are laid out as expected; doing it again changes nothing.
///
/// # Safety
/// The GIL is held, and no exception is set. This may run the garbage collector.
pub unsafe fn examine() {
    // SAFETY: by the contract.
    unsafe {
        LIST_ITERATOR.store(check_list_iterator(), Ordering::Relaxed);
        TUPLE_ITERATOR.store(check_tuple_iterator(), Ordering::Relaxed);
        RANGE_ITERATOR.store(check_range_iterator(), Ordering::Relaxed);
        ENUMERATE.store(check_enumerate(), Ordering::Relaxed);
    }
}

/// The address of an iterator's type if the iterator, advanced once, passes the check; else 0.
unsafe fn check<T>(iterable: Owned, passes: impl FnOnce(&T, Object) -> bool) -> usize {
    // SAFETY: `T` is only read when the object is as large.
    unsafe {
        let mut address = 0;
        let iterator = Owned::new(match iterable.is_null() {
            true => ptr::null_mut(),
            false => py::PyObject_GetIter(iterable.get()),
        });
        if !iterator.is_null() {
            let ty = py::type_of(iterator.get());
            let first = Owned::new(py::PyIter_Next(iterator.get()));
            if !first.is_null()
                && (*ty).tp_basicsize as usize == size_of::<T>()
                && passes(&*iterator.get().cast::<T>(), iterable.get())
            {
                address = ty as usize;
            }
        }
        py::PyErr_Clear();
        address
    }
}

unsafe fn check_list_iterator() -> usize {
    // SAFETY: a list of three; `check` consumes it.
    unsafe {
        let list = Owned::new(py::PyList_New(0));
        for _ in 0..3 {
            if !list.is_null() {
                py::PyList_Append(list.get(), py::none());
            }
        }
        check(list, |it: &ListIterator, list| it.index == 1 && it.sequence == list)
    }
}

unsafe fn check_tuple_iterator() -> usize {
    // SAFETY: a tuple of three; `check` consumes it.
    unsafe {
        let tuple = Owned::new(py::PyTuple_Pack(3, py::none(), py::none(), py::none()));
        check(tuple, |it: &TupleIterator, tuple| it.index == 1 && it.sequence == tuple)
    }
}

unsafe fn check_range_iterator() -> usize {
    // SAFETY: range(5, 50, 7); `check` consumes it.
    unsafe {
        let range = Owned::new(py::PyObject_CallFunction(
            (&raw mut py::PyRange_Type).cast(),
            c"iii".as_ptr().cast_mut(),
            5i32,
            50i32,
            7i32,
        ));
        check(range, |it: &RangeIterator, _| (it.index, it.start, it.step, it.len) == (1, 5, 7, 7))
    }
}

unsafe fn check_enumerate() -> usize {
    // SAFETY: over a pair, from 7 on; `check` consumes it.
    unsafe {
        let tuple = Owned::new(py::PyTuple_Pack(2, py::none(), py::none()));
        let enumerate = Owned::new(py::PyObject_CallFunction(
            (&raw mut py::PyEnum_Type).cast(),
            c"Oi".as_ptr().cast_mut(),
            tuple.get(),
            7i32,
        ));
        let iterates = types().tuple;
        check(enumerate, |it: &Enumerate, _| {
            it.index == 8
                && it.long_index.is_null()
                && !it.iterator.is_null()
                && py::type_of(it.iterator) as usize == iterates
                && !it.result.is_null()
                && py::type_of(it.result) == &raw mut py::PyTuple_Type
                && py::size_of_var(it.result) == 2
        })
    }
}
