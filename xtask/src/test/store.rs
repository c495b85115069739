//! Outcomes kept on disk, one file each: stock's for every mode to compare with, ours to resume from.

use super::outcome::Outcome;
use super::process::Output;
use crate::dirs::{remove_tree, write_atomically};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The outcomes of one interpreter run in one way.
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// The store of what `key` stands for, below `parent`; those of other keys under the same name go.
    pub fn open(parent: &Path, name: &str, key: &str) -> Result<Store> {
        let folder = parent.join(format!("{name}@{}", &key[..key.len().min(16)]));
        let prefix = format!("{name}@");
        let entries = std::fs::read_dir(parent).map(|d| d.flatten().collect::<Vec<_>>()).unwrap_or_default();
        for entry in entries {
            let outdated = entry.file_name().to_string_lossy().starts_with(&prefix) && entry.path() != folder;
            if outdated {
                remove_tree(&entry.path())?;
            }
        }
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(Store { folder })
    }

    /// What is known of a file.
    pub fn load(&self, file: &str) -> Option<Outcome> {
        toml::from_str(&std::fs::read_to_string(self.path(file)).ok()?).ok()
    }

    /// Keeps an outcome.
    pub fn save(&self, file: &str, outcome: &Outcome) -> Result<()> {
        let text = toml::to_string(outcome).with_context(|| format!("cannot keep the outcome of {file}"))?;
        write_atomically(&self.path(file), text)
    }

    /// Forgets a file.
    pub fn forget(&self, file: &str) -> Result<()> {
        for path in [self.path(file), self.log(file)] {
            match std::fs::remove_file(&path) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    return Err(e).with_context(|| format!("cannot remove {}", path.display()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Keeps all that a run said, to be read by people.
    pub fn keep_output(&self, file: &str, output: &Output) -> Result<()> {
        let text = format!("{}\n--- stderr\n{}\n--- {}\n", output.stdout, output.stderr, output.end);
        write_atomically(&self.log(file), text)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.join(format!("{file}.toml"))
    }

    /// Where [`Store::keep_output`] puts it.
    pub fn log(&self, file: &str) -> PathBuf {
        self.folder.join(format!("{file}.log"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_loaded_until_the_key_changes() {
        let parent = std::env::temp_dir().join(format!("xtask-store-{}", std::process::id()));
        let store = Store::open(&parent, "stock", "k1").expect("opens");
        let mut outcome = Outcome { end: "exit 0".into(), seconds: 1.5, ..Outcome::default() };
        outcome.tests.insert("a.b.c".into(), vec!["ok".into(), "FAIL".into()]);
        outcome.leaks.insert("references".into(), 3);
        store.save("test_a", &outcome).expect("saves");
        assert_eq!(store.load("test_a"), Some(outcome.clone()));
        assert_eq!(Store::open(&parent, "stock", "k1").expect("opens").load("test_a"), Some(outcome));
        assert_eq!(Store::open(&parent, "stock", "k2").expect("opens").load("test_a"), None);
        assert_eq!(Store::open(&parent, "stock", "k1").expect("opens").load("test_a"), None);
        std::fs::remove_dir_all(&parent).expect("clean up");
    }
}
