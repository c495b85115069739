//! What passes make of code, as texts: each file in `jit/tests/fixtures` says what goes in and what comes
//! out.
//!
//! ```text
//! # What it shows.
//! passes: simplify dce        (or `all`, or `none`: as built)
//! versions: 2.7 3.5
//! ---- bytecode               (for the assembler; or `---- hir`)
//! seen all int int            (kinds of the topmost operands, the top first; or of one labelled instruction)
//! goes here there 20          (that often, the instruction at the label `here` goes on at the label `there`)
//! calls here g                (the instruction at the label `here` calls nothing but the section `callee g`)
//! calls here type list        (or the type of such objects)
//! asks here g                 (it operates on instances of a class, whose method for that is `callee g`)
//! makes here g                (it calls a class whose instances `callee g` initialises)
//! enter head loop end names int   (at a label, in a loop, with such globals; else where it begins)
//! …
//! ---- callee g
//! …
//! ---- result 2.7 3.5         (for the versions that it is the same for)
//! …
//! ```
//!
//! Addresses of this process are `@0`, `@1` and so on in results. With `PYJION_BLESS` in the environment,
//! results are written instead of compared.

use super::tests::text_says_all;
use super::{PASSES, Pass};
use crate::bytecode::assembler::assemble;
use crate::bytecode::{BlockKind, CodeDesc, Version, decode};
use crate::exit::MAX_WORDS_INLINED;
use crate::feedback::{Assumption, Callee, CodeHandle, Feedback};
use crate::front::build;
use crate::hir::{Attribute, Binding, DirectCallee, FrameBlock, Function, Place, Stage, Type, parse, verify};
use crate::host::{AttributeLayout, CallLayout, DictLayout, Host};
use crate::{EntrySpec, Inlinable, Options};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

const VERSIONS: [(&str, Version); 3] = [("2.7", Version::V27), ("3.4", Version::V34), ("3.5", Version::V35)];

/// The version tag of a made-up class.
const TAG: u32 = 5;

/// Where a function is that is found in it.
const FOUND: usize = 0x300;

/// What a file says before its results.
struct Fixture<'a> {
    passes: Vec<&'static Pass>,
    versions: Vec<(&'static str, Version)>,
    /// By name: "hir", "bytecode", "callee g".
    sections: BTreeMap<&'a str, String>,
}

impl<'a> Fixture<'a> {
    fn read(text: &'a str) -> Result<Fixture<'a>, String> {
        let mut fixture = Fixture { passes: Vec::new(), versions: Vec::new(), sections: BTreeMap::new() };
        let mut section = None;
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("---- ") {
                if !matches!(name, "hir" | "bytecode") && !name.starts_with("callee ") {
                    return Err(format!("there is no section `{name}`"));
                }
                section = Some(fixture.sections.entry(name).or_default());
            } else if let Some(section) = &mut section {
                section.push_str(line);
                section.push('\n');
            } else if let Some(names) = line.strip_prefix("passes:") {
                fixture.passes = match names.trim() {
                    "all" => PASSES.iter().collect(),
                    "none" => Vec::new(),
                    names => names.split_whitespace().map(pass).collect::<Result<_, _>>()?,
                };
            } else if let Some(names) = line.strip_prefix("versions:") {
                let version = |name| {
                    let known = VERSIONS.into_iter().find(|(known, _)| *known == name);
                    known.ok_or_else(|| format!("there is no version `{name}`"))
                };
                fixture.versions = names.split_whitespace().map(version).collect::<Result<_, _>>()?;
            } else if !line.starts_with('#') {
                return Err(format!("`{line}` is neither a comment nor `passes:` nor `versions:`"));
            }
        }
        match fixture.versions.is_empty() {
            true => Err("it has no `versions:`".to_string()),
            false => Ok(fixture),
        }
    }

