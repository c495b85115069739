//! Machine code in one pass, for what is not hot enough yet to have more time spent on it.
//!
//! HIR is lowered to [`linear`] instructions, [`lifetimes`] says which values need a place on the stack, and
//! the [`emitter`](emit) writes instructions of [`x64`] in order, with registers as a cache of what is on the
//! stack. It takes a few tens of nanoseconds an instruction.

mod control;
mod emit;
mod lifetimes;
pub mod linear;
mod registers;
mod x64;

pub use emit::emit;
