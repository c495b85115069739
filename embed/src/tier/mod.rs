//! When code is recorded, compiled, and given up.

pub mod budget;
pub mod exits;
pub mod hot;
pub mod record;
