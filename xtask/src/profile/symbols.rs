//! Names of functions in executables and libraries.

use anyhow::{Context, Result};
use object::{Object, ObjectSegment, ObjectSymbol, SymbolKind};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The function that an address is in.
#[derive(Clone, Debug, PartialEq)]
pub struct Symbol {
    /// Its name, as it is written in its language.
    pub name: String,
    /// The file that a function of C is written in, for those that are known in no other file.
    pub file: Option<String>,
    /// Bytes from its start.
    pub offset: u64,
}

/// The symbols of every file that was asked for.
#[derive(Default)]
pub struct Symbols {
    files: HashMap<PathBuf, Option<Table>>,
}

/// The symbols of a file.
struct Table {
    /// Offset in the file, size, address.
    segments: Vec<(u64, u64, u64)>,
    /// By address.
    functions: Vec<Function>,
}

struct Function {
    start: u64,
    size: u64,
    name: String,
    file: Option<String>,
}

impl Symbols {
    /// What is at an offset in a file; nothing where that has no symbols, or is no file.
    pub fn find(&mut self, path: &Path, offset: u64) -> Option<Symbol> {
        if !self.files.contains_key(path) {
            self.files.insert(path.to_path_buf(), Table::read(path).ok());
        }
        self.files.get(path)?.as_ref()?.find(offset)
    }
}

impl Table {
    fn read(path: &Path) -> Result<Table> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let file = object::File::parse(&bytes[..])?;
        let segments = file.segments().map(|segment| {
            let (offset, size) = segment.file_range();
            (offset, size, segment.address())
        });
        let mut functions = Vec::new();
        let mut source = None;
        for symbol in file.symbols() {
            let name = symbol.name().unwrap_or_default();
            match symbol.kind() {
                SymbolKind::File => source = name.ends_with(".c").then(|| name.to_string()),
                SymbolKind::Text if symbol.is_definition() => functions.push(Function {
                    start: symbol.address(),
                    size: symbol.size(),
                    name: format!("{:#}", rustc_demangle::demangle(name)),
                    file: source.clone().filter(|_| symbol.is_local()),
                }),
                _ => {}
            }
        }
        if functions.is_empty() {
            let dynamic =
                file.dynamic_symbols().filter(|s| s.kind() == SymbolKind::Text && s.is_definition());
            functions.extend(dynamic.map(|symbol| Function {
                start: symbol.address(),
                size: symbol.size(),
                name: symbol.name().unwrap_or_default().to_string(),
                file: None,
            }));
        }
        functions.sort_by_key(|function| function.start);
        Ok(Table { segments: segments.collect(), functions })
    }

    fn find(&self, offset: u64) -> Option<Symbol> {
        let holds = |&&(start, size, _): &&(u64, u64, u64)| (start..start + size).contains(&offset);
        let &(start, _, address) = self.segments.iter().find(holds)?;
        let address = offset - start + address;
        let at = self.functions.partition_point(|function| function.start <= address).checked_sub(1)?;
        let function = &self.functions[at];
        // What has no size goes up to the next.
        let is_inside = function.size == 0 || address < function.start + function.size;
        is_inside.then(|| Symbol {
            name: function.name.clone(),
            file: function.file.clone(),
            offset: address - function.start,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_test_finds_itself() {
        let path = std::env::current_exe().expect("a path");
        let bytes = std::fs::read(&path).expect("readable");
        let file = object::File::parse(&bytes[..]).expect("an executable");
        let symbol = file
            .symbols()
            .find(|symbol| symbol.name().is_ok_and(|name| name.contains("this_test_finds_itself")))
            .expect("a symbol");
        let segment = file.segments().find(|segment| {
            (segment.address()..segment.address() + segment.size()).contains(&symbol.address())
        });
        let segment = segment.expect("a segment");
        let offset = symbol.address() - segment.address() + segment.file_range().0;
        let mut symbols = Symbols::default();
        let found = symbols.find(&path, offset).expect("itself");
        assert!(found.name.contains("this_test_finds_itself"), "{found:?}");
        assert_eq!(symbols.find(Path::new("/nowhere"), 0), None);
    }
}
