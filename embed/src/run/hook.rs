//! The evaluator of every frame: counts, and picks who runs the frame: the interpreter, its
//! recording twin, or native code.

use crate::compile;
use crate::config::settings;
use crate::memory::shortage;
use crate::py::describe;
use crate::py::evaluation::{LOOP, RECORD, RESUME, THROW, suspended, thread_state};
use crate::py::hooks::{self, arm};
use crate::py::pending;
use crate::py::*;
#[cfg(py3)]
use crate::run::delegation;
use crate::run::enter::{self, Outcome};
use crate::run::installation;
use crate::state::code_state::{self, CodeState, Phase};
use crate::state::recall::{self, Begun};
use crate::state::version::Version;
use crate::stats::clock;
use crate::stats::{self, Mode};
use crate::tier::budget::{self, Occasion};
use crate::tier::record;
use std::ffi::c_int;
use std::ptr;

/// Who runs a frame next.
#[repr(C)]
struct Plan {
    /// For [`Runner::Native`].
    version: *const Version,
    /// For [`Runner::Native`].
    entry: u32,
    runner: Runner,
}

#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
enum Runner {
    Interpreter,
    Recorder,
    Native,
}

impl Plan {
    const INTERPRETER: Plan = Plan { version: ptr::null(), entry: 0, runner: Runner::Interpreter };
    const RECORDER: Plan = Plan { version: ptr::null(), entry: 0, runner: Runner::Recorder };

    fn native(version: *const Version, entry: u32) -> Plan {
        Plan { version, entry, runner: Runner::Native }
    }
}

/// The frame evaluation function.
///
/// # Safety
/// As `PyEval_EvalFrameEx`.
pub unsafe extern "C" fn eval_frame(frame: *mut PyFrameObject, flags: c_int) -> Object {
    // What stays here is little, and so is what this takes of the C stack: recursion must not
    // end much sooner than without us.
    // SAFETY: the frame is alive, and so are its code and the thread.
    unsafe {
        if flags != 0 || !settings::is_ordinary() || (*thread_state()).use_tracing != 0 {
            return eval_rare(frame, flags);
        }
        stats::counters().frames.count();
        let state = code_state::of((*frame).f_code);
        if state.is_null() {
            return eval_planned(frame);
        }
        let state = &*state;
        let start = state.start.get();
        state.runs.count();
        if (*frame).f_lasti < 0 {
            if !start.is_null() {
                stats::counters().frames_native.count();
                return begin(frame, start, 0);
            }
        } else if !start.is_null() {
            return resume(frame, start);
        }
        match state.phase() {
            Phase::Cold => {
                state.settle();
                let heat = state.heat.get().wrapping_add(settings::HEAT_PER_CALL);
                state.heat.set(heat);
                if settings::is_hot(heat, state.bulk) {
                    return eval_planned(frame);
                }
                state.pass_until_hot();
            }
            Phase::Recording | Phase::Hot => return eval_planned(frame),
            Phase::Failed | Phase::Excluded => state.pass_for_a_while(),
        }
        let result = PyEval_EvalFrameEx(frame, LOOP);
        if result == suspended() { go_on(frame) } else { result }
    }
}

/// `PyEval_EvalFrameEx` for a new frame of a function that compiled code calls, in line for what
/// is compiled itself.
///
/// # Safety
/// The frame has not been run, and the thread is the current one.
#[inline(always)]
pub unsafe fn evaluate(frame: *mut PyFrameObject, thread: *mut PyThreadState) -> Object {
    // SAFETY: as for `eval_frame`.
    unsafe {
        let Some(state) = compiled(frame, thread) else { return _PyEval_EvaluateFrame(frame, 0) };
        enter(frame, thread, state, 0)
    }
}

/// The entry of a generator's frame that is about to be resumed, if it goes on in native code without further
/// thought.
///
/// # Safety
/// The frame is suspended, with what it is resumed with on its operand stack, and the thread is the current one.
#[inline(always)]
pub unsafe fn resumption(frame: *mut PyFrameObject, thread: *mut PyThreadState) -> Option<Resumption> {
    // SAFETY: as for `eval_frame`; the version is one of the frame's code.
    unsafe {
        let state = compiled(frame, thread)?;
        let entry = (*(*state).start.get()).resume_point(frame)?;
        Some(Resumption { state, entry: u32::from(entry.get() - 1) })
    }
}

