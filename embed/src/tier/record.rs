//! Feedback from the running interpreter: what the recording evaluator tells before each instruction.

use crate::config::settings;
use crate::py::arrays;
use crate::py::attributes;
use crate::py::describe;
use crate::py::evaluation::thread_state;
use crate::py::kinds::kind_of;
use crate::py::places;
#[cfg(has_recording)]
use crate::py::specials::{self, Special};
use crate::py::strings;
use crate::py::*;
use crate::state::{self, CodeState, Phase};
use crate::stats;
#[cfg(has_recording)]
use crate::tier::callees;
use pyjion_jit::bytecode::CodeDesc;
use pyjion_jit::error::CompileError;
#[cfg(has_recording)]
use pyjion_jit::feedback::Callee;
use pyjion_jit::hir::{Attribute, Type};
#[cfg(has_recording)]
use pyjion_jit::tier::window::Seen;
use pyjion_jit::tier::window::{self, Window};
use std::ffi::c_int;

/// Whether the calls of a code object, rather than one long run of it, make it hot.
pub fn is_called_often(state: &CodeState) -> bool {
    window::is_called_often(state.runs())
}

/// Has the frames of a code object recorded for a while.
pub fn open(state: &CodeState) {
    state.hot().window.set(Window::NEW);
    state.set_phase(Phase::Recording);
    stats::counters().recordings.count();
}

/// Enough was seen.
fn close(state: &CodeState) {
    stats::counters().recorded_instructions.add(u64::from(state.hot().window.get().instructions()));
    state.hot().feedback.borrow_mut().shrink();
    if let Some(error) = unprofitable(state) {
        stats::count_failure(error.name());
        *state.hot().failure.borrow_mut() = Some(error);
        state.set_phase(Phase::Failed);
        return;
    }
    state.set_phase(Phase::Hot);
    state.outdate_generic_versions();
}

/// Why code that was just observed had better be interpreted.
fn unprofitable(state: &CodeState) -> Option<CompileError> {
    let window = state.hot().window.get();
    // SAFETY: the code object is alive, as it owns the state.
    let is_generator = unsafe { describe::is_generator(state.code) };
    // A lower threshold than the usual one asks for everything to be compiled.
    if !is_generator || settings::threshold().is_low() {
        return None;
    }
    window.too_few().map(|instructions| CompileError::Unprofitable { instructions })
}

/// The kinds of the topmost operands, `[TOS, second, third]`.
///
/// # Safety
/// `depth` objects, or NULLs, are below `top`.
pub unsafe fn top_kinds(top: *mut Object, depth: usize) -> [Type; 3] {
    let mut kinds = [Type::EMPTY; 3];
    for (index, kind) in kinds.iter_mut().enumerate().take(depth) {
        // SAFETY: within the stack.
        unsafe {
            let object = *top.sub(index + 1);
            *kind = if object.is_null() { Type::NULL } else { kind_of(object) };
        }
    }
    kinds
}

/// Whether the bytecodes that the interpreter executes in a frame are counted for the statistics:
/// those of code that has been hot are, by the recording evaluator, unless it is still being compiled.
///
/// # Safety
/// The frame is alive.
pub unsafe fn counts(frame: *mut PyFrameObject) -> bool {
    // SAFETY: as for this function; the state lives as long as the code.
    unsafe {
        let state = state::of((*frame).f_code);
        !state.is_null()
            && (*state).phase() != Phase::Cold
            && !(*state).is_waiting()
            && (*thread_state()).use_tracing == 0
    }
}

/// Runs a frame in the recording evaluator.
///
/// # Safety
/// As `PyEval_EvalFrameEx`.
pub unsafe extern "C" fn evaluate(frame: *mut PyFrameObject, flags: c_int) -> Object {
    // SAFETY: as for this function.
    unsafe {
        let mode = stats::switch(stats::Mode::Interpreter);
        #[cfg(has_recording)]
        let result = _PyEval_EvalFrameRecording(frame, flags);
        #[cfg(not(has_recording))]
        let result = PyEval_EvalFrameEx(frame, flags | crate::py::evaluation::LOOP);
        stats::switch(mode);
        if result != crate::py::evaluation::suspended() {
            frame_completed(frame);
        }
        result
    }
}

