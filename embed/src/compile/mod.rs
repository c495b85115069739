//! How code is compiled: orders, the thread that carries them out, and room for what comes of it.

mod callees;
pub mod cost;
pub mod eviction;
pub mod job;
mod order;
pub mod worker;

pub use order::{Orders, Wanted, for_loop, for_start, install, is_open, job, poll, promote, restart, run};
