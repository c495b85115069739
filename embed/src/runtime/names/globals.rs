//! `LOAD_GLOBAL` with its cache, `STORE_GLOBAL`, `DELETE_GLOBAL`, and the globals as slots.

use crate::py::dict::{self, Found, Table};
use crate::py::{self, Object};
use crate::py::{Frame, evaluator};
use std::ptr;

/// What a site remembers; all zero at first.
#[repr(C)]
pub struct GlobalCache {
    /// Where the name was found.
    place: Place,
    /// At which index.
    index: usize,
}

fits_cache!(GlobalCache);

/// Where a global name was found.
#[derive(Clone, Copy, PartialEq)]
#[repr(usize)]
#[allow(dead_code, reason = "`Nowhere` is what zeroed memory holds")]
enum Place {
    Nowhere = 0,
    Globals = 1,
    Builtins = 2,
}

/// `LOAD_GLOBAL`
pub unsafe extern "C" fn load_global(frame: Frame, name: Object, cache: *mut GlobalCache) -> Object {
    // SAFETY: see the module; the tables are not used after anything else ran.
    unsafe {
        let (globals, builtins) = ((*frame).f_globals, (*frame).f_builtins);
        if !cache.is_null()
            && let Some(table) = Table::of(globals)
        {
            let cached = match (*cache).place {
                Place::Nowhere => ptr::null_mut(),
                Place::Globals => table.value((*cache).index, name),
                Place::Builtins => match (table.find(name), Table::of(builtins)) {
                    (Found::Absent, Some(table)) => table.value((*cache).index, name),
                    _ => ptr::null_mut(),
                },
            };
            if !cached.is_null() {
                py::incref(cached);
                return cached;
            }
        }
        let value = look_up(globals, builtins, name);
        if !value.is_null() && !cache.is_null() {
            remember(globals, builtins, name, &mut *cache);
        }
        value
    }
}

/// Notes where a name that was found is.
#[cold]
unsafe fn remember(globals: Object, builtins: Object, name: Object, cache: &mut GlobalCache) {
    // SAFETY: borrowed arguments.
    unsafe {
        let (Some(globals), Some(builtins)) = (Table::of(globals), Table::of(builtins)) else { return };
        match globals.find(name) {
            Found::At(index) => *cache = GlobalCache { place: Place::Globals, index },
            Found::Unknown => {}
            Found::Absent => {
                if let Found::At(index) = builtins.find(name) {
                    *cache = GlobalCache { place: Place::Builtins, index };
                }
            }
        }
    }
}

/// `LOAD_GLOBAL` as 2.7 has it.
#[cfg(py2)]
unsafe fn look_up(globals: Object, builtins: Object, name: Object) -> Object {
    // SAFETY: borrowed arguments. An interned name has its hash, and the evaluator then looks
    // it up by `ma_lookup`, which lets an exception of a key's __eq__ through.
    unsafe {
        let hash = (*name.cast::<py::PyStringObject>()).ob_shash;
        for namespace in [globals, builtins] {
            let value = if hash == -1 {
                py::PyDict_GetItem(namespace, name)
            } else {
                let dict = namespace.cast::<py::PyDictObject>();
                let entry = (*dict).ma_lookup.unwrap_unchecked()(dict, name, hash);
                if entry.is_null() {
                    return ptr::null_mut();
                }
                (*entry).me_value
            };
            if !value.is_null() {
                py::incref(value);
                return value;
            }
        }
        evaluator::format_exc_check_arg(py::PyExc_NameError, evaluator::GLOBAL_NAME_ERROR, name);
        ptr::null_mut()
    }
}

/// `LOAD_GLOBAL` as 3.4 and 3.5 have it.
#[cfg(py3)]
unsafe fn look_up(globals: Object, builtins: Object, name: Object) -> Object {
    let dict_type = &raw mut py::PyDict_Type;
    // SAFETY: borrowed arguments.
    unsafe {
        if py::type_of(globals) == dict_type && py::type_of(builtins) == dict_type {
            let value = py::_PyDict_LoadGlobal(globals.cast(), builtins.cast(), name);
            if value.is_null() && py::PyErr_Occurred().is_null() {
                evaluator::format_exc_check_arg(py::PyExc_NameError, evaluator::NAME_ERROR, name);
            }
            py::xincref(value);
            return value;
        }
        let value = py::PyObject_GetItem(globals, name);
        if !value.is_null() {
            return value;
        }
        // 3.4 goes on with whatever exception is set.
        #[cfg(py35)]
        {
            if py::PyErr_ExceptionMatches(py::PyExc_KeyError) == 0 {
                return ptr::null_mut();
            }
            py::PyErr_Clear();
        }
        let value = py::PyObject_GetItem(builtins, name);
        if value.is_null() && py::PyErr_ExceptionMatches(py::PyExc_KeyError) != 0 {
            evaluator::format_exc_check_arg(py::PyExc_NameError, evaluator::NAME_ERROR, name);
        }
        value
    }
}

/// `STORE_GLOBAL`
pub unsafe extern "C" fn store_global(frame: Frame, value: Object, name: Object) -> i64 {
    // SAFETY: see the module.
    unsafe { py::PyDict_SetItem((*frame).f_globals, name, value).into() }
}

/// `DELETE_GLOBAL`
pub unsafe extern "C" fn delete_global(frame: Frame, name: Object) -> i64 {
    // SAFETY: see the module.
    unsafe {
        let status = py::PyDict_DelItem((*frame).f_globals, name);
        if status != 0 {
            evaluator::format_exc_check_arg(py::PyExc_NameError, evaluator::GLOBAL_NAME_ERROR, name);
        }
        status.into()
    }
}

/// The value of a global found by the identity of its name: borrowed, NULL (and no exception)
/// when only the real lookup can tell.
pub unsafe extern "C" fn name_value(frame: Frame, name: Object) -> Object {
    // SAFETY: see the module.
    unsafe { dict::known((*frame).f_globals, name) }
}

/// Binds a global that [`name_value`] found: as the name is there, this allocates nothing and
/// cannot fail.
pub unsafe extern "C" fn set_name(frame: Frame, value: Object, name: Object) -> i64 {
    // SAFETY: see the module.
    unsafe {
        let globals = (*frame).f_globals;
        if let Some(table) = Table::of(globals)
            && let Found::At(index) = table.find(name)
            && dict::replace(globals, index, name, value)
        {
            return 0;
        }
        py::PyDict_SetItem(globals, name, value).into()
    }
}

/// 0 when names and globals of the frame are the same, and in an exact dict; else -1.
pub unsafe extern "C" fn is_module_frame(frame: Frame) -> i64 {
    // SAFETY: see the module.
    unsafe {
        let globals = (*frame).f_globals;
        if (*frame).f_locals == globals && py::type_of(globals) == &raw mut py::PyDict_Type { 0 } else { -1 }
    }
}
