//! HIR as text: one line per instruction, for dumps, fixtures and the verifier's messages.
//!
//! What is printed is read again: a function, its states included, is its text and nothing else.

mod print;
mod read;

pub(super) use print::Writer;
pub(super) use read::Reader;
pub use read::parse;
