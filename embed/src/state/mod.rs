//! What is known of a code object, and of what was compiled for it.

pub mod bypass;
pub mod code_state;
pub mod process;
pub mod recall;
pub mod registry;
pub mod resume_points;
pub mod version;
