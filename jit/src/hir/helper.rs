//! The runtime helpers that compiled code calls: their signatures and effects.
//!
//! The host implements each as `extern "C" fn(frame: *mut PyFrameObject, …)`; the compiler knows
//! them by these names only. A helper does what the interpreter's own code for the operation
//! does, exceptions and messages included.

use super::effects::{Facts, Heap, Need, Ownership};
use super::types::{Repr, Type};
use crate::bytecode::{BinaryOp, CompareOp, UnaryOp};
use std::fmt;

/// Whether a helper is called by `Insn::Call`, `Insn::CallStack` or `Insn::CallMethod`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convention {
    /// Arguments in registers, borrowed: this many objects, this many immediates.
    Borrowing {
        /// Object arguments.
        args: usize,
        /// Immediates.
        immediates: usize,
    },
    /// Operands on the frame's value stack, consumed.
    Stack,
    /// The same, and what is called in a register: by `Insn::CallMethod`.
    Method,
    /// Arguments on the frame's value stack, borrowed, as is the function: by `Insn::CallFunction`,
    /// `fn(frame, arguments, count, function)`.
    Function,
}

/// How a helper is called, and what it is known to do.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// How it is called.
    pub convention: Convention,
    /// What is known of an object result that is not NULL.
    pub result_type: Type,
    /// What it does. Unless it says otherwise, it runs any code.
    pub facts: Facts,
}

impl Signature {
    const fn new(convention: Convention) -> Signature {
        Signature { convention, result_type: Type::EMPTY, facts: Facts::effect().runs_code() }
    }

    const fn borrowing(args: usize, immediates: usize) -> Signature {
        Signature::new(Convention::Borrowing { args, immediates })
    }

    const fn stack() -> Signature {
        Signature::new(Convention::Stack)
    }

    const fn function() -> Signature {
        Signature::new(Convention::Function)
    }

    const fn method() -> Signature {
        Signature::new(Convention::Method)
    }

    /// The result is negative when it failed.
    const fn status(mut self) -> Signature {
        self.facts.repr = Repr::Status;
        self
    }

    /// The result is a new reference to an object of this type, or NULL.
    const fn object(mut self, ty: Type) -> Signature {
        self.result_type = ty;
        self.facts.repr = Repr::Obj;
        self.facts.result = Ownership::Owned;
        self
    }

    /// The result is a borrowed reference or NULL.
    const fn borrowed_object(mut self) -> Signature {
        self.result_type = Type::OBJECT;
        self.facts.repr = Repr::Obj;
        self
    }

    /// It runs no code: it reads and writes these only.
    const fn quiet(mut self, reads: &[Heap], writes: &[Heap]) -> Signature {
        let Facts { repr, result, .. } = self.facts;
        self.facts = Facts::effect().reads(reads).writes(writes);
        self.facts.repr = repr;
        self.facts.result = result;
        if matches!(repr, Repr::Obj) && writes.is_empty() {
            self.facts.need = Need::ForResult;
        }
        self
    }
}

/// Reads the table of helpers. A row is `Name = signature;` or `Name(op: Operators) = signature;`, where the
/// signature can depend on the operator.
macro_rules! helpers {
    ($($(#[$meta:meta])* $name:ident $(($op:ident : $ops:ident))? = $signature:expr;)*) => {
        /// A helper of the host.
        ///
        /// *Borrowing* helpers are called by `Insn::Call` as `fn(frame, args…, immediates…)` and consume
        /// nothing. *Stack* helpers are called by `Insn::CallStack` as
        /// `fn(frame, operands: *mut *mut PyObject, count: i64, immediate: i64)`; they always consume
        /// their operands, also when they fail, and may leave results from `operands[0]` on.
        /// An object result is a new reference, or NULL with an exception set.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Helper {
            $($(#[$meta])* $name $(($ops))?,)*
        }

        impl Helper {
            /// How it is called, and what it is known to do.
            #[allow(unused_variables)]
            pub fn signature(self) -> Signature {
                match self {
                    $(Helper::$name $(($op))? => $signature,)*
                }
            }

            /// All of them, with each operator that they are for.
            pub fn all() -> Vec<Helper> {
                let mut all = Vec::new();
                $(helpers!(@push all $name $(($ops))?);)*
                all
            }
        }

        impl fmt::Display for Helper {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Helper::$name $(($op))? => {
                        f.write_str(stringify!($name))?;
                        $(write!(f, ".{:?}", $op)?;)?
                    })*
                }
                Ok(())
            }
        }
    };
    (@push $all:ident $name:ident ($ops:ident)) => { $all.extend($ops::ALL.iter().map(|op| Helper::$name(*op))) };
    (@push $all:ident $name:ident) => { $all.push(Helper::$name) };
}

