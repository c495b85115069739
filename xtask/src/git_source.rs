//! Makes a source archive out of a git copy of CPython, whose release tag must name the pinned commit.

use crate::dirs::{Dirs, remove_tree, write_atomically};
use crate::hash;
use crate::step::Step;
use crate::versions::Release;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where the archive made from a git copy is kept.
pub fn cache_path(dirs: &Dirs, release: &Release) -> PathBuf {
    dirs.downloads.join(format!("cpython-{}-git-{}.tar", release.version, &release.git_commit[..12]))
}

/// Checks an archive made earlier against the hash recorded when it was made.
pub fn verify_cached(tar: &Path) -> Result<()> {
    let sidecar = sidecar(tar);
    let expected = std::fs::read_to_string(&sidecar)
        .with_context(|| format!("{} has no recorded hash {}", tar.display(), sidecar.display()))?;
    hash::verify(tar, expected.trim())
}

fn sidecar(tar: &Path) -> PathBuf {
    tar.with_extension("tar.sha256")
}

/// Whether a `--git` value names a place on the network.
fn is_remote(git: &str) -> bool {
    git.contains("://") && !git.starts_with("file://") || (git.contains('@') && git.contains(':'))
}

/// Archives the release out of the repository at `git`, a path or a URL.
pub fn archive(dirs: &Dirs, release: &Release, git: &str, offline: bool) -> Result<PathBuf> {
    let to = cache_path(dirs, release);
    if is_remote(git) || git.starts_with("file://") {
        if offline && is_remote(git) {
            bail!("{git} not tried: --offline");
        }
        let clone = dirs.downloads.join(format!("clone.part-{}", std::process::id()));
        remove_tree(&clone)?;
        let made = clone_tag(git, release, &clone).and_then(|()| archive_local(release, &clone, &to));
        remove_tree(&clone)?;
        made?;
    } else {
        archive_local(release, Path::new(git), &to)?;
    }
    Ok(to)
}

fn git(repository: &Path, args: &[&str]) -> Result<Output> {
    Command::new("git")
        // A copy that lacks objects must not go looking for them, and a copy owned by somebody else is fine:
        // everything is checked against a pinned commit.
        .args(["-c", "safe.directory=*", "-C"])
        .arg(repository)
        .args(args)
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .output()
        .context("cannot start git; install it or use another source")
}

/// Runs git in a repository and returns what it prints.
pub fn read(repository: &Path, args: &[&str]) -> Result<String> {
    let output = git(repository, args)?;
    if !output.status.success() {
        bail!("git {}: {}", args.join(" "), first_line(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn first_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).lines().next().unwrap_or("it said nothing").to_string()
}

fn clone_tag(url: &str, release: &Release, to: &Path) -> Result<()> {
    let step = Step::start(format!("clone {} of {url}", release.git_tag));
    let output = Command::new("git")
        .args(["-c", "http.lowSpeedLimit=500", "-c", "http.lowSpeedTime=20"])
        .args(["clone", "--quiet", "--bare", "--depth", "1", "--branch", &release.git_tag, url])
        .arg(to)
        .env("GIT_TERMINAL_PROMPT", "0")
        .output()
        .context("cannot start git; install it or use another source")?;
    if !output.status.success() {
        step.failed();
        bail!("cannot clone {url}: {}", first_line(&output.stderr));
    }
    step.done();
    Ok(())
}

fn archive_local(release: &Release, repository: &Path, to: &Path) -> Result<()> {
    if !repository.exists() {
        bail!("{} does not exist", repository.display());
    }
    let tag = format!("{}^{{commit}}", release.git_tag);
    let found = git(repository, &["rev-parse", "--verify", &tag])?;
    if !found.status.success() {
        let (path, tag) = (repository.display(), &release.git_tag);
        bail!("{path} has no tag {tag}, or is no git repository: {}", first_line(&found.stderr));
    }
    let commit = String::from_utf8_lossy(&found.stdout);
    if commit.trim() != release.git_commit {
        bail!(
            "the tag {} of {} is not the pinned commit\n  expected {}\n  found    {}",
            release.git_tag,
            repository.display(),
            release.git_commit,
            commit.trim()
        );
    }
    let absent = absent_files(release, repository)?;
    let step = Step::start(format!("archive {} from {}", release.git_tag, repository.display()));
    let part = to.with_extension(format!("part-{}", std::process::id()));
    let part_text = part.to_string_lossy().into_owned();
    let prefix = format!("--prefix=Python-{}/", release.version);
    let excluded: Vec<String> = absent.iter().map(|f| format!(":(exclude){f}")).collect();
    let mut args = vec!["archive", "--format=tar", &prefix, "-o", &part_text, &release.git_commit, "--", "."];
    args.extend(excluded.iter().map(String::as_str));
    let kept = read(repository, &args).and_then(|_| {
        write_atomically(&sidecar(to), hash::file(&part)?)?;
        std::fs::rename(&part, to).with_context(|| format!("cannot move the archive to {}", to.display()))
    });
    if kept.is_err() {
        step.failed();
        // An incomplete archive is not kept.
        let _ = std::fs::remove_file(&part);
    } else {
        step.done();
    }
    kept
}

/// Files of the release whose content the repository lacks; an error unless the build can do without them.
fn absent_files(release: &Release, repository: &Path) -> Result<Vec<String>> {
    let tree = read(repository, &["ls-tree", "-r", "-z", &release.git_commit])?;
    let missing = {
        let args = ["rev-list", "--objects", "--missing=print", "--no-walk", &release.git_commit];
        let listed = read(repository, &args)?;
        listed.lines().filter_map(|l| l.strip_prefix('?')).map(str::to_string).collect::<Vec<_>>()
    };
    let absent = paths_of(&tree, &missing);
    let needed: Vec<&String> = absent.iter().filter(|f| !release.git_absent.contains(f)).collect();
    if !needed.is_empty() {
        let some: Vec<&str> = needed.iter().take(5).map(|s| s.as_str()).collect();
        bail!(
            "{} lacks the content of {} files that the build needs, such as {}",
            repository.display(),
            needed.len(),
            some.join(", ")
        );
    }
    Ok(absent)
}

/// The paths in the output of `git ls-tree -r -z` whose object is one of `missing`.
fn paths_of(tree: &str, missing: &[String]) -> Vec<String> {
    tree.split('\0')
        .filter_map(|entry| entry.split_once('\t'))
        .filter(|(meta, _)| meta.split(' ').nth(2).is_some_and(|id| missing.iter().any(|m| m == id)))
        .map(|(_, path)| path.to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remote_or_not() {
        assert!(is_remote("https://example.org/cpython.git"));
        assert!(is_remote("git@example.org:cpython.git"));
        assert!(!is_remote("/srv/cpython.git"));
        assert!(!is_remote("file:///srv/cpython.git"));
    }

    #[test]
    fn missing_objects_become_paths() {
        let tree = "100644 blob aaa\tMisc/a b.txt\x00100755 blob bbb\tconfigure\x00";
        assert_eq!(paths_of(tree, &["aaa".into()]), ["Misc/a b.txt"]);
        assert!(paths_of(tree, &[]).is_empty());
    }
}
