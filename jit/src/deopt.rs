//! Exit metadata: how to rebuild the interpreter's frame from what compiled code left behind.

use crate::hir::{ExitReason, FrameBlock, Repr, Resume};

/// Where the content of a slot of the rebuilt frame comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    /// Word `index` of the exit buffer: an object pointer (take a new reference unless `owned`;
    /// may be NULL for a local), or an unboxed value that must be boxed. Sources that name the
    /// same unboxed word stand for the same object.
    Buffer {
        /// Index of the 64-bit word.
        index: u16,
        /// What the word holds.
        repr: Repr,
        /// For objects: the reference is handed over.
        owned: bool,
    },
    /// The object at this address; take a new reference.
    Object(usize),
    /// Box this int.
    Int(i64),
    /// Box the float with these bits.
    Float(u64),
    /// `True` or `False`.
    Bool(bool),
    /// NULL.
    Null,
}

/// One exit of a compiled function.
#[derive(Clone, Debug, PartialEq)]
pub struct ExitRecipe {
    /// Byte offset of the instruction, or `PC_IN_FRAME`.
    pub pc: u32,
    /// How the interpreter goes on.
    pub resume: Resume,
    /// Why it is taken.
    pub reason: ExitReason,
    /// Local slots to fill when they are NULL. What they hold otherwise is the object that their
    /// source stands for, for the operands too.
    pub locals: Vec<(u32, Source)>,
    /// Globals to bind: the address of the interned name, and its value. They are bound already,
    /// to something whose release runs no code; an equal number of the same type stays.
    pub names: Vec<(usize, Source)>,
    /// Operand stack, bottom first.
    pub operands: Vec<Source>,
    /// Block stack, outermost first.
    pub blocks: Vec<FrameBlock>,
}
