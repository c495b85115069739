//! Methods of lists and dicts. Only of exact ones, as others may have their own ways.

use crate::py::dict::{Found, Table};
use crate::py::keys;
use crate::py::lists::{self, is_list};
use crate::py::{self, Object, PyTypeObject};
use crate::runtime::calls::shortcuts::shortcut::{Outcome, Shortcut, none_if_done, shortcut};
use std::ffi::CStr;
use std::ptr;

/// The methods: type, name.
pub fn methods() -> [(*mut PyTypeObject, &'static CStr, Shortcut); 8] {
    let (list, dict) = (&raw mut py::PyList_Type, &raw mut py::PyDict_Type);
    [
        (list, c"pop", shortcut!(list_pop)),
        (list, c"insert", shortcut!(list_insert)),
        (list, c"sort", shortcut!(list_sort)),
        (list, c"index", shortcut!(list_index)),
        (dict, c"get", shortcut!(dict_get)),
        (dict, c"setdefault", shortcut!(dict_setdefault)),
        (dict, c"pop", shortcut!(dict_pop)),
        (dict, c"update", shortcut!(dict_update)),
    ]
}

/// `listpop`
unsafe fn list_pop(list: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`; the reference of the list becomes the caller's.
    unsafe {
        let index = match count {
            0 => -1,
            1 => keys::small_int(*arguments)? as isize,
            _ => return None,
        };
        if !is_list(list) {
            return None;
        }
        if let Some(item) = lists::take_at(list, index) {
            return Some(item);
        }
        let size = py::size_of_var(list);
        let index = if index < 0 { index + size } else { index };
        if !(0..size).contains(&index) {
            return None;
        }
        let item = py::list_item(list, index as usize);
        py::incref(item);
        if py::PyList_SetSlice(list, index, index + 1, ptr::null_mut()) != 0 {
            py::decref(item);
            return Some(ptr::null_mut());
        }
        Some(item)
    }
}

/// `listinsert`
unsafe fn list_insert(list: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe {
        if count != 2 || !is_list(list) {
            return None;
        }
        let index = keys::small_int(*arguments)? as isize;
        Some(none_if_done(py::PyList_Insert(list, index, *arguments.add(1))))
    }
}

/// `listindex`
unsafe fn list_index(list: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe {
        if count != 1 || !is_list(list) {
            return None;
        }
        lists::index_of(list, *arguments).map(|index| py::new_int(index as std::ffi::c_long))
    }
}

/// `listsort`
unsafe fn list_sort(list: Object, _: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe { (count == 0 && is_list(list)).then(|| none_if_done(py::PyList_Sort(list))) }
}

/// `dict_get`
unsafe fn dict_get(dict: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`; the caller holds the default.
    unsafe {
        let default = default_of(arguments, count)?;
        let value = match find(dict, *arguments) {
            Some((table, Found::At(index))) => table.value_at(index),
            Some((_, Found::Absent)) => default,
            Some((_, Found::Unknown)) | None => return None,
        };
        py::incref(value);
        Some(value)
    }
}

/// The default of `get` or `setdefault` with so many arguments.
unsafe fn default_of(arguments: *const Object, count: usize) -> Option<Object> {
    match count {
        1 => Some(py::none()),
        // SAFETY: so many arguments are there.
        2 => Some(unsafe { *arguments.add(1) }),
        _ => None,
    }
}

/// What an exact dict has under a key, if nothing foreign has to be asked for that.
unsafe fn find(dict: Object, key: Object) -> Option<(Table, Found)> {
    // SAFETY: alive by the contract of `Shortcut`.
    unsafe {
        let (table, hash) = (Table::of_exact(dict)?, keys::hash(key)?);
        let found = table.find_key(key, hash);
        Some((table, found))
    }
}

/// `dict_setdefault`
unsafe fn dict_setdefault(dict: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`. Looking for the key again asks nobody either.
    unsafe {
        let default = default_of(arguments, count)?;
        let value = match find(dict, *arguments) {
            Some((table, Found::At(index))) => table.value_at(index),
            Some((_, Found::Absent)) => {
                if py::PyDict_SetItem(dict, *arguments, default) != 0 {
                    return Some(ptr::null_mut());
                }
                default
            }
            Some((_, Found::Unknown)) | None => return None,
        };
        py::incref(value);
        Some(value)
    }
}

/// `dict_pop`
unsafe fn dict_pop(dict: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`. Looking for the key again asks nobody either.
    unsafe {
        if !(1..=2).contains(&count) {
            return None;
        }
        let value = match find(dict, *arguments) {
            Some((table, Found::At(index))) => table.value_at(index),
            Some((_, Found::Absent)) if count == 2 => {
                let default = *arguments.add(1);
                py::incref(default);
                return Some(default);
            }
            Some((_, Found::Absent | Found::Unknown)) | None => return None,
        };
        py::incref(value);
        if py::PyDict_DelItem(dict, *arguments) != 0 {
            py::decref(value);
            return Some(ptr::null_mut());
        }
        Some(value)
    }
}

/// `dict_update`
unsafe fn dict_update(dict: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe {
        let is_dict = |object| py::type_of(object) == &raw mut py::PyDict_Type;
        if count != 1 || !is_dict(dict) || !is_dict(*arguments) {
            return None;
        }
        Some(none_if_done(py::PyDict_Merge(dict, *arguments, 1)))
    }
}
