//! Calls of functions whose code is known: what compiled code does not do of them in line.

use crate::py::evaluation::{deeper, thread_state};
use crate::py::{self, Frame, Object, PyThreadState, binding, pending};
use crate::run::{thin, thin_frames};
use crate::runtime::calls::{call, functions, keywords};
use crate::state::CodeState;
use crate::state::native::Native;
use pyjion_jit::hir::{Helper, MAX_NAMED};
use std::ffi::c_int;
use std::ptr;

/// `CALL_FUNCTION` of a function with an argument for each parameter, or NULL: see `Helper::CallFunction`.
pub unsafe extern "C" fn call_function(_frame: Frame, at: *mut Object, count: i64) -> Object {
    // SAFETY: a function is lowest, its arguments above it; all are the caller's.
    unsafe {
        let thread = thread_state();
        let count = count as usize;
        let given = (1..count).find(|index| (*at.add(*index)).is_null()).unwrap_or(count);
        let result = if given < count {
            call_by_name(thread, at, given, count)
        } else {
            match functions::try_call(thread, *at, at.add(1), count - 1) {
                Some(result) => result,
                None => {
                    for index in 0..count {
                        py::incref(*at.add(index));
                    }
                    call::call_generally(at, count, count as i64 - 1)
                }
            }
        };
        call::finish(thread, result, 0)
    }
}

/// Calls a function with the arguments before `given`, and by name with those after it that are not NULL:
/// there are [`MAX_NAMED`] at most.
#[cold]
#[inline(never)]
unsafe fn call_by_name(thread: *mut PyThreadState, at: *mut Object, given: usize, count: usize) -> Object {
    // SAFETY: as for `call_function`; the row takes references of its own, and is given up with them.
    unsafe {
        let function = *at;
        let code = (*function.cast::<py::PyFunctionObject>()).func_code.cast::<py::PyCodeObject>();
        let mut row = [ptr::null_mut(); 2 * MAX_NAMED + 1];
        let first = row.as_mut_ptr();
        let mut next = first;
        for index in 0..count {
            let argument = *at.add(index);
            if argument.is_null() {
                continue;
            }
            if index > given {
                let name = py::tuple_item((*code).co_varnames, index - 1);
                py::incref(name);
                *next = name;
                next = next.add(1);
            }
            py::incref(argument);
            *next = argument;
            next = next.add(1);
        }
        let length = next.offset_from(first) as usize;
        let keyword = (length - given) / 2;
        match keywords::try_call(thread, first, given - 1, keyword) {
            Some(result) => result,
            None => call::call_generally(first, length, (given as i64 - 1) | (keyword as i64) << 8),
        }
    }
}

/// The same for a special method of the class of its first argument: see `Helper::CallSpecial`.
pub unsafe extern "C" fn call_special(_frame: Frame, at: *mut Object, count: i64) -> Object {
    // SAFETY: as for `call_function`.
    unsafe { call_of_class(at, count, 0) }
}

/// The same where that is within another call: see `Helper::CallSpecialWithin`.
pub unsafe extern "C" fn call_special_within(_frame: Frame, at: *mut Object, count: i64) -> Object {
    // SAFETY: as for `call_function`.
    unsafe { call_of_class(at, count, 1) }
}

/// Calls a special method under so many other calls in C.
#[inline(always)]
unsafe fn call_of_class(at: *mut Object, count: i64, others: c_int) -> Object {
    // SAFETY: as for `call_function`; a method that is bound by the interpreter holds what it has.
    unsafe {
        let thread = thread_state();
        let (function, arguments, count) = (*at, at.add(1), count as usize - 1);
        let result = deeper(thread, others, || {
            let levels = Helper::CallSpecial.levels_between() as c_int;
            match thin::call_under(thread, levels, function, arguments, count) {
                Some(result) => result,
                // The calls of the method and of its function count themselves.
                None => call_method(function, arguments, count),
            }
        });
        call::finish(thread, result, 0)
    }
}

/// `call_method` of typeobject.c: binds the function to its first argument, and calls that.
#[cold]
#[inline(never)]
unsafe fn call_method(function: Object, arguments: *const Object, count: usize) -> Object {
    // SAFETY: by the contract of the caller; the tuple takes references of its own. Nothing is left to be
    // dropped where code runs.
    unsafe {
        py::incref(function);
        py::incref(*arguments);
        let method = binding::bind(function, *arguments, ptr::null_mut());
        if method.is_null() {
            return ptr::null_mut();
        }
        let tuple = py::PyTuple_New(count as isize - 1);
        let mut result = ptr::null_mut();
        if !tuple.is_null() {
            for index in 1..count {
                let argument = *arguments.add(index);
                py::incref(argument);
                py::set_tuple_item(tuple, index - 1, argument);
            }
            result = py::PyObject_Call(method, tuple, ptr::null_mut());
            py::decref(tuple);
        }
        py::decref(method);
        result
    }
}

/// What comes of a frame that does not enter native code after all: see `DirectCallLayout::begin_rarely`.
#[cold]
pub unsafe extern "C" fn begin_rarely(
    thread: *mut PyThreadState,
    frame: Frame,
    state: *const CodeState,
) -> Object {
    // SAFETY: compiled code took the frame as `thin::call` does, and its cells were to be made last.
    unsafe { call::finish(thread, thin_frames::begin_rarely(thread, frame, state), 0) }
}

/// Goes on with a frame that left native code: see `DirectCallLayout::end_by_exit`.
#[cold]
pub unsafe extern "C" fn end_by_exit(
    thread: *mut PyThreadState,
    frame: Frame,
    state: *const CodeState,
    native: *const Native,
    exit: u64,
) -> Object {
    // SAFETY: compiled code took the frame as `thin::call` does, and has just come back from the version.
    unsafe { call::finish(thread, thin_frames::end_by_exit(thread, frame, state, native, exit), 0) }
}

/// Ends a frame to which something happened: see `DirectCallLayout::end_rarely`.
#[cold]
pub unsafe extern "C" fn end_rarely(
    thread: *mut PyThreadState,
    frame: Frame,
    state: *const CodeState,
    native: *const Native,
    result: Object,
) -> Object {
    // SAFETY: as for `end_by_exit`.
    unsafe { call::finish(thread, thin_frames::end_rarely(thread, frame, state, native, result), 0) }
}

/// Does the periodic work that is due after a call.
#[cold]
pub unsafe extern "C" fn attend(thread: *mut PyThreadState, result: Object) -> Object {
    // SAFETY: a new reference, or NULL with an exception set.
    unsafe {
        if result.is_null() || pending::handle(thread) {
            return result;
        }
        py::decref(result);
        ptr::null_mut()
    }
}
