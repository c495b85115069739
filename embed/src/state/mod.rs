//! What is known of a code object, and of what was compiled for it.

pub mod bypass;
pub mod code_state;
pub mod recall;
pub mod resume_points;
pub mod version;
