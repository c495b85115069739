//! Shared libraries of this machine that others may lack: copied beside the standard library, and looked for
//! there.

use super::binaries::{self, Needs};
use super::tool;
use anyhow::{Context, Result};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What every system has: the parts of the C library. Their versions only become more.
pub const SYSTEM: &[&str] = &[
    "ld-linux-x86-64.so.2",
    "libc.so.6",
    "libdl.so.2",
    "libm.so.6",
    "libpthread.so.0",
    "libresolv.so.2",
    "librt.so.1",
    "libutil.so.1",
];

/// An extension module that uses the Tk of the system, where there is one: Tk comes with scripts, fonts and
/// half of X11.
pub const OUTSIDER: &str = "_tkinter";

/// Whether an object is left as it is.
pub fn is_outsider(object: &Path) -> bool {
    object.file_name().is_some_and(|name| name.to_string_lossy().split('.').next() == Some(OUTSIDER))
}

/// Where they are, below the prefix: no linker looks there by itself.
pub const FOLDER: &str = "lib/bundled";

/// One of them.
#[derive(Serialize, Clone, Debug)]
pub struct Bundled {
    /// Its file name.
    pub name: String,
    /// The package of this machine that it is from, with its version; nothing where nobody knows.
    pub package: String,
}

/// Copies what the objects of a tree need, and what that needs, and tells all of them where it is.
pub fn bundle(tree: &Path) -> Result<Vec<Bundled>> {
    let folder = tree.join(FOLDER);
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut found: BTreeMap<String, PathBuf> = BTreeMap::new();
    for object in binaries::objects(tree)? {
        if is_outsider(&object) || Needs::of(&object)?.libraries.iter().all(|name| is_system(name)) {
            continue;
        }
        found.extend(resolved(&object)?);
        let up = object.strip_prefix(tree).map(|inside| inside.components().count() - 1).unwrap_or_default();
        set_path(&object, &format!("$ORIGIN/{}{FOLDER}", "../".repeat(up)))?;
    }
    let mut bundled = Vec::new();
    for (name, path) in found {
        let copy = folder.join(&name);
        let real = std::fs::canonicalize(&path).with_context(|| format!("cannot find {}", path.display()))?;
        std::fs::copy(&real, &copy).with_context(|| format!("cannot create {}", copy.display()))?;
        set_path(&copy, "$ORIGIN")?;
        bundled.push(Bundled { name, package: package(&real).unwrap_or_default() });
    }
    Ok(bundled)
}

fn is_system(name: &str) -> bool {
    SYSTEM.contains(&name)
}

/// Libraries that an object is loaded with, those of libraries included, and where they are. The objects are
/// ours.
fn resolved(object: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let said = tool::run(Command::new("ldd").arg(object))?;
    let line = |line: &str| {
        let (name, path) = line.trim().split_once(" => ")?;
        let path = path.rsplit_once(" (")?.0;
        (!is_system(name)).then(|| (name.to_string(), PathBuf::from(path)))
    };
    Ok(said.lines().filter_map(line).collect())
}

fn set_path(object: &Path, path: &str) -> Result<()> {
    tool::run(Command::new("patchelf").args(["--set-rpath", path]).arg(object))?;
    Ok(())
}

/// The Debian package of a file, and its version.
fn package(path: &Path) -> Option<String> {
    let owner = [path.to_path_buf(), Path::new("/usr").join(path.strip_prefix("/").ok()?)]
        .iter()
        .chain([&PathBuf::from("/").join(path.strip_prefix("/usr").unwrap_or(path))])
        .find_map(|path| tool::run(Command::new("dpkg").arg("-S").arg(path)).ok())?;
    let name = owner.split(": ").next()?.split(':').next()?.to_string();
    let version = tool::run(Command::new("dpkg-query").args(["-W", "-f", "${Version}"]).arg(&name)).ok()?;
    Some(format!("{name} {version}"))
}
