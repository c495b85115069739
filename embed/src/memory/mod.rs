//! The allocator, what it has for compilations, and what is set aside for when there is no memory.

pub mod reserve;
pub mod scratch;
pub mod shortage;
pub mod slack;
pub mod spare;
