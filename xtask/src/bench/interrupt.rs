//! Ctrl-C: the first ends the run in order, the second at once.

use anyhow::{Context, Result};
use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// What a shell expects of a program that Ctrl-C ended.
pub const EXIT_CODE: i32 = 130;

/// Has Ctrl-C taken down instead of ending the process.
pub fn handle() -> Result<()> {
    ctrlc::set_handler(|| {
        if REQUESTED.swap(true, Ordering::Relaxed) {
            std::process::exit(EXIT_CODE);
        }
        eprintln!("\nstopping; what is measured is kept");
    })
    .context("cannot handle Ctrl-C")
}

/// Whether it was pressed.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}
