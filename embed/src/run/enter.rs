//! Runs compiled code on a frame, with what `PyEval_EvalFrameEx` does around its loop.
//!
//! *Invariant*: the functions between a caller in C and compiled code own nothing that needs to
//! be dropped, and those of them that let Python code run or wait for the GIL cannot panic. A
//! thread that ends while it waits for the GIL (3.x at interpreter exit) unwinds through them by
//! force, which Rust answers with an abort where a panic would have had something to do.

use crate::memory::slack;
#[cfg(py3)]
use crate::py::describe;
use crate::py::evaluation::{RESUME, THROW, hand_over, suspended};
use crate::py::gil::Gil;
use crate::py::*;
use crate::run::inlined;
use crate::run::outcome::Outcome;
use crate::run::reify::{self, Left};
use crate::run::shortage;
use crate::state::native::Native;
use crate::state::recall;
use crate::stats::{self, Mode};
use crate::tier::{exits, promotion};
use pyjion_jit::backend::YIELDED;
use std::cell::UnsafeCell;
use std::ffi::c_int;
use std::ptr;

/// Words of an exit at most: recipes number them in 16 bits.
const BUFFER_WORDS: usize = 1 << 16;

/// The exit buffer of all compiled code. What is in it is read before anything else runs, hence
/// frames need none of their own, which would only make recursion take more of the C stack.
// APART: zeros, which would be half a megabyte of the executable beside anything else.
static BUFFER: Gil<UnsafeCell<[u64; BUFFER_WORDS]>> = Gil::new(UnsafeCell::new([0; BUFFER_WORDS]));

/// Runs a version on a frame that has the shape of the entry.
///
/// # Safety
/// The version is one of the frame's code, valid for the entry; the frame is not running.
#[inline(never)]
pub unsafe extern "C" fn run(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    version: *const Native,
    entry: u32,
    flags: c_int,
) -> Outcome {
    // SAFETY: the caller's.
    unsafe { run_here(frame, thread, version, entry, flags) }
}

/// The same in line.
///
/// # Safety
/// As for [`run`].
#[inline(always)]
pub unsafe fn run_here(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    version: *const Native,
    entry: u32,
    flags: c_int,
) -> Outcome {
    let buffer = buffer();
    // SAFETY: frame, thread and version are alive throughout: the caller holds the frame, the
    // frame its code, and versions that run are not freed.
    unsafe {
        if !has_room(thread) {
            // Now every nested check counts, those that native code does without too (that of
            // `a < b`, for instance): the interpreter raises where it would.
            return Outcome { object: suspended(), next: flags };
        }
        arrive(frame, thread, flags);
        let version = &*version;
        version.enter();
        let mode = stats::switch(Mode::Native);
        let exit = (version.compiled.code.function)(frame.cast(), thread.cast(), u64::from(entry), buffer);
        stats::switch(mode);
        came_back(frame, thread, version, exit)
    }
}

/// Native code came back with this exit.
///
/// # Safety
/// It ran the frame, and what it left in the buffer is still there.
#[inline(always)]
pub unsafe fn came_back(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    version: *const Native,
    exit: u64,
) -> Outcome {
    let buffer = buffer();
    // SAFETY: by the contract.
    unsafe {
        let outcome = if exit == 0 {
            (*frame).f_iblock = 0;
            let result = leave(frame, thread, *buffer as Object);
            Outcome { object: result, next: 0 }
        } else if exit == YIELDED {
            Outcome { object: leave(frame, thread, *buffer as Object), next: 0 }
        } else {
            left(frame, thread, version, exit as usize - 1, buffer)
        };
        finish(frame, version, outcome)
    }
}

/// The buffer that native code leaves its result in, or what an exit has to know.
#[inline(always)]
pub fn buffer() -> *mut u64 {
    BUFFER.get().cast()
}

/// A frame has left a version: does what there is to be done about that.
///
/// # Safety
/// The version is counted as running the frame, which is not so any more.
#[inline(always)]
pub unsafe fn finish(frame: *mut PyFrameObject, version: *const Native, outcome: Outcome) -> Outcome {
    // SAFETY: it was counted.
    unsafe {
        let version = &*version;
        version.running.set(version.running.get() - 1);
        if version.attend.get() { attend(frame, version, outcome) } else { outcome }
    }
}

/// Whether one more frame is not one too deep.
///
/// # Safety
/// The current thread.
#[inline(always)]
pub unsafe fn has_room(thread: *mut PyThreadState) -> bool {
    // SAFETY: by the contract.
    unsafe { has_room_for(thread, 0) }
}

/// The same for one under so many calls in C.
///
/// # Safety
/// The current thread.
#[inline(always)]
pub unsafe fn has_room_for(thread: *mut PyThreadState, calls: c_int) -> bool {
    // SAFETY: by the contract.
    unsafe { (*thread).recursion_depth + calls + 1 < _Py_CheckRecursionLimit }
}

