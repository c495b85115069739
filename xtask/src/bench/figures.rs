//! The figures of a run: ratios of each program by what is looked at, and their means by group.

use super::results::{Iteration, Measured, Outcome, Process, Run};
use super::statistics::{self, Ratio, SLOWER, median};
use super::suites::Kind;
use super::warmup::Warmup;
use serde::{Deserialize, Serialize};

/// The suite of the empty program, which counts in no mean.
pub const STARTUP: &str = "start-up";

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The first iteration: the time that passes.
    First,
    /// Its processor time.
    FirstProcessor,
    /// The median of the second half of the iterations: the time that passes.
    Steady,
    /// The least of the second half.
    Best,
    /// The median of the processor times of the second half.
    Processor,
    /// Peak memory; above 1: less than stock.
    Memory,
}

/// Which clock verdicts and means go by.
#[derive(clap::ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    /// The time that passes.
    #[default]
    Wall,
    /// Processor time, with that of threads and children: steadier where the machine does other things too.
    Processor,
}

impl Clock {
    /// The steady state by this clock.
    pub fn steady(self) -> Measure {
        match self {
            Clock::Wall => Measure::Steady,
            Clock::Processor => Measure::Processor,
        }
    }

    /// The first iteration by this clock.
    pub fn first(self) -> Measure {
        match self {
            Clock::Wall => Measure::First,
            Clock::Processor => Measure::FirstProcessor,
        }
    }

    /// Iterations of which this clock has what is looked at, whichever clock that is done by.
    pub fn iterations(self, iterations: &[Iteration]) -> Vec<Iteration> {
        match self {
            Clock::Wall => iterations.to_vec(),
            Clock::Processor => iterations.iter().map(|i| Iteration { wall: i.processor, ..*i }).collect(),
        }
    }

    /// The steady state by the other clock.
    pub fn other(self) -> Measure {
        match self {
            Clock::Wall => Measure::Processor,
            Clock::Processor => Measure::Steady,
        }
    }

    /// What that is called in a column.
    pub fn other_name(self) -> &'static str {
        match self {
            Clock::Wall => "processor",
            Clock::Processor => "wall",
        }
    }

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Clock::Wall => "time that passes",
            Clock::Processor => "processor time",
        }
    }
}

impl Measure {
    /// What one process has of it.
    fn of(self, process: &Process) -> Option<f64> {
        let warmup = Warmup::of(&process.iterations)?;
        let cost = match self {
            Measure::First => warmup.first.wall,
            Measure::FirstProcessor => warmup.first.processor,
            Measure::Steady => warmup.steady.wall,
            Measure::Best => warmup.best,
            Measure::Processor => warmup.steady.processor,
            Measure::Memory => process.peak_kb as f64,
        };
        // Processor times of nothing happen where iterations are shorter than the clock's ticks.
        (cost.is_finite() && cost > 0.0).then_some(cost)
    }
}

/// One number for each process of an outcome.
pub fn series(outcome: &Outcome, measure: Measure) -> Vec<f64> {
    outcome.processes.iter().filter_map(|process| measure.of(process)).collect()
}

/// The median over processes; none without any.
pub fn typical(outcome: &Outcome, measure: Measure) -> Option<f64> {
    let values = series(outcome, measure);
    (!values.is_empty()).then(|| median(&values))
}

/// The costs of two interpreters in the turns that both have; empty when one of them has a problem.
fn turns(base: &Outcome, subject: &Outcome, measure: Measure) -> (Vec<f64>, Vec<f64>) {
    if base.problem.is_some() || subject.problem.is_some() {
        return (Vec::new(), Vec::new());
    }
    let pairs = base.processes.iter().filter_map(|x| {
        let y = subject.processes.iter().find(|y| y.round == x.round)?;
        Some((measure.of(x)?, measure.of(y)?))
    });
    pairs.unzip()
}

/// How many times faster than stock an interpreter is at a program.
pub fn ratio(program: &Measured, subject: &str, measure: Measure) -> Option<Ratio> {
    let (base, subject) = turns(program.stock()?, program.outcome(subject)?, measure);
    statistics::in_turn(&base, &subject)
}

/// The geometric mean over programs.
pub fn mean<'a>(
    programs: impl IntoIterator<Item = &'a Measured>,
    subject: &str,
    measure: Measure,
) -> Option<Ratio> {
    let logs = programs.into_iter().filter_map(|program| {
        let (base, subject) = turns(program.stock()?, program.outcome(subject)?, measure);
        let logs = statistics::log_ratios(&base, &subject);
        (!logs.is_empty()).then_some(logs)
    });
    statistics::geometric_mean(&logs.collect::<Vec<_>>())
}

/// How the process ran before its first iteration, and after its last, as a median; none for scripts.
pub fn preparation(program: &Measured, outcome: &Outcome) -> Option<f64> {
    if program.kind == Kind::Script || outcome.processes.is_empty() {
        return None;
    }
    let rest = |p: &Process| (p.wall - p.iterations.iter().map(|i| i.wall).sum::<f64>()).max(0.0);
    Some(median(&outcome.processes.iter().map(rest).collect::<Vec<_>>()))
}

/// Programs that are looked at together.
pub struct Group<'a> {
    /// `pyperformance: classics`, `pyperformance` for a whole suite, `all`.
    pub name: String,
    /// Whether it is the sum of others.
    pub is_total: bool,
    /// Its programs.
    pub programs: Vec<&'a Measured>,
}

