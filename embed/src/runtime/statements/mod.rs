//! Statements: exceptions, `with`, `exec`, `print`.

pub mod exec;
pub mod print;
pub mod unwind;
pub mod with;
