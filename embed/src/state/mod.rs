//! What is known of a code object, and of what was compiled for it.

pub mod bypass;
mod code;
pub mod completion;
mod extra;
pub mod native;
mod phase;
mod process;
pub mod recall;
mod registry;
pub mod resume_points;
mod target;
pub mod thin;

pub use code::{CodeState, PROCESS, SEEK_NEW};
pub use extra::{of, of_or_attach, request_index};
pub use phase::Phase;
pub use registry::Wait;
pub use target::{Closed, Target};
