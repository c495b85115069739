//! The hunt: programs from consecutive seeds, in every mode that is their turn, by several workers.

use super::dialect::Dialect;
use super::generate;
use super::oracle::{Oracle, Reference};
use super::program::Extras;
use super::reduce;
use super::report::{Counts, Failure, Report};
use crate::dirs::remove_tree;
use crate::test::{MODES, Mode, Pair};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Where to look, for what and how long.
pub struct Search {
    /// The interpreters of each version.
    pub pairs: Vec<Pair>,
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
    search: &'a Search,
    modes: Vec<&'static Mode>,
    turns: Vec<&'static str>,
    next: AtomicU64,
    ends: Instant,
    report: Report,
}

/// Hunts; says and keeps what is found as soon as it is found.
pub fn hunt(search: &Search) -> Result<Counts> {
    let modes: Vec<&Mode> = match search.modes.is_empty() {
        true => MODES.iter().filter(|m| m.is_comparable()).collect(),
        false => search.modes.clone(),
    };
    let costly = |m: &&&'static Mode| !CHEAP.contains(&m.name);
    let mut turns: Vec<&str> = modes.iter().filter(costly).map(|m| m.name).collect();
    turns.extend(OFTEN);
    turns.extend(OFTEN);
    let hunt = Hunt {
        search,
        modes,
        turns,
        next: AtomicU64::new(0),
        ends: Instant::now() + search.time,
        report: Report::new(search.keep.clone()),
    };
    std::thread::scope(|scope| {
        for worker in 0..search.jobs.max(1) {
            let hunt = &hunt;
            scope.spawn(move || {
                if let Err(e) = hunt.work(worker) {
                    hunt.report.broke(&e);
                }
            });
        }
    });
    remove_tree(&search.folder)?;
    Ok(hunt.report.counts())
}

impl Hunt<'_> {
    fn over(&self) -> bool {
        let counts = self.report.counts();
        STOP.load(Ordering::Relaxed)
            || Instant::now() > self.ends
            || counts.differences >= self.search.failures
            || counts.broken > 0
    }

    fn work(&self, worker: usize) -> Result<()> {
        let folder = self.search.folder.join(worker.to_string());
        let oracle = |t: &Pair| Oracle::new(&t.stock, &t.ours, &self.modes, &folder.join(t.version.short()));
        let pairs = &self.search.pairs;
        let mut oracles: Vec<Oracle> = pairs.iter().map(oracle).collect();
        while !self.over() {
            let n = self.next.fetch_add(1, Ordering::Relaxed);
            let (place, n) = ((n % pairs.len() as u64) as usize, n / pairs.len() as u64);
            if self.search.count.is_some_and(|count| n >= count) || (self.search.file.is_some() && n > 0) {
                break;
            }
            let (seed, version) = (self.search.seed.wrapping_add(n), pairs[place].version);
            let text = match &self.search.file {
                Some(path) => std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read {}", path.display()))?,
                None => generate::generate(seed, Dialect::of(version), self.search.extras),
            };
            self.check(&mut oracles[place], seed, &pairs[place], &text)?;
        }
        Ok(())
    }

    /// Whether the program of a seed is run in a mode.
    fn wants(&self, mode: &Mode, seed: u64) -> bool {
        !self.search.modes.is_empty()
            || self.search.file.is_some()
            || CHEAP.contains(&mode.name)
            || self.turns[(seed % self.turns.len() as u64) as usize] == mode.name
    }

    fn check(&self, oracle: &mut Oracle, seed: u64, pair: &Pair, text: &str) -> Result<()> {
        let before = oracle.runs;
        let expected = match oracle.reference(text)? {
            Reference::Ran(expected) => expected,
            Reference::Discarded => {
                self.report.discarded();
                return Ok(());
            }
            Reference::Invalid(why) => {
                self.report.invalid(seed, pair.version, &why);
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
        let reduced = reduce::reduce(text, self.search.reduce, &mut shows);
        self.report.failure(&Failure {
            seed,
            version: pair.version,
            modes: differences.iter().map(|(m, _)| oracle.mode(*m).name).collect(),
            class: difference.class,
            env: oracle.mode(mode).env,
            why: difference.describe(&expected),
            text,
            reduced: &reduced,
            executable: &pair.ours,
            file: self.search.file.as_deref().map(Path::new),
            extras: self.search.extras,
        })
    }
}
