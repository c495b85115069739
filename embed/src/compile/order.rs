//! Has code compiled: gathers what the compiler needs, has it run here or in the background, keeps the
//! result or the reason why not.

use crate::compile::job::{Compiler, Job, Output};
use crate::compile::worker::{self, Ticket};
use crate::compile::{callees, cost, eviction};
use crate::config::say;
use crate::config::settings::{self, Stopped};
use crate::memory::reserve;
use crate::memory::scratch;
use crate::memory::shortage;
use crate::process::PROCESS;
use crate::py::describe;
use crate::py::*;
use crate::state::native::{Native, Switches};
use crate::state::{Closed, CodeState, Phase, Wait, codes};
use crate::stats::{self, Mode};
use crate::tools;
use pyjion_jit::backend::{BackendOptions, Effort, MachineCode};
use pyjion_jit::code::CodeMemory;
use pyjion_jit::error::CompileError;
use pyjion_jit::feedback::Feedback;
use pyjion_jit::hir::{NewCache, Type};
use pyjion_jit::passes::stress::Stress;
use pyjion_jit::tier::options::Dump;
use pyjion_jit::tier::verdict::MAX_GENERATIONS;
use pyjion_jit::{Compiled, EntrySpec, Options};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

/// Versions of one place that `PYJION_STRESS_INVALIDATE` makes invalid.
const MAX_INVALIDATIONS: u32 = 100;

/// A version that is being compiled in the background.
struct UnderWay {
    /// What the state that it is for waits for.
    wait: Wait,
    /// The place it is for.
    pc: u32,
    /// What it will have the address of.
    switches: Box<Switches>,
    /// Nothing had been observed.
    generic: bool,
    /// There is a version that was compiled in less time.
    promotes: bool,
}

/// What is being compiled.
pub struct Orders {
    /// For compilations that the program waits for.
    compiler: RefCell<Compiler>,
    under_way: RefCell<BTreeMap<Ticket, UnderWay>>,
    /// That there is no executable memory was said.
    has_complained: Cell<bool>,
}

impl Orders {
    /// None.
    pub const fn new() -> Orders {
        Orders {
            compiler: RefCell::new(Compiler::new()),
            under_way: RefCell::new(BTreeMap::new()),
            has_complained: Cell::new(false),
        }
    }
}

/// Has a version compiled for the start (and a generator's resume points), unless that was tried
/// often enough; true when there is one by now.
pub fn for_start(state: &CodeState) -> bool {
    is_open(state, 0) && request(state, EntrySpec::default(), false)
}

/// Has the version of a place, which was compiled in little time, compiled again with more; true when that
/// has been done by now.
pub fn promote(state: &CodeState, pc: u32) -> bool {
    attend();
    let wanted = state.with_target(pc, |target| {
        let is_provisional = target.version.as_ref().is_some_and(|version| version.is_provisional());
        (is_provisional && target.closed.is_none() && !target.stale && !target.is_under_way)
            .then(|| target.spec.clone())
    });
    let Some(spec) = wanted.flatten().filter(|_| state.phase() == Phase::Hot) else { return false };
    request(state, spec, true)
}

/// Has a version compiled for the loop header that the frame is about to execute; true when there is one
/// by now.
///
/// # Safety
/// The frame is one of the state's code and not running.
pub unsafe fn for_loop(state: &CodeState, frame: *mut PyFrameObject, pc: u32) -> bool {
    if !is_open(state, pc) {
        return false;
    }
    // SAFETY: as for this function.
    let Some(mut spec) = (unsafe { describe::entry(frame, pc) }) else {
        return false;
    };
    // What was of another kind an earlier time is not specialised on.
    state.with_target(pc, |target| {
        if target.generations > 0 {
            widen(&mut spec.locals, &target.spec.locals);
            widen(&mut spec.names, &target.spec.names);
        }
    });
    request(state, spec, false)
}

/// Adds the kinds of an earlier time; those of another shape are of no use.
fn widen(kinds: &mut Vec<Type>, before: &[Type]) {
    if kinds.len() == before.len() {
        for (now, before) in kinds.iter_mut().zip(before) {
            *now = now.union(*before);
        }
    } else {
        kinds.clear();
    }
}

