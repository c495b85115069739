//! Reads unified diffs and applies them strictly: every hunk exactly where it says, no fuzz, no offset.

use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// A patch file: what it says about itself and what it changes.
#[derive(Debug, Clone)]
pub struct Patch {
    /// The text above the first diff: why the patch exists.
    pub header: String,
    /// The changes, file by file.
    pub files: Vec<FileDiff>,
}

/// The changes to one file.
#[derive(Debug, Clone)]
pub struct FileDiff {
    /// Path below the source tree, from the `---` line; `None` creates the file.
    pub old: Option<PathBuf>,
    /// Path below the source tree, from the `+++` line; `None` deletes the file.
    pub new: Option<PathBuf>,
    hunks: Vec<Hunk>,
}

#[derive(Debug, Clone)]
struct Hunk {
    at: usize,
    old_start: usize,
    old: Vec<Vec<u8>>,
    new: Vec<Vec<u8>>,
    changed: usize,
}

impl Patch {
    /// The first line of the header.
    pub fn subject(&self) -> &str {
        self.header.lines().find(|l| !l.trim().is_empty()).unwrap_or("")
    }

    /// How many lines are added or removed.
    pub fn changed_lines(&self) -> usize {
        self.files.iter().flat_map(|f| &f.hunks).map(|h| h.changed).sum()
    }

    /// Parses the bytes of a patch file.
    pub fn parse(bytes: &[u8]) -> Result<Patch> {
        let lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
        let starts_diff = |i: usize| {
            lines[i].starts_with(b"diff --git ")
                || (lines[i].starts_with(b"--- ") && lines.get(i + 1).is_some_and(|l| l.starts_with(b"+++ ")))
        };
        let first = (0..lines.len()).find(|i| starts_diff(*i)).context("there is no diff in it")?;
        let header = String::from_utf8_lossy(&lines[..first].concat()).into_owned();
        let mut files: Vec<FileDiff> = Vec::new();
        let mut i = first;
        while i < lines.len() {
            let line = lines[i];
            if line.starts_with(b"--- ") && lines.get(i + 1).is_some_and(|l| l.starts_with(b"+++ ")) {
                let (old, new) = (path_of(line)?, path_of(lines[i + 1])?);
                ensure!(old.is_some() || new.is_some(), "line {}: from nothing to nothing", i + 1);
                files.push(FileDiff { old, new, hunks: Vec::new() });
                i += 2;
            } else if line.starts_with(b"@@ ") {
                let Some(file) = files.last_mut() else { bail!("line {}: a hunk without a file", i + 1) };
                let (hunk, next) = parse_hunk(&lines, i)?;
                file.hunks.push(hunk);
                i = next;
            } else if line.starts_with(b"GIT binary patch") || line.starts_with(b"rename ") {
                bail!("line {}: binary changes and renames are not supported", i + 1);
            } else {
                i += 1;
            }
        }
        ensure!(files.iter().all(|f| !f.hunks.is_empty()), "a file in it has no hunks");
        Ok(Patch { header, files })
    }

    /// Applies the patch to files read with `read`; returns each file's new content, `None` for a deleted
    /// one.
    pub fn apply(&self, read: impl Fn(&Path) -> Result<Option<Vec<u8>>>) -> Result<Changes> {
        let mut changes = Changes::new();
        for file in &self.files {
            let source = file.old.as_ref().or(file.new.as_ref()).context("a diff without a path")?;
            let before = match changes.get(source) {
                Some(content) => content.clone(),
                None => read(source)?,
            };
            let before = match (&file.old, before) {
                (Some(_), Some(content)) => content,
                (Some(path), None) => bail!("{} does not exist", path.display()),
                (None, None) => Vec::new(),
                (None, Some(_)) => bail!("{} exists already", source.display()),
            };
            let after = file.apply_to(&before).with_context(|| source.display().to_string())?;
            match &file.new {
                Some(path) => changes.insert(path.clone(), Some(after)),
                None => {
                    ensure!(after.is_empty(), "{}: deleted, yet something is left", source.display());
                    changes.insert(source.clone(), None)
                }
            };
        }
        Ok(changes)
    }
}

