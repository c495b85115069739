//! What a run of one regrtest file amounted to, test by test, read from its verbose output.

use super::process::Output;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Lines kept of the end of what a run said.
const TAIL: usize = 15;

/// Differences named at most.
const NAMED: usize = 20;

/// The outcome of one file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// How the process ended.
    pub end: String,
    /// How long it took.
    #[serde(default)]
    pub seconds: f64,
    /// Why regrtest skipped the whole file.
    pub skipped: Option<String>,
    /// Lines that sum the file up.
    pub summary: Vec<String>,
    /// What `regrtest -R` found, by what leaked: the sum over its runs.
    #[serde(default)]
    pub leaks: BTreeMap<String, i64>,
    /// The last lines it printed.
    pub tail: Vec<String>,
    /// The outcomes of each test, in the order in which it was run (more than once, it may be).
    pub tests: BTreeMap<String, Vec<String>>,
}

impl Outcome {
    /// Reads the output of `regrtest -v FILE`.
    pub fn of(file: &str, output: &Output, seconds: f64) -> Outcome {
        // unittest reports on stderr in 2.7 and on either in 3.x.
        let mut tests = parse(&output.stderr);
        for (name, outcomes) in parse(&output.stdout) {
            tests.entry(name).or_default().extend(outcomes);
        }
        let lines = || output.stdout.lines().chain(output.stderr.lines());
        let mark = format!("{file} skipped -- ");
        let spoken: Vec<&str> = lines().filter(|l| !l.trim().is_empty()).collect();
        Outcome {
            end: output.end.clone(),
            seconds,
            skipped: lines().find_map(|l| l.strip_prefix(&mark)).map(str::to_string),
            summary: lines().filter_map(summary_line).collect(),
            leaks: lines().filter_map(|l| leak_line(file, l)).collect(),
            tail: spoken[spoken.len().saturating_sub(TAIL)..].iter().map(|l| l.to_string()).collect(),
            tests,
        }
    }

    /// It was killed because it ran too long.
    pub fn timed_out(&self) -> bool {
        self.end.starts_with("timeout")
    }

    /// It was ended by a signal.
    pub fn crashed(&self) -> bool {
        self.end.starts_with("signal")
    }

    /// How many tests were run.
    pub fn count(&self) -> usize {
        self.tests.values().map(Vec::len).sum()
    }

    /// How much was compared; files of doctests have no single tests to count.
    pub fn size(&self) -> String {
        match (self.count(), self.summary.first()) {
            (0, Some(line)) => line.rsplit_once(" ... ").map_or(line.as_str(), |(_, n)| n).to_string(),
            (n, _) => format!("{n} tests"),
        }
    }

    /// Takes tests out, and with them the sums that they are part of.
    pub fn without(&self, names: &[&str]) -> Outcome {
        let mut rest = self.clone();
        rest.tests.retain(|name, _| !names.contains(&name.as_str()));
        if rest.tests.len() < self.tests.len() {
            rest.summary.clear();
            if rest.end.starts_with("exit") {
                rest.end = "exit".into();
            }
        }
        rest
    }

    /// Whether it left out something that `other` ran, for lack of a module, say.
    pub fn lacks(&self, other: &Outcome) -> bool {
        let runs = |name: &String| other.tests.get(name).is_some_and(|o| !is_skipped(o));
        (self.skipped.is_some() && other.skipped.is_none())
            || (self.failed_to_import() && !other.failed_to_import())
            || self.tests.iter().any(|(name, outcomes)| is_skipped(outcomes) && runs(name))
    }

    /// Whether the whole file could not be imported.
    fn failed_to_import(&self) -> bool {
        let ran_nothing = self.tests.is_empty() && self.summary.is_empty();
        let failed = self.end.starts_with("exit") && self.end != "exit 0";
        failed && ran_nothing && self.tail.iter().any(|line| line.starts_with("ImportError: "))
    }

