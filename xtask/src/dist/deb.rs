//! A package for Debian and its kin, with a prefix of its own below `/opt`.

use super::{archive, tree};
use crate::versions::Version;
use crate::{debuggers, manual};
use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Makes the package. Its command is `pyjion-python2.7`: who wants it to be `python2.7` tells
/// `update-alternatives`.
pub fn pack(
    tree: &Path,
    prefix: &Path,
    version: Version,
    glibc: &str,
    out: &Path,
    epoch: u64,
) -> Result<PathBuf> {
    let short = version.short();
    let (release, package) = (env!("CARGO_PKG_VERSION"), format!("pyjion-python{short}"));
    let name = format!("{package}_{version}+{release}_amd64.deb");
    let below = Path::new(".").join(prefix.strip_prefix("/").unwrap_or(prefix));
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    // What a package does not say that it has, dpkg does not make.
    let mut folders = archive::append(&mut tar, tree, &below, epoch)?;
    let page = format!("./usr/share/man/man1/{package}.1");
    for (link, target) in [(format!("./usr/bin/{package}"), "bin/pyjion-python"), (page, manual::PLACE)] {
        add_folder_of(&mut tar, Path::new(&link), &mut folders, epoch)?;
        let mut header = archive::header(epoch, 0o777);
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        tar.append_link(&mut header, &link, prefix.join(target)).context("cannot pack a link")?;
    }
    // Where GDB looks, and trusts what it finds; a link from there would not do, as it is followed first.
    let autoload = Path::new("./usr/share/gdb/auto-load").join(below.strip_prefix(".").unwrap_or(&below));
    let is_extension = |path: &PathBuf| path.to_string_lossy().ends_with(debuggers::SUFFIX);
    for extension in tree::files(tree)?.into_iter().filter(is_extension) {
        let inside = autoload.join(extension.strip_prefix(tree).context("a file outside of its tree")?);
        add_folder_of(&mut tar, &inside, &mut folders, epoch)?;
        let text =
            std::fs::read(&extension).with_context(|| format!("cannot read {}", extension.display()))?;
        let mut header = archive::header(epoch, 0o644);
        header.set_size(text.len() as u64);
        tar.append_data(&mut header, &inside, &text[..]).context("cannot pack an extension for GDB")?;
    }
    let data = tar.into_inner().and_then(|gz| gz.finish()).context("cannot pack the data")?;
    let control = control(
        &format!(
            "Package: {package}\nVersion: {version}+{release}\nArchitecture: amd64\nMaintainer: The Pyjion project\n\
         Depends: libc6 (>= {glibc})\nRecommends: ca-certificates\nSection: python\nPriority: optional\n\
         Description: CPython {version} with a just-in-time compiler\n A complete CPython in {}, faster and never \
         different.\n The command is {package}.\n",
            prefix.display()
        ),
        epoch,
    )?;
    let path = out.join(name);
    let file = std::fs::File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
    let mut deb = ar::Builder::new(file);
    for (name, bytes) in
        [("debian-binary", &b"2.0\n"[..]), ("control.tar.gz", &control), ("data.tar.gz", &data)]
    {
        let mut header = ar::Header::new(name.as_bytes().to_vec(), bytes.len() as u64);
        header.set_mtime(epoch);
        header.set_mode(0o100_644);
        deb.append(&header, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(path)
}

fn add_folder_of<W: std::io::Write>(
    tar: &mut tar::Builder<W>,
    path: &Path,
    folders: &mut BTreeSet<PathBuf>,
    epoch: u64,
) -> Result<()> {
    path.parent().map_or(Ok(()), |folder| archive::append_folder(tar, folder, folders, epoch))
}

fn control(text: &str, epoch: u64) -> Result<Vec<u8>> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    let mut header = archive::header(epoch, 0o644);
    header.set_size(text.len() as u64);
    tar.append_data(&mut header, "./control", text.as_bytes()).context("cannot pack the control file")?;
    tar.into_inner().and_then(|gz| gz.finish()).context("cannot pack the control file")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn what_is_outside_of_the_prefix_is_found_by_others() {
        let home = std::env::temp_dir().join(format!("xtask-deb-of-{}", std::process::id()));
        let tree = home.join("tree");
        for name in ["bin/pyjion-python", "bin/pyjion-python-gdb.py", "share/man/man1/pyjion-python.1"] {
            let path = tree.join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, name).expect("a file");
        }
        let version = Version { major: 2, minor: 7, micro: 18 };
        let prefix = Path::new("/opt/pyjion/2.7");
        let package = pack(&tree, prefix, version, "2.30", &home, 1).expect("a package");
        let mut package = ar::Archive::new(std::fs::File::open(package).expect("a file"));
        let mut data = None;
        while let Some(member) = package.next_entry() {
            let mut member = member.expect("a member");
            if member.header().identifier() == b"data.tar.gz" {
                let mut bytes = Vec::new();
                member.read_to_end(&mut bytes).expect("it can be read");
                data = Some(bytes);
            }
        }
        let data = data.expect("the data");
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&data[..]));
        let mut found = Vec::new();
        for entry in archive.entries().expect("it can be read") {
            let entry = entry.expect("an entry");
            let path = entry.path().expect("a path").display().to_string();
            let link = entry.link_name().expect("a name").map(|link| link.display().to_string());
            if path.starts_with("usr/") && !entry.header().entry_type().is_dir() {
                found.push((path, link));
            }
        }
        let link = |path: &str, to: &str| (format!("usr/{path}"), Some(format!("/opt/pyjion/2.7/{to}")));
        let script = "usr/share/gdb/auto-load/opt/pyjion/2.7/bin/pyjion-python-gdb.py".to_string();
        let expected = [
            link("bin/pyjion-python2.7", "bin/pyjion-python"),
            link("share/man/man1/pyjion-python2.7.1", "share/man/man1/pyjion-python.1"),
            (script, None),
        ];
        assert_eq!(found, expected);
        std::fs::remove_dir_all(&home).expect("clean up");
    }
}
