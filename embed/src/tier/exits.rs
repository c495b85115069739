//! What to do about exits: count them, learn from them, replace or retire versions that leave too often.

use crate::config::settings;
use crate::memory::shortage;
use crate::py::describe;
use crate::py::evaluation::RECORD;
use crate::py::hooks;
use crate::py::*;
use crate::state::native::Native;
use crate::state::recall;
use crate::state::{self, Closed, CodeState, Phase, SEEK_NEW};
use crate::stats;
use crate::tier::budget;
use crate::tier::record;
use pyjion_jit::bytecode::{self, BlockKind};
use pyjion_jit::exit::{ExitRecipe, FrameRecipe};
use pyjion_jit::feedback::Callee;
use pyjion_jit::hir::{ExitReason, Resume, Type};
use pyjion_jit::tier::budget::Occasion;
use pyjion_jit::tier::verdict::{self, Lesson, MAX_GENERATIONS};
use std::ffi::c_int;

/// Jumps for which a frame that has left native code is led back to it, when it left there often before.
const SEEK_OLD: u32 = 128;

/// Counts an exit. Cannot panic.
///
/// # Safety
/// The version is alive, the exit is one of its, and the frame the innermost that was rebuilt from it.
#[inline(always)]
pub unsafe fn count(innermost: *mut PyFrameObject, version: *const Native, exit: usize) {
    // SAFETY: alive by the contract, and recipes and counters go by the number of the exit.
    unsafe {
        let version = &*version;
        version.exits.get_unchecked(exit).count();
        stats::count_exit(version.compiled.code.exits.get_unchecked(exit).reason);
        if stats::is_detailed() {
            count_in_detail((*innermost).f_code, version, exit);
        }
    }
}

#[cold]
#[inline(never)]
unsafe extern "C" fn count_in_detail(code: *mut PyCodeObject, version: &Native, exit: usize) {
    let recipe = &version.compiled.code.exits[exit];
    let FrameRecipe { pc, resume, .. } = *recipe.innermost();
    if resume == Resume::At {
        // It was counted when it began, and begins again.
        stats::counters().bytecodes_native.subtract(1);
    }
    stats::count_exit_in_detail(version.id, exit, || {
        // SAFETY: a code object.
        let operation =
            unsafe { state::of(code).as_ref().map_or("nothing".to_owned(), |state| operation(state, pc)) };
        let kind = format!("{} at {operation}", recipe.reason.name());
        (format!("{kind}, {pc} of {}", version.name), kind)
    });
}

/// What the bytecode does at an offset, without its operands.
fn operation(state: &CodeState, pc: u32) -> String {
    let instruction = bytecode::decode(state.description()).ok().and_then(|code| code.at(pc).copied());
    let Some(instruction) = instruction else { return "nothing".to_owned() };
    let text = format!("{:?}", instruction.op);
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}

/// Whether a version of a code object that is in use declared itself invalid (and its frames were not just
/// called out).
///
/// # Safety
/// The version is alive.
unsafe fn is_invalid(code: *mut PyCodeObject, version: *const Native) -> bool {
    // SAFETY: alive by the contract.
    let version = unsafe { &*version };
    !version.switches.valid.is_valid() && !version.replaced.get() && !recall::concerns(code)
}

/// Counts an exit that continues in another evaluator, and says in which one
/// ([`RECORD`] or 0).
///
/// # Safety
/// The frame that runs the version, and the innermost one, have just been rebuilt from the exit.
#[inline(never)]
pub unsafe extern "C" fn decide(
    frame: *mut PyFrameObject,
    innermost: *mut PyFrameObject,
    version: *const Native,
    exit: usize,
) -> c_int {
    // SAFETY: the frame holds the code, the code its state; the version is counted as running.
    unsafe {
        count(innermost, version, exit);
        shortage::recover();
        let version = &*version;
        let recipe = &version.compiled.code.exits[exit];
        let FrameRecipe { pc, resume, .. } = *recipe.innermost();
        let state = state::of((*frame).f_code);
        if matches!(resume, Resume::At | Resume::Release { .. }) {
            // Back to native code at the next jump backwards.
            hooks::arm(0);
            if !state.is_null() {
                let is_new = verdict::is_new(version.exits[exit].get());
                (*state).seek(if is_new { SEEK_NEW } else { SEEK_OLD });
            }
        }
        if !state.is_null() && is_invalid((*frame).f_code, version) {
            (*state).invalidate(version);
        }
        if state.is_null() || !recipe.reason.is_failed_speculation() || settings::options().stress_exit > 0 {
            return 0;
        }
        let state = &*state;
        // What is learned is learned of the innermost code.
        let learner = state::of((*innermost).f_code);
        if learner.is_null() || (*learner).hot_if_any().is_none() {
            return 0;
        }
        let learner = &*learner;
        version.failed_speculations.count();
        let failures = version.exits[exit].get();
        if resume == Resume::At && verdict::is_observation(recipe.reason, failures) {
            let top = (*innermost).f_stacktop;
            if !top.is_null() {
                let kinds = record::top_kinds(top, describe::depth(innermost));
                learner.hot().feedback.borrow_mut().record(pc, kinds);
                #[cfg(has_recording)]
                if matches!(recipe.reason, ExitReason::Place | ExitReason::TypeGuard | ExitReason::Callee) {
                    record::record_operation(learner, innermost, pc as usize, top);
                }
            }
        }
        if resume == Resume::Throw {
            expect_handler(learner, recipe.innermost());
        }
        if version.replaced.get() {
            return 0;
        }
        let is_too_often =
            verdict::is_too_often(recipe.reason, failures, || state.generations(), || is_loop(learner, pc));
        if is_too_often && respecialise(state, version, recipe, learner) {
            return if state.phase() == Phase::Recording { RECORD } else { 0 };
        }
        if verdict::is_hopeless(version.entered.get(), version.failed_speculations.get()) {
            retire(state, version, recipe.reason);
        }
        0
    }
}

