//! Why a code object could not be compiled.

use crate::bytecode::DecodeError;
use std::fmt;

/// A failed compilation; remembered with the code object so that it is not tried again.
#[derive(Clone, Debug, PartialEq)]
pub enum CompileError {
    /// The bytecode could not be read.
    Decode(DecodeError),
    /// The entry asked for cannot be entered from compiled code.
    BadEntry {
        /// Byte offset asked for.
        pc: u32,
    },
    /// The operand or block stack does not add up: bytecode no compiler of CPython makes.
    Malformed {
        /// Byte offset of the instruction.
        pc: u32,
        /// What is wrong.
        what: &'static str,
    },
    /// The HIR broke one of its rules; a bug of a pass.
    Verify(String),
    /// The backend refused.
    Backend(String),
    /// No memory for code, or the cap on code memory is reached.
    CodeMemory(String),
    /// The system refuses executable memory; it would be so for all code.
    ExecutableMemory(String),
    /// There was no memory to compile with.
    Memory,
    /// The compiler panicked; the user's program goes on without it.
    Panic(String),
    /// Its frames do so little at a time that entering and leaving compiled code costs more.
    Unprofitable {
        /// Instructions that a frame executed between being resumed and yielding, on average.
        instructions: u32,
    },
    /// Compilation was made to fail by an option, for tests.
    Forced,
}

impl CompileError {
    /// Stable name for statistics, one a variant.
    pub fn name(&self) -> &'static str {
        match self {
            CompileError::Decode(_) => "decode",
            CompileError::BadEntry { .. } => "bad_entry",
            CompileError::Malformed { .. } => "malformed",
            CompileError::Verify(_) => "verify",
            CompileError::Backend(_) => "backend",
            CompileError::CodeMemory(_) => "code_memory",
            CompileError::ExecutableMemory(_) => "executable_memory",
            CompileError::Memory => "memory",
            CompileError::Panic(_) => "panic",
            CompileError::Unprofitable { .. } => "unprofitable",
            CompileError::Forced => "forced",
        }
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CompileError::Decode(error) => write!(f, "{error}"),
            CompileError::BadEntry { pc } => write!(f, "no entry at offset {pc}"),
            CompileError::Malformed { pc, what } => write!(f, "malformed bytecode at offset {pc}: {what}"),
            CompileError::Verify(what) => write!(f, "invalid HIR: {what}"),
            CompileError::Backend(what) => write!(f, "backend: {what}"),
            CompileError::CodeMemory(what) => write!(f, "code memory: {what}"),
            CompileError::ExecutableMemory(what) => write!(f, "no executable memory: {what}"),
            CompileError::Memory => f.write_str("no memory to compile with"),
            CompileError::Panic(what) => write!(f, "the compiler panicked: {what}"),
            CompileError::Unprofitable { instructions } => {
                write!(f, "not worth it: {instructions} instructions at a time")
            }
            CompileError::Forced => f.write_str("compilation was made to fail"),
        }
    }
}

impl std::error::Error for CompileError {}

impl From<DecodeError> for CompileError {
    fn from(error: DecodeError) -> CompileError {
        CompileError::Decode(error)
    }
}
