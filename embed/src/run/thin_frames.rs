//! Frames for calls in [thin frames](crate::state::thin): taken, run to their end in native code, and given
//! back.
//!
//! The functions own nothing that needs to be dropped and cannot panic (see [`enter`](crate::run::enter)).

use crate::memory::shortage;
use crate::process::PROCESS;
use crate::py::dict::{Found, Name, Table};
use crate::py::{self, Frame, Object, PyCodeObject, PyFunctionObject, PyThreadState, collector};
use crate::run::outcome::Outcome;
use crate::run::{direct, enter, frames};
use crate::state::native::Native;
use crate::state::{self, CodeState};
use crate::stats;
use std::cell::Cell;
use std::ptr;

/// The state of a function's code if such calls are possible at all.
///
/// # Safety
/// The thread is the current one, the function alive.
#[inline(always)]
pub unsafe fn callee(thread: *mut PyThreadState, function: Object) -> Option<*const CodeState> {
    // SAFETY: by the contract.
    unsafe {
        let code = (*function.cast::<PyFunctionObject>()).func_code.cast::<PyCodeObject>();
        let state = state::of(code);
        (!state.is_null() && may_begin(thread)).then_some(state)
    }
}

/// Whether nothing about the thread stands in the way of a frame that goes into native code at once.
#[inline(always)]
unsafe fn may_begin(thread: *mut PyThreadState) -> bool {
    // SAFETY: the current thread.
    unsafe { direct::is_undisturbed(thread) && shortage::stress() == 0 && enter::has_room(thread) }
}

/// A frame for a call, with nothing in its slots yet; NULL if there is none.
///
/// # Safety
/// What [`callee`] gave, and the code has a version for the start.
#[inline(always)]
pub unsafe fn frame(thread: *mut PyThreadState, function: Object, state: *const CodeState) -> Frame {
    // SAFETY: what is borrowed is held by others, as the state room says.
    unsafe {
        let globals = (*function.cast::<PyFunctionObject>()).func_globals;
        let back = (*thread).frame;
        let builtins =
            if (*back).f_globals == globals { (*back).f_builtins } else { builtins_of(thread, globals) };
        if builtins.is_null() {
            return ptr::null_mut();
        }
        let mut frame = (*state).thin.take();
        if frame.is_null() {
            frame = (*state).thin.make(thread, (*state).code, globals);
            if frame.is_null() {
                return frame;
            }
            if (*state).start().is_null() {
                // Not any more.
                (*state).thin.put_back(frame);
                return ptr::null_mut();
            }
        }
        (*frame).f_back = back;
        (*frame).f_builtins = builtins;
        (*frame).f_globals = globals;
        #[cfg(py2)]
        {
            (*frame).f_tstate = thread;
        }
        (*frame).f_lasti = -1;
        py::incref((*frame).f_code.cast());
        frame
    }
}

/// The name that the globals of a module have its builtins under, and where that was found last.
pub struct Builtins {
    name: Name,
    index: Cell<usize>,
}

impl Builtins {
    /// It was not found so far.
    pub const fn new() -> Builtins {
        Builtins { name: Name::new(c"__builtins__"), index: Cell::new(0) }
    }
}

/// What `PyFrame_New` takes for builtins where the globals are not the caller's, if they are the
/// interpreter's own, which it holds: borrowed, else NULL.
///
/// # Safety
/// The thread is the current one.
#[inline(always)]
unsafe fn builtins_of(thread: *mut PyThreadState, globals: Object) -> Object {
    let Builtins { name, index } = &*PROCESS.builtins;
    // SAFETY: the table is not used after anything else ran.
    unsafe {
        let name = name.get();
        let Some(table) = Table::of(globals).filter(|_| !name.is_null()) else { return ptr::null_mut() };
        let mut found = table.value(index.get(), name);
        if found.is_null() {
            let Found::At(at) = table.find(name) else { return ptr::null_mut() };
            index.set(at);
            found = table.value(at, name);
        }
        let own = (*(*thread).interp).builtins;
        if found == own || dict_of_module(found) == own { own } else { ptr::null_mut() }
    }
}

/// The same, for calls in line: see `DirectCallLayout::builtins`.
///
/// # Safety
/// The thread is the current one.
pub unsafe extern "C" fn builtins_for(thread: *mut PyThreadState, globals: Object) -> Object {
    // SAFETY: by the contract.
    unsafe { builtins_of(thread, globals) }
}

/// The dict of a module, or NULL for anything else.
#[inline(always)]
unsafe fn dict_of_module(object: Object) -> Object {
    // SAFETY: alive.
    unsafe {
        if py::type_of(object) == &raw mut py::PyModule_Type {
            py::PyModule_GetDict(object)
        } else {
            ptr::null_mut()
        }
    }
}

/// Runs a frame that [`frame`] gave to its end.
///
/// # Safety
/// Nothing has happened since, and its slots are filled.
#[inline(always)]
pub unsafe fn run(thread: *mut PyThreadState, frame: Frame, state: *const CodeState) -> Object {
    // SAFETY: the version is not freed while it runs; the rest is held by frame and thread.
    unsafe {
        if (*state).thin.cells() > 0 && make_cells(thread, frame, state) != 0 {
            return begin_rarely(thread, frame, state);
        }
        let native = &*(*state).start();
        direct::count(state);
        stats::counters().frames_native.count();
        native.enter();
        (*thread).recursion_depth += 1;
        (*thread).frame = frame;
        let buffer = enter::buffer();
        let exit = (native.compiled.code.function)(frame.cast(), thread.cast(), 0, buffer);
        if exit != 0 {
            return end_by_exit(thread, frame, state, native, exit);
        }
        let result = *buffer as Object;
        if !is_usual(thread, frame, native) {
            return end_rarely(thread, frame, state, native, result);
        }
        native.running.set(native.running.get() - 1);
        (*thread).frame = (*frame).f_back;
        (*frame).f_back = ptr::null_mut();
        empty(thread, frame, (*state).thin.lent(), (*state).thin.cells());
        (*state).thin.put_back(frame);
        (*thread).recursion_depth -= 1;
        // The code, and the state with it, may go now.
        py::decref((*frame).f_code.cast());
        result
    }
}

