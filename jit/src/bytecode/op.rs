//! The normalised operation set: one vocabulary for the bytecode of CPython 2.7, 3.4 and 3.5.

use std::cmp::Ordering;

/// The CPython releases whose bytecode we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// CPython 2.7
    V27,
    /// CPython 3.4
    V34,
    /// CPython 3.5
    V35,
}

impl Version {
    /// True for the 3.x line.
    pub fn is_3(self) -> bool {
        self >= Version::V34
    }
}

/// An enum of operators, which knows all of them.
macro_rules! operators {
    ($($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident $(= $number:literal)?,)* })*) => {$(
        $(#[$meta])*
        pub enum $name { $($(#[$vmeta])* $variant $(= $number)?,)* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
        }
    )*};
}

operators! {
/// Operators with two operands, in-place or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    /// 2.7's `/` without `from __future__ import division`.
    ClassicDiv,
    FloorDiv,
    TrueDiv,
    Mod,
    Pow,
    LShift,
    RShift,
    And,
    Or,
    Xor,
    MatMul,
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum UnaryOp {
    Positive,
    Negative,
    Invert,
    Not,
    /// Backticks of 2.7 (`UNARY_CONVERT`).
    Repr,
}

/// `COMPARE_OP` operators; the numbering is that of `Include/opcode.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum CompareOp {
    Lt = 0,
    Le = 1,
    Eq = 2,
    Ne = 3,
    Gt = 4,
    Ge = 5,
    In = 6,
    NotIn = 7,
    Is = 8,
    IsNot = 9,
    ExcMatch = 10,
    Bad = 11,
}
}

impl CompareOp {
    /// Whether it holds of numbers in this order; nothing for what is no comparison of numbers.
    pub fn holds(self, order: Ordering) -> Option<bool> {
        match self {
            CompareOp::Lt => Some(order.is_lt()),
            CompareOp::Le => Some(order.is_le()),
            CompareOp::Eq => Some(order.is_eq()),
            CompareOp::Ne => Some(order.is_ne()),
            CompareOp::Gt => Some(order.is_gt()),
            CompareOp::Ge => Some(order.is_ge()),
            CompareOp::In
            | CompareOp::NotIn
            | CompareOp::Is
            | CompareOp::IsNot
            | CompareOp::ExcMatch
            | CompareOp::Bad => None,
        }
    }
}

/// What opened an entry of the frame's block stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum BlockKind {
    Loop,
    Except,
    Finally,
    /// `SETUP_WITH`'s own block type; 2.7 only (3.x pushes `Finally`).
    With,
    /// 3.x: the block that an exception handler runs in (`EXCEPT_HANDLER`, 257).
    ExceptHandler,
}

/// How `CALL_FUNCTION*` passes its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallShape {
    /// Positional arguments on the stack.
    pub positional: u8,
    /// Keyword pairs (name, value) on the stack after them.
    pub keyword: u8,
    /// A `*args` object follows.
    pub star: bool,
    /// A `**kwargs` object follows.
    pub star_star: bool,
}

impl CallShape {
    /// Operands in all, the callable among them.
    pub fn operands(self) -> usize {
        let stars = usize::from(self.star) + usize::from(self.star_star);
        1 + self.positional as usize + 2 * self.keyword as usize + stars
    }
}

