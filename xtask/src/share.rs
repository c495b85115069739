//! `share`: how much of hot code runs in native code, program by program, and why the rest does not.

use crate::bench::suites::{self, Program, Suites};
use crate::build_python;
use crate::dirs::{Dirs, Flavour, remove_tree};
use crate::plan::{self, Common, Options, Plan};
use crate::prereqs;
use crate::step::Step;
use crate::test;
use crate::versions::{Release, Table, Version};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

/// The suite whose programs are looked at.
const SUITE: &str = "own";

/// How long a program may take.
const LIMIT: Duration = Duration::from_secs(1800);

/// A share below this, in percent, is marked.
const LOW: f64 = 95.0;

/// Kinds of exits, and exits one by one, that are listed.
const SHOWN: usize = 20;

/// The options of `share`.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// Only these versions; the default is 2.7.18
    #[arg(long = "version", env = "PYJION_SHARE_VERSION", value_name = "VERSION", value_delimiter = ',')]
    versions: Vec<String>,
    /// Only programs and tests whose name contains this
    #[arg(long, env = "PYJION_SHARE_FILTER", value_name = "TEXT")]
    filter: Option<String>,
    /// The tests of the standard library too, not only the programs of `bench`
    #[arg(long, env = "PYJION_SHARE_FULL", value_parser = plan::yes_or_no())]
    full: bool,
    /// Use the interpreters as they are
    #[arg(long, env = "PYJION_SHARE_SKIP_BUILD", value_parser = plan::yes_or_no())]
    skip_build: bool,
}

/// What a program and the processes it started report at their ends, one line each: see
/// `embed/src/stats/report.rs`.
#[derive(Debug, Default, Deserialize)]
struct Report {
    bytecodes_native: u64,
    bytecodes_interpreted: u64,
    failures_by_reason: BTreeMap<String, u64>,
    exits_by_operation: BTreeMap<String, u64>,
    most_frequent_exits: Vec<(u64, String)>,
}

impl Report {
    fn read(text: &str) -> Result<Report> {
        let mut sum = Report::default();
        for line in text.lines() {
            sum.add(serde_json::from_str(line).context("a line of the report is not what it should be")?);
        }
        Ok(sum)
    }

    fn add(&mut self, other: Report) {
        self.bytecodes_native += other.bytecodes_native;
        self.bytecodes_interpreted += other.bytecodes_interpreted;
        for (sum, counts) in [
            (&mut self.failures_by_reason, other.failures_by_reason),
            (&mut self.exits_by_operation, other.exits_by_operation),
        ] {
            counts.into_iter().for_each(|(name, count)| *sum.entry(name).or_default() += count);
        }
        self.most_frequent_exits.extend(other.most_frequent_exits);
    }

    fn total(&self) -> u64 {
        self.bytecodes_native + self.bytecodes_interpreted
    }

    /// In percent; nothing when nothing became hot.
    fn share(&self) -> Option<f64> {
        (self.total() > 0).then(|| 100.0 * self.bytecodes_native as f64 / self.total() as f64)
    }

    fn print(&self, name: &str) {
        let millions = self.total() as f64 / 1e6;
        match self.share() {
            Some(share) => {
                let mark = if share < LOW { "  low" } else { "" };
                println!("{name:32} {millions:>10.2} M {share:>7.1}%{mark}");
            }
            None => println!("{name:32} {:>12}", "nothing hot"),
        }
    }
}

/// Runs the verb.
pub fn run(dirs: &Dirs, args: &Args) -> Result<()> {
    let table = Table::load(dirs)?;
    dirs.check_writable()?;
    if !args.skip_build {
        prereqs::ensure(dirs, true, args.common.no_install)?;
    }
    for release in table.select(&args.versions)? {
        let options = Options::plain(&args.common);
        let plan = Plan::new(dirs, release, Flavour::Pyjion, &options);
        let ours = if args.skip_build { plan.executable() } else { build_python::build(&plan)? };
        ensure!(ours.exists(), "{} is not there; run without --skip-build", ours.display());
        Survey { dirs, args, version: release.version, source: plan.tree(), ours }.run(release)?;
    }
    Ok(())
}

/// One interpreter looked at.
struct Survey<'a> {
    dirs: &'a Dirs,
    args: &'a Args,
    version: Version,
    source: PathBuf,
    ours: PathBuf,
}

