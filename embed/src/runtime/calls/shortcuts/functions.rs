//! Builtin functions.

use crate::py::evaluation::thread_state;
use crate::py::{self, Object, strings};
use crate::run::enter;
use crate::runtime::calls::shortcuts::shortcut::{Outcome, Shortcut, none_if_done, shortcut, truth_of};
use crate::runtime::data::instances;
use std::ffi::CStr;
use std::ptr;

/// The functions, by their names.
pub fn functions() -> [(&'static CStr, Shortcut); 8] {
    [
        (c"divmod", shortcut!(divmod)),
        (c"getattr", shortcut!(getattr)),
        (c"hasattr", shortcut!(hasattr)),
        (c"issubclass", shortcut!(issubclass)),
        (c"iter", shortcut!(iter)),
        (c"next", shortcut!(next)),
        (c"setattr", shortcut!(setattr)),
        (c"sorted", shortcut!(sorted)),
    ]
}

/// `builtin_divmod`
unsafe fn divmod(_: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe { (count == 2).then(|| py::PyNumber_Divmod(*arguments, *arguments.add(1))) }
}

/// The `str` that an attribute is asked for by, borrowed: on 2.7 that of an exact `unicode` too, which keeps
/// it.
#[inline(always)]
unsafe fn name_of(object: Object) -> Option<Object> {
    // SAFETY: alive.
    unsafe {
        if strings::is_str(object) {
            return Some(object);
        }
        #[cfg(py2)]
        if py::type_of(object) == &raw mut py::PyUnicode_Type
            && CStr::from_ptr(py::default_encoding()) == c"ascii"
        {
            let name = py::default_encoded(object, ptr::null());
            if name.is_null() {
                py::PyErr_Clear();
            } else if strings::is_str(name) {
                // It is looked for under its address.
                let kept = &raw mut (*object.cast::<py::PyUnicodeObject>()).defenc;
                if *kept == name && !strings::is_interned(name) {
                    py::PyString_InternInPlace(kept);
                }
                return Some(*kept);
            }
        }
        None
    }
}

/// `builtin_getattr`
unsafe fn getattr(_: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`; the helper has no use for a frame.
    unsafe {
        let default = match count {
            2 => ptr::null_mut(),
            3 => *arguments.add(2),
            _ => return None,
        };
        let name = name_of(*arguments.add(1))?;
        Some(instances::get_attr(ptr::null_mut(), *arguments, name, default))
    }
}

/// `builtin_hasattr`
unsafe fn hasattr(_: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`; the helper has no use for a frame.
    unsafe {
        if count != 2 {
            return None;
        }
        let name = name_of(*arguments.add(1))?;
        let status = instances::has_attr(ptr::null_mut(), *arguments, name);
        Some(truth_of(status as i32))
    }
}

/// `builtin_issubclass`
unsafe fn issubclass(_: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe { (count == 2).then(|| truth_of(py::PyObject_IsSubclass(*arguments, *arguments.add(1)))) }
}

/// `builtin_iter`
unsafe fn iter(_: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe { (count == 1).then(|| py::PyObject_GetIter(*arguments)) }
}

/// `builtin_next`
unsafe fn next(_: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`, and what the slot of an iterator promises.
    unsafe {
        if !(1..=2).contains(&count) || !is_iterator(*arguments) {
            return None;
        }
        let iterator = *arguments;
        let item = (*py::type_of(iterator)).tp_iternext.unwrap_unchecked()(iterator);
        if !item.is_null() {
            return Some(item);
        }
        let is_error = !py::PyErr_Occurred().is_null();
        if count == 1 {
            if !is_error {
                py::PyErr_SetNone(py::PyExc_StopIteration);
            }
            return Some(ptr::null_mut());
        }
        if is_error {
            if py::PyErr_ExceptionMatches(py::PyExc_StopIteration) == 0 {
                return Some(ptr::null_mut());
            }
            py::PyErr_Clear();
        }
        let default = *arguments.add(1);
        py::incref(default);
        Some(default)
    }
}

/// `PyIter_Check`
unsafe fn is_iterator(object: Object) -> bool {
    // SAFETY: alive.
    unsafe {
        let ty = py::type_of(object);
        #[cfg(py2)]
        if !py::has_feature(ty, py::Py_TPFLAGS_HAVE_ITER as u64) {
            return false;
        }
        (*ty).tp_iternext.is_some_and(|next| !ptr::fn_addr_eq(next, NOT_IMPLEMENTED))
    }
}

/// What the slot has of types that once were those of iterators.
const NOT_IMPLEMENTED: unsafe extern "C" fn(Object) -> Object = py::_PyObject_NextNotImplemented;

/// `builtin_setattr`
unsafe fn setattr(_: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`.
    unsafe {
        let set = || py::PyObject_SetAttr(*arguments, *arguments.add(1), *arguments.add(2));
        (count == 3).then(|| none_if_done(set()))
    }
}

/// `builtin_sorted`, which calls `list.sort` one level deeper.
unsafe fn sorted(_: Object, arguments: *const Object, count: usize) -> Option<Object> {
    // SAFETY: by the contract of `Shortcut`; the current thread.
    unsafe {
        let thread = thread_state();
        if count != 1 || !enter::has_room_for(thread, 1) {
            return None;
        }
        let list = py::PySequence_List(*arguments);
        if list.is_null() {
            return Some(list);
        }
        (*thread).recursion_depth += 1;
        let status = py::PyList_Sort(list);
        (*thread).recursion_depth -= 1;
        if status != 0 {
            py::decref(list);
            return Some(ptr::null_mut());
        }
        Some(list)
    }
}
