//! Exit metadata: how to rebuild the interpreter's frames from what compiled code left behind.

use super::Few;
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

/// A global with a number. It is bound, to something whose release runs no code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Name {
    /// Address of the interned name.
    pub name: usize,
    /// The number.
    pub source: Source,
    /// What the name is bound to.
    pub bound: Bound,
}

/// What a global with a number is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The object of its number, for the operands too.
    Current,
    /// An older one.
    Former,
    /// An older one if the byte at this offset of the exit buffer is not 0.
    Marked(u32),
}

/// A local slot with a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Local {
    /// Index into `f_localsplus`.
    pub slot: u32,
    /// The number. What the slot holds, unless it is NULL, is its object, for the operands too.
    pub source: Source,
    /// The slot is NULL when its object has yet to be made.
    pub may_lack: bool,
}

/// What an operand, a function, is to be bound to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Receiver {
    /// Index of the operand.
    pub operand: u32,
    /// The object; the operand is as it should be when that is NULL.
    pub object: Source,
    /// The class to name in the method; that of the object as it is now when there is none, or NULL.
    pub class: Option<Source>,
}

/// What all frames have that an exit rebuilds.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameRecipe {
    /// Byte offset of the instruction, or `PC_IN_FRAME`.
    pub pc: u32,
    /// How the interpreter goes on.
    pub resume: Resume,
    /// Operand stack, bottom first.
    pub operands: Few<Source>,
    /// Operands that are functions, to be bound.
    pub receivers: Few<Receiver>,
    /// Block stack, outermost first.
    pub blocks: Few<FrameBlock>,
    /// References that are handed over to be released in this order, before it goes on.
    pub released: Few<Source>,
}

/// A frame that an exit makes: that of a function that is inlined.
#[derive(Clone, Debug, PartialEq)]
pub struct InlinedRecipe {
    /// The function that it executes.
    pub function: Source,
    /// Whether a reference to it, that which is handed over or a new one, is to be released when the frame
    /// has ended, before the operands of the call.
    pub is_kept: bool,
    /// Levels of recursion that its call takes besides the frame's own.
    pub levels: u32,
    /// The instance that it initialises, a reference that is handed over: what its call gives, once it has
    /// returned None.
    pub instance: Option<Source>,
    /// All local slots.
    pub locals: Few<Source>,
    /// The rest of it.
    pub frame: FrameRecipe,
}

/// One exit of a compiled function.
#[derive(Clone, Debug, PartialEq)]
pub struct ExitRecipe {
    /// Why it is taken.
    pub reason: ExitReason,
    /// Local slots of the frame that runs that may have to be filled.
    pub locals: Few<Local>,
    /// Globals that may have to be bound.
    pub names: Few<Name>,
    /// The frame that runs.
    pub outermost: FrameRecipe,
    /// Frames on top of that, each called by the one before.
    pub inlined: Few<InlinedRecipe>,
}

impl ExitRecipe {
    /// Whether there is nothing to make and to release, but for the frame that runs.
    #[inline(always)]
    pub fn is_simple(&self) -> bool {
        self.inlined.is_empty() && self.outermost.released.is_empty()
    }

    /// The frame that the interpreter goes on with.
    #[inline(always)]
    pub fn innermost(&self) -> &FrameRecipe {
        self.inlined.last().map_or(&self.outermost, |inlined| &inlined.frame)
    }
}
