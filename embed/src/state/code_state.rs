//! What is known of each code object: how hot it is, what was observed, its compiled versions.
//!
//! The state hangs off the code object (`ce_extra`) and dies with it. It is only ever borrowed
//! shared; what changes is in cells, and the `RefCell`s are borrowed for moments in which no
//! Python code can run, so recursion and thread switches cannot see them borrowed.

use crate::config::settings;
use crate::py::countdown;
use crate::py::describe;
use crate::py::gil::{Counter, Gil};
use crate::py::*;
use crate::state::process;
use crate::state::registry::Registry;
use crate::state::version::{self, Version};
use crate::stats;
use pyjion_jit::EntrySpec;
use pyjion_jit::bytecode::CodeDesc;
use pyjion_jit::error::CompileError;
use pyjion_jit::feedback::Feedback;
use pyjion_jit::hir::ExitReason;
use std::cell::{Cell, OnceCell, RefCell};
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

/// Where a code object stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Phase {
    /// Interpreted and counted.
    Cold,
    /// Frames run in the recording evaluator for a while.
    Recording,
    /// Observed; compiled, or to be compiled at the next entry.
    Hot,
    /// Compilation failed; interpreted for good.
    Failed,
    /// `PYJION_ONLY` does not select it.
    Excluded,
}

impl Phase {
    /// All phases, in order.
    pub const ALL: [Phase; 5] = [Phase::Cold, Phase::Recording, Phase::Hot, Phase::Failed, Phase::Excluded];

    /// Stable name for `pyjion.info()` and `pyjion.status()`.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Cold => "cold",
            Phase::Recording => "recording",
            Phase::Hot => "hot",
            Phase::Failed => "failed",
            Phase::Excluded => "excluded",
        }
    }
}

/// A place that versions are compiled for: the start, or a loop header.
pub struct Target {
    /// Its offset.
    pub pc: u32,
    /// The current version.
    pub version: Option<Box<Version>>,
    /// The current version was compiled without what is known now.
    pub stale: bool,
    /// Versions compiled so far.
    pub generations: u32,
    /// Versions that became invalid.
    pub invalidations: u32,
    /// Jumps to it that were seen in the interpreter while the code was hot.
    pub heat: u32,
    /// The next version is being compiled in the background.
    pub is_under_way: bool,
    /// What was asked for last; kinds are those of all the times before, too.
    pub spec: EntrySpec,
    /// Why it is never to be compiled again.
    pub closed: Option<Closed>,
}

/// Why an entry is given up.
#[derive(Clone, Debug)]
pub enum Closed {
    /// The compiler refused it.
    Failed(CompileError),
    /// Exits for this reason never ceased.
    Retired(ExitReason),
}

impl Target {
    fn new(pc: u32) -> Target {
        Target {
            pc,
            version: None,
            stale: false,
            generations: 0,
            invalidations: 0,
            heat: 0,
            is_under_way: false,
            spec: EntrySpec { pc, ..EntrySpec::default() },
            closed: None,
        }
    }
}

/// Jumps for which a frame is led to a loop header that there is a new version for, or back to one after an
/// exit that is new.
pub const SEEK_NEW: u32 = 4000;

/// Most loop headers of a code object that are compiled for.
const MAX_LOOP_TARGETS: usize = 4;

/// What only code that became hot has.
pub struct Hot {
    /// Observations.
    pub feedback: RefCell<Feedback>,
    /// The start and loop headers that versions are compiled for.
    pub targets: RefCell<Vec<Target>>,
    /// Why the whole code object cannot be compiled.
    pub failure: RefCell<Option<CompileError>>,
    /// The recording that is going on.
    pub window: Cell<Window>,
    /// Versions replaced while frames were running them, which have their addresses.
    #[allow(clippy::vec_box, reason = "a version must not move")]
    replaced: RefCell<Vec<Box<Version>>>,
    description: OnceCell<Arc<CodeDesc>>,
}

/// Progress of a recording.
#[derive(Clone, Copy)]
pub struct Window {
    /// Instructions recorded.
    pub instructions: u32,
    /// Frames that returned or yielded.
    pub completed: u32,
    /// The frame recorded last,
    pub frame: *mut PyFrameObject,
    /// and the offset of its instruction.
    pub pc: u32,
    /// Loop headers passed, and how often.
    pub headers: [(u32, u32); 4],
}

