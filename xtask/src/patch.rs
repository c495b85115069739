//! `patch`: proves that every series applies exactly, opens a series for editing, regenerates it from the
//! edits.

use crate::diff::Patch;
use crate::dirs::{Dirs, remove_tree, write_atomically};
use crate::fetch::{self, Wishes};
use crate::plan::Common;
use crate::series::{self, Member};
use crate::versions::{Release, Table};
use crate::{cpython, git_source};
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The options of `patch`.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false, args = ["check", "edit", "refresh"])]
pub struct Args {
    /// Check that every series applies to pristine sources with no fuzz and no offset
    #[arg(long)]
    check: bool,
    /// Lay out a version as a git repository with one commit for each patch, to edit there
    #[arg(long, value_name = "VERSION")]
    edit: Option<String>,
    /// Regenerate a version's series from the commits of that repository
    #[arg(long, value_name = "VERSION")]
    refresh: Option<String>,
    #[command(flatten)]
    common: Common,
}

/// Runs the verb.
pub fn run(dirs: &Dirs, args: &Args) -> Result<()> {
    let table = Table::load(dirs)?;
    let wishes = args.common.wishes();
    let one = |name: &String| -> Result<Release> {
        match table.select(std::slice::from_ref(name))?[..] {
            [release] => Ok(release.clone()),
            _ => bail!("one version at a time"),
        }
    };
    if let Some(name) = &args.edit {
        return edit(dirs, &one(name)?, &wishes);
    }
    if let Some(name) = &args.refresh {
        return refresh(dirs, &one(name)?, &wishes);
    }
    let mut failed = 0;
    for release in table.all() {
        match check(dirs, release, &wishes) {
            Ok(series) => {
                println!("{}: {} patches apply exactly", release.version, series.len());
                for line in series {
                    println!("  {line}");
                }
            }
            Err(e) => {
                println!("{}: {e:#}", release.version);
                failed += 1;
            }
        }
    }
    ensure!(failed == 0, "{failed} of {} series could not be shown to apply", table.all().len());
    Ok(())
}

/// Checks one series against the pristine source; returns a line about each patch.
pub fn check(dirs: &Dirs, release: &Release, wishes: &Wishes) -> Result<Vec<String>> {
    let series = series::load(dirs, release)?;
    let archive = fetch::source(dirs, release, wishes)?;
    check_against(&series, &archive)?;
    let line = |m: &Member| {
        let patch = m.parse()?;
        let subject = patch.subject().trim_start_matches("Subject: ").to_string();
        Ok(format!("{:40} {:4} changed lines: {subject}", m.name(), patch.changed_lines()))
    };
    series.iter().map(line).collect()
}

fn check_against(series: &[Member], archive: &Path) -> Result<()> {
    let mut wanted: BTreeMap<PathBuf, Option<Vec<u8>>> = BTreeMap::new();
    let parsed: Vec<(&Member, Patch)> =
        series.iter().map(|m| Ok((m, m.parse()?))).collect::<Result<Vec<_>>>()?;
    for (_, patch) in &parsed {
        for file in &patch.files {
            wanted.extend(file.old.iter().chain(&file.new).map(|p| (p.clone(), None)));
        }
    }
    cpython::read_files(archive, &mut wanted)?;
    for (member, patch) in parsed {
        let changes = patch
            .apply(|path| Ok(wanted.get(path).cloned().flatten()))
            .with_context(|| format!("{} does not apply", member.name()))?;
        wanted.extend(changes);
    }
    Ok(())
}

fn edit_tree(dirs: &Dirs, release: &Release) -> PathBuf {
    dirs.target.join("edit").join(release.version.to_string())
}

/// The trailer that remembers which file a commit came from.
const TRAILER: &str = "Patch-File: ";
const PRISTINE: &str = "pristine";

fn git(tree: &Path, args: &[&str]) -> Result<String> {
    let mut all =
        vec!["-c", "user.name=xtask", "-c", "user.email=xtask@localhost", "-c", "core.autocrlf=false"];
    all.extend(args);
    git_source::read(tree, &all)
}

fn commit(tree: &Path, message: &str) -> Result<()> {
    git(tree, &["add", "--all", "--force", "."])?;
    git(tree, &["commit", "--quiet", "--no-verify", "--allow-empty", "--cleanup=verbatim", "-m", message])?;
    Ok(())
}

fn edit(dirs: &Dirs, release: &Release, wishes: &Wishes) -> Result<()> {
    let tree = edit_tree(dirs, release);
    ensure!(
        !tree.exists(),
        "{} is there already, perhaps with your edits; move it away to start anew",
        tree.display()
    );
    let archive = fetch::source(dirs, release, wishes)?;
    let partial = tree.with_extension("partial");
    remove_tree(&partial)?;
    cpython::unpack(&archive, &partial)?;
    git(&partial, &["init", "--quiet"])?;
    commit(&partial, &format!("CPython {}\n", release.version))?;
    git(&partial, &["tag", PRISTINE])?;
    for member in series::load(dirs, release)? {
        series::apply(std::slice::from_ref(&member), &partial)?;
        commit(&partial, &format!("{}\n\n{TRAILER}{}\n", member.parse()?.header.trim_end(), member.name()))?;
    }
    std::fs::rename(&partial, &tree).with_context(|| format!("cannot create {}", tree.display()))?;
    println!("{}", tree.display());
    eprintln!(
        "  one commit per patch: edit, `git commit --fixup=…`, `git rebase -i --autosquash {PRISTINE}`, then\n  \
         cargo xtask patch --refresh {}",
        release.version
    );
    Ok(())
}

