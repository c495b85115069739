//! Remembers which steps are done and with which inputs, so that only what changed is done again.

use crate::dirs::write_atomically;
use anyhow::{Context, Result};
use std::fs::File;
use std::path::{Path, PathBuf};

/// The stamps of one build tree. They live inside it, so they go when it goes.
pub struct Stamps {
    folder: PathBuf,
}

impl Stamps {
    /// The stamps of the tree at `tree`.
    pub fn of(tree: &Path) -> Stamps {
        Stamps { folder: tree.join(".xtask") }
    }

    /// Whether a step was completed with exactly these inputs.
    pub fn is_done(&self, step: &str, key: &str) -> bool {
        std::fs::read_to_string(self.folder.join(step)).is_ok_and(|found| found == key)
    }

    /// Notes that a step begins: it is not done any more.
    pub fn begin(&self, step: &str) -> Result<()> {
        self.forget(step)?;
        write_atomically(&self.running(step), b"")
    }

    /// Notes that a step is complete.
    pub fn done(&self, step: &str, key: &str) -> Result<()> {
        write_atomically(&self.folder.join(step), key)?;
        remove(&self.running(step))
    }

    /// Makes sure that a step will be run again.
    pub fn forget(&self, step: &str) -> Result<()> {
        remove(&self.folder.join(step))
    }

    /// Whether a step began and never ended: its results cannot be trusted.
    pub fn was_interrupted(&self, step: &str) -> bool {
        self.running(step).exists()
    }

    fn running(&self, step: &str) -> PathBuf {
        self.folder.join(format!("{step}.running"))
    }
}

fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(e).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Held while one build tree is worked on; a second run waits for the first.
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock beside `tree`, saying so when it has to wait.
    pub fn take(tree: &Path) -> Result<Lock> {
        let path =
            tree.with_file_name(format!(".{}.lock", tree.file_name().unwrap_or_default().to_string_lossy()));
        let context = || format!("cannot lock {}", path.display());
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(context)?;
        }
        let file = File::create(&path).with_context(context)?;
        if file.try_lock().is_err() {
            eprintln!("  waiting for another xtask that is building {}", tree.display());
            file.lock().with_context(context)?;
        }
        Ok(Lock { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_done_only_with_its_own_inputs() {
        let tree = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        let stamps = Stamps::of(&tree);
        assert!(!stamps.is_done("make", "k1"));
        stamps.begin("make").expect("begin");
        assert!(stamps.was_interrupted("make"));
        stamps.done("make", "k1").expect("done");
        assert!(stamps.is_done("make", "k1") && !stamps.is_done("make", "k2"));
        assert!(!stamps.was_interrupted("make"));
        stamps.begin("make").expect("begin again");
        assert!(!stamps.is_done("make", "k1"));
        std::fs::remove_dir_all(&tree).expect("clean up");
    }
}
