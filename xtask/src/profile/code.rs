//! Compiled code as the interpreter described it in its jitdump files, by process, address and time.

use anyhow::{Context, Result};
use linux_perf_data::jitdump::{JitDumpReader, JitDumpRecord};
use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::path::Path;

/// The compiled code of all processes.
#[derive(Default)]
pub struct Code {
    processes: HashMap<i32, Process>,
}

#[derive(Default)]
struct Process {
    /// The addresses that all functions are between.
    lowest: u64,
    highest: u64,
    /// By time.
    functions: Vec<Function>,
}

/// A function from some time on.
struct Function {
    name: String,
    file: String,
    start: u64,
    size: u64,
    time: u64,
    /// By address.
    lines: Vec<Line>,
}

/// The line, and the offset of the bytecode, of code from an address on.
struct Line {
    address: u64,
    line: u32,
    pc: u32,
}

/// Where in compiled code an address is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place<'a> {
    /// Name, file and line of the function.
    pub name: &'a str,
    /// Its file.
    pub file: &'a str,
    /// The line; 0 if it is none in particular.
    pub line: u32,
    /// Offset of the bytecode.
    pub pc: u32,
}

/// Reads the files of a directory.
pub fn load(directory: &Path) -> Result<Code> {
    let mut code = Code::default();
    let entries =
        std::fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("jit-") && name.ends_with(".dump") {
            code.read(&path).with_context(|| format!("{} is no jitdump", path.display()))?;
        }
    }
    Ok(code)
}

impl Code {
    fn read(&mut self, path: &Path) -> Result<()> {
        let mut reader = JitDumpReader::new(File::open(path)?)?;
        let process = self.processes.entry(reader.header().pid as i32).or_default();
        let mut debug: HashMap<u64, (String, Vec<Line>)> = HashMap::new();
        while let Some(raw) = reader.next_record()? {
            let time = raw.timestamp;
            match raw.parse()? {
                JitDumpRecord::CodeDebugInfo(info) => {
                    let file = info.entries.first().map(|entry| text(&entry.file_path.as_slice()));
                    let line = |entry: &linux_perf_data::jitdump::JitCodeDebugInfoEntry<'_>| Line {
                        address: entry.code_addr,
                        line: entry.line,
                        pc: entry.column,
                    };
                    let lines = info.entries.iter().map(line).collect();
                    debug.insert(info.code_addr, (file.unwrap_or_default(), lines));
                }
                JitDumpRecord::CodeLoad(load) => {
                    let (file, lines) = debug.remove(&load.code_addr).unwrap_or_default();
                    process.add(Function {
                        name: text(&load.function_name.as_slice()),
                        file,
                        start: load.vma,
                        size: load.code_bytes.len() as u64,
                        time,
                        lines,
                    });
                }
                JitDumpRecord::CodeMove(_)
                | JitDumpRecord::CodeClose
                | JitDumpRecord::CodeUnwindingInfo(_)
                | JitDumpRecord::Other(_) => {}
            }
        }
        Ok(())
    }

    /// The name of every function, with each of its lines.
    pub fn lines(&self) -> BTreeSet<(String, u32)> {
        let functions = self.processes.values().flat_map(|process| &process.functions);
        let lines = |f: &Function| f.lines.iter().map(|at| (f.name.clone(), at.line)).collect::<Vec<_>>();
        functions.flat_map(lines).collect()
    }

    /// Where an address was at a time, in a process or, before it forked, in one that it comes from.
    pub fn find(&self, ancestry: &[i32], address: u64, time: u64) -> Option<Place<'_>> {
        ancestry.iter().find_map(|process| self.processes.get(process)?.find(address, time))
    }
}

impl Process {
    fn add(&mut self, function: Function) {
        self.lowest =
            if self.functions.is_empty() { function.start } else { self.lowest.min(function.start) };
        self.highest = self.highest.max(function.start + function.size);
        self.functions.push(function);
    }

    fn find(&self, address: u64, time: u64) -> Option<Place<'_>> {
        if !(self.lowest..self.highest).contains(&address) {
            return None;
        }
        // Memory may have been used again: the last that was there by then.
        let holds = |f: &&Function| f.time <= time && (f.start..f.start + f.size).contains(&address);
        let function = self.functions.iter().rev().find(holds)?;
        let at = function.lines.partition_point(|line| line.address <= address).checked_sub(1);
        let (line, pc) = at.map_or((0, 0), |at| (function.lines[at].line, function.lines[at].pc));
        Some(Place { name: &function.name, file: &function.file, line, pc })
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(name: &str, start: u64, time: u64) -> Function {
        let line = |offset, line, pc| Line { address: start + offset, line, pc };
        let lines = vec![line(0, 0, 0), line(4, 7, 3), line(8, 9, 6)];
        Function { name: name.into(), file: String::new(), start, size: 16, time, lines }
    }

    #[test]
    fn addresses_are_of_what_was_there_last() {
        let mut process = Process::default();
        for f in [function("a", 100, 1), function("b", 200, 2), function("c", 100, 5)] {
            process.add(f);
        }
        let code = Code { processes: HashMap::from([(7, process)]) };
        let name = |address, time| code.find(&[8, 7], address, time).map(|place| place.name);
        assert_eq!(name(100, 4), Some("a"));
        assert_eq!(name(115, 5), Some("c"));
        assert_eq!((name(116, 5), name(99, 5), name(200, 1)), (None, None, None));
        assert_eq!(code.find(&[8], 100, 9), None);
        let place = |address| code.find(&[7], address, 9).map(|place| (place.line, place.pc));
        assert_eq!(
            [place(200), place(204), place(207), place(215)],
            [Some((0, 0)), Some((7, 3)), Some((7, 3)), Some((9, 6))]
        );
    }
}
