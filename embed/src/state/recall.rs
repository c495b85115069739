//! Frames that are to leave native code at their next check, as something happened to them that it does not
//! know of: their locals were written from outside, or there was no memory for one of their numbers.
//!
//! Native code looks at `use_tracing` after whatever can run foreign code: that is set for as long as such a
//! frame is about to go on. Frames that are called meanwhile run as if it were not.

use crate::process::PROCESS;
use crate::py::evaluation::thread_state;
use crate::py::*;
use crate::state::extra;
use std::cell::{Cell, RefCell};
use std::ffi::c_int;
use std::ptr;

/// Bytes of an instruction at most.
const INSTRUCTION: c_int = 3;

/// Why a frame is recalled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// `PyFrame_LocalsToFast` wrote its locals.
    Written,
    /// There was no memory for a number: it shall raise `MemoryError`.
    Short,
}

struct Recall {
    frame: *mut PyFrameObject,
    code: *mut PyCodeObject,
    /// The thread that the frame runs in.
    thread: *mut PyThreadState,
    reason: Reason,
    /// `f_lasti` at that time.
    lasti: c_int,
    /// What its locals held then, owned: the registers of native code rest on it.
    held: Vec<Object>,
}

/// The frames that are recalled.
pub struct Recalls {
    any: Cell<bool>,
    /// The frame that native code itself has written the locals of, and reads them anew.
    expected: Cell<*mut PyFrameObject>,
    all: RefCell<Vec<Recall>>,
}

impl Recalls {
    /// None.
    pub const fn new() -> Recalls {
        Recalls { any: Cell::new(false), expected: Cell::new(ptr::null_mut()), all: RefCell::new(Vec::new()) }
    }
}

/// Watches for locals that are written from outside.
pub fn initialise() {
    #[cfg(has_locals_hook)]
    // SAFETY: a plain store of a function pointer under the GIL.
    unsafe {
        _PyFrame_LocalsToFastHook = Some(written);
    }
}

/// Whether any frame is recalled.
#[inline(always)]
pub fn is_any() -> bool {
    PROCESS.recalls.any.get()
}

/// Whether a frame of this code is recalled.
pub fn concerns(code: *mut PyCodeObject) -> bool {
    is_any() && PROCESS.recalls.all.borrow().iter().any(|recall| recall.code == code)
}

/// Whether a frame is to raise `MemoryError`.
pub fn is_short(frame: *mut PyFrameObject) -> bool {
    is_any() && PROCESS.recalls.all.borrow().iter().any(|r| r.frame == frame && r.reason == Reason::Short)
}

/// Recalls a frame of the current thread that native code has had no memory for a number of.
///
/// # Safety
/// The GIL is held, and the frame is the thread's current one.
pub unsafe fn short(frame: *mut PyFrameObject) {
    if !is_short(frame) {
        // SAFETY: by the contract.
        unsafe { add(frame, thread_state(), Reason::Short, Vec::new()) }
    }
}

/// `PyFrame_LocalsToFast(frame, 0)` for native code that reads all locals anew after it.
///
/// # Safety
/// The GIL is held, and native code of the frame is running.
pub unsafe fn write_locals(frame: *mut PyFrameObject) {
    let before = PROCESS.recalls.expected.replace(frame);
    // SAFETY: by the contract.
    unsafe { PyFrame_LocalsToFast(frame, 0) };
    PROCESS.recalls.expected.set(before);
}

