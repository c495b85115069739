//! What is known of a code object, and of what was compiled for it.

pub mod bypass;
mod census;
mod code;
pub mod completion;
mod extra;
pub mod native;
mod phase;
pub mod recall;
mod registry;
pub mod resume_points;
mod target;
pub mod thin;
pub mod tickets;

pub use census::Census;
pub use code::{CodeState, SEEK_NEW, codes};
pub use extra::{of, of_or_attach, request_index};
pub use phase::Phase;
pub use registry::Wait;
pub use target::{Closed, Target};
