//! How code is compiled: orders, the thread that carries them out, and room for what comes of it.

pub mod eviction;
pub mod job;
mod order;
pub mod worker;

pub use order::{
    MAX_GENERATIONS, Wanted, finish, for_loop, for_start, forget, install, is_open, job, restart, run,
};
