//! Executables and shared libraries: what they need, and their debug symbols, which are kept beside.

use super::{tool, tree};
use crate::link;
use anyhow::{Context, Result};
use object::elf;
use object::endian::Endianness;
use object::read::elf::{Dyn, FileHeader};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What an object asks of others.
#[derive(Default)]
pub struct Needs {
    /// Shared libraries, by name.
    pub libraries: BTreeSet<String>,
    /// Versions of their symbols, such as `GLIBC_2.17`.
    pub versions: BTreeSet<String>,
}

impl Needs {
    /// Reads them from an object.
    pub fn of(path: &Path) -> Result<Needs> {
        let data = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Needs::parse(&data).with_context(|| format!("cannot understand {}", path.display()))
    }

    fn parse(data: &[u8]) -> Result<Needs> {
        let header = elf::FileHeader64::<Endianness>::parse(data)?;
        let endian = header.endian()?;
        let sections = header.sections(endian, data)?;
        let mut needs = Needs::default();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if let Some((entries, link)) = sections.dynamic(endian, data)? {
            let strings = sections.strings(endian, data, link)?;
            for entry in entries.iter().filter(|entry| entry.tag(endian) == elf::DT_NEEDED) {
                needs.libraries.insert(text(entry.string(endian, strings)?));
            }
        }
        if let Some((mut libraries, link)) = sections.gnu_verneed(endian, data)? {
            let strings = sections.strings(endian, data, link)?;
            while let Some((_, mut versions)) = libraries.next()? {
                while let Some(version) = versions.next()? {
                    needs.versions.insert(text(version.name(endian, strings)?));
                }
            }
        }
        Ok(needs)
    }
}

/// The executables and shared libraries of a tree.
pub fn objects(tree: &Path) -> Result<Vec<PathBuf>> {
    let mut found = tree::files(tree)?;
    found.retain(|path| !path.is_symlink() && is_object(path));
    Ok(found)
}

/// Relocatable objects are none: nobody loads them.
fn is_object(path: &Path) -> bool {
    let mut start = [0; 18];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start.starts_with(b"\x7fELF") && start[16] != 1
}

/// The newest version of the C library that anything in a tree asks for.
pub fn glibc(tree: &Path) -> Result<String> {
    let mut newest = (0, 0);
    for object in objects(tree)? {
        let versions = Needs::of(&object)?.versions;
        newest = versions
            .iter()
            .filter_map(|version| glibc_number(version))
            .chain([newest])
            .max()
            .unwrap_or(newest);
    }
    Ok(format!("{}.{}", newest.0, newest.1))
}

/// `GLIBC_2.2.5` is 2.2.
pub fn glibc_number(version: &str) -> Option<(u32, u32)> {
    // Who has compact relocations asks for a C library that knows them.
    if version == "GLIBC_ABI_DT_RELR" {
        return Some(link::COMPACT_RELOCATIONS_SINCE);
    }
    let mut numbers = version.strip_prefix("GLIBC_")?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// Moves debug symbols into a tree of their own, where debuggers look for them.
pub fn strip(tree: &Path, debug: &Path) -> Result<()> {
    for object in objects(tree)? {
        let inside = object.strip_prefix(tree).context("an object outside of its tree")?;
        let symbols = debug.join(format!("{}.debug", inside.display()));
        if let Some(folder) = symbols.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        tool::run(Command::new("objcopy").arg("--only-keep-debug").arg(&object).arg(&symbols))?;
        let mut strip = Command::new("objcopy");
        strip.arg("--strip-unneeded").arg(format!("--add-gnu-debuglink={}", symbols.display())).arg(&object);
        tool::run(&mut strip)?;
    }
    let is_linked =
        |path: &&PathBuf| !path.is_symlink() && path.extension().is_some_and(|e| e == "a" || e == "o");
    for input in tree::files(tree)?.iter().filter(is_linked) {
        tool::run(Command::new("strip").arg("--strip-debug").arg(input))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_c_library() {
        assert_eq!(glibc_number("GLIBC_2.2.5"), Some((2, 2)));
        assert_eq!(glibc_number("GLIBC_2.34"), Some((2, 34)));
        assert_eq!(glibc_number("GLIBC_ABI_DT_RELR"), Some((2, 36)));
        assert_eq!(glibc_number("GLIBC_PRIVATE"), None);
        assert_eq!(glibc_number("OPENSSL_3.0.0"), None);
    }

    #[test]
    fn this_program_needs_the_c_library() {
        let needs = Needs::of(&std::env::current_exe().expect("a path")).expect("an object");
        assert!(needs.libraries.contains("libc.so.6"));
        assert!(needs.versions.iter().any(|version| glibc_number(version).is_some()));
    }
}
