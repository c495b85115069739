//! The hunt: programs from consecutive seeds, in every mode that is their turn, by several workers.

use super::dialect::Dialect;
use super::generate;
use super::oracle::{Oracle, Reference};
use super::program::Extras;
use super::reduce;
use super::report::{Counts, Failure, Report};
use crate::dirs::remove_tree;
use crate::test::{MODES, Mode};
use crate::versions::Version;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// One version and its interpreters.
pub struct Target {
    /// The version.
    pub version: Version,
    /// Stock's executable.
    pub stock: PathBuf,
    /// Our executable.
    pub ours: PathBuf,
}

/// Where to look, for what and how long.
pub struct Plan {
    /// The versions.
    pub targets: Vec<Target>,
    /// The modes that were named: every program runs in all of them. Without any, every mode has its turn.
    pub modes: Vec<&'static Mode>,
    /// The seed of the first program.
    pub seed: u64,
    /// This program instead of any from a seed.
    pub file: Option<PathBuf>,
    /// How long to go on.
    pub time: Duration,
    /// How many programs of each version, at most.
    pub count: Option<u64>,
    /// How many differences are enough.
    pub failures: usize,
    /// How long to reduce a program.
    pub reduce: Duration,
    /// What programs do only when asked to.
    pub extras: Extras,
    /// How many workers there are.
    pub jobs: usize,
    /// For scratch files; removed at the end.
    pub folder: PathBuf,
    /// Where programs that differ are kept.
    pub keep: PathBuf,
}

/// Modes in which little or nothing is compiled anew: every program runs in them.
const CHEAP: [&str; 3] = ["default", "hot", "background"];

/// Modes that have more turns than the others.
const OFTEN: [&str; 4] = ["threshold1", "stress1", "stress7", "stress97"];

/// Ends every hunt after the programs under way.
static STOP: AtomicBool = AtomicBool::new(false);

/// Asks every hunt to end; says whether that was asked before.
pub fn stop() -> bool {
    STOP.swap(true, Ordering::Relaxed)
}

/// What the workers share.
struct Hunt<'a> {
    plan: &'a Plan,
    modes: Vec<&'static Mode>,
    turns: Vec<&'static str>,
    next: AtomicU64,
    ends: Instant,
    report: Report,
}

/// Hunts; says and keeps what is found as soon as it is found.
pub fn hunt(plan: &Plan) -> Result<Counts> {
    let modes: Vec<&Mode> = match plan.modes.is_empty() {
        true => MODES.iter().filter(|m| m.is_comparable()).collect(),
        false => plan.modes.clone(),
    };
    let costly = |m: &&&'static Mode| !CHEAP.contains(&m.name);
    let mut turns: Vec<&str> = modes.iter().filter(costly).map(|m| m.name).collect();
    turns.extend(OFTEN);
    turns.extend(OFTEN);
    let hunt = Hunt {
        plan,
        modes,
        turns,
        next: AtomicU64::new(0),
        ends: Instant::now() + plan.time,
        report: Report::new(plan.keep.clone()),
    };
    std::thread::scope(|scope| {
        for worker in 0..plan.jobs.max(1) {
            let hunt = &hunt;
            scope.spawn(move || {
                if let Err(e) = hunt.work(worker) {
                    hunt.report.broke(&e);
                }
            });
        }
    });
    remove_tree(&plan.folder)?;
    Ok(hunt.report.counts())
}

impl Hunt<'_> {
    fn over(&self) -> bool {
        let counts = self.report.counts();
        STOP.load(Ordering::Relaxed)
            || Instant::now() > self.ends
            || counts.differences >= self.plan.failures
            || counts.broken > 0
    }

    fn work(&self, worker: usize) -> Result<()> {
        let folder = self.plan.folder.join(worker.to_string());
        let oracle =
            |t: &Target| Oracle::new(&t.stock, &t.ours, &self.modes, &folder.join(t.version.short()));
        let targets = &self.plan.targets;
        let mut oracles: Vec<Oracle> = targets.iter().map(oracle).collect();
        while !self.over() {
            let n = self.next.fetch_add(1, Ordering::Relaxed);
            let (target, n) = ((n % targets.len() as u64) as usize, n / targets.len() as u64);
            if self.plan.count.is_some_and(|count| n >= count) || (self.plan.file.is_some() && n > 0) {
                break;
            }
            let (seed, version) = (self.plan.seed.wrapping_add(n), targets[target].version);
            let text = match &self.plan.file {
                Some(path) => std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read {}", path.display()))?,
                None => generate::generate(seed, Dialect::of(version), self.plan.extras),
            };
            self.check(&mut oracles[target], seed, &targets[target], &text)?;
        }
        Ok(())
    }

    /// Whether the program of a seed is run in a mode.
    fn wants(&self, mode: &Mode, seed: u64) -> bool {
        !self.plan.modes.is_empty()
            || self.plan.file.is_some()
            || CHEAP.contains(&mode.name)
            || self.turns[(seed % self.turns.len() as u64) as usize] == mode.name
    }

    fn check(&self, oracle: &mut Oracle, seed: u64, target: &Target, text: &str) -> Result<()> {
        let before = oracle.runs;
        let expected = match oracle.reference(text)? {
            Reference::Ran(expected) => expected,
            Reference::Discarded => {
                self.report.discarded();
                return Ok(());
            }
            Reference::Invalid(why) => {
                self.report.invalid(seed, target.version, &why);
                return Ok(());
            }
        };
        let mut differences = Vec::new();
        for mode in 0..oracle.modes() {
            if STOP.load(Ordering::Relaxed) || !self.wants(oracle.mode(mode), seed) {
                continue;
            }
            if let Some(difference) = oracle.compare(mode, &expected)? {
                differences.push((mode, difference));
            }
        }
        self.report.ran(oracle.runs - before);
        let Some((mode, difference)) = differences.first().cloned() else { return Ok(()) };
        let mut shows =
            |text: &str| !STOP.load(Ordering::Relaxed) && oracle.still(text, mode, difference.class);
        let reduced = reduce::reduce(text, self.plan.reduce, &mut shows);
        self.report.failure(&Failure {
            seed,
            version: target.version,
            modes: differences.iter().map(|(m, _)| oracle.mode(*m).name).collect(),
            class: difference.class,
            env: oracle.mode(mode).env,
            why: difference.describe(&expected),
            text,
            reduced: &reduced,
            executable: &target.ours,
            file: self.plan.file.as_deref().map(Path::new),
            extras: self.plan.extras,
        })
    }
}