/// One instruction with its argument resolved: jump targets are absolute byte offsets,
/// indices refer to the tables of the code object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Op {
    Nop,
    PopTop,
    RotTwo,
    RotThree,
    RotFour,
    /// Push copies of the topmost `n` values, order kept (`DUP_TOP` is 1).
    Dup(u8),
    Unary(UnaryOp),
    Binary {
        op: BinaryOp,
        inplace: bool,
    },
    Compare(CompareOp),
    Subscr,
    StoreSubscr,
    DeleteSubscr,
    /// 2.7 `SLICE+n`: bit 0 = has lower bound, bit 1 = has upper bound.
    Slice(u8),
    StoreSlice(u8),
    DeleteSlice(u8),
    LoadConst(u32),
    LoadFast(u32),
    StoreFast(u32),
    DeleteFast(u32),
    LoadGlobal(u32),
    StoreGlobal(u32),
    DeleteGlobal(u32),
    LoadName(u32),
    StoreName(u32),
    DeleteName(u32),
    /// 2.7 `LOAD_LOCALS`.
    LoadLocals,
    /// Index counts cells first, then free variables.
    LoadClosure(u32),
    LoadDeref(u32),
    /// 3.4+ `LOAD_CLASSDEREF`.
    LoadClassDeref(u32),
    StoreDeref(u32),
    DeleteDeref(u32),
    LoadAttr(u32),
    StoreAttr(u32),
    DeleteAttr(u32),
    BuildTuple(u32),
    BuildList(u32),
    BuildSet(u32),
    /// Operand as in the bytecode: a size hint on 2.7/3.4 (pops nothing), a count of pairs on 3.5.
    BuildMap(u32),
    /// 2.7/3.4 `STORE_MAP`: key on top, value below, dict below that.
    StoreMap,
    BuildSlice(u8),
    /// PEP 448 (3.5), count of iterables.
    BuildTupleUnpack(u32),
    BuildListUnpack(u32),
    BuildSetUnpack(u32),
    BuildMapUnpack(u32),
    /// Operand as in the bytecode (count in the low byte, function position in the second).
    BuildMapUnpackWithCall(u32),
    /// Operand as in the bytecode: appends to the n-th value from the top once the item is
    /// popped, 1 being the top.
    ListAppend(u32),
    SetAdd(u32),
    MapAdd(u32),
    UnpackSequence(u32),
    /// 3.x `a, *b, c = …`: values before and after the star.
    UnpackEx {
        before: u8,
        after: u32,
    },
    Jump(u32),
    PopJumpIfFalse(u32),
    PopJumpIfTrue(u32),
    JumpIfFalseOrPop(u32),
    JumpIfTrueOrPop(u32),
    GetIter,
    /// Target is where the loop ends.
    ForIter(u32),
    /// `CONTINUE_LOOP`: target is the loop header.
    ContinueLoop(u32),
    BreakLoop,
    SetupLoop(u32),
    SetupExcept(u32),
    SetupFinally(u32),
    SetupWith(u32),
    PopBlock,
    /// 3.x `POP_EXCEPT`.
    PopExcept,
    EndFinally,
    /// 2.7 and 3.4 `WITH_CLEANUP`.
    WithCleanup,
    /// 3.5.
    WithCleanupStart,
    WithCleanupFinish,
    /// Number of operands.
    RaiseVarargs(u8),
    ReturnValue,
    YieldValue,
    YieldFrom,
    /// 3.5.
    GetYieldFromIter,
    GetAwaitable,
    GetAiter,
    GetAnext,
    BeforeAsyncWith,
    SetupAsyncWith(u32),
    Call(CallShape),
    /// Operand as in the bytecode: defaults, keyword defaults << 8, annotations << 16.
    MakeFunction(u32),
    MakeClosure(u32),
    /// 2.7 `BUILD_CLASS`.
    BuildClass,
    /// 3.x `LOAD_BUILD_CLASS`.
    LoadBuildClass,
    ImportName(u32),
    ImportFrom(u32),
    ImportStar,
    ExecStmt,
    PrintExpr,
    PrintItem,
    PrintNewline,
    PrintItemTo,
    PrintNewlineTo,
}

/// A decoded instruction in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Byte offset of its first byte, an `EXTENDED_ARG` prefix included: where a frame can be
    /// resumed to execute it, and what `f_lasti` holds while it executes.
    pub pc: u32,
    /// Byte offset of the instruction that follows.
    pub next: u32,
    /// The opcode byte, for statistics and feedback.
    pub opcode: u8,
    /// What it does.
    pub op: Op,
}
