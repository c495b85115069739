//! Results on disk: each program's is there as soon as it is known, and `--resume` begins after them.

use super::results::{Measured, Run};
use super::suites::Program;
use crate::dirs::{remove_tree, write_atomically};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The results of runs that measure the same interpreters in the same way.
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// The store of what `key` stands for, below `parent`; without `resume` what it has goes.
    pub fn open(parent: &Path, key: &str, resume: bool) -> Result<Store> {
        let folder = parent.join(&key[..key.len().min(16)]);
        if !resume {
            remove_tree(&folder)?;
        }
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(Store { folder })
    }

    /// What is known of a program; what cannot be read is not known.
    pub fn load(&self, version: &str, program: &Program) -> Option<Measured> {
        let text = std::fs::read_to_string(self.path(version, &program.suite, &program.name)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Keeps what was measured.
    pub fn save(&self, measured: &Measured) -> Result<()> {
        let text = serde_json::to_string(measured).context("results are plain data")?;
        write_atomically(&self.path(&measured.version, &measured.suite, &measured.name), text)
    }

    /// Keeps all of a run in one file, which it names.
    pub fn save_run(&self, run: &Run) -> Result<PathBuf> {
        let path = self.folder.join("run.json");
        super::pyperf::write(run, &path)?;
        Ok(path)
    }

    fn path(&self, version: &str, suite: &str, name: &str) -> PathBuf {
        self.folder.join(version).join(suite).join(format!("{name}.json"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::figures::tests::measured;
    use super::super::suites::Suites;
    use super::*;

    #[test]
    fn what_is_saved_is_loaded_when_a_run_is_resumed() {
        let parent = std::env::temp_dir().join(format!("xtask-bench-store-{}", std::process::id()));
        let table = "[[program]]\nsuite = 'own'\nname = 'a'\ngroup = 'g'\nkind = 'script'\npath = 'a.py'\n";
        let suites = Suites::parse(table).expect("parses");
        let program = suites.select(&["own".into()], None).expect("selects")[0];
        let result = measured("own", "g", "a", &[1.5, 0.1], &[0.3, 0.7]);
        let store = Store::open(&parent, "k1", false).expect("opens");
        assert_eq!(store.load("2.7.18", program), None);
        store.save(&result).expect("saves");
        let resumed = Store::open(&parent, "k1", true).expect("opens");
        assert_eq!(resumed.load("2.7.18", program), Some(result));
        assert_eq!(resumed.load("3.5.10", program), None);
        assert_eq!(Store::open(&parent, "k2", true).expect("opens").load("2.7.18", program), None);
        assert_eq!(Store::open(&parent, "k1", false).expect("opens").load("2.7.18", program), None);
        remove_tree(&parent).expect("clean up");
    }
}
