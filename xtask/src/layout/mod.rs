//! Where functions of the Rust side are in the executable: those that run in one place.
//!
//! The system maps sixteen pages where one is touched. What compilers need is a third of what they are made
//! of, and would have nearly all of it in memory if it lay wherever its crate was linked.

mod trace;

pub use trace::executed;

use anyhow::{Context, Result};
use object::read::archive::ArchiveFile;
use object::{Object, ObjectSection};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

/// The functions that run, by name and hash, as found by `cargo xtask bench --layout`. What is no more does
/// no harm.
const FUNCTIONS: &str = include_str!("functions.txt");

/// What the name of a function's section begins with.
const SECTIONS: [&str; 2] = [".text.unlikely.", ".text."];

/// How a function is called in the list. At the end there may be a hash, of the types that it is for among
/// others.
fn full_name(symbol: &str) -> String {
    rustc_demangle::demangle(symbol).to_string()
}

/// The same without the hash, which is another where the compiler is, or the project's folder.
fn short_name(full: &str) -> &str {
    let is_hash = |hash: &&str| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    match full.rsplit_once("::h") {
        Some((name, hash)) if is_hash(&hash) => name,
        _ => full,
    }
}

/// A linker script, to be added to the linker's own, that has the functions in a library that run next to
/// each other.
pub fn script(library: &Path) -> Result<String> {
    let functions = functions(library)?;
    let running = Running::new(FUNCTIONS, &functions);
    let mut script = "SECTIONS\n{\n  .text.running :\n  {\n".to_owned();
    for function in functions.iter().filter(|function| running.has(function)) {
        writeln!(script, "    *({})", function.section).expect("strings take everything");
    }
    script.push_str("  }\n}\nINSERT BEFORE .text;\n");
    Ok(script)
}

/// A function of a library.
struct Function {
    section: String,
    /// As the list has it.
    name: String,
    /// It is compiled with a crate of the project: hashes change with what is written there.
    is_own: bool,
}

/// Which functions run.
struct Running<'a> {
    /// Their names as the list has them.
    listed: BTreeSet<&'a str>,
    /// The names without hashes of those of which the hash says nothing.
    short: BTreeSet<&'a str>,
}

impl<'a> Running<'a> {
    fn new(list: &'a str, functions: &[Function]) -> Running<'a> {
        let listed: BTreeSet<&str> = list.lines().collect();
        let known: BTreeSet<&str> = functions
            .iter()
            .filter(|function| !function.is_own && listed.contains(&*function.name))
            .map(|function| short_name(&function.name))
            .collect();
        let short = listed.iter().map(|name| short_name(name)).filter(|name| !known.contains(name)).collect();
        Running { listed, short }
    }

    fn has(&self, function: &Function) -> bool {
        let short = short_name(&function.name);
        self.listed.contains(&*function.name)
            || self.short.contains(short)
            || function.is_own
                && self.listed.range(short..).next().is_some_and(|name| short_name(name) == short)
    }
}

/// The functions of a library.
fn functions(library: &Path) -> Result<Vec<Function>> {
    let context = || format!("cannot read {}", library.display());
    let bytes = std::fs::read(library).with_context(context)?;
    let mut found = Vec::new();
    for member in ArchiveFile::parse(&bytes[..]).with_context(context)?.members() {
        let member = member.with_context(context)?;
        let is_own = member.name().starts_with(b"pyjion");
        // Metadata of Rust is no object file.
        let Ok(file) = object::File::parse(member.data(&bytes[..]).with_context(context)?) else { continue };
        for section in file.sections() {
            let section = section.name().unwrap_or_default();
            if let Some(symbol) = SECTIONS.iter().find_map(|prefix| section.strip_prefix(prefix)) {
                found.push(Function { section: section.to_owned(), name: full_name(symbol), is_own });
            }
        }
    }
    Ok(found)
}

/// The list of functions as a file has it.
pub fn list(functions: &BTreeSet<String>) -> String {
    functions.iter().map(|name| format!("{name}\n")).collect()
}

/// Where the list is, from the project's root.
pub const LIST: &str = "xtask/src/layout/functions.txt";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_hashes() {
        let name = full_name("_ZN9regalloc23ion3run17h0123456789abcdefE.llvm.1234");
        assert_eq!(name, "regalloc2::ion::run::h0123456789abcdef");
        assert_eq!(short_name(&name), "regalloc2::ion::run");
        assert_eq!(short_name("a::hash"), "a::hash");
    }

    #[test]
    fn hashes_count_where_they_are_known() {
        let find = |is_own: bool, list: &str| -> Vec<usize> {
            let names = ["a::h0000000000000001", "a::h0000000000000002", "b::h0000000000000003", "main"];
            let function = |name: &str| Function { section: String::new(), name: name.to_owned(), is_own };
            let functions = names.map(function);
            let running = Running::new(list, &functions);
            (0..4).filter(|&index| running.has(&functions[index])).collect()
        };
        assert_eq!(find(false, "a::h0000000000000002"), [1]);
        assert_eq!(find(true, "a::h0000000000000002"), [0, 1]);
        assert_eq!(find(false, "a::h0000000000000009"), [0, 1]);
        assert_eq!(find(false, "b::h0000000000000004\nc\nmain"), [2, 3]);
    }

    #[test]
    fn the_list_is_in_order() {
        let lines: Vec<&str> = FUNCTIONS.lines().collect();
        assert!(lines.is_sorted() && lines.len() > 500);
        assert!(lines.iter().any(|name| name.starts_with("pyjion_jit::")));
    }
}
