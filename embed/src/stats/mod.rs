//! What happened: every counter, and the exclusive time by mode.

pub mod clock;
pub mod metrics;
pub mod report;

use crate::config::peer::{Peer, Plain, Unknown};
use crate::process::PROCESS;
use crate::py::gil::Counter;
use pyjion_jit::hir::ExitReason;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::time::{Duration, Instant};

macro_rules! counters {
    ($($name:ident: $doc:literal;)*) => {
        /// Counters of events, always kept.
        pub struct Counters {
            $(#[doc = $doc] pub $name: Counter,)*
            /// Exits from native code by reason, in the order of `ExitReason::ALL`.
            pub exits: [Counter; ExitReason::ALL.len()],
        }

        impl Counters {
            const fn new() -> Counters {
                Counters {
                    $($name: Counter::new(),)*
                    exits: [const { Counter::new() }; ExitReason::ALL.len()],
                }
            }

            /// Those that a summary has.
            pub fn totals(&self) -> Totals {
                Totals {
                    compilations: self.compilations.get(),
                    failures: self.failures.get(),
                    code_bytes: self.code_bytes.get(),
                }
            }

            /// The same of another process.
            pub fn totals_of(&self, peer: &Peer) -> Result<Totals, Unknown> {
                peer.fetch(&raw const *self).map(|theirs| theirs.totals())
            }

            /// Name, value and description of each counter but the exits.
            pub fn all(&self) -> Vec<(&'static str, u64, &'static str)> {
                vec![$((stringify!($name), self.$name.get(), $doc.trim_ascii()),)*]
            }
        }
    };
}

counters! {
    frames: "Frames begun or resumed under the JIT.";
    frames_native: "Frames that began or resumed in native code.";
    loop_entries: "Frames that entered native code at a loop header.";
    bytecodes_native: "Bytecodes executed in native code, if detailed statistics are on.";
    bytecodes_interpreted: "Bytecodes of hot code executed elsewhere, if detailed statistics are on.";
    recordings: "Recording windows opened.";
    recorded_instructions: "Instructions recorded.";
    compilations: "Compilations that succeeded.";
    postponed: "Compilations put off, as enough time had gone into compiling.";
    failures: "Compilations that failed.";
    respecialised: "Versions replaced after too many exits.";
    invalidated: "Versions that were found to be no longer valid.";
    evicted: "Code objects whose machine code went to make room.";
    retired: "Entries given up because exits never ceased.";
    code_objects: "Code objects run.";
    code_bytes: "Bytes of machine code in memory.";
    compile_microseconds: "Time spent in compilation, in microseconds.";
}

// SAFETY: numbers.
unsafe impl Plain for Counters {}

/// The most telling counters.
pub struct Totals {
    /// Compilations that succeeded.
    pub compilations: u64,
    /// Those that failed.
    pub failures: u64,
    /// Bytes of machine code in memory.
    pub code_bytes: u64,
}

/// Who the time is charged to. Calls into C are charged to who calls.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Mode {
    /// The interpreter, and everything before and after it.
    Interpreter = 0,
    /// Compiled code.
    Native = 1,
    /// The compiler.
    Compiler = 2,
}

struct Clock {
    mode: Cell<Mode>,
    since: Cell<u64>,
    ticks: [Cell<u64>; 3],
    started: OnceCell<(Instant, u64)>,
}

/// How often one exit was taken, and what it is.
#[derive(Clone)]
pub struct ExitLine {
    /// How often.
    pub count: u64,
    /// Which one it is.
    pub label: String,
    /// Its reason and the operation.
    pub kind: String,
}

/// All of it.
pub struct Stats {
    detailed: Cell<bool>,
    counters: Counters,
    clock: Clock,
    failures: RefCell<Vec<(&'static str, u64)>>,
    phases: RefCell<Vec<Duration>>,
    exit_lines: RefCell<Option<HashMap<(u64, usize), ExitLine>>>,
}

impl Stats {
    /// Nothing has happened.
    pub const fn new() -> Stats {
        Stats {
            detailed: Cell::new(false),
            counters: Counters::new(),
            clock: Clock {
                mode: Cell::new(Mode::Interpreter),
                since: Cell::new(0),
                ticks: [const { Cell::new(0) }; 3],
                started: OnceCell::new(),
            },
            failures: RefCell::new(Vec::new()),
            phases: RefCell::new(Vec::new()),
            exit_lines: RefCell::new(None),
        }
    }
}

/// The counters.
#[inline(always)]
pub fn counters() -> &'static Counters {
    &PROCESS.stats.counters
}

/// Whether what costs time is measured too: the clock, and exits one by one.
#[inline(always)]
pub fn is_detailed() -> bool {
    PROCESS.stats.detailed.get()
}