    /// What the passes make of it.
    fn result(&self, version: Version) -> Result<String, String> {
        let has_classes =
            self.sections.values().any(|text| text.contains("\nasks ") || text.contains("\nmakes "));
        let host = Host { attributes: has_classes.then(attributes), ..host(version) };
        let mut function = match self.sections.get("hir") {
            Some(text) => parse(text)?,
            None => self.build(&host)?,
        };
        let first = self.passes.first().and_then(|pass| PASSES.iter().position(|p| p.name == pass.name));
        let stage = first.and_then(|first| first.checked_sub(1)).map_or(Stage::Built, |i| PASSES[i].leaves);
        let check = |function: &Function, stage, after| {
            verify(function, stage, true).map_err(|error| format!("{after}: {error}\n{function}"))
        };
        check(&function, stage, "before all passes")?;
        for pass in &self.passes {
            (pass.run)(&mut function, &host);
            // As in `run`.
            if pass.name != "writeback" {
                check(&function, pass.leaves, pass.name)?;
            }
            text_says_all(&function);
        }
        Ok(without_addresses(&function.to_string()))
    }

    fn build(&self, host: &Host) -> Result<Function, String> {
        let mut callees = BTreeMap::new();
        for (name, text) in
            self.sections.iter().filter_map(|(name, text)| Some((name.strip_prefix("callee ")?, text)))
        {
            let Observed { code: description, feedback, .. } = observed(host.version, text, &callees)?;
            let place = 0x300_0000 + 0x100 * callees.len();
            let code = CodeHandle { address: place, state: place, life: Assumption::new(place) };
            let direct = DirectCallee {
                code: place,
                life: place + 0x40,
                state: place + 0x60,
                parameters: description.arguments,
                lent: description.arguments,
                locals: description.locals,
                cells: description.cells,
                frees: description.frees,
            };
            callees.insert(
                name,
                Inlinable {
                    code,
                    description: Arc::new(description),
                    feedback,
                    runs: place + 0x80,
                    direct: host.attributes.is_some().then_some(direct),
                },
            );
        }
        let text = self.sections.get("bytecode").ok_or("it has no section `bytecode` or `hir`")?;
        let Observed { code, feedback, entry } = observed(host.version, text, &callees)?;
        let bytecode = decode(&code).map_err(|error| error.to_string())?;
        let callees: Vec<Inlinable> = callees.into_values().collect();
        build(&code, &bytecode, &feedback, &callees, &[entry], host, &Options::default().front())
            .map_err(|error| error.to_string())
    }

    /// The results, each after the versions that it is for.
    fn results(&self) -> Result<String, String> {
        let mut results: Vec<(Vec<&str>, String)> = Vec::new();
        for (name, version) in &self.versions {
            let result = self.result(*version).map_err(|error| format!("{name}: {error}"))?;
            match results.iter_mut().find(|(_, known)| *known == result) {
                Some((names, _)) => names.push(name),
                None => results.push((vec![name], result)),
            }
        }
        Ok(results.iter().map(|(names, text)| format!("---- result {}\n{text}", names.join(" "))).collect())
    }
}

fn pass(name: &str) -> Result<&'static Pass, String> {
    PASSES.iter().find(|pass| pass.name == name).ok_or_else(|| format!("there is no pass `{name}`"))
}

/// A made-up host where calls are inlined.
fn host(version: Version) -> Host {
    let calls = CallLayout {
        function_code: 16,
        function_globals: 24,
        function_defaults: 40,
        frame_globals: 32,
        thread_depth: 24,
        thread_put_off: 32,
        depth_limit: 0xb0,
        thread_interpreter: 8,
        evaluator: 64,
        default_evaluator: 0xc0,
    };
    Host { calls: Some(calls), ..Host::made_up(version) }
}

