//! Method calls without the method: `LOAD_ATTR` leaves a function and its receiver, `CALL_FUNCTION` calls the
//! one with the other, and only an exit in between binds them.

use crate::py::Frame;
#[cfg(any(py2, py35))]
use crate::py::binding;
use crate::py::evaluation::thread_state;
use crate::py::references::Owned;
use crate::py::stack::release;
use crate::py::{self, Object, PyThreadState};
use crate::run::thin;
use crate::runtime::calls::keywords::Given;
use crate::runtime::calls::{call, functions, keywords, shortcuts};
use crate::runtime::names::attributes;
use crate::runtime::names::cache::AttributeCache;
use std::ffi::c_int;
use std::mem;
use std::ptr;

/// The most arguments of a call with the receiver.
const MAX_ARGUMENTS: usize = 4;

/// `LOAD_ATTR` of what is going to be called: see `Helper::LoadMethod`.
pub unsafe extern "C" fn load_method(
    frame: Frame,
    object: Object,
    name: Object,
    cache: *mut AttributeCache,
    index: i64,
    _keeps: i64,
) -> Object {
    // SAFETY: see the module; the operand stack has room at the index, and for an argument above when the
    // class is to be kept.
    unsafe {
        let receiver = (*frame).f_valuestack.add(index as usize);
        *receiver = ptr::null_mut();
        let callable = attributes::load(object, name, cache, receiver);
        #[cfg(py2)]
        if _keeps != 0 {
            *receiver.add(1) = kept_class(callable, *receiver);
        }
        callable
    }
}

/// The class that a bound method of 2.7 would keep alive besides its function and receiver: a new reference,
/// or NULL when nothing is to be bound. The methods of built-in types have none.
#[cfg(py2)]
#[inline(always)]
unsafe fn kept_class(callable: Object, receiver: Object) -> Object {
    // SAFETY: what `load_method` leaves.
    unsafe {
        if receiver.is_null() || py::type_of(callable) != &raw mut py::PyFunction_Type {
            return ptr::null_mut();
        }
        let class = binding::class_of(receiver);
        py::incref(class);
        class
    }
}

/// Calls what `PyObject_CallFunctionObjArgs` does in C under a method: the call of that, and of its function.
const CALLS_OF_METHOD: c_int = 2;

/// `PyObject_CallFunctionObjArgs`, without a tuple for the method of a Python function that is compiled: a
/// new reference, or NULL with an exception set.
///
/// # Safety
/// What is called and the arguments are held by the caller; the GIL is held.
pub unsafe fn call_object<const N: usize>(callable: Object, arguments: [Object; N]) -> Object {
    // SAFETY: by the contract; what a call in C would hold is held meanwhile.
    unsafe {
        let method = callable.cast::<py::PyMethodObject>();
        if py::type_of(callable) == &raw mut py::PyMethod_Type
            && !(*method).im_self.is_null()
            && py::type_of((*method).im_func) == &raw mut py::PyFunction_Type
        {
            let (function, receiver) = ((*method).im_func, (*method).im_self);
            let mut row = [ptr::null_mut(); MAX_ARGUMENTS];
            row[0] = receiver;
            row[1..=N].copy_from_slice(&arguments);
            py::incref(function);
            row[..=N].iter().for_each(|object| py::incref(*object));
            let result = thin::call_under(thread_state(), CALLS_OF_METHOD, function, row.as_ptr(), N + 1);
            release(row.as_mut_ptr(), N + 1);
            py::decref(function);
            if let Some(result) = result {
                return result;
            }
        }
        let tuple = py::PyTuple_New(N as isize);
        if tuple.is_null() {
            return tuple;
        }
        for (index, argument) in arguments.into_iter().enumerate() {
            py::incref(argument);
            py::set_tuple_item(tuple, index, argument);
        }
        let result = py::PyObject_Call(callable, tuple, ptr::null_mut());
        py::decref(tuple);
        result
    }
}

/// `CALL_FUNCTION` of what [`load_method`] left: see `Helper::CallMethod`.
pub unsafe extern "C" fn call_method(
    _frame: Frame,
    at: *mut Object,
    count: i64,
    immediate: i64,
    callable: Object,
) -> Object {
    // SAFETY: the receiver and the arguments are laid out as on the evaluator's stack, the receiver in place
    // of the callable; all are consumed here.
    unsafe {
        let thread = thread_state();
        let has_names = immediate >> 8 & 0xff != 0;
        let result = if (*at).is_null() {
            *at = callable;
            match has_names {
                true => call::call_with_keywords(thread, at, immediate),
                false => call::call_positional(thread, at, count as usize - 1),
            }
        } else if has_names {
            call_with_names(thread, callable, at, immediate)
        } else {
            call_with_receiver(thread, callable, at, count as usize)
        };
        call::finish(thread, result, immediate)
    }
}

