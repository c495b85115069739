//! What is known of each code object: how hot it is, what was observed, its compiled versions.
//!
//! The state hangs off the code object (`ce_extra`) and dies with it. It is only ever borrowed
//! shared; what changes is in cells, and the `RefCell`s are borrowed for moments in which no
//! Python code can run, so recursion and thread switches cannot see them borrowed.

use crate::config::settings;
use crate::process::PROCESS;
use crate::py::describe;
use crate::py::gil::Counter;
use crate::py::*;
use crate::state::census::Census;
use crate::state::native::{self, Native};
use crate::state::phase::Phase;
use crate::state::registry::Wait;
use crate::state::target::{Closed, Target};
use crate::state::thin::ThinFrames;
use crate::state::tickets;
use crate::stats;
use pyjion_jit::bytecode::{self, CodeDesc};
use pyjion_jit::error::CompileError;
use pyjion_jit::feedback::{Assumption, CodeHandle, Feedback};
use pyjion_jit::hir::DirectCallee;
use pyjion_jit::host::StateLayout;
use pyjion_jit::tier::heat;
use pyjion_jit::tier::leading_loop::LeadingLoop;
use pyjion_jit::tier::window::Window;
use std::cell::{Cell, OnceCell, RefCell};
use std::mem::offset_of;
use std::ptr;
use std::sync::Arc;

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
    replaced: RefCell<Vec<Box<Native>>>,
    description: OnceCell<Arc<CodeDesc>>,
}

/// No loop header is to be compiled.
const NO_REQUEST: u32 = u32::MAX;

/// The state of one code object.
pub struct CodeState {
    /// The version to enter at the start without further thought; NULL for none.
    start: Cell<*const Native>,
    /// How compiled code calls it.
    pub thin: ThinFrames,
    /// The key of the tickets of that version, if they are honoured; else 0.
    tickets: Cell<u64>,
    /// Calls and loop iterations, weighted.
    pub(super) heat: Cell<u32>,
    /// The heat below which it is not to become hot again, having lost its machine code.
    pub(super) reheat_at: Cell<u32>,
    /// Jumps backwards that were seen in the interpreter since a loop of the code was compiled.
    leading_loop: Cell<LeadingLoop>,
    /// Size of the bytecode.
    pub bytes: u32,
    /// What the code would take to compile, as a multiple of what a small function takes.
    pub(super) bulk: u32,
    phase: Cell<Phase>,
    /// The loop header at which a hook just suspended a frame to have it compiled.
    request: Cell<u32>,
    /// Frames begun or resumed, but for some of those that passed us by: see [`CodeState::runs`].
    pub(super) runs: Counter,
    /// Frames that were to pass us by when that was looked at last.
    pub(super) passes: Cell<u32>,
    /// The code object, which owns this.
    pub code: *mut PyCodeObject,
    /// Versions that are being compiled in the background.
    under_way: Cell<u32>,
    /// Jumps backwards that are still to be looked at one by one: see [`CodeState::seek`].
    sought: Cell<u32>,
    /// That the code lives, for those who rest on that.
    life: OnceCell<Assumption>,
    hot: OnceCell<Box<Hot>>,
}

/// What is known of all of them.
#[inline(always)]
pub fn codes() -> &'static Census<CodeState> {
    &PROCESS.codes
}

impl CodeState {
    /// The state of code that nothing is known of but that so many frames of it have passed us by, and so
    /// many more are to.
    ///
    /// # Safety
    /// `code` is a code object, which owns the state from now on.
    pub unsafe fn new(code: *mut PyCodeObject, passed: u32, passing: u32) -> CodeState {
        // SAFETY: co_code is a str object (3.x: bytes), whose length is that of a variable object.
        let bytes = unsafe { (*(*code).co_code.cast::<PyVarObject>()).ob_size } as u32;
        codes().enter(Phase::Cold);
        let runs = Counter::new();
        runs.add(passed.into());
        CodeState {
            start: Cell::new(ptr::null()),
            // SAFETY: by the contract.
            thin: unsafe { ThinFrames::new(code) },
            tickets: Cell::new(0),
            heat: Cell::new(passed * heat::PER_CALL),
            reheat_at: Cell::new(0),
            leading_loop: Cell::new(LeadingLoop::NONE),
            bytes,
            bulk: heat::bulk(bytes),
            phase: Cell::new(Phase::Cold),
            request: Cell::new(NO_REQUEST),
            runs,
            passes: Cell::new(passing),
            code,
            under_way: Cell::new(0),
            sought: Cell::new(0),
            life: OnceCell::new(),
            hot: OnceCell::new(),
        }
    }

    /// The code, for those who outlive it.
    pub fn handle(&self) -> CodeHandle {
        CodeHandle {
            address: self.code as usize,
            state: ptr::from_ref(self) as usize,
            life: self.life.get_or_init(|| Assumption::new(self.code as usize)).clone(),
        }
    }

    /// The version to enter at the start without further thought; NULL for none.
    #[inline(always)]
    pub fn start(&self) -> *const Native {
        self.start.get()
    }