impl Window {
    /// A window that has just been opened.
    pub const NEW: Window =
        Window { instructions: 0, completed: 0, frame: ptr::null_mut(), pc: 0, headers: [(0, 0); 4] };

    /// Counts a pass of a loop header; the result says how many there were.
    pub fn pass(&mut self, header: u32) -> u32 {
        for (pc, passes) in &mut self.headers {
            if *passes == 0 || *pc == header {
                *pc = header;
                *passes += 1;
                return *passes;
            }
        }
        1
    }
}

/// Bytes of bytecode of what counts as a small function.
const SMALL_FUNCTION: u32 = 128;

/// No loop header is to be compiled.
const NO_REQUEST: u32 = u32::MAX;

/// The state of one code object.
pub struct CodeState {
    /// The version to enter at the start without further thought; NULL for none.
    pub start: Cell<*const Version>,
    /// Calls and loop iterations, weighted.
    pub heat: Cell<u32>,
    /// The heat below which it is not to become hot again, having lost its machine code.
    pub debt: Cell<u32>,
    /// The loop header that most jumps backwards lead to, of those that were seen in the interpreter
    /// since a loop of the code was compiled, and how many, less a quarter of all the others.
    turns: Cell<(u32, u32)>,
    /// Size of the bytecode.
    pub bytes: u32,
    /// What the code would take to compile, as a multiple of what a small function takes.
    pub bulk: u32,
    phase: Cell<Phase>,
    /// The loop header at which a hook just suspended a frame to have it compiled.
    request: Cell<u32>,
    /// Frames begun or resumed, but for some of those that passed us by: see [`CodeState::runs`].
    pub runs: Counter,
    /// Frames that were to pass us by when that was looked at last.
    pub passes: Cell<u32>,
    /// The code object, which owns this.
    pub code: *mut PyCodeObject,
    /// Versions that are being compiled in the background.
    pub under_way: Cell<u32>,
    /// Jumps backwards that are still to be looked at one by one: see [`CodeState::seek`].
    sought: Cell<u32>,
    hot: OnceCell<Box<Hot>>,
}

/// All states that have, or wait for, machine code.
pub static REGISTRY: Gil<Registry<CodeState>> = Gil::new(Registry::new());

static PHASES: Gil<[Counter; Phase::ALL.len()]> = Gil::new([const { Counter::new() }; Phase::ALL.len()]);

/// How many code objects are in a phase.
pub fn count_in(phase: Phase) -> u64 {
    PHASES[phase as usize].get()
}

impl CodeState {
    /// Where it stands.
    #[inline(always)]
    pub fn phase(&self) -> Phase {
        self.phase.get()
    }

    /// Back to being counted, from the start.
    pub fn cool_down(&self) {
        self.heat.set(0);
        self.set_phase(Phase::Cold);
    }

    /// Frames begun or resumed.
    pub fn runs(&self) -> u64 {
        self.settle();
        self.runs.get()
    }

    /// Moves on.
    pub fn set_phase(&self, phase: Phase) {
        self.stop_passing();
        PHASES[self.phase.get() as usize].subtract(1);
        PHASES[phase as usize].count();
        self.phase.set(phase);
        if phase != Phase::Hot {
            self.start.set(ptr::null());
        }
    }

    /// What only hot code has, made when first asked for.
    pub fn hot(&self) -> &Hot {
        self.hot.get_or_init(|| {
            Box::new(Hot {
                feedback: RefCell::new(Feedback::new()),
                targets: RefCell::new(Vec::new()),
                failure: RefCell::new(None),
                window: Cell::new(Window::NEW),
                replaced: RefCell::new(Vec::new()),
                description: OnceCell::new(),
            })
        })
    }

    /// The same, if there is any.
    pub fn hot_if_any(&self) -> Option<&Hot> {
        self.hot.get().map(|hot| &**hot)
    }

    /// The code object as data.
    pub fn description(&self) -> &Arc<CodeDesc> {
        // SAFETY: the code object is alive, as it owns this state.
        self.hot().description.get_or_init(|| Arc::new(unsafe { describe::code(self.code) }))
    }

    /// Asks for a version for the loop header that the frame is about to be suspended at.
    pub fn ask_for(&self, header: u32) {
        self.request.set(header);
    }

    /// What was asked for, once.
    pub fn take_request(&self) -> Option<u32> {
        let request = self.request.replace(NO_REQUEST);
        (request != NO_REQUEST).then_some(request)
    }

