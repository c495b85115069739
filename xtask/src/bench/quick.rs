//! `bench --quick`: every program once on each interpreter, for what it does and not for how long that takes.

use super::interpreters::{self, Interpreter};
use super::process::Stage;
use super::session::{self, Checked};
use super::suites::{self, Program, Suites};
use super::{Args, campaign, deps, interrupt};
use crate::dirs::{Dirs, remove_tree};
use crate::prereqs;
use crate::step::Step;
use crate::test::parallel;
use crate::versions::{Release, Table};
use anyhow::{Result, ensure};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

/// A program that does not do the same everywhere.
pub struct Failed {
    /// `suite/name`.
    pub program: String,
    /// Which interpreter did what.
    pub why: String,
}

/// What came of all of them.
pub struct Outputs {
    /// How many do the same.
    pub passed: usize,
    /// Those that do not.
    pub failed: Vec<Failed>,
}

/// A check of one version's interpreters as they are.
pub struct Short<'a> {
    /// The version.
    pub release: &'a Release,
    /// Programs that need packages, or else those that need none.
    pub packages: bool,
    /// Only those whose name contains this.
    pub filter: Option<&'a str>,
    /// The one interpreter.
    pub stock: &'a Path,
    /// The other.
    pub ours: &'a Path,
    /// CPython's source tree.
    pub source: PathBuf,
    /// How much the programs of suite `own` do, in percent.
    pub scale: u32,
    /// So many at once.
    pub jobs: usize,
    /// When a process counts as hanging.
    pub limit: Duration,
    /// Whether packages may be downloaded.
    pub offline: bool,
}

/// Runs programs of every suite once. [`deps::NoPackages`] when packages are needed that cannot be had.
pub fn check_outputs(dirs: &Dirs, short: &Short<'_>) -> Result<Outputs> {
    let suites = Suites::load(dirs)?;
    let version = short.release.version.short();
    let wanted = |p: &&Program| {
        p.is_for(&version)
            && p.needs_deps() == short.packages
            && short.filter.is_none_or(|filter| p.name.contains(filter))
    };
    let programs: Vec<&Program> = suites.select(&["all".into()], None)?.into_iter().filter(wanted).collect();
    let interpreters = interpreters::pair(dirs, short.release, short.stock, short.ours, &short.source)?;
    let deps = deps::ensure(dirs, &programs, &interpreters, short.release, short.offline)?;
    let check = Check {
        programs: &programs,
        interpreters: &interpreters,
        deps,
        scale: short.scale,
        jobs: short.jobs,
        limit: short.limit,
    };
    let failed = outputs(dirs, &check)?;
    Ok(Outputs { passed: programs.len() - failed.len(), failed })
}

/// What to check, and with what.
struct Check<'a> {
    /// The programs.
    pub programs: &'a [&'a Program],
    /// Stock first.
    pub interpreters: &'a [Interpreter],
    /// What is installed for the programs.
    pub deps: PathBuf,
    /// How much the programs of suite `own` do, in percent.
    pub scale: u32,
    /// So many at once.
    pub jobs: usize,
    /// When a process counts as hanging.
    pub limit: Duration,
}

/// Runs the verb.
pub fn run(dirs: &Dirs, args: &Args) -> Result<()> {
    let suites = Suites::load(dirs)?;
    let programs = suites.select(&args.suites, args.filter.as_deref())?;
    let table = Table::load(dirs)?;
    dirs.check_writable()?;
    if !args.skip_build {
        prereqs::ensure(dirs, true, args.common.no_install)?;
    }
    interrupt::handle()?;
    let mut wrong = 0;
    for release in table.select(&args.versions)? {
        let interpreters = interpreters::all(dirs, args, release)?;
        let short = release.version.short();
        let programs: Vec<&Program> = programs.iter().copied().filter(|p| p.is_for(&short)).collect();
        let deps = deps::ensure(dirs, &programs, &interpreters, release, args.common.offline)?;
        let check = Check {
            programs: &programs,
            interpreters: &interpreters,
            deps,
            scale: args.scale,
            jobs: args.common.jobs(),
            limit: Duration::from_secs(args.timeout),
        };
        let failed = outputs(dirs, &check)?;
        for Failed { program, why } in &failed {
            println!("{program:32} {why}");
        }
        let good = programs.len() - failed.len();
        println!(
            "CPython {}: {good} of {} programs do what they do on stock",
            release.version,
            programs.len()
        );
        wrong += failed.len();
    }
    ensure!(wrong == 0, "{wrong} programs do not");
    Ok(())
}

/// Runs the programs; those that do not do the same on all interpreters.
fn outputs(dirs: &Dirs, check: &Check<'_>) -> Result<Vec<Failed>> {
    let scratch = campaign::scratch(dirs);
    let title = format!("{} programs for what they do", check.programs.len());
    let step = Mutex::new(Step::start(title));
    let results = parallel(check.jobs, check.programs, |i, program| {
        if let Ok(mut step) = step.lock() {
            step.note(&program.name);
        }
        one(dirs, check, program, &scratch.join(i.to_string()))
    });
    if let Ok(step) = step.into_inner() {
        step.clear();
    }
    remove_tree(&scratch)?;
    let mut failed = Vec::new();
    for (program, result) in check.programs.iter().zip(results) {
        match result? {
            Checked::Same => {}
            Checked::Wrong(why) => failed.push(Failed { program: program.id(), why }),
            Checked::Interrupted => std::process::exit(interrupt::EXIT_CODE),
        }
    }
    Ok(failed)
}

fn one(dirs: &Dirs, check: &Check<'_>, program: &Program, scratch: &Path) -> Result<Checked> {
    let stage = Stage {
        bench: suites::folder(dirs),
        deps: check.deps.clone(),
        scratch: scratch.to_path_buf(),
        scale: check.scale,
        processors: None,
        limit: check.limit,
    };
    session::check(&stage, check.interpreters, program)
}
