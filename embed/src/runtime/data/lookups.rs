//! Looking into containers, and changing lists, without foreign code: what only that can tell is left to the
//! general helpers.

use crate::py::dict::{self, Found, Table};
use crate::py::keys;
use crate::py::lists;
use crate::py::sets;
use crate::py::strings;
use crate::py::{self, Frame, Object};
use std::ptr;

/// `Helper::DictItem`
pub unsafe extern "C" fn dict_item(_frame: Frame, dict: Object, key: Object) -> Object {
    // SAFETY: borrowed arguments, see the module.
    unsafe {
        if let (Some(table), Some(hash)) = (Table::of_exact(dict), keys::hash(key))
            && let Found::At(index) = table.find_key(key, hash)
        {
            let value = table.value_at(index);
            py::incref(value);
            return value;
        }
        ptr::null_mut()
    }
}

/// `Helper::ListTakeAt`
pub unsafe extern "C" fn list_take_at(_frame: Frame, list: Object, index: Object) -> Object {
    // SAFETY: borrowed arguments, see the module.
    unsafe {
        match keys::small_int(index) {
            Some(index) if lists::is_list(list) => {
                lists::take_at(list, index as isize).unwrap_or(ptr::null_mut())
            }
            _ => ptr::null_mut(),
        }
    }
}

/// `Helper::ListInsert`
pub unsafe extern "C" fn list_insert(_frame: Frame, list: Object, index: Object, item: Object) -> Object {
    // SAFETY: borrowed arguments, see the module.
    unsafe {
        match keys::small_int(index) {
            Some(index) if lists::is_list(list) && lists::insert_at(list, index as isize, item) => {
                py::incref(py::none());
                py::none()
            }
            _ => ptr::null_mut(),
        }
    }
}

/// `Helper::DictGet`
pub unsafe extern "C" fn dict_get(_frame: Frame, dict: Object, key: Object, default: Object) -> Object {
    // SAFETY: borrowed arguments, see the module.
    unsafe {
        let (Some(table), Some(hash)) = (Table::of_exact(dict), keys::hash(key)) else {
            return ptr::null_mut();
        };
        let value = match table.find_key(key, hash) {
            Found::At(index) => table.value_at(index),
            Found::Absent => default,
            Found::Unknown => return ptr::null_mut(),
        };
        py::incref(value);
        value
    }
}

/// `Helper::HasAffix`
pub unsafe extern "C" fn has_affix(_frame: Frame, text: Object, part: Object, at_end: i64) -> i64 {
    // SAFETY: borrowed arguments, see the module.
    unsafe {
        if !strings::is_str(text) || !strings::is_str(part) {
            return -1;
        }
        strings::has_affix(text, part, at_end != 0).map_or(-1, i64::from)
    }
}

/// `Helper::Text`
pub unsafe extern "C" fn text(_frame: Frame, object: Object) -> Object {
    // SAFETY: a borrowed argument, see the module.
    unsafe {
        let ty = py::type_of(object);
        let is_long = ty == &raw mut py::PyLong_Type;
        let is_plain = keys::is_int(object)
            || is_long
            || strings::is_str(object)
            || ty == &raw mut py::PyFloat_Type
            || ty == &raw mut py::PyBool_Type
            || object == py::none();
        if !is_plain {
            return ptr::null_mut();
        }
        let text = py::PyObject_Str(object);
        if text.is_null() {
            py::PyErr_Clear();
        }
        text
    }
}

/// `Helper::DictSwap`
pub unsafe extern "C" fn dict_swap(_frame: Frame, dict: Object, key: Object, value: Object) -> Object {
    // SAFETY: borrowed arguments, see the module.
    unsafe { dict::swap(dict, key, value) }
}

/// `Helper::Contains`
pub unsafe extern "C" fn contains(_frame: Frame, container: Object, item: Object) -> i64 {
    // SAFETY: borrowed arguments, see the module.
    unsafe {
        let ty = py::type_of(container);
        let found = if ty == &raw mut py::PyDict_Type {
            in_dict(container, item)
        } else if ty == &raw mut py::PyTuple_Type || ty == &raw mut py::PyList_Type {
            in_sequence(container, item)
        } else if ty == &raw mut py::PySet_Type || ty == &raw mut py::PyFrozenSet_Type {
            keys::hash(item).and_then(|hash| sets::contains(container, item, hash))
        } else if strings::is_str(container) && strings::is_str(item) {
            strings::has_part(container, item)
        } else {
            None
        };
        found.map_or(-1, i64::from)
    }
}

unsafe fn in_dict(dict: Object, key: Object) -> Option<bool> {
    // SAFETY: a dict by the contract of the caller.
    unsafe {
        let (table, hash) = (Table::of_exact(dict)?, keys::hash(key)?);
        match table.find_key(key, hash) {
            Found::At(_) => Some(true),
            Found::Absent => Some(false),
            Found::Unknown => None,
        }
    }
}

unsafe fn in_sequence(sequence: Object, item: Object) -> Option<bool> {
    // SAFETY: a list or tuple by the contract of the caller; nothing runs that changes it.
    unsafe {
        let is_list = py::type_of(sequence) == &raw mut py::PyList_Type;
        for index in 0..py::size_of_var(sequence) as usize {
            let other =
                if is_list { py::list_item(sequence, index) } else { py::tuple_item(sequence, index) };
            if keys::are_equal(other, item)? {
                return Some(true);
            }
        }
        Some(false)
    }
}
