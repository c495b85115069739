//! libclang, which reads CPython's headers for the Rust side: obtained with pip into `target`, nothing is
//! installed.

use crate::dirs::Dirs;
use crate::pip::Tool;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

const VERSION: &str = "18.1.1";

/// The wheel with one self-contained library, for this machine's processor.
const WHEEL: Option<Tool> = if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
    wheel("manylinux2010_x86_64", "c533091d8a3bbf7460a00cb6c1a71da93bffe148f172c7d03b1c31fbf8aa2a0b")
} else if cfg!(all(target_os = "linux", target_arch = "aarch64")) {
    wheel("manylinux2014_aarch64", "54dda940a4a0491a9d1532bf071ea3ef26e6dbaf03b5000ed94dd7174e8f9592")
} else {
    None
};

const fn wheel(platform: &'static str, sha256: &'static str) -> Option<Tool> {
    Some(Tool { name: "libclang", version: VERSION, tag: "py2.py3-none", platform, sha256 })
}

fn inside(home: &Path) -> PathBuf {
    home.join(format!("libclang-{VERSION}.data/platlib/clang/native"))
}

/// A libclang that the user named, or that was obtained earlier.
fn present(dirs: &Dirs) -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("LIBCLANG_PATH").filter(|p| !p.is_empty()) {
        return Some(path.into());
    }
    let ours = inside(&WHEEL?.home(dirs));
    ours.join("libclang.so").exists().then_some(ours)
}

/// Whether nothing needs to be downloaded.
pub fn is_at_hand(dirs: &Dirs) -> bool {
    present(dirs).is_some()
}

/// Where libclang is, for `doctor`.
pub fn describe(dirs: &Dirs) -> Option<String> {
    present(dirs).map(|p| p.display().to_string())
}

/// The value for `LIBCLANG_PATH`; downloads the wheel the first time.
pub fn ensure(dirs: &Dirs, offline: bool) -> Result<PathBuf> {
    if let Some(path) = present(dirs) {
        return Ok(path);
    }
    let advice = "set LIBCLANG_PATH to the folder of a libclang.so (Debian: the package libclang-dev)";
    let Some(wheel) = WHEEL else { bail!("no libclang is known for this platform: {advice}") };
    if offline {
        bail!("libclang is not here yet and --offline forbids downloading it: {advice}");
    }
    let home =
        wheel.ensure(dirs).with_context(|| format!("cannot obtain libclang {VERSION} with pip; {advice}"))?;
    Ok(inside(&home))
}
