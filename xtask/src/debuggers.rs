//! CPython's extension for GDB, with ours behind it, beside the executable: GDB loads it from there. Beside
//! `libpython`, whose name it would begin with, there is none: PyInstaller takes what is called so for a
//! library.

use crate::dirs::write_atomically;
use crate::plan::Plan;
use anyhow::{Context, Result};
use std::path::Path;

/// Ours.
pub const FRAMES: &str = include_str!("../../embed/src/tools/frames.py");

/// Where CPython's is in its source.
const EXTENSION: &str = "Tools/gdb/libpython.py";

/// What a debugger appends to the path of an object.
pub const SUFFIX: &str = "-gdb.py";

/// Writes the extension for an object that is installed.
pub fn describe(plan: &Plan<'_>, object: &Path) -> Result<()> {
    let source = plan.tree().join(EXTENSION);
    let theirs =
        std::fs::read_to_string(&source).with_context(|| format!("cannot read {}", source.display()))?;
    // It is run by GDB, and by nobody else.
    let theirs = match theirs.strip_prefix("#!").and_then(|rest| rest.split_once('\n')) {
        Some((_, rest)) => rest,
        None => &theirs,
    };
    let mut name = object.as_os_str().to_owned();
    name.push(SUFFIX);
    write_atomically(Path::new(&name), format!("{theirs}{FRAMES}"))
}
