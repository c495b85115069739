//! A compilation as a job: all it needs, gathered under the GIL, so that any thread can run it.

use crate::memory::reserve;
use crate::memory::scratch::{self, Scratch};
use crate::memory::shortage;
use crate::stats::clock;
use pyjion_jit::backend::{Backend, Choice, Effort, MachineCode};
use pyjion_jit::bytecode::CodeDesc;
use pyjion_jit::error::CompileError;
use pyjion_jit::feedback::Feedback;
use pyjion_jit::host::Host;
use pyjion_jit::{Compiled, EntrySpec, Inlinable, Options};
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

/// What is to be compiled. Addresses of objects in it are not looked behind.
pub struct Job {
    /// The code object.
    pub description: Arc<CodeDesc>,
    /// What was observed.
    pub feedback: Feedback,
    /// What it calls that may be inlined.
    pub callees: Vec<Inlinable>,
    /// The entry asked for.
    pub entry: EntrySpec,
    /// How to compile.
    pub options: Options,
    /// What makes the code, the same in all jobs.
    pub backend: Choice,
    /// The interpreter to compile for.
    pub host: &'static Host,
}

/// What became of a job.
pub struct Output {
    /// The code, or why there is none.
    pub result: Result<Compiled<MachineCode>, CompileError>,
    /// Processor time that it took, in microseconds.
    pub microseconds: u64,
    /// Bytes of bytecode that it was for.
    pub bytes: usize,
    /// Little time was to be spent on it.
    pub is_first: bool,
}

impl Job {
    /// Whether little time is to be spent on it.
    pub fn is_first(&self) -> bool {
        match self.options.backend.effort {
            Effort::First | Effort::Least => true,
            Effort::Full => false,
        }
    }
}

impl Output {
    /// That of a job that was not run.
    pub fn failed(error: CompileError, job: &Job) -> Output {
        Output {
            result: Err(error),
            microseconds: 0,
            bytes: job.description.code.len(),
            is_first: job.is_first(),
        }
    }
}

/// What a thread needs to run jobs; kept from one to the next.
#[derive(Default)]
pub struct Compiler {
    backend: Option<Box<dyn Backend + Send>>,
    scratch: Option<Scratch>,
}

// APART: of each thread.
thread_local! {
    /// Panics of this thread are being caught.
    static IS_CATCHING: Cell<bool> = const { Cell::new(false) };

    /// The message of the panic that is being caught.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Panics of the compiler are the compiler's own business: they are caught and remembered with
/// the code, not printed into the program's stderr.
pub fn keep_panics_quiet() {
    let default = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !IS_CATCHING.get() {
            default(info);
            return;
        }
        let place = info.location().map(|place| format!(" ({}:{})", place.file(), place.line()));
        let text = info.payload_as_str().unwrap_or("no message");
        scratch::aside(|| {
            PANIC.with(|message| {
                if let Ok(mut message) = message.try_borrow_mut() {
                    *message = format!("{text}{}", place.as_deref().unwrap_or_default());
                }
            });
        });
    }));
}

/// Has a thread that nobody waits for wait until there is memory for what the C library needs once a thread
/// to note that something of it has a destructor: if there is none then, it ends the process. False when the
/// thread has to end instead.
pub fn prepare_thread() -> bool {
    reserve::wait_for_some() && PANIC.try_with(|_| ()).is_ok()
}

/// Where the memory for a job is from, unless that is elsewhere.
fn scratch_for(job: &Job, last: &mut Option<Scratch>) -> Option<Scratch> {
    match job.backend {
        // Where there are limits, what allocations come to is watched.
        Choice::Cranelift if !shortage::is_limited() => last.take().or_else(Scratch::new),
        // What it evaluates lasts as long as the code.
        Choice::Cranelift | Choice::Interp => None,
    }
}

impl Compiler {
    /// One that has made nothing yet.
    pub const fn new() -> Compiler {
        Compiler { backend: None, scratch: None }
    }

    /// Runs a job on this thread. Cannot panic.
    pub fn run(&mut self, job: &Job) -> Output {
        let started = clock::thread_time();
        IS_CATCHING.set(true);
        let result = panic::catch_unwind(AssertUnwindSafe(|| {
            let backend = match &mut self.backend {
                Some(backend) => backend,
                empty => empty.insert(job.backend.make()?),
            };
            let entries = std::slice::from_ref(&job.entry);
            let Job { description, feedback, callees, host, options, .. } = job;
            let mut compile = || {
                pyjion_jit::compile(description, feedback, callees, entries, host, &mut **backend, options)
            };
            let Some(mut scratch) = scratch_for(job, &mut self.scratch) else { return compile() };
            let (result, is_over) = scratch.run(|| {
                let mut result = compile();
                scratch::aside(|| {
                    result.as_mut().map(|compiled| compiled.moved()).map_err(|error| error.clone())
                })
            });
            if is_over {
                self.scratch = Some(scratch);
            }
            result
        }));
        IS_CATCHING.set(false);
        if result.is_err() {
            // Whatever state it is in.
            self.backend = None;
        }
        Output {
            result: result.unwrap_or_else(|_| Err(CompileError::Panic(PANIC.take()))),
            microseconds: clock::thread_time() - started,
            bytes: job.description.code.len(),
            is_first: job.is_first(),
        }
    }

    /// The same on a thread that nobody waits for: when memory is short, it waits until there is some.
    pub fn run_patiently(&mut self, job: &Job) -> Output {
        reserve::set_patient(true);
        let output = self.run(job);
        reserve::set_patient(false);
        output
    }

    /// Gives memory back that only running takes.
    pub fn rest(&mut self) {
        if let Some(scratch) = &mut self.scratch {
            scratch.rest();
        }
    }
}
