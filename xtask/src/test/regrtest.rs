//! The core of CPython's own test suite, run verbosely on stock and on ours and compared test by test.

use super::process::{self, Output};
use super::skips::SkipList;
use super::tally::Tally;
use super::{Args, Mode, Pair};
use crate::dirs::Dirs;
use crate::step::{self, Step};
use anyhow::Result;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The files of the core; one that a version does not have is left out.
const CORE: &[&str] = &[
    "test_grammar",
    "test_int",
    "test_float",
    "test_long",
    "test_generators",
    "test_scope",
    "test_exceptions",
    "test_sys",
    "test_gc",
    "test_dict",
    "test_list",
    "test_functools",
];

/// Far more than any of these takes, even when every guard fails.
const LIMIT: Duration = Duration::from_secs(1200);

/// Runs the core in the chosen mode.
pub fn run(dirs: &Dirs, args: &Args, pair: &Pair, tally: &mut Tally) -> Result<()> {
    let library = |file: &str| {
        let prefix = pair.stock.parent().and_then(Path::parent).unwrap_or(Path::new("/"));
        prefix
            .join("lib")
            .join(format!("python{}", pair.version.short()))
            .join("test")
            .join(format!("{file}.py"))
    };
    let files: Vec<&str> = CORE.iter().copied().filter(|f| args.matches(f) && library(f).exists()).collect();
    let scratch = dirs.target.join("test").join(format!("regrtest-{}", pair.version));
    let jobs = args.common.jobs();
    let in_stock = |i: usize, file: &str| {
        process::run(&mut command(&pair.stock, file, None), &scratch.join(format!("stock-{i}")), LIMIT)
    };
    let step = Step::start(format!("{} regrtest files on stock {}", files.len(), pair.version));
    let expected = process::parallel(jobs, &files, |i, file| in_stock(i, file));
    step.done();
    for mode in args.modes(&["threshold1"]) {
        let skips = SkipList::load(dirs, mode.name)?;
        let step = Step::start(format!("{} regrtest files on {} [{}]", files.len(), pair.version, mode.name));
        let found = process::parallel(jobs, &files, |i, file| {
            if skips.reason(pair.version, file).is_some() {
                return None;
            }
            let mut command = command(&pair.ours, file, Some(mode));
            Some(process::run(&mut command, &scratch.join(format!("{}-{i}", mode.name)), LIMIT))
        });
        step.done();
        for (i, (file, found)) in files.iter().zip(found).enumerate() {
            let name = format!("regrtest {} {file} [{}]", pair.version.short(), mode.name);
            let Some(found) = found else {
                tally.skip(&name, skips.reason(pair.version, file).unwrap_or("listed"));
                continue;
            };
            let again = || in_stock(i, file);
            match judge(&expected[i], &found, again) {
                Ok(agreed) => tally.pass(&format!("{name}: {agreed}")),
                Err(why) => {
                    let line = step::describe(&command(&pair.ours, file, Some(mode)));
                    tally.fail(&name, &format!("{why}\nreproduce: {line}"));
                }
            }
        }
    }
    // What the tests left there is of no more use.
    let _ = std::fs::remove_dir_all(&scratch);
    Ok(())
}

fn command(executable: &Path, file: &str, mode: Option<&Mode>) -> Command {
    let mut command = process::python(executable);
    // Hash randomisation is regrtest's own business, and it re-executes itself when it is fixed on 3.x.
    command.env_remove("PYTHONHASHSEED");
    command.args(["-m", "test.regrtest", "-v", file]);
    for (key, value) in mode.map_or(&[][..], |m| m.env) {
        command.env(key, value);
    }
    command
}

/// Compares ours with stock; when they differ, stock gets a second chance to show that it varies by itself.
fn judge(
    expected: &Result<Output>,
    found: &Result<Output>,
    again: impl Fn() -> Result<Output>,
) -> Result<String, String> {
    let (expected, found) = match (expected, found) {
        (Ok(expected), Ok(found)) => (expected, found),
        (Err(e), _) | (_, Err(e)) => return Err(format!("{e:#}")),
    };
    let ours = Outcome::of(found);
    let first = Outcome::of(expected);
    let Some(why) = first.differs(&ours) else {
        return Ok(format!("{} agree with stock", ours.size()));
    };
    if let Ok(second) = again()
        && Outcome::of(&second).differs(&ours).is_none()
    {
        return Ok(format!("{} agree with stock, which varies", ours.size()));
    }
    Err(format!("{why}\nthe end of its output:\n{}", last_lines(found)))
}

fn last_lines(output: &Output) -> String {
    let text = format!("{}\n{}", output.stdout, output.stderr);
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(15)..].iter().map(|l| format!("  | {l}")).collect::<Vec<_>>().join("\n")
}

/// What a run of one file amounted to.
#[derive(Debug, PartialEq)]
struct Outcome {
    end: String,
    tests: BTreeMap<String, String>,
    summary: Vec<String>,
}

impl Outcome {
    fn of(output: &Output) -> Outcome {
        // unittest reports on stderr in 2.7 and on either in 3.x.
        let mut tests = parse(&output.stderr);
        tests.extend(parse(&output.stdout));
        let lines = output.stdout.lines().chain(output.stderr.lines());
        let summary = lines.filter_map(summary_line).collect();
        Outcome { end: output.end.clone(), tests, summary }
    }

