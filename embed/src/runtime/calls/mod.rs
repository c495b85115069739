//! Calls.

pub mod call;
pub mod classes;
pub mod constructors;
pub mod direct;
pub mod functions;
pub mod instances;
pub mod keywords;
pub mod methods;
pub mod shortcuts;
pub mod spread;
