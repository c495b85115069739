//! Pyjion's compiler: CPython bytecode in, native code and a recipe for every exit out.
//!
//! ```text
//! bytecode ─decode─► instructions ─build─► HIR ─passes─► HIR ─backend─► machine code ─publish─► native code
//!                         ▲                 │                               │
//!                     feedback          frame states ───────────────► exit recipes
//! ```
//!
//! This crate knows bytecode but no CPython struct: the interpreter it compiles for is data
//! ([`host::Host`]). [`compile`] is the whole pipeline but its last step: it can run on any thread, and
//! [`Compiled::publish`], which takes memory for code, where that is managed.

pub mod backend;
pub mod bytecode;
pub mod code;
pub mod error;
pub mod exit;
pub mod feedback;
pub mod front;
pub mod hir;
pub mod host;
pub mod passes;
pub mod tier;

use backend::{Backend, BackendOptions, Effort, MachineCode, NativeCode};
use bytecode::CodeDesc;
use code::CodeMemory;
use error::CompileError;
use feedback::{Assumption, Feedback};
pub use front::{EntrySpec, Inlinable};
use host::Host;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Knobs of a compilation.
#[derive(Clone, Debug)]
pub struct Options {
    /// Speculate on feedback.
    pub speculate: bool,
    /// Passes to leave out. Without any, what is built is what is lowered.
    pub omitted: passes::Omitted,
    /// Verify after every pass, and count references.
    pub verify: bool,
    /// Stress modes.
    pub stress: passes::stress::Stress,
    /// HIR values after which what is left of the code is left to the interpreter.
    pub max_values: usize,
    /// Operands on the stack beyond which code is left to the interpreter: all of them live across every
    /// call, and the time that allocating registers takes grows with the square of their number.
    pub max_depth: usize,
    /// Keep HIR texts for dumps (`backend.keep_texts` keeps those of the backend).
    pub keep_texts: bool,
    /// What makes inline caches, which live as long as the code.
    pub new_cache: hir::NewCache,
    /// For the backend.
    pub backend: BackendOptions,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            speculate: true,
            omitted: passes::Omitted::default(),
            verify: false,
            stress: passes::stress::Stress::default(),
            max_values: 40_000,
            max_depth: 48,
            keep_texts: false,
            new_cache: hir::NewCache::default(),
            backend: BackendOptions::default(),
        }
    }
}

impl Options {
    /// Those of the front end.
    pub fn front(&self) -> front::Options {
        front::Options {
            speculates: self.speculate,
            inlines: !self.omitted.contains("inline"),
            tracks_names: !self.omitted.contains("unbox"),
            peels: self.backend.effort == Effort::Full && !self.omitted.contains("unbox"),
            max_values: self.max_values,
            max_depth: self.max_depth,
            counts_bytecodes: self.backend.bytecode_counter != 0,
            new_cache: self.new_cache,
        }
    }
}

/// The result of a compilation. `C` is [`MachineCode`] until it is published.
pub struct Compiled<C = NativeCode> {
    /// The code.
    pub code: C,
    /// Where a frame can enter it, in the order of `NativeFn`'s entry index. Those asked for
    /// come first; resume points of a generator follow.
    pub entries: Vec<hir::Entry>,
    /// Inline caches that the code refers to by address.
    pub caches: Vec<Box<hir::Cache>>,
    /// What the code rests on: it knows the addresses of their words, and of the
    /// [validity](feedback::Validity) that they are to [support](Assumption::support).
    pub assumptions: Vec<Assumption>,
    /// Texts by stage: "bytecode", "hir" (as built), those of [`passes::PASSES`], "hir-final", "clif", "asm".
    pub texts: BTreeMap<&'static str, String>,
    /// The time that each phase took, in the order of [`phases`].
    pub spent: Vec<Duration>,
}

/// Names of what a compilation spends its time on: building, each pass, the backend.
pub fn phases() -> impl Iterator<Item = &'static str> {
    std::iter::once("build").chain(passes::PASSES.iter().map(|pass| pass.name)).chain(["backend"])
}

/// Compiles a code object for the entries given.
///
/// Every object address in `code` is borrowed: the caller keeps the code object alive as long
/// as the result; that of `callees` may die. Errors say why the code object stays interpreted.
pub fn compile(
    code: &CodeDesc,
    feedback: &Feedback,
    callees: &[Inlinable],
    entries: &[EntrySpec],
    host: &Host,
    backend: &mut dyn Backend,
    options: &Options,
) -> Result<Compiled<MachineCode>, CompileError> {
    let mut texts = BTreeMap::new();
    let started = Instant::now();
    let bytecode = bytecode::decode(code)?;
    let mut function = front::build(code, &bytecode, feedback, callees, entries, host, &options.front())?;
    if options.keep_texts {
        texts.insert("bytecode", bytecode.to_string());
        texts.insert("hir", function.to_string());
    }
    let mut spent = vec![started.elapsed()];
    let texts_of_passes = options.keep_texts.then_some(&mut texts);
    spent.extend(passes::run(&mut function, host, options.omitted, options.verify, texts_of_passes)?);
    passes::stress::run(&mut function, options.stress);
    if options.keep_texts {
        texts.insert("hir-final", function.to_string());
    }
    let assumptions = assumptions(&function, callees);
    let (entries, caches) = (function.entries.clone(), std::mem::take(&mut function.caches));
    let started = Instant::now();
    let mut code = backend.generate(function, host, &options.backend)?;
    spent.push(started.elapsed());
    texts.append(&mut code.texts);
    Ok(Compiled { code, entries, caches, assumptions, texts, spent })
}

/// What a function rests on: the lives of those that are inlined in it.
fn assumptions(function: &hir::Function, callees: &[Inlinable]) -> Vec<Assumption> {
    let words: BTreeSet<usize> = function
        .block_ids()
        .flat_map(|block| &function.block(block).insns)
        .filter_map(|value| match function.insn(*value) {
            hir::Insn::GuardCode { code, .. } => Some(*code),
            _ => None,
        })
        .collect();
    let lives = callees.iter().map(|callee| &callee.code.life);
    lives.filter(|life| words.contains(&life.address())).cloned().collect()
}

impl Compiled<MachineCode> {
    /// The same in memory that is allocated now, and no more than it needs, for when what was allocated by
    /// [`compile`] does not last.
    pub fn moved(&mut self) -> Compiled<MachineCode> {
        let Compiled { code, entries, caches, assumptions, texts, spent } = self;
        Compiled {
            code: code.clone(),
            entries: entries.clone(),
            caches: caches.drain(..).collect::<Box<[_]>>().into_vec(),
            assumptions: assumptions.clone(),
            texts: texts.clone(),
            spent: spent.clone(),
        }
    }

    /// Puts the code where it can run.
    pub fn publish(self, memory: &Arc<CodeMemory>) -> Result<Compiled, CompileError> {
        let Compiled { code, entries, caches, assumptions, texts, spent } = self;
        Ok(Compiled { code: memory.publish(code)?, entries, caches, assumptions, texts, spent })
    }
}

// Compilation moves to a thread of its own.
const _: () = {
    const fn is_send<T: Send>() {}
    is_send::<Compiled<MachineCode>>();
};
