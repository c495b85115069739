//! Tools of the system, which do their work or say why not.

use crate::step;
use anyhow::{Context, Result, ensure};
use std::process::Command;

/// Runs one, and returns what it prints; fails with what it complains about.
pub fn run(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("cannot run {program}; install it"))?;
    ensure!(
        output.status.success(),
        "{} failed: {}",
        step::describe(command),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
