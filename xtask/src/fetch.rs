//! Obtains the pristine source of a CPython: several places are tried in turn, nothing unverified is kept.

use crate::dirs::Dirs;
use crate::versions::Release;
use crate::{git_source, hash, net};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// Where else sources may come from, as asked for on the command line.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// No network at all.
    pub offline: bool,
    /// Use exactly this archive.
    pub archive: Option<PathBuf>,
    /// A git copy of CPython: a path or a URL.
    pub git: Option<String>,
    /// The root of python.org's archive or of a mirror of it.
    pub mirror: String,
}

/// The archive named by `--archive`, if there is one; an error unless it is upstream's.
pub fn named_archive(release: &Release, wishes: &Wishes) -> Result<Option<PathBuf>> {
    let Some(archive) = &wishes.archive else { return Ok(None) };
    let found =
        hash::file(archive).context("what to do: name an archive that is there, or none (--archive)")?;
    if found != release.sha256 {
        bail!(
            "{} is not upstream's {}, and was left as it is: wrong SHA-256\n  expected {}\n  found    {found}\n\
             what to do: get the archive as upstream published it, or name none (--archive): it is then fetched",
            archive.display(),
            release.archive_name(),
            release.sha256
        );
    }
    Ok(Some(archive.clone()))
}

/// Upstream's archive.
pub const PYTHON_ORG: &str = "https://www.python.org/ftp/python";

/// One place to get a source from.
struct Source<'a> {
    name: String,
    get: Box<dyn FnOnce() -> Result<PathBuf> + 'a>,
}

/// Returns a verified archive (`.tgz` or, from a git copy, `.tar`) of the release, fetching it if need be.
pub fn source(dirs: &Dirs, release: &Release, wishes: &Wishes) -> Result<PathBuf> {
    if let Some(archive) = named_archive(release, wishes)? {
        return Ok(archive);
    }
    std::fs::create_dir_all(&dirs.downloads)
        .with_context(|| format!("cannot create {}", dirs.downloads.display()))?;
    let cached = dirs.downloads.join(release.archive_name());
    let from_git = git_source::cache_path(dirs, release);
    let mut sources = vec![Source {
        name: format!("local cache {}", cached.display()),
        get: {
            let (cached, from_git) = (cached.clone(), from_git.clone());
            Box::new(move || from_cache(&cached, &from_git, release))
        },
    }];
    let url =
        format!("{}/{}/{}", wishes.mirror.trim_end_matches('/'), release.version, release.archive_name());
    sources.push(Source {
        name: url.clone(),
        get: online(wishes, move || {
            keep(&cached_path(dirs, release), &release.sha256, |part| net::download(&url, part))
        }),
    });
    sources.push(Source {
        name: "the mirror of this machine's apt".into(),
        get: online(wishes, || from_apt(dirs, release)),
    });
    sources.push(Source {
        name: "a git copy of CPython".into(),
        get: Box::new(move || {
            let Some(git) = &wishes.git else { bail!("none was named") };
            git_source::archive(dirs, release, git, wishes.offline)
        }),
    });
    first_that_works(&format!("CPython {}", release.version), sources).map_err(|e| {
        let advice = format!(
            "what to do: check the network; or\n  - get {} elsewhere and pass it with --archive, or put it into {}\n  \
             - name a git clone of CPython with --git or PYJION_CPYTHON_GIT",
            release.archive_name(),
            dirs.downloads.display()
        );
        anyhow::Error::new(NoSource(format!("{e}\n{advice}")))
    })
}

/// Every place that a source could come from failed; the text lists them.
#[derive(Debug)]
pub struct NoSource(String);

impl std::fmt::Display for NoSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoSource {}

fn cached_path(dirs: &Dirs, release: &Release) -> PathBuf {
    dirs.downloads.join(release.archive_name())
}

fn online<'a>(
    wishes: &Wishes,
    get: impl FnOnce() -> Result<PathBuf> + 'a,
) -> Box<dyn FnOnce() -> Result<PathBuf> + 'a> {
    if wishes.offline { Box::new(|| bail!("not tried: --offline")) } else { Box::new(get) }
}

/// Reasons that are of no interest while another source may still work.
const QUIET: &[&str] = &["not there", "not tried: --offline", "none was named"];

