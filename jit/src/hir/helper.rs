//! The runtime helpers that compiled code calls: their signatures and effects.
//!
//! The host implements each as `extern "C" fn(frame: *mut PyFrameObject, …)`; the compiler knows
//! them by these names only. A helper does what the interpreter's own code for the operation
//! does, exceptions and messages included.

use super::types::{Repr, Type};
use crate::bytecode::{BinaryOp, CompareOp, UnaryOp};

/// A helper of the host.
///
/// *Borrowing* helpers are called by `Insn::Call` as `fn(frame, args…, immediates…)` and consume
/// nothing. *Stack* helpers are called by `Insn::CallStack` as
/// `fn(frame, operands: *mut *mut PyObject, count: i64, immediate: i64)`; they always consume
/// their operands, also when they fail, and may leave results from `operands[0]` on.
/// An object result is a new reference, or NULL with an exception set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Helper {
    // ---- borrowing ----
    /// `(a, b) -> object`: `BINARY_*`, the str formatting shortcut of `%` included.
    Binary(BinaryOp),
    /// `(a, b) -> object`: `INPLACE_*`.
    Inplace(BinaryOp),
    /// `(a) -> object`: `UNARY_*` (`Not` gives `True`/`False`).
    Unary(UnaryOp),
    /// `(a, b) -> object`: `COMPARE_OP`.
    Compare(CompareOp),
    /// `(a, b) -> status`: `COMPARE_OP` and the truth of its result: -1, 0, 1.
    CompareTruth(CompareOp),
    /// `(a) -> status`: `PyObject_IsTrue`.
    IsTrue,
    /// `(container, key) -> object`
    Subscr,
    /// `(container, key, value) -> status`
    StoreSubscr,
    /// `(container, key) -> status`
    DeleteSubscr,
    /// `(; name, cache) -> object`; name is the address of an interned str. `cache` is the
    /// address of an 8-word cache of the host's own, zeroed at compile time (0 = none).
    LoadGlobal,
    /// `(value; name) -> status`
    StoreGlobal,
    /// `(; name) -> status`
    DeleteGlobal,
    /// `(; name) -> object`
    LoadName,
    /// `(value; name) -> status`
    StoreName,
    /// `(; name) -> status`
    DeleteName,
    /// `(; name) -> borrowed object or NULL`: what the frame's globals, an exact dict, hold under
    /// the name, found by the identity of the key: runs no foreign code, raises nothing.
    NameValue,
    /// `(value; name) -> status`: binds a name that `NameValue` found; never fails.
    SetName,
    /// `() -> status`: 0 when the frame's locals are its globals and an exact dict, else -1
    /// without an exception.
    IsModuleFrame,
    /// `() -> object`: 2.7 `LOAD_LOCALS`.
    LoadLocals,
    /// `(; index) -> object`: cell or free variable; unbound raises as `LOAD_DEREF` does.
    LoadDeref,
    /// `(; index) -> object`
    LoadClassDeref,
    /// `(value; index) -> status`
    StoreDeref,
    /// `(; index) -> status`
    DeleteDeref,
    /// `(object; name, cache) -> object`; the cache as for `LoadGlobal`.
    LoadAttr,
    /// `(object; name, cache, index, keeps) -> object`: `LOAD_ATTR` of what is going to be called. When that is a
    /// method of the object's class, the result is the function and `f_valuestack[index]` the receiver, a new
    /// reference: nothing is bound. Otherwise, and when it fails, NULL is there. If `keeps` is 1 (2.7), the place
    /// above gets a new reference to the class that the bound method would have one to, or NULL.
    LoadMethod,
    /// `(object, value; name, cache) -> status`
    StoreAttr,
    /// `(object; name) -> status`
    DeleteAttr,
    /// `(iterable) -> object`
    GetIter,
    /// `(iterator) -> object or NULL`: NULL for the end *and* for an error: `IterCheck` tells.
    IterNext,
    /// `() -> status`: after a NULL of `IterNext`: clears `StopIteration`; -1 for another error.
    IterCheck,
    /// `(list, value) -> status`
    ListAppend,
    /// `(set, value) -> status`
    SetAdd,
    /// `(dict, key, value) -> status`: also `STORE_MAP`.
    MapAdd,
    /// `(module; name) -> object`
    ImportFrom,
    /// `() -> status`: the evaluator's periodic work: signals, thread switches, pending calls.
    HandlePending,
    /// `() -> object`: 3.x `LOAD_BUILD_CLASS`.
    LoadBuildClass,
    /// `(exit, class, value, traceback) -> object`: calls the `__exit__` of a `with`.
    CallExit,
    /// `() -> status`: an exception is on its way to a handler in this frame: adds the frame to
    /// its traceback. Negative, nothing done, when exceptions are traced.
    AddTraceback,

    // ---- stack ----
    /// `left, right -> object`: `BINARY_ADD` of what the next instruction binds to a variable:
    /// when that variable holds `left`, an exact str, it lets go of it so that the str grows in
    /// place. Immediate: offset of the next instruction.
    AddThenStore,
    /// The same for `INPLACE_ADD`.
    InplaceAddThenStore,
    /// `n -> tuple`
    BuildTuple,
    /// `n -> list`
    BuildList,
    /// `n -> set`
    BuildSet,
    /// 2.7/3.4: 0 operands, immediate is the size hint; 3.5: pairs (key below value).
    BuildMap,
    /// 2 or 3 operands `-> slice`
    BuildSlice,
    /// PEP 448: iterables `-> tuple`
    BuildTupleUnpack,
    /// PEP 448: iterables `-> list`
    BuildListUnpack,
    /// PEP 448: iterables `-> set`
    BuildSetUnpack,
    /// PEP 448: mappings `-> dict`
    BuildMapUnpack,
    /// `sequence -> status`, leaving `immediate` items, the first one last (topmost).
    UnpackSequence,
    /// `sequence -> status`; immediate is `before | after << 8`; leaves before + 1 + after
    /// values, the first one last (topmost).
    UnpackEx,
    /// `function, positional…, (name, value)… -> object`; immediate is the operand of
    /// `CALL_FUNCTION`, plus [`CALL_UNINTERRUPTED`] when the evaluator would not do its periodic
    /// work after it. Otherwise that is done: a function that sends a signal sees its handler run
    /// before the caller goes on, and recursion without loops lets other threads run.
    Call,
    /// `receiver, positional… -> object`, and the callable after the immediate, which is that of `Call`: calls
    /// what `LoadMethod` gave, by `Insn::CallMethod`. The receiver is NULL when there is none; all is consumed.
    CallMethod,
    /// The same as `Call` with `*args` and/or `**kwargs` on top; immediate is that of `Call`
    /// plus `1 << 16` for `*`, `1 << 17` for `**`.
    CallEx,
    /// Operands as on the stack `-> function`; immediate is the operand of `MAKE_FUNCTION`.
    MakeFunction,
    /// Operands as on the stack `-> function`; immediate is the operand of `MAKE_CLOSURE`.
    MakeClosure,
    /// 2.7: `name, bases, methods -> class`
    BuildClass,
    /// `level, fromlist -> module`; immediate is the name.
    ImportName,
    /// `module -> status`: binds names of the frame's locals, the fast ones included.
    ImportStar,
    /// 2.7: `code, globals, locals -> status`: may bind the frame's fast locals.
    ExecStmt,
    /// 2.7 `SLICE+n`: `object, [lower], [upper] -> object`; immediate is n.
    Slice,
    /// 2.7: `value, object, [lower], [upper] -> status`; immediate is n.
    StoreSlice,
    /// 2.7: `object, [lower], [upper] -> status`; immediate is n.
    DeleteSlice,
    /// `value -> status`
    PrintExpr,
    /// `value -> status`
    PrintItem,
    /// `-> status`
    PrintNewline,
    /// `value, file -> status` (file on top, as `PRINT_ITEM_TO` has it).
    PrintItemTo,
    /// `file -> status`
    PrintNewlineTo,
    /// `manager -> status`, leaving `__exit__` (bound) and the result of `__enter__`.
    SetupWith,
    /// `YIELD_FROM`: `receiver, value -> status`: 0 leaves the result; 1, for a value to be yielded,
    /// leaves the receiver and the value.
    YieldFrom,
    /// 3.5: `iterable -> iterator`
    GetYieldFromIter,
    /// 3.5: `object -> awaitable iterator`
    GetAwaitable,
    /// 3.5: `object -> awaitable`
    GetAiter,
    /// 3.5, borrowing: `iterator -> awaitable`
    GetAnext,
    /// 3.5: `manager -> status`, leaving `__aexit__` (bound) and the result of `__aenter__`.
    BeforeAsyncWith,
    /// 3.5: `mappings -> status`; the immediate is the operand of `BUILD_MAP_UNPACK_WITH_CALL`.
    /// When that says that the function is right below the mappings, it is an operand too and is
    /// left below the result.
    BuildMapUnpackWithCall,
    /// `n -> status`: `RAISE_VARARGS`. Raises always; negative when the frame has to be added to
    /// the traceback, 0 when an exception was raised again as it is.
    Raise,
    /// `traceback, value, class -> status`: `END_FINALLY` raises again what a handler was entered
    /// with. Negative when that is no exception, and another one was raised because of it.
    Reraise,
    /// `-> status`, leaving what a handler is entered with: `traceback, value, class` of the
    /// exception that is raised, on 3.x after those of the exception that was being handled so
    /// far (which may be NULL). Always 0. Immediate: 1 to normalise it, and to have it as the
    /// one being handled (on 3.x that is always so).
    Catch,
    /// 3.x, `traceback, value, class -> status`: the end of a handler, with the exception that
    /// was being handled before. Always 0.
    EndHandler,
}

