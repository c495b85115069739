//! Raising, and what `fast_block_end` of `ceval.c` does when a handler catches: tracebacks, the
//! exception being handled, and the end of handlers.

use crate::memory::slack;
use crate::py::evaluation::thread_state;
#[cfg(py2)]
use crate::py::handled;
use crate::py::{self, Object};
use crate::py::{Frame, evaluator};
use crate::state::recall;
use std::ptr;

/// The part of `RAISE_VARARGS`, or of `END_FINALLY`, after which the frame is added to the
/// traceback: an exception is set.
const RAISED: i64 = -1;
/// The exception goes on as it came.
const RERAISED: i64 = 0;

/// `RAISE_VARARGS`
pub unsafe extern "C" fn raise(_frame: Frame, at: *mut Object, count: i64, _: i64) -> i64 {
    // SAFETY: the operands are ours; `do_raise` consumes what it is given.
    unsafe {
        let operand = |index| if index < count { *at.add(index as usize) } else { ptr::null_mut() };
        #[cfg(py2)]
        let again = evaluator::do_raise(operand(0), operand(1), operand(2));
        #[cfg(py3)]
        let again = evaluator::do_raise(operand(0), operand(1));
        if again { RERAISED } else { raised() }
    }
}

/// An exception should be set; the evaluator makes sure.
unsafe fn raised() -> i64 {
    // SAFETY: plain C API.
    unsafe {
        if py::PyErr_Occurred().is_null() {
            py::PyErr_SetString(py::PyExc_SystemError, c"error return without exception set".as_ptr());
        }
        RAISED
    }
}

/// `END_FINALLY` after an exception: traceback, value and class, topmost.
pub unsafe extern "C" fn reraise(_frame: Frame, at: *mut Object, _count: i64, _: i64) -> i64 {
    // SAFETY: the three operands are ours; `PyErr_Restore` consumes them.
    unsafe {
        let (traceback, value, class) = (*at, *at.add(1), *at.add(2));
        if is_exception_class(class) {
            py::PyErr_Restore(class, value, traceback);
            if py::PyErr_Occurred().is_null() {
                return raised();
            }
            return RERAISED;
        }
        py::PyErr_SetString(py::PyExc_SystemError, c"'finally' pops bad exception".as_ptr());
        for object in [class, value, traceback] {
            py::decref(object);
        }
        RAISED
    }
}

/// What `END_FINALLY` takes for an exception: `PyExceptionClass_Check`, on 2.7 also a str.
unsafe fn is_exception_class(class: Object) -> bool {
    // SAFETY: alive.
    unsafe {
        #[cfg(py2)]
        if py::type_of(class) == &raw mut py::PyClass_Type
            || py::has_feature(py::type_of(class), u64::from(py::Py_TPFLAGS_STRING_SUBCLASS))
        {
            return true;
        }
        py::has_feature(py::type_of(class), u64::from(py::Py_TPFLAGS_TYPE_SUBCLASS))
            && py::has_feature(class.cast(), u64::from(py::Py_TPFLAGS_BASE_EXC_SUBCLASS))
    }
}

/// The exception that was raised is about to be caught in this frame.
pub unsafe extern "C" fn add_traceback(frame: Frame) -> i64 {
    // SAFETY: the frame is the running one, `f_lasti` says where it raised.
    unsafe {
        if (*thread_state()).c_tracefunc.is_some() {
            return -1;
        }
        raised();
        slack::give();
        if recall::is_any() {
            recall::forgive(frame);
        }
        py::PyTraceBack_Here(frame);
        0
    }
}

/// Leaves what a handler is entered with.
#[cfg(py2)]
pub unsafe extern "C" fn catch(_frame: Frame, at: *mut Object, _: i64, handled: i64) -> i64 {
    let (mut class, mut value, mut traceback) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    // SAFETY: the stack has room for three; an exception is set.
    unsafe {
        py::PyErr_Fetch(&mut class, &mut value, &mut traceback);
        if value.is_null() {
            value = py::none();
            py::incref(value);
        }
        if handled != 0 {
            py::PyErr_NormalizeException(&mut class, &mut value, &mut traceback);
            handled::set(thread_state(), [class, value, traceback]);
        }
        if traceback.is_null() {
            traceback = py::none();
            py::incref(traceback);
        }
        *at = traceback;
        *at.add(1) = value;
        *at.add(2) = class;
        0
    }
}

/// Leaves what a handler is entered with, above what it ends with.
#[cfg(py3)]
pub unsafe extern "C" fn catch(_frame: Frame, at: *mut Object, _: i64, _: i64) -> i64 {
    let (mut class, mut value, mut traceback) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    // SAFETY: the stack has room for six; an exception is set. The references of the thread
    // state move to the stack, and new ones take their place, as in `ceval.c`: code that runs
    // meanwhile sees the old ones, which are alive.
    unsafe {
        let thread = thread_state();
        *at = (*thread).exc_traceback;
        *at.add(1) = (*thread).exc_value;
        *at.add(2) = (*thread).exc_type;
        if (*thread).exc_type.is_null() {
            *at.add(2) = py::none();
            py::incref(py::none());
        }
        py::PyErr_Fetch(&mut class, &mut value, &mut traceback);
        py::PyErr_NormalizeException(&mut class, &mut value, &mut traceback);
        py::PyException_SetTraceback(value, if traceback.is_null() { py::none() } else { traceback });
        py::incref(class);
        (*thread).exc_type = class;
        py::incref(value);
        (*thread).exc_value = value;
        (*thread).exc_traceback = traceback;
        if traceback.is_null() {
            traceback = py::none();
        }
        py::incref(traceback);
        *at.add(3) = traceback;
        *at.add(4) = value;
        *at.add(5) = class;
        0
    }
}

/// `UNWIND_EXCEPT_HANDLER`, once what is above the handler's own is released.
#[cfg(py3)]
unsafe extern "C" fn end_handler(_frame: Frame, at: *mut Object, _: i64, _: i64) -> i64 {
    // SAFETY: the three operands are ours, and go to the thread state; the references it held
    // are released last.
    unsafe {
        let thread = thread_state();
        let old = [(*thread).exc_type, (*thread).exc_value, (*thread).exc_traceback];
        (*thread).exc_traceback = *at;
        (*thread).exc_value = *at.add(1);
        (*thread).exc_type = *at.add(2);
        for object in old {
            py::xdecref(object);
        }
        0
    }
}

/// The address of the helper at the end of handlers.
pub fn end_handler_address() -> usize {
    #[cfg(py3)]
    return address_of!(end_handler);
    #[cfg(py2)]
    return address_of!(crate::runtime::helper::no_instruction_status);
}