/// Whether another version may be compiled for a place now.
pub fn is_open(state: &CodeState, pc: u32) -> bool {
    state.phase() == Phase::Hot
        && state
            .with_target_at(pc, |target| {
                target.closed.is_none() && !target.is_under_way && target.generations < MAX_GENERATIONS
            })
            .unwrap_or(false)
        && shortage::is_there_room(state.bytes as usize)
}

/// Has a version compiled, in the background if that can be; true when there is one by now.
fn request(state: &CodeState, spec: EntrySpec, promotes: bool) -> bool {
    let pc = spec.pc;
    let order = match Order::new(state, spec, promotes) {
        Ok(order) => order,
        Err(_) if promotes => return false,
        Err(error) => return fail(state, pc, error).is_ok(),
    };
    let ticket = if worker::is_wanted() { worker::submit(&order.job) } else { None };
    let Some(ticket) = ticket else { return order.fulfil(state).is_ok() };
    cost::enter(|ledger| ledger.of(order.job.is_first()).promise(order.job.description.code.len()));
    let Order { switches, generic, .. } = order;
    state.with_target(pc, |target| target.is_under_way = true);
    let wait = state.begin_wait();
    PROCESS.orders.under_way.borrow_mut().insert(ticket, UnderWay { wait, pc, switches, generic, promotes });
    false
}

/// Compiles and installs a version here and now; a failure is remembered.
pub fn install(state: &CodeState, spec: EntrySpec) -> Result<(), CompileError> {
    let pc = spec.pc;
    match Order::new(state, spec, false) {
        Ok(order) => order.fulfil(state),
        Err(error) => fail(state, pc, error),
    }
}

/// Has everything done that is due of what is compiled in the background, with the GIL held.
#[inline(always)]
pub fn poll() {
    if worker::is_due() {
        attend();
    }
}

#[cold]
#[inline(never)]
extern "C" fn attend() {
    for (ticket, output) in worker::fetch() {
        finish(ticket, output);
    }
}

/// A job of the background is done. What it was for may be gone, or have come by another way.
fn finish(ticket: Ticket, output: Output) {
    account(&output);
    cost::enter(|ledger| ledger.of(output.is_first).redeem(output.bytes));
    let order = PROCESS.orders.under_way.borrow_mut().remove(&ticket);
    let Some(UnderWay { wait, pc, switches, generic, promotes }) = order else { return };
    let Some(state) = CodeState::end_wait(wait) else { return };
    let is_missing = state.with_target(pc, |target| {
        target.is_under_way = false;
        let is_provisional = target.version.as_ref().is_some_and(|version| version.is_provisional());
        target.closed.is_none() && (target.version.is_none() || target.stale || (promotes && is_provisional))
    });
    // Meanwhile the code may have given its memory up, or turned out to be one that cannot be compiled, or no
    // code can be compiled any more.
    let is_wanted = settings::stopped().is_none() && matches!(state.phase(), Phase::Hot | Phase::Recording);
    if is_missing == Some(true) && is_wanted {
        let _ = keep(state, pc, output.result, switches, generic, promotes);
    }
}

/// A version to be compiled.
struct Order {
    /// The place it is for.
    pc: u32,
    job: Arc<Job>,
    /// What the version will have the address of.
    switches: Box<Switches>,
    /// Nothing was observed yet.
    generic: bool,
    /// There is a version that was compiled in less time.
    promotes: bool,
}

