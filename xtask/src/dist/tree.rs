//! The folder that becomes an archive: a copy of an installation, with bytecode that is the same whenever it
//! is made.

use super::tool;
use crate::dirs::remove_tree;
use crate::plan::Plan;
use crate::step;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

/// Copies an installation.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    remove_tree(to)?;
    if let Some(parent) = to.parent() {
        std::fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    }
    tool::run(Command::new("cp").arg("-a").arg("--reflink=auto").arg(from).arg(to))?;
    Ok(())
}

/// Every file and symbolic link below a folder, in the order of their names.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries =
            std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Compiles all sources anew, after giving them one time: bytecode has it inside, and is only good for that.
pub fn compile(plan: &Plan<'_>, tree: &Path, epoch: u64) -> Result<()> {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(epoch);
    for path in files(tree)?.iter().filter(|path| !path.is_symlink()) {
        match path.extension().and_then(|e| e.to_str()) {
            Some("pyc" | "pyo") => {
                std::fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))?;
            }
            Some("py") => std::fs::File::options()
                .write(true)
                .open(path)
                .and_then(|file| file.set_modified(time))
                .with_context(|| format!("cannot set the time of {}", path.display()))?,
            _ => {}
        }
    }
    let library = PathBuf::from(format!("lib/python{}", plan.release.version.short()));
    for level in plan.release.version.bytecode() {
        let mut compile = Command::new(tree.join("bin/pyjion-python"));
        step::clean_environment(&mut compile);
        compile.env("PYJION", "0").env("PYTHONHASHSEED", "0").args(*level);
        // What compileall itself imports would be of where it lies now, and stay.
        compile.env("PYTHONDONTWRITEBYTECODE", "1");
        compile.args(["-m", "compileall", "-q", "-x", "bad_coding|badsyntax|lib2to3/tests/data", "-d"]);
        compile.arg(plan.configured.join(&library)).arg(tree.join(&library));
        // Some files of packages are for other versions of Python, and compileall fails for these.
        compile.output().context("cannot run compileall")?;
    }
    Ok(())
}
