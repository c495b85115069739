//! Frame states: what the interpreter's frame would hold at a bytecode boundary.

use super::insn::{StateId, ValueId};
use crate::bytecode::BlockKind;

/// An entry of the frame's block stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FrameBlock {
    /// What opened it.
    pub kind: BlockKind,
    /// Absolute byte offset of its handler (the loop's end for `Loop`), or `NO_HANDLER`.
    pub handler: u32,
    /// Depth of the operand stack when it was opened.
    pub level: u32,
}

/// A value on the operand stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operand {
    /// The value.
    pub value: ValueId,
    /// Whether the compiled code holds a reference of its own to it. Unboxed values and
    /// constants are never owned; a value borrowed from a local slot is not.
    pub owned: bool,
    /// What the value is to be bound to, or NULL when the value is the operand as it is. The interpreter has
    /// the method that `LOAD_ATTR` would have made.
    pub receiver: Option<ValueId>,
    /// Whether the compiled code holds a reference of its own to the receiver.
    pub owns_receiver: bool,
    /// The class to name in that method, where that may be another one by then than the receiver's: an owned
    /// reference, or NULL when the value is not a function that is to be bound.
    pub class: Option<ValueId>,
}

impl Operand {
    /// An operand that is its value.
    pub fn new(value: ValueId, owned: bool) -> Operand {
        Operand { value, owned, receiver: None, owns_receiver: true, class: None }
    }

    /// The value, and what it is to be bound to.
    pub fn values(self) -> impl Iterator<Item = ValueId> {
        [Some(self.value), self.receiver, self.class].into_iter().flatten()
    }
}

/// Instead of an offset: the one that `f_lasti` holds already. So code that several instructions
/// share can release, call and throw on behalf of each.
pub const PC_IN_FRAME: u32 = u32::MAX;

/// Instead of a handler: what `FrameBlock::handler` is of a `BlockKind::ExceptHandler`.
pub const NO_HANDLER: u32 = u32::MAX;

/// How the interpreter goes on from an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resume {
    /// Execute the instruction at `pc`.
    At,
    /// An exception is set; unwind as if the instruction at `pc` had raised it.
    Throw,
    /// The generator yields `operands.last()`, which is popped; `pc` is the `YIELD_VALUE`.
    Yield,
    /// The same at a `YIELD_FROM`, which is for the host to execute again when the generator is resumed.
    YieldFrom,
    /// The instruction at `pc` is done when [`FrameState::released`] has been released; then `next` is
    /// executed.
    Release {
        /// Byte offset.
        next: u32,
    },
    /// The instruction at `pc` has called the frame that names this one as its caller. When that returns, the
    /// topmost operands are popped and released, last first, the result is pushed, and `next` is executed.
    Call {
        /// How many operands.
        operands: u32,
        /// Byte offset.
        next: u32,
    },
    /// The same of an operation, which has called a method of the first of its operands: they are released
    /// first first.
    Operation {
        /// How many operands.
        operands: u32,
        /// The address of the helper that goes on with the two operands where the method returns
        /// NotImplemented; 0: that is the result.
        declined: usize,
        /// Byte offset.
        next: u32,
    },
}

impl Resume {
    /// How many operands a call takes in whose middle the frame is; none: it is in no call.
    pub fn called_with(self) -> Option<usize> {
        match self {
            Resume::Call { operands, .. } | Resume::Operation { operands, .. } => Some(operands as usize),
            Resume::At | Resume::Throw | Resume::Yield | Resume::YieldFrom | Resume::Release { .. } => None,
        }
    }
}

/// Operands of a frame that are to be bound at most, which an exit has to make objects of.
pub const MAX_BOUND: usize = 8;

/// Inlined frames that are on top of one another at most.
pub const MAX_INLINED: usize = 4;

/// The frame of a function that is inlined. There is none until an exit makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inlined {
    /// Index into `Function::inlined`.
    pub code: u32,
    /// The function that it executes.
    pub function: ValueId,
    /// Whether there is a reference to that to be released when the frame has ended, before the operands of
    /// the call.
    pub is_kept: bool,
    /// If there is: whether the compiled code holds it. Else an exit takes one.
    pub owns_function: bool,
    /// Local slots to whose value the compiled code holds a reference of its own. The others are borrowed
    /// from the operands of the call.
    pub owned: Vec<u32>,
    /// Levels of recursion that its call takes besides the frame's own: the calls in C that the interpreter
    /// would make.
    pub levels: u32,
    /// The instance that it initialises, an owned reference: what its call gives, once it has returned None.
    pub instance: Option<ValueId>,
    /// The state of the frame that called it: one that is [in a call](Resume::called_with).
    pub caller: StateId,
}

/// A slot that an exit may have to fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The slot.
    pub slot: u32,
    /// Whether the object of its number has yet to be made.
    pub lacks: Lacks,
}

/// Whether the memory of a slot lacks the object of its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacks {
    /// No: it is there for the operands to find.
    No,
    /// Yes.
    Yes,
    /// Its memory says so: that of a local is NULL then, and a tracked name has its mark set.
    Told,
}

/// The frame as the interpreter would have it; unboxed values stand for the objects they box to.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameState {
    /// Byte offset of an instruction, or `PC_IN_FRAME` when an exception is thrown.
    pub pc: u32,
    /// How the interpreter goes on.
    pub resume: Resume,
    /// Current value of each local slot (`co_nlocals` of them), then, unless it is inlined, of each tracked
    /// name (`Function::tracked`; NULL stands for "not known").
    pub locals: Vec<ValueId>,
    /// Slots whose memory may not hold their current value: what an exit must fill. Slots that
    /// hold the object of a number among the operands are listed too.
    /// Computed by `passes::writeback`; before that, empty. An inlined frame has no memory, and all are
    /// filled.
    pub stale: Vec<Stale>,
    /// Operand stack, bottom first.
    pub operands: Vec<Operand>,
    /// Block stack, outermost first.
    pub blocks: Vec<FrameBlock>,
    /// For `Resume::Release`: owned references, or NULL, in the order in which they are released.
    pub released: Vec<ValueId>,
    /// Whose frame it is; none: that of the function itself, which runs.
    pub inlined: Option<Inlined>,
}
