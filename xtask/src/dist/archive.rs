//! Archives of a tree that are the same whoever makes them: sorted, owned by nobody in particular, of one
//! time.

use super::tree;
use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// How hard zstd tries: what more would gain is little.
const ZSTD_LEVEL: i32 = 12;

/// A `.tar.gz` and a `.tar.zst` of a tree; `name` is the folder that is in them.
pub fn pack(tree: &Path, out: &Path, name: &str, epoch: u64) -> Result<Vec<PathBuf>> {
    let gz = pack_gz(tree, out, name, epoch)?;
    let path = out.join(format!("{name}.tar.zst"));
    let file = create(&path)?;
    let mut encoder = zstd::Encoder::new(file, ZSTD_LEVEL).context("cannot start zstd")?;
    encoder.long_distance_matching(true).context("cannot set up zstd")?;
    let encoder = write(tree, Path::new(name), epoch, encoder)?;
    encoder
        .finish()
        .and_then(|mut file| file.flush())
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(vec![gz, path])
}

/// A `.tar.gz` alone.
pub fn pack_gz(tree: &Path, out: &Path, name: &str, epoch: u64) -> Result<PathBuf> {
    let path = out.join(format!("{name}.tar.gz"));
    let encoder = write(tree, Path::new(name), epoch, GzEncoder::new(create(&path)?, Compression::best()))?;
    encoder
        .finish()
        .and_then(|mut file| file.flush())
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

fn create(path: &Path) -> Result<BufWriter<File>> {
    let file = File::create(path).with_context(|| format!("cannot create {}", path.display()))?;
    Ok(BufWriter::new(file))
}

/// Writes a tree as a tar, below a folder of this name.
pub fn write<W: Write>(tree: &Path, name: &Path, epoch: u64, to: W) -> Result<W> {
    let mut tar = tar::Builder::new(to);
    append(&mut tar, tree, name, epoch)?;
    tar.into_inner().context("cannot end the archive")
}

/// The header of a member; size and kind are for the caller to set.
pub fn header(epoch: u64, mode: u32) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_mtime(epoch);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mode(mode);
    header
}

/// Adds a folder, and those that it is in, unless they are there.
pub fn append_folder<W: Write>(
    tar: &mut tar::Builder<W>,
    folder: &Path,
    known: &mut BTreeSet<PathBuf>,
    epoch: u64,
) -> Result<()> {
    let mut missing: Vec<&Path> = folder.ancestors().filter(|path| path.components().count() > 0).collect();
    missing.reverse();
    for path in missing {
        if known.insert(path.to_path_buf()) && path != Path::new(".") {
            let mut header = header(epoch, 0o755);
            header.set_entry_type(tar::EntryType::Directory);
            header.set_size(0);
            tar.append_data(&mut header, path, std::io::empty()).context("cannot pack a folder")?;
        }
    }
    Ok(())
}

/// Adds a tree below a folder of this name; returns the folders that are there now.
pub fn append<W: Write>(
    tar: &mut tar::Builder<W>,
    tree: &Path,
    name: &Path,
    epoch: u64,
) -> Result<BTreeSet<PathBuf>> {
    let mut known = BTreeSet::new();
    for path in tree::files(tree)? {
        let inside = name.join(path.strip_prefix(tree).context("a file outside of its tree")?);
        if let Some(folder) = inside.parent() {
            append_folder(tar, folder, &mut known, epoch)?;
        }
        let unreadable = || format!("cannot pack {}", path.display());
        let mut header = header(epoch, 0o777);
        if path.is_symlink() {
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_size(0);
            let target = std::fs::read_link(&path).with_context(unreadable)?;
            tar.append_link(&mut header, &inside, target).with_context(unreadable)?;
        } else {
            let file = File::open(&path).with_context(unreadable)?;
            let metadata = file.metadata().with_context(unreadable)?;
            let runs = metadata.permissions().mode() & 0o100 != 0;
            header.set_mode(if runs { 0o755 } else { 0o644 });
            header.set_size(metadata.len());
            tar.append_data(&mut header, &inside, file).with_context(unreadable)?;
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_depends_on_what_is_in_it_alone() {
        let home = std::env::temp_dir().join(format!("xtask-archive-of-{}", std::process::id()));
        let pack = |tree: &str, names: [&str; 2]| {
            let tree = home.join(tree);
            for name in names {
                std::fs::create_dir_all(tree.join("lib")).expect("a folder");
                std::fs::write(tree.join("lib").join(name), name).expect("a file");
            }
            std::os::unix::fs::symlink("lib/a", tree.join("link")).expect("a link");
            write(&tree, Path::new("name"), 1, Vec::new()).expect("an archive")
        };
        let (one, other) = (pack("one", ["a", "b"]), pack("other", ["b", "a"]));
        assert_eq!(one, other);
        let mut archive = tar::Archive::new(&one[..]);
        let entries = archive.entries().expect("it can be read").map(|entry| entry.expect("an entry"));
        let names: Vec<String> =
            entries.map(|entry| entry.path().expect("a path").display().to_string()).collect();
        assert_eq!(names, ["name", "name/lib", "name/lib/a", "name/lib/b", "name/link"]);
        std::fs::remove_dir_all(&home).expect("clean up");
    }
}