/// Where native code counts bytecodes; 0 when it does not.
pub fn bytecode_counter() -> usize {
    if is_detailed() { PROCESS.stats.counters.bytecodes_native.address() } else { 0 }
}

/// The bytecodes of hot code executed so far, in native code and elsewhere.
pub fn bytecodes() -> (u64, u64) {
    (PROCESS.stats.counters.bytecodes_native.get(), PROCESS.stats.counters.bytecodes_interpreted.get())
}

/// Begins to measure in detail.
pub fn start_detailed() {
    PROCESS.stats.detailed.set(true);
    *PROCESS.stats.exit_lines.borrow_mut() = Some(HashMap::new());
    let now = clock::ticks();
    PROCESS.stats.clock.since.set(now);
    let _ = PROCESS.stats.clock.started.set((Instant::now(), now));
}

/// Charges the time from now on to a mode, and returns the mode before.
#[inline(always)]
pub fn switch(mode: Mode) -> Mode {
    let before = PROCESS.stats.clock.mode.get();
    if is_detailed() && before != mode {
        let now = clock::ticks();
        let clock = &PROCESS.stats.clock;
        let charged = &clock.ticks[before as usize];
        charged.set(charged.get() + now.wrapping_sub(clock.since.get()));
        clock.since.set(now);
        clock.mode.set(mode);
    }
    before
}

/// Counts a failed compilation by the name of its error.
pub fn count_failure(name: &'static str) {
    PROCESS.stats.counters.failures.count();
    count_by_name(&mut PROCESS.stats.failures.borrow_mut(), name);
}

fn count_by_name(counts: &mut Vec<(&'static str, u64)>, name: &'static str) {
    match counts.iter_mut().find(|(known, _)| *known == name) {
        Some((_, count)) => *count += 1,
        None => counts.push((name, 1)),
    }
}

/// Notes the time that each phase of a compilation took, in the order of `pyjion_jit::phases`.
pub fn add_phases(spent: &[Duration]) {
    let mut phases = PROCESS.stats.phases.borrow_mut();
    let known = phases.len();
    phases.resize(known.max(spent.len()), Duration::ZERO);
    for (sum, spent) in phases.iter_mut().zip(spent) {
        *sum += *spent;
    }
}

/// Microseconds that compilations that succeeded spent, by phase.
pub fn phases() -> Vec<(&'static str, u64)> {
    let phases = PROCESS.stats.phases.borrow();
    pyjion_jit::phases().zip(phases.iter()).map(|(name, spent)| (name, spent.as_micros() as u64)).collect()
}

/// Failed compilations by the name of their error.
pub fn failures() -> Vec<(&'static str, u64)> {
    PROCESS.stats.failures.borrow().clone()
}

/// Counts an exit.
#[inline(always)]
pub fn count_exit(reason: ExitReason) {
    PROCESS.stats.counters.exits[reason as usize].count();
}

/// Counts an exit by itself; `describe` says which one it is when it is seen for the first time,
/// and of what kind.
pub fn count_exit_in_detail(version: u64, exit: usize, describe: impl FnOnce() -> (String, String)) {
    if let Some(lines) = PROCESS.stats.exit_lines.borrow_mut().as_mut() {
        let line = lines.entry((version, exit)).or_insert_with(|| {
            let (label, kind) = describe();
            ExitLine { count: 0, label, kind }
        });
        line.count += 1;
    }
}

/// Exits by reason, those that occurred.
pub fn exits() -> Vec<(&'static str, u64)> {
    let counts = ExitReason::ALL.iter().zip(&PROCESS.stats.counters.exits);
    counts.map(|(reason, count)| (reason.name(), count.get())).filter(|(_, count)| *count > 0).collect()
}

/// Seconds in the interpreter, in native code and in the compiler; nothing unless measured.
pub fn seconds() -> Option<[f64; 3]> {
    let (start, first_tick) = *PROCESS.stats.clock.started.get()?;
    switch(PROCESS.stats.clock.mode.get());
    let now = clock::ticks();
    let per_tick = start.elapsed().as_secs_f64() / now.wrapping_sub(first_tick).max(1) as f64;
    let mut all = [0.0; 3];
    for (seconds, charged) in all.iter_mut().zip(&PROCESS.stats.clock.ticks) {
        *seconds = charged.get() as f64 * per_tick;
    }
    // What is charged to the current mode at its next switch.
    all[PROCESS.stats.clock.mode.get() as usize] +=
        now.wrapping_sub(PROCESS.stats.clock.since.get()) as f64 * per_tick;
    Some(all)
}

/// Exits one by one, most frequent first; nothing unless measured.
pub fn exit_lines() -> Vec<ExitLine> {
    let lines = PROCESS.stats.exit_lines.borrow();
    let mut lines: Vec<ExitLine> = lines.iter().flat_map(HashMap::values).cloned().collect();
    lines.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
    lines
}
