//! The instructions of HIR: what each computes, reads, writes, and where it can leave.

#[macro_use]
mod macros;
mod reasons;

use super::effects::{Facts, Heap, Need, Ownership};
use super::element::Element;
use super::helper::Helper;
use super::text::{Reader, Writer};
use super::types::{Repr, Type};
use crate::bytecode::{BinaryOp, CompareOp};
pub use reasons::ExitReason;
use smallvec::SmallVec;
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

/// What an operand has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// An object pointer, which may be NULL.
    Obj,
    /// An object pointer that is not NULL.
    Object,
    /// An i64.
    Int,
    /// A double.
    Float,
    /// A truth value.
    Bool,
    /// A C status.
    Status,
    /// An Int, Float or Bool.
    Number,
    /// As the parameter of the target that it is passed for.
    AsParameter,
}

/// How an instruction uses an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// What the operand has to be.
    pub want: Want,
    /// Whether its reference is consumed; else it is borrowed. An edge hands over what the parameter owns.
    pub steals: bool,
}

instructions! {
    // ---- values ----
    /// A parameter of its block.
    Param = Facts::computes(Repr::None);
    /// The object at this address; borrowed, alive as long as the code object.
    Object(object: address usize) = Facts::computes(Repr::Obj);
    /// An unboxed int.
    Int(number: is i64) = Facts::computes(Repr::Int);
    /// An unboxed float (bits, so that instructions compare).
    Float(bits: is FloatBits) = Facts::computes(Repr::Float);
    /// A truth value.
    Bool(truth: is bool) = Facts::computes(Repr::Bool);
    /// NULL.
    Null = Facts::computes(Repr::Obj);

    // ---- the frame's memory ----
    /// Reads `f_localsplus[slot]`; borrowed, may be NULL.
    LoadLocal(slot: is u32) = Facts::computes(Repr::Obj).reads(&[Heap::Locals]);
    /// Writes `f_localsplus[slot]`, consuming the reference. The former content is *not*
    /// released: `Adopt` it and `Decref` it after, as the interpreter does.
    StoreLocal {
        /// Index into `f_localsplus`.
        slot: is u32,
        /// The new content.
        value: steals Obj,
    } = Facts::effect().writes(&[Heap::Locals]);
    /// Fills `f_localsplus[slot]` with a new object for an Int, Float or Bool when it is NULL.
    FillLocal {
        /// Index into `f_localsplus`.
        slot: is u32,
        /// The number.
        value: borrows Number,
    } = Facts::effect().reads(&[Heap::Locals]).writes(&[Heap::Locals, Heap::Refcount]);
    /// Makes `f_localsplus[slot]` NULL, releasing what it held: NULL, or of a simple type.
    ClearLocal(slot: is u32) = Facts::effect().reads(&[Heap::Locals]).writes(&[Heap::Locals, Heap::Refcount]);
    /// Gives slot `to` what slot `from` holds, be it NULL, releasing what `to` held: NULL, or of
    /// a simple type.
    CopyLocal {
        /// Index into `f_localsplus`.
        from: is u32,
        /// Index into `f_localsplus`.
        to: is u32,
    } = Facts::effect().reads(&[Heap::Locals]).writes(&[Heap::Locals, Heap::Refcount]);
    /// Binds a tracked name to a new object for an Int, Float or Bool when its mark says that it
    /// lacks the object, and takes the mark away.
    FillName {
        /// The name's slot.
        slot: is u32,
        /// The number.
        value: borrows Number,
    } = Facts::effect().reads(&[Heap::Marks]).writes(&[Heap::Marks, Heap::Globals, Heap::Refcount]);
    /// Marks a tracked name, for this run of the code: whether what it is bound to is an older
    /// object than that of its number. None is marked at first.
    MarkName {
        /// The name's slot.
        slot: is u32,
        /// The mark.
        lacks: is bool,
    } = Facts::effect().writes(&[Heap::Marks]);
    /// The builder's `STORE_FAST`, before `passes::writeback` replaces it: the slot takes
    /// `value` (owned), then `old`, the slot's former value, is released.
    SetLocal {
        /// Index into `f_localsplus`.
        slot: is u32,
        /// The new value, owned.
        value: steals Obj,
        /// The SSA value the slot held.
        old: borrows Obj,
        /// `f_lasti` while `old` is released.
        pc: at u32,
    } = Facts::effect().writes(&[Heap::Locals]).releases(*old);
    /// What the cell in this slot holds, borrowed from that, or NULL. A frame has its cells for as long as it
    /// runs.
    CellContent(slot: is u32) = Facts::computes(Repr::Obj).reads(&[Heap::Content]);
    /// Reads `f_valuestack[index]`, taking over its reference (at entries, and after helpers
    /// that leave several results there).
    LoadStack(index: is u32) = Facts::gives().reads(&[Heap::Stack]);

    // ---- references ----
    /// The same object with a reference of its own: owned. The operand is not NULL.
    NewRef(object: borrows Object) = Facts::gives().writes(&[Heap::Refcount]);
    /// The object with the reference that a slot had to it until `StoreLocal` overwrote that: owned, like the
    /// object NULL or not.
    Adopt(object: borrows Obj) = Facts::gives();
    /// The object itself, which is there from here on even if it is that of a number, for all who look:
    /// owned. What it is handed is a reference to it.
    Concrete(object: steals Object) = Facts::gives();
    /// Releases an owned reference that is not NULL. Runs arbitrary code unless the type is
    /// simple, with `f_lasti` at the given offset.
    Decref(object: steals Object, pc: at u32) = Facts::effect().releases(*object);
    /// Releases an owned reference to an object that somebody else has one to: `GuardShared` has seen that,
    /// and nothing ran since.
    Forget(object: steals Object) = Facts::effect().writes(&[Heap::Refcount]);
    /// Releases a reference that may be NULL.
    XDecref(object: steals Obj, pc: at u32) = Facts::effect().releases(*object);
    /// Releases an owned reference that may be NULL where that runs no code, as others hold the object too or
    /// it is a number; else leaves with it, for the interpreter to release.
    DecrefShared(object: steals Obj, exit: leaves SideExit) = Facts::effect().writes(&[Heap::Refcount]);

    // ---- guards: the result is the operand, refined ----
    /// Leaves when NULL.
    GuardNotNull(object: borrows Obj, exit: leaves SideExit) = Facts::refines();
    /// Leaves unless the object's kind is the one given, or one of REAL, or of SEQUENCE (never NULL when
    /// reached).
    GuardType(object: borrows Object, kind: is Type, exit: leaves SideExit)
        = Facts::refines().reads(&[Heap::Type, Heap::Number]).needed(match exit.reason {
            ExitReason::TypeGuard | ExitReason::Hoisted => Need::BeforeFinal,
            _ => Need::Always,
        });
    /// Leaves unless the value is the object at this address.
    GuardIs(object: borrows Obj, expected: address usize, exit: leaves SideExit) = Facts::refines();
    /// Leaves unless the object is a function in C with the definition at this address or, as a method, the
    /// descriptor in a type of one. No result.
    GuardNative {
        /// What is about to be called.
        object: borrows Object,
        /// Address of the definition.
        definition: address usize,
        /// Whether it is a descriptor.
        is_method: is bool,
        /// Taken when it is something else.
        exit: leaves SideExit,
    } = Facts::effect().reads(&[Heap::Type, Heap::World]);
    /// What a function in C that `GuardNative` has seen was taken from, which may be NULL; borrowed from it.
    ReceiverOf(function: borrows Object) = Facts::computes(Repr::Obj).reads(&[Heap::World]);
    /// Leaves when there is no other reference to an object than one. No result.
    GuardShared(object: borrows Object, exit: leaves SideExit) = Facts::effect().reads(&[Heap::Refcount]);
    /// Leaves unless the object is a function of the code whose address is in a word.
    GuardCode {
        /// The function.
        object: borrows Object,
        /// The address of the word, which is 0 when that code is no more.
        code: address usize,
        /// Taken for any other object.
        exit: leaves SideExit,
    } = Facts::refines().reads(&[Heap::Type, Heap::World]);
    /// Leaves unless the function has the globals of the frame, and so its builtins.
    GuardGlobals(function: borrows Object, exit: leaves SideExit) = Facts::refines().reads(&[Heap::World]);
    /// Leaves unless the function has so many defaults at least.
    GuardDefaults {
        /// The function.
        function: borrows Object,
        /// How many.
        least: is u32,
        /// Taken for one that has fewer.
        exit: leaves SideExit,
    } = Facts::refines().reads(&[Heap::World]);
    /// The default of a parameter of a function, one that `GuardDefaults` has seen; borrowed from it.
    Default {
        /// The function.
        function: borrows Object,
        /// How many parameters are left from this one on, itself included.
        left: is u32,
    } = Facts::computes(Repr::Obj).reads(&[Heap::World]);
    /// Leaves unless the truth value is as given. No result.
    GuardBool(truth: borrows Bool, expected: is bool, exit: leaves SideExit) = Facts::effect();
    /// Leaves when a C status is negative. No result.
    GuardStatus(status: borrows Status, exit: leaves SideExit) = Facts::effect();

    /// The operand, which is known on the path here not to be NULL, and to be of the kinds that the result
    /// has.
    NotNull(object: borrows Obj) = Facts::refines().needed(Need::ForResult);

    // ---- boxing ----
    /// The i64 of an object of type INT (or the 0/1 of BOOL).
    UnboxInt(object: borrows Object) = Facts::computes(Repr::Int).reads(&[Heap::Number]);
    /// The double of an object of type FLOAT.
    UnboxFloat(object: borrows Object) = Facts::computes(Repr::Float).reads(&[Heap::Number]);
    /// The double of an object of the kinds REAL, an int converted as mixed arithmetic and comparisons do.
    /// Leaves where a double does not hold the int.
    UnboxReal(object: borrows Object, exit: leaves SideExit)
        = Facts::attempts(Repr::Float).reads(&[Heap::Type, Heap::Number]);
    /// The truth of an object of type BOOL.
    UnboxBool(object: borrows Object) = Facts::computes(Repr::Bool);
    /// A new object for an Int, Float or Bool; owned.
    Box(number: borrows Number) = Facts::gives().needed(Need::ForResult);

    // ---- arithmetic on unboxed values ----
    /// Leaves on overflow, division by zero, negative or large shifts. Python semantics
    /// (floor division, sign of the modulo). `op` is one of Add, Sub, Mul, FloorDiv, Mod,
    /// ClassicDiv (= FloorDiv), LShift, RShift, And, Or, Xor.
    IntBinary {
        /// Operator.
        op: op BinaryOp,
        /// Left operand.
        lhs: borrows Int,
        /// Right operand.
        rhs: borrows Int,
        /// What the result's object can be told from.
        seen: is Seen,
        /// Taken when the result is not an unboxable int, or not a new object where that is seen.
        exit: leaves SideExit,
    } = Facts::computes(Repr::Int).needed(match op {
        // An overflow nobody would see.
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => Need::ForResult,
        BinaryOp::ClassicDiv | BinaryOp::FloorDiv | BinaryOp::TrueDiv | BinaryOp::Mod | BinaryOp::Pow
        | BinaryOp::LShift | BinaryOp::RShift | BinaryOp::MatMul => Need::Always,
    });
    /// Leaves on overflow.
    IntNeg(number: borrows Int, exit: leaves SideExit) = Facts::computes(Repr::Int);
    /// `~x`.
    IntInvert(number: borrows Int) = Facts::computes(Repr::Int);
    /// `op` is one of Add, Sub, Mul, TrueDiv, ClassicDiv (both = `/`), Mod, FloorDiv, Pow; leaves on a zero
    /// divisor, and on powers that are no usual numbers.
    FloatBinary {
        /// Operator.
        op: op BinaryOp,
        /// Left operand.
        lhs: borrows Float,
        /// Right operand.
        rhs: borrows Float,
        /// Taken when nothing was computed.
        exit: leaves SideExit,
    } = Facts::attempts(Repr::Float);
    /// `abs(x)`.
    FloatAbs(number: borrows Float) = Facts::computes(Repr::Float);
    /// What a C function, double to double, makes of a number; its square root where the address is 0. Leaves
    /// when that is not finite.
    FloatCall {
        /// The address of the function.
        function: address usize,
        /// The number.
        number: borrows Float,
        /// Taken when the result is not finite.
        exit: leaves SideExit,
    } = Facts::attempts(Repr::Float);
    /// `int(x)`. Leaves when that may be too large.
    FloatToInt(number: borrows Float, exit: leaves SideExit) = Facts::attempts(Repr::Int);
    /// `-x`.
    FloatNeg(number: borrows Float) = Facts::computes(Repr::Float);
    /// Conversion that Python does in mixed arithmetic; exact like `PyLong_AsDouble` or
    /// `(double)` on 2.7 ints (round to nearest).
    IntToFloat(number: borrows Int) = Facts::computes(Repr::Float);
    /// Bool of a comparison (Lt..Ge) of Ints.
    IntCompare(op: op CompareOp, lhs: borrows Int, rhs: borrows Int) = Facts::computes(Repr::Bool);
    /// Bool of a comparison (Lt..Ge) of Floats, NaN as in C.
    FloatCompare(op: op CompareOp, lhs: borrows Float, rhs: borrows Float) = Facts::computes(Repr::Bool);
    /// `x != 0`.
    IntTruth(number: borrows Int) = Facts::computes(Repr::Bool);
    /// `x != 0.0` (true for NaN).
    FloatTruth(number: borrows Float) = Facts::computes(Repr::Bool);
    /// Pointer equality of objects (no unboxed operands).
    SameObject(a: borrows Obj, b: borrows Obj) = Facts::computes(Repr::Bool);
    /// Whether an object is of this kind, which has a type object of its own.
    HasType(object: borrows Object, kind: is Type) = Facts::computes(Repr::Bool).reads(&[Heap::Type]);
    /// Whether an object pointer is NULL.
    IsNull(object: borrows Obj) = Facts::computes(Repr::Bool);
    /// Negation of a Bool.
    Not(truth: borrows Bool) = Facts::computes(Repr::Bool);
    /// Bool: a Status is positive.
    StatusTruth(status: borrows Status) = Facts::computes(Repr::Bool);
    /// Bool: a Status is negative.
    StatusFailed(status: borrows Status) = Facts::computes(Repr::Bool);

    // ---- containers and iterators of known type ----
    /// Bool: an exhausted-or-not test without side effects, of a LIST_ITER, TUPLE_ITER or
    /// RANGE_ITER. False also when the iterator needs its slow path.
    IterHasNext(iterator: borrows Object, kind: is Type)
        = Facts::computes(Repr::Bool).reads(&[Heap::Iterator, Heap::Sequence]);
    /// The next item of a LIST_ITER or TUPLE_ITER for which `IterHasNext` held; owned.
    IterTake(iterator: borrows Object, kind: is Type)
        = Facts::gives().reads(&[Heap::Sequence, Heap::Items]).writes(&[Heap::Iterator, Heap::Refcount]);
    /// The next Int of a RANGE_ITER for which `IterHasNext` held.
    RangeTake(iterator: borrows Object) = Facts::attempts(Repr::Int).writes(&[Heap::Iterator]);
    /// A RANGE_ITER over so many numbers, none of which it has given; owned. Leaves where there are more than
    /// `most`, or it cannot be made.
    NewRange {
        /// The first number.
        start: borrows Int,
        /// What comes after the last one, or beyond.
        stop: borrows Int,
        /// From one to the next.
        step: borrows Int,
        /// How many they are at most.
        most: is i64,
        /// Taken when none was made.
        exit: leaves SideExit,
    } = Facts::gives();
    /// The number that belongs to what `Helper::NextOfEnumerate` has just handed out, or a negative one.
    EnumerateIndex = Facts::computes(Repr::Int).reads(&[Heap::Cell]);
    /// Item of a LIST or TUPLE at an Int index, negative indices from the end; borrowed from the container.
    /// Leaves when out of range.
    SequenceItem {
        /// LIST or TUPLE.
        kind: is Type,
        /// The container.
        container: borrows Object,
        /// Its index.
        index: borrows Int,
        /// Taken when out of range.
        exit: leaves SideExit,
    } = Facts::attempts(Repr::Obj).reads(&[Heap::Sequence, Heap::Items]);
    /// Leaves unless the object is an exact array of such items.
    GuardArray(object: borrows Object, element: is Element, exit: leaves SideExit)
        = Facts::refines().reads(&[Heap::Type]).needed(Need::BeforeFinal);
    /// Item of an array at an Int index, negative indices from the end. Leaves when out of range.
    ArrayLoad {
        /// What it holds.
        element: is Element,
        /// The array, under `GuardArray`.
        array: borrows Object,
        /// Its index.
        index: borrows Int,
        /// Taken when out of range.
        exit: leaves SideExit,
    } = Facts::attempts(element.repr()).reads(&[Heap::Sequence, Heap::Elements]);
    /// Stores a number in an array, likewise. Leaves when it is not one that the array can hold.
    ArrayStore {
        /// What it holds.
        element: is Element,
        /// The array, under `GuardArray`.
        array: borrows Object,
        /// The index.
        index: borrows Int,
        /// An Int or a Float, as the element is.
        value: borrows Number,
        /// Taken when nothing was stored.
        exit: leaves SideExit,
    } = Facts::effect().reads(&[Heap::Sequence]).writes(&[Heap::Elements]);
    /// Item of a LIST or TUPLE at a non-negative Int index that is known to be in range; borrowed from the
    /// container.
    SequenceAt {
        /// LIST, TUPLE or SEQUENCE.
        kind: is Type,
        /// The container.
        container: borrows Object,
        /// Its index.
        index: borrows Int,
    } = Facts::computes(Repr::Obj).reads(&[Heap::Sequence, Heap::Items]);
    /// Stores an owned reference at an Int index of a LIST; the result is the former item,
    /// owned, for the following `Decref`. Leaves, nothing consumed, when out of range.
    ListStore {
        /// The list.
        list: borrows Object,
        /// Its index.
        index: borrows Int,
        /// The new item.
        value: steals Obj,
        /// Taken when out of range.
        exit: leaves SideExit,
    } = Facts::gives().reads(&[Heap::Sequence, Heap::Items]).writes(&[Heap::Items]);
    /// Appends an owned reference to a LIST. Leaves, nothing consumed, when there is no memory.
    ListPush {
        /// The list.
        list: borrows Object,
        /// The new item.
        value: steals Obj,
        /// Taken when there is no memory.
        exit: leaves SideExit,
    } = Facts::effect()
        .reads(&[Heap::Sequence, Heap::Items])
        .writes(&[Heap::Sequence, Heap::Items]);
    /// Takes the last item off a LIST: owned, or NULL, nothing done, when there is none or memory has to be
    /// given back.
    ListTake(list: borrows Object)
        = Facts::gives().reads(&[Heap::Sequence, Heap::Items]).writes(&[Heap::Sequence]);
    /// `len` of a LIST, TUPLE, STR, UNICODE, DICT or SET. Leaves where only C code can tell.
    Length {
        /// Its kind.
        kind: is Type,
        /// The container.
        container: borrows Object,
        /// Taken where only C code can tell.
        exit: leaves SideExit,
    } = Facts::attempts(Repr::Int).reads(&[Heap::Sequence, Heap::Attributes, Heap::World]);
    /// `ord` of a STR. Leaves unless it has one character.
    CodeOf(string: borrows Object, exit: leaves SideExit)
        = Facts::attempts(Repr::Int).reads(&[Heap::Sequence, Heap::Items]);
    /// `chr` of an Int, a STR; owned. Leaves unless it is one of which there is one object.
    CharacterOf(code: borrows Int, exit: leaves SideExit)
        = Facts::gives().writes(&[Heap::Refcount]);
    /// Length of a LIST or TUPLE as Int.
    SequenceLen(container: borrows Object) = Facts::computes(Repr::Int).reads(&[Heap::Sequence]);

    /// Character of a STR or (2.7) UNICODE at an Int index, negative indices from the end; owned. Leaves when
    /// out of range.
    StringItem {
        /// STR or UNICODE.
        kind: is Type,
        /// The string.
        string: borrows Object,
        /// Its index.
        index: borrows Int,
        /// Taken when out of range.
        exit: leaves SideExit,
    } = Facts::gives().reads(&[Heap::Sequence, Heap::Items]).writes(&[Heap::Refcount]);
    /// 3.x: byte of a UNICODE, which is `bytes` there, as `StringItem`.
    ByteItem {
        /// The bytes.
        bytes: borrows Object,
        /// Its index.
        index: borrows Int,
        /// Taken when out of range.
        exit: leaves SideExit,
    } = Facts::attempts(Repr::Int).reads(&[Heap::Sequence, Heap::Items]);
    /// Bool: two STR are equal.
    StringEqual(a: borrows Object, b: borrows Object)
        = Facts::computes(Repr::Bool).reads(&[Heap::Sequence, Heap::Items]);

    // ---- attributes ----
    /// The attribute of an object, by the site with this index: borrowed from where it is, or NULL when it is
    /// not at any of the places that the site knows. Runs no code. Methods are not bound.
    FindAttribute {
        /// Index into the function's sites.
        site: is u32,
        /// Whose attribute.
        object: borrows Object,
    } = Facts::computes(Repr::Obj).reads(&[Heap::Type, Heap::Classes, Heap::Attributes]);
    /// Gives the attribute of an object this value, of which it takes a reference of its own, if the object
    /// has the attribute at one of the places that the site knows; the result is the former value, or None if
    /// there was none, owned. NULL when nothing was done. Runs no code.
    SwapAttribute {
        /// Index into the function's sites.
        site: is u32,
        /// Whose attribute.
        object: borrows Object,
        /// Its new value.
        value: borrows Object,
    } = Facts::gives()
        .reads(&[Heap::Type, Heap::Classes, Heap::Attributes])
        .writes(&[Heap::Attributes, Heap::Refcount]);
    /// The global of the frame by the site with this index: borrowed, or NULL when it is not where the site
    /// says.
    FindGlobal(site: is u32) = Facts::computes(Repr::Obj).reads(&[Heap::Globals]);
    /// The type of an object, borrowed from it.
    TypeOf(object: borrows Object) = Facts::computes(Repr::Obj).reads(&[Heap::Type]);
    /// Its class: 2.7: of an instance of an old-style class that; else its type. Borrowed.
    ClassOf(object: borrows Object) = Facts::computes(Repr::Obj).reads(&[Heap::Type, Heap::Attributes]);

    // ---- calls into the runtime ----
    /// Calls a helper with borrowed arguments: `fn(frame, args…, immediates…)`.
    Call {
        /// Which.
        helper: is Helper,
        /// Its arguments, as the helper's signature has them.
        args: borrow_all Obj,
        /// Immediates passed after them.
        immediates: words Words,
        /// `f_lasti` while it runs.
        pc: at u32,
    } = helper.facts();
    /// Calls a helper that consumes its operands from the frame's value stack: the operands
    /// (owned) are stored at `f_valuestack[base..]`, then `fn(frame, &f_valuestack[base], count, immediate)`.
    CallStack {
        /// Which.
        helper: is Helper,
        /// Index of the first operand on the frame's value stack.
        base: base u32,
        /// Owned operands, bottom first.
        operands: steal_all Obj,
        /// Passed last.
        immediate: word i64,
        /// `f_lasti` while it runs.
        pc: at u32,
    } = helper.facts();
    /// Calls what `Helper::LoadMethod` gave, in the way of `CallStack`: `fn(frame, &f_valuestack[base],
    /// count, immediate, callable)`. The first operand is the receiver, which may be NULL.
    CallMethod {
        /// What is called.
        callable: steals Obj,
        /// Index of the first operand on the frame's value stack.
        base: base u32,
        /// Owned operands, bottom first.
        operands: steal_all Obj,
        /// As for `Helper::CallMethod`.
        immediate: word i64,
        /// `f_lasti` while it runs.
        pc: at u32,
    } = Helper::CallMethod.facts();
    /// Calls a function, which is likely to be of the code that is described at this index of
    /// `Function::direct`, with arguments for the first of its parameters, and defaults for the others:
    /// `f_valuestack[base..]` has room for function and arguments. As for its helper.
    CallFunction {
        /// The function.
        function: borrows Object,
        /// Index of the first of them on the frame's value stack.
        base: base u32,
        /// The arguments.
        args: borrow_all Obj,
        /// Which code.
        callee: is u32,
        /// Whether `GuardCode` has seen that it is of that.
        is_certain: is bool,
        /// What makes the call where it is not made in line: it says what stands between caller and function.
        helper: is Helper,
        /// `f_lasti` while it runs.
        pc: at u32,
    } = helper.facts();
    /// Bool: the evaluator's periodic work (signals, thread switches, pending calls) is due; on
    /// 2.7 this counts the ticker down. `Helper::HandlePending` does the work.
    PeriodicDue = Facts::attempts(Repr::Bool).reads(&[Heap::Cell]).writes(&[Heap::Cell]);
    /// Counts a bytecode that begins to execute, for statistics.
    CountBytecode = Facts::effect().writes(&[Heap::Cell]);
    /// Counts a frame that begins, in the 64-bit word at this address.
    CountRun(counter: address usize) = Facts::effect().writes(&[Heap::Cell]);
    /// Leaves when somebody besides the evaluator holds a reference to the frame
    /// (`ob_refcnt != 1`), so that a frame that outlives its run gets its stale slots written.
    CheckUnshared(exit: leaves SideExit) = Facts::effect().reads(&[Heap::Refcount]);
    /// Leaves when tracing or profiling is on in this thread.
    CheckTracing(exit: leaves SideExit) = Facts::effect().reads(&[Heap::Cell]);
    /// Leaves unless a call would begin to run in compiled code now, so many frames on top of this one, and
    /// its frame be freed without consequences: recursion is not too deep, nobody else evaluates frames, and
    /// no releases were put off until a frame is freed. No result.
    CheckCalls {
        /// How many frames.
        frames: is u32,
        /// Taken when the call has to be made.
        exit: leaves SideExit,
    } = Facts::effect().reads(&[Heap::Cell]);
    /// Leaves when this version has been invalidated.
    CheckValid(exit: leaves SideExit) = Facts::effect().reads(&[Heap::Cell]);

    /// In stress mode: counts down at this address, and leaves when it is at the end of the interval.
    StressExit {
        /// Address of a 32-bit counter.
        counter: address usize,
        /// Where the counter begins again.
        interval: is u32,
        /// Taken although nothing is wrong.
        exit: leaves SideExit,
    } = Facts::effect().reads(&[Heap::Cell]).writes(&[Heap::Cell]);
    /// In stress mode: counts down in the same way, and makes this version invalid.
    StressInvalidate {
        /// Address of a 32-bit counter.
        counter: address usize,
        /// Where the counter begins again.
        interval: is u32,
    } = Facts::effect().reads(&[Heap::Cell]).writes(&[Heap::Cell]);

    // ---- terminators ----
    /// Goes to another block.
    Jump(edge: leads Edge) = Facts::effect().ends();
    /// Goes to one of two blocks by a Bool.
    Branch {
        /// The Bool.
        condition: borrows Bool,
        /// When 1.
        then: then Edge,
        /// When 0.
        otherwise: otherwise Edge,
    } = Facts::effect().ends();
    /// Ends the frame with this owned object as its result. `f_lasti` stays at the given offset:
    /// a frame can be looked at after its end.
    Return(result: steals Obj, pc: at u32) = Facts::effect().ends();
    /// Leaves to the interpreter.
    Exit(exit: exits SideExit) = Facts::effect().ends();
}

/// The bits of a float.
pub type FloatBits = u64;
/// Immediates of a call.
pub type Words = Vec<i64>;

impl Insn {
    /// True for the last instruction of a block.
    pub fn is_terminator(&self) -> bool {
        self.facts().ends
    }

    /// What its result is, of these kinds, by what it says itself: which object, or which number.
    pub fn says_of(&self, ty: Type) -> Type {
        match self {
            Insn::Object(address) | Insn::GuardIs(_, address, _) => ty.at(*address),
            Insn::Int(number) => ty.with_number(*number),
            Insn::Bool(truth) => ty.with_number(i64::from(*truth)),
            _ => ty,
        }
    }

    /// The operands, in order.
    pub fn operands(&self) -> SmallVec<[ValueId; 4]> {
        let mut all = SmallVec::new();
        self.each_use(|v, _| all.push(v));
        all
    }

    /// The operand that the result is, of which more is known: the first.
    pub fn refined(&self) -> Option<ValueId> {
        let mut first = None;
        if self.facts().result == Ownership::SameAsOperand {
            self.each_use(|operand, _| first = first.or(Some(operand)));
        }
        first
    }
}
