//! Generators and coroutines that wait for another (`yield from`, `await`): what they are resumed with goes straight
//! down the chain, and what the last one yields straight up, past the code of those between.

use crate::py::{self, Object, PyBytesObject, PyThreadState};
use crate::py::{Frame, evaluator};
use crate::run::enter;
use crate::run::generators::{self, Stop};
use crate::run::hook;
use crate::stats;
use std::ptr;

/// Whether a suspended frame executes `YIELD_FROM` when it is resumed, as `_PyGen_yf` asks, and may do so here.
///
/// # Safety
/// The frame of a generator that has begun and is suspended; the thread is the current one.
#[inline(always)]
pub unsafe fn can_pass(frame: Frame, thread: *mut PyThreadState) -> bool {
    // SAFETY: a frame goes on at an instruction of its code.
    unsafe {
        let code = (*(*frame).f_code).co_code.cast::<PyBytesObject>();
        let instructions = (&raw const (*code).ob_sval).cast::<u8>();
        let next = *instructions.offset((*frame).f_lasti as isize + 1);
        u32::from(next) == py::YIELD_FROM && enter::has_room(thread)
    }
}

/// `PyEval_EvalFrameEx` for a frame that can [pass](can_pass) on the value it is resumed with, which is on its operand
/// stack. A new reference, or NULL with an exception set.
///
/// # Safety
/// As for [`pass`].
#[inline(never)]
pub unsafe extern "C" fn resume(frame: Frame, thread: *mut PyThreadState) -> Object {
    // SAFETY: the stack owns the value, until it is taken off.
    unsafe {
        let top = (*frame).f_stacktop.sub(1);
        (*frame).f_stacktop = top;
        pass(frame, thread, *top)
    }
}

/// The same without the value on the stack: it is consumed.
///
/// # Safety
/// The frame [can pass](can_pass) it, and has its receiver on top of its operand stack; the thread is the current
/// one, and does not trace.
#[inline(always)]
pub unsafe fn pass(frame: Frame, thread: *mut PyThreadState, value: Object) -> Object {
    // SAFETY: nothing else runs the frame meanwhile, so what it has on its stack stays.
    unsafe {
        let top = (*frame).f_stacktop;
        stats::counters().frames_native.count();
        enter::arrive(frame, thread, 0);
        (*frame).f_lasti += 1;
        let receiver = *top.sub(1);
        let stop = advance(frame, thread, receiver, value);
        py::decref(value);
        match stop {
            Stop::Yielded(result) => {
                (*frame).f_stacktop = top;
                (*frame).f_lasti -= 1;
                enter::leave(frame, thread, result)
            }
            Stop::Returned(result) => {
                *top.sub(1) = result;
                py::decref(receiver);
                (*frame).f_stacktop = top;
                enter::hand_over(frame, thread);
                hook::proceed(frame, thread)
            }
            Stop::Raised => {
                (*frame).f_stacktop = top;
                enter::hand_over(frame, thread);
                hook::raise(frame, thread)
            }
        }
    }
}

/// What a receiver gives for a value: `YIELD_FROM` of a running frame. Both are borrowed.
///
/// # Safety
/// The receiver is an iterator, or what awaiting gave; the thread is the current one.
#[inline(always)]
pub unsafe fn advance(frame: Frame, thread: *mut PyThreadState, receiver: Object, value: Object) -> Stop {
    static mut SEND: py::_Py_Identifier =
        py::_Py_Identifier { next: ptr::null_mut(), string: c"send".as_ptr(), object: ptr::null_mut() };
    // SAFETY: by the contract; a result is a new reference.
    unsafe {
        let result = if is_generator(receiver) {
            match generators::send(thread, receiver, value) {
                Some(Stop::Raised) => ptr::null_mut(),
                Some(stop) => return stop,
                None => py::_PyGen_Send(receiver.cast(), value),
            }
        } else if value == py::none() {
            (*py::type_of(receiver)).tp_iternext.unwrap_unchecked()(receiver)
        } else {
            let end = ptr::null_mut::<py::PyObject>();
            py::_PyObject_CallMethodIdObjArgs(receiver, &raw mut SEND, value, end)
        };
        if !result.is_null() {
            return Stop::Yielded(result);
        }
        if py::PyErr_ExceptionMatches(py::PyExc_StopIteration) != 0 {
            evaluator::trace_exception(frame);
        }
        let mut returned = ptr::null_mut();
        if py::_PyGen_FetchStopIterationValue(&mut returned) < 0 {
            Stop::Raised
        } else {
            Stop::Returned(returned)
        }
    }
}

/// Whether `_PyGen_Send` takes the receiver.
#[inline(always)]
unsafe fn is_generator(receiver: Object) -> bool {
    // SAFETY: alive.
    unsafe {
        let ty = py::type_of(receiver);
        #[cfg(py35)]
        if ty == &raw mut py::PyCoro_Type {
            return true;
        }
        ty == &raw mut py::PyGen_Type
    }
}
