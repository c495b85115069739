//! Exits in the middle of functions that are inlined: the frames that such an exit makes run one after the
//! other, the innermost first, and each gives its result to the call of the one that it was called from.
//!
//! The functions own nothing that needs to be dropped and cannot panic (see [`enter`](crate::run::enter)).

use crate::py::evaluation::{RESUME, THROW, hand_over, suspended};
use crate::py::stack::release_all;
use crate::py::*;
use crate::py::{describe, initialisers, pending};
use crate::run::chain::{Chain, Link};
use crate::run::declined::declined;
use crate::run::frames;
use crate::run::outcome::Outcome;
use crate::run::reify::{self, Left};
use crate::state::native::Native;
use crate::tier::exits;
use pyjion_jit::exit::{ExitRecipe, MAX_WORDS_INLINED};
use pyjion_jit::hir::Resume;
use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::{ptr, slice};

/// Native code left by an exit with inlined frames: runs these to their ends, and has the outermost frame go
/// on after its call.
///
/// # Safety
/// As for [`enter::left`].
#[inline(never)]
pub unsafe extern "C" fn left(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    version: *const Native,
    exit: usize,
    buffer: *const u64,
) -> Outcome {
    // SAFETY: the recipe belongs to the exit, and lives as long as the version, which is counted as running.
    unsafe {
        let code = &(*version).compiled.code;
        let recipe: *const ExitRecipe = code.exits.get_unchecked(exit);
        let mut chain = Chain::new();
        let words = code.buffer_words;
        let mut left = Left::Throwing;
        rebuild(frame, thread, recipe, buffer, words, &mut chain, &mut left);
        let innermost = chain.innermost().unwrap_or(frame);
        let next = exits::decide(frame, innermost, version, exit);
        let throw = run(frame, thread, recipe, &mut chain, left);
        hand_over(frame, thread);
        Outcome { object: suspended(), next: next | RESUME | throw }
    }
}

/// [`reify::rebuild_all`] of a copy of the buffer: where a function has other globals than its caller, making
/// its frame looks for their builtins, and a key that is like that name may run code.
///
/// # Safety
/// As for [`reify::rebuild_all`], whose result it stores; the exits of the version leave so many words at
/// most.
#[inline(never)]
unsafe extern "C" fn rebuild(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    recipe: *const ExitRecipe,
    buffer: *const u64,
    words: usize,
    chain: &mut Chain,
    left: &mut Left,
) {
    let mut copy = [const { MaybeUninit::<u64>::uninit() }; MAX_WORDS_INLINED];
    // SAFETY: by the contract. Both are that long, and this exit leaves no more.
    unsafe {
        ptr::copy_nonoverlapping(buffer.cast(), copy.as_mut_ptr(), words.min(MAX_WORDS_INLINED));
        *left = reify::rebuild_all(frame, thread, &*recipe, copy.as_ptr().cast(), chain);
    }
}

/// Runs the frames of a chain to their ends, from where they were left; [`THROW`] if the outermost frame is
/// to go on by unwinding, else 0.
///
/// # Safety
/// What [`reify::rebuild_all`] left, and nothing has happened since; the recipe stays. The thread is the
/// current one, and the frame is its own, suspended in its call.
pub unsafe fn run(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    recipe: *const ExitRecipe,
    chain: &mut Chain,
    left: Left,
) -> c_int {
    // SAFETY: the references are the chain's. Nothing of the recipe is borrowed while Python code runs.
    unsafe {
        for index in 0..chain.len() {
            begin(chain.link(index), thread);
        }
        let mut result = ptr::null_mut();
        if chain.is_cut() {
            release_taken(chain);
        } else {
            let throw = arrange(chain.innermost().unwrap_or(frame), chain, left);
            if chain.len() == 0 {
                return throw;
            }
            result = go_on(thread, chain, throw);
        }
        loop {
            let caller = chain.innermost();
            let call = call(recipe, chain.len());
            let throw = returned(caller.unwrap_or(frame), thread, call, result);
            if caller.is_none() {
                return throw;
            }
            result = go_on(thread, chain, throw);
        }
    }
}

/// Makes a frame of the chain the one that runs, without an evaluator so far.
unsafe fn begin(Link { frame, levels, .. }: Link, thread: *mut PyThreadState) {
    // SAFETY: the frame is new, its code no generator's, and the thread is the current one.
    unsafe {
        (*thread).recursion_depth += levels + 1;
        (*thread).frame = frame;
        #[cfg(py3)]
        {
            (*frame).f_executing = 1;
        }
    }
}