    /// How much was compared; files of doctests have no single tests to count.
    fn size(&self) -> String {
        match (self.tests.len(), self.summary.first()) {
            (0, Some(line)) => line.rsplit_once(" ... ").map_or(line.as_str(), |(_, n)| n).to_string(),
            (n, _) => format!("{n} tests"),
        }
    }

    fn differs(&self, ours: &Outcome) -> Option<String> {
        let mut why = Vec::new();
        if self.end != ours.end {
            why.push(format!("ended with {}, stock with {}", ours.end, self.end));
        }
        for (name, outcome) in &self.tests {
            match ours.tests.get(name) {
                Some(other) if other == outcome => {}
                Some(other) => why.push(format!("{name}: {other}, stock: {outcome}")),
                None => why.push(format!("{name}: not run, stock: {outcome}")),
            }
        }
        let extra = ours.tests.keys().filter(|name| !self.tests.contains_key(*name));
        why.extend(extra.map(|name| format!("{name}: run, but not by stock")));
        if why.is_empty() && self.summary != ours.summary {
            why.push(format!("summary {:?}, stock {:?}", ours.summary, self.summary));
        }
        why.truncate(20);
        (!why.is_empty()).then(|| why.join("\n"))
    }
}

/// Lines that sum up a whole file, without the times in them.
fn summary_line(line: &str) -> Option<String> {
    let line = line.trim();
    let counts = line.contains(" tests with zero failures") || line.contains(" doctests with ");
    if let Some(rest) = line.strip_prefix("Ran ") {
        return rest.split_once(" in ").map(|(n, _)| n.to_string());
    }
    let verdict =
        line.starts_with("OK") || line.starts_with("FAILED (") || line.starts_with("***Test Failed***");
    (counts || verdict).then(|| line.to_string())
}

const OUTCOMES: &[&str] = &["ok", "FAIL", "ERROR", "expected failure", "unexpected success"];

/// Reads `name (class) ... outcome`, also when a docstring or output stands in between.
fn parse(text: &str) -> BTreeMap<String, String> {
    let mut tests = BTreeMap::new();
    let mut pending: Option<String> = None;
    for line in text.lines() {
        let line = line.trim_end();
        if let Some(name) = name_of(line) {
            pending = Some(name);
        }
        let said = line.rsplit_once(" ... ").map_or(line, |(_, said)| said);
        let outcome = if said.starts_with("skipped ") {
            Some("skipped".to_string())
        } else {
            OUTCOMES
                .iter()
                .find(|o| **o == said || line.ends_with(&format!("... {o}")))
                .map(|o| o.to_string())
        };
        if let Some(outcome) = outcome
            && let Some(name) = pending.take()
        {
            tests.insert(name, outcome);
        }
    }
    tests
}

/// `test_add (test.test_int.IntTestCases)` at the start of a line, as one word.
fn name_of(line: &str) -> Option<String> {
    let (name, rest) = line.split_once(" (")?;
    let (class, _) = rest.split_once(')')?;
    let word = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.');
    let report = line.starts_with("FAIL: ") || line.starts_with("ERROR: ");
    (word(name) && word(class) && class.contains('.') && !report).then(|| format!("{class}.{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "test_basic (test.test_int.IntTestCases) ... ok\n\
        test_doc (test.test_int.IntTestCases)\nA docstring. ... ok\n\
        test_noise (test.test_int.IntTestCases) ... some output\nok\n\
        test_skip (test.test_int.IntTestCases) ... skipped 'not here'\n\
        test_bad (test.test_int.IntTestCases) ... FAIL\n\
        FAIL: test_bad (test.test_int.IntTestCases)\n\
        Ran 5 tests in 0.123s\nFAILED (failures=1, skipped=1)\n";

    fn outcome(stderr: &str, end: &str) -> Outcome {
        Outcome::of(&Output { stdout: String::new(), stderr: stderr.into(), end: end.into() })
    }

    #[test]
    fn outcomes_are_parsed() {
        let o = outcome(OUTPUT, "exit 1");
        let get = |name: &str| o.tests[&format!("test.test_int.IntTestCases.{name}")].as_str();
        assert_eq!(o.tests.len(), 5);
        assert_eq!(get("test_basic"), "ok");
        assert_eq!(get("test_doc"), "ok");
        assert_eq!(get("test_noise"), "ok");
        assert_eq!(get("test_skip"), "skipped");
        assert_eq!(get("test_bad"), "FAIL");
        assert_eq!(o.summary, ["5 tests", "FAILED (failures=1, skipped=1)"]);
    }

    #[test]
    fn differences_are_named() {
        let stock = outcome(OUTPUT, "exit 1");
        assert_eq!(stock.differs(&outcome(&OUTPUT.replace("0.123", "9.876"), "exit 1")), None);
        let fewer = OUTPUT.replace("... some output\nok", "... some output\nERROR");
        let why = stock.differs(&outcome(&fewer, "exit 1")).expect("differs");
        assert!(why.contains("test_noise: ERROR, stock: ok"), "{why}");
        let crashed = outcome("test_basic (test.test_int.IntTestCases) ... ok\n", "signal 11");
        let why = stock.differs(&crashed).expect("differs");
        assert!(why.contains("signal 11") && why.contains("test_bad: not run"), "{why}");
    }
}