/// New contents by path; `None` is a deleted file.
pub type Changes = BTreeMap<PathBuf, Option<Vec<u8>>>;

impl FileDiff {
    fn apply_to(&self, before: &[u8]) -> Result<Vec<u8>> {
        let lines: Vec<&[u8]> = before.split_inclusive(|b| *b == b'\n').collect();
        let mut after = Vec::with_capacity(before.len() + 1024);
        let mut done = 0;
        for (number, hunk) in self.hunks.iter().enumerate() {
            // An insertion into nothing says line 0; otherwise lines count from 1.
            let start = if hunk.old.is_empty() { hunk.old_start } else { hunk.old_start.saturating_sub(1) };
            let place = || format!("hunk {} (line {} of the patch)", number + 1, hunk.at);
            ensure!(start >= done, "{}: out of order", place());
            for (k, wanted) in hunk.old.iter().enumerate() {
                let found = lines.get(start + k).copied().unwrap_or(b"");
                if found != wanted.as_slice() {
                    bail!(
                        "{} does not apply: line {} should be\n    {}\n  but is\n    {}{}",
                        place(),
                        start + k + 1,
                        shown(wanted),
                        shown(found),
                        elsewhere(&lines, &hunk.old, start)
                    );
                }
            }
            for line in lines.get(done..start).context("the hunk lies beyond the end of the file")? {
                after.extend_from_slice(line);
            }
            for line in &hunk.new {
                after.extend_from_slice(line);
            }
            done = start + hunk.old.len();
        }
        for line in lines.get(done..).unwrap_or(&[]) {
            after.extend_from_slice(line);
        }
        Ok(after)
    }
}

fn shown(line: &[u8]) -> String {
    if line.is_empty() {
        "(the end of the file)".into()
    } else {
        String::from_utf8_lossy(line).trim_end().into()
    }
}

/// A hint for the author: where the hunk would apply, when it is only shifted.
fn elsewhere(lines: &[&[u8]], old: &[Vec<u8>], expected: usize) -> String {
    if old.is_empty() || lines.len() < old.len() {
        return String::new();
    }
    let found = (0..=lines.len() - old.len())
        .filter(|at| old.iter().zip(&lines[*at..]).all(|(a, b)| a.as_slice() == *b))
        .min_by_key(|at| at.abs_diff(expected));
    match found {
        Some(at) => format!("\n  (it would apply at line {}: regenerate the series)", at + 1),
        None => String::new(),
    }
}

fn parse_hunk(lines: &[&[u8]], at: usize) -> Result<(Hunk, usize)> {
    let head = String::from_utf8_lossy(lines[at]).into_owned();
    let bad = || format!("line {}: not a hunk header: {}", at + 1, head.trim_end());
    let mut words = head.split(' ').skip(1);
    let mut range = |sign: char| -> Option<(usize, usize)> {
        let text = words.next()?.strip_prefix(sign)?;
        match text.split_once(',') {
            Some((start, count)) => Some((start.parse().ok()?, count.parse().ok()?)),
            None => Some((text.parse().ok()?, 1)),
        }
    };
    let (old_start, old_count) = range('-').with_context(bad)?;
    let (_, new_count) = range('+').with_context(bad)?;
    let mut hunk = Hunk { at: at + 1, old_start, old: Vec::new(), new: Vec::new(), changed: 0 };
    let mut i = at + 1;
    let mut last = b' ';
    while i < lines.len() {
        let line = lines[i];
        let complete = hunk.old.len() == old_count && hunk.new.len() == new_count;
        if line.starts_with(b"\\") {
            // "\ No newline at end of file" speaks about the line before it.
            let trim = |v: &mut Vec<Vec<u8>>| {
                if let Some(l) = v.last_mut() {
                    l.pop_if(|b| *b == b'\n');
                }
            };
            if last != b'+' {
                trim(&mut hunk.old);
            }
            if last != b'-' {
                trim(&mut hunk.new);
            }
            i += 1;
            continue;
        }
        if complete {
            break;
        }
        // Some editors strip the only blank of an empty context line.
        let (mark, text) = if line == b"\n" { (b' ', line) } else { (line[0], &line[1..]) };
        match mark {
            b' ' => {
                hunk.old.push(text.to_vec());
                hunk.new.push(text.to_vec());
            }
            b'-' => {
                hunk.old.push(text.to_vec());
                hunk.changed += 1;
            }
            b'+' => {
                hunk.new.push(text.to_vec());
                hunk.changed += 1;
            }
            _ => break,
        }
        last = mark;
        i += 1;
    }
    ensure!(
        hunk.old.len() == old_count && hunk.new.len() == new_count,
        "line {}: the hunk has {} old and {} new lines, its header says {old_count} and {new_count}",
        at + 1,
        hunk.old.len(),
        hunk.new.len()
    );
    Ok((hunk, i))
}