/// The entry of a generator's frame that is about to begin, if it does so in native code without further thought.
///
/// # Safety
/// The frame has not been run, and the thread is the current one.
#[inline(always)]
pub unsafe fn beginning(frame: *mut PyFrameObject, thread: *mut PyThreadState) -> Option<Resumption> {
    // SAFETY: as for `eval_frame`.
    unsafe { compiled(frame, thread).map(|state| Resumption { state, entry: 0 }) }
}

/// Where a generator's frame goes on in native code.
pub struct Resumption {
    state: *const CodeState,
    entry: u32,
}

/// `PyEval_EvalFrameEx` for a frame with a [`resumption`] or a [`beginning`].
///
/// # Safety
/// As for these, and nothing has happened since.
#[inline(always)]
pub unsafe fn resume_native(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    resumption: Resumption,
) -> Object {
    // SAFETY: as for this function.
    unsafe { enter(frame, thread, resumption.state, resumption.entry) }
}

/// Goes on with a frame that was [handed over](enter::hand_over), in native code if that can be.
///
/// # Safety
/// As for [`enter::hand_over`], which has been called.
#[cfg(py3)]
#[inline(never)]
pub unsafe extern "C" fn proceed(frame: *mut PyFrameObject, thread: *mut PyThreadState) -> Object {
    // SAFETY: the entry is one that the frame fits.
    unsafe {
        match resumption(frame, thread) {
            Some(Resumption { state, entry }) => {
                drive(frame, thread, Plan::native((*state).start.get(), entry), RESUME)
            }
            None => go_on(frame),
        }
    }
}

/// Raises the exception that is set in a frame that was [handed over](enter::hand_over).
///
/// # Safety
/// As for [`proceed`].
#[cfg(py3)]
#[inline(never)]
pub unsafe extern "C" fn raise(frame: *mut PyFrameObject, thread: *mut PyThreadState) -> Object {
    // SAFETY: the interpreter takes any frame.
    unsafe { drive(frame, thread, Plan::INTERPRETER, RESUME | THROW) }
}

/// The state of a frame's code, if that has a version for the start and nothing is out of the ordinary.
///
/// # Safety
/// As for `eval_frame`; the thread is the current one.
#[inline(always)]
pub unsafe fn compiled(frame: *mut PyFrameObject, thread: *mut PyThreadState) -> Option<*const CodeState> {
    // SAFETY: by the contract.
    unsafe {
        let state = code_state::of((*frame).f_code);
        let is_compiled = !state.is_null()
            && !(*state).start.get().is_null()
            && settings::is_ordinary()
            && (*thread).use_tracing == 0
            && installation::is_first((*thread).interp);
        is_compiled.then_some(state)
    }
}

/// Runs a frame in the version for the start of its code, as [`eval_frame`] would.
///
/// # Safety
/// What [`compiled`] gave, and nothing has happened since; the frame fits the entry.
#[inline(always)]
unsafe fn enter(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    state: *const CodeState,
    entry: u32,
) -> Object {
    // SAFETY: by the contract.
    unsafe {
        count(state);
        stats::counters().frames_native.count();
        let outcome = enter::run_here(frame, thread, (*state).start.get(), entry, 0);
        if outcome.object == suspended() { after(frame, thread, outcome) } else { outcome.object }
    }
}

/// Counts a frame that begins or is resumed past [`eval_frame`].
///
/// # Safety
/// What [`compiled`] gave, and nothing has happened since.
#[inline(always)]
pub unsafe fn count(state: *const CodeState) {
    stats::counters().frames.count();
    // SAFETY: by the contract.
    unsafe { (*state).runs.count() }
}

/// Goes on with a frame that native code left.
#[cold]
#[inline(never)]
unsafe extern "C" fn after(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    outcome: Outcome,
) -> Object {
    let (plan, flags) = plan_after(&outcome);
    // SAFETY: the frame is not running.
    unsafe { drive(frame, thread, plan, flags) }
}