    /// The same, but what it left out is as in `other`, and so are the sums.
    pub fn completed_by(&self, other: &Outcome) -> Outcome {
        if !self.lacks(other) {
            return self.clone();
        }
        let mut tests = if self.skipped.is_some() || self.failed_to_import() {
            other.tests.clone()
        } else {
            self.tests.clone()
        };
        for (name, outcomes) in tests.iter_mut().filter(|(_, outcomes)| is_skipped(outcomes)) {
            if let Some(others) = other.tests.get(name) {
                outcomes.clone_from(others);
            }
        }
        Outcome { tests, seconds: self.seconds, leaks: self.leaks.clone(), ..other.clone() }
    }

    /// In what ours differs from this; `None` when they agree.
    pub fn differs(&self, ours: &Outcome) -> Option<String> {
        let mut why = Vec::new();
        if self.end != ours.end {
            why.push(format!("ended with {}, stock with {}", ours.end, self.end));
        }
        if self.skipped.is_some() != ours.skipped.is_some() {
            let say = |o: &Outcome| o.skipped.clone().map_or("run".into(), |s| format!("skipped ({s})"));
            why.push(format!("{}, stock: {}", say(ours), say(self)));
        }
        for (name, outcomes) in &self.tests {
            match ours.tests.get(name) {
                Some(other) if other == outcomes => {}
                Some(other) => {
                    why.push(format!("{name}: {}, stock: {}", other.join(", "), outcomes.join(", ")))
                }
                None => why.push(format!("{name}: not run, stock: {}", outcomes.join(", "))),
            }
        }
        let extra = ours.tests.keys().filter(|name| !self.tests.contains_key(*name));
        why.extend(extra.map(|name| format!("{name}: run, but not by stock")));
        if why.is_empty() && self.summary != ours.summary {
            why.push(format!("summary {:?}, stock {:?}", ours.summary, self.summary));
        }
        for (what, lost) in &ours.leaks {
            let by_stock = self.leaks.get(what).copied().unwrap_or(0);
            if *lost > by_stock {
                why.push(format!("leaks {lost} {what}, stock {by_stock}"));
            }
        }
        let unnamed = why.len().saturating_sub(NAMED);
        why.truncate(NAMED);
        if unnamed > 0 {
            why.push(format!("and {unnamed} more"));
        }
        (!why.is_empty()).then(|| why.join("\n"))
    }
}

fn is_skipped(outcomes: &[String]) -> bool {
    outcomes.iter().all(|outcome| outcome == SKIPPED)
}

