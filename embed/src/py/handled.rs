//! The exception that is being handled on 2.7, which `sys` has as well: `set_exc_info` and `reset_exc_info`
//! of ceval.c, without a new string for each name.

use crate::process::PROCESS;
use crate::py::dict::Name;
use crate::py::{self, Frame, Object, PyThreadState};
use std::ptr;

/// What `sys` calls class, value and traceback.
pub struct Names([Name; 3]);

impl Names {
    /// Nothing is made yet.
    pub const fn new() -> Names {
        Names([Name::new(c"exc_type"), Name::new(c"exc_value"), Name::new(c"exc_traceback")])
    }
}

/// An exception is the one that the thread's frame handles now: class, value and traceback, which may be
/// NULL.
///
/// # Safety
/// The thread is the current one, the exception not set any more, its objects stay the caller's.
pub unsafe fn set(thread: *mut PyThreadState, exception: [Object; 3]) {
    // SAFETY: by the contract.
    unsafe {
        let frame = (*thread).frame;
        if (*frame).f_exc_type.is_null() {
            if (*thread).exc_type.is_null() {
                py::incref(py::none());
                (*thread).exc_type = py::none();
            }
            put_into_frame(frame, held(of_thread(thread)));
        }
        let former = of_thread(thread);
        put_into_thread(thread, held(exception));
        former.into_iter().for_each(|object| py::xdecref(object));
        tell(thread, exception);
    }
}

/// The thread's frame, which has handled an exception, gives back the one that was being handled before.
///
/// # Safety
/// The thread is the current one, and its frame has one; an exception that is set stays set.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn reset(thread: *mut PyThreadState) {
    // SAFETY: by the contract.
    unsafe {
        let frame = (*thread).frame;
        let before = [(*frame).f_exc_type, (*frame).f_exc_value, (*frame).f_exc_traceback];
        let former = of_thread(thread);
        put_into_thread(thread, held(before));
        former.into_iter().for_each(|object| py::xdecref(object));
        tell(thread, before);
        put_into_frame(frame, [ptr::null_mut(); 3]);
        before.into_iter().for_each(|object| py::xdecref(object));
    }
}

unsafe fn of_thread(thread: *mut PyThreadState) -> [Object; 3] {
    // SAFETY: alive.
    unsafe { [(*thread).exc_type, (*thread).exc_value, (*thread).exc_traceback] }
}

unsafe fn put_into_thread(thread: *mut PyThreadState, [class, value, traceback]: [Object; 3]) {
    // SAFETY: alive; the references are given.
    unsafe {
        (*thread).exc_type = class;
        (*thread).exc_value = value;
        (*thread).exc_traceback = traceback;
    }
}

unsafe fn put_into_frame(frame: Frame, [class, value, traceback]: [Object; 3]) {
    // SAFETY: alive; the references are given.
    unsafe {
        (*frame).f_exc_type = class;
        (*frame).f_exc_value = value;
        (*frame).f_exc_traceback = traceback;
    }
}

/// The same with references of their own.
unsafe fn held(exception: [Object; 3]) -> [Object; 3] {
    // SAFETY: alive or NULL.
    exception.into_iter().for_each(|object| unsafe { py::xincref(object) });
    exception
}

/// Tells `sys`: `PySys_SetObject`, whose errors nobody looks at.
unsafe fn tell(thread: *mut PyThreadState, exception: [Object; 3]) {
    // SAFETY: the dict is held by the interpreter; the values are held by thread or frame. Names are made
    // while no exception is set, which making them might clear.
    unsafe {
        let is_set = !(*thread).curexc_type.is_null();
        for (name, object) in PROCESS.handled.0.iter().zip(exception) {
            let key = if is_set { name.made() } else { name.get() };
            let dict = (*(*thread).interp).sysdict;
            if key.is_null() {
                py::PySys_SetObject(name.text().as_ptr().cast_mut(), object);
            } else if !object.is_null() {
                py::PyDict_SetItem(dict, key, object);
            } else if !py::PyDict_GetItem(dict, key).is_null() {
                py::PyDict_DelItem(dict, key);
            }
        }
    }
}