    /// A current version and its entry for a frame about to execute the instruction at `pc`.
    ///
    /// # Safety
    /// The frame is one of this code and not running.
    pub unsafe fn find(&self, pc: u32, frame: *mut PyFrameObject) -> Option<(*const Version, u32)> {
        let targets = self.hot_if_any()?.targets.borrow();
        targets.iter().filter(|target| !target.stale).filter_map(|target| target.version.as_deref()).find_map(
            |version| {
                // SAFETY: as for this function.
                let entry = unsafe { version.entry(pc, frame) }?;
                Some((ptr::from_ref(version), entry))
            },
        )
    }

    /// Whether a current version has an entry at an offset, and if so whether it ran without
    /// ever having been given feedback.
    pub fn version_at(&self, pc: u32) -> Option<bool> {
        let targets = self.hot_if_any()?.targets.borrow();
        targets
            .iter()
            .filter(|target| !target.stale)
            .filter_map(|target| target.version.as_deref())
            .find(|version| version.has_entry_at(pc))
            .map(|version| version.generic && version.entered.get() > 0)
    }

    /// Adds a version for a place; the version before is no longer entered.
    pub fn install(&self, pc: u32, version: Version) -> *const Version {
        let version = Box::new(version);
        let address: *const Version = &*version;
        let hot = self.hot();
        let old = {
            let mut targets = hot.targets.borrow_mut();
            let Some(target) = targets.iter_mut().find(|target| target.pc == pc) else {
                unreachable!("versions are compiled for targets")
            };
            target.stale = false;
            target.generations += 1;
            target.version.replace(version)
        };
        if let Some(old) = old {
            self.replace(old);
        }
        if pc != 0 {
            self.turns.set((0, 0));
            self.seek(SEEK_NEW);
        }
        self.update_start();
        REGISTRY.add(self);
        address
    }

    /// A version turned out to be invalid: it is taken out of use, to be compiled again.
    pub fn invalidate(&self, version: *const Version) {
        let old = {
            let mut targets = self.hot().targets.borrow_mut();
            let of = |target: &&mut Target| target.version.as_deref().is_some_and(|v| ptr::eq(v, version));
            let Some(target) = targets.iter_mut().find(of) else { return };
            // Nothing is wrong with what it was compiled from.
            target.generations -= 1;
            target.invalidations += 1;
            target.version.take()
        };
        stats::counters().invalidated.count();
        if let Some(old) = old {
            self.replace(old);
        }
        self.update_start();
    }

    /// How often its versions were entered since room was made last; nothing if they run now.
    pub fn recent_entries(&self) -> Option<u64> {
        let targets = self.hot_if_any()?.targets.borrow();
        targets.iter().filter_map(|target| target.version.as_deref()).try_fold(0_u64, |sum, version| {
            let idle = version.running.get() == 0;
            idle.then(|| sum.saturating_add(version.entered.get() - version.entered_before.get()))
        })
    }

    /// Begins to count entries anew.
    pub fn age(&self) {
        let Some(hot) = self.hot_if_any() else { return };
        for version in hot.targets.borrow().iter().filter_map(|target| target.version.as_deref()) {
            version.entered_before.set(version.entered.get());
        }
    }

    /// Gives the versions up, none of which runs. The code has to become hot again, each time
    /// taking at least twice as long.
    pub fn evict(&self) {
        let Some(hot) = self.hot_if_any() else { return };
        for target in hot.targets.borrow_mut().iter_mut() {
            if target.version.take().is_some() {
                target.generations -= 1;
            }
            target.heat = 0;
        }
        if self.phase() == Phase::Hot {
            self.set_phase(Phase::Cold);
        }
        self.heat.set(0);
        self.debt.set(self.debt.get().saturating_mul(2).max(settings::HEAT_PER_CALL));
        self.update_start();
    }

    /// Takes the version of a place out of use.
    pub fn uninstall(&self, pc: u32, closed: Option<Closed>) {
        let old = {
            let mut targets = self.hot().targets.borrow_mut();
            let Some(target) = targets.iter_mut().find(|target| target.pc == pc) else { return };
            if closed.is_some() {
                target.closed = closed;
            }
            target.version.take()
        };
        if let Some(old) = old {
            self.replace(old);
        }
        self.update_start();
    }

    /// Declares versions that were compiled without feedback outdated.
    pub fn outdate_generic_versions(&self) {
        for target in self.hot().targets.borrow_mut().iter_mut() {
            target.stale |= target.version.as_ref().is_some_and(|version| version.generic);
        }
        self.update_start();
    }