/// [`eval_frame`] when something is out of the ordinary: tracing, a frame that raises, the JIT
/// switched off, detailed statistics.
#[inline(never)]
unsafe extern "C" fn eval_rare(frame: *mut PyFrameObject, flags: c_int) -> Object {
    let thread = thread_state();
    // SAFETY: as for `eval_frame`.
    unsafe {
        if (*thread).use_tracing != 0 {
            match recall::begin(frame, thread) {
                Begun::AsUsual => {}
                Begun::Fail => {
                    PyErr_NoMemory();
                    return ptr::null_mut();
                }
                Begun::Apart => {
                    let result = eval_frame(frame, flags);
                    recall::resume(thread);
                    return result;
                }
            }
        }
        if flags == RESUME {
            // It passed us by, and was suspended.
            return go_on(frame);
        }
        if settings::has_outsiders() {
            installation::adopt(frame);
        }
        if flags != 0 || !settings::is_enabled() || (*thread).use_tracing != 0 {
            shortage::recover();
            return drive(frame, thread, Plan::INTERPRETER, flags);
        }
        stats::counters().frames.count();
        let state = code_state::of((*frame).f_code);
        if !state.is_null() {
            let state = &*state;
            state.runs.count();
            if state.phase() == Phase::Cold {
                let heat = state.heat.get().wrapping_add(settings::HEAT_PER_CALL);
                state.heat.set(heat);
                if !settings::is_hot(heat, state.bulk) {
                    return drive(frame, thread, Plan::INTERPRETER, 0);
                }
            }
            let start = state.start.get();
            if (*frame).f_lasti >= 0 && !start.is_null() {
                return resume(frame, start);
            }
        }
        eval_planned(frame)
    }
}

/// Resumes a generator's frame, in native code if there is an entry for it.
#[inline(never)]
unsafe extern "C" fn resume(frame: *mut PyFrameObject, start: *const Version) -> Object {
    // SAFETY: a version of the frame's code; the frame is not running.
    unsafe {
        #[cfg(py3)]
        if delegation::can_pass(frame, thread_state()) {
            return delegation::resume(frame, thread_state());
        }
        match (*start).resume_point(frame) {
            Some(entry) => {
                stats::counters().frames_native.count();
                begin(frame, start, u32::from(entry.get() - 1))
            }
            None => eval_planned(frame),
        }
    }
}

/// Runs a frame in native code.
#[inline(never)]
unsafe extern "C" fn begin(frame: *mut PyFrameObject, version: *const Version, entry: u32) -> Object {
    let thread = thread_state();
    // SAFETY: a version of the frame's code, and an entry that the frame fits.
    unsafe {
        let outcome = enter::run_here(frame, thread, version, entry, 0);
        if outcome.object == suspended() { after(frame, thread, outcome) } else { outcome.object }
    }
}

/// Runs a frame that may be for others than the interpreter.
#[inline(never)]
unsafe extern "C" fn eval_planned(frame: *mut PyFrameObject) -> Object {
    // SAFETY: as for `eval_frame`.
    unsafe {
        let state = code_state::of((*frame).f_code);
        let plan = if state.is_null() { plan_first(frame) } else { plan_entry(frame, &*state) };
        drive(frame, thread_state(), plan, 0)
    }
}

/// Runs a frame that the interpreter suspended.
#[inline(never)]
unsafe extern "C" fn go_on(frame: *mut PyFrameObject) -> Object {
    let thread = thread_state();
    // SAFETY: the frame is not running.
    unsafe { drive(frame, thread, plan_suspended(frame, thread), RESUME) }
}

/// Who continues a frame that native code left, and with which flags.
#[inline(always)]
fn plan_after(outcome: &Outcome) -> (Plan, c_int) {
    let plan = if outcome.next & RECORD != 0 { Plan::RECORDER } else { Plan::INTERPRETER };
    (plan, outcome.next & (RESUME | THROW))
}

/// Runs a frame until it returns, yields or raises, whoever it takes.
#[inline(never)]
unsafe extern "C" fn drive(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    mut plan: Plan,
    mut flags: c_int,
) -> Object {
    // SAFETY: the plan fits the frame as it is.
    unsafe {
        loop {
            let result = match plan.runner {
                Runner::Interpreter => interpret(frame, flags),
                Runner::Recorder => record::evaluate(frame, flags),
                Runner::Native => {
                    let began = clock::ticks();
                    let outcome = enter::run(frame, thread, plan.version, plan.entry, flags);
                    budget::note_loop(clock::ticks().wrapping_sub(began));
                    if outcome.object != suspended() {
                        return outcome.object;
                    }
                    (plan, flags) = plan_after(&outcome);
                    continue;
                }
            };
            if result != suspended() {
                return result;
            }
            flags = RESUME;
            plan = plan_suspended(frame, thread);
        }
    }
}

