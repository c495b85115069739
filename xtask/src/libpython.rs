//! Libpython for programs that embed Python: the archive and the shared library, with the JIT inside, and
//! stock's shared library to compare with.

use crate::dirs::write_atomically;
use crate::plan::Plan;
use crate::stamp::Stamps;
use crate::{cpython, hash, link, step};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// What tells the JIT that it was loaded.
const EMBEDDED: &str = include_str!("../../embed/src/embedded.c");

/// Replaces the archives that CPython has installed by those with the JIT.
pub fn archive(plan: &Plan<'_>, cpython_key: &str, embed: &Path) -> Result<()> {
    let stamps = Stamps::of(&plan.tree());
    let key = key(plan, cpython_key, embed)?;
    // CPython has one where linkers look, and one where `python-config` has them look.
    let library = plan.prefix.join("lib").join(plan.library_name());
    if stamps.is_done("archive", &key) && library.exists() {
        return Ok(());
    }
    stamps.begin("archive")?;
    let made = plan.tree().join(format!("pyjion-{}", plan.library_name()));
    make(plan, "pyjion-archive", embed, &made)?;
    put(&made, &library)?;
    let beside = config_folder(plan)?.join(plan.library_name());
    // One file with two names, as it is large.
    match std::fs::remove_file(&beside) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e),
        _ => std::fs::hard_link(&library, &beside),
    }
    .with_context(|| format!("cannot create {}", beside.display()))?;
    std::fs::remove_file(&made).with_context(|| format!("cannot remove {}", made.display()))?;
    stamps.done("archive", &key)
}

/// Builds CPython's objects once more, for a shared library, and installs that: with the JIT where there is a
/// Rust side, otherwise as stock's own Makefile links it.
pub fn shared(plan: &Plan<'_>, embed: Option<&Path>) -> Result<()> {
    let of_library = plan.of_library();
    let cpython_key = cpython::build(&of_library)?;
    let stamps = Stamps::of(&of_library.tree());
    let key = match embed {
        Some(embed) => key(&of_library, &cpython_key, embed)?,
        None => cpython_key,
    };
    let plain = plan.library_name().replace(".a", ".so");
    let versioned = format!("{plain}.1.0");
    let folder = plan.prefix.join("lib");
    if stamps.is_done("link", &key) && folder.join(&versioned).exists() {
        return Ok(());
    }
    stamps.begin("link")?;
    let made = match embed {
        Some(embed) => {
            let made = of_library.tree().join(format!("pyjion-{versioned}"));
            make(&of_library, "pyjion-shared", embed, &made)?;
            made
        }
        None => {
            let mut command = cpython::make_command(&of_library.tree());
            let log = step::fresh_log(plan.log("shared"));
            step::run(&format!("link {versioned} of {}", plan.title()), command.arg(&plain), &log)?;
            of_library.tree().join(&versioned)
        }
    };
    put(&made, &folder.join(&versioned))?;
    symlink(&versioned, &folder.join(&plain))?;
    stamps.done("link", &key)
}

fn key(plan: &Plan<'_>, cpython_key: &str, embed: &Path) -> Result<String> {
    let prefix = plan.prefix.to_string_lossy();
    let embed = hash::file(embed)?;
    let parts = [cpython_key, link::LINK_MK, link::EXPORTS, EMBEDDED, &embed, &prefix];
    Ok(hash::strings(&parts))
}

/// Has CPython's Makefile make something of its objects and the Rust side.
fn make(plan: &Plan<'_>, target: &str, embed: &Path, out: &Path) -> Result<()> {
    let tree = plan.tree();
    write_atomically(&tree.join("pyjion-link.mk"), link::LINK_MK)?;
    write_atomically(&tree.join("pyjion-exports.c"), link::EXPORTS)?;
    write_atomically(&tree.join("pyjion-embedded.c"), EMBEDDED)?;
    let mut command = cpython::make_command(&tree);
    command.args(["-f", "pyjion-link.mk", target]);
    command.arg(format!("PYJION_EMBED={}", embed.display()));
    command.arg(format!("PYJION_OUT={}", out.display()));
    command.args(link::extra(plan));
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let title = format!("link {} for {}", name.trim_start_matches("pyjion-"), plan.title());
    step::run(&title, &mut command, &step::fresh_log(plan.log(target)))
}

/// The folder that `python-config --ldflags` names.
fn config_folder(plan: &Plan<'_>) -> Result<PathBuf> {
    let library = plan.prefix.join("lib").join(format!("python{}", plan.release.version.short()));
    let entries =
        std::fs::read_dir(&library).with_context(|| format!("cannot read {}", library.display()))?;
    let is_config = |path: &PathBuf| {
        path.is_dir() && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("config"))
    };
    let found = entries.flatten().map(|entry| entry.path()).find(is_config);
    found.with_context(|| format!("no config folder in {}", library.display()))
}

/// Copies a file to where others may be using the one before.
fn put(from: &Path, to: &Path) -> Result<()> {
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    let temporary = to.with_file_name(format!(".{name}.{}", std::process::id()));
    std::fs::copy(from, &temporary)
        .and_then(|_| std::fs::rename(&temporary, to))
        .with_context(|| format!("cannot create {}", to.display()))
}

fn symlink(target: &str, at: &Path) -> Result<()> {
    match std::fs::remove_file(at) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e),
        _ => std::os::unix::fs::symlink(target, at),
    }
    .with_context(|| format!("cannot create {}", at.display()))
}
