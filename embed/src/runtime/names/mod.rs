//! What is found under a name.

pub mod absence;
pub mod attributes;
pub mod cache;
pub mod descriptors;
pub mod globals;
pub mod imports;
#[cfg(py2)]
pub mod instances;
pub mod lookup;
pub mod scopes;
pub mod supers;
