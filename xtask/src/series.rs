//! A patch series: the numbered files of one folder, applied in order to a pristine source tree.

use crate::diff::{Changes, Patch};
use crate::dirs::Dirs;
use crate::hash;
use crate::versions::Release;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// One file of a series.
pub struct Member {
    /// Where it is.
    pub path: PathBuf,
    /// What is in it, byte for byte.
    pub bytes: Vec<u8>,
}

impl Member {
    /// Its file name.
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Its parsed content.
    pub fn parse(&self) -> Result<Patch> {
        Patch::parse(&self.bytes).with_context(|| self.path.display().to_string())
    }
}

/// Whether a file name is `NNNN-purpose.patch`.
pub fn is_patch_name(name: &str) -> bool {
    let Some((number, rest)) = name.split_once('-') else { return false };
    number.len() == 4
        && number.bytes().all(|b| b.is_ascii_digit())
        && rest.ends_with(".patch")
        && rest.len() > 6
}

/// Those that have extension modules build with the libraries of today. Stock has them, too: otherwise it
/// would lack modules, and a comparison would be one of what is imported.
pub fn of_libraries(series: Vec<Member>) -> Vec<Member> {
    series.into_iter().filter(|member| member.name().contains("-openssl-")).collect()
}

/// The series of a release, in order. A file that is not called `NNNN-purpose.patch` is an error, not
/// ignored.
pub fn load(dirs: &Dirs, release: &Release) -> Result<Vec<Member>> {
    let folder = dirs.patches().join(&release.series);
    let mut members = Vec::new();
    let entries = match std::fs::read_dir(&folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(members),
        entries => entries.with_context(|| format!("cannot read {}", folder.display()))?,
    };
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.ends_with(".patch") {
            continue;
        }
        if !is_patch_name(&name) {
            bail!("{} is not named NNNN-purpose.patch", path.display());
        }
        let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        members.push(Member { path, bytes });
    }
    members.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(members)
}

/// A hash over names and contents.
pub fn key(series: &[Member]) -> String {
    let parts: Vec<Vec<u8>> = series.iter().flat_map(|m| [m.name().into_bytes(), m.bytes.clone()]).collect();
    hash::strings(&parts)
}

/// What the whole series does to the tree at `tree`, which is only read.
pub fn combined(series: &[Member], tree: &Path) -> Result<Changes> {
    let mut all = Changes::new();
    for member in series {
        let patch = member.parse()?;
        let changes = patch
            .apply(|path| match all.get(path) {
                Some(content) => Ok(content.clone()),
                None => read_optional(&tree.join(path)),
            })
            .with_context(|| format!("{} does not apply", member.path.display()))?;
        all.extend(changes);
    }
    Ok(all)
}

/// Applies the series to the tree at `tree`. Nothing is written unless all of it applies.
pub fn apply(series: &[Member], tree: &Path) -> Result<()> {
    for (path, content) in combined(series, tree)? {
        let path = tree.join(path);
        let done = match content {
            Some(content) => path
                .parent()
                .map_or(Ok(()), std::fs::create_dir_all)
                .and_then(|()| std::fs::write(&path, content)),
            None => std::fs::remove_file(&path),
        };
        done.with_context(|| format!("cannot patch {}", path.display()))?;
    }
    Ok(())
}

fn read_optional(path: &Path) -> Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e).with_context(|| format!("cannot read {}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert!(is_patch_name("0001-eval-frame-hook.patch"));
        for bad in ["1-x.patch", "0001-.patch", "0001_x.patch", "0001-x.diff", "x.patch"] {
            assert!(!is_patch_name(bad), "{bad}");
        }
    }

    #[test]
    fn a_series_builds_on_itself() {
        let dir = std::env::temp_dir().join(format!("xtask-series-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("a directory");
        std::fs::write(dir.join("f"), "a\n").expect("write");
        let member = |name: &str, old: &str, new: &str| Member {
            path: name.into(),
            bytes: format!("why\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-{old}\n+{new}\n").into_bytes(),
        };
        let good = [member("0001-x.patch", "a", "b"), member("0002-y.patch", "b", "c")];
        let bad = [member("0001-x.patch", "a", "b"), member("0002-y.patch", "a", "c")];
        assert!(apply(&bad, &dir).is_err());
        assert_eq!(std::fs::read(dir.join("f")).expect("read"), b"a\n", "nothing is half patched");
        apply(&good, &dir).expect("applies");
        assert_eq!(std::fs::read(dir.join("f")).expect("read"), b"c\n");
        std::fs::remove_dir_all(&dir).expect("clean up");
    }
}