/// `test_x leaked [2, 2, 2] references, sum=6`.
fn leak_line(file: &str, line: &str) -> Option<(String, i64)> {
    let rest = line.trim().strip_prefix(file)?.strip_prefix(" leaked [")?;
    let (what, sum) = rest.split_once("] ")?.1.split_once(", sum=")?;
    Some((what.to_string(), sum.trim().parse().ok()?))
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

/// What is said of a test that was left out.
const SKIPPED: &str = "skipped";

const OUTCOMES: &[&str] = &["ok", "FAIL", "ERROR", "expected failure", "unexpected success"];

/// Reads `name (class) ... outcome`, also when a docstring or output stands in between.
fn parse(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut tests: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut pending: Option<String> = None;
    for line in text.lines() {
        let line = line.trim_end();
        if let Some(name) = name_of(line) {
            pending = Some(name);
        }
        let said = line.rsplit_once(" ... ").map_or(line, |(_, said)| said);
        let outcome = if said.starts_with("skipped ") {
            Some(SKIPPED.to_string())
        } else {
            OUTCOMES
                .iter()
                .find(|o| **o == said || line.ends_with(&format!("... {o}")))
                .map(|o| o.to_string())
        };
        if let Some(outcome) = outcome
            && let Some(name) = pending.take()
        {
            tests.entry(name).or_default().push(outcome);
        }
    }
    tests
}

/// `test_add (test.test_int.IntTestCases)` at the start of a line, as one word; likewise `Doctest: name`.
fn name_of(line: &str) -> Option<String> {
    let word = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.');
    if let Some(rest) = line.strip_prefix("Doctest: ") {
        let name = rest.split_once(" ... ").map_or(rest, |(name, _)| name);
        return word(name).then(|| name.to_string());
    }
    let (name, rest) = line.split_once(" (")?;
    let (class, _) = rest.split_once(')')?;
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
        Doctest: test.test_int.__test__.x ... ok\n\
        FAIL: test_bad (test.test_int.IntTestCases)\n\
        Ran 6 tests in 0.123s\nFAILED (failures=1, skipped=1)\n";

    fn outcome(stderr: &str, end: &str) -> Outcome {
        Outcome::of(
            "test_int",
            &Output { stdout: String::new(), stderr: stderr.into(), end: end.into() },
            0.0,
        )
    }

    #[test]
    fn outcomes_are_parsed() {
        let o = outcome(OUTPUT, "exit 1");
        let get = |name: &str| o.tests[&format!("test.test_int.IntTestCases.{name}")].join(" ");
        assert_eq!(o.count(), 6);
        assert_eq!(get("test_basic"), "ok");
        assert_eq!(get("test_doc"), "ok");
        assert_eq!(get("test_noise"), "ok");
        assert_eq!(get("test_skip"), "skipped");
        assert_eq!(get("test_bad"), "FAIL");
        assert_eq!(o.tests["test.test_int.__test__.x"], ["ok"]);
        assert_eq!(o.summary, ["6 tests", "FAILED (failures=1, skipped=1)"]);
    }

    #[test]
    fn what_stock_cannot_run_is_taken_from_elsewhere() {
        let stock = outcome(OUTPUT, "exit 1");
        let off =
            outcome(&OUTPUT.replace("skipped 'not here'", "ok").replace("... FAIL", "... ok"), "exit 0");
        assert!(stock.lacks(&off) && !stock.lacks(&stock) && !off.lacks(&stock));
        let reference = stock.completed_by(&off);
        assert_eq!(reference.tests["test.test_int.IntTestCases.test_skip"], ["ok"]);
        assert_eq!(reference.tests["test.test_int.IntTestCases.test_bad"], ["FAIL"]);
        assert_eq!((reference.end.as_str(), off.completed_by(&stock)), ("exit 0", off.clone()));
        let none = outcome("test_int skipped -- No module named '_ssl'\n", "exit 0");
        assert_eq!(none.completed_by(&off).differs(&off), None);
        let unimportable =
            outcome("Traceback (most recent call last):\nImportError: No module named '_ssl'\n", "exit 1");
        assert_eq!(unimportable.completed_by(&off).differs(&off), None);
        assert_eq!(unimportable.completed_by(&none).differs(&none), None);
        // One that ran nothing for another reason is as it is.
        assert!(!outcome("MemoryError\n", "exit 1").lacks(&off));
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
        // A test that is run twice has two outcomes.
        let twice =
            outcome(&format!("{OUTPUT}test_basic (test.test_int.IntTestCases) ... ERROR\n"), "exit 1");
        assert!(stock.differs(&twice).is_some_and(|why| why.contains("test_basic: ok, ERROR, stock: ok")));
    }

    #[test]
    fn a_listed_test_is_taken_out_with_the_sums() {
        let stock = outcome(OUTPUT, "exit 1");
        let good = OUTPUT.replace("... FAIL", "... ok").replace("failures=1, ", "");
        let ours = outcome(&good, "exit 0");
        let listed = ["test.test_int.IntTestCases.test_bad"];
        assert!(stock.differs(&ours).is_some());
        assert_eq!(stock.without(&listed).differs(&ours.without(&listed)), None);
        assert!(stock.without(&listed).differs(&outcome(&good, "signal 11").without(&listed)).is_some());
    }

    #[test]
    fn skipped_files_and_leaks() {
        let skipped = outcome("test_int skipped -- No module named _int\n", "exit 0");
        assert_eq!(skipped.skipped.as_deref(), Some("No module named _int"));
        assert!(skipped.differs(&outcome("", "exit 0")).is_some());
        let leaky = outcome("test_int leaked [2, 2, 2] references, sum=6\n", "exit 1");
        assert_eq!(leaky.leaks["references"], 6);
        let clean = outcome("", "exit 1");
        assert!(clean.differs(&leaky).is_some_and(|why| why.contains("leaks 6 references, stock 0")));
        assert_eq!(leaky.differs(&clean), None);
    }
}
