//! What generators and coroutines are sent. To those that wait for another (`yield from`, `await`) it goes
//! straight down the chain, and what the last one yields straight up, past the code of those between.

#[cfg(py3)]
use crate::py::PyBytesObject;
use crate::py::{self, Frame, Object, PyGenObject, PyThreadState};
#[cfg(py3)]
use crate::py::{evaluation, evaluator};
use crate::run::generators::{Stop, link, stopped};
use crate::run::{direct, enter};
use crate::state::native::Native;
use crate::state::tickets::{self, Found};
use crate::stats;
use pyjion_jit::backend::YIELDED;
#[cfg(py3)]
use std::ptr;

/// Resumes a generator, or a coroutine, with a borrowed value. `None` when nothing was done, and it is for
/// `gen_send_ex` to do.
///
/// # Safety
/// An exact generator or coroutine, held by the caller; the thread is the current one.
#[inline(always)]
pub unsafe fn send(thread: *mut PyThreadState, generator: Object, value: Object) -> Option<Stop> {
    // SAFETY: a suspended generator owns its frame, whose operand stack has room for what `yield` gives.
    unsafe {
        let generator = generator.cast::<PyGenObject>();
        let frame = (*generator).gi_frame;
        if (*generator).gi_running != 0 || frame.is_null() || (*frame).f_stacktop.is_null() {
            return None;
        }
        if let Some(found) = tickets::find(frame)
            && direct::is_undisturbed(thread)
            && enter::has_room(thread)
        {
            return Some(take_up(thread, generator, &found, value));
        }
        let resumption = if (*frame).f_lasti < 0 {
            if value != py::none() {
                return None;
            }
            direct::beginning(frame, thread)?
        } else {
            #[cfg(py3)]
            if can_pass(frame, thread)
                && let Some(state) = direct::compiled(frame, thread)
            {
                direct::count(state);
                return Some(pass_on(thread, generator, value));
            }
            *(*frame).f_stacktop = value;
            (*frame).f_stacktop = (*frame).f_stacktop.add(1);
            let Some(resumption) = direct::resumption(frame, thread) else {
                (*frame).f_stacktop = (*frame).f_stacktop.sub(1);
                return None;
            };
            py::incref(value);
            resumption
        };
        let caller = link(thread, generator);
        let result = direct::resume_native(frame, thread, resumption);
        Some(stopped(thread, generator, caller, result))
    }
}

/// [`send`] to a generator that goes on where its ticket says.
#[inline(always)]
unsafe fn take_up(
    thread: *mut PyThreadState,
    generator: *mut PyGenObject,
    found: &Found,
    value: Object,
) -> Stop {
    // SAFETY: as for `send`; what was found is a version of the frame's code, which has the shape of the
    // entry.
    unsafe {
        let (frame, native) = ((*generator).gi_frame, &*found.native);
        *(*frame).f_stacktop = value;
        py::incref(value);
        let caller = link(thread, generator);
        stats::counters().frames.count();
        (*found.runs).count();
        stats::counters().frames_native.count();
        enter::arrive(frame, thread, 0);
        native.enter();
        let exit = (native.compiled.code.function)(frame.cast(), thread.cast(), found.entry, enter::buffer());
        if exit != YIELDED || native.attend.get() {
            return stop_rarely(thread, generator, caller, native, exit);
        }
        let result = enter::leave(frame, thread, *enter::buffer() as Object);
        native.running.set(native.running.get() - 1);
        stopped(thread, generator, caller, result)
    }
}

/// What is next of a generator that compiled code took up by itself: see `ResumptionLayout::stop_rarely`.
///
/// # Safety
/// Compiled code did what [`take_up`] does, up to there.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn next_rarely(
    thread: *mut PyThreadState,
    generator: *mut PyGenObject,
    caller: Frame,
    native: *const Native,
    exit: u64,
) -> Object {
    // SAFETY: by the contract. No `StopIteration` is set at the end of a `for`.
    unsafe { stop_rarely(thread, generator, caller, native, exit).next(|result| py::decref(result)) }
}

/// A generator that was taken up did something else than to yield, or there is something to be done about its
/// version.
#[inline(never)]
unsafe extern "C" fn stop_rarely(
    thread: *mut PyThreadState,
    generator: *mut PyGenObject,
    caller: Frame,
    native: *const Native,
    exit: u64,
) -> Stop {
    // SAFETY: native code has just come back with this.
    unsafe {
        let frame = (*generator).gi_frame;
        let outcome = enter::came_back(frame, thread, native, exit);
        let result = direct::finished(frame, thread, outcome);
        stopped(thread, generator, caller, result)
    }
}

/// [`send`] to a generator that waits for another.
#[cfg(py3)]
#[inline(never)]
unsafe extern "C" fn pass_on(thread: *mut PyThreadState, generator: *mut PyGenObject, value: Object) -> Stop {
    // SAFETY: as for `send`.
    unsafe {
        let caller = link(thread, generator);
        py::incref(value);
        let result = pass((*generator).gi_frame, thread, value);
        stopped(thread, generator, caller, result)
    }
}

/// Whether a suspended frame waits for another generator: it executes `YIELD_FROM` when it is resumed, as
/// `_PyGen_yf` asks.
///
/// # Safety
/// The frame of a generator that has begun and is suspended.
#[cfg(py3)]
#[inline(always)]
pub unsafe fn waits(frame: Frame) -> bool {
    // SAFETY: a frame goes on at an instruction of its code.
    unsafe {
        let code = (*(*frame).f_code).co_code.cast::<PyBytesObject>();
        let instructions = (&raw const (*code).ob_sval).cast::<u8>();
        u32::from(*instructions.offset((*frame).f_lasti as isize + 1)) == py::YIELD_FROM
    }
}

/// Whether a suspended frame [waits], and may go on waiting here.
///
/// # Safety
/// The frame of a generator that has begun and is suspended; the thread is the current one.
#[cfg(py3)]
#[inline(always)]
pub unsafe fn can_pass(frame: Frame, thread: *mut PyThreadState) -> bool {
    // SAFETY: by the contract.
    unsafe { waits(frame) && enter::has_room(thread) }
}

/// `PyEval_EvalFrameEx` for a frame that can [pass](can_pass) on the value it is resumed with, which is on
/// its operand stack. A new reference, or NULL with an exception set.
///
/// # Safety
/// As for [`pass`].
#[cfg(py3)]
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
/// The frame [can pass](can_pass) it, and has its receiver on top of its operand stack; the thread is the
/// current one, and does not trace.
#[cfg(py3)]
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
                evaluation::hand_over(frame, thread);
                direct::proceed(frame, thread)
            }
            Stop::Raised => {
                (*frame).f_stacktop = top;
                evaluation::hand_over(frame, thread);
                direct::raise(frame, thread)
            }
        }
    }
}

/// What a receiver gives for a value: `YIELD_FROM` of a running frame. Both are borrowed.
///
/// # Safety
/// The receiver is an iterator, or what awaiting gave; the thread is the current one.
#[cfg(py3)]
#[inline(always)]
pub unsafe fn advance(frame: Frame, thread: *mut PyThreadState, receiver: Object, value: Object) -> Stop {
    // APART: the interpreter's own.
    static mut SEND: py::_Py_Identifier =
        py::_Py_Identifier { next: ptr::null_mut(), string: c"send".as_ptr(), object: ptr::null_mut() };
    // SAFETY: by the contract; a result is a new reference.
    unsafe {
        let result = if is_generator(receiver) {
            match send(thread, receiver, value) {
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
#[cfg(py3)]
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