/// How attributes are looked for on it.
fn attributes() -> AttributeLayout {
    AttributeLayout {
        version_tag: 16,
        flags: (24, 1),
        descr_get: 32,
        wrapped: 16,
        collected: (56, 0, 0),
        frame_globals: 40,
        frame_builtins: 48,
        dict: DictLayout::Table { used: 16, fill: 24, mask: 32, table: 40, lookup: 48, of_strings: 0xd0 },
        maintain_tracking: 0xe0,
        dict_lacks: 0xf0,
        dict_insert: 0xf8,
        fresh_dict: 0x100,
        old_style: None,
    }
}

/// A section of bytecode.
struct Observed {
    code: CodeDesc,
    feedback: Feedback,
    entry: EntrySpec,
}

/// Reads a section of bytecode.
fn observed(version: Version, text: &str, callees: &BTreeMap<&str, Inlinable>) -> Result<Observed, String> {
    let is_said = |line: &&str| {
        ["seen ", "goes ", "calls ", "asks ", "makes ", "enter "].iter().any(|word| line.starts_with(word))
    };
    let code: Vec<&str> = text.lines().map(|line| if is_said(&line) { "" } else { line }).collect();
    let assembled = assemble(version, &code.join("\n")).map_err(|error| error.to_string())?;
    let at =
        |label| assembled.labels.get(label).copied().ok_or_else(|| format!("there is no label `{label}`"));
    let (mut feedback, mut entry) = (Feedback::new(), EntrySpec::default());
    for line in text.lines().filter(is_said) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["seen", place, kinds @ ..] => {
                let mut operands = [Type::EMPTY; 3];
                for (operand, name) in operands.iter_mut().zip(kinds) {
                    *operand = Type::named(name)?;
                }
                match *place {
                    "all" => {
                        (0..assembled.code.code.len() as u32).for_each(|pc| feedback.record(pc, operands))
                    }
                    label => feedback.record(at(label)?, operands),
                }
            }
            ["goes", place, next, times] => {
                let times: u32 = times.parse().map_err(|_| format!("`{times}` is no number"))?;
                let (place, next) = (at(place)?, at(next)?);
                (0..times).for_each(|_| feedback.record_way(place, next));
            }
            ["calls", place, "type", kind] => {
                let address = (Host::made_up(version).types)(Type::named(kind)?);
                feedback.record_callee(at(place)?, Some(Callee::Type(address)));
            }
            ["calls", place, name] => {
                let callee = callees.get(name).ok_or_else(|| format!("there is no callee `{name}`"))?;
                feedback.record_callee(at(place)?, Some(Callee::Function(callee.code.clone())));
            }
            ["asks", place, name] => {
                let callee = callees.get(name).ok_or_else(|| format!("there is no callee `{name}`"))?;
                let found = Place::Class { value: FOUND, dict: 0, binding: Binding::Method };
                feedback.record_attribute(at(place)?, 1, Some(Attribute { tag: TAG, place: found }));
                feedback.record_callee(at(place)?, Some(Callee::Method(callee.code.clone())));
            }
            ["makes", place, name] => {
                let callee = callees.get(name).ok_or_else(|| format!("there is no callee `{name}`"))?;
                let found = Place::Own { tag: TAG + 1, value: FOUND, binding: Binding::Function };
                feedback.record_attribute(at(place)?, 1, Some(Attribute { tag: TAG, place: found }));
                feedback.record_callee(at(place)?, Some(Callee::Class(callee.code.clone())));
            }
            ["enter", place, "loop", end, "names", kinds @ ..] => {
                entry.pc = at(place)?;
                entry.blocks = vec![FrameBlock { kind: BlockKind::Loop, handler: at(end)?, level: 0 }];
                entry.names = kinds.iter().map(|name| Type::named(name)).collect::<Result<_, _>>()?;
            }
            _ => return Err(format!("cannot read `{line}`")),
        }
    }
    Ok(Observed { code: assembled.code, feedback, entry })
}

