//! The instructions of HIR: what each computes, reads, writes, and where it can leave.

use super::helper::Helper;
use super::types::Type;
use crate::bytecode::{BinaryOp, CompareOp};
use std::fmt;

macro_rules! ids {
    ($($name:ident $prefix:literal $doc:literal;)*) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);
        impl $name {
            /// As an index into the table it names an entry of.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    )*};
}

ids! {
    ValueId "v" "An SSA value: the instruction that defines it.";
    BlockId "b" "A basic block.";
    StateId "s" "A frame state.";
}

/// Why compiled code left to the interpreter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ExitReason {
    /// A value was not of the type that was expected.
    TypeGuard,
    /// A local was unbound.
    Unbound,
    /// An int operation left the unboxable range.
    Overflow,
    /// Division or modulo by zero, a negative shift, and other cases left to the interpreter.
    RareOperand,
    /// An index was out of range.
    IndexRange,
    /// An exception is propagating.
    Exception,
    /// Tracing or profiling was switched on.
    Tracing,
    /// The operation has no native code.
    Uncompiled,
    /// The generator yields.
    Yield,
    /// Code that was never reached while it was profiled.
    Unreached,
    /// The version was invalidated while it ran.
    Invalidated,
    /// A name or attribute cache did not hit.
    CacheMiss,
}

impl ExitReason {
    /// All reasons, in order.
    pub const ALL: [ExitReason; 12] = [
        ExitReason::TypeGuard,
        ExitReason::Unbound,
        ExitReason::Overflow,
        ExitReason::RareOperand,
        ExitReason::IndexRange,
        ExitReason::Exception,
        ExitReason::Tracing,
        ExitReason::Uncompiled,
        ExitReason::Yield,
        ExitReason::Unreached,
        ExitReason::Invalidated,
        ExitReason::CacheMiss,
    ];

    /// Stable name for statistics.
    pub fn name(self) -> &'static str {
        match self {
            ExitReason::TypeGuard => "type_guard",
            ExitReason::Unbound => "unbound",
            ExitReason::Overflow => "overflow",
            ExitReason::RareOperand => "rare_operand",
            ExitReason::IndexRange => "index_range",
            ExitReason::Exception => "exception",
            ExitReason::Tracing => "tracing",
            ExitReason::Uncompiled => "uncompiled",
            ExitReason::Yield => "yield",
            ExitReason::Unreached => "unreached",
            ExitReason::Invalidated => "invalidated",
            ExitReason::CacheMiss => "cache_miss",
        }
    }
}

/// Where a side exit goes and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SideExit {
    /// The frame to rebuild.
    pub state: StateId,
    /// The reason, for statistics and for the next compilation.
    pub reason: ExitReason,
}

/// How closely the program can look at the object of a number that was computed: CPython may hand back an
/// operand, or make a small int of which there is one already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Only its number matters.
    Number,
    /// It can tell whether it is the one object of a small number.
    Object,
    /// It can also tell whether it is the left operand.
    BesideOperand,
}

/// A control-flow edge with the arguments for the target's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// The target.
    pub target: BlockId,
    /// One value per parameter of the target, of the same representation.
    pub args: Vec<ValueId>,
}

/// An HIR instruction. "Owned" results are new references that exactly one later instruction
/// consumes (`Decref`, `StoreLocal`, an operand of `CallStack` or `CallMethod`, `Return`, a frame state's owned
/// operand at an exit that is taken). All other uses borrow.
#[derive(Clone, Debug, PartialEq)]
pub enum Insn {
    // ---- values ----
    /// A parameter of its block.
    Param,
    /// The object at this address; borrowed, alive as long as the code object.
    Object(usize),
    /// An unboxed int.
    Int(i64),
    /// An unboxed float (bits, so that instructions compare).
    Float(u64),
    /// A truth value.
    Bool(bool),
    /// NULL.
    Null,