/// `_PyFrame_LocalsToFastHook`
#[cfg(has_locals_hook)]
unsafe extern "C" fn written(frame: *mut PyFrameObject) {
    // SAFETY: a frame, and the GIL is held. A frame that does not run has its operands in `f_stacktop`.
    unsafe {
        let state = extra::of((*frame).f_code);
        if !state.is_null() {
            // What is written over may be borrowed.
            (*state).thin.complete(frame);
        }
        if state.is_null()
            || !(*state).is_running()
            || !(*frame).f_stacktop.is_null()
            || frame == PROCESS.recalls.expected.get()
        {
            return;
        }
        let slots = (&raw const (*frame).f_localsplus).cast::<Object>();
        let mut held = Vec::new();
        for index in 0..(*(*frame).f_code).co_nlocals as usize {
            let object = *slots.add(index);
            if !object.is_null() {
                incref(object);
                held.push(object);
            }
        }
        add(frame, thread_of(frame), Reason::Written, held);
    }
}

/// The thread that a frame runs in. A frame that is in none belongs to a coroutine of the C stack, which goes
/// on in the thread that it was begun in, most probably this one.
///
/// # Safety
/// The GIL is held.
#[cfg(has_locals_hook)]
unsafe fn thread_of(frame: *mut PyFrameObject) -> *mut PyThreadState {
    // SAFETY: the lists of threads and frames do not change under the GIL.
    unsafe {
        let current = thread_state();
        let mut thread = current;
        let mut others = PyInterpreterState_ThreadHead((*current).interp);
        loop {
            let mut running = (*thread).frame;
            while !running.is_null() {
                if running == frame {
                    return thread;
                }
                running = (*running).f_back;
            }
            if others.is_null() {
                return current;
            }
            thread = others;
            others = PyThreadState_Next(others);
        }
    }
}

/// # Safety
/// The GIL is held, the frame runs in the thread, and its code has a state. The references are owned.
unsafe fn add(frame: *mut PyFrameObject, thread: *mut PyThreadState, reason: Reason, held: Vec<Object>) {
    // SAFETY: by the contract.
    unsafe {
        let (code, lasti) = ((*frame).f_code, (*frame).f_lasti);
        PROCESS.recalls.all.borrow_mut().push(Recall { frame, code, thread, reason, lasti, held });
        PROCESS.recalls.any.set(true);
        (*thread).use_tracing = 1;
        let state = extra::of(code);
        if !state.is_null() {
            (*state).call_out();
        }
    }
}

/// What [`answered`] gives for a frame that need not raise.
pub const NOT_SHORT: c_int = c_int::MIN;

/// Takes a frame's recalls back as it has left native code; if it is to raise `MemoryError`, what `f_lasti`
/// is then, else [`NOT_SHORT`].
///
/// # Safety
/// The GIL is held; the frame is not running, and goes on after `f_lasti` if it goes on.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn answered(frame: *mut PyFrameObject) -> c_int {
    // SAFETY: by the contract; what is held is owned.
    unsafe {
        let lasti = (*frame).f_lasti;
        let mut raised_at = NOT_SHORT;
        let mut held = Vec::new();
        for recall in take(|recall| recall.frame == frame) {
            let is_same = lasti >= recall.lasti && lasti - recall.lasti < INSTRUCTION;
            match recall.reason {
                Reason::Short => raised_at = if is_same { recall.lasti } else { lasti + 1 },
                // Native code that went on for more than the instruction may have released an object that it
                // found in the slot before: then it is the reference held here that is gone.
                Reason::Written if is_same => held.extend(recall.held),
                Reason::Written => {}
            }
        }
        release(held);
        raised_at
    }
}

/// A frame raises another exception than the `MemoryError` that it was to raise.
#[cold]
#[inline(never)]
pub extern "C" fn forgive(frame: *mut PyFrameObject) {
    take(|recall| recall.frame == frame && recall.reason == Reason::Short);
}

/// The frames of a thread that are to raise `MemoryError` need not; whether the thread runs as usual again.
///
/// # Safety
/// The thread is the current one.
pub unsafe fn forgive_all(thread: *mut PyThreadState) -> bool {
    take(|recall| recall.thread == thread && recall.reason == Reason::Short);
    // SAFETY: by the contract.
    unsafe { (*thread).use_tracing == 0 }
}

