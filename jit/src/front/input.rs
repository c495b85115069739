//! What is asked of the front end: entries, code that may be inlined, limits.

use crate::bytecode::CodeDesc;
use crate::feedback::{CodeHandle, Feedback};
use crate::hir::{DirectCallee, FrameBlock, Type};
use std::sync::Arc;

/// An entry asked for: a place in the bytecode and what the frame looks like there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EntrySpec {
    /// Byte offset of the first instruction to execute.
    pub pc: u32,
    /// Block stack of the frame, outermost first.
    pub blocks: Vec<FrameBlock>,
    /// Kinds now on the operand stack, bottom first; its length is the depth.
    pub operands: Vec<Type>,
    /// Kinds the local slots hold now, to specialise on; empty when nothing is known.
    pub locals: Vec<Type>,
    /// Kinds that the frame's globals hold now under each of `co_names` (EMPTY when absent), so
    /// that loops keep them in registers; empty when nothing is known, or when the code uses
    /// `*_NAME` and the frame's locals are not its globals.
    pub names: Vec<Type>,
}

/// Code that may be inlined where it is called, with positional arguments that fill its parameters:
/// `is_plain` of the host, which has no other arguments and no cells of its own.
#[derive(Clone, Debug)]
pub struct Inlinable {
    /// The code object.
    pub code: CodeHandle,
    /// The same as data.
    pub description: Arc<CodeDesc>,
    /// What was observed of it.
    pub feedback: Feedback,
    /// Address of a 64-bit word that counts its frames, there for as long as the code object.
    pub runs: usize,
    /// How compiled code calls it straight away, if that can be.
    pub direct: Option<DirectCallee>,
}

/// What is built, and how much of it.
#[derive(Clone, Debug)]
pub struct Options {
    /// It rests on feedback.
    pub speculates: bool,
    /// Small functions are built where they are called.
    pub inlines: bool,
    /// Globals that a loop reads and binds are kept like locals.
    pub tracks_names: bool,
    /// Loops that compute with numbers have a copy for their first turn, where that tells more of the others.
    pub peels: bool,
    /// HIR values after which what is left of the code is left to the interpreter.
    pub max_values: usize,
    /// Operands on the stack beyond which code is left to the interpreter.
    pub max_depth: usize,
    /// Each instruction of bytecode is counted when it is executed.
    pub counts_bytecodes: bool,
    /// What makes inline caches.
    pub new_cache: crate::hir::NewCache,
}