fn first_that_works(what: &str, sources: Vec<Source<'_>>) -> Result<PathBuf> {
    let mut reasons = String::new();
    for source in sources {
        match (source.get)() {
            Ok(path) => return Ok(path),
            Err(e) => {
                let reason = format!("{e:#}").replace('\n', "\n    ");
                // Said at once too: a later source may work, and this one be worth a look all the same.
                if !QUIET.contains(&reason.as_str()) {
                    eprintln!("  not from {}: {reason}", source.name);
                }
                reasons.push_str(&format!("\n  - {}: {reason}", source.name));
            }
        }
    }
    bail!("no source for {what} worked:{reasons}")
}

fn from_cache(tgz: &Path, tar: &Path, release: &Release) -> Result<PathBuf> {
    if !tgz.exists() {
        if tar.exists() {
            git_source::verify_cached(tar)?;
            return Ok(tar.to_path_buf());
        }
        bail!("not there");
    }
    hash::verify(tgz, &release.sha256)?;
    Ok(tgz.to_path_buf())
}

/// Fetches into a temporary file beside `to` and renames it only when its hash is right.
fn keep(to: &Path, sha256: &str, get: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let part = to.with_extension(format!("part-{}", std::process::id()));
    let result = get(&part).and_then(|()| hash::verify(&part, sha256)).and_then(|()| {
        if to.exists() {
            // It was refused, but it is the user's.
            std::fs::rename(to, to.with_extension("tgz.refused"))?;
        }
        std::fs::rename(&part, to).with_context(|| format!("cannot move the download to {}", to.display()))
    });
    if result.is_err() {
        // What is not verified is not kept; it may not even exist.
        let _ = std::fs::remove_file(&part);
    }
    result.map(|()| to.to_path_buf())
}

fn from_apt(dirs: &Dirs, release: &Release) -> Result<PathBuf> {
    let Some(path) = &release.debian else { bail!("no distribution carries {}", release.version) };
    let repositories = net::apt_repositories();
    if repositories.is_empty() {
        bail!("this machine has no apt, or apt has no repository");
    }
    let mut reasons = Vec::new();
    for repository in repositories {
        let url = format!("{}/{path}", repository.trim_end_matches('/'));
        let kept = keep(&cached_path(dirs, release), &release.sha256, |part| {
            net::apt_download(&url, part, &release.sha256)
        });
        match kept {
            Ok(path) => return Ok(path),
            Err(e) => reasons.push(format!("{repository}: {e:#}")),
        }
    }
    bail!("{}", reasons.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing(name: &str) -> Source<'static> {
        let name = name.to_string();
        let reason = format!("{name} is down");
        Source { name, get: Box::new(move || bail!(reason)) }
    }

    #[test]
    fn falls_through_to_the_first_that_works() {
        let good = Source { name: "good".into(), get: Box::new(|| Ok("x.tgz".into())) };
        let never = Source { name: "never".into(), get: Box::new(|| panic!("tried after a success")) };
        let found = first_that_works("it", vec![failing("a"), failing("b"), good, never]);
        assert_eq!(found.expect("found"), PathBuf::from("x.tgz"));
    }

    #[test]
    fn a_named_archive_is_verified() {
        let table = include_str!("../../cpython-patches/versions.toml");
        let table = crate::versions::Table::parse(table).expect("the table parses");
        let release = &table.all()[0];
        let bad = std::env::temp_dir().join(format!("xtask-archive-{}", std::process::id()));
        std::fs::write(&bad, b"abc").expect("a temporary file");
        let wishes = Wishes { archive: Some(bad.clone()), ..Wishes::default() };
        let message = format!("{:#}", named_archive(release, &wishes).expect_err("a wrong archive"));
        let found = hash::file(&bad).expect("hash");
        assert!(message.contains(&release.sha256) && message.contains(&found), "{message}");
        assert!(named_archive(release, &Wishes::default()).expect("none named").is_none());
        std::fs::remove_file(&bad).expect("left as it is");
    }

    #[test]
    fn every_reason_is_listed() {
        let error = first_that_works("it", vec![failing("a"), failing("b")]).expect_err("none works");
        let text = error.to_string();
        assert!(text.contains("a is down") && text.contains("b is down"), "{text}");
    }

    #[test]
    fn a_corrupt_download_is_not_kept() {
        let dir = std::env::temp_dir().join(format!("xtask-fetch-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("a temporary directory");
        let to = dir.join("x.tgz");
        std::fs::write(&to, b"the user's").expect("write");
        let result = keep(&to, &"0".repeat(64), |part| Ok(std::fs::write(part, b"corrupt")?));
        assert!(result.is_err());
        assert_eq!(std::fs::read(&to).expect("still there"), b"the user's");
        assert_eq!(std::fs::read_dir(&dir).expect("list").count(), 1);
        std::fs::remove_dir_all(&dir).expect("clean up");
    }
}
