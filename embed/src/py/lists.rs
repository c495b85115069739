//! Exact lists changed and searched in place, without foreign code.

use crate::py::{self, Object, keys, slices};
use std::ptr;

/// Whether an object is an exact list.
///
/// # Safety
/// Alive.
#[inline(always)]
pub unsafe fn is_list(object: Object) -> bool {
    // SAFETY: alive by the contract.
    unsafe { py::type_of(object) == &raw mut py::PyList_Type }
}

/// Takes the item at a Python index out of a list: its reference is the caller's then. `None`, nothing done,
/// when there is none, or memory has to be given back.
///
/// # Safety
/// An exact list.
#[inline(always)]
pub unsafe fn take_at(list: Object, index: isize) -> Option<Object> {
    // SAFETY: by the contract; the index is looked at.
    unsafe {
        let size = py::size_of_var(list);
        let index = if index < 0 { index + size } else { index };
        let fields = list.cast::<py::PyListObject>();
        // `list_resize` keeps the memory while half of it is in use.
        if !(0..size).contains(&index) || size <= (*fields).allocated >> 1 {
            return None;
        }
        let place = (*fields).ob_item.offset(index);
        let item = *place;
        ptr::copy(place.add(1), place, (size - index - 1) as usize);
        (*list.cast::<py::PyVarObject>()).ob_size = size - 1;
        Some(item)
    }
}

/// Puts an item, of which it takes a reference of its own, before the one at a Python index; false, nothing
/// done, when there is no room.
///
/// # Safety
/// An exact list, and an object that is alive.
#[inline(always)]
pub unsafe fn insert_at(list: Object, index: isize, item: Object) -> bool {
    // SAFETY: by the contract; the index is brought within the list.
    unsafe {
        let size = py::size_of_var(list);
        let fields = list.cast::<py::PyListObject>();
        let allocated = (*fields).allocated;
        if size >= allocated || size + 1 < allocated >> 1 {
            return false;
        }
        let index = slices::within(index, size, 0, size);
        let place = (*fields).ob_item.offset(index);
        ptr::copy(place, place.add(1), (size - index) as usize);
        py::incref(item);
        *place = item;
        (*list.cast::<py::PyVarObject>()).ob_size = size + 1;
        true
    }
}

/// The index of the first item that equals an object; `None` when there is none, or only foreign code can
/// tell.
///
/// # Safety
/// An exact list, and an object that is alive.
pub unsafe fn index_of(list: Object, object: Object) -> Option<usize> {
    // SAFETY: by the contract; nothing runs that changes the list.
    unsafe {
        for index in 0..py::size_of_var(list) as usize {
            if keys::are_equal(py::list_item(list, index), object)? {
                return Some(index);
            }
        }
        None
    }
}