    // ---- the frame's memory ----
    /// Reads `f_localsplus[slot]`; borrowed, may be NULL.
    LoadLocal(u32),
    /// Writes `f_localsplus[slot]`, consuming the reference. The former content is *not*
    /// released: `Decref` it after, as the interpreter does.
    StoreLocal {
        /// Index into `f_localsplus`.
        slot: u32,
        /// The new content.
        value: ValueId,
    },
    /// Fills `f_localsplus[slot]` with a new object for an Int, Float or Bool when it is NULL.
    FillLocal {
        /// Index into `f_localsplus`.
        slot: u32,
        /// The number.
        value: ValueId,
    },
    /// Makes `f_localsplus[slot]` NULL, releasing what it held: NULL, or of a simple type.
    ClearLocal(u32),
    /// Gives slot `to` what slot `from` holds, be it NULL, releasing what `to` held: NULL, or of
    /// a simple type.
    CopyLocal {
        /// Index into `f_localsplus`.
        from: u32,
        /// Index into `f_localsplus`.
        to: u32,
    },
    /// Binds a tracked name to a new object for an Int, Float or Bool when its mark says that it
    /// lacks the object, and takes the mark away.
    FillName {
        /// The name's slot.
        slot: u32,
        /// The number.
        value: ValueId,
    },
    /// Marks a tracked name, for this run of the code: whether what it is bound to is an older
    /// object than that of its number. None is marked at first.
    MarkName {
        /// The name's slot.
        slot: u32,
        /// The mark.
        lacks: bool,
    },
    /// The builder's `STORE_FAST`, before `passes::writeback` replaces it: the slot takes
    /// `value` (owned), then `old`, the slot's former value, is released.
    SetLocal {
        /// Index into `f_localsplus`.
        slot: u32,
        /// The new value, owned.
        value: ValueId,
        /// The SSA value the slot held.
        old: ValueId,
        /// `f_lasti` while `old` is released.
        pc: u32,
    },
    /// Reads `f_valuestack[index]`, taking over its reference (at entries, and after helpers
    /// that leave several results there).
    LoadStack(u32),

    // ---- references ----
    /// The same object with a reference of its own: owned. The operand is not NULL.
    NewRef(ValueId),
    /// Releases an owned reference that is not NULL. Runs arbitrary code unless the type is
    /// simple, with `f_lasti` at the given offset.
    Decref(ValueId, u32),
    /// Releases a reference that may be NULL.
    XDecref(ValueId, u32),

    // ---- guards: the result is the operand, refined ----
    /// Leaves when NULL.
    GuardNotNull(ValueId, SideExit),
    /// Leaves unless the object's kind is the single kind given (never NULL when reached).
    GuardType(ValueId, Type, SideExit),
    /// Leaves unless the value is the object at this address.
    GuardIs(ValueId, usize, SideExit),
    /// Leaves unless the truth value is as given. No result.
    GuardBool(ValueId, bool, SideExit),
    /// Leaves when a C status is negative. No result.
    GuardStatus(ValueId, SideExit),

    /// The operand, which is known not to be NULL on the path here.
    NotNull(ValueId),

    // ---- boxing ----
    /// The i64 of an object of type INT (or the 0/1 of BOOL).
    UnboxInt(ValueId),
    /// The double of an object of type FLOAT.
    UnboxFloat(ValueId),
    /// The truth of an object of type BOOL.
    UnboxBool(ValueId),
    /// A new object for an Int, Float or Bool; owned.
    Box(ValueId),

    // ---- arithmetic on unboxed values ----
    /// Leaves on overflow, division by zero, negative or large shifts. Python semantics
    /// (floor division, sign of the modulo). `op` is one of Add, Sub, Mul, FloorDiv, Mod,
    /// ClassicDiv (= FloorDiv), LShift, RShift, And, Or, Xor.
    IntBinary {
        /// Operator.
        op: BinaryOp,
        /// Left operand, Int.
        lhs: ValueId,
        /// Right operand, Int.
        rhs: ValueId,
        /// What the result's object can be told from.
        seen: Seen,
        /// Taken when the result is not an unboxable int, or not a new object where that is seen.
        exit: SideExit,
    },
    /// Leaves on overflow.
    IntNeg(ValueId, SideExit),
    /// `~x`.
    IntInvert(ValueId),
    /// `op` is one of Add, Sub, Mul, TrueDiv, ClassicDiv (both = `/`), Mod, FloorDiv; leaves on a zero divisor.
    FloatBinary {
        /// Operator.
        op: BinaryOp,
        /// Left operand, Float.
        lhs: ValueId,
        /// Right operand, Float.
        rhs: ValueId,
        /// Taken on a zero divisor.
        exit: SideExit,
    },
    /// `-x`.
    FloatNeg(ValueId),
    /// Conversion that Python does in mixed arithmetic; exact like `PyLong_AsDouble` or
    /// `(double)` on 2.7 ints (round to nearest).
    IntToFloat(ValueId),
    /// Bool of a comparison (Lt..Ge) of Ints.
    IntCompare(CompareOp, ValueId, ValueId),
    /// Bool of a comparison (Lt..Ge) of Floats, NaN as in C.
    FloatCompare(CompareOp, ValueId, ValueId),
    /// `x != 0`.
    IntTruth(ValueId),
    /// `x != 0.0` (true for NaN).
    FloatTruth(ValueId),
    /// Pointer equality of objects (no unboxed operands).
    SameObject(ValueId, ValueId),
    /// Whether an object pointer is NULL.
    IsNull(ValueId),
    /// Negation of a Bool.
    Not(ValueId),
    /// Bool: a Status is positive.
    StatusTruth(ValueId),
    /// Bool: a Status is negative.
    StatusFailed(ValueId),