/// Makes the cells of a frame; 0 if it is to enter native code now.
///
/// # Safety
/// As for [`run`].
#[inline(never)]
pub unsafe extern "C" fn make_cells(
    thread: *mut PyThreadState,
    frame: Frame,
    state: *const CodeState,
) -> u64 {
    // SAFETY: by the contract. Anything may have run; the frame holds its code.
    unsafe {
        let is_made = frames::make_cells(frame, (*state).thin.lent());
        let is_as_before = is_made && !(*state).start().is_null() && may_begin(thread);
        u64::from(!is_as_before)
    }
}

/// What comes of a frame that is not to enter native code after all, or whose cells could not be made.
///
/// # Safety
/// What [`make_cells`] said, and nothing has happened since.
#[cold]
#[inline(never)]
pub unsafe fn begin_rarely(thread: *mut PyThreadState, frame: Frame, state: *const CodeState) -> Object {
    // SAFETY: the frame has not been run; the reference to it is given up.
    unsafe {
        (*state).thin.complete(frame);
        (*frame).f_stacktop = (*frame).f_valuestack;
        (*frame).f_lineno = (*(*frame).f_code).co_firstlineno;
        #[cfg(py3)]
        {
            (*frame).f_executing = 0;
        }
        let is_unmade = !py::PyErr_Occurred().is_null();
        let result = if is_unmade { ptr::null_mut() } else { direct::evaluate(frame, thread) };
        frames::release(thread, frame);
        result
    }
}

/// Whether nothing happened to a frame that has returned, nor is about to.
#[inline(always)]
unsafe fn is_usual(thread: *mut PyThreadState, frame: Frame, native: &Native) -> bool {
    // SAFETY: alive.
    unsafe {
        let attached = (*frame).f_locals as usize | (*frame).f_trace as usize | (*frame).f_exc_type as usize;
        #[cfg(py3)]
        if (*thread).overflowed != 0 {
            return false;
        }
        (*frame.cast::<py::PyObject>()).ob_refcnt == 1
            && attached == 0
            && !native.attend.get()
            && (*thread).use_tracing == 0
            && (*thread).trash_delete_nesting < py::PyTrash_UNWIND_LEVEL as i32
            // The end of a frame is when what was put off is released.
            && (*thread).trash_delete_later.is_null()
            && !collector::is_tracked(frame.cast())
    }
}

/// Releases the variables of a frame but those that it borrows, as `frame_dealloc` does: in their order, and
/// so that deep recursion in destructors is noticed.
#[inline(always)]
unsafe fn empty(thread: *mut PyThreadState, frame: Frame, lent: usize, cells: usize) {
    // SAFETY: slots hold owned references, or NULL.
    unsafe {
        let slots = (&raw mut (*frame).f_localsplus).cast::<Object>();
        let owned = (*(*frame).f_code).co_nlocals as usize + cells;
        let (mut slot, end) = (slots.add(lent), slots.add(owned));
        while slot < end {
            let object = *slot;
            if !object.is_null() {
                *slot = ptr::null_mut();
                (*object).ob_refcnt -= 1;
                if (*object).ob_refcnt == 0 {
                    dealloc(thread, object);
                }
            }
            slot = slot.add(1);
        }
    }
}

/// Frees what a frame held last.
///
/// # Safety
/// The object's reference count is zero.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn dealloc(thread: *mut PyThreadState, object: Object) {
    // SAFETY: by the contract.
    unsafe {
        frames::begin_trashcan(thread);
        py::dealloc(object);
        frames::end_trashcan(thread);
    }
}

/// A frame returned that somebody has kept, or that there is something else to be done about.
///
/// # Safety
/// A frame that [`frame`] gave, the thread's current one, which has run to its end in the version.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn end_rarely(
    thread: *mut PyThreadState,
    frame: Frame,
    state: *const CodeState,
    native: *const Native,
    result: Object,
) -> Object {
    // SAFETY: the frame is the thread's current one, and has run to its end.
    unsafe {
        (*state).thin.complete(frame);
        let object = enter::leave(frame, thread, result);
        let outcome = enter::finish(frame, native, Outcome { object, next: 0 });
        end(thread, frame, outcome)
    }
}

/// A frame left native code before its end.
///
/// # Safety
/// As for [`end_rarely`], and what the exit left in the buffer is still there.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn end_by_exit(
    thread: *mut PyThreadState,
    frame: Frame,
    state: *const CodeState,
    native: *const Native,
    exit: u64,
) -> Object {
    // SAFETY: what the exit left in the buffer is still there: completing a frame runs nothing.
    unsafe {
        (*state).thin.complete(frame);
        let outcome = enter::left(frame, thread, native, exit as usize - 1, enter::buffer());
        end(thread, frame, enter::finish(frame, native, outcome))
    }
}

/// Runs what is left of a frame that is thin no more, and gives it up.
unsafe fn end(thread: *mut PyThreadState, frame: Frame, outcome: Outcome) -> Object {
    // SAFETY: the caller's reference is given up.
    unsafe {
        let object = direct::finished(frame, thread, outcome);
        frames::release(thread, frame);
        object
    }
}