/// Calls a method with arguments of which some are given by name; consumes all.
#[inline(never)]
unsafe fn call_with_names(
    thread: *mut PyThreadState,
    callable: Object,
    at: *mut Object,
    immediate: i64,
) -> Object {
    let (positional, keyword) = ((immediate & 0xff) as usize, (immediate >> 8 & 0xff) as usize);
    let given = Given { first: at.wrapping_add(1), positional, keyword };
    // SAFETY: as for `call_method`.
    unsafe {
        let count = given.operands() + 1;
        if py::type_of(callable) == &raw mut py::PyFunction_Type
            && let Some(result) = keywords::call_with_receiver(thread, callable, *at, given)
        {
            py::decref(callable);
            release(at, count);
            return result;
        }
        call::call_bound(callable, at, count, immediate)
    }
}

/// Calls a method with `count` arguments, the receiver first; consumes all.
#[inline(always)]
unsafe fn call_with_receiver(
    thread: *mut PyThreadState,
    callable: Object,
    at: *mut Object,
    count: usize,
) -> Object {
    // SAFETY: as for `call_method`.
    unsafe {
        if py::type_of(callable) == &raw mut py::PyFunction_Type {
            if let Some(result) = functions::try_call_consuming(thread, callable, at, count) {
                return result;
            }
        } else if (*thread).use_tracing == 0 {
            let method = (*callable.cast::<py::PyMethodDescrObject>()).d_method;
            let flags = (*method).ml_flags as u32 & !py::METH_COEXIST;
            if let (py::METH_NOARGS, 1) | (py::METH_O, 2) = (flags, count) {
                let receiver = *at;
                let argument = if count == 1 { ptr::null_mut() } else { *at.add(1) };
                let result = (*method).ml_meth.unwrap_unchecked()(receiver, argument);
                if count == 2 {
                    py::decref(argument);
                }
                return leave(callable, receiver, result);
            }
            if flags & !py::METH_KEYWORDS == py::METH_VARARGS {
                let receiver = *at;
                if let Some(result) = shortcuts::try_method(method as usize, at, count) {
                    return leave(callable, receiver, result);
                }
                return call_with_tuple(callable, method, flags, at, count);
            }
        }
        call::call_bound(callable, at, count, count as i64 - 1)
    }
}

/// `PyCFunction_Call` of a method that takes a tuple, without keywords.
#[inline(always)]
unsafe fn call_with_tuple(
    callable: Object,
    method: *mut py::PyMethodDef,
    flags: u32,
    at: *mut Object,
    count: usize,
) -> Object {
    // SAFETY: as for `call_method`; the tuple takes the arguments over.
    unsafe {
        let receiver = *at;
        let arguments = Owned::new(py::PyTuple_New(count as isize - 1));
        if arguments.is_null() {
            release(at, count);
            py::decref(callable);
            return ptr::null_mut();
        }
        for index in 1..count {
            py::set_tuple_item(arguments.get(), index - 1, *at.add(index));
        }
        let function = (*method).ml_meth.unwrap_unchecked();
        let result = if flags & py::METH_KEYWORDS != 0 {
            let function: unsafe extern "C" fn(Object, Object, Object) -> Object =
                mem::transmute(function as *const ());
            function(receiver, arguments.get(), ptr::null_mut())
        } else {
            function(receiver, arguments.get())
        };
        drop(arguments);
        leave(callable, receiver, result)
    }
}

/// Ends the call of a C function: releases the callable and the receiver. Where CPython checks the result,
/// a message about it names the method that it has bound.
#[inline(always)]
unsafe fn leave(callable: Object, receiver: Object, result: Object) -> Object {
    // SAFETY: owned references, and the result of a C function.
    unsafe {
        #[cfg(py35)]
        if result.is_null() == py::PyErr_Occurred().is_null() {
            return complain(callable, receiver, result);
        }
        py::decref(callable);
        py::decref(receiver);
        result
    }
}

/// A C function returned NULL without an exception, or something with one.
#[cfg(py35)]
#[cold]
#[inline(never)]
unsafe extern "C" fn complain(callable: Object, receiver: Object, result: Object) -> Object {
    // SAFETY: as for `leave`.
    unsafe {
        let (mut ty, mut value, mut traceback) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        py::PyErr_Fetch(&mut ty, &mut value, &mut traceback);
        let exception = [ty, value, traceback].map(|object| Owned::new(object));
        let result = Owned::new(result);
        let method = Owned::new(binding::bind(callable, receiver, ptr::null_mut()));
        if method.is_null() {
            return ptr::null_mut();
        }
        let [ty, value, traceback] = exception.map(Owned::give);
        py::PyErr_Restore(ty, value, traceback);
        py::_Py_CheckFunctionResult(method.get(), result.give(), ptr::null())
    }
}
