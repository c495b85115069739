//! What the template shows: every number of the page as text, with what tables are sorted by.

use super::bars::{self, Row, Sense};
use super::{curves, palette};
use crate::bench::figures::{self, Clock, Group, Measure, groups, preparation, ratio, typical};
use crate::bench::results::{Count, Measured, Outcome, Participant, Run};
use crate::bench::statistics::{Ratio, SLOWER, median};
use crate::bench::suites::Kind;
use crate::bench::table::{interval, memory_ratio, times};
use crate::bench::warmup::Warmup;
use anyhow::Result;
use serde::Serialize;
use serde_json::Value;

/// The page.
#[derive(Serialize)]
pub struct Page {
    title: String,
    started: String,
    commit: String,
    how: String,
    clock: &'static str,
    other_clock: &'static str,
    slower: f64,
    machine: Vec<(&'static str, String)>,
    participants: Vec<Participant>,
    versions: Vec<Version>,
}

/// What is about one version.
#[derive(Serialize)]
struct Version {
    version: String,
    subjects: Vec<Subject>,
    problems: Vec<(String, String, String)>,
    startup: Vec<(String, String)>,
    speed: Vec<Picture>,
    memory: Vec<Picture>,
    curves: Vec<Picture>,
    profile: Option<Shares>,
    programs: Vec<Line>,
    inside: Vec<Inside>,
}

/// An interpreter beside stock.
#[derive(Serialize)]
struct Subject {
    name: String,
    colour: String,
    groups: Vec<Summary>,
}

/// The means of a group.
#[derive(Serialize)]
struct Summary {
    name: String,
    is_total: bool,
    programs: usize,
    below: usize,
    steady: Cell,
    interval: String,
    best: Cell,
    first: Cell,
    other: Cell,
    memory: Cell,
}

/// A number as people and as sorting see it.
#[derive(Serialize)]
struct Cell {
    text: String,
    sort: f64,
}

/// A picture in two layouts; where one is enough the second is empty.
#[derive(Serialize)]
struct Picture {
    name: String,
    note: String,
    wide: String,
    narrow: String,
}

/// A row of the table of programs.
#[derive(Serialize)]
struct Line {
    name: String,
    group: String,
    subject: String,
    verdict: &'static str,
    stock: Cell,
    cost: Cell,
    steady: Cell,
    interval: String,
    best: Cell,
    first: Cell,
    other: Cell,
    memory: Cell,
    until: Cell,
    preparation: Cell,
}

/// What the JIT says of itself.
#[derive(Serialize)]
struct Inside {
    name: String,
    subject: String,
    native: Cell,
    compile: Cell,
    code: Cell,
    compilations: Cell,
    failures: Cell,
}

/// Where time goes, in percent.
#[derive(Serialize)]
struct Shares {
    names: Vec<(String, String)>,
    rows: Vec<(String, Vec<Cell>)>,
}

fn cell(text: String, sort: f64) -> Cell {
    // Rows without a number come last.
    Cell { text, sort: if sort.is_finite() { sort } else { -1.0 } }
}

fn times_cell(ratio: Option<Ratio>) -> Cell {
    cell(times(ratio), ratio.map_or(f64::NAN, |r| r.ratio))
}

fn memory_cell(ratio: Option<Ratio>) -> Cell {
    cell(memory_ratio(ratio), ratio.map_or(f64::NAN, |r| 1.0 / r.ratio))
}

fn cost_cell(count: Count, cost: Option<f64>) -> Cell {
    cell(cost.map(|c| count.show(c)).unwrap_or_default(), cost.unwrap_or(f64::NAN))
}

impl Page {
    /// The page of a run.
    pub fn of(run: &Run) -> Result<Page> {
        let settings = &run.settings;
        let mut how = format!(
            "Each program ran {} times on each interpreter, in processes of its own, the interpreters in turn. \
             Programs that repeat went on for {} s in each process, at least {} iterations.",
            settings.runs, settings.seconds, settings.min_iterations
        );
        if let Some(n) = settings.processors {
            how.push_str(&format!(" They were bound to {n} processor{}.", if n == 1 { "" } else { "s" }));
        }
        if settings.off {
            how.push_str(" The JIT was switched off.");
        }
        if settings.pgo {
            how.push_str(" Stock and ours are profile-guided builds.");
        }
        let machine = &run.machine;
        Ok(Page {
            title: format!("Pyjion beside stock CPython {}", run.versions().join(", ")),
            started: run.started.clone(),
            commit: run.commit.clone(),
            how,
            clock: settings.clock.name(),
            other_clock: settings.clock.other_name(),
            slower: SLOWER,
            machine: vec![
                ("processor", format!("{} ({} of them)", machine.processor, machine.processors)),
                ("memory", format!("{:.1} GB", machine.memory_mb as f64 / 1024.0)),
                ("system", format!("{}, Linux {}", machine.system, machine.kernel)),
                ("frequency governor", or_dash(&machine.governor)),
                (
                    "load before and at the end",
                    format!(
                        "{:.2}, {:.2} (the programs themselves included)",
                        machine.load_before, machine.load_after
                    ),
                ),
            ],
            participants: run.participants.clone(),
            versions: run.versions().into_iter().map(|v| version(run, v)).collect::<Result<_>>()?,
        })
    }
}

fn or_dash(text: &str) -> String {
    if text.is_empty() { "–".into() } else { text.into() }
}

fn version(run: &Run, version: &str) -> Result<Version> {
    let clock = run.settings.clock;
    let names = run.subjects(version);
    let groups = groups(run, version);
    let of_version = || run.programs.iter().filter(|p| p.version == version);
    let subject = |(i, name): (usize, &&str)| Subject {
        name: name.to_string(),
        colour: palette::hex(palette::subject(i)),
        groups: groups.iter().map(|group| summary(group, name, clock)).collect(),
    };
    let problems = of_version().flat_map(|program| {
        program.problems().map(|(name, text)| (program.name.clone(), name.to_string(), text.to_string()))
    });
    let startup = of_version().find(|p| p.suite == figures::STARTUP).map(|program| {
        let shown = |outcome: &Outcome| typical(outcome, Measure::Steady).map(|t| run.settings.count.show(t));
        program.outcomes.iter().filter_map(|(name, o)| Some((name.clone(), shown(o)?))).collect()
    });
    let shown: Vec<&Measured> = of_version().filter(|p| p.suite != figures::STARTUP).collect();
    let several = shown.iter().any(|program| program.suite != shown[0].suite);
    let mut curves = Vec::new();
    for program in shown.iter().filter(|p| p.kind == Kind::Loop) {
        if let Some(svg) = curves::picture(program, &names, clock)? {
            let note = until_steady(program, &names, clock);
            curves.push(Picture { name: program.name.clone(), note, wide: svg, narrow: String::new() });
        }
    }
    Ok(Version {
        version: version.into(),
        subjects: names.iter().enumerate().map(subject).collect(),
        problems: problems.collect(),
        startup: startup.unwrap_or_default(),
        speed: pictures(&groups, &names, clock.steady(), Sense::Speed)?,
        memory: match run.settings.count {
            Count::Time => pictures(&groups, &names, Measure::Memory, Sense::Cost)?,
            Count::Instructions => Vec::new(),
        },
        curves,
        profile: profile(&shown),
        programs: shown.iter().flat_map(|program| lines(run, program, several)).collect(),
        inside: shown.iter().flat_map(|program| inside(program)).collect(),
    })
}

fn summary(group: &Group<'_>, subject: &str, clock: Clock) -> Summary {
    let of = |measure| figures::mean(group.programs.iter().copied(), subject, measure);
    let (programs, below) = group.below(subject, clock.steady());
    let steady = of(clock.steady());
    Summary {
        name: group.name.clone(),
        is_total: group.is_total,
        programs,
        below,
        steady: times_cell(steady),
        interval: steady.map(interval).unwrap_or_default(),
        best: times_cell(of(Measure::Best)),
        first: times_cell(of(clock.first())),
        other: times_cell(of(clock.other())),
        memory: memory_cell(of(Measure::Memory)),
    }
}

/// A picture for each group that is not a sum, all on the same scale.
fn pictures(groups: &[Group<'_>], subjects: &[&str], measure: Measure, sense: Sense) -> Result<Vec<Picture>> {
    let rows = |group: &Group<'_>| -> Vec<Row> {
        let row = |program: &&Measured| Row {
            name: program.name.clone(),
            ratios: subjects.iter().map(|name| ratio(program, name, measure)).collect(),
        };
        let mut rows: Vec<Row> = group.programs.iter().map(row).collect();
        let value = |row: &Row| row.ratios.first().copied().flatten().map_or(f64::NEG_INFINITY, |r| r.ratio);
        rows.sort_by(|a, b| value(b).total_cmp(&value(a)));
        rows
    };
    let all: Vec<(&Group<'_>, Vec<Row>)> =
        groups.iter().filter(|g| !g.is_total).map(|group| (group, rows(group))).collect();
    let range = bars::range(all.iter().flat_map(|(_, rows)| rows), sense);
    let picture = |(group, rows): &(&Group<'_>, Vec<Row>)| {
        let paint = |layout| bars::picture(&group.name, rows, range, layout, sense);
        Ok(Picture {
            name: group.name.clone(),
            note: String::new(),
            wide: paint(bars::WIDE)?,
            narrow: paint(bars::NARROW)?,
        })
    };
    all.iter().map(picture).collect()
}

/// The medians over processes of iterations and seconds before the steady state.
fn until(outcome: &Outcome, clock: Clock) -> Option<(f64, f64)> {
    let found: Vec<Warmup> =
        outcome.processes.iter().filter_map(|p| Warmup::of(&clock.iterations(&p.iterations))).collect();
    let of = |pick: fn(&Warmup) -> f64| median(&found.iter().map(pick).collect::<Vec<_>>());
    (!found.is_empty()).then(|| (of(|w| w.iterations_until as f64), of(|w| w.seconds_until)))
}

fn until_steady(program: &Measured, subjects: &[&str], clock: Clock) -> String {
    let several = subjects.len() > 1;
    let of = |name: &&str| {
        let (iterations, seconds) = until(program.outcome(name)?, clock)?;
        let whose = if several { format!("{name}: ") } else { String::new() };
        Some(match iterations < 1.0 {
            true => format!("{whose}steady from the first"),
            false => format!("{whose}steady after {iterations:.0}, {}", Count::Time.show(seconds)),
        })
    };
    subjects.iter().filter_map(of).collect::<Vec<_>>().join("; ")
}

/// `several`: whether there are programs of several suites.
fn lines<'a>(run: &'a Run, program: &'a Measured, several: bool) -> impl Iterator<Item = Line> + 'a {
    let (clock, count) = (run.settings.clock, run.settings.count);
    program.subjects().map(move |(subject, outcome)| {
        let of = |measure| ratio(program, subject, measure);
        let steady = of(clock.steady());
        let is_loop = program.kind == Kind::Loop && outcome.problem.is_none();
        let until = until(outcome, clock).filter(|_| is_loop);
        let cost = |outcome: &Outcome| typical(outcome, clock.steady()).filter(|_| outcome.problem.is_none());
        Line {
            name: program.name.clone(),
            group: match several {
                true => format!("{}: {}", program.suite, program.group),
                false => program.group.clone(),
            },
            subject: subject.clone(),
            verdict: steady.map_or("no result", |r| r.verdict.name()),
            stock: cost_cell(count, program.stock().and_then(cost)),
            cost: cost_cell(count, cost(outcome)),
            steady: times_cell(steady),
            interval: steady.map(interval).unwrap_or_default(),
            best: times_cell(of(Measure::Best)),
            first: times_cell(of(clock.first())),
            other: times_cell(of(clock.other())),
            memory: memory_cell(of(Measure::Memory)),
            until: match until {
                Some((iterations, _)) if iterations < 0.5 => cell("0".into(), 0.0),
                Some((iterations, seconds)) => {
                    cell(format!("{iterations:.0} / {}", count.show(seconds)), seconds)
                }
                None => cell(String::new(), f64::NAN),
            },
            preparation: cost_cell(count, preparation(program, outcome).filter(|_| is_loop)),
        }
    })
}

fn inside(program: &Measured) -> impl Iterator<Item = Inside> + '_ {
    program.subjects().filter(|(_, outcome)| !outcome.inside.is_empty()).map(|(subject, outcome)| {
        let number = |name: &str| outcome.inside.get(name).and_then(Value::as_f64);
        let share = match (number("bytecodes_native"), number("bytecodes_interpreted")) {
            (Some(native), Some(rest)) if native + rest > 0.0 => Some(100.0 * native / (native + rest)),
            _ => None,
        };
        let plain = |name: &str| {
            cell(
                number(name).map(|n| format!("{n:.0}")).unwrap_or_default(),
                number(name).unwrap_or(f64::NAN),
            )
        };
        let compile = number("compile_microseconds").map(|us| us / 1e6);
        let code = number("code_bytes").map(|bytes| bytes / 1024.0);
        Inside {
            name: program.name.clone(),
            subject: subject.clone(),
            native: cell(share.map(|s| format!("{s:.1}%")).unwrap_or_default(), share.unwrap_or(f64::NAN)),
            compile: cost_cell(Count::Time, compile),
            code: cell(code.map(|kb| format!("{kb:.0} KB")).unwrap_or_default(), code.unwrap_or(f64::NAN)),
            compilations: plain("compilations"),
            failures: plain("failures"),
        }
    })
}

/// Categories as they are called, in the order of a bar.
const CATEGORIES: [(&str, &str); 6] = [
    ("native", "compiled code"),
    ("helpers", "helpers"),
    ("interpreter", "interpreter"),
    ("compiler", "compiler"),
    ("collector", "collector"),
    ("other", "objects, C code, system"),
];

fn profile(programs: &[&Measured]) -> Option<Shares> {
    let profiled: Vec<(String, &Outcome)> = programs
        .iter()
        .flat_map(|p| p.subjects().map(|(subject, o)| (format!("{} ({subject})", p.name), o)))
        .filter(|(_, outcome)| !outcome.profile.is_empty())
        .collect();
    let share = |outcome: &Outcome, name: &str| {
        let value = outcome.profile.get(name).and_then(Value::as_f64).unwrap_or(0.0) * 100.0;
        cell(format!("{value:.1}%"), value)
    };
    let colours = palette::SHARES.into_iter().map(palette::hex);
    (!profiled.is_empty()).then(|| Shares {
        rows: profiled
            .iter()
            .map(|(title, outcome)| {
                (title.clone(), CATEGORIES.iter().map(|(key, _)| share(outcome, key)).collect())
            })
            .collect(),
        names: CATEGORIES.iter().map(|(_, name)| name.to_string()).zip(colours).collect(),
    })
}
