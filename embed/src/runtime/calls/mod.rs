//! Calls.

pub mod call;
pub mod functions;
pub mod methods;