impl Order {
    fn new(state: &CodeState, spec: EntrySpec, promotes: bool) -> Result<Order, CompileError> {
        let pc = spec.pc;
        let prepared = state.with_target_at(pc, |target| {
            target.spec.clone_from(&spec);
            (target.invalidations, target.generations_before(promotes))
        });
        let Some((invalidations, generations)) = prepared else { return Err(CompileError::BadEntry { pc }) };
        eviction::check()?;
        let switches = Switches::new();
        eviction::make(eviction::estimate(state.description().code.len()), state);
        let feedback = state.hot().feedback.borrow().clone();
        let generic = feedback.is_empty();
        let wanted = Wanted {
            switches: Some(&switches),
            generations,
            stress: invalidations < MAX_INVALIDATIONS,
            keep_texts: settings::options().dump.is_some(),
            effort: match settings::options() {
                options if options.no_opt => Effort::Least,
                options if promotes || options.no_baseline => Effort::Full,
                _ => Effort::First,
            },
        };
        let job = Arc::new(job(state, feedback, spec, &wanted)?);
        Ok(Order { pc, job, switches, generic, promotes })
    }

    /// Compiles and installs the version.
    fn fulfil(self, state: &CodeState) -> Result<(), CompileError> {
        let output = run(&self.job);
        keep(state, self.pc, output.result, self.switches, self.generic, self.promotes)
    }
}

/// Installs what was compiled for a place, or remembers why there is nothing.
fn keep(
    state: &CodeState,
    pc: u32,
    result: Result<Compiled<MachineCode>, CompileError>,
    switches: Box<Switches>,
    generic: bool,
    promotes: bool,
) -> Result<(), CompileError> {
    let published = result.and_then(|compiled| {
        eviction::make(CodeMemory::room(compiled.code.bytes.len()), state);
        compiled.publish(eviction::memory())
    });
    match published {
        Ok(mut compiled) => {
            shortage::arm();
            stats::counters().compilations.count();
            if let Some(dump) = &settings::options().dump {
                write_dump(dump, state, &compiled, pc);
            }
            let registered = tools::tell(state.description(), || state.line_table(), &mut compiled);
            state.install(pc, Native::new(compiled, registered, switches, generic, name(state)));
            Ok(())
        }
        // The version that there is stays.
        Err(error) if promotes => {
            stats::count_failure(error.name());
            Err(error)
        }
        Err(error) => fail(state, pc, error),
    }
}

/// Remembers why there is no version for a place.
fn fail(state: &CodeState, pc: u32, error: CompileError) -> Result<(), CompileError> {
    stats::count_failure(error.name());
    if matches!(error, CompileError::CodeMemory(_) | CompileError::Memory) {
        // There may be room another time, but there is an end to trying.
        state.with_target(pc, |target| target.generations += 1);
        return Err(error);
    }
    if let CompileError::ExecutableMemory(why) = &error {
        give_up(why);
        return Err(error);
    }
    // Only an entry in the wrong place says nothing about the rest of the code.
    if matches!(error, CompileError::BadEntry { .. }) && pc != 0 {
        state.uninstall(pc, Some(Closed::Failed(error.clone())));
    } else {
        *state.hot().failure.borrow_mut() = Some(error.clone());
        state.set_phase(Phase::Failed);
    }
    Err(error)
}

/// The system allows no executable memory: stops for good, and says so once.
fn give_up(why: &str) {
    let reason = Stopped::NoExecutableMemory(why.to_owned());
    if !PROCESS.orders.has_complained.replace(true) {
        say(&format!(
            "pyjion: {reason}: running without the JIT; allow it (systemd: MemoryDenyWriteExecute=no, \
             SELinux: execmem), or set PYJION=0 to have this line go"
        ));
    }
    settings::stop(reason);
}

/// Has a JIT that stopped begin again if what stopped it is gone; else says what it was.
pub fn restart() -> Result<(), &'static Stopped> {
    match settings::stopped() {
        None => Ok(()),
        Some(reason @ (Stopped::LostThread | Stopped::Finalized)) => Err(reason),
        Some(reason @ Stopped::NoExecutableMemory(_)) => {
            eviction::probe().map_err(|_| reason)?;
            settings::forget_stop();
            Ok(())
        }
    }
}

/// What a compilation is to have besides code.
pub struct Wanted<'a> {
    /// What the version has the address of.
    pub switches: Option<&'a Switches>,
    /// How many versions of the place there were before.
    pub generations: u32,
    /// `PYJION_STRESS_INVALIDATE` applies.
    pub stress: bool,
    /// Texts for a dump.
    pub keep_texts: bool,
    /// How much time it is worth.
    pub effort: Effort,
}