#[inline(never)]
unsafe extern "C" fn frame_completed(frame: *mut PyFrameObject) {
    // SAFETY: the caller still holds the frame.
    let state = unsafe { state::of((*frame).f_code) };
    if state.is_null() {
        return;
    }
    // SAFETY: the state lives as long as the code.
    let state = unsafe { &*state };
    if state.phase() != Phase::Recording {
        return;
    }
    let mut window = state.hot().window.get();
    let is_enough = window.complete();
    state.hot().window.set(window);
    if is_enough || settings::is_eager() {
        close(state);
    }
}

/// `_PyEval_RecordHook`: called before each instruction; 1 suspends the frame there.
///
/// # Safety
/// Called by the recording evaluator.
#[cfg(has_recording)]
pub unsafe extern "C" fn record(frame: *mut PyFrameObject, offset: c_int, top: *mut Object) -> c_int {
    // SAFETY: the frame is running, its operands lie between `f_valuestack` and `top`.
    unsafe {
        let state = state::of((*frame).f_code);
        if state.is_null() {
            return 0;
        }
        let state = &*state;
        if stats::is_detailed() {
            stats::counters().bytecodes_interpreted.count();
            if state.phase() != Phase::Recording {
                return 0;
            }
        }
        if state.phase() != Phase::Recording {
            // Another frame of the code has seen enough.
            return 1;
        }
        record_operation(state, frame, offset as usize, top);
        let kinds = top_kinds(top, top.offset_from((*frame).f_valuestack) as usize);
        c_int::from(is_enough(state, frame, offset as u32, kinds))
    }
}

/// Notes where the attribute or global is that an instruction is about to load or store, what it is about to
/// call, or what the array holds that it is about to subscript.
///
/// # Safety
/// The frame is about to execute the instruction at this offset, its operands are below `top`.
#[cfg(has_recording)]
pub unsafe fn record_operation(state: &CodeState, frame: *mut PyFrameObject, pc: usize, top: *mut Object) {
    let CodeDesc { code, names, .. } = &**state.description();
    let is_extended = pc.checked_sub(3).is_some_and(|before| code[before] == EXTENDED_ARG as u8);
    let Some(&op) = code.get(pc) else { return };
    let operand = code.get(pc + 1).zip(code.get(pc + 2)).filter(|_| !is_extended);
    let operand = operand.map(|(low, high)| u16::from_le_bytes([*low, *high]));
    if let Some(special) = specials::of(op.into(), operand) {
        // SAFETY: at least two operands are there.
        return unsafe { record_special(state, pc as u32, *top.sub(2), special) };
    }
    let Some(operand) = operand else { return };
    // SAFETY: by the contract.
    unsafe {
        match u32::from(op) {
            LOAD_ATTR | STORE_ATTR | LOAD_GLOBAL => {
                let Some(&name) = names.get(usize::from(operand)) else { return };
                record_place(state, frame, pc as u32, u32::from(op), name as Object, top);
            }
            CALL_FUNCTION => {
                let [positional, keyword] = operand.to_le_bytes().map(usize::from);
                record_called(state, pc as u32, *top.sub(1 + positional + 2 * keyword));
            }
            _ => {}
        }
    }
}

/// Notes what is called.
///
/// # Safety
/// Alive.
#[cfg(has_recording)]
unsafe fn record_called(state: &CodeState, pc: u32, called: Object) {
    // SAFETY: by the contract.
    unsafe {
        let mut seen = callees::callee(called);
        if seen.is_none()
            && PyErr_Occurred().is_null()
            && let Some((class, name, found)) = callees::class(called)
        {
            seen = Some(class);
            let hash = strings::hash_of(name);
            state.hot().feedback.borrow_mut().record_attribute(pc, hash as u64, Some(found));
        }
        state.hot().feedback.borrow_mut().record_callee(pc, seen);
    }
}

