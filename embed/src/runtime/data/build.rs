//! `BUILD_*`, `LIST_APPEND`, `SET_ADD`, `MAP_ADD`, `STORE_MAP`.

use crate::py::Frame;
use crate::py::references::Owned;
use crate::py::stack::Stack;
use crate::py::{self, Object};
use std::ptr;

/// `BUILD_TUPLE`
pub unsafe extern "C" fn build_tuple(_frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
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
pub unsafe extern "C" fn build_list(_frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
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
pub unsafe extern "C" fn build_set(_frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
    // SAFETY: the operands are ours; each is released once it was offered to the set.
    unsafe {
        let operands = Stack::new(at, count);
        let set = Owned::new(py::PySet_New(ptr::null_mut()));
        if set.is_null() {
            return ptr::null_mut();
        }
        operands.forget();
        let mut failed = false;
        for index in 0..count as usize {
            let index = if cfg!(py34) { count as usize - 1 - index } else { index };
            let item = Owned::new(*at.add(index));
            failed = failed || py::PySet_Add(set.get(), item.get()) != 0;
        }
        if failed { ptr::null_mut() } else { set.give() }
    }
}

/// `BUILD_MAP`: 3.5 fills the dict, the others only make it.
pub unsafe extern "C" fn build_map(_frame: Frame, at: *mut Object, count: i64, immediate: i64) -> Object {
    // SAFETY: the operands are ours, pairs of key and value.
    unsafe {
        let operands = Stack::new(at, count);
        let size = if cfg!(py35) { count / 2 } else { immediate };
        let map = Owned::new(py::_PyDict_NewPresized(size as isize));
        if map.is_null() {
            return ptr::null_mut();
        }
        for pair in 0..operands.len() / 2 {
            let (key, value) = (operands.peek(2 * pair), operands.peek(2 * pair + 1));
            if py::PyDict_SetItem(map.get(), key.get(), value.get()) != 0 {
                return ptr::null_mut();
            }
        }
        map.give()
    }
}

/// `BUILD_SLICE`
pub unsafe extern "C" fn build_slice(_frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
    // SAFETY: two or three operands, ours.
    unsafe {
        let operands = Stack::new(at, count);
        let step = if count == 3 { operands.peek(2).get() } else { ptr::null_mut() };
        py::PySlice_New(operands.peek(0).get(), operands.peek(1).get(), step)
    }
}

/// Appends an item whose reference it takes over to a list: see `Host::list_append`.
///
/// # Safety
/// A list, and an owned reference; the GIL is held.
pub unsafe extern "C" fn list_append(list: Object, item: Object) -> i64 {
    // SAFETY: by the contract; the list has a reference of its own by then.
    unsafe {
        if py::PyList_Append(list, item) != 0 {
            py::PyErr_Clear();
            return 0;
        }
        py::decref(item);
        1
    }
}

/// `LIST_APPEND`
pub unsafe extern "C" fn append_to_list(_frame: Frame, list: Object, value: Object) -> i64 {
    // SAFETY: see the module.
    unsafe { py::PyList_Append(list, value).into() }
}

/// `SET_ADD`
pub unsafe extern "C" fn set_add(_frame: Frame, set: Object, value: Object) -> i64 {
    // SAFETY: see the module.
    unsafe { py::PySet_Add(set, value).into() }
}

/// `MAP_ADD`, `STORE_MAP`
pub unsafe extern "C" fn map_add(_frame: Frame, map: Object, key: Object, value: Object) -> i64 {
    // SAFETY: see the module.
    unsafe { py::PyDict_SetItem(map, key, value).into() }
}

/// The addresses of the `BUILD_*_UNPACK` helpers.
pub struct UnpackAddresses {
    /// `BUILD_TUPLE_UNPACK`
    pub tuple: usize,
    /// `BUILD_LIST_UNPACK`
    pub list: usize,
    /// `BUILD_SET_UNPACK`
    pub set: usize,
    /// `BUILD_MAP_UNPACK`
    pub map: usize,
    /// `BUILD_MAP_UNPACK_WITH_CALL`
    pub map_with_call: usize,
}

/// The addresses of the `BUILD_*_UNPACK` helpers.
#[cfg(not(py35))]
pub fn unpack_addresses() -> UnpackAddresses {
    let none = address_of!(crate::runtime::helper::no_instruction_object);
    let map_with_call = address_of!(crate::runtime::helper::no_instruction_status);
    UnpackAddresses { tuple: none, list: none, set: none, map: none, map_with_call }
}

#[cfg(py35)]
pub use unpack::unpack_addresses;

/// PEP 448.
#[cfg(py35)]
mod unpack {
    use super::*;

    /// The addresses of the `BUILD_*_UNPACK` helpers.
    pub fn unpack_addresses() -> UnpackAddresses {
        UnpackAddresses {
            tuple: address_of!(tuple),
            list: address_of!(list),
            set: address_of!(set),
            map: address_of!(map),
            map_with_call: address_of!(map_with_call),
        }
    }

    /// `BUILD_LIST_UNPACK`
    unsafe extern "C" fn list(_frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
        // SAFETY: the operands are ours.
        unsafe {
            let operands = Stack::new(at, count);
            let list = Owned::new(py::PyList_New(0));
            if list.is_null() {
                return ptr::null_mut();
            }
            for index in 0..operands.len() {
                let none = Owned::new(py::_PyList_Extend(list.get().cast(), operands.peek(index).get()));
                if none.is_null() {
                    return ptr::null_mut();
                }
            }
            list.give()
        }
    }

    /// `BUILD_TUPLE_UNPACK`
    unsafe extern "C" fn tuple(frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
        // SAFETY: the operands are ours, and `list` consumes them.
        unsafe {
            let list = Owned::new(list(frame, at, count, 0));
            if list.is_null() { ptr::null_mut() } else { py::PyList_AsTuple(list.get()) }
        }
    }

    /// `BUILD_SET_UNPACK`
    unsafe extern "C" fn set(_frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
        // SAFETY: the operands are ours.
        unsafe {
            let operands = Stack::new(at, count);
            let set = Owned::new(py::PySet_New(ptr::null_mut()));
            if set.is_null() {
                return ptr::null_mut();
            }
            for index in 0..operands.len() {
                if py::_PySet_Update(set.get(), operands.peek(index).get()) < 0 {
                    return ptr::null_mut();
                }
            }
            set.give()
        }
    }

    /// `BUILD_MAP_UNPACK`
    unsafe extern "C" fn map(_frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
        // SAFETY: the operands are ours.
        unsafe {
            let operands = Stack::new(at, count);
            let map = Owned::new(py::PyDict_New());
            if map.is_null() {
                return ptr::null_mut();
            }
            for index in 0..operands.len() {
                let argument = operands.peek(index).get();
                if py::PyDict_Update(map.get(), argument) < 0 {
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
            map.give()
        }
    }

    /// `BUILD_MAP_UNPACK_WITH_CALL`. The function, when it is among the operands, stays below the
    /// result.
    unsafe extern "C" fn map_with_call(_frame: Frame, at: *mut Object, count: i64, operand: i64) -> i64 {
        // SAFETY: the operands are ours.
        unsafe {
            let mut operands = Stack::new(at, count);
            let function = (operand >> 8 & 0xff == 1).then(|| operands.peek(0).get());
            let first = usize::from(function.is_some());
            let sum = Owned::new(py::PyDict_New());
            if sum.is_null() {
                return -1;
            }
            for index in first..operands.len() {
                if !add_keywords(sum.get(), operands.peek(index).get(), function) {
                    return -1;
                }
            }
            while operands.len() > first {
                drop(operands.pop());
            }
            operands.forget();
            *at.add(first) = sum.give();
            0
        }
    }

    /// Adds one mapping of keyword arguments; false with an exception set.
    unsafe fn add_keywords(sum: Object, mapping: Object, function: Option<Object>) -> bool {
        // SAFETY: borrowed arguments; formats match what they are given.
        unsafe {
            let common = Owned::new(py::_PyDictView_Intersect(sum, mapping));
            if common.is_null() {
                if py::PyErr_ExceptionMatches(py::PyExc_AttributeError) != 0
                    || py::PyMapping_Check(mapping) == 0
                {
                    raise_no_mapping(mapping, function);
                }
                return false;
            }
            if py::PySet_Size(common.get()) > 0 {
                let (mut index, mut key, mut hash) = (0, ptr::null_mut(), 0);
                py::_PySet_NextEntry(common.get(), &mut index, &mut key, &mut hash);
                raise_repeated(key, function);
                return false;
            }
            drop(common);
            if py::PyDict_Update(sum, mapping) >= 0 {
                return true;
            }
            if py::PyErr_ExceptionMatches(py::PyExc_AttributeError) != 0 {
                raise_no_mapping(mapping, function);
            }
            false
        }
    }

    unsafe fn raise_no_mapping(mapping: Object, function: Option<Object>) {
        // SAFETY: the formats match what they are given.
        unsafe {
            let name = (*py::type_of(mapping)).tp_name;
            match function {
                Some(function) => py::PyErr_Format(
                    py::PyExc_TypeError,
                    c"%.200s%.200s argument after ** must be a mapping, not %.200s".as_ptr(),
                    py::PyEval_GetFuncName(function),
                    py::PyEval_GetFuncDesc(function),
                    name,
                ),
                None => {
                    let format = c"argument after ** must be a mapping, not %.200s";
                    py::PyErr_Format(py::PyExc_TypeError, format.as_ptr(), name)
                }
            };
        }
    }

    unsafe fn raise_repeated(key: Object, function: Option<Object>) {
        // SAFETY: the formats match what they are given.
        unsafe {
            let is_string = py::has_feature(py::type_of(key), py::Py_TPFLAGS_UNICODE_SUBCLASS as u64);
            let error = py::PyExc_TypeError;
            let Some(function) = function else {
                if is_string {
                    let format = c"function got multiple values for keyword argument '%U'";
                    py::PyErr_Format(error, format.as_ptr(), key);
                } else {
                    py::PyErr_SetString(error, c"keywords must be strings".as_ptr());
                }
                return;
            };
            let (name, description) = (py::PyEval_GetFuncName(function), py::PyEval_GetFuncDesc(function));
            if is_string {
                let format = c"%.200s%.200s got multiple values for keyword argument '%U'";
                py::PyErr_Format(error, format.as_ptr(), name, description, key);
            } else {
                let format = c"%.200s%.200s keywords must be strings";
                py::PyErr_Format(error, format.as_ptr(), name, description);
            }
        }
    }
}
