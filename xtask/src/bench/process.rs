//! One process of one program on one interpreter: how it is started, and what came of it.

use super::driver_report::Report;
use super::instructions::Counter;
use super::interpreters::Interpreter;
use super::meter::{self, End, Ran};
use super::results::{Iteration, Process};
use super::suites::{Kind, Places, Program};
use crate::dirs::remove_tree;
use crate::test;
use anyhow::{Context, Result};
use rustix::thread::CpuSet;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// How many iterations of a loop program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// They go on for this long.
    pub seconds: f64,
    /// But there are at least so many.
    pub min_iterations: usize,
    /// And at most so many.
    pub max_iterations: usize,
}

impl Pace {
    /// One iteration.
    pub const ONCE: Pace = Pace { seconds: 0.0, min_iterations: 1, max_iterations: 1 };
}

/// What all processes have in common.
pub struct Stage {
    /// `ci/bench`.
    pub bench: PathBuf,
    /// What is installed for the programs; a folder that may not be there.
    pub deps: PathBuf,
    /// Files of the process under way go below here.
    pub scratch: PathBuf,
    /// How much the programs of suite `own` do, in percent.
    pub scale: u32,
    /// Processors that they may use; none for all.
    pub processors: Option<CpuSet>,
    /// When they count as hanging.
    pub limit: Duration,
}

/// A process that did not do what it should.
#[derive(Debug)]
pub enum Failure {
    /// The user interrupts.
    Interrupted,
    /// It crashed or failed.
    Problem(String),
}

/// A process that did.
pub struct Done {
    /// What it cost.
    pub process: Process,
    /// What must be the same on all interpreters; none where that cannot be said.
    pub said: Option<String>,
    /// What the JIT said of itself in the driver's report.
    pub pyjion: Map<String, Value>,
    /// The lines that `PYJION_STATS` collected.
    pub stats: String,
}

/// The process to start.
pub struct Job<'a> {
    /// What it runs.
    pub program: &'a Program,
    /// What runs it.
    pub interpreter: &'a Interpreter,
    /// How long.
    pub pace: Pace,
    /// Its turn.
    pub round: usize,
    /// Whether the JIT is asked for its statistics, which costs time.
    pub inside: bool,
}

impl Stage {
    /// Runs a process and waits for it.
    pub fn run(&self, job: &Job<'_>, counter: Option<Counter>) -> Result<std::result::Result<Done, Failure>> {
        let mut command = self.prepare(job)?;
        let (report, stats) = (self.report(), self.scratch.join("stats.jsonl"));
        if job.inside {
            command.env("PYJION_STATS", &stats);
        }
        if let Some(counter) = counter {
            return Ok(self.count(job, &command, counter, &report));
        }
        let ran = meter::run(&mut command, &self.scratch, self.processors, self.limit)?;
        let text = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
        let report = Report::parse(&text(&report));
        let stats = text(&stats);
        remove_tree(&self.scratch)?;
        Ok(finished(job, ran, report, stats))
    }

    /// What starts a process, in a folder that is empty.
    pub fn prepare(&self, job: &Job<'_>) -> Result<Command> {
        let home = self.scratch.join("home");
        remove_tree(&self.scratch)?;
        std::fs::create_dir_all(&home).with_context(|| format!("cannot create {}", home.display()))?;
        Ok(self.command(job, &home, &self.report()))
    }

    /// Where the driver writes its report.
    fn report(&self) -> PathBuf {
        self.scratch.join("report.jsonl")
    }

    fn command(&self, job: &Job<'_>, home: &Path, report: &Path) -> Command {
        let mut command = test::python(&job.interpreter.path);
        command.current_dir(home).env("HOME", home).env("TMPDIR", home);
        command.env("PYJION_BENCH_SOURCE", &job.interpreter.source);
        command.env("PYJION_BENCH_SCALE", self.scale.to_string());
        for (name, value) in &job.interpreter.env {
            command.env(name, value);
        }
        let program = job.program;
        let places = Places {
            python: &job.interpreter.path,
            data: &self.bench.join("data"),
            deps: &self.deps,
            scratch: home,
            source: &job.interpreter.source,
        };
        for (name, value) in program.env.iter().filter_map(|pair| pair.split_once('=')) {
            command.env(name, places.expand(value));
        }
        match program.kind {
            Kind::Script => {
                if !program.path.is_empty() {
                    // A path that begins with a placeholder is absolute, and stays what it is.
                    command.arg(self.bench.join(places.expand(&program.path)));
                }
                command.args(program.args.iter().map(|arg| places.expand(arg)));
            }
            Kind::Loop => {
                let pace = job.pace;
                command.arg(self.bench.join("driver.py")).arg("--report").arg(report);
                command.args(["--seconds", &pace.seconds.to_string()]);
                command.args(["--min-iterations", &pace.min_iterations.to_string()]);
                command.args(["--max-iterations", &pace.max_iterations.to_string()]);
                command.arg("--deps").arg(&self.deps).args([&program.suite, &program.name]);
            }
        }
        command
    }