fn refresh(dirs: &Dirs, release: &Release, wishes: &Wishes) -> Result<()> {
    let tree = edit_tree(dirs, release);
    ensure!(
        tree.join(".git").exists(),
        "{} is not there; make it with `cargo xtask patch --edit {}`",
        tree.display(),
        release.version
    );
    let dirty = git(&tree, &["status", "--porcelain", "--untracked-files=no"])?;
    ensure!(
        dirty.trim().is_empty(),
        "{} has changes in no commit; commit them to the patch they belong to:\n{}",
        tree.display(),
        dirty.trim_end()
    );
    let list = git(&tree, &["rev-list", "--reverse", &format!("{PRISTINE}..HEAD")])?;
    let folder = dirs.patches().join(&release.series);
    let mut members = Vec::new();
    let mut number = 0;
    for id in list.lines() {
        let message = git(&tree, &["log", "-1", "--format=%B", id])?;
        let range = format!("{id}^..{id}");
        let diff = git(&tree, &["diff", "--no-color", "--no-renames", "--no-ext-diff", "-U3", &range])?;
        let (name, header);
        (number, name, header) = split_message(number, &message);
        let bytes = format!("{header}\n\n{}", bare(&diff)).into_bytes();
        members.push(Member { path: folder.join(name), bytes });
    }
    check_against(&members, &fetch::source(dirs, release, wishes)?)?;
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for old in series::load(dirs, release)? {
        if !members.iter().any(|m| m.path == old.path) {
            std::fs::remove_file(&old.path)
                .with_context(|| format!("cannot remove {}", old.path.display()))?;
            println!("removed {}", old.name());
        }
    }
    for member in &members {
        if std::fs::read(&member.path).is_ok_and(|found| same_but_headings(&found, &member.bytes)) {
            continue;
        }
        write_atomically(&member.path, &member.bytes)?;
        println!("wrote   {}", member.name());
    }
    println!("{}: {} patches apply exactly", release.version, members.len());
    Ok(())
}

/// The number, file name and header that a commit message stands for, after the patch with number `previous`.
/// A patch keeps its number while the order of the commits allows it.
fn split_message(previous: usize, message: &str) -> (usize, String, String) {
    let file = message.lines().rev().find_map(|l| l.strip_prefix(TRAILER)).and_then(|f| f.split_once('-'));
    let header: Vec<&str> = message.lines().filter(|l| !l.starts_with(TRAILER)).collect();
    let header = header.join("\n").trim_end().to_string();
    let kept = file.and_then(|(number, _)| number.parse().ok()).filter(|n| *n > previous);
    let number = kept.unwrap_or(previous + 1);
    let purpose = match file {
        Some((_, purpose)) => purpose.trim().to_string(),
        None => format!("{}.patch", slug(header.lines().next().unwrap_or("change"))),
    };
    (number, format!("{number:04}-{purpose}"), header)
}

fn slug(subject: &str) -> String {
    let subject = subject.strip_prefix("Subject: ").unwrap_or(subject).to_lowercase();
    let words: Vec<&str> =
        subject.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).take(5).collect();
    words.join("-")
}

/// A diff without the lines that only git needs, which change when nothing of interest does.
fn bare(diff: &str) -> String {
    let mut text = String::new();
    let mut in_hunk = false;
    for line in diff.split_inclusive('\n') {
        if line.starts_with("diff --git ") {
            in_hunk = false;
        } else if line.starts_with("@@ ") {
            in_hunk = true;
        }
        if in_hunk || line.starts_with("--- ") || line.starts_with("+++ ") {
            text.push_str(line);
        }
    }
    text
}

/// Whether two patches differ at most in what stands behind the line numbers of a hunk: a name of the
/// function around it, which every version of git and diff chooses and cuts short in its own way.
fn same_but_headings(a: &[u8], b: &[u8]) -> bool {
    let lines = |bytes: &[u8]| -> Vec<String> {
        let text = String::from_utf8_lossy(bytes);
        let bare = |line: &str| match line.strip_prefix("@@ ").and_then(|l| l.split_once(" @@")) {
            Some((numbers, _)) => numbers.to_string(),
            None => line.to_string(),
        };
        text.split('\n').map(bare).collect()
    };
    lines(a) == lines(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_the_trailer_or_the_subject() {
        let message = "Subject: Add x\n\nWhy.\n\nPatch-File: 0010-eval-hook.patch\n\n";
        let (number, name, header) = split_message(3, message);
        assert_eq!((number, name.as_str()), (10, "0010-eval-hook.patch"));
        assert_eq!(header, "Subject: Add x\n\nWhy.");
        assert_eq!(split_message(10, message).1, "0011-eval-hook.patch");
        assert_eq!(
            split_message(11, "Subject: Let the GC see it, always\n").1,
            "0012-let-the-gc-see-it.patch"
        );
    }

    #[test]
    fn headings_of_hunks_do_not_count() {
        let patch =
            |heading: &str, line: &str| format!("--- a/f\n+++ b/f\n@@ -1 +1 @@{heading}\n-a\n+{line}\n");
        let same = |a: &str, b: &str| same_but_headings(a.as_bytes(), b.as_bytes());
        assert!(same(&patch("", "b"), &patch(" int main(void)", "b")));
        assert!(!same(&patch("", "b"), &patch("", "@@ b")));
        assert!(!same(&patch("", "b"), &patch("", "b ")));
    }

    #[test]
    fn only_hunks_and_names_are_kept() {
        let diff = "diff --git a/f b/f\nnew file mode 100644\nindex 1..2\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+index x\n";
        assert_eq!(bare(diff), "--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+index x\n");
    }
}