    fn replace(&self, old: Box<Version>) {
        old.replaced.set(true);
        old.attend.set(true);
        old.valid.set(0);
        let mut replaced = self.hot().replaced.borrow_mut();
        replaced.push(old);
        replaced.retain(|version| version.running.get() > 0);
    }

    /// Has every frame that runs a version leave it at the next jump backwards at the latest.
    pub fn call_out(&self) {
        self.each_version(|version| {
            version.valid.set(0);
            version.attend.set(true);
        });
    }

    /// Whether a frame runs one of its versions.
    pub fn is_running(&self) -> bool {
        let is_running = Cell::new(false);
        self.each_version(|version| is_running.set(is_running.get() || version.running.get() > 0));
        is_running.get()
    }

    /// Ends [`CodeState::call_out`].
    pub fn end_call_out(&self) {
        self.each_version(|version| {
            version.valid.set(u8::from(!version.replaced.get()));
            version.attend.set(version.replaced.get() || version::declares_itself_invalid());
        });
    }

    fn each_version(&self, change: impl Fn(&Version)) {
        if let Some(hot) = self.hot_if_any() {
            hot.targets.borrow().iter().filter_map(|target| target.version.as_deref()).for_each(&change);
            hot.replaced.borrow().iter().map(|version| &**version).for_each(&change);
        }
    }

    /// Frees the replaced versions that nobody runs.
    pub fn sweep(&self) {
        if let Some(hot) = self.hot_if_any() {
            hot.replaced.borrow_mut().retain(|version| version.running.get() > 0);
        }
    }

    /// Has so many jumps backwards looked at one by one, as a frame in the interpreter shall come to a
    /// loop header that there is a version for: looked at every so often, it may always be at another.
    pub fn seek(&self, jumps: u32) {
        self.sought.set(self.sought.get().max(jumps));
    }

    /// A frame has come to one.
    pub fn end_seeking(&self) {
        self.sought.set(0);
    }

    /// Whether the next jump is to be looked at as well.
    pub fn is_seeking(&self) -> bool {
        let left = self.sought.get();
        self.sought.set(left.saturating_sub(1));
        left > 0 && self.phase() == Phase::Hot
    }

    /// Counts jumps to a loop header.
    pub fn turn(&self, header: u32, jumps: u32) {
        let (leader, lead) = self.turns.get();
        self.turns.set(match lead.checked_sub(jumps / 4) {
            _ if leader == header => (leader, lead.saturating_add(jumps)),
            Some(lead) => (leader, lead),
            None => (header, jumps),
        });
    }

    /// How many jumps there were to a loop header, if it leads; those to others count against it.
    pub fn turns(&self, header: u32) -> u32 {
        let (leader, lead) = self.leading_loop();
        if leader == header { lead } else { 0 }
    }

    /// The header of the loop that leads, and by how many jumps.
    pub fn leading_loop(&self) -> (u32, u32) {
        self.turns.get()
    }

    /// The most versions that were compiled for one place.
    pub fn generations(&self) -> u32 {
        let Some(hot) = self.hot_if_any() else { return 0 };
        hot.targets.borrow().iter().map(|target| target.generations).max().unwrap_or(0)
    }

    /// Recomputes the shortcut for the start. A generic version does not get one, as the
    /// second call decides to record.
    pub fn update_start(&self) {
        let mut start = ptr::null();
        if self.phase() == Phase::Hot {
            let targets = self.hot().targets.borrow();
            let target = targets.iter().find(|target| target.pc == 0 && !target.stale);
            if let Some(version) = target.and_then(|target| target.version.as_deref())
                && !version.generic
                && version.compiled.entries.first().is_some_and(|entry| entry.pc == 0 && entry.depth == 0)
            {
                start = ptr::from_ref(version);
            }
        }
        self.start.set(start);
        if !start.is_null() {
            self.stop_passing();
        }
    }

    /// Runs `change` on the target for a place, made if there is room for it.
    pub fn with_target<R>(&self, pc: u32, change: impl FnOnce(&mut Target) -> R) -> Option<R> {
        let mut targets = self.hot().targets.borrow_mut();
        let index = match targets.iter().position(|target| target.pc == pc) {
            Some(index) => index,
            None => {
                let loops = targets.iter().filter(|target| target.pc != 0).count();
                if pc != 0 && loops >= MAX_LOOP_TARGETS {
                    return None;
                }
                targets.push(Target::new(pc));
                targets.len() - 1
            }
        };
        Some(change(&mut targets[index]))
    }