/// The beginning of `PyEval_EvalFrameEx` for a frame that begins, is resumed, or (with [`RESUME`]) goes on.
///
/// # Safety
/// The frame is not running, and the thread is the current one and [has room](has_room).
#[inline(always)]
pub unsafe fn arrive(frame: *mut PyFrameObject, thread: *mut PyThreadState, flags: c_int) {
    // SAFETY: by the contract.
    unsafe {
        (*thread).recursion_depth += 1;
        (*thread).frame = frame;
        (*frame).f_stacktop = ptr::null_mut();
        #[cfg(py3)]
        {
            (*frame).f_executing = 1;
            if flags & RESUME == 0 && describe::is_generator((*frame).f_code) {
                enter_generator(frame, thread);
            }
        }
        #[cfg(py2)]
        let _ = flags;
    }
}

/// A frame left a version that something is to be done about.
#[cold]
#[inline(never)]
unsafe extern "C" fn attend(frame: *mut PyFrameObject, version: *const Native, outcome: Outcome) -> Outcome {
    // SAFETY: the frame holds its code; the outcome is the frame's.
    unsafe {
        let code = (*frame).f_code;
        if (*version).is_to_be_reconsidered() {
            // It may be replaced, and is not freed before it has been looked at.
            let running = &(*version).running;
            running.set(running.get() + 1);
            promotion::reconsider(code, &*version);
            running.set(running.get() - 1);
        }
        exits::sweep(code, version);
        let raised_at = if recall::is_any() { recall::answered(frame) } else { recall::NOT_SHORT };
        exits::end_call_out(code);
        if raised_at == recall::NOT_SHORT { outcome } else { shortage::raise(frame, raised_at, outcome) }
    }
}

/// Native code left by an exit.
///
/// # Safety
/// As for [`run`]; the buffer is what the exit left in it.
#[inline(never)]
pub unsafe extern "C" fn left(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    version: *const Native,
    exit: usize,
    buffer: *const u64,
) -> Outcome {
    // SAFETY: the recipe belongs to the exit.
    unsafe {
        let code = &(*version).compiled.code;
        if !code.exits.get_unchecked(exit).is_simple() {
            return inlined::left(frame, thread, version, exit, buffer);
        }
        let Rebuilt { yielded, throw } = rebuild(frame, version, exit, buffer);
        if !yielded.is_null() {
            exits::count(frame, version, exit);
            return Outcome { object: leave(frame, thread, yielded), next: 0 };
        }
        hand_over(frame, thread);
        let next = exits::decide(frame, frame, version, exit);
        Outcome { object: suspended(), next: next | RESUME | throw }
    }
}

/// What [`left`] has to know of an exit.
#[repr(C)]
struct Rebuilt {
    /// The value yielded, or NULL.
    yielded: Object,
    /// [`THROW`] or 0.
    throw: c_int,
}

/// # Safety
/// As for [`left`].
#[inline(never)]
unsafe extern "C" fn rebuild(
    frame: *mut PyFrameObject,
    version: *const Native,
    exit: usize,
    buffer: *const u64,
) -> Rebuilt {
    // SAFETY: the recipe belongs to the exit.
    unsafe {
        let recipe = &(&(*version).compiled.code.exits)[exit];
        let (yielded, throw) = match reify::rebuild(frame, recipe, buffer) {
            Left::At => (ptr::null_mut(), 0),
            Left::Throwing => {
                slack::give();
                (ptr::null_mut(), THROW)
            }
            Left::Yielded(value) => (value, 0),
            Left::Releasing { next } => {
                (*frame).f_lasti = next as c_int - 1;
                (ptr::null_mut(), 0)
            }
        };
        Rebuilt { yielded, throw }
    }
}

/// `Py_LeaveRecursiveCall()`.
#[inline(always)]
unsafe fn leave_recursive_call(thread: *mut PyThreadState) {
    // SAFETY: the thread state is ours.
    unsafe {
        (*thread).recursion_depth -= 1;
        #[cfg(py3)]
        {
            let limit = _Py_CheckRecursionLimit;
            let low_water = if limit > 200 { limit - 50 } else { 3 * (limit >> 2) };
            if (*thread).recursion_depth < low_water {
                (*thread).overflowed = 0;
            }
        }
    }
}

/// The end of `PyEval_EvalFrameEx` for a frame that returned or yielded. The result is taken and given back,
/// NULL when a trace function raised.
///
/// # Safety
/// The frame is the thread's current one; the result is an owned reference or NULL.
#[inline(always)]
pub unsafe fn leave(frame: *mut PyFrameObject, thread: *mut PyThreadState, mut result: Object) -> Object {
    // SAFETY: the frame is the thread's current one.
    unsafe {
        #[cfg(py3)]
        if describe::is_generator((*frame).f_code) {
            leave_generator(frame, thread);
        }
        if (*thread).use_tracing != 0 {
            result = trace_return(frame, thread, result);
        }
        #[cfg(py2)]
        if !(*frame).f_exc_type.is_null() {
            handled::reset(thread);
        }
        leave_recursive_call(thread);
        #[cfg(py3)]
        {
            (*frame).f_executing = 0;
        }
        (*thread).frame = (*frame).f_back;
        result
    }
}