fn path_of(line: &[u8]) -> Result<Option<PathBuf>> {
    let text = String::from_utf8_lossy(&line[4..]).into_owned();
    let text = text.split('\t').next().unwrap_or("").trim_end();
    if text == "/dev/null" {
        return Ok(None);
    }
    let mut parts = Path::new(text).components();
    parts.next();
    let path = parts.as_path().to_path_buf();
    let inside = path.components().all(|c| matches!(c, Component::Normal(_)));
    ensure!(inside && !path.as_os_str().is_empty(), "`{text}` is not a path like a/Python/ceval.c");
    Ok(Some(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str = "Add the hook\n\nBecause a JIT needs one.\n---\n\
        diff --git a/x.c b/x.c\nindex 1..2 100644\n--- a/x.c\n+++ b/x.c\n\
        @@ -1,3 +1,4 @@ int f\n one\n-two\n+zwei\n+drei\n three\n\
        diff --git a/n.c b/n.c\nnew file mode 100644\n--- /dev/null\n+++ b/n.c\n@@ -0,0 +1 @@\n+new\n";

    fn apply(patch: &str, file: &str) -> Result<Changes> {
        Patch::parse(patch.as_bytes())?
            .apply(|p| Ok((p == Path::new("x.c")).then(|| file.as_bytes().to_vec())))
    }

    #[test]
    fn header_and_files() {
        let p = Patch::parse(PATCH.as_bytes()).expect("parses");
        assert_eq!(p.subject(), "Add the hook");
        assert!(p.header.contains("Because a JIT needs one."));
        assert_eq!(p.files.len(), 2);
        assert_eq!(p.changed_lines(), 4);
        assert!(Patch::parse(b"no diff").is_err());
    }

    #[test]
    fn applies_exactly() {
        let changes = apply(PATCH, "one\ntwo\nthree\nfour\n").expect("applies");
        assert_eq!(changes[Path::new("x.c")].as_deref(), Some(&b"one\nzwei\ndrei\nthree\nfour\n"[..]));
        assert_eq!(changes[Path::new("n.c")].as_deref(), Some(&b"new\n"[..]));
    }

    #[test]
    fn an_offset_is_an_error_with_a_hint() {
        let error = apply(PATCH, "zero\none\ntwo\nthree\n").expect_err("shifted");
        assert!(format!("{error:#}").contains("would apply at line 2"), "{error:#}");
    }

    #[test]
    fn a_different_context_is_an_error() {
        let error = apply(PATCH, "one\ntwo!\nthree\n").expect_err("differs");
        assert!(format!("{error:#}").contains("two!"), "{error:#}");
    }

    #[test]
    fn wrong_counts_are_an_error() {
        assert!(Patch::parse(PATCH.replace("-1,3", "-1,4").as_bytes()).is_err());
    }

    #[test]
    fn missing_newline_at_the_end() {
        let patch = "h\n--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n";
        let changes = apply(patch, "a").expect("applies");
        assert_eq!(changes[Path::new("x.c")].as_deref(), Some(&b"b\n"[..]));
    }

    #[test]
    fn paths_stay_inside() {
        assert!(path_of(b"--- a/../../etc/passwd\n").is_err());
        assert_eq!(path_of(b"--- /dev/null\n").expect("none"), None);
    }
}