/// Has the innermost frame, which runs, go on as it was left; [`THROW`] or 0.
unsafe fn arrange(frame: Frame, chain: &mut Chain, left: Left) -> c_int {
    // SAFETY: the frame was rebuilt so, and is the thread's current one.
    unsafe {
        let top = (*frame).f_stacktop;
        (*frame).f_stacktop = ptr::null_mut();
        release_taken(chain);
        (*frame).f_stacktop = top;
        match left {
            Left::At | Left::Yielded(_) => 0,
            Left::Throwing => THROW,
            Left::Releasing { next } => {
                (*frame).f_lasti = next as c_int - 1;
                0
            }
        }
    }
}

/// Releases what the chain took over, in its order, whatever exception is set.
unsafe fn release_taken(chain: &mut Chain) {
    let (taken, count) = chain.taken();
    // SAFETY: owned references, or NULL; destructors keep an exception that is set.
    unsafe {
        for index in 0..count {
            xdecref(*taken.add(index));
        }
    }
    chain.forget_taken();
}

/// Runs the innermost frame of a chain, the thread's current one, to its end, and takes it off; what its call
/// gives.
unsafe fn go_on(thread: *mut PyThreadState, chain: &mut Chain, throw: c_int) -> Object {
    let Link { frame, function, levels, instance } = chain.pop();
    // SAFETY: the frame is suspended; the references are given up.
    unsafe {
        hand_over(frame, thread);
        let result = _PyEval_EvalFrameDefault(frame, RESUME | throw);
        frames::release(thread, frame);
        xdecref(function);
        (*thread).recursion_depth -= levels;
        if instance.is_null() { result } else { initialised(instance, result) }
    }
}

/// What the call of a class gives whose instance a function has initialised that returned this, or NULL.
unsafe fn initialised(instance: Object, result: Object) -> Object {
    // SAFETY: both references are given up.
    unsafe {
        if initialisers::is_returned(result) {
            return instance;
        }
        decref(instance);
        ptr::null_mut()
    }
}

/// A call in the middle of which a frame is.
struct Call {
    /// Operands of the frame, those of the call on top.
    depth: usize,
    /// Operands of the call.
    operands: usize,
    /// They are those of an operation: what goes on with two of them where a method declines, or 0.
    operation: Option<usize>,
    /// Where the frame goes on.
    next: c_int,
}

/// The call of the frame with so many frames between it and the outermost one, itself included.
unsafe fn call(recipe: *const ExitRecipe, index: usize) -> Call {
    // SAFETY: alive by the contract of `run`.
    let recipe = unsafe { &*recipe };
    let frame = match index.checked_sub(1).and_then(|index| recipe.inlined.get(index)) {
        Some(inlined) => &inlined.frame,
        None => &recipe.outermost,
    };
    let (operands, operation, next) = match frame.resume {
        Resume::Call { operands, next } => (operands as usize, None, next as c_int),
        Resume::Operation { operands, declined, next } => (operands as usize, Some(declined), next as c_int),
        Resume::At | Resume::Throw | Resume::Yield | Resume::YieldFrom | Resume::Release { .. } => {
            (0, None, 0)
        }
    };
    Call { depth: frame.operands.len(), operands, operation, next }
}

/// A call has returned this, or NULL: what the evaluator does before the next instruction. [`THROW`] or 0.
unsafe fn returned(frame: Frame, thread: *mut PyThreadState, call: Call, result: Object) -> c_int {
    // SAFETY: the frame is the thread's current one, and has these operands.
    unsafe {
        let mut top = (*frame).f_valuestack.add(call.depth - call.operands);
        let mut result = result;
        if let Some(operation) = call.operation {
            result = go_on_with(frame, operation, top, result);
            // As a stack is released from its top, but the other way round.
            slice::from_raw_parts_mut(top, call.operands).reverse();
        }
        release_all(top, call.operands);
        let mut throw = THROW;
        if !result.is_null() {
            *top = result;
            top = top.add(1);
            let is_left_to_others = (*thread).use_tracing != 0 || is_uninterrupted(frame, call.next);
            if is_left_to_others || !pending::is_due() || pending::handle(thread) {
                throw = 0;
                (*frame).f_lasti = call.next - 1;
            }
        }
        (*frame).f_stacktop = top;
        throw
    }
}

/// What an operation gives after its method has returned this, or NULL: the next one is asked where it
/// declined.
unsafe fn go_on_with(frame: Frame, operation: usize, operands: *const Object, result: Object) -> Object {
    // SAFETY: two operands, which stay the frame's; the address is that of a helper for such.
    unsafe {
        if operation == 0 || result != &raw mut _Py_NotImplementedStruct {
            return result;
        }
        decref(result);
        declined(frame, *operands, *operands.add(1), operation as i64)
    }
}

/// Whether nothing comes between a call and the next instruction, a `try` that acquires something.
unsafe fn is_uninterrupted(frame: Frame, next: c_int) -> bool {
    // SAFETY: a frame goes on at an instruction of its code.
    unsafe { describe::operation((*frame).f_code, next as usize) == SETUP_FINALLY }
}