    /// The place a version was compiled for.
    pub fn target_of(&self, version: *const Version) -> Option<u32> {
        let targets = self.hot_if_any()?.targets.borrow();
        let of = |target: &&Target| target.version.as_deref().is_some_and(|v| ptr::eq(v, version));
        targets.iter().find(of).map(|target| target.pc)
    }
}

impl Drop for CodeState {
    fn drop(&mut self) {
        REGISTRY.forget(self, self.under_way.get() > 0);
        PHASES[self.phase.get() as usize].subtract(1);
    }
}

/// `CodeExtra` of codeobject.c: what `ce_extra` points to.
#[repr(C)]
struct CodeExtra {
    /// Entries.
    size: isize,
    /// The first of them.
    extras: [*mut c_void; 1],
}

static INDEX: Gil<Cell<isize>> = Gil::new(Cell::new(-1));

/// Reserves our place in code objects. Works before `Py_Initialize`.
pub fn request_index() -> bool {
    unsafe extern "C" fn free(state: *mut c_void) {
        // SAFETY: it came from Box::into_raw in `attach`, and its code object is dying.
        drop(unsafe { Box::from_raw(state.cast::<CodeState>()) });
    }
    if INDEX.get() < 0 {
        // SAFETY: touches a static table only.
        INDEX.set(unsafe { _PyEval_RequestCodeExtraIndex(Some(free)) } as isize);
    }
    INDEX.get() >= 0
}

/// The state of a code object; NULL if it has none yet.
///
/// # Safety
/// `code` is a code object.
#[inline(always)]
pub unsafe fn of(code: *mut PyCodeObject) -> *const CodeState {
    // SAFETY: what `_PyCode_GetExtra` does. The index is not negative: it was asked for before
    // any code came here.
    unsafe {
        let extra = (*countdown::evaluation(code)).ce_extra.cast::<CodeExtra>();
        let index = INDEX.get();
        if extra.is_null() || (*extra).size <= index {
            return ptr::null();
        }
        *(&raw const (*extra).extras).cast::<*const CodeState>().offset(index)
    }
}

/// Gives a code object its state; NULL when there is no memory (no exception is set).
///
/// # Safety
/// `code` is a code object without state, and no exception is set.
#[cold]
unsafe fn attach(code: *mut PyCodeObject) -> *const CodeState {
    // SAFETY: co_code is a str object (3.x: bytes), whose length is that of a variable object.
    let bytes = unsafe { (*(*code).co_code.cast::<PyVarObject>()).ob_size };
    // SAFETY: a code object.
    let (passed, passing) = unsafe { (countdown::passed_first(code), countdown::of(code)) };
    let state = Box::into_raw(Box::new(CodeState {
        start: Cell::new(ptr::null()),
        heat: Cell::new(passed * settings::HEAT_PER_CALL),
        debt: Cell::new(0),
        turns: Cell::new((0, 0)),
        bytes: bytes as u32,
        bulk: 1 + bytes as u32 / SMALL_FUNCTION,
        phase: Cell::new(Phase::Cold),
        request: Cell::new(NO_REQUEST),
        runs: Counter::new(),
        passes: Cell::new(passing),
        code,
        under_way: Cell::new(0),
        sought: Cell::new(0),
        hot: OnceCell::new(),
    }));
    PHASES[Phase::Cold as usize].count();
    stats::counters().code_objects.count();
    stats::counters().frames.add(passed.into());
    // SAFETY: the state has just been made.
    unsafe { (*state).runs.add(passed.into()) };
    // SAFETY: a code object and our index; on failure the state is still ours.
    unsafe {
        if _PyCode_SetExtra(code.cast(), INDEX.get() as _, state.cast()) < 0 {
            PyErr_Clear();
            drop(Box::from_raw(state));
            return ptr::null();
        }
    }
    state
}

/// The state of a code object, attached if it has none; NULL when there is no memory.
///
/// # Safety
/// As for [`attach`].
pub unsafe fn of_or_attach(code: *mut PyCodeObject) -> *const CodeState {
    // SAFETY: a code object.
    unsafe {
        let state = of(code);
        if !state.is_null() {
            return state;
        }
        // Known before anything is recorded. The first time of all, in most programs while they start, this
        // makes a few objects; the collector may run code that attaches a state.
        process::host();
        let state = of(code);
        if state.is_null() { attach(code) } else { state }
    }
}
