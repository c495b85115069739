//! `FOR_ITER` over a generator whose frame goes on in native code: `gen_iternext` of genobject.c in one piece.

use super::Frame;
use crate::hook;
use crate::py::{self, Object, PyGenObject, PyThreadState};
use std::ptr;

/// The next value of a generator: a new reference, or NULL at its end and when it raised. `None` when nothing
/// was done, and it is for `tp_iternext` to do.
///
/// # Safety
/// An exact generator, held by the caller; the thread is the current one.
#[inline(always)]
pub(super) unsafe fn next(thread: *mut PyThreadState, iterator: Object) -> Option<Object> {
    // SAFETY: a suspended generator owns its frame, whose operand stack has room for what `yield` gives.
    unsafe {
        let generator = iterator.cast::<PyGenObject>();
        let frame = (*generator).gi_frame;
        if (*generator).gi_running != 0
            || frame.is_null()
            || (*frame).f_stacktop.is_null()
            || (*frame).f_lasti < 0
        {
            return None;
        }
        *(*frame).f_stacktop = py::none();
        (*frame).f_stacktop = (*frame).f_stacktop.add(1);
        let Some(resumption) = hook::resumption(frame, thread) else {
            (*frame).f_stacktop = (*frame).f_stacktop.sub(1);
            return None;
        };
        py::incref(py::none());
        let caller = (*thread).frame;
        py::xincref(caller.cast());
        (*frame).f_back = caller;
        #[cfg(py2)]
        {
            (*frame).f_tstate = thread;
        }
        (*generator).gi_running = 1;
        let result = hook::resume_native(frame, thread, resumption);
        (*generator).gi_running = 0;
        (*frame).f_back = ptr::null_mut();
        py::xdecref(caller.cast());
        #[cfg(py2)]
        {
            (*frame).f_tstate = ptr::null_mut();
        }
        if result.is_null() || (*frame).f_stacktop.is_null() {
            return Some(end(generator, frame, result));
        }
        Some(result)
    }
}

/// The end of `gen_send_ex` for a generator that returned or raised, with no argument.
#[inline(never)]
unsafe extern "C" fn end(generator: *mut PyGenObject, frame: Frame, result: Object) -> Object {
    // SAFETY: the result is a new reference or NULL; the generator gives its frame up.
    unsafe {
        #[cfg(py2)]
        {
            let mut result = result;
            if result == py::none() {
                py::decref(result);
                result = ptr::null_mut();
            }
            py::decref(frame.cast());
            (*generator).gi_frame = ptr::null_mut();
            result
        }
        #[cfg(py3)]
        {
            if !result.is_null() {
                stop(result);
            } else {
                #[cfg(py35)]
                leak(generator);
            }
            let exception = [(*frame).f_exc_type, (*frame).f_exc_value, (*frame).f_exc_traceback];
            (*frame).f_exc_type = ptr::null_mut();
            (*frame).f_exc_value = ptr::null_mut();
            (*frame).f_exc_traceback = ptr::null_mut();
            for object in exception {
                py::xdecref(object);
            }
            (*frame).f_gen = ptr::null_mut();
            (*generator).gi_frame = ptr::null_mut();
            py::decref(frame.cast());
            ptr::null_mut()
        }
    }
}

/// Raises `StopIteration` with the result of a generator, which is consumed.
#[cfg(py3)]
unsafe fn stop(result: Object) {
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
        py::PyErr_SetString(py::PyExc_RuntimeError, c"generator raised StopIteration".as_ptr());
        py::PyErr_Fetch(&mut class, &mut error, &mut traceback);
        py::PyErr_NormalizeException(&mut class, &mut error, &mut traceback);
        py::incref(value);
        py::PyException_SetCause(error, value);
        py::PyException_SetContext(error, value);
        py::PyErr_Restore(class, error, traceback);
    }
}
