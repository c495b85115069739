//! What is known of a code object, and of what was compiled for it.

pub mod bypass;
mod code;
mod extra;
pub mod process;
pub mod recall;
mod registry;
pub mod resume_points;
mod target;
pub mod version;

pub use code::{CodeState, Phase, REGISTRY, SEEK_NEW, count_in};
pub use extra::{of, of_or_attach, request_index};
pub use registry::Wait;
pub use target::{Closed, Target};
