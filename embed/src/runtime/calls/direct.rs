//! Calls of functions whose code is known: what compiled code does not do of them in line.

use crate::py::evaluation::{deeper, thread_state};
use crate::py::{self, Frame, Object, PyThreadState, binding, pending};
use crate::run::{thin, thin_frames};
use crate::runtime::calls::{call, functions, keywords};
use crate::state::CodeState;
use crate::state::native::Native;
use pyjion_jit::hir::{Helper, MAX_ARGUMENTS};
use std::ffi::c_int;
use std::ptr;

/// `CALL_FUNCTION` of a function with an argument for each parameter, or NULL: see `Helper::CallFunction`.
pub unsafe extern "C" fn call_function(
    _frame: Frame,
    arguments: *mut Object,
    count: i64,
    function: Object,
) -> Object {
    // SAFETY: function and arguments are the caller's.
    unsafe {
        let thread = thread_state();
        let count = count as usize;
        let given = (0..count).find(|index| (*arguments.add(*index)).is_null()).unwrap_or(count);
        let called = match given == count {
            true => functions::try_call(thread, function, arguments, count),
            false => None,
        };
        let result = match called {
            Some(result) => result,
            None => call_in_row(thread, function, arguments, given, count),
        };
        call::finish(thread, result, 0)
    }
}

/// Calls a function as the interpreter does, with the first so many arguments, and by name with those of the
/// others that are not NULL: there are [`MAX_ARGUMENTS`] at most, or half as many if there are such.
#[cold]
#[inline(never)]
unsafe fn call_in_row(
    thread: *mut PyThreadState,
    function: Object,
    arguments: *const Object,
    given: usize,
    count: usize,
) -> Object {
    // SAFETY: as for `call_function`; the row takes references of its own, and is given up with them.
    unsafe {
        let code = (*function.cast::<py::PyFunctionObject>()).func_code.cast::<py::PyCodeObject>();
        let mut row = [ptr::null_mut(); 1 + MAX_ARGUMENTS];
        let first = row.as_mut_ptr();
        *first = function;
        let mut next = first.add(1);
        for index in 0..count {
            let argument = *arguments.add(index);
            if argument.is_null() {
                continue;
            }
            if index > given {
                *next = py::tuple_item((*code).co_varnames, index);
                next = next.add(1);
            }
            *next = argument;
            next = next.add(1);
        }
        let length = next.offset_from(first) as usize;
        for index in 0..length {
            py::incref(*first.add(index));
        }
        let keyword = (length - 1 - given) / 2;
        if keyword > 0
            && let Some(result) = keywords::try_call(thread, first, given, keyword)
        {
            return result;
        }
        call::call_generally(first, length, given as i64 | (keyword as i64) << 8)
    }
}

/// The same for a special method of the class of its first argument: see `Helper::CallSpecial`.
pub unsafe extern "C" fn call_special(
    _frame: Frame,
    arguments: *mut Object,
    count: i64,
    function: Object,
) -> Object {
    // SAFETY: as for `call_function`.
    unsafe { call_of_class(function, arguments, count as usize, 0) }
}

/// The same where that is within another call: see `Helper::CallSpecialWithin`.
pub unsafe extern "C" fn call_special_within(
    _frame: Frame,
    arguments: *mut Object,
    count: i64,
    function: Object,
) -> Object {
    // SAFETY: as for `call_function`.
    unsafe { call_of_class(function, arguments, count as usize, 1) }
}

/// Calls a special method under so many other calls in C.
#[inline(always)]
unsafe fn call_of_class(function: Object, arguments: *const Object, count: usize, others: c_int) -> Object {
    // SAFETY: as for `call_function`; a method that is bound by the interpreter holds what it has.
    unsafe {
        let thread = thread_state();
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
