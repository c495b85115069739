//! Where everything lives: typed paths below the project root and its `target` directory.

use anyhow::{Context, Result, bail};
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// Which interpreter is being built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// Upstream's source and nothing else: the reference for every comparison.
    Stock,
    /// Patched, with the JIT linked in.
    Pyjion,
}

impl Flavour {
    /// The name of the directories this flavour is built in and installed to.
    pub fn name(self) -> &'static str {
        match self {
            Flavour::Stock => "stock",
            Flavour::Pyjion => "pyjion",
        }
    }
}

/// The project root, the target directory and the download cache.
#[derive(Clone, Debug)]
pub struct Dirs {
    /// The root of the checkout.
    pub root: PathBuf,
    /// Everything that is made goes below here.
    pub target: PathBuf,
    /// Pristine archives: never changed after they were verified.
    pub downloads: PathBuf,
}

impl Dirs {
    /// Finds the directories; `PYJION_TARGET` and `PYJION_DOWNLOADS` move them.
    pub fn find() -> Result<Dirs> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = match std::env::var_os("CARGO_MANIFEST_DIR") {
            Some(dir) => PathBuf::from(dir),
            None => manifest.to_path_buf(),
        };
        let Some(root) = root.parent().map(Path::to_path_buf) else {
            bail!("cannot find the project root above {}", root.display());
        };
        let absolute = |var: &str, default: PathBuf| match std::env::var_os(var) {
            Some(dir) if !dir.is_empty() => std::path::absolute(&dir).unwrap_or_else(|_| dir.into()),
            _ => default,
        };
        let target = absolute("PYJION_TARGET", root.join("target"));
        let downloads = absolute("PYJION_DOWNLOADS", target.join("downloads"));
        Ok(Dirs { root, target, downloads })
    }

    /// The folder with `versions.toml` and the patch series.
    pub fn patches(&self) -> PathBuf {
        self.root.join("cpython-patches")
    }

    /// The source and build tree of one flavour of one version.
    pub fn build(&self, flavour: Flavour, version: impl Display, variant: &str) -> PathBuf {
        self.target.join("build").join(flavour.name()).join(format!("{version}{variant}"))
    }

    /// The default install prefix.
    pub fn prefix(&self, flavour: Flavour, version: impl Display, variant: &str) -> PathBuf {
        self.target.join(flavour.name()).join(format!("{version}{variant}"))
    }

    /// Cargo's target directory for the Rust side of one build.
    pub fn embed(&self, version: impl Display, variant: &str) -> PathBuf {
        self.target.join("embed").join(format!("{version}{variant}"))
    }

    /// Full output of configure, make and so on.
    pub fn logs(&self) -> PathBuf {
        self.target.join("logs")
    }

    /// Fails early, and in plain words, when nothing can be written below `target`.
    pub fn check_writable(&self) -> Result<()> {
        check_writable(&self.target, "set PYJION_TARGET to a directory that is")
    }
}

/// Fails unless files can be made in `folder`, which is created; `otherwise` says what else the user can do.
pub fn check_writable(folder: &Path, otherwise: &str) -> Result<()> {
    let probe = folder.join(format!(".writable-{}", std::process::id()));
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, b""))
        .and_then(|()| std::fs::remove_file(&probe));
    if let Err(e) = written {
        bail!("cannot write to {}: {e}\nwhat to do: make it writable, or {otherwise}", folder.display());
    }
    Ok(())
}

/// Removes from `folder` what killed runs left: anything called `NAME.part-PID` whose process is gone.
pub fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let owner = name.rsplit_once(".part-").and_then(|(_, pid)| pid.parse::<u32>().ok());
        if let Some(pid) = owner
            && !Path::new(&format!("/proc/{pid}")).exists()
        {
            // Best effort: a leftover costs space, nothing else.
            let _ = std::fs::remove_file(entry.path()).or_else(|_| std::fs::remove_dir_all(entry.path()));
        }
    }
}

/// Writes a file so that it is either wholly there or not at all.
pub fn write_atomically(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.{}", std::process::id()));
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    }
    std::fs::write(&temporary, content)
        .and_then(|()| std::fs::rename(&temporary, path))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Removes a directory tree; one that is not there is fine.
pub fn remove_tree(path: &Path) -> Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(e).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_leftovers_of_the_dead_are_swept() {
        let folder = std::env::temp_dir().join(format!("xtask-sweep-{}", std::process::id()));
        let living = format!("a.part-{}", std::process::id());
        // Above any limit that Linux puts on process numbers.
        let dead = ["a.part-4194999", "clone.part-4194998"];
        std::fs::create_dir_all(folder.join(dead[1]).join("objects")).expect("a directory");
        for name in [dead[0], &living, "Python-2.7.18.tgz", "a.part-x"] {
            std::fs::write(folder.join(name), b"").expect("a file");
        }
        sweep(&folder);
        for name in dead {
            assert!(!folder.join(name).exists(), "{name}");
        }
        for name in [&living, "Python-2.7.18.tgz", "a.part-x"] {
            assert!(folder.join(name).exists(), "{name}");
        }
        remove_tree(&folder).expect("clean up");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named_with_a_way_out() {
        let file = std::env::temp_dir().join(format!("xtask-writable-{}", std::process::id()));
        std::fs::write(&file, b"").expect("a file");
        let error =
            check_writable(&file.join("x"), "go elsewhere").expect_err("a file in the way").to_string();
        assert!(error.contains("go elsewhere") && error.contains("xtask-writable"), "{error}");
        std::fs::remove_file(&file).expect("clean up");
    }
}
