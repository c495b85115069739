//! When code is recorded, compiled, and given up.

pub mod budget;
#[cfg(has_recording)]
mod callees;
pub mod exits;
pub mod hot;
pub mod promotion;
pub mod record;