/// Notes what the array holds that is subscripted, or the method of an object's class that does what is done
/// with it.
///
/// # Safety
/// NULL or alive.
#[cfg(has_recording)]
unsafe fn record_special(state: &CodeState, pc: u32, object: Object, special: Special) {
    // SAFETY: by the contract; what is found is alive.
    unsafe {
        match kind_of(object) {
            Type::ARRAY => {
                state.hot().feedback.borrow_mut().record_array(pc, arrays::element_of(object));
            }
            Type::OTHER if PyErr_Occurred().is_null() => {
                let Some((hash, found)) = place_of_special(object, special) else { return };
                let callee = found.and_then(|(_, method)| match callees::callee(method) {
                    Some(Callee::Function(handle)) => Some(Callee::Method(handle)),
                    _ => None,
                });
                let mut feedback = state.hot().feedback.borrow_mut();
                feedback.record_attribute(pc, hash, found.map(|(attribute, _)| attribute));
                feedback.record_callee(pc, callee);
            }
            _ => {}
        }
    }
}

/// The hash of the name of a special method, and where the class of an object has it, and the method; `None`
/// if there is no such name.
#[cfg(has_recording)]
unsafe fn place_of_special(object: Object, special: Special) -> Option<(u64, Option<(Attribute, Object)>)> {
    // SAFETY: the object is alive, no exception is set; names are NULL or interned strings.
    unsafe {
        let hash_of = |name: Object| {
            let hash = if name.is_null() { -1 } else { strings::hash_of(name) };
            (hash != -1).then_some(hash as u64)
        };
        let name = special.name.get();
        let hash = hash_of(name)?;
        if let Some(otherwise) = special.otherwise.filter(|_| places::lacks(object, name)) {
            let name = otherwise.get();
            return Some((hash_of(name)?, places::place_of_special(object, name)));
        }
        Some((hash, places::place_of_special(object, name)))
    }
}

/// Notes where the attribute or global of this name is that an instruction is about to load or store.
///
/// # Safety
/// As for [`record_operation`].
#[cfg(has_recording)]
unsafe fn record_place(
    state: &CodeState,
    frame: *mut PyFrameObject,
    pc: u32,
    op: u32,
    name: Object,
    top: *mut Object,
) {
    // SAFETY: the code object has its names, and the operand is alive.
    unsafe {
        let hash = strings::hash_of(name);
        if hash == -1 || !PyErr_Occurred().is_null() {
            return;
        }
        let hash = hash as u64;
        if op == LOAD_GLOBAL {
            if let Some(place) = attributes::place_of_global(frame, name) {
                state.hot().feedback.borrow_mut().record_global(pc, hash, place);
            }
            return;
        }
        let object = *top.sub(1);
        if !object.is_null() {
            let place = places::place_of(object, name, op == STORE_ATTR);
            state.hot().feedback.borrow_mut().record_attribute(pc, hash, place);
        }
    }
}

/// Whether an instruction goes on in one of two places.
#[cfg(has_recording)]
fn is_branch(state: &CodeState, pc: u32) -> bool {
    let op = state.description().code.get(pc as usize).copied().map(u32::from);
    matches!(op, Some(POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE | JUMP_IF_FALSE_OR_POP | JUMP_IF_TRUE_OR_POP))
}

#[cfg(has_recording)]
fn is_enough(state: &CodeState, frame: *mut PyFrameObject, pc: u32, kinds: [Type; 3]) -> bool {
    let hot = state.hot();
    let mut window = hot.window.get();
    let mut feedback = hot.feedback.borrow_mut();
    feedback.record(pc, kinds);
    if let Some(before) = window.before(frame as usize).filter(|before| is_branch(state, *before)) {
        feedback.record_way(before, pc);
    }
    drop(feedback);
    let seen = window.step(frame as usize, pc, state.generations(), || is_called_often(state));
    hot.window.set(window);
    match seen {
        Seen::Little => return false,
        Seen::EnoughAtLoop => {
            close(state);
            state.ask_for(pc);
        }
        Seen::TooMuch => close(state),
    }
    true
}
