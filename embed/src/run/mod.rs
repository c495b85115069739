//! The evaluator: how frames begin, go on, and end, whoever runs them.

#[cfg(py3)]
pub mod delegation;
pub mod enter;
pub mod generators;
pub mod hook;
pub mod installation;
pub mod reify;
pub mod shortage;
