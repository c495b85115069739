//! `BUILD_*`, `LIST_APPEND`, `SET_ADD`, `MAP_ADD`, `STORE_MAP`.

use super::Frame;
use super::stack::Stack;
use crate::py::{self, Object};
use std::ptr;

/// `BUILD_TUPLE`
pub(super) unsafe extern "C" fn build_tuple(_frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
    // SAFETY: the operands are ours; the tuple takes them over.
    unsafe {
        let operands = Stack::new(at, count);
        let tuple = py::PyTuple_New(count as isize);
        if !tuple.is_null() {
            let items = (&raw mut (*tuple.cast::<py::PyTupleObject>()).ob_item).cast::<Object>();
            ptr::copy_nonoverlapping(at, items, operands.len());
            operands.forget();
        }
        tuple
    }
}

/// `BUILD_LIST`
pub(super) unsafe extern "C" fn build_list(_frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
    // SAFETY: the operands are ours; the list takes them over.
    unsafe {
        let operands = Stack::new(at, count);
        let list = py::PyList_New(count as isize);
        if !list.is_null() && count > 0 {
            ptr::copy_nonoverlapping(at, (*list.cast::<py::PyListObject>()).ob_item, operands.len());
            operands.forget();
        }
        list
    }
}

/// `BUILD_SET`: 3.4 adds the topmost operand first, the others the lowest.
pub(super) unsafe extern "C" fn build_set(_frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
    // SAFETY: the operands are ours; each is released once it was offered to the set.
    unsafe {
        let operands = Stack::new(at, count);
        let set = py::PySet_New(ptr::null_mut());
        if set.is_null() {
            return set;
        }
        operands.forget();
        let mut failed = false;
        for index in 0..count as usize {
            let index = if cfg!(py34) { count as usize - 1 - index } else { index };
            let item = *at.add(index);
            failed = failed || py::PySet_Add(set, item) != 0;
            py::decref(item);
        }
        if failed {
            py::decref(set);
            return ptr::null_mut();
        }
        set
    }
}

/// `BUILD_MAP`: 3.5 fills the dict, the others only make it.
pub(super) unsafe extern "C" fn build_map(
    _frame: Frame,
    at: *mut Object,
    count: i64,
    immediate: i64,
) -> Object {
    // SAFETY: the operands are ours, pairs of key and value.
    unsafe {
        let operands = Stack::new(at, count);
        let size = if cfg!(py35) { count / 2 } else { immediate };
        let map = py::_PyDict_NewPresized(size as isize);
        if map.is_null() {
            return map;
        }
        for pair in 0..operands.len() / 2 {
            if py::PyDict_SetItem(map, operands.peek(2 * pair), operands.peek(2 * pair + 1)) != 0 {
                py::decref(map);
                return ptr::null_mut();
            }
        }
        map
    }
}

/// `BUILD_SLICE`
pub(super) unsafe extern "C" fn build_slice(_frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
    // SAFETY: two or three operands, ours.
    unsafe {
        let operands = Stack::new(at, count);
        let step = if count == 3 { operands.peek(2) } else { ptr::null_mut() };
        py::PySlice_New(operands.peek(0), operands.peek(1), step)
    }
}

/// `LIST_APPEND`
pub(super) unsafe extern "C" fn list_append(_frame: Frame, list: Object, value: Object) -> i64 {
    // SAFETY: see the module.
    unsafe { py::PyList_Append(list, value).into() }
}

/// `SET_ADD`
pub(super) unsafe extern "C" fn set_add(_frame: Frame, set: Object, value: Object) -> i64 {
    // SAFETY: see the module.
    unsafe { py::PySet_Add(set, value).into() }
}

/// `MAP_ADD`, `STORE_MAP`
pub(super) unsafe extern "C" fn map_add(_frame: Frame, map: Object, key: Object, value: Object) -> i64 {
    // SAFETY: see the module.
    unsafe { py::PyDict_SetItem(map, key, value).into() }
}

/// The addresses of the `BUILD_*_UNPACK` helpers.
pub(super) struct UnpackAddresses {
    /// `BUILD_TUPLE_UNPACK`
    pub(super) tuple: usize,
    /// `BUILD_LIST_UNPACK`
    pub(super) list: usize,
    /// `BUILD_SET_UNPACK`
    pub(super) set: usize,
    /// `BUILD_MAP_UNPACK`
    pub(super) map: usize,
}

/// The addresses of the `BUILD_*_UNPACK` helpers.
#[cfg(not(py35))]
pub(super) fn unpack_addresses() -> UnpackAddresses {
    let none = super::address_of!(super::no_instruction_object);
    UnpackAddresses { tuple: none, list: none, set: none, map: none }
}

#[cfg(py35)]
pub(super) use unpack::unpack_addresses;

/// PEP 448.
#[cfg(py35)]
mod unpack {
    use super::super::address_of;
    use super::*;
    use crate::runtime::stack::Owned;

    /// The addresses of the `BUILD_*_UNPACK` helpers.
    pub(in super::super) fn unpack_addresses() -> UnpackAddresses {
        UnpackAddresses {
            tuple: address_of!(tuple),
            list: address_of!(list),
            set: address_of!(set),
            map: address_of!(map),
        }
    }

    /// `BUILD_LIST_UNPACK`
    unsafe extern "C" fn list(_frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
        // SAFETY: the operands are ours.
        unsafe {
            let operands = Stack::new(at, count);
            let mut list = Owned(py::PyList_New(0));
            if list.0.is_null() {
                return ptr::null_mut();
            }
            for index in 0..operands.len() {
                let none = py::_PyList_Extend(list.0.cast(), operands.peek(index));
                if none.is_null() {
                    return ptr::null_mut();
                }
                py::decref(none);
            }
            std::mem::replace(&mut list.0, ptr::null_mut())
        }
    }

    /// `BUILD_TUPLE_UNPACK`
    unsafe extern "C" fn tuple(frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
        // SAFETY: the operands are ours, and `list` consumes them.
        unsafe {
            let list = Owned(list(frame, at, count, 0));
            if list.0.is_null() { ptr::null_mut() } else { py::PyList_AsTuple(list.0) }
        }
    }

    /// `BUILD_SET_UNPACK`
    unsafe extern "C" fn set(_frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
        // SAFETY: the operands are ours.
        unsafe {
            let operands = Stack::new(at, count);
            let mut set = Owned(py::PySet_New(ptr::null_mut()));
            if set.0.is_null() {
                return ptr::null_mut();
            }
            for index in 0..operands.len() {
                if py::_PySet_Update(set.0, operands.peek(index)) < 0 {
                    return ptr::null_mut();
                }
            }
            std::mem::replace(&mut set.0, ptr::null_mut())
        }
    }

    /// `BUILD_MAP_UNPACK`
    unsafe extern "C" fn map(_frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
        // SAFETY: the operands are ours.
        unsafe {
            let operands = Stack::new(at, count);
            let mut map = Owned(py::PyDict_New());
            if map.0.is_null() {
                return ptr::null_mut();
            }
            for index in 0..operands.len() {
                let argument = operands.peek(index);
                if py::PyDict_Update(map.0, argument) < 0 {
                    if py::PyErr_ExceptionMatches(py::PyExc_AttributeError) != 0 {
                        py::PyErr_Format(
                            py::PyExc_TypeError,
                            c"'%.200s' object is not a mapping".as_ptr(),
                            (*py::type_of(argument)).tp_name,
                        );
                    }
                    return ptr::null_mut();
                }
            }
            std::mem::replace(&mut map.0, ptr::null_mut())
        }
    }
}