    fn set_start(&self, start: *const Native) {
        self.start.set(start);
        tickets::revoke(self.tickets.replace(0));
        // SAFETY: the code object owns this; a version that is not NULL is one of those that there are.
        if let (true, Some(start)) = unsafe { (describe::is_generator(self.code), start.as_ref()) } {
            self.tickets.set(tickets::honour(start, &self.runs));
        }
        if start.is_null() {
            self.thin.forbid();
        } else {
            self.thin.allow(|| self.constant_parameters());
        }
    }

    /// How many of the first parameters are never bound again, nor deleted.
    fn constant_parameters(&self) -> u32 {
        // SAFETY: the code object owns this.
        let parameters = unsafe { (*self.code).co_argcount as u32 };
        bytecode::decode(self.description()).map_or(0, |code| code.constant_locals(parameters))
    }

    /// How compiled code calls it straight away, if that can be.
    pub fn direct_callee(&self) -> Option<DirectCallee> {
        let parameters = self.thin.parameters()?;
        // SAFETY: the code object owns this, and its names are in tuples.
        let (locals, frees) =
            unsafe { ((*self.code).co_nlocals as u32, size_of_var((*self.code).co_freevars) as u32) };
        Some(DirectCallee {
            code: self.code as usize,
            life: self.handle().life.address(),
            state: ptr::from_ref(self) as usize,
            parameters,
            lent: self.constant_parameters(),
            locals,
            cells: self.thin.cells() as u32,
            frees,
        })
    }

    /// Where compiled code finds what in it.
    pub const LAYOUT: StateLayout = StateLayout {
        start: offset_of!(CodeState, start) as i32,
        arity: (offset_of!(CodeState, thin) + ThinFrames::ARITY) as i32,
        idle: (offset_of!(CodeState, thin) + ThinFrames::IDLE) as i32,
        runs: offset_of!(CodeState, runs) as i32,
    };

    /// Where frames that begin or are resumed are counted.
    pub fn address_of_runs(&self) -> usize {
        ptr::from_ref(&self.runs) as usize
    }

    /// Counts a frame that begins or is resumed.
    #[inline(always)]
    pub fn count_run(&self) {
        self.runs.count();
    }

    /// Adds heat; whether the code is hot by now.
    #[inline(always)]
    pub fn warm(&self, by: u32) -> bool {
        let heat = self.heat.get().saturating_add(by);
        self.heat.set(heat);
        u64::from(heat) >= settings::threshold().of_code(self.bulk)
    }

    /// Whether it is as hot again as it has to be after it lost its machine code.
    pub fn is_reheated(&self) -> bool {
        self.heat.get() >= self.reheat_at.get()
    }

    /// Whether code that is hot is so for a program that has used so much processor time, in microseconds;
    /// else it is not looked at again before it is.
    pub fn is_hot_after(&self, used: u64) -> bool {
        let wanted = settings::threshold().of_code_after(self.bulk, used);
        let is_hot = u64::from(self.heat.get()) >= wanted;
        if !is_hot {
            self.reheat_at.set(u32::try_from(wanted).unwrap_or(u32::MAX));
        }
        is_hot
    }

    /// Code that is hot has to wait: it becomes so again in a while.
    pub fn postpone(&self) {
        stats::counters().postponed.count();
        self.heat.set(heat::postponed(self.heat.get()));
    }

    /// A version of it is being compiled in the background.
    pub fn begin_wait(&self) -> Wait {
        self.under_way.set(self.under_way.get() + 1);
        codes().registry.begin_wait(self)
    }

    /// What was waited for is there: the state that did, if it is still alive, and that as long as no Python
    /// code runs.
    pub fn end_wait<'a>(wait: Wait) -> Option<&'a CodeState> {
        // SAFETY: a state that dies takes itself out.
        let state = unsafe { &*codes().registry.end_wait(wait)? };
        state.under_way.set(state.under_way.get() - 1);
        Some(state)
    }

