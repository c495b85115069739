//! Where the time of a program goes: by category, by function, by line and bytecode of what is hot.

mod bytecode;
mod category;
mod code;
mod recording;
mod report;
mod symbols;

pub use category::Category;

use anyhow::{Result, ensure};
use recording::{Recording, Sample};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;
use symbols::Symbols;

/// What is looked at.
pub struct Subject {
    /// The program, for people.
    pub program: String,
    /// The version of CPython.
    pub version: String,
    /// Ours, with the arguments and the environment of the program.
    pub command: Command,
    /// An interpreter that can disassemble what ours runs.
    pub stock: PathBuf,
    /// A directory for the files of the profiler, which is emptied.
    pub scratch: PathBuf,
}

/// Where the time went.
#[derive(Debug, Serialize)]
pub struct Profile {
    /// The program.
    pub program: String,
    /// The version of CPython.
    pub version: String,
    /// How often it was looked what runs.
    pub samples: u64,
    /// Shares of the samples; they add up to 1.
    pub categories: BTreeMap<Category, f64>,
    /// Functions by how often they ran themselves.
    pub functions: Vec<FunctionShare>,
    /// Compiled functions by how often they or what they called ran, line by line.
    pub compiled: Vec<CompiledShare>,
}

/// How often a function ran.
#[derive(Debug, Serialize)]
pub struct FunctionShare {
    /// Its name.
    pub name: String,
    /// What it is.
    pub category: Category,
    /// The share of samples in it.
    pub share: f64,
}

/// How often a compiled function ran.
#[derive(Debug, Serialize)]
pub struct CompiledShare {
    /// Name, file and line.
    pub name: String,
    /// Its file.
    pub file: String,
    /// The share of samples in its machine code.
    pub own: f64,
    /// The share of samples in what its machine code called, other Python code excepted.
    pub called: f64,
    /// The same by line, 0 being for what belongs to none.
    pub lines: Vec<LineShare>,
}

/// How often a line of a compiled function ran.
#[derive(Debug, Serialize)]
pub struct LineShare {
    /// Its number.
    pub line: u32,
    /// As for [`CompiledShare`].
    pub own: f64,
    /// As for [`CompiledShare`].
    pub called: f64,
    /// The same by bytecode.
    pub bytecodes: Vec<BytecodeShare>,
}

/// How often a bytecode of a compiled function ran.
#[derive(Debug, PartialEq, Serialize)]
pub struct BytecodeShare {
    /// Its offset.
    pub pc: u32,
    /// As for [`CompiledShare`].
    pub own: f64,
    /// As for [`CompiledShare`].
    pub called: f64,
}

/// Runs a program once under perf, and says where its time went.
pub fn run(subject: &Subject) -> Result<Profile> {
    let recording = recording::record(subject)?;
    let profile = analyse(subject, &recording)?;
    ensure!(profile.samples > 0, "perf took no sample of {}: it is over too soon", subject.program);
    Ok(profile)
}

/// Prints a profile for people, with lines of the program where they can be read.
pub fn print(subject: &Subject, profile: &Profile) -> Result<()> {
    let disassembly = bytecode::disassemble(subject, &profile.compiled);
    print!("{}", report::text(profile, &disassembly));
    Ok(())
}

/// The lines of the program that code is of which the interpreter described in a directory: names of
/// functions, with their places, and lines.
pub fn lines_in(directory: &Path) -> Result<BTreeSet<(String, u32)>> {
    Ok(code::load(directory)?.lines())
}

/// Samples in the machine code of a bytecode, and in what it called.
#[derive(Clone, Copy, Default)]
struct Counts {
    own: u64,
    called: u64,
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.own += other.own;
        self.called += other.called;
    }
}

/// What calls a function that was found running.
enum Caller {
    /// Compiled code, at an address.
    Compiled(u64),
    /// The interpreter.
    Interpreter,
    /// It cannot be told.
    Unknown,
}