impl Survey<'_> {
    fn run(&self, release: &Release) -> Result<()> {
        println!(
            "\nCPython {}: bytecodes of hot code, and how many of them native code executed",
            self.version
        );
        let work = self.work()?;
        ensure!(!work.is_empty(), "no program or test has a name that contains what --filter says");
        let scratch = self.dirs.target.join("share").join(format!("{}-{}", self.version, std::process::id()));
        let step = Mutex::new(Step::start(format!("{} programs on {}", work.len(), release.version)));
        let reports = test::parallel(self.args.common.jobs(), &work, |i, item| {
            let report = measure(self.command(item), &scratch.join(i.to_string()));
            if let Ok(mut step) = step.lock() {
                step.note(item.name());
            }
            report
        });
        if let Ok(step) = step.into_inner() {
            step.clear();
        }
        remove_tree(&scratch)?;
        let mut all = Report::default();
        for (name, report) in work.iter().map(Work::name).zip(reports) {
            match report {
                Ok((report, end)) => {
                    report.print(name);
                    if end != "exit 0" {
                        println!("{:32} {end}", "");
                    }
                    all.add(report);
                }
                Err(e) => println!("{name:32} {e:#}"),
            }
        }
        all.print("all");
        list(
            "failures to compile, by reason",
            all.failures_by_reason.into_iter().map(|(n, c)| (c, n)).collect(),
        );
        list(
            "exits by reason and operation",
            all.exits_by_operation.into_iter().map(|(n, c)| (c, n)).collect(),
        );
        list("most frequent exits", all.most_frequent_exits);
        Ok(())
    }

    fn work(&self) -> Result<Vec<Work>> {
        let wanted = |name: &str| self.args.filter.as_ref().is_none_or(|f| name.contains(f.as_str()));
        let suites = Suites::load(self.dirs)?;
        let programs = suites.select(&[SUITE.to_string()], None)?.into_iter();
        let short = self.version.short();
        let mut work: Vec<Work> =
            programs.filter(|p| p.is_for(&short)).map(|p| Work::Program(Box::new(p.clone()))).collect();
        if self.args.full {
            work.extend(test::regrtest_files(&self.ours)?.into_iter().map(Work::Test));
        }
        work.retain(|item| wanted(item.name()));
        Ok(work)
    }

    fn command(&self, work: &Work) -> Command {
        match work {
            Work::Test(file) => test::regrtest_command(&self.ours, &[], file),
            Work::Program(program) => {
                let mut command = test::python(&self.ours);
                command.arg(suites::folder(self.dirs).join(&program.path));
                command.env("PYJION_BENCH_SOURCE", &self.source);
                command
            }
        }
    }
}

/// Something to be run.
enum Work {
    /// A program of `ci/bench/own`.
    Program(Box<Program>),
    /// A file of the standard library's tests.
    Test(String),
}

impl Work {
    fn name(&self) -> &str {
        match self {
            Work::Program(program) => &program.name,
            Work::Test(file) => file,
        }
    }
}

/// Runs one program; what it reports, and how it ended.
fn measure(mut command: Command, folder: &Path) -> Result<(Report, String)> {
    let (file, home) = (folder.join("report.jsonl"), folder.join("home"));
    std::fs::create_dir_all(&home).with_context(|| format!("cannot create {}", home.display()))?;
    command.current_dir(&home).env("HOME", &home).env("TMPDIR", &home).env("PYJION_STATS", &file);
    let output = test::run_limited(&mut command, folder, LIMIT)?;
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    Ok((Report::read(&text)?, output.end))
}

fn list(title: &str, mut counts: Vec<(u64, String)>) {
    if !counts.is_empty() {
        println!("{title}");
    }
    counts.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    for (count, name) in counts.iter().take(SHOWN) {
        println!("  {count:10} {name}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"bytecodes_native": 90, "bytecodes_interpreted": 10, "frames": 3,
        "failures_by_reason": {"too_large": 1}, "exits_by_operation": {"type_guard at Add": 2},
        "most_frequent_exits": [[2, "type_guard at Add, 3 of f (x.py:1)"]]}"#;

    #[test]
    fn reports_add_up() {
        let line = LINE.replace('\n', "");
        let sum = Report::read(&format!("{line}\n{line}\n")).expect("reads");
        assert_eq!((sum.total(), sum.share()), (200, Some(90.0)));
        assert_eq!(sum.exits_by_operation["type_guard at Add"], 4);
        assert_eq!(sum.failures_by_reason["too_large"], 2);
        assert_eq!(sum.most_frequent_exits.len(), 2);
    }

    #[test]
    fn nothing_hot_has_no_share() {
        assert_eq!(Report::read("").expect("reads").share(), None);
        assert!(Report::read("{}").is_err());
    }
}
