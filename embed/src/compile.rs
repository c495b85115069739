//! Has code compiled: gathers what the compiler needs, runs it, keeps the result or the reason why not.

use crate::budget;
use crate::code_room;
use crate::code_state::{Closed, CodeState, Phase};
use crate::describe;
use crate::gil::Gil;
use crate::layout;
use crate::options::Dump;
use crate::py::*;
use crate::settings;
use crate::shortage;
use crate::stats::{self, Mode};
use crate::version::Version;
use pyjion_jit::backend::BackendOptions;
use pyjion_jit::backend::cranelift::CraneliftBackend;
use pyjion_jit::error::CompileError;
use pyjion_jit::feedback::Feedback;
use pyjion_jit::hir::Type;
use pyjion_jit::{Compiled, EntrySpec, Options};
use std::cell::{Cell, RefCell};
use std::io::Write;
use std::panic::{self, AssertUnwindSafe};

/// Versions that are compiled for one place before it has to do with what it has.
pub const MAX_GENERATIONS: u32 = 5;

/// Versions of one place that `PYJION_STRESS_INVALIDATE` makes invalid.
const MAX_INVALIDATIONS: u32 = 100;

static BACKEND: Gil<RefCell<Option<CraneliftBackend>>> = Gil::new(RefCell::new(None));

/// The message of the panic that is being caught.
static PANIC: Gil<RefCell<String>> = Gil::new(RefCell::new(String::new()));

/// Panics are being caught.
static COMPILING: Gil<Cell<bool>> = Gil::new(Cell::new(false));

/// Name of the backend.
pub const BACKEND_NAME: &str = "cranelift";

/// Panics of the compiler are the compiler's own business: they are caught and remembered with
/// the code, not printed into the program's stderr.
pub fn keep_panics_quiet() {
    let default = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !COMPILING.get() {
            default(info);
            return;
        }
        let place = info.location().map(|place| format!(" ({}:{})", place.file(), place.line()));
        let text = info.payload_as_str().unwrap_or("no message");
        if let Ok(mut message) = PANIC.try_borrow_mut() {
            *message = format!("{text}{}", place.unwrap_or_default());
        }
    }));
}

/// Compiles a version for the start (and a generator's resume points), unless that was tried
/// often enough; true when there is one.
pub fn for_start(state: &CodeState) -> bool {
    let spec = EntrySpec::default();
    is_open(state, 0) && install(state, spec).is_ok()
}

/// Compiles a version for the loop header that the frame is about to execute.
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
    let _ = state.with_target(pc, |target| {
        if target.generations > 0 {
            widen(&mut spec.locals, &target.spec.locals);
            widen(&mut spec.names, &target.spec.names);
        }
    });
    install(state, spec).is_ok()
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
            .with_target(pc, |target| target.closed.is_none() && target.generations < MAX_GENERATIONS)
            .unwrap_or(false)
        && shortage::is_there_room()
}

/// Compiles and installs a version; a failure is remembered.
pub fn install(state: &CodeState, spec: EntrySpec) -> Result<(), CompileError> {
    let pc = spec.pc;
    if state.with_target(pc, |target| target.spec.clone_from(&spec)).is_none() {
        return Err(CompileError::BadEntry { pc });
    }
    let valid = Box::new(Cell::new(1u8));
    let feedback = state.hot().feedback.borrow();
    let generic = feedback.is_empty();
    let options = settings::options();
    let room = code_room::estimate(state.description().code.len());
    code_room::make(room, state);
    let invalidations = state.with_target(pc, |target| target.invalidations).unwrap_or(0);
    let wanted = Wanted {
        valid: Some(&valid),
        stress: invalidations < MAX_INVALIDATIONS,
        keep_texts: options.dump.is_some(),
    };
    let mut result = compile(state, &feedback, std::slice::from_ref(&spec), &wanted);
    if matches!(result, Err(CompileError::CodeMemory(_))) && code_room::make(options.max_code / 2, state) {
        result = compile(state, &feedback, &[spec], &wanted);
    }
    drop(feedback);
    match result {
        Ok(compiled) => {
            stats::counters().compilations.count();
            if let Some(dump) = &options.dump {
                write_dump(dump, state, &compiled, pc);
            }
            let name = name(state);
            state.install(pc, Version::new(compiled, valid, generic, name));
            Ok(())
        }
        Err(error) => {
            stats::count_failure(error.name());
            if matches!(error, CompileError::CodeMemory(_)) {
                // There may be room another time, but there is an end to trying.
                let _ = state.with_target(pc, |target| target.generations += 1);
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
    }
}

/// What a compilation is to have besides code.
pub struct Wanted<'a> {
    /// The byte that says that the version is valid.
    pub valid: Option<&'a Cell<u8>>,
    /// `PYJION_STRESS_INVALIDATE` applies.
    pub stress: bool,
    /// Texts for a dump.
    pub keep_texts: bool,
}

/// Runs the compiler; no Python code runs meanwhile.
pub fn compile(
    state: &CodeState,
    feedback: &Feedback,
    entries: &[EntrySpec],
    wanted: &Wanted<'_>,
) -> Result<Compiled, CompileError> {
    let settings = settings::options();
    if settings.stress_fail {
        return Err(CompileError::Forced);
    }
    let (used, cap) = (code_room::memory().used(), settings.max_code);
    if used >= cap {
        let why = format!("{used} bytes of machine code, the limit is {cap}");
        return Err(CompileError::CodeMemory(why));
    }
    let options = Options {
        speculate: !settings.no_speculate,
        unbox: !settings.no_unbox,
        optimise: !settings.no_opt,
        max_values: settings.max_values as usize,
        keep_texts: wanted.keep_texts,
        backend: BackendOptions {
            stress_exit: (settings.stress_exit > 0).then_some(settings.stress_exit),
            stress_invalidate: (settings.stress_invalidate > 0 && wanted.stress)
                .then_some(settings.stress_invalidate),
            keep_texts: wanted.keep_texts,
            fast_compile: settings.no_opt,
            valid_flag: wanted.valid.map_or(0, |flag| flag.as_ptr() as usize),
            bytecode_counter: stats::bytecode_counter(),
        },
        ..Options::default()
    };

    let description = state.description();
    let started = budget::thread_time();
    let mode = stats::switch(Mode::Compiler);
    let mut backend = BACKEND.borrow_mut();
    COMPILING.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(|| {
        let backend = match backend.as_mut() {
            Some(backend) => backend,
            None => backend.insert(CraneliftBackend::with_memory(code_room::memory().clone())?),
        };
        pyjion_jit::compile(description, feedback, entries, layout::host(), backend, &options)
    }));
    COMPILING.set(false);
    if result.is_err() {
        // Whatever state it is in.
        *backend = None;
    }
    drop(backend);
    stats::switch(mode);
    let took = budget::thread_time() - started;
    stats::counters().compile_microseconds.add(took);
    budget::spend(took, description.code.len());
    result.unwrap_or_else(|_| Err(CompileError::Panic(PANIC.take())))
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