    /// Whether a version of it is being compiled in the background.
    #[inline(always)]
    pub fn is_waiting(&self) -> bool {
        self.under_way.get() > 0
    }

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
        codes().leave(self.phase.get());
        codes().enter(phase);
        self.phase.set(phase);
        if phase != Phase::Hot {
            self.set_start(ptr::null());
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

    /// Its table of line numbers, `co_lnotab`.
    pub fn line_table(&self) -> Vec<u8> {
        // SAFETY: the code object is alive, as it owns this state; the member never changes.
        unsafe { describe::bytes((*self.code).co_lnotab) }
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
    pub unsafe fn find(&self, pc: u32, frame: *mut PyFrameObject) -> Option<(*const Native, u32)> {
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
            .map(|version| version.generic.get() && version.entered.get() > 0)
    }

    /// Adds a version for a place; the version before is no longer entered.
    pub fn install(&self, pc: u32, version: Native) -> *const Native {
        let version = Box::new(version);
        let address: *const Native = &*version;
        let hot = self.hot();
        let old = {
            let mut targets = hot.targets.borrow_mut();
            let Some(target) = targets.iter_mut().find(|target| target.pc == pc) else {
                unreachable!("versions are compiled for targets")
            };
            target.stale = false;
            let is_promoted = target.version.as_ref().is_some_and(|version| version.is_provisional());
            if !is_promoted {
                target.generations += 1;
            } else if !target.is_established {
                (target.generations, target.is_established) = (1, true);
            }
            target.version.replace(version)
        };
        if let Some(old) = old {
            self.replace(old);
        }
        if pc != 0 {
            self.leading_loop.set(LeadingLoop::NONE);
            self.seek(SEEK_NEW);
        }
        self.update_start();
        codes().registry.add(self);
        address
    }

    /// A version turned out to be invalid: it is taken out of use, to be compiled again.
    pub fn invalidate(&self, version: *const Native) {
        let old = {
            let mut targets = self.hot().targets.borrow_mut();
            let of = |target: &&mut Target| target.version.as_deref().is_some_and(|v| ptr::eq(v, version));
            let Some(target) = targets.iter_mut().find(of) else { return };
            // Nothing is wrong with what it was compiled from, as long as that is still there.
            let is_founded = target.version.as_ref().is_some_and(|version| version.is_founded());
            target.generations -= u32::from(is_founded);
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
        self.reheat_at.set(heat::reheat_at(self.reheat_at.get()));
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

    /// What was to be observed has been: declares versions that were compiled without feedback outdated, or
    /// as good as any if there still is none.
    pub fn outdate_generic_versions(&self) {
        let is_informed = !self.hot().feedback.borrow().is_empty();
        for target in self.hot().targets.borrow_mut().iter_mut() {
            let Some(version) = target.version.as_ref().filter(|version| version.generic.get()) else {
                continue;
            };
            target.stale |= is_informed;
            version.generic.set(is_informed);
        }
        self.update_start();
    }

    fn replace(&self, old: Box<Native>) {
        old.replaced.set(true);
        old.attend.set(true);
        old.switches.valid.set(false);
        let mut replaced = self.hot().replaced.borrow_mut();
        replaced.push(old);
        replaced.retain(|version| version.running.get() > 0);
    }

    /// Has every frame that runs a version leave it at the next jump backwards at the latest.
    pub fn call_out(&self) {
        self.each_version(|version| {
            version.switches.valid.set(false);
            version.attend.set(true);
        });
    }

    /// The places whose versions were compiled in little time, and have frames running them.
    pub fn provisional_places_that_run(&self) -> Vec<u32> {
        let runs = |version: &Native| version.is_provisional() && version.running.get() > 0;
        let Some(hot) = self.hot_if_any() else { return Vec::new() };
        let targets = hot.targets.borrow();
        targets
            .iter()
            .filter(|target| target.version.as_deref().is_some_and(runs))
            .map(|target| target.pc)
            .collect()
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
            version.switches.valid.set(!version.replaced.get() && version.is_founded());
            version.attend.set(version.replaced.get() || native::declares_itself_invalid());
        });
    }

    fn each_version(&self, change: impl Fn(&Native)) {
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
        self.leading_loop.set(self.leading_loop.get().after(header, jumps));
    }

    /// The loop that most jumps lead to.
    pub fn leading_loop(&self) -> LeadingLoop {
        self.leading_loop.get()
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
                && !version.generic.get()
                && version.compiled.entries.first().is_some_and(|entry| entry.pc == 0 && entry.depth == 0)
            {
                start = ptr::from_ref(version);
            }
        }
        self.set_start(start);
        if !start.is_null() {
            self.stop_passing();
        }
    }

    /// Runs `change` on the target for a place, if it is one.
    pub fn with_target<R>(&self, pc: u32, change: impl FnOnce(&mut Target) -> R) -> Option<R> {
        let mut targets = self.hot_if_any()?.targets.borrow_mut();
        targets.iter_mut().find(|target| target.pc == pc).map(change)
    }

    /// The same for a place that is made one; nothing when there are too many already.
    pub fn with_target_at<R>(&self, pc: u32, change: impl FnOnce(&mut Target) -> R) -> Option<R> {
        let mut targets = self.hot().targets.borrow_mut();
        let index = match targets.iter().position(|target| target.pc == pc) {
            Some(index) => index,
            None => {
                let loops = targets.iter().filter(|target| target.pc != 0).count();
                if pc != 0 && loops >= MAX_LOOP_TARGETS {
                    return None;
                }
                // Most code has one.
                targets.reserve_exact(1);
                targets.push(Target::new(pc));
                targets.len() - 1
            }
        };
        Some(change(&mut targets[index]))
    }

    /// The place a version was compiled for.
    pub fn target_of(&self, version: *const Native) -> Option<u32> {
        let targets = self.hot_if_any()?.targets.borrow();
        let of = |target: &&Target| target.version.as_deref().is_some_and(|v| ptr::eq(v, version));
        targets.iter().find(of).map(|target| target.pc)
    }
}

impl Drop for CodeState {
    fn drop(&mut self) {
        tickets::revoke(self.tickets.get());
        if let Some(life) = self.life.get() {
            life.end();
        }
        codes().registry.forget(self, self.is_waiting());
        codes().leave(self.phase.get());
    }
}