helpers! {
    // ---- borrowing ----
    /// `(a, b) -> object`: `BINARY_*`, the str formatting shortcut of `%` included.
    Binary(op: BinaryOp) = Signature::borrowing(2, 0).object(Type::OBJECT);
    /// `(a, b) -> object`: `INPLACE_*`.
    Inplace(op: BinaryOp) = Signature::borrowing(2, 0).object(Type::OBJECT);
    /// `(a) -> object`: `UNARY_*` (`Not` gives `True`/`False`).
    Unary(op: UnaryOp) = Signature::borrowing(1, 0).object(match op {
        UnaryOp::Not => Type::BOOL,
        UnaryOp::Positive | UnaryOp::Negative | UnaryOp::Invert | UnaryOp::Repr => Type::OBJECT,
    });
    /// `(a, b) -> object`: `COMPARE_OP`.
    Compare(op: CompareOp) = Signature::borrowing(2, 0).object(match op {
        CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn => Type::BOOL,
        CompareOp::Lt | CompareOp::Le | CompareOp::Eq | CompareOp::Ne | CompareOp::Gt | CompareOp::Ge
        | CompareOp::ExcMatch | CompareOp::Bad => Type::OBJECT,
    });
    /// `(a, b) -> status`: `COMPARE_OP` and the truth of its result: -1, 0, 1.
    CompareTruth(op: CompareOp) = Signature::borrowing(2, 0).status();
    /// `(a, b; operation) -> object`: what the helper at this address, `Binary`, `Inplace` or `Compare`,
    /// makes of the operands when the method of the left one has been called, and declined.
    Declined = Signature::borrowing(2, 1).object(Type::OBJECT);
    /// `(a) -> status`: `PyObject_IsTrue`.
    IsTrue = Signature::borrowing(1, 0).status();
    /// `(container, key) -> object`
    Subscr = Signature::borrowing(2, 0).object(Type::OBJECT);
    /// `(dict, key) -> object or NULL`: the value under a key of an exact dict; NULL, and no exception, when
    /// it is not there, or when only foreign code can tell.
    DictItem = Signature::borrowing(2, 0).object(Type::OBJECT).quiet(ANY_DICT, &[Heap::Refcount]);
    /// `(dict, key, value) -> object or NULL`: gives a key that an exact dict has another value, of which it
    /// takes a reference of its own; the result is the former one. NULL, nothing done, otherwise.
    DictSwap = Signature::borrowing(3, 0)
        .object(Type::OBJECT)
        .quiet(ANY_DICT, &[Heap::World, Heap::Globals, Heap::Attributes, Heap::Refcount]);
    /// `(container, item) -> status`: whether an exact dict, set, list, tuple or str has an item; negative,
    /// and no exception, when only foreign code can tell.
    Contains = Signature::borrowing(2, 0).status().quiet(ANY_DICT, &[]);
    /// `(list, index) -> object or NULL`: `list.pop` of an exact list at an exact int; NULL, nothing done,
    /// when there is no such item, and when memory has to be given back.
    ListTakeAt = Signature::borrowing(2, 0)
        .object(Type::OBJECT)
        .quiet(&[Heap::Type, Heap::Number, Heap::Sequence, Heap::Items], &[Heap::Sequence, Heap::Items]);
    /// `(list, index, item) -> object or NULL`: `list.insert` in an exact list at an exact int, which is
    /// `None`; NULL, nothing done, when there is no room.
    ListInsert = Signature::borrowing(3, 0).object(Type::NONE).quiet(
        &[Heap::Type, Heap::Number, Heap::Sequence, Heap::Items],
        &[Heap::Sequence, Heap::Items, Heap::Refcount],
    );
    /// `(dict, key, default) -> object or NULL`: `dict.get` of an exact dict; NULL as of `DictItem`, but not
    /// when the key is not there.
    DictGet = Signature::borrowing(3, 0).object(Type::OBJECT).quiet(ANY_DICT, &[Heap::Refcount]);
    /// `(text, part; at_end) -> status`: whether an exact str begins or ends with another; negative, and no
    /// exception, when they are not that.
    HasAffix = Signature::borrowing(2, 1).status().quiet(&[Heap::Type, Heap::Sequence, Heap::Items], &[]);
    /// `(object, class) -> status`: `isinstance`, as far as no foreign code has to be asked: else negative,
    /// and no exception.
    TellInstance = Signature::borrowing(2, 0).status().quiet(&[Heap::Type, Heap::Classes, Heap::World], &[]);
    /// `(object, class) -> status`: `isinstance`.
    IsInstance = Signature::borrowing(2, 0).status();
    /// `(object) -> object or NULL`: `str` of an exact int, float or str, of a bool or `None`; NULL, and no
    /// exception, of others, and for want of memory.
    Text = Signature::borrowing(1, 0)
        .object(Type::OBJECT)
        .quiet(&[Heap::Type, Heap::Number], &[Heap::Refcount]);
    /// `(object, name, default) -> object`: `getattr`; the default may be NULL.
    GetAttr = Signature::borrowing(3, 0).object(Type::OBJECT);
    /// `(object, name) -> status`: `hasattr`.
    HasAttr = Signature::borrowing(2, 0).status();
    /// `(object) -> status`: its truth, as far as no foreign code has to be asked: else negative, and no
    /// exception.
    TellTruth = Signature::borrowing(1, 0).status().quiet(ANY_DICT, &[]);
    /// `(object) -> object`: its type.
    TypeObject = Signature::borrowing(1, 0).object(Type::OBJECT).quiet(&[Heap::Type], &[Heap::Refcount]);
    /// `(number) -> object or NULL`: `abs` of an exact int; NULL, and no exception, when it is none, and for
    /// want of memory.
    Absolute = Signature::borrowing(1, 0).object(Type::OBJECT).quiet(&[Heap::Number], &[Heap::Refcount]);
    /// `(a, b; operation) -> object or NULL`: the result of a binary helper, whose address the immediate is,
    /// for two exact ints or longs; NULL, and no exception, of others and for want of memory. Not for
    /// operations that look for signals, nor for those that may hand back an operand.
    Integral = Signature::borrowing(2, 1)
        .object(Type::OBJECT)
        .quiet(&[Heap::Type, Heap::Number], &[Heap::Refcount]);
    /// `(a, b; greatest) -> object or NULL`: `min` or `max` of two exact ints or two exact floats; NULL, and
    /// no exception, of others.
    Extreme = Signature::borrowing(2, 1)
        .object(Type::OBJECT)
        .quiet(&[Heap::Type, Heap::Number], &[Heap::Refcount]);
    /// 2.7: `(callable, start or NULL, stop, step or NULL) -> list`: `range` of these, which is what is
    /// called.
    Range = Signature::borrowing(4, 0).object(Type::LIST);
    /// The same with `xrange`.
    XRange = Signature::borrowing(4, 0).object(Type::OBJECT);
    /// `(container, key, value) -> status`
    StoreSubscr = Signature::borrowing(3, 0).status();
    /// `(container, key) -> status`
    DeleteSubscr = Signature::borrowing(2, 0).status();
    /// `(; name, cache) -> object`; name is the address of an interned str. `cache` is the
    /// address of a [`Cache`](crate::hir::Cache) of the host's own, zeroed at compile time (0 = none).
    LoadGlobal = Signature::borrowing(0, 2).object(Type::OBJECT);
    /// `(value; name) -> status`
    StoreGlobal = Signature::borrowing(1, 1).status();
    /// `(; name) -> status`
    DeleteGlobal = Signature::borrowing(0, 1).status();
    /// `(; name) -> object`
    LoadName = Signature::borrowing(0, 1).object(Type::OBJECT);
    /// `(value; name) -> status`
    StoreName = Signature::borrowing(1, 1).status();
    /// `(; name) -> status`
    DeleteName = Signature::borrowing(0, 1).status();
    /// `(; name) -> borrowed object or NULL`: what the frame's globals, an exact dict, hold under
    /// the name, found by the identity of the key: runs no foreign code, raises nothing.
    NameValue = Signature::borrowing(0, 1).borrowed_object().quiet(&[Heap::Globals], &[]);
    /// `(value; name) -> status`: binds a name that `NameValue` found; never fails.
    SetName = Signature::borrowing(1, 1).status().quiet(&[], &[Heap::Globals, Heap::Refcount]);
    /// `() -> status`: 0 when the frame's locals are its globals and an exact dict, else -1
    /// without an exception.
    IsModuleFrame = Signature::borrowing(0, 0).status().quiet(&[Heap::Frame], &[]);
    /// `() -> object`: 2.7 `LOAD_LOCALS`.
    LoadLocals = Signature::borrowing(0, 0).object(Type::OBJECT);
    /// `(; index) -> object`: cell or free variable; unbound raises as `LOAD_DEREF` does.
    LoadDeref = Signature::borrowing(0, 1).object(Type::OBJECT);
    /// `(; index) -> object`
    LoadClassDeref = Signature::borrowing(0, 1).object(Type::OBJECT);
    /// `(value; index) -> status`
    StoreDeref = Signature::borrowing(1, 1).status();
    /// `(; index) -> status`
    DeleteDeref = Signature::borrowing(0, 1).status();
    /// `(object; name, cache) -> object`; the cache as for `LoadGlobal`.
    LoadAttr = Signature::borrowing(1, 2).object(Type::OBJECT);
    /// `(object; name, cache, index, keeps) -> object`: `LOAD_ATTR` of what is going to be called. When that
    /// is a method of the object's class, the result is the function and `f_valuestack[index]` the receiver,
    /// a new reference: nothing is bound. Otherwise, and when it fails, NULL is there. If `keeps` is 1 (2.7),
    /// the place above gets a new reference to the class that the bound method would have one to, or NULL.
    LoadMethod = Signature::borrowing(1, 4).object(Type::OBJECT);
    /// `(object, value; name, cache) -> status`
    StoreAttr = Signature::borrowing(2, 2).status();
    /// `(object; name) -> status`
    DeleteAttr = Signature::borrowing(1, 1).status();
    /// `(iterable) -> object`
    GetIter = Signature::borrowing(1, 0).object(Type::OBJECT);
    /// `(iterator) -> object or NULL`: NULL for the end *and* for an error: `IterCheck` tells.
    IterNext = Signature::borrowing(1, 0).object(Type::OBJECT);
    /// The same of what has been a generator so far.
    NextOfGenerator = Signature::borrowing(1, 0).object(Type::OBJECT);
    /// The same of an `enumerate`: the item without its number, which `EnumerateIndex` has then; or both in a
    /// pair, when that is negative.
    NextOfEnumerate = Signature::borrowing(1, 0).object(Type::OBJECT);
    /// `() -> status`: after a NULL of `IterNext`: clears `StopIteration`; -1 for another error.
    IterCheck = Signature::borrowing(0, 0).status();
    /// `(list, value) -> status`
    ListAppend = Signature::borrowing(2, 0).status();
    /// `(set, value) -> status`
    SetAdd = Signature::borrowing(2, 0).status();
    /// `(dict, key, value) -> status`: also `STORE_MAP`.
    MapAdd = Signature::borrowing(3, 0).status();
    /// `(class) -> object or NULL`: an instance of a class whose instances `object` makes, not initialised;
    /// NULL, and no exception, where a collection would begin, and for want of memory.
    NewInstance = Signature::borrowing(1, 0).object(Type::OTHER).quiet(&[Heap::World], &[Heap::Refcount]);
    /// `(result) -> status`: what an `__init__` returned, NULL or not `None`: raises the exception that is
    /// set or is for that. Always negative.
    RefuseInitialised = Signature::borrowing(1, 0).status();
    /// `(module; name) -> object`
    ImportFrom = Signature::borrowing(1, 1).object(Type::OBJECT);
    /// `() -> status`: the evaluator's periodic work: signals, thread switches, pending calls.
    HandlePending = Signature::borrowing(0, 0).status();
    /// `() -> object`: 3.x `LOAD_BUILD_CLASS`.
    LoadBuildClass = Signature::borrowing(0, 0).object(Type::OBJECT);
    /// `(exit, class, value, traceback) -> object`: calls the `__exit__` of a `with`.
    CallExit = Signature::borrowing(4, 0).object(Type::OBJECT);
    /// `() -> status`: an exception is on its way to a handler in this frame: adds the frame to
    /// its traceback. Negative, nothing done, when exceptions are traced.
    AddTraceback = Signature::borrowing(0, 0).status();

    // ---- stack ----
    /// `left, right -> object`: `BINARY_ADD` of what the next instruction binds to a variable:
    /// when that variable holds `left`, an exact str, it lets go of it so that the str grows in
    /// place. Immediate: offset of the next instruction.
    AddThenStore = Signature::stack().object(Type::OBJECT);
    /// The same for `INPLACE_ADD`.
    InplaceAddThenStore = Signature::stack().object(Type::OBJECT);
    /// `n -> tuple`
    BuildTuple = Signature::stack().object(Type::TUPLE);
    /// `n -> list`
    BuildList = Signature::stack().object(Type::LIST);
    /// `n -> set`
    BuildSet = Signature::stack().object(Type::SET);
    /// 2.7/3.4: 0 operands, immediate is the size hint; 3.5: pairs (key below value).
    BuildMap = Signature::stack().object(Type::DICT);
    /// 2 or 3 operands `-> slice`
    BuildSlice = Signature::stack().object(Type::OBJECT);
    /// `object`, and 2 or 3 operands as of `BuildSlice`, `-> object`: the object's item at that slice.
    GetSlice = Signature::stack().object(Type::OBJECT);
    /// `value, object`, and 2 or 3 operands as of `BuildSlice`, `-> status`: gives the object that item.
    SetSlice = Signature::stack().status();
    /// PEP 448: iterables `-> tuple`
    BuildTupleUnpack = Signature::stack().object(Type::TUPLE);
    /// PEP 448: iterables `-> list`
    BuildListUnpack = Signature::stack().object(Type::LIST);
    /// PEP 448: iterables `-> set`
    BuildSetUnpack = Signature::stack().object(Type::SET);
    /// PEP 448: mappings `-> dict`
    BuildMapUnpack = Signature::stack().object(Type::DICT);
    /// `sequence -> status`, leaving `immediate` items, the first one last (topmost).
    UnpackSequence = Signature::stack().status();
    /// `sequence -> status`; immediate is `before | after << 8`; leaves before + 1 + after
    /// values, the first one last (topmost).
    UnpackEx = Signature::stack().status();
    /// `function, positional…, (name, value)… -> object`; immediate is the operand of
    /// `CALL_FUNCTION`, plus [`CALL_UNINTERRUPTED`] when the evaluator would not do its periodic
    /// work after it. Otherwise that is done: a function that sends a signal sees its handler run
    /// before the caller goes on, and recursion without loops lets other threads run.
    Call = Signature::stack().object(Type::OBJECT);
    /// `receiver, positional… -> object`, and the callable after the immediate, which is that of `Call`:
    /// calls what `LoadMethod` gave, by `Insn::CallMethod`. The receiver is NULL when there is none; all is
    /// consumed.
    CallMethod = Signature::method().object(Type::OBJECT);
    /// `argument…, function -> object`, of a Python function, with NULL for what is left to defaults: by
    /// `Insn::CallFunction`, borrowed.
    CallFunction = Signature::function().object(Type::OBJECT);
    /// The same for a special method, from the first argument's class, that an operation calls.
    CallSpecial = Signature::function().object(Type::OBJECT);
    /// The same where that is itself within a call: for the `__init__` of a class that is called, or a
    /// comparison.
    CallSpecialWithin = Signature::function().object(Type::OBJECT);
    /// The same as `Call` with `*args` and/or `**kwargs` on top; immediate is that of `Call`
    /// plus `1 << 16` for `*`, `1 << 17` for `**`.
    CallEx = Signature::stack().object(Type::OBJECT);
    /// Operands as on the stack `-> function`; immediate is the operand of `MAKE_FUNCTION`.
    MakeFunction = Signature::stack().object(Type::FUNCTION);
    /// Operands as on the stack `-> function`; immediate is the operand of `MAKE_CLOSURE`.
    MakeClosure = Signature::stack().object(Type::FUNCTION);
    /// 2.7: `name, bases, methods -> class`
    BuildClass = Signature::stack().object(Type::OBJECT);
    /// `level, fromlist -> module`; immediate is the name.
    ImportName = Signature::stack().object(Type::OBJECT);
    /// `module -> status`: binds names of the frame's locals, the fast ones included.
    ImportStar = Signature::stack().status();
    /// 2.7: `code, globals, locals -> status`: may bind the frame's fast locals.
    ExecStmt = Signature::stack().status();
    /// 2.7 `SLICE+n`: `object, [lower], [upper] -> object`; immediate is n.
    Slice = Signature::stack().object(Type::OBJECT);
    /// 2.7: `value, object, [lower], [upper] -> status`; immediate is n.
    StoreSlice = Signature::stack().status();
    /// 2.7: `object, [lower], [upper] -> status`; immediate is n.
    DeleteSlice = Signature::stack().status();
    /// `value -> status`
    PrintExpr = Signature::stack().status();
    /// `value -> status`
    PrintItem = Signature::stack().status();
    /// `-> status`
    PrintNewline = Signature::stack().status();
    /// `value, file -> status` (file on top, as `PRINT_ITEM_TO` has it).
    PrintItemTo = Signature::stack().status();
    /// `file -> status`
    PrintNewlineTo = Signature::stack().status();
    /// `manager -> status`, leaving `__exit__` (bound) and the result of `__enter__`.
    SetupWith = Signature::stack().status();
    /// `YIELD_FROM`: `receiver, value -> status`: 0 leaves the result; 1, for a value to be yielded,
    /// leaves the receiver and the value.
    YieldFrom = Signature::stack().status();
    /// 3.5: `iterable -> iterator`
    GetYieldFromIter = Signature::stack().object(Type::OBJECT);
    /// 3.5: `object -> awaitable iterator`
    GetAwaitable = Signature::stack().object(Type::OBJECT);
    /// 3.5: `object -> awaitable`
    GetAiter = Signature::stack().object(Type::OBJECT);
    /// 3.5, borrowing: `iterator -> awaitable`
    GetAnext = Signature::borrowing(1, 0).object(Type::OBJECT);
    /// 3.5: `manager -> status`, leaving `__aexit__` (bound) and the result of `__aenter__`.
    BeforeAsyncWith = Signature::stack().status();
    /// 3.5: `mappings -> status`; the immediate is the operand of `BUILD_MAP_UNPACK_WITH_CALL`.
    /// When that says that the function is right below the mappings, it is an operand too and is
    /// left below the result.
    BuildMapUnpackWithCall = Signature::stack().status();
    /// `n -> status`: `RAISE_VARARGS`. Raises always; negative when the frame has to be added to
    /// the traceback, 0 when an exception was raised again as it is.
    Raise = Signature::stack().status();
    /// `traceback, value, class -> status`: `END_FINALLY` raises again what a handler was entered
    /// with. Negative when that is no exception, and another one was raised because of it.
    Reraise = Signature::stack().status();
    /// `-> status`, leaving what a handler is entered with: `traceback, value, class` of the
    /// exception that is raised, on 3.x after those of the exception that was being handled so
    /// far (which may be NULL). Always 0. Immediate: 1 to normalise it, and to have it as the
    /// one being handled (on 3.x that is always so).
    Catch = Signature::stack().status();
    /// 3.x, `traceback, value, class -> status`: the end of a handler, with the exception that
    /// was being handled before. Always 0.
    EndHandler = Signature::stack().status();
}

