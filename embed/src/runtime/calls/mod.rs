//! Calls.

pub mod call;
pub mod classes;
pub mod functions;
pub mod instances;
pub mod keywords;
pub mod methods;
pub mod spread;
