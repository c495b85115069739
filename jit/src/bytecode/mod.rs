//! Bytecode of three CPython versions, decoded into one normalised form.

pub mod assembler;
mod decode;
pub mod op;
mod print;
mod tables;

pub use decode::{Bytecode, DecodeError, decode};
pub use op::{BinaryOp, BlockKind, CallShape, CompareOp, Instruction, Op, UnaryOp, Version};

/// What the compiler needs to know of a constant; the object itself is borrowed from
/// `co_consts`, which outlives the code compiled from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ConstKind {
    /// `None`
    None,
    /// `True`/`False`
    Bool(bool),
    /// An exact machine-sized int: 2.7's `int`; on 3.x an `int` in the unboxable range.
    Int(i64),
    /// An exact float.
    Float(f64),
    /// An exact str (2.7: bytes string, 3.x: unicode).
    Str,
    /// A tuple.
    Tuple,
    /// Anything else.
    Other,
}

/// A constant of a code object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Const {
    /// Address of the `PyObject`; 0 in tests that have no interpreter.
    pub address: usize,
    /// Its value as far as the compiler cares.
    pub kind: ConstKind,
}

/// A code object as data: everything the compiler reads of it.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeDesc {
    /// The CPython version whose bytecode it is.
    pub version: Version,
    /// `co_name`, for dumps and `PYJION_ONLY`.
    pub name: String,
    /// `co_filename`.
    pub filename: String,
    /// `co_firstlineno`.
    pub first_line: u32,
    /// `co_code`.
    pub code: Vec<u8>,
    /// `co_consts`.
    pub consts: Vec<Const>,
    /// Addresses of the interned strings of `co_names`; 0 in tests.
    pub names: Vec<usize>,
    /// Texts of `co_names`, for dumps.
    pub name_texts: Vec<String>,
    /// Addresses of the interned names of the parameters (`co_argcount` of them); 0 in tests.
    pub parameters: Vec<usize>,
    /// Arguments that are bound when the function starts (`*args`, `**kwargs` included).
    pub arguments: u32,
    /// `co_nlocals`.
    pub locals: u32,
    /// Cells, in `f_localsplus` after the locals.
    pub cells: u32,
    /// Free variables, in `f_localsplus` after the cells.
    pub frees: u32,
    /// `co_stacksize`.
    pub stack_size: u32,
    /// `CO_GENERATOR` or a coroutine flag is set.
    pub is_generator: bool,
    /// `CO_OPTIMIZED | CO_NEWLOCALS`: locals live in slots.
    pub is_optimized: bool,
    /// Arguments that are also cells: their slots may be empty when the function starts.
    pub cell_arguments: Vec<u32>,
}