/// What looking into a dict reads: it may be that of an instance, or of a module.
const ANY_DICT: &[Heap] =
    &[Heap::World, Heap::Globals, Heap::Attributes, Heap::Type, Heap::Number, Heap::Sequence, Heap::Items];

/// Part of the immediate of [`Helper::Call`], [`Helper::CallMethod`] and [`Helper::CallEx`].
pub const CALL_UNINTERRUPTED: i64 = 1 << 24;

impl Helper {
    /// How it is called.
    pub fn convention(self) -> Convention {
        self.signature().convention
    }

    /// What it is known to do.
    pub fn facts(self) -> Facts {
        self.signature().facts
    }

    /// Representation of the result.
    pub fn result(self) -> Repr {
        self.facts().repr
    }

    /// Levels of recursion in C between the compiled code that calls a function by `Insn::CallFunction` and
    /// its frame.
    pub fn levels_between(self) -> i64 {
        match self {
            // Of the method, and of its function.
            Helper::CallSpecial => 2,
            // And that which they are within.
            Helper::CallSpecialWithin => 3,
            _ => 0,
        }
    }

    /// What is known of an object result that is not NULL.
    pub fn result_type(self) -> Type {
        self.signature().result_type
    }

    /// The helper with this name, as it is displayed.
    pub fn named(name: &str) -> Option<Helper> {
        Helper::all().into_iter().find(|helper| helper.to_string() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::super::effects::Runs;
    use super::*;

    #[test]
    fn names_are_found_again() {
        for helper in Helper::all() {
            assert_eq!(Helper::named(&helper.to_string()), Some(helper));
        }
        assert_eq!(Helper::named("Binary"), None);
    }

    #[test]
    fn only_those_that_say_so_run_no_code() {
        let quiet: Vec<String> = Helper::all()
            .into_iter()
            .filter(|helper| helper.facts().runs == Runs::Nothing)
            .map(|helper| helper.to_string())
            .collect();
        let containers = [
            "DictItem",
            "DictSwap",
            "Contains",
            "ListTakeAt",
            "ListInsert",
            "DictGet",
            "HasAffix",
            "TellInstance",
            "Text",
            "TellTruth",
            "TypeObject",
            "Absolute",
            "Integral",
            "Extreme",
        ];
        assert_eq!(
            quiet,
            [&containers[..], &["NameValue", "SetName", "IsModuleFrame", "NewInstance"]].concat()
        );
    }

    #[test]
    fn results() {
        assert_eq!(Helper::Compare(CompareOp::In).result_type(), Type::BOOL);
        assert_eq!((Helper::IsTrue.result(), Helper::IsTrue.result_type()), (Repr::Status, Type::EMPTY));
        assert_eq!(Helper::NameValue.facts().result, Ownership::Borrowed);
        assert_eq!(Helper::BuildTuple.facts().result, Ownership::Owned);
    }
}
