//! Skip lists: what a mode does not pass yet, one line each, always with the reason.

use crate::dirs::Dirs;
use crate::versions::Version;
use anyhow::{Context, Result, bail};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How long each list is, by mode: lists do not grow without a change that says nothing else.
const LENGTHS: &str = "lengths.toml";

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

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A snippet: `loops/nested.py`.
    Snippet,
    /// A file of regrtest: `test_sys`.
    File,
    /// One test of such a file: `test.test_sys.SysModuleTest.test_exit`.
    Test,
}

impl Kind {
    fn of(name: &str) -> Kind {
        if name.ends_with(".py") {
            Kind::Snippet
        } else if name.contains('.') {
            Kind::Test
        } else {
            Kind::File
        }
    }
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

    /// The lines that apply to a version: kind, name, reason.
    pub fn of(&self, version: Version) -> impl Iterator<Item = (Kind, &str, &str)> {
        let short = version.short();
        let applies = move |e: &&Entry| e.version == "*" || e.version == short;
        self.entries.iter().filter(applies).map(|e| (Kind::of(&e.name), e.name.as_str(), e.reason.as_str()))
    }

    /// A reason that begins with `hangs:` is one not to run it at all.
    pub fn is_never_run(reason: &str) -> bool {
        reason.starts_with("hangs:")
    }

    /// A reason that begins with `varies:` says that it does not differ each time.
    pub fn may_vary(reason: &str) -> bool {
        reason.starts_with("varies:")
    }
}

fn folder(dirs: &Dirs) -> PathBuf {
    dirs.root.join("ci/skip")
}

/// Everything wrong with the skip lists that can be seen without running anything.
pub fn complaints(dirs: &Dirs, modes: &[&str]) -> Result<Vec<String>> {
    let folder = folder(dirs);
    let path = folder.join(LENGTHS);
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut lengths: BTreeMap<String, usize> =
        toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
    let mut found = Vec::new();
    for list in skip_lists(dirs)? {
        let mode = list.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text =
            std::fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
        let parsed = match SkipList::parse(&text) {
            Ok(parsed) => parsed,
            Err(e) => {
                found.push(format!("{}: {e:#}", list.display()));
                continue;
            }
        };
        if !modes.contains(&mode.as_str()) {
            found.push(format!("{}: there is no such mode", list.display()));
        }
        for entry in &parsed.entries {
            let gone = Kind::of(&entry.name) == Kind::Snippet && !snippet(dirs, &entry.name).exists();
            if gone {
                found.push(format!("{}: there is no snippet {}", list.display(), entry.name));
            }
        }
        let stated = lengths.remove(&mode).unwrap_or(0);
        found.extend(length_complaint(&mode, parsed.entries.len(), stated));
    }
    found.extend(lengths.into_iter().filter_map(|(mode, stated)| length_complaint(&mode, 0, stated)));
    Ok(found)
}

/// Lists only shrink, and what they have shrunk to is what they may be from then on.
fn length_complaint(mode: &str, length: usize, stated: usize) -> Option<String> {
    match length.cmp(&stated) {
        Ordering::Equal => None,
        Ordering::Greater => Some(format!(
            "ci/skip/{mode}.txt has {length} lines, {LENGTHS} allows {stated}: skip lists only shrink"
        )),
        Ordering::Less => Some(format!(
            "ci/skip/{mode}.txt has shrunk to {length} lines: say so in {LENGTHS} (now {stated})"
        )),
    }
}

fn snippet(dirs: &Dirs, name: &str) -> PathBuf {
    dirs.root.join("embed/tests/snippets").join(name)
}

/// Every skip list there is.
fn skip_lists(dirs: &Dirs) -> Result<Vec<PathBuf>> {
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
        let kinds: Vec<Kind> = list.of(v27).map(|(kind, _, _)| kind).collect();
        assert_eq!(kinds, [Kind::File, Kind::Snippet]);
        assert_eq!(Kind::of("test.test_sys.SysModuleTest.test_exit"), Kind::Test);
    }

    #[test]
    fn lists_only_shrink() {
        assert_eq!(length_complaint("hot", 2, 2), None);
        assert!(length_complaint("hot", 3, 2).is_some_and(|c| c.contains("only shrink")));
        assert!(length_complaint("hot", 1, 2).is_some_and(|c| c.contains("has shrunk")));
    }

    #[test]
    fn a_reason_is_required() {
        assert!(SkipList::parse("2.7 test_sys").is_err());
        assert!(SkipList::parse("2.7 test_sys #  ").is_err());
        assert!(SkipList::parse("test_sys # why").is_err());
    }
}