/// Part of the immediate of [`Helper::Call`], [`Helper::CallMethod`] and [`Helper::CallEx`].
pub const CALL_UNINTERRUPTED: i64 = 1 << 24;

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
}

impl Helper {
    /// How it is called.
    pub fn convention(self) -> Convention {
        use Helper::*;
        let (args, immediates) = match self {
            Binary(_) | Inplace(_) | Compare(_) | CompareTruth(_) | Subscr | DeleteSubscr => (2, 0),
            Unary(_) | IsTrue | GetIter | IterNext | GetAnext => (1, 0),
            StoreSubscr | MapAdd => (3, 0),
            LoadGlobal => (0, 2),
            NameValue | DeleteGlobal | LoadName | DeleteName | LoadDeref | LoadClassDeref | DeleteDeref => {
                (0, 1)
            }
            SetName | StoreGlobal | StoreName | StoreDeref | DeleteAttr | ImportFrom => (1, 1),
            LoadLocals | IterCheck | LoadBuildClass | HandlePending | IsModuleFrame | AddTraceback => (0, 0),
            CallExit => (4, 0),
            LoadAttr => (1, 2),
            LoadMethod => (1, 4),
            CallMethod => return Convention::Method,
            StoreAttr => (2, 2),
            ListAppend | SetAdd => (2, 0),
            AddThenStore
            | InplaceAddThenStore
            | BuildTuple
            | BuildList
            | BuildSet
            | BuildMap
            | BuildSlice
            | BuildTupleUnpack
            | BuildListUnpack
            | BuildSetUnpack
            | BuildMapUnpack
            | UnpackSequence
            | UnpackEx
            | Call
            | CallEx
            | MakeFunction
            | MakeClosure
            | BuildClass
            | ImportName
            | Slice
            | StoreSlice
            | DeleteSlice
            | PrintExpr
            | PrintItem
            | PrintNewline
            | PrintItemTo
            | PrintNewlineTo
            | SetupWith
            | Raise
            | Reraise
            | Catch
            | EndHandler
            | YieldFrom
            | GetYieldFromIter
            | GetAwaitable
            | GetAiter
            | BeforeAsyncWith
            | BuildMapUnpackWithCall
            | ImportStar
            | ExecStmt => {
                return Convention::Stack;
            }
        };
        Convention::Borrowing { args, immediates }
    }