/// The text with addresses that are others in each process numbered in the order in which they appear.
fn without_addresses(text: &str) -> String {
    /// Hexadecimal digits that only such addresses have.
    const DIGITS: usize = 9;
    let mut known = Vec::new();
    let mut parts = text.split("0x");
    let mut written = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(part.len());
        let (address, rest) = part.split_at(end);
        if address.len() < DIGITS {
            written.push_str(&format!("0x{part}"));
            continue;
        }
        let number = known.iter().position(|other| *other == address).unwrap_or_else(|| {
            known.push(address);
            known.len() - 1
        });
        written.push_str(&format!("@{number}{rest}"));
    }
    written
}

/// The lines in which two texts differ, with `-` where only the first has one and `+` for the second.
fn difference(one: &str, other: &str) -> String {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.lines().collect(), other.lines().collect());
    // The longest common subsequence of what is left of each from a line on.
    let mut common = vec![vec![0; other.len() + 1]; one.len() + 1];
    for i in (0..one.len()).rev() {
        for j in (0..other.len()).rev() {
            common[i][j] = match one[i] == other[j] {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, String::new());
    while i < one.len() || j < other.len() {
        if i < one.len() && j < other.len() && one[i] == other[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == other.len() || (i < one.len() && common[i + 1][j] >= common[i][j + 1]) {
            lines.push_str(&format!("{:4} - {}\n", i + 1, one[i]));
            i += 1;
        } else {
            lines.push_str(&format!("{:4} + {}\n", j + 1, other[j]));
            j += 1;
        }
    }
    lines
}

#[test]
fn passes_make_of_fixtures_what_they_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_ne!(files.len(), 0);
    let mut complaints = Vec::new();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let text = std::fs::read_to_string(&file).unwrap();
        let given = text.split_inclusive('\n').take_while(|line| !line.starts_with("---- result"));
        let given: String = given.collect();
        match Fixture::read(&given).and_then(|fixture| fixture.results()) {
            Err(error) => complaints.push(format!("{name}: {error}")),
            Ok(results) if given.clone() + &results == text => {}
            Ok(results) if std::env::var_os("PYJION_BLESS").is_some() => {
                std::fs::write(&file, given + &results).unwrap();
            }
            Ok(results) => {
                complaints.push(format!(
                    "{name} (-), and what is (+):\n{}",
                    difference(&text, &(given + &results))
                ));
            }
        }
    }
    assert!(complaints.is_empty(), "{}\n(`PYJION_BLESS=1` writes what is.)", complaints.join("\n"));
}

#[test]
fn what_exits_could_not_leave_is_called() {
    let text = |locals: usize| {
        let bound: String = (0..locals)
            .map(|i| format!("LOAD_FAST x; LOAD_CONST ({i}); BINARY_ADD; STORE_FAST y{i}\n"))
            .collect();
        format!(
            "passes: none\nversions: 2.7\n---- bytecode\nseen all int int\ncalls here twice\n.args x\n{bound}
             LOAD_GLOBAL twice; LOAD_FAST x; here: CALL_FUNCTION 1; RETURN_VALUE
---- callee twice\nseen all int int\n.args n\nLOAD_FAST n; LOAD_FAST n; BINARY_ADD; RETURN_VALUE\n"
        )
    };
    for (locals, is_inlined) in [(MAX_WORDS_INLINED / 2, true), (MAX_WORDS_INLINED, false)] {
        let text = Fixture::read(&text(locals)).unwrap().result(Version::V27).unwrap();
        assert_eq!((text.contains("GuardCode"), text.contains("CallStack Call")), (is_inlined, !is_inlined));
    }
}

#[test]
fn the_difference_is_lines() {
    assert_eq!(difference("a\nb\nc\n", "a\nc\nd\n"), "   2 - b\n   3 + d\n");
    assert_eq!(difference("a\n", "a\n"), "");
}

#[test]
fn only_addresses_of_the_process_are_numbered() {
    assert_eq!(
        without_addresses("0x100, 0x7f0123456789; 0x550123456789 0x7f0123456789."),
        "0x100, @0; @1 @0."
    );
}