/// Whether a loop begins at an offset.
fn is_loop(state: &CodeState, pc: u32) -> bool {
    bytecode::decode(state.description()).is_ok_and(|code| code.loop_headers().binary_search(&pc).is_ok())
}

/// An exception went to a handler that none was seen to reach: the next version has it.
fn expect_handler(state: &CodeState, recipe: &FrameRecipe) {
    let handler = recipe.blocks.iter().rev().find(|block| match block.kind {
        BlockKind::Except | BlockKind::Finally | BlockKind::With => true,
        BlockKind::Loop | BlockKind::ExceptHandler => false,
    });
    if let Some(handler) = handler {
        let mut feedback = state.hot().feedback.borrow_mut();
        feedback.expect(handler.handler, [Type::TYPE, Type::EMPTY, Type::EMPTY]);
    }
}

/// Has a better version compiled, as was learned of the innermost code; false when there were enough
/// attempts.
fn respecialise(state: &CodeState, version: &Native, recipe: &ExitRecipe, learner: &CodeState) -> bool {
    let Some(pc) = state.target_of(version) else { return false };
    let generations = state.with_target(pc, |target| target.generations).unwrap_or(MAX_GENERATIONS);
    if generations >= MAX_GENERATIONS {
        return false;
    }
    let lesson = lesson(recipe, learner, generations);
    match lesson {
        // What was observed at the exits so far may do.
        Lesson::Observe => {}
        Lesson::Rare => learner.hot().feedback.borrow_mut().leave_to_helper(recipe.innermost().pc),
        Lesson::InLoop => learner.hot().feedback.borrow_mut().leave_in_loop(recipe.innermost().pc),
        Lesson::NoGuess => learner.hot().feedback.borrow_mut().fail(recipe.innermost().pc),
    }
    if recipe.reason == ExitReason::Place {
        learner.hot().feedback.borrow_mut().unsettle(recipe.innermost().pc);
    }
    stats::counters().respecialised.count();
    state.uninstall(pc, None);
    // What is observed now is there when time may be spent on compiling.
    if lesson == Lesson::Observe && state.phase() == Phase::Hot && settings::is_speculating() {
        record::open(state);
        return true;
    }
    let occasion = if pc == 0 { Occasion::Calls } else { Occasion::Loop(pc) };
    if !budget::allows(state, occasion) {
        stats::counters().postponed.count();
        state.cool_down();
    }
    true
}

/// What the next version does otherwise at the place of an exit, after so many.
fn lesson(recipe: &ExitRecipe, learner: &CodeState, generations: u32) -> Lesson {
    let pc = recipe.innermost().pc;
    let feedback = learner.hot().feedback.borrow();
    let is_expected = || match feedback.callee(pc) {
        Some(Callee::Function(_) | Callee::Method(_)) => true,
        Some(_) => false,
        // One of several.
        None => generations > 1 && [false, true].iter().any(|&it| feedback.likely_function(pc, it).is_some()),
    };
    if recipe.reason == ExitReason::Callee && is_expected() {
        return verdict::lesson_of_call(feedback.is_rare(pc));
    }
    verdict::lesson(recipe.reason, generations)
}

fn retire(state: &CodeState, version: &Native, reason: ExitReason) {
    if let Some(pc) = state.target_of(version) {
        stats::counters().retired.count();
        state.uninstall(pc, Some(Closed::Retired(reason)));
    }
}

/// Lets the versions of a code object be entered again, unless another of its frames is recalled.
///
/// # Safety
/// `code` is a code object.
#[cold]
pub unsafe extern "C" fn end_call_out(code: *mut PyCodeObject) {
    // SAFETY: a code object.
    unsafe {
        let state = state::of(code);
        if state.is_null() {
            return;
        }
        if recall::is_any() && !(*state).is_running() {
            recall::forget(code);
        }
        if !recall::concerns(code) {
            (*state).end_call_out();
        }
    }
}

/// A frame has left a version: takes it out of use if it declared itself invalid, and frees those
/// that nobody runs any more.
///
/// # Safety
/// `code` is a code object, and the version one of it, perhaps running still.
#[cold]
pub unsafe extern "C" fn sweep(code: *mut PyCodeObject, version: *const Native) {
    // SAFETY: by the contract.
    unsafe {
        let state = state::of(code);
        if !state.is_null() {
            if is_invalid(code, version) {
                (*state).invalidate(version);
            }
            (*state).sweep();
        }
    }
}