impl Group<'_> {
    /// How many of its programs have a ratio, and how many of those are below 0.98.
    pub fn below(&self, subject: &str, measure: Measure) -> (usize, usize) {
        let ratios: Vec<Ratio> = self.programs.iter().filter_map(|p| ratio(p, subject, measure)).collect();
        (ratios.len(), ratios.iter().filter(|r| r.ratio < SLOWER).count())
    }
}

/// The groups of one version's programs, each suite's followed by the suite as a whole, and all of them last.
pub fn groups<'a>(run: &'a Run, version: &str) -> Vec<Group<'a>> {
    let programs: Vec<&Measured> =
        run.programs.iter().filter(|p| p.version == version && p.suite != STARTUP).collect();
    let mut groups: Vec<Group<'a>> = Vec::new();
    let suites = distinct(programs.iter().map(|p| p.suite.as_str()));
    for suite in &suites {
        let of_suite: Vec<&Measured> = programs.iter().filter(|p| p.suite == *suite).copied().collect();
        let names = distinct(of_suite.iter().map(|p| p.group.as_str()));
        for name in names.iter().filter(|_| names.len() > 1) {
            groups.push(Group {
                name: format!("{suite}: {name}"),
                is_total: false,
                programs: of_suite.iter().filter(|p| p.group == *name).copied().collect(),
            });
        }
        groups.push(Group { name: suite.to_string(), is_total: names.len() > 1, programs: of_suite });
    }
    if suites.len() > 1 {
        groups.push(Group { name: "all".into(), is_total: true, programs });
    }
    groups
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

#[cfg(test)]
pub mod tests {
    use super::super::results::{Count, FORMAT, STOCK, Settings};
    use super::*;

    /// A program whose processes take these walls, a process an iteration.
    pub fn measured(suite: &str, group: &str, name: &str, stock: &[f64], ours: &[f64]) -> Measured {
        let outcome = |walls: &[f64]| Outcome {
            processes: walls
                .iter()
                .enumerate()
                .map(|(round, &wall)| Process {
                    round,
                    iterations: vec![Iteration { wall, processor: wall }],
                    wall,
                    processor: wall,
                    peak_kb: 1000,
                })
                .collect(),
            ..Outcome::default()
        };
        Measured {
            version: "2.7.18".into(),
            suite: suite.into(),
            group: group.into(),
            name: name.into(),
            kind: Kind::Script,
            outcomes: vec![(STOCK.into(), outcome(stock)), ("pyjion".into(), outcome(ours))],
        }
    }

    /// A run of these programs.
    pub fn run(programs: Vec<Measured>) -> Run {
        let participant = |name: &str| super::super::results::Participant {
            name: name.into(),
            version: "2.7.18".into(),
            path: format!("/opt/{name}"),
            sha256: "0".repeat(64),
            banner: "2.7.18 (default)".into(),
            implementation: "CPython".into(),
            flags: "-O3".into(),
            jit: name != STOCK,
        };
        Run {
            format: FORMAT,
            started: "2026-01-02 03:04:05".into(),
            commit: "abc".into(),
            machine: Default::default(),
            settings: Settings {
                count: Count::Time,
                runs: 3,
                seconds: 1.0,
                min_iterations: 5,
                max_iterations: 100,
                scale: 100,
                processors: None,
                off: false,
                pgo: false,
                clock: Clock::Wall,
            },
            participants: vec![participant(STOCK), participant("pyjion")],
            programs,
        }
    }

    #[test]
    fn ratios_are_of_the_same_turns() {
        let mut program = measured("own", "loops", "a", &[2.0, 4.0, 8.0], &[1.0, 2.0, 4.0]);
        program.outcomes[1].1.processes.remove(1);
        let found = ratio(&program, "pyjion", Measure::Steady).expect("a ratio");
        assert!((found.ratio - 2.0).abs() < 1e-9, "{found:?}");
        program.outcomes[1].1.problem = Some("prints something else".into());
        assert_eq!(ratio(&program, "pyjion", Measure::Steady), None);
        assert_eq!(ratio(&program, "pypy", Measure::Steady), None);
    }

    #[test]
    fn warming_up_is_looked_at_by_the_clock_of_the_run() {
        let iterations = [Iteration { wall: 2.0, processor: 1.0 }];
        assert_eq!(Clock::Wall.iterations(&iterations)[0].wall, 2.0);
        assert_eq!(Clock::Processor.iterations(&iterations)[0].wall, 1.0);
    }

    #[test]
    fn groups_end_in_totals() {
        let programs = vec![
            measured(STARTUP, "start-up", "empty", &[1.0], &[1.0]),
            measured("own", "loops", "a", &[2.0, 2.0], &[1.0, 1.0]),
            measured("own", "library", "b", &[1.0, 1.0], &[2.0, 2.0]),
            measured("short", "commands", "c", &[1.0, 1.0], &[1.0, 1.0]),
        ];
        let run = run(programs);
        let groups = groups(&run, "2.7.18");
        let names: Vec<&str> = groups.iter().map(|g| g.name.as_str()).collect();
        assert_eq!(names, ["own: loops", "own: library", "own", "short", "all"]);
        let own = &groups[2];
        assert_eq!(own.below("pyjion", Measure::Steady), (2, 1));
        let mean = mean(own.programs.iter().copied(), "pyjion", Measure::Steady).expect("a mean");
        assert!((mean.ratio - 1.0).abs() < 1e-9);
    }
}
