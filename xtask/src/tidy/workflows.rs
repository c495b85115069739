//! The workflows of public CI, looked through by a linter of the package index.

use crate::dirs::Dirs;
use crate::pip::Tool;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

/// Where they are, below the project's root.
const FOLDER: &str = ".github/workflows";

/// The linter.
const LINTER: Option<Tool> = if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
    Some(Tool {
        name: "zizmor",
        version: "1.32.0",
        tag: "py3-none",
        platform: "manylinux_2_28_x86_64",
        sha256: "84a6acb975accc13408786a2bd274b572537ca19c933ebbc13e78f3988562071",
    })
} else {
    None
};

/// What it finds. Where it cannot be had that is said, and no complaint.
pub fn complaints(dirs: &Dirs) -> Result<Vec<String>> {
    let home = match LINTER.as_ref().map(|linter| linter.ensure(dirs)) {
        Some(Ok(home)) => home,
        Some(Err(e)) => {
            eprintln!("{FOLDER} is not looked through: {e:#}");
            return Ok(Vec::new());
        }
        None => return Ok(Vec::new()),
    };
    let linter = LINTER.map(|l| format!("{0}-{1}.data/scripts/{0}", l.name, l.version)).unwrap_or_default();
    lint(&home.join(linter), &dirs.root.join(FOLDER))
}

fn lint(linter: &Path, folder: &Path) -> Result<Vec<String>> {
    // Wheels say of nothing in them that it can be run.
    let loader = "/lib64/ld-linux-x86-64.so.2";
    let output = Command::new(loader)
        .arg(linter)
        .args(["--offline", "--no-progress", "--quiet", "--format", "plain", "--color", "never"])
        .arg(folder)
        .output()
        .with_context(|| format!("cannot run {}", linter.display()))?;
    if output.status.success() {
        return Ok(Vec::new());
    }
    let (said, why) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Ok(vec![format!("{FOLDER}: {}", format!("{}\n{}", said.trim(), why.trim()).trim())])
}
