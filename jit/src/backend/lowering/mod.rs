//! HIR to the IR of Cranelift, or to the instructions of the baseline.
//!
//! One file per idea: [`lower`](mod@lower) walks the function and names what each instruction becomes, the
//! files beside it say how; [`code`] is what they write to. Nothing here knows bytecode.

mod abi;
mod arith;
mod arrays;
mod attributes;
mod cells;
mod code;
mod cold;
mod containers;
mod dicts;
mod direct;
mod exits;
mod generators;
mod identity;
mod inlining;
mod known;
mod lower;
mod names;
mod natives;
mod numbers;
mod objects;
mod positions;
mod regions;
mod stress;
mod strings;
mod tuples;
mod yields;

use crate::error::CompileError;
pub(super) use abi::native_signature;
pub(super) use code::Code;
pub(super) use lower::lower;
pub(super) use positions::positions;
pub(super) use regions::Regions;

/// Result of everything that can refuse a function.
type Result<T> = std::result::Result<T, CompileError>;

/// What a backend says of its own faults.
pub(super) fn backend_error(error: impl std::fmt::Display) -> CompileError {
    CompileError::Backend(error.to_string())
}