    // ---- containers and iterators of known type ----
    /// Bool: an exhausted-or-not test without side effects, of a LIST_ITER, TUPLE_ITER or
    /// RANGE_ITER. False also when the iterator needs its slow path.
    IterHasNext(ValueId, Type),
    /// The next item of a LIST_ITER or TUPLE_ITER for which `IterHasNext` held; owned.
    IterTake(ValueId, Type),
    /// The next Int of a RANGE_ITER for which `IterHasNext` held.
    RangeTake(ValueId),
    /// Item of a LIST or TUPLE at an Int index, negative indices from the end; owned.
    /// Leaves when out of range.
    SequenceItem {
        /// LIST or TUPLE.
        kind: Type,
        /// The container.
        container: ValueId,
        /// Int.
        index: ValueId,
        /// Taken when out of range.
        exit: SideExit,
    },
    /// Item of a LIST or TUPLE at a non-negative Int index that is known to be in range; owned.
    SequenceAt {
        /// LIST or TUPLE.
        kind: Type,
        /// The container.
        container: ValueId,
        /// Int.
        index: ValueId,
    },
    /// Stores an owned reference at an Int index of a LIST; the result is the former item,
    /// owned, for the following `Decref`. Leaves, nothing consumed, when out of range.
    ListStore {
        /// The list.
        list: ValueId,
        /// Int.
        index: ValueId,
        /// The new item, consumed.
        value: ValueId,
        /// Taken when out of range.
        exit: SideExit,
    },
    /// Length of a LIST or TUPLE as Int.
    SequenceLen(ValueId),

    // ---- calls into the runtime ----
    /// Calls a helper with borrowed arguments: `fn(frame, args…, immediates…)`.
    Call {
        /// Which.
        helper: Helper,
        /// Its arguments, as the helper's signature has them.
        args: Vec<ValueId>,
        /// Immediates passed after them.
        immediates: Vec<i64>,
        /// `f_lasti` while it runs.
        pc: u32,
    },
    /// Calls a helper that consumes its operands from the frame's value stack: the operands
    /// (owned) are stored at `f_valuestack[base..]`, then `fn(frame, &f_valuestack[base], count, immediate)`.
    CallStack {
        /// Which.
        helper: Helper,
        /// Index of the first operand on the frame's value stack.
        base: u32,
        /// Owned operands, bottom first.
        operands: Vec<ValueId>,
        /// Passed last.
        immediate: i64,
        /// `f_lasti` while it runs.
        pc: u32,
    },
    /// Calls what `Helper::LoadMethod` gave, in the way of `CallStack`: `fn(frame, &f_valuestack[base], count,
    /// immediate, callable)`. The first operand is the receiver, which may be NULL.
    CallMethod {
        /// What is called, consumed.
        callable: ValueId,
        /// Index of the first operand on the frame's value stack.
        base: u32,
        /// Owned operands, bottom first.
        operands: Vec<ValueId>,
        /// As for `Helper::CallMethod`.
        immediate: i64,
        /// `f_lasti` while it runs.
        pc: u32,
    },
    /// Bool: the evaluator's periodic work (signals, thread switches, pending calls) is due; on
    /// 2.7 this counts the ticker down. `Helper::HandlePending` does the work.
    PeriodicDue,
    /// Counts a bytecode that begins to execute, for statistics.
    CountBytecode,
    /// Leaves when somebody besides the evaluator holds a reference to the frame
    /// (`ob_refcnt != 1`), so that a frame that outlives its run gets its stale slots written.
    CheckUnshared(SideExit),
    /// Leaves when tracing or profiling is on in this thread.
    CheckTracing(SideExit),
    /// Leaves when this version has been invalidated.
    CheckValid(SideExit),

    // ---- terminators ----
    /// Goes to another block.
    Jump(Edge),
    /// Goes to one of two blocks by a Bool.
    Branch {
        /// The Bool.
        condition: ValueId,
        /// When 1.
        then: Edge,
        /// When 0.
        otherwise: Edge,
    },
    /// Ends the frame with this owned object as its result. `f_lasti` stays at the given offset:
    /// a frame can be looked at after its end.
    Return(ValueId, u32),
    /// Leaves to the interpreter.
    Exit(SideExit),
}

impl Insn {
    /// True for the last instruction of a block.
    pub fn is_terminator(&self) -> bool {
        matches!(self, Insn::Jump(_) | Insn::Branch { .. } | Insn::Return(..) | Insn::Exit(_))
    }

    /// The side exit this instruction can take.
    pub fn side_exit(&self) -> Option<SideExit> {
        self.clone().side_exit_mut().copied()
    }

