//! Generators as they are made, run and stop: what `gen_send_ex` of genobject.c does around a frame that goes
//! on in native code.

use crate::py::Frame;
use crate::py::{self, Object, PyGenObject, PyThreadState};
use std::ptr;

/// What a call of a generator function gives: a generator that goes on in this frame, a new reference, or
/// NULL with an exception set.
///
/// # Safety
/// A frame of the function's with its arguments that has not been run, whose reference is the caller's to
/// give.
#[inline(always)]
pub unsafe fn new(frame: Frame, function: Object) -> Object {
    // SAFETY: as the end of `PyEval_EvalCodeEx`: whoever resumes the frame is its caller.
    unsafe {
        py::xdecref(std::mem::replace(&mut (*frame).f_back, ptr::null_mut()).cast());
        #[cfg(py35)]
        {
            let function = function.cast::<py::PyFunctionObject>();
            py::PyGen_NewWithQualName(frame, (*function).func_name, (*function).func_qualname)
        }
        #[cfg(not(py35))]
        {
            let _ = function;
            py::PyGen_New(frame)
        }
    }
}

/// How a generator that was resumed stopped.
#[repr(C)]
pub enum Stop {
    /// It yielded this, a new reference.
    Yielded(Object),
    /// It returned this, a new reference. No `StopIteration` is raised.
    Returned(Object),
    /// It raised; or it returned, and the `StopIteration` for that is raised as somebody may be tracing.
    Raised,
}

impl Stop {
    /// What is next: what it yielded, or NULL, with what `end` makes of what it returned.
    #[inline(always)]
    pub fn next(self, end: impl FnOnce(Object)) -> Object {
        match self {
            Stop::Yielded(value) => value,
            Stop::Returned(result) => {
                end(result);
                ptr::null_mut()
            }
            Stop::Raised => ptr::null_mut(),
        }
    }
}

/// Makes a generator run on top of the thread's frame, which is returned, owned.
#[inline(always)]
pub unsafe fn link(thread: *mut PyThreadState, generator: *mut PyGenObject) -> Frame {
    // SAFETY: the generator is suspended, and the thread is the current one.
    unsafe {
        let frame = (*generator).gi_frame;
        let caller = (*thread).frame;
        py::xincref(caller.cast());
        (*frame).f_back = caller;
        #[cfg(py2)]
        {
            (*frame).f_tstate = thread;
        }
        (*generator).gi_running = 1;
        caller
    }
}

/// The reverse of [`link`].
///
/// # Safety
/// What that returned; the frame does not run any more.
#[inline(always)]
pub unsafe fn unlink(generator: *mut PyGenObject, caller: Frame) {
    // SAFETY: the reference to the caller is given up.
    unsafe {
        let frame = (*generator).gi_frame;
        (*generator).gi_running = 0;
        (*frame).f_back = ptr::null_mut();
        py::xdecref(caller.cast());
        #[cfg(py2)]
        {
            (*frame).f_tstate = ptr::null_mut();
        }
    }
}

/// [`unlink`], and what the result means.
#[inline(always)]
pub unsafe fn stopped(
    thread: *mut PyThreadState,
    generator: *mut PyGenObject,
    caller: Frame,
    result: Object,
) -> Stop {
    // SAFETY: the frame does not run any more; the result is a new reference or NULL.
    unsafe {
        let frame = (*generator).gi_frame;
        unlink(generator, caller);
        if result.is_null() || (*frame).f_stacktop.is_null() {
            return end(thread, generator, result);
        }
        Stop::Yielded(result)
    }
}

/// The end of `gen_send_ex` for a generator that returned or raised.
#[inline(never)]
unsafe fn end(thread: *mut PyThreadState, generator: *mut PyGenObject, result: Object) -> Stop {
    // SAFETY: the result is a new reference or NULL; the generator gives its frame up.
    unsafe {
        let stop = if result.is_null() {
            #[cfg(py35)]
            leak(generator);
            Stop::Raised
        } else {
            returned(thread, result)
        };
        give_up(generator);
        stop
    }
}