/// 3.x: what a generator does with the exception being handled when it is resumed: puts back
/// its own, or saves the caller's.
#[cfg(py3)]
unsafe extern "C" fn enter_generator(frame: *mut PyFrameObject, thread: *mut PyThreadState) {
    // SAFETY: the six members are owned references or NULL; old ones are released last.
    unsafe {
        if !(*frame).f_exc_type.is_null() && (*frame).f_exc_type != none() {
            swap_exc_state(frame, thread);
            return;
        }
        xincref((*thread).exc_type);
        xincref((*thread).exc_value);
        xincref((*thread).exc_traceback);
        let old = [(*frame).f_exc_type, (*frame).f_exc_value, (*frame).f_exc_traceback];
        (*frame).f_exc_type = (*thread).exc_type;
        (*frame).f_exc_value = (*thread).exc_value;
        (*frame).f_exc_traceback = (*thread).exc_traceback;
        for object in old {
            xdecref(object);
        }
    }
}

/// 3.x: the reverse, when it returns or yields: keeps its own exception if it is handling one
/// and gives the caller's back.
#[cfg(py3)]
unsafe extern "C" fn leave_generator(frame: *mut PyFrameObject, thread: *mut PyThreadState) {
    // SAFETY: as for `enter_generator`; `f_iblock` blocks are in use.
    unsafe {
        // No bounds check, which could panic: see the invariant above.
        let blocks = (&raw const (*frame).f_blockstack).cast::<PyTryBlock>();
        for index in 0..(*frame).f_iblock as usize {
            if (*blocks.add(index)).b_type == describe::EXCEPT_HANDLER {
                swap_exc_state(frame, thread);
                return;
            }
        }
        let old = [(*thread).exc_type, (*thread).exc_value, (*thread).exc_traceback];
        (*thread).exc_type = (*frame).f_exc_type;
        (*thread).exc_value = (*frame).f_exc_value;
        (*thread).exc_traceback = (*frame).f_exc_traceback;
        (*frame).f_exc_type = ptr::null_mut();
        (*frame).f_exc_value = ptr::null_mut();
        (*frame).f_exc_traceback = ptr::null_mut();
        for object in old {
            xdecref(object);
        }
    }
}

#[cfg(py3)]
unsafe fn swap_exc_state(frame: *mut PyFrameObject, thread: *mut PyThreadState) {
    // SAFETY: distinct members of live structs.
    unsafe {
        ptr::swap(&raw mut (*thread).exc_type, &raw mut (*frame).f_exc_type);
        ptr::swap(&raw mut (*thread).exc_value, &raw mut (*frame).f_exc_value);
        ptr::swap(&raw mut (*thread).exc_traceback, &raw mut (*frame).f_exc_traceback);
    }
}

/// Tracing was switched on while native code ran its last instructions: the 'return' event.
#[cold]
#[inline(never)]
unsafe extern "C" fn trace_return(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    result: Object,
) -> Object {
    // SAFETY: as `call_trace` of ceval.c.
    unsafe {
        if result.is_null() {
            call_trace_protected(frame, thread, (*thread).c_tracefunc, (*thread).c_traceobj);
            call_trace_protected(frame, thread, (*thread).c_profilefunc, (*thread).c_profileobj);
            return result;
        }
        let traced = call_trace(frame, thread, (*thread).c_tracefunc, (*thread).c_traceobj, result)
            && call_trace(frame, thread, (*thread).c_profilefunc, (*thread).c_profileobj, result);
        if traced {
            return result;
        }
        decref(result);
        ptr::null_mut()
    }
}

/// The exception stays, unless the function raises another one.
unsafe fn call_trace_protected(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    function: Py_tracefunc,
    object: Object,
) {
    let (mut ty, mut value, mut traceback) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    // SAFETY: as `call_trace_protected` of ceval.c.
    unsafe {
        if function.is_none() {
            return;
        }
        PyErr_Fetch(&mut ty, &mut value, &mut traceback);
        if call_trace(frame, thread, function, object, ptr::null_mut()) {
            PyErr_Restore(ty, value, traceback);
        } else {
            for object in [ty, value, traceback] {
                xdecref(object);
            }
        }
    }
}

unsafe fn call_trace(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    function: Py_tracefunc,
    object: Object,
    result: Object,
) -> bool {
    // SAFETY: the function is one for trace events, and `object` what it was installed with.
    unsafe {
        let Some(function) = function else { return true };
        if (*thread).tracing != 0 {
            return true;
        }
        (*thread).tracing += 1;
        (*thread).use_tracing = 0;
        let status = function(object, frame, PyTrace_RETURN as c_int, result);
        let on = (*thread).c_tracefunc.is_some() || (*thread).c_profilefunc.is_some();
        (*thread).use_tracing = c_int::from(on);
        (*thread).tracing -= 1;
        status == 0
    }
}