    /// Representation of the result.
    pub fn result(self) -> Repr {
        use Helper::*;
        match self {
            CompareTruth(_)
            | IsTrue
            | StoreSubscr
            | DeleteSubscr
            | StoreGlobal
            | DeleteGlobal
            | StoreName
            | DeleteName
            | StoreDeref
            | DeleteDeref
            | StoreAttr
            | DeleteAttr
            | IterCheck
            | HandlePending
            | ListAppend
            | SetAdd
            | MapAdd
            | UnpackSequence
            | UnpackEx
            | StoreSlice
            | DeleteSlice
            | PrintExpr
            | PrintItem
            | PrintNewline
            | PrintItemTo
            | PrintNewlineTo
            | SetupWith
            | Raise
            | Reraise
            | Catch
            | EndHandler
            | AddTraceback
            | ImportStar
            | ExecStmt
            | SetName
            | IsModuleFrame
            | YieldFrom
            | BeforeAsyncWith
            | BuildMapUnpackWithCall => Repr::Status,
            Binary(_) | Inplace(_) | Unary(_) | Compare(_) | Subscr | LoadGlobal | LoadName | NameValue
            | LoadLocals | LoadDeref | LoadClassDeref | LoadAttr | LoadMethod | GetIter | IterNext
            | ImportFrom | LoadBuildClass | CallExit | AddThenStore | InplaceAddThenStore | BuildTuple
            | BuildList | BuildSet | BuildMap | BuildSlice | BuildTupleUnpack | BuildListUnpack
            | BuildSetUnpack | BuildMapUnpack | Call | CallMethod | CallEx | MakeFunction | MakeClosure
            | BuildClass | ImportName | Slice | GetYieldFromIter | GetAwaitable | GetAiter | GetAnext => {
                Repr::Obj
            }
        }
    }

    /// Whether it can run code that sees the frame or changes what others hold.
    pub fn runs_code(self) -> bool {
        !matches!(self, Helper::NameValue | Helper::SetName | Helper::IsModuleFrame)
    }

    /// What is known of an object result that is not NULL.
    pub fn result_type(self) -> Type {
        use Helper::*;
        match self {
            BuildTuple | BuildTupleUnpack => Type::TUPLE,
            BuildList | BuildListUnpack => Type::LIST,
            BuildSet | BuildSetUnpack => Type::SET,
            BuildMap | BuildMapUnpack => Type::DICT,
            MakeFunction | MakeClosure => Type::FUNCTION,
            Unary(UnaryOp::Not)
            | Compare(CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn) => Type::BOOL,
            _ => Type::OBJECT,
        }
    }
}
