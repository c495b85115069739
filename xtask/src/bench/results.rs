//! What a run measures, as it is stored, reported and compared.

use super::figures::Clock;
use super::instructions::Counter;
use super::machine::Machine;
use super::suites::Kind;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The interpreter that the others are compared with.
pub const STOCK: &str = "stock";

/// What is counted.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Count {
    /// The time that passes, and beside it the processor time of all threads, user and system.
    Time,
    /// Instructions executed in user mode: by the processor's counter when perf can read it, else by
    /// valgrind.
    Instructions,
}

impl Count {
    /// How costs are printed.
    pub fn show(self, cost: f64) -> String {
        match self {
            Count::Time if cost < 1e-3 => format!("{:.1} µs", cost * 1e6),
            Count::Time if cost < 1.0 => format!("{:.1} ms", cost * 1e3),
            Count::Time => format!("{cost:.2} s"),
            Count::Instructions => format!("{:.1} M", cost / 1e6),
        }
    }

    /// The counter to use; none for time.
    pub fn counter(self) -> anyhow::Result<Option<Counter>> {
        match self {
            Count::Time => Ok(None),
            Count::Instructions => Counter::find().map(Some),
        }
    }
}

/// One iteration of a program.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Iteration {
    /// Seconds that passed; or instructions, where those are counted.
    pub wall: f64,
    /// Seconds of processor time of all threads and children.
    pub processor: f64,
}

/// One process that ran a program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Process {
    /// The turn it was part of, from 0.
    pub round: usize,
    /// Its iterations in order, one for a script.
    pub iterations: Vec<Iteration>,
    /// Seconds from its start to its end, preparation included.
    pub wall: f64,
    /// Seconds of processor time.
    pub processor: f64,
    /// Peak memory in kilobytes.
    pub peak_kb: u64,
}

/// What one interpreter did with one program.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Those processes that did what they should, in the order of the turns.
    pub processes: Vec<Process>,
    /// Why there are not more of them: a wrong result, a crash, a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// What the JIT said of itself in a process of its own, which is not part of the times.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub inside: Map<String, Value>,
    /// Shares of the samples of a profile by where they fell (`native code`, `helpers`, …), where one was
    /// made.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub profile: Map<String, Value>,
}

/// What all interpreters did with one program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// `2.7.18`.
    pub version: String,
    /// The suite of the program.
    pub suite: String,
    /// Its group.
    pub group: String,
    /// Its name.
    pub name: String,
    /// How it is run.
    pub kind: Kind,
    /// Each interpreter's name, stock's first, and what it did.
    pub outcomes: Vec<(String, Outcome)>,
}

impl Measured {
    /// What one interpreter did.
    pub fn outcome(&self, interpreter: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|(name, _)| name == interpreter).map(|(_, outcome)| outcome)
    }

    /// What stock did.
    pub fn stock(&self) -> Option<&Outcome> {
        self.outcome(STOCK)
    }

    /// The others.
    pub fn subjects(&self) -> impl Iterator<Item = &(String, Outcome)> {
        self.outcomes.iter().filter(|(name, _)| name != STOCK)
    }

    /// What no other program of the run is called.
    pub fn key(&self) -> (&str, &str, &str) {
        (&self.version, &self.suite, &self.name)
    }

    /// `interpreter: what went wrong`, for each that has something to say.
    pub fn problems(&self) -> impl Iterator<Item = (&str, &str)> {
        self.outcomes.iter().filter_map(|(name, outcome)| Some((name.as_str(), outcome.problem.as_deref()?)))
    }
}

/// An interpreter that took part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Participant {
    /// Its name in the results.
    pub name: String,
    /// The version (`2.7.18`) whose programs it ran.
    pub version: String,
    /// Its executable.
    pub path: String,
    /// SHA-256 of the executable.
    pub sha256: String,
    /// `sys.version` in one line.
    pub banner: String,
    /// `CPython`, `PyPy`, …
    pub implementation: String,
    /// What compiler and configure were told.
    pub flags: String,
    /// Whether it has our JIT.
    pub jit: bool,
}

/// How it was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// What was counted.
    pub count: Count,
    /// Processes of each program on each interpreter.
    pub runs: usize,
    /// Seconds that iterations go on for in each process.
    pub seconds: f64,
    /// But at least so many iterations.
    pub min_iterations: usize,
    /// And at most so many.
    pub max_iterations: usize,
    /// How much the programs of suite `own` do, in percent.
    pub scale: u32,
    /// Processors that the programs may use; none for all.
    pub processors: Option<usize>,
    /// Whether the JIT was switched off.
    pub off: bool,
    /// Whether the interpreters are profile-guided builds.
    pub pgo: bool,
    /// What verdicts and means go by.
    #[serde(default)]
    pub clock: Clock,
}

/// A run: everything that reports and comparisons need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The version of this format.
    pub format: u32,
    /// When it began, as `date` prints it in UTC.
    pub started: String,
    /// The commit of the checkout, with a `+` when files differ from it.
    pub commit: String,
    /// Where it ran.
    pub machine: Machine,
    /// How.
    pub settings: Settings,
    /// Which interpreters.
    pub participants: Vec<Participant>,
    /// What they did.
    pub programs: Vec<Measured>,
}

/// The format that is written and read.
pub const FORMAT: u32 = 1;

impl Run {
    /// The versions of the programs, in the order they were run in.
    pub fn versions(&self) -> Vec<&str> {
        let mut versions: Vec<&str> = Vec::new();
        for program in &self.programs {
            if !versions.contains(&program.version.as_str()) {
                versions.push(&program.version);
            }
        }
        versions
    }

    /// The interpreters that are compared with stock, in order.
    pub fn subjects(&self, version: &str) -> Vec<&str> {
        let of = self.participants.iter().filter(|p| p.version == version && p.name != STOCK);
        of.map(|p| p.name.as_str()).collect()
    }

    /// How many programs have something wrong with them.
    pub fn problems(&self) -> usize {
        self.programs.iter().map(|p| p.problems().count()).sum()
    }
}