    /// Counts the instructions of the whole process, as one iteration.
    fn count(
        &self,
        job: &Job<'_>,
        command: &Command,
        counter: Counter,
        report: &Path,
    ) -> std::result::Result<Done, Failure> {
        let (cost, stdout) = counter.run(command).map_err(|e| Failure::Problem(format!("{e:#}")))?;
        let said = match job.program.kind {
            Kind::Script => Some(stdout),
            Kind::Loop => {
                let text = std::fs::read_to_string(report).unwrap_or_default();
                Report::parse(&text).map_err(|e| Failure::Problem(format!("{e:#}")))?.checksum
            }
        };
        let iterations = vec![Iteration { wall: cost, processor: cost }];
        let process = Process { round: job.round, iterations, wall: cost, processor: cost, peak_kb: 0 };
        Ok(Done { process, said, pyjion: Map::new(), stats: String::new() })
    }
}

/// What came of a process.
fn finished(
    job: &Job<'_>,
    ran: Ran,
    report: Result<Report>,
    stats: String,
) -> std::result::Result<Done, Failure> {
    let problem = |text: String| Err(Failure::Problem(text));
    let process = |iterations: Vec<Iteration>| Process {
        round: job.round,
        iterations,
        wall: ran.wall,
        processor: ran.processor,
        peak_kb: ran.peak_kb,
    };
    match &ran.end {
        End::Exit(0) => {}
        End::Interrupted => return Err(Failure::Interrupted),
        End::Exit(_) => return problem(format!("{}: {}", ran.end, ran.last_words())),
        End::Signal(_) | End::Timeout(_) => {
            let after = report.map(|r| r.iterations.len()).unwrap_or(0);
            let after = if after > 0 { format!(" after {after} iterations") } else { String::new() };
            return problem(format!("{}{after}: {}", ran.end, ran.last_words()));
        }
    }
    match job.program.kind {
        Kind::Script => {
            let cost = Iteration { wall: ran.wall.max(1e-6), processor: ran.processor.max(1e-6) };
            let process = process(vec![cost]);
            Ok(Done { process, said: Some(ran.stdout), pyjion: Map::new(), stats })
        }
        Kind::Loop => match report {
            Err(e) => problem(format!("{e:#}")),
            Ok(report) if !report.ended || report.iterations.is_empty() => {
                problem(format!("the driver's report has no end: {}", ran.last_words()))
            }
            Ok(report) => Ok(Done {
                process: process(report.iterations),
                said: report.checksum,
                pyjion: report.pyjion,
                stats,
            }),
        },
    }
}

/// Whether two interpreters said the same; if not, in what they differ.
pub fn differs(kind: Kind, expected: &Option<String>, found: &Option<String>) -> Option<String> {
    let (Some(expected), Some(found)) = (expected, found) else { return None };
    if expected == found {
        return None;
    }
    Some(match kind {
        Kind::Loop => format!("WRONG RESULT: its checksum is {found}, stock's {expected}"),
        Kind::Script => {
            let mut lines = expected.lines().zip(found.lines()).enumerate();
            let (at, ours, stocks) = lines.find(|(_, (a, b))| a != b).map_or_else(
                || {
                    let n = expected.lines().count().min(found.lines().count());
                    (n, found.lines().nth(n).unwrap_or(""), expected.lines().nth(n).unwrap_or(""))
                },
                |(i, (a, b))| (i, b, a),
            );
            let short = |line: &str| line.chars().take(60).collect::<String>();
            format!("WRONG OUTPUT: line {} is {:?}, stock's {:?}", at + 1, short(ours), short(stocks))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_shown_where_they_begin() {
        let said = |text: &str| Some(text.to_string());
        let script = |a: &str, b: &str| differs(Kind::Script, &said(a), &said(b));
        assert_eq!(script("a\nb\n", "a\nb\n"), None);
        let text = script("a\nb\n", "a\nc\n").expect("differs");
        assert!(text.contains("line 2 is \"c\"") && text.contains("stock's \"b\""), "{text}");
        let text = script("a\n", "a\nmore\n").expect("differs");
        assert!(text.contains("line 2 is \"more\"") && text.contains("stock's \"\""), "{text}");
        assert!(differs(Kind::Loop, &said("x"), &said("y")).is_some());
        assert_eq!(differs(Kind::Loop, &None, &said("y")), None);
    }
}