/// Takes the frame from a generator that has ended.
///
/// # Safety
/// It has one, which does not run.
pub unsafe fn give_up(generator: *mut PyGenObject) {
    // SAFETY: by the contract.
    unsafe {
        let frame = (*generator).gi_frame;
        #[cfg(py3)]
        {
            let exception = [(*frame).f_exc_type, (*frame).f_exc_value, (*frame).f_exc_traceback];
            (*frame).f_exc_type = ptr::null_mut();
            (*frame).f_exc_value = ptr::null_mut();
            (*frame).f_exc_traceback = ptr::null_mut();
            for object in exception {
                py::xdecref(object);
            }
            (*frame).f_gen = ptr::null_mut();
        }
        (*generator).gi_frame = ptr::null_mut();
        py::decref(frame.cast());
    }
}

/// A generator returned this. Who traces is shown the `StopIteration`.
#[cfg(py3)]
unsafe fn returned(thread: *mut PyThreadState, result: Object) -> Stop {
    // SAFETY: plain C API; the thread is the current one.
    unsafe {
        if (*thread).use_tracing != 0 {
            raise_stop(result);
            return Stop::Raised;
        }
    }
    Stop::Returned(result)
}

/// A generator returned `None`.
#[cfg(py2)]
fn returned(_: *mut PyThreadState, result: Object) -> Stop {
    Stop::Returned(result)
}

/// What `tp_iternext` makes of the result that a generator returned, which is consumed: NULL, and a
/// `StopIteration` with it if it is not `None`.
///
/// # Safety
/// The reference is the caller's to give.
#[inline(always)]
pub unsafe fn end_of_iteration(result: Object) {
    // SAFETY: by the contract.
    unsafe {
        #[cfg(py3)]
        if result != py::none() {
            raise_stop(result);
            return;
        }
        py::decref(result);
    }
}

/// Raises `StopIteration` with the result of a generator, which is consumed.
#[cfg(py3)]
unsafe fn raise_stop(result: Object) {
    // SAFETY: plain C API.
    unsafe {
        if result == py::none() {
            py::PyErr_SetNone(py::PyExc_StopIteration);
        } else {
            #[cfg(py35)]
            py::_PyGen_SetStopIterationValue(result);
            #[cfg(py34)]
            {
                let exception = py::PyObject_CallFunctionObjArgs(
                    py::PyExc_StopIteration,
                    result,
                    ptr::null_mut::<py::PyObject>(),
                );
                if !exception.is_null() {
                    py::PyErr_SetObject(py::PyExc_StopIteration, exception);
                    py::decref(exception);
                }
            }
        }
        py::decref(result);
    }
}

/// 3.5: a generator raised. What PEP 479 has for a `StopIteration` that leaks out of it.
#[cfg(py35)]
unsafe fn leak(generator: *mut PyGenObject) {
    const STOPS: i32 = (py::CO_FUTURE_GENERATOR_STOP | py::CO_COROUTINE | py::CO_ITERABLE_COROUTINE) as i32;
    // SAFETY: an exception is set; references are moved as in gen_send_ex.
    unsafe {
        if py::PyErr_ExceptionMatches(py::PyExc_StopIteration) == 0 {
            return;
        }
        let (mut class, mut value, mut traceback) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        py::PyErr_Fetch(&mut class, &mut value, &mut traceback);
        if (*(*generator).gi_code.cast::<py::PyCodeObject>()).co_flags & STOPS == 0 {
            let status = py::PyErr_WarnFormat(
                py::PyExc_PendingDeprecationWarning,
                1,
                c"generator '%.50S' raised StopIteration".as_ptr(),
                (*generator).gi_qualname,
            );
            if status == 0 {
                py::PyErr_Restore(class, value, traceback);
            } else {
                for object in [class, value, traceback] {
                    py::xdecref(object);
                }
            }
            return;
        }
        py::PyErr_NormalizeException(&mut class, &mut value, &mut traceback);
        if !traceback.is_null() {
            py::PyException_SetTraceback(value, traceback);
        }
        py::decref(class);
        py::xdecref(traceback);
        let mut error = ptr::null_mut();
        let message = if py::type_of(generator.cast()) == &raw mut py::PyCoro_Type {
            c"coroutine raised StopIteration"
        } else {
            c"generator raised StopIteration"
        };
        py::PyErr_SetString(py::PyExc_RuntimeError, message.as_ptr());
        py::PyErr_Fetch(&mut class, &mut error, &mut traceback);
        py::PyErr_NormalizeException(&mut class, &mut error, &mut traceback);
        py::incref(value);
        py::PyException_SetCause(error, value);
        py::PyException_SetContext(error, value);
        py::PyErr_Restore(class, error, traceback);
    }
}