#[inline(always)]
unsafe fn interpret(frame: *mut PyFrameObject, flags: c_int) -> Object {
    // SAFETY: as for `drive`.
    unsafe {
        if stats::is_detailed() && record::counts(frame) {
            return record::evaluate(frame, flags);
        }
        let mode = stats::switch(Mode::Interpreter);
        let result = PyEval_EvalFrameEx(frame, flags | LOOP);
        stats::switch(mode);
        result
    }
}

/// The first call of a code object.
#[cold]
#[inline(never)]
unsafe extern "C" fn plan_first(frame: *mut PyFrameObject) -> Plan {
    // SAFETY: a code object without state; no exception is set when a frame begins.
    unsafe {
        let state = code_state::of_or_attach((*frame).f_code);
        if state.is_null() {
            return Plan::INTERPRETER;
        }
        (*state).runs.count();
        let heat = (*state).heat.get().saturating_add(settings::HEAT_PER_CALL);
        (*state).heat.set(heat);
        if !settings::is_hot(heat, (*state).bulk) {
            return Plan::INTERPRETER;
        }
        plan_entry(frame, &*state)
    }
}

/// A frame of warm code begins or is resumed.
#[inline(never)]
unsafe extern "C" fn plan_entry(frame: *mut PyFrameObject, state: &CodeState) -> Plan {
    compile::poll();
    // SAFETY: the frame is not running.
    unsafe {
        if state.phase() == Phase::Cold && !became_hot(state, Occasion::Calls) {
            return Plan::INTERPRETER;
        }
        match state.phase() {
            Phase::Recording => return Plan::RECORDER,
            Phase::Hot => {}
            Phase::Cold | Phase::Failed | Phase::Excluded => return Plan::INTERPRETER,
        }
        let pc = ((*frame).f_lasti + 1) as u32;
        if let Some((version, entry)) = state.find(pc, frame) {
            if is_due_for_recording(&*version) {
                record::open(state);
                return Plan::RECORDER;
            }
            stats::counters().frames_native.count();
            return Plan::native(version, entry);
        }
        // The version for the start has the resume points of a generator as well: those that it
        // does not have, the next one would not have either.
        if (pc == 0 || (describe::is_generator((*frame).f_code) && state.version_at(0).is_none()))
            && compile::for_start(state)
            && let Some((version, entry)) = state.find(pc, frame)
        {
            stats::counters().frames_native.count();
            return Plan::native(version, entry);
        }
        if pc == 0
            && !describe::is_generator((*frame).f_code)
            && state.under_way.get() == 0
            && !compile::is_open(state, 0)
        {
            state.pass_for_a_while();
        }
        Plan::INTERPRETER
    }
}

/// A frame was suspended at the request of one of our hooks.
#[inline(never)]
unsafe extern "C" fn plan_suspended(frame: *mut PyFrameObject, thread: *mut PyThreadState) -> Plan {
    compile::poll();
    // SAFETY: the frame is not running.
    unsafe {
        let state = code_state::of((*frame).f_code);
        if state.is_null() {
            return Plan::INTERPRETER;
        }
        let state = &*state;
        let request = state.take_request();
        if !settings::is_enabled() || (*thread).use_tracing != 0 {
            return Plan::INTERPRETER;
        }
        match state.phase() {
            Phase::Recording => return Plan::RECORDER,
            Phase::Hot => {}
            Phase::Cold | Phase::Failed | Phase::Excluded => return Plan::INTERPRETER,
        }
        let pc = ((*frame).f_lasti + 1) as u32;
        let mut found = state.find(pc, frame);
        if found.is_none() && request == Some(pc) && compile::for_loop(state, frame, pc) {
            found = state.find(pc, frame);
        }
        match found {
            Some((version, entry)) => {
                state.end_seeking();
                stats::counters().loop_entries.count();
                Plan::native(version, entry)
            }
            None => Plan::INTERPRETER,
        }
    }
}

