//! Programs and users of the distribution that tests rest on: there, got, or why they are not.

use crate::dirs::Dirs;
use crate::prereqs;
use anyhow::{Context, Result};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Where a program is, or that it is not there; `package` is Debian's.
pub fn program(dirs: &Dirs, program: &str, package: &str, may_install: bool) -> Result<PathBuf, String> {
    if folder_of(program).is_none() && may_install {
        prereqs::obtain(dirs, program, package);
    }
    folder_of(program).ok_or_else(|| format!("there is no {program} here (of Debian's package {package})"))
}

/// Why another user, as whom a server of root answers, could not use what is in a folder.
pub fn closed(user: &str, folder: &Path) -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        // Then it answers as whoever this is.
        return None;
    }
    if let Err(e) = self::user(user) {
        return Some(format!("{e:#}"));
    }
    let is_open = |folder: &&Path| {
        std::fs::metadata(folder).is_ok_and(|metadata| metadata.permissions().mode() & 0o001 != 0)
    };
    let closed = folder.ancestors().find(|folder| !is_open(folder))?;
    Some(format!("the user {user} may not look into {}", closed.display()))
}

fn folder_of(program: &str) -> Option<PathBuf> {
    // Debian has those of PostgreSQL on no path.
    let clusters = std::fs::read_dir("/usr/lib/postgresql").map(|d| d.flatten().collect::<Vec<_>>());
    let mut folders: Vec<PathBuf> =
        clusters.unwrap_or_default().into_iter().map(|entry| entry.path().join("bin")).collect();
    // The newest first.
    folders.sort();
    folders.reverse();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    folders.into_iter().find(|folder| folder.join(program).is_file())
}

/// The numbers of a user and of its group.
pub fn user(name: &str) -> Result<(u32, u32)> {
    let users = std::fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
    let mut lines = users.lines().filter_map(|line| line.split_once(':'));
    let (_, line) = lines.find(|(user, _)| *user == name).with_context(|| format!("no user {name}"))?;
    let mut fields = line.split(':').skip(1);
    let mut number = || fields.next().and_then(|field| field.parse().ok()).context("a user without number");
    Ok((number()?, number()?))
}
