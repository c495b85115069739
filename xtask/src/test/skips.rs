//! Skip lists: what a mode does not pass yet, one line each, always with the reason.

use crate::dirs::Dirs;
use crate::versions::Version;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// The tests that are not run in one mode.
#[derive(Debug, Default)]
pub struct SkipList {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    version: String,
    name: String,
    reason: String,
}

impl SkipList {
    /// Reads `ci/skip/<mode>.txt`; a mode without a list skips nothing.
    pub fn load(dirs: &Dirs, mode: &str) -> Result<SkipList> {
        let path = folder(dirs).join(format!("{mode}.txt"));
        match std::fs::read_to_string(&path) {
            Ok(text) => SkipList::parse(&text).with_context(|| format!("in {}", path.display())),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(SkipList::default()),
            Err(e) => Err(e).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Lines are `VERSION NAME  # reason`, where VERSION is like 2.7 or `*`.
    pub fn parse(text: &str) -> Result<SkipList> {
        let mut entries = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (what, reason) = line.split_once('#').unwrap_or((line, ""));
            let words: Vec<&str> = what.split_whitespace().collect();
            let [version, name] = words[..] else {
                bail!("line {}: expected `VERSION NAME  # reason`, found `{line}`", number + 1);
            };
            if reason.trim().is_empty() {
                bail!("line {}: {name} is skipped without a reason", number + 1);
            }
            let reason = reason.trim().to_string();
            entries.push(Entry { version: version.into(), name: name.into(), reason });
        }
        Ok(SkipList { entries })
    }

    /// Why a test is skipped, if it is.
    pub fn reason(&self, version: Version, name: &str) -> Option<&str> {
        let applies = |e: &&Entry| e.name == name && (e.version == "*" || e.version == version.short());
        self.entries.iter().find(applies).map(|e| e.reason.as_str())
    }
}

fn folder(dirs: &Dirs) -> PathBuf {
    dirs.root.join("ci/skip")
}

/// Every skip list there is.
pub fn skip_lists(dirs: &Dirs) -> Result<Vec<PathBuf>> {
    let folder = folder(dirs);
    let entries = match std::fs::read_dir(&folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(|| format!("cannot read {}", folder.display()))?,
    };
    let mut lists: Vec<PathBuf> =
        entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "txt")).collect();
    lists.sort();
    Ok(lists)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_version_name_and_reason() {
        let list =
            SkipList::parse("# a comment\n\n2.7 test_sys  # sizes differ\n* x/y.py # slow\n").expect("ok");
        let v27: Version = "2.7.18".parse().expect("version");
        let v35: Version = "3.5.10".parse().expect("version");
        assert_eq!(list.reason(v27, "test_sys"), Some("sizes differ"));
        assert_eq!(list.reason(v35, "test_sys"), None);
        assert_eq!(list.reason(v35, "x/y.py"), Some("slow"));
    }

    #[test]
    fn a_reason_is_required() {
        assert!(SkipList::parse("2.7 test_sys").is_err());
        assert!(SkipList::parse("2.7 test_sys #  ").is_err());
        assert!(SkipList::parse("test_sys # why").is_err());
    }
}
