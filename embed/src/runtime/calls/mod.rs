//! Calls.

pub mod call;
pub mod classes;
pub mod functions;
pub mod keywords;
pub mod methods;