/// The next phase of code that has just become hot; false when it has to wait: it was hot before
/// and gave its code up, or enough time has gone into compiling.
fn became_hot(state: &CodeState, occasion: Occasion) -> bool {
    if state.heat.get() < state.debt.get() {
        return false;
    }
    if !budget::allows(state, occasion) {
        stats::counters().postponed.count();
        state.heat.set(state.heat.get() / 4 * 3);
        return false;
    }
    let options = settings::options();
    let selected = options.only.is_empty() || {
        let description = state.description();
        options.selects(&description.filename, &description.name)
    };
    if !selected {
        state.set_phase(Phase::Excluded);
    } else if settings::is_eager() || !settings::is_speculating() {
        state.set_phase(Phase::Hot);
    } else {
        record::open(state);
    }
    true
}

/// A version that was compiled before anything was observed has run once: time to observe.
fn is_due_for_recording(version: &Version) -> bool {
    version.generic && version.entered.get() > 0 && settings::is_speculating()
}

/// Called by the interpreter at a jump backwards, every so often: 1 suspends the frame.
///
/// # Safety
/// Called by the interpreter's loop.
#[cfg(has_backedge_hook)]
pub unsafe extern "C" fn backedge(frame: *mut PyFrameObject, target: c_int, _top: *mut Object) -> c_int {
    let jumps = hooks::armed() as u32 + 1;
    arm(settings::backedge_interval());
    shortage::recover();
    compile::poll();
    // SAFETY: the frame is running in the interpreter; no exception is set between instructions.
    unsafe {
        let thread = thread_state();
        if !settings::is_enabled() || ((*thread).use_tracing != 0 && !recall::forgive_all(thread)) {
            return 0;
        }
        if installation::is_outsider(frame) {
            return 0;
        }
        let state = code_state::of_or_attach((*frame).f_code);
        if state.is_null() {
            return 0;
        }
        if !shall_suspend(&*state, frame, target as u32, jumps) {
            if (*state).is_seeking() {
                arm(0);
            }
            return 0;
        }
        // The interpreter has to do its periodic work before the frame is suspended: compiled code
        // may leave again before it comes to a check of its own, and continues in the interpreter
        // without one, for ever in the worst case.
        if pending::is_due() {
            arm(0);
            return 0;
        }
        1
    }
}

#[cfg(has_backedge_hook)]
fn shall_suspend(state: &CodeState, frame: *mut PyFrameObject, target: u32, jumps: u32) -> bool {
    state.turn(target, jumps);
    if state.phase() == Phase::Cold {
        let heat = state.heat.get().saturating_add(jumps);
        state.heat.set(heat);
        if !settings::is_hot(heat, state.bulk) {
            return false;
        }
        if !became_hot(state, Occasion::Loop(target)) {
            return false;
        }
        if state.phase() == Phase::Recording {
            // Its next call is there soon, and shows the whole of it.
            return !record::is_called_often(state);
        }
    }
    match state.phase() {
        Phase::Cold | Phase::Failed | Phase::Excluded => false,
        // The frame recorded last runs in the recorder already.
        Phase::Recording => state.hot().window.get().frame != frame,
        Phase::Hot => match state.version_at(target) {
            Some(due) if due && settings::is_speculating() => {
                record::open(state);
                true
            }
            Some(_) => true,
            None => loop_is_hot(state, target, jumps),
        },
    }
}

/// A loop of hot code still runs in the interpreter.
#[cfg(has_backedge_hook)]
fn loop_is_hot(state: &CodeState, target: u32, jumps: u32) -> bool {
    let is_due = state.with_target(target, |target| {
        target.heat = target.heat.saturating_add(jumps);
        target.closed.is_none()
            && target.generations < compile::MAX_GENERATIONS
            && target.heat >= settings::loop_hot_at()
    });
    // What is under way may be a version that has this loop, too.
    if is_due != Some(true) || state.under_way.get() > 0 {
        return false;
    }
    if !budget::allows(state, Occasion::Loop(target)) {
        stats::counters().postponed.count();
        let _ = state.with_target(target, |target| target.heat = target.heat / 4 * 3);
        return false;
    }
    let observed = state.hot().feedback.borrow().site(target).is_some();
    if observed || settings::is_eager() || !settings::is_speculating() {
        state.ask_for(target);
    } else {
        record::open(state);
    }
    true
}
