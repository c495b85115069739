//! Memory for when there is none: what is set aside, and the allocator that draws on it.

pub mod reserve;
pub mod shortage;
pub mod slack;
pub mod spare;
