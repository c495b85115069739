//! The settings in force.

pub mod ancestors;
pub mod peer;
pub mod settings;

use std::io::Write;

/// A line on stderr, which may be closed.
pub fn say(line: &str) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}