/// Nobody runs native code of this code object any more: recalls of frames that never did are moot.
///
/// # Safety
/// The GIL is held.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn forget(code: *mut PyCodeObject) {
    let held = take(|recall| recall.code == code).into_iter().flat_map(|recall| recall.held).collect();
    // SAFETY: owned references: no native code has touched them.
    unsafe { release(held) }
}

/// Lets go of what was held, whatever exception is set.
///
/// # Safety
/// The GIL is held, the references are owned.
unsafe fn release(held: Vec<Object>) {
    // SAFETY: by the contract.
    unsafe { preserving_exception(|| held.into_iter().for_each(|object| decref(object))) }
}

/// Takes recalls out, and has threads that have none any more trace again only if somebody traces.
fn take(which: impl Fn(&Recall) -> bool) -> Vec<Recall> {
    if !is_any() {
        return Vec::new();
    }
    let mut all = PROCESS.recalls.all.borrow_mut();
    let (taken, left): (Vec<Recall>, Vec<Recall>) = all.drain(..).partition(which);
    *all = left;
    PROCESS.recalls.any.set(!all.is_empty());
    for recall in &taken {
        if !all.iter().any(|other| other.thread == recall.thread) {
            // SAFETY: under the GIL; a frame that was never in native code may have outlived its thread.
            unsafe {
                if exists(recall.thread) {
                    (*recall.thread).use_tracing = is_traced(recall.thread).into();
                }
            }
        }
    }
    taken
}

/// Whether a thread state is still there.
///
/// # Safety
/// The GIL is held.
unsafe fn exists(wanted: *mut PyThreadState) -> bool {
    // SAFETY: the lists of interpreters and threads do not change under the GIL.
    unsafe {
        let mut interpreter = PyInterpreterState_Head();
        while !interpreter.is_null() {
            let mut thread = PyInterpreterState_ThreadHead(interpreter);
            while !thread.is_null() {
                if thread == wanted {
                    return true;
                }
                thread = PyThreadState_Next(thread);
            }
            interpreter = PyInterpreterState_Next(interpreter);
        }
        false
    }
}

/// Whether somebody traces or profiles a thread.
///
/// # Safety
/// A thread state, and the GIL is held.
unsafe fn is_traced(thread: *mut PyThreadState) -> bool {
    // SAFETY: by the contract.
    unsafe { (*thread).c_tracefunc.is_some() || (*thread).c_profilefunc.is_some() }
}

/// What a frame that begins, or is resumed, is to do about recalls.
#[repr(C)]
pub enum Begun {
    /// Nothing.
    AsUsual,
    /// Raise the `MemoryError` of its caller, for whom the call has failed.
    Fail,
    /// Run as if nobody were recalled, and then [`resume`].
    Apart,
}

/// A frame begins or is resumed in a thread that seems to be traced.
///
/// # Safety
/// The GIL is held; the frame is about to run in this thread, the current one.
#[inline(never)]
pub unsafe extern "C" fn begin(frame: *mut PyFrameObject, thread: *mut PyThreadState) -> Begun {
    // SAFETY: by the contract.
    unsafe {
        if !is_any() || is_traced(thread) {
            return Begun::AsUsual;
        }
        if (*frame).f_lasti < 0
            && !take(|r| r.frame == (*frame).f_back && r.reason == Reason::Short).is_empty()
        {
            return Begun::Fail;
        }
        (*thread).use_tracing = 0;
        Begun::Apart
    }
}

/// A frame that was run [apart](Begun::Apart) has ended.
///
/// # Safety
/// The thread is the current one.
#[inline(never)]
pub unsafe extern "C" fn resume(thread: *mut PyThreadState) {
    if is_any() && PROCESS.recalls.all.borrow().iter().any(|recall| recall.thread == thread) {
        // SAFETY: by the contract.
        unsafe { (*thread).use_tracing = 1 };
    }
}