    /// The side exit this instruction can take, to change.
    pub fn side_exit_mut(&mut self) -> Option<&mut SideExit> {
        match self {
            Insn::GuardNotNull(_, exit)
            | Insn::GuardType(_, _, exit)
            | Insn::GuardIs(_, _, exit)
            | Insn::GuardBool(_, _, exit)
            | Insn::GuardStatus(_, exit)
            | Insn::IntBinary { exit, .. }
            | Insn::IntNeg(_, exit)
            | Insn::FloatBinary { exit, .. }
            | Insn::SequenceItem { exit, .. }
            | Insn::ListStore { exit, .. }
            | Insn::CheckUnshared(exit)
            | Insn::CheckTracing(exit)
            | Insn::CheckValid(exit)
            | Insn::Exit(exit) => Some(exit),
            _ => None,
        }
    }

    /// Calls `f` with each operand (edge arguments included, frame states not).
    pub fn each_operand(&mut self, mut f: impl FnMut(&mut ValueId)) {
        match self {
            Insn::Param
            | Insn::Object(_)
            | Insn::Int(_)
            | Insn::Float(_)
            | Insn::Bool(_)
            | Insn::Null
            | Insn::LoadLocal(_)
            | Insn::LoadStack(_)
            | Insn::ClearLocal(_)
            | Insn::CopyLocal { .. }
            | Insn::MarkName { .. }
            | Insn::PeriodicDue
            | Insn::CountBytecode
            | Insn::CheckUnshared(_)
            | Insn::CheckTracing(_)
            | Insn::CheckValid(_)
            | Insn::Exit(_) => {}
            Insn::StoreLocal { value, .. } | Insn::FillLocal { value, .. } | Insn::FillName { value, .. } => {
                f(value)
            }
            Insn::SetLocal { value, old, .. } => {
                f(value);
                f(old);
            }
            Insn::NewRef(v)
            | Insn::Decref(v, _)
            | Insn::XDecref(v, _)
            | Insn::GuardNotNull(v, _)
            | Insn::GuardType(v, _, _)
            | Insn::GuardIs(v, _, _)
            | Insn::GuardBool(v, _, _)
            | Insn::GuardStatus(v, _)
            | Insn::UnboxInt(v)
            | Insn::UnboxFloat(v)
            | Insn::UnboxBool(v)
            | Insn::Box(v)
            | Insn::IntNeg(v, _)
            | Insn::IntInvert(v)
            | Insn::FloatNeg(v)
            | Insn::IntToFloat(v)
            | Insn::IntTruth(v)
            | Insn::FloatTruth(v)
            | Insn::IsNull(v)
            | Insn::Not(v)
            | Insn::StatusTruth(v)
            | Insn::StatusFailed(v)
            | Insn::NotNull(v)
            | Insn::IterHasNext(v, _)
            | Insn::IterTake(v, _)
            | Insn::RangeTake(v)
            | Insn::SequenceLen(v)
            | Insn::Return(v, _) => f(v),
            Insn::IntBinary { lhs, rhs, .. } | Insn::FloatBinary { lhs, rhs, .. } => {
                f(lhs);
                f(rhs);
            }
            Insn::IntCompare(_, a, b) | Insn::FloatCompare(_, a, b) | Insn::SameObject(a, b) => {
                f(a);
                f(b);
            }
            Insn::SequenceItem { container, index, .. } | Insn::SequenceAt { container, index, .. } => {
                f(container);
                f(index);
            }
            Insn::ListStore { list, index, value, .. } => {
                f(list);
                f(index);
                f(value);
            }
            Insn::Call { args, .. } => args.iter_mut().for_each(f),
            Insn::CallStack { operands, .. } => operands.iter_mut().for_each(f),
            Insn::CallMethod { callable, operands, .. } => {
                f(callable);
                operands.iter_mut().for_each(f);
            }
            Insn::Jump(edge) => edge.args.iter_mut().for_each(f),
            Insn::Branch { condition, then, otherwise } => {
                f(condition);
                then.args.iter_mut().for_each(&mut f);
                otherwise.args.iter_mut().for_each(&mut f);
            }
        }
    }

    /// The operands, in order.
    pub fn operands(&self) -> Vec<ValueId> {
        let mut all = Vec::new();
        self.clone().each_operand(|v| all.push(*v));
        all
    }

    /// The edges of a terminator.
    pub fn edges(&self) -> Vec<&Edge> {
        match self {
            Insn::Jump(edge) => vec![edge],
            Insn::Branch { then, otherwise, .. } => vec![then, otherwise],
            _ => Vec::new(),
        }
    }

    /// The edges of a terminator, to change.
    pub fn edges_mut(&mut self) -> Vec<&mut Edge> {
        match self {
            Insn::Jump(edge) => vec![edge],
            Insn::Branch { then, otherwise, .. } => vec![then, otherwise],
            _ => Vec::new(),
        }
    }
}
