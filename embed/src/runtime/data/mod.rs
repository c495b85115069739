//! Objects made, taken apart, and worked with.

pub mod boxes;
pub mod build;
pub mod coroutines;
pub mod formatting;
pub mod instances;
pub mod iteration;
pub mod lookups;
pub mod operators;
pub mod ranges;
pub mod slices;