/// What the compiler needs; errors are those that it need not be asked for.
pub fn job(
    state: &CodeState,
    feedback: Feedback,
    entry: EntrySpec,
    wanted: &Wanted<'_>,
) -> Result<Job, CompileError> {
    let settings = settings::options();
    if settings.stress_fail {
        return Err(CompileError::Forced);
    }
    if let Some(reason @ (Stopped::LostThread | Stopped::Finalized)) = settings::stopped() {
        return Err(CompileError::CodeMemory(reason.to_string()));
    }
    let (used, cap) = (eviction::memory().used(), settings.max_code);
    if used >= cap {
        let why = format!("{used} bytes of machine code, the limit is {cap}");
        return Err(CompileError::CodeMemory(why));
    }
    let options = Options {
        speculate: !settings.no_speculate,
        omitted: settings.omitted(),
        verify: settings.verify,
        stress: Stress {
            exit: (settings.stress_exit > 0).then_some(settings.stress_exit),
            invalidate: (settings.stress_invalidate > 0 && wanted.stress)
                .then_some(settings.stress_invalidate),
        },
        max_values: shortage::values(settings.max_values as usize),
        keep_texts: wanted.keep_texts,
        backend: BackendOptions {
            keep_texts: wanted.keep_texts,
            effort: wanted.effort,
            whatever_size: settings.no_baseline,
            valid_flag: wanted.switches.map_or(0, |switches| switches.valid.address()),
            turns: wanted.switches.map_or(0, |switches| switches.turns.as_ptr() as usize),
            ticket: wanted.switches.map_or(0, |switches| switches.tickets.as_ptr() as usize),
            bytecode_counter: stats::bytecode_counter(),
            describe: tools::is_wanted(),
        },
        new_cache: NewCache(|| scratch::aside(Box::default)),
        ..Options::default()
    };
    let description = Arc::clone(state.description());
    // The last version does without what it would have to leave for.
    let callees = match wanted.generations + 1 < MAX_GENERATIONS {
        true => callees::inlinable(&feedback, &options),
        false => Vec::new(),
    };
    let backend = settings.backend;
    Ok(Job { description, feedback, callees, entry, options, backend, host: codes().host() })
}

/// Runs the compiler while the program waits; no Python code runs meanwhile.
pub fn run(job: &Job) -> Output {
    let mode = stats::switch(Mode::Compiler);
    let bytes = job.description.code.len();
    let output = reserve::with_room(shortage::room_for(bytes), || {
        let mut compiler = PROCESS.orders.compiler.borrow_mut();
        let output = compiler.run(job);
        compiler.rest();
        output
    });
    stats::switch(mode);
    let output = output.unwrap_or_else(|| Output::failed(CompileError::Memory, job));
    account(&output);
    output
}

/// Notes what a compilation took.
fn account(output: &Output) {
    stats::counters().compile_microseconds.add(output.microseconds);
    if let Ok(compiled) = &output.result {
        stats::add_phases(&compiled.spent);
    }
    cost::enter(|ledger| ledger.of(output.is_first).spend(output.microseconds, output.bytes));
}

/// Name and place of the code, for people.
pub fn name(state: &CodeState) -> String {
    let description = state.description();
    format!("{} ({}:{})", description.name, description.filename, description.first_line)
}

fn write_dump(dump: &Dump, state: &CodeState, compiled: &Compiled, pc: u32) {
    let mut text = String::new();
    for stage in &dump.stages {
        if let Some(body) = compiled.texts.get(stage) {
            text.push_str(&format!("--- {stage}: {} entered at {pc}\n{body}\n", name(state)));
        }
    }
    let written = match &dump.path {
        None => std::io::stderr().write_all(text.as_bytes()),
        Some(path) => std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .and_then(|mut file| file.write_all(text.as_bytes())),
    };
    if let Err(error) = written {
        let path = dump.path.as_deref().unwrap_or("stderr");
        eprintln!("pyjion: PYJION_DUMP: {path}: {error}");
    }
}
