//! `YIELD_FROM`, and what 3.5's coroutines wait for.

#[cfg(py3)]
use crate::py;
#[cfg(py3)]
use crate::py::Frame;
#[cfg(py3)]
use crate::py::Object;
#[cfg(py3)]
use crate::py::evaluation::thread_state;
#[cfg(py35)]
use crate::py::references::Owned;
#[cfg(py3)]
use crate::run::generators::Stop;
#[cfg(py3)]
use crate::run::sending;
#[cfg(py35)]
use std::ffi::CStr;
#[cfg(py35)]
use std::ptr;

/// The addresses of the helpers of this file; those that this CPython has no instruction for
/// raise.
pub struct Addresses {
    /// `YIELD_FROM`
    pub yield_from: usize,
    /// `GET_YIELD_FROM_ITER`
    pub get_yield_from_iter: usize,
    /// `GET_AWAITABLE`
    pub get_awaitable: usize,
    /// `GET_AITER`
    pub get_aiter: usize,
    /// `GET_ANEXT`
    pub get_anext: usize,
}

/// See [`Addresses`].
pub fn addresses() -> Addresses {
    #[cfg(py35)]
    return Addresses {
        yield_from: address_of!(yield_from),
        get_yield_from_iter: address_of!(get_yield_from_iter),
        get_awaitable: address_of!(get_awaitable),
        get_aiter: address_of!(get_aiter),
        get_anext: address_of!(get_anext),
    };
    #[cfg(not(py35))]
    {
        let none = address_of!(crate::runtime::helper::no_instruction_object);
        Addresses {
            #[cfg(py34)]
            yield_from: address_of!(yield_from),
            #[cfg(py2)]
            yield_from: address_of!(crate::runtime::helper::no_instruction_status),
            get_yield_from_iter: none,
            get_awaitable: none,
            get_aiter: none,
            get_anext: address_of!(crate::runtime::helper::no_instruction),
        }
    }
}

/// `YIELD_FROM`
#[cfg(py3)]
unsafe extern "C" fn yield_from(frame: Frame, at: *mut Object, _count: i64, _: i64) -> i64 {
    // SAFETY: the receiver and the value are ours; results go where they were.
    unsafe {
        let (receiver, value) = (*at, *at.add(1));
        let stop = sending::advance(frame, thread_state(), receiver, value);
        py::decref(value);
        match stop {
            Stop::Yielded(result) => {
                *at.add(1) = result;
                1
            }
            Stop::Returned(result) => {
                py::decref(receiver);
                *at = result;
                0
            }
            Stop::Raised => {
                py::decref(receiver);
                -1
            }
        }
    }
}

/// `GET_YIELD_FROM_ITER`
#[cfg(py35)]
unsafe extern "C" fn get_yield_from_iter(frame: Frame, at: *mut Object, _count: i64, _: i64) -> Object {
    // SAFETY: the iterable is ours.
    unsafe {
        let iterable = Owned::new(*at);
        let ty = py::type_of(iterable.get());
        if ty == &raw mut py::PyCoro_Type {
            let coroutine = (py::CO_COROUTINE | py::CO_ITERABLE_COROUTINE) as i32;
            if (*(*frame).f_code).co_flags & coroutine != 0 {
                return iterable.give();
            }
            drop(iterable);
            let message = c"cannot 'yield from' a coroutine object in a non-coroutine generator";
            py::PyErr_SetString(py::PyExc_TypeError, message.as_ptr());
            return ptr::null_mut();
        }
        if ty == &raw mut py::PyGen_Type {
            return iterable.give();
        }
        py::PyObject_GetIter(iterable.get())
    }
}

/// `GET_AWAITABLE`
#[cfg(py35)]
unsafe extern "C" fn get_awaitable(_frame: Frame, at: *mut Object, _count: i64, _: i64) -> Object {
    // SAFETY: the object is ours.
    unsafe {
        let object = Owned::new(*at);
        let iterator = Owned::new(py::_PyCoro_GetAwaitableIter(object.get()));
        drop(object);
        if iterator.is_null() || py::type_of(iterator.get()) != &raw mut py::PyCoro_Type {
            return iterator.give();
        }
        let awaited = Owned::new(py::_PyGen_yf(iterator.get().cast()));
        if awaited.is_null() {
            return iterator.give();
        }
        drop(awaited);
        drop(iterator);
        py::PyErr_SetString(py::PyExc_RuntimeError, c"coroutine is being awaited already".as_ptr());
        ptr::null_mut()
    }
}

/// Raises a `TypeError` about the type of an object.
#[cfg(py35)]
unsafe fn type_error(format: &CStr, object: Object) {
    // SAFETY: the format has one %s, for the name of a type that is alive.
    unsafe {
        py::PyErr_Format(py::PyExc_TypeError, format.as_ptr(), (*py::type_of(object)).tp_name);
    }
}

/// `GET_AITER`
#[cfg(py35)]
unsafe extern "C" fn get_aiter(_frame: Frame, at: *mut Object, _count: i64, _: i64) -> Object {
    // SAFETY: the object is ours; slots of types are as the types promise.
    unsafe {
        let object = Owned::new(*at);
        let ty = py::type_of(object.get());
        let slots = (*ty).tp_as_async;
        let getter = if slots.is_null() { None } else { (*slots).am_aiter };
        let Some(getter) = getter else {
            let format = c"'async for' requires an object with __aiter__ method, got %.100s";
            type_error(format, object.get());
            return ptr::null_mut();
        };
        let iterator = Owned::new(getter(object.get()));
        drop(object);
        if iterator.is_null() {
            return ptr::null_mut();
        }
        let slots = (*py::type_of(iterator.get())).tp_as_async;
        if !slots.is_null() && (*slots).am_anext.is_some() {
            return py::_PyAIterWrapper_New(iterator.get());
        }
        let awaitable = Owned::new(py::_PyCoro_GetAwaitableIter(iterator.get()));
        if awaitable.is_null() {
            type_error(c"'async for' received an invalid object from __aiter__: %.100s", iterator.get());
            return ptr::null_mut();
        }
        drop(iterator);
        let warning = c"'%.100s' implements legacy __aiter__ protocol; __aiter__ should return \
                        an asynchronous iterator, not awaitable";
        let category = py::PyExc_PendingDeprecationWarning;
        if py::PyErr_WarnFormat(category, 1, warning.as_ptr(), (*ty).tp_name) != 0 {
            return ptr::null_mut();
        }
        awaitable.give()
    }
}

/// `GET_ANEXT`
#[cfg(py35)]
unsafe extern "C" fn get_anext(_frame: Frame, iterator: Object) -> Object {
    // SAFETY: a borrowed argument; slots of types are as the types promise.
    unsafe {
        let slots = (*py::type_of(iterator)).tp_as_async;
        let getter = if slots.is_null() { None } else { (*slots).am_anext };
        let Some(getter) = getter else {
            type_error(c"'async for' requires an iterator with __anext__ method, got %.100s", iterator);
            return ptr::null_mut();
        };
        let next = Owned::new(getter(iterator));
        if next.is_null() {
            return ptr::null_mut();
        }
        let awaitable = py::_PyCoro_GetAwaitableIter(next.get());
        if awaitable.is_null() {
            type_error(c"'async for' received an invalid object from __anext__: %.100s", next.get());
        }
        awaitable
    }
}
