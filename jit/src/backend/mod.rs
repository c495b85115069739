//! The seam between HIR and machine code; nothing above it knows which backend it has.

mod baseline;
pub mod cranelift;
mod float_ops;
pub mod interp;
mod lowering;
#[cfg(test)]
mod tests;
/// The same tests on code of the baseline.
#[cfg(all(test, target_arch = "x86_64"))]
#[path = "tests/mod.rs"]
#[allow(clippy::duplicate_mod, reason = "one suite for all")]
mod tests_of_baseline;
/// The same tests on what evaluates HIR.
#[cfg(test)]
#[path = "tests/mod.rs"]
#[allow(clippy::duplicate_mod, reason = "one suite for all")]
mod tests_of_interp;
mod unwind;

use crate::error::CompileError;
use crate::exit::ExitRecipe;
use crate::hir::Function;
use crate::host::Host;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;
use unwind::Rules;
pub use unwind::Unwind;

/// How much time code is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effort {
    /// As little as can be.
    Least,
    /// Little, as more can be taken when it has run often.
    First,
    /// Whatever makes fast code.
    #[default]
    Full,
}

/// Jumps backwards after which the host is told of them.
pub const TURNS: i32 = 5000;

/// What a backend may be asked for besides code.
#[derive(Clone, Debug, Default)]
pub struct BackendOptions {
    /// Keep the backend's IR and the disassembly for dumps.
    pub keep_texts: bool,
    /// How much time the code is worth.
    pub effort: Effort,
    /// With [`Effort::Full`]: large functions are worth it, too, though it takes megabytes for a while.
    pub whatever_size: bool,
    /// Address of a byte that is non-zero as long as this version is valid; 0 = never invalidated.
    pub valid_flag: usize,
    /// Address of the 64-bit [base](crate::exit::ticket::base) of the tickets that frames are given where
    /// they are suspended; 0 = they are given none.
    pub ticket: usize,
    /// With [`Effort::First`]: address of a 32-bit number of jumps backwards, which code counts down; when it
    /// becomes negative, it begins anew with [`TURNS`], and the host is told. 0 = they are not counted.
    pub turns: usize,
    /// Address of a 64-bit counter of bytecodes that begin to execute; 0 = they are not counted.
    pub bytecode_counter: usize,
    /// Say which bytecode the code was made from, and how its caller is found.
    pub describe: bool,
}

/// The machine code from here up to the next position was made from one bytecode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Bytes from the start of the code.
    pub offset: u32,
    /// Offset of the bytecode; nothing for code of no bytecode in particular.
    pub pc: Option<u32>,
}

/// What profilers and debuggers want to know of machine code.
#[derive(Clone)]
pub struct Description {
    /// By offset, the first at 0.
    pub positions: Vec<Position>,
    /// How its caller is found; nothing where the backend cannot say.
    pub unwind: Option<Unwind>,
}

/// The signature of compiled code: `(frame, thread_state, entry index, exit buffer) -> exit`.
/// The result is 0 when the frame returned and [`YIELDED`] when it yielded (the owned result in word
/// 0 of the buffer; a frame that yielded is as the interpreter would have left it), else 1 + the
/// index of the exit taken (its values in the buffer as its recipe says). The buffer is written
/// last of all, so that every run of compiled code can have the same.
pub type NativeFn = unsafe extern "C" fn(*mut u8, *mut u8, u64, *mut u64) -> u64;

/// What [`NativeFn`] returns when the frame yielded without an exit.
pub const YIELDED: u64 = u64::MAX;

/// Machine code that is not yet where it can run. It may be generated on one thread and published,
/// by [`crate::code::CodeMemory`], on another.
#[derive(Clone, Default)]
pub struct MachineCode {
    /// The name of what it was compiled from, for profilers.
    pub name: String,
    /// A function of the type [`NativeFn`] that refers to itself by relative, to everything else by
    /// absolute addresses.
    pub bytes: Vec<u8>,
    /// What its address has to be a multiple of.
    pub alignment: u32,
    /// Its exits.
    pub exits: Vec<ExitRecipe>,
    /// 64-bit words the exit buffer needs (at least 1).
    pub buffer_words: usize,
    /// It was made with [`Effort::First`], and more would make it faster.
    pub is_provisional: bool,
    /// What has to live as long as the code, which refers to it by address.
    pub keeps: Option<Arc<dyn Any + Send + Sync>>,
    /// Texts by stage name ("clif", "asm") when they were asked for.
    pub texts: BTreeMap<&'static str, String>,
    /// When it was asked for.
    pub description: Option<Description>,
}

/// Compiled code; dropping it frees its memory, so nobody may run it then.
pub struct NativeCode {
    /// The entry point.
    pub function: NativeFn,
    /// Bytes of machine code.
    pub size: usize,
    /// Its exits.
    pub exits: Vec<ExitRecipe>,
    /// 64-bit words the exit buffer needs (at least 1).
    pub buffer_words: usize,
    /// As of [`MachineCode`].
    pub is_provisional: bool,
    /// Keeps the memory alive, and what the code refers to besides.
    pub memory: Box<dyn Any + Send>,
    /// When it was asked for.
    pub description: Option<Description>,
}

/// The backends that there are, for those who choose one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// [`cranelift::CraneliftBackend`]
    #[default]
    Cranelift,
    /// [`interp::InterpBackend`]
    Interp,
}

impl Choice {
    /// All of them.
    pub const ALL: [Choice; 2] = [Choice::Cranelift, Choice::Interp];

    /// Its name, for people and options.
    pub fn name(self) -> &'static str {
        match self {
            Choice::Cranelift => "cranelift",
            Choice::Interp => "interp",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Choice> {
        Choice::ALL.into_iter().find(|choice| choice.name() == name)
    }

    /// A backend for this machine.
    pub fn make(self) -> Result<Box<dyn Backend + Send>, CompileError> {
        Ok(match self {
            Choice::Cranelift => Box::new(cranelift::CraneliftBackend::new()?),
            Choice::Interp => Box::new(interp::InterpBackend),
        })
    }
}

/// Turns HIR into machine code.
pub trait Backend {
    /// Generates code for a verified function in its final form (after `passes::writeback`). The function is
    /// the backend's: it takes memory for as long as it is there.
    fn generate(
        &mut self,
        function: Function,
        host: &Host,
        options: &BackendOptions,
    ) -> Result<MachineCode, CompileError>;
}