fn analyse(subject: &Subject, recording: &Recording) -> Result<Profile> {
    let code = code::load(&subject.scratch)?;
    let mut symbols = Symbols::default();
    let mut by_category: HashMap<Category, u64> = HashMap::new();
    let mut by_function: HashMap<(String, Category), u64> = HashMap::new();
    let mut compiled: HashMap<(String, String), HashMap<(u32, u32), Counts>> = HashMap::new();
    for sample in &recording.samples {
        let own = code.find(&recording.ancestry(sample.process), sample.address, sample.time);
        let (name, category, place) = if let Some(own) = own {
            (own.name.to_owned(), Category::Native, Some((own, Counts { own: 1, called: 0 })))
        } else {
            let symbol = recording.symbol(sample, sample.address, &mut symbols);
            let caller = caller(recording, sample, &code, &mut symbols);
            let from_compiled = matches!(caller, Caller::Compiled(_));
            let category = category::of(symbol.as_ref(), sample.is_compiler, from_compiled);
            let place = match caller {
                // The address is the one that is returned to: the call is before.
                Caller::Compiled(address) => {
                    code.find(&recording.ancestry(sample.process), address - 1, sample.time)
                }
                Caller::Interpreter | Caller::Unknown => None,
            };
            let name = symbol.map_or_else(|| sample.module_name(recording), |symbol| symbol.name);
            (name, category, place.map(|place| (place, Counts { own: 0, called: 1 })))
        };
        *by_category.entry(category).or_default() += 1;
        *by_function.entry((name, category)).or_default() += 1;
        if let Some((place, counts)) = place {
            let function = compiled.entry((place.name.to_owned(), place.file.to_owned())).or_default();
            function.entry((place.line, place.pc)).or_default().add(counts);
        }
    }
    let samples = recording.samples.len() as u64;
    let share = |count: u64| count as f64 / samples.max(1) as f64;
    let mut functions: Vec<FunctionShare> = by_function
        .into_iter()
        .map(|((name, category), count)| FunctionShare { name, category, share: share(count) })
        .collect();
    functions.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.name.cmp(&b.name)));
    let mut compiled: Vec<CompiledShare> =
        compiled.into_iter().map(|((name, file), places)| by_line(name, file, &places, &share)).collect();
    let all = |function: &CompiledShare| function.own + function.called;
    compiled.sort_by(|a, b| all(b).total_cmp(&all(a)).then_with(|| a.name.cmp(&b.name)));
    Ok(Profile {
        program: subject.program.clone(),
        version: subject.version.clone(),
        samples,
        categories: Category::ALL
            .iter()
            .map(|category| (*category, share(by_category.get(category).copied().unwrap_or(0))))
            .collect(),
        functions,
        compiled,
    })
}

/// What called the function that was running: the first that the stack has of compiled code or the
/// interpreter. Some of what is on a stack is left from before, so this is right most of the time.
fn caller(recording: &Recording, sample: &Sample, code: &code::Code, symbols: &mut Symbols) -> Caller {
    let ancestry = recording.ancestry(sample.process);
    for &word in &sample.stack {
        if code.find(&ancestry, word.wrapping_sub(1), sample.time).is_some() {
            return Caller::Compiled(word);
        }
        let symbol = recording.symbol(sample, word, symbols);
        if symbol.is_some_and(|symbol| symbol.offset > 0 && category::is_loop(&symbol.name)) {
            return Caller::Interpreter;
        }
    }
    Caller::Unknown
}

fn by_line(
    name: String,
    file: String,
    places: &HashMap<(u32, u32), Counts>,
    share: &impl Fn(u64) -> f64,
) -> CompiledShare {
    let mut sorted: Vec<_> = places.iter().map(|(&place, &counts)| (place, counts)).collect();
    sorted.sort_by_key(|&(place, _)| place);
    let mut total = Counts::default();
    let mut lines = Vec::new();
    for part in sorted.chunk_by(|a, b| a.0.0 == b.0.0) {
        let mut sum = Counts::default();
        part.iter().for_each(|&(_, counts)| sum.add(counts));
        total.add(sum);
        let bytecodes = part
            .iter()
            .map(|&((_, pc), counts)| BytecodeShare {
                pc,
                own: share(counts.own),
                called: share(counts.called),
            })
            .collect();
        lines.push(LineShare {
            line: part[0].0.0,
            own: share(sum.own),
            called: share(sum.called),
            bytecodes,
        });
    }
    CompiledShare { name, file, own: share(total.own), called: share(total.called), lines }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_add_their_bytecodes_up() {
        let counts = |own, called| Counts { own, called };
        let places = HashMap::from([
            ((7, 12), counts(1, 2)),
            ((7, 6), counts(3, 0)),
            ((9, 15), counts(0, 4)),
            ((0, 0), counts(1, 0)),
        ]);
        let share = by_line("f".into(), "/f.py".into(), &places, &|count| count as f64);
        assert_eq!((share.own, share.called), (5.0, 6.0));
        let lines: Vec<_> = share.lines.iter().map(|line| (line.line, line.own, line.called)).collect();
        assert_eq!(lines, [(0, 1.0, 0.0), (7, 4.0, 2.0), (9, 0.0, 4.0)]);
        let bytecode = |pc, own, called| BytecodeShare { pc, own, called };
        assert_eq!(share.lines[1].bytecodes, [bytecode(6, 3.0, 0.0), bytecode(12, 1.0, 2.0)]);
    }
}
