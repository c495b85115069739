//! Packages of the registry: their own test suites, run on stock and on ours and compared test by test.

mod install;
mod table;

use super::outcome::Outcome;
use super::process;
use super::store::Store;
use super::tally::Tally;
use super::{Args, Mode, Pair};
use crate::dirs::{Dirs, remove_tree, write_atomically};
use crate::hash;
use crate::step::Step;
use anyhow::{Context, Result, bail};
use install::Installation;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use table::{Builder, Packages, Suite};

const RUNNER: &str = include_str!("runner.py");

/// How much slower than stock ours may be: speed is not judged here, only what never ends.
const SLOWER: f64 = 10.0;

/// Runs the suites that one version has, in the chosen modes.
pub fn run(dirs: &Dirs, args: &Args, pair: &Pair, tally: &mut Tally) -> Result<()> {
    let packages = Packages::load(dirs)?;
    let home = dirs.target.join("test/packages").join(pair.version.to_string());
    std::fs::create_dir_all(&home).with_context(|| format!("cannot create {}", home.display()))?;
    let runner = home.join("runner.py");
    write_atomically(&runner, RUNNER)?;
    for suite in packages.suites(pair.version).filter(|s| args.matches(&s.name)) {
        let name = format!("packages {} {}", pair.version.short(), suite.name);
        let installed = packages
            .requirements(suite, &pair.version.short())
            .and_then(|all| install::ensure(dirs, pair, suite, &all, args.common.offline));
        let installation = match installed {
            Ok(installation) => installation,
            Err(e) => {
                tally.fail(&format!("{name} (installation)"), &format!("{e:#}"));
                continue;
            }
        };
        let job = Job {
            pair,
            suite,
            home: &home,
            scripts: &dirs.root.join("ci/packages"),
            runner: &runner,
            installation: &installation,
        };
        for mode in args.modes(&["threshold1", "default"]) {
            job.compare(mode, &format!("{name} {}", mode.name), tally)?;
        }
    }
    Ok(())
}

/// Packages that are wanted for something else than their tests.
pub struct Wish<'a> {
    /// What for.
    pub name: &'a str,
    /// All of them, with their exact versions.
    pub requirements: &'a [String],
    /// One that is made from source and becomes part of an interpreter.
    pub linked: Option<&'a str>,
    /// Whether that interpreter is ours.
    pub is_ours: bool,
}

/// Where packages are installed, for `PYTHONPATH`; none where they are not yet, and may not be downloaded.
pub fn site(dirs: &Dirs, pair: &Pair, wish: &Wish<'_>, offline: bool) -> Result<Option<PathBuf>> {
    if wish.requirements.is_empty() {
        let nothing = dirs.target.join("test/packages/nothing");
        std::fs::create_dir_all(&nothing).with_context(|| format!("cannot create {}", nothing.display()))?;
        return Ok(Some(nothing));
    }
    let mut suite = Suite::of_nothing(wish.name);
    if let Some(linked) = wish.linked {
        let (builder, python) = match wish.is_ours {
            true => (Builder::Ours, &pair.ours),
            false => (Builder::Stock, &pair.stock),
        };
        suite.built_by = builder;
        suite.source.push(linked.to_string());
        // What is linked with an interpreter is not that of the next one.
        suite.name = format!("{}-{}", wish.name, &hash::file(python)?[..12]);
    }
    match install::ensure(dirs, pair, &suite, wish.requirements, offline) {
        Ok(installation) => Ok(Some(installation.site)),
        Err(_) if offline => Ok(None),
        Err(e) => Err(e),
    }
}

/// One suite of one version, ready to be run.
struct Job<'a> {
    pair: &'a Pair,
    suite: &'a Suite,
    home: &'a Path,
    scripts: &'a Path,
    runner: &'a Path,
    installation: &'a Installation,
}

impl Job<'_> {
    fn compare(&self, mode: &Mode, name: &str, tally: &mut Tally) -> Result<()> {
        let stock = self.stock(false)?;
        if stock.tests.is_empty() || !stock.end.starts_with("exit") {
            let tail = stock.tail.join("\n");
            tally.fail(name, &format!("stock does not run these tests ({}):\n{tail}", stock.end));
            return Ok(());
        }
        let uncollected: Vec<&str> = (stock.tests.iter())
            .filter(|(_, outcomes)| outcomes.iter().any(|o| o == "collection failed"))
            .map(|(test, _)| test.as_str())
            .collect();
        if !uncollected.is_empty() {
            let tail = stock.tail.join("\n");
            tally.fail(name, &format!("stock does not even import {}:\n{tail}", uncollected.join(", ")));
            return Ok(());
        }
        let limit = Duration::from_secs_f64((stock.seconds * SLOWER).max(self.suite.seconds as f64));
        let ours = || self.run(&self.pair.ours, mode.name, mode.env, limit);
        let Some(first) = stock.differs(&ours()?) else {
            tally.pass_many(stock.count(), name);
            return Ok(());
        };
        // What depends on time or chance may differ once; what differs from stock's second run too is ours.
        let (stock, found) = (self.stock(true)?, ours()?);
        let Some(again) = stock.differs(&found) else {
            eprintln!("  {name}: only once differed:\n{first}");
            tally.pass_many(stock.count(), name);
            return Ok(());
        };
        let tail =
            if found.end == stock.end { String::new() } else { format!("\n{}", found.tail.join("\n")) };
        let folder = self.folder(mode.name);
        tally.fail(name, &format!("{again}{tail}\nwhere it ran: {}", folder.display()));
        Ok(())
    }

    /// What stock makes of the suite: as known from an earlier run, unless that is not wanted.
    fn stock(&self, again: bool) -> Result<Outcome> {
        let script = self.suite.script.as_ref().map(|name| hash::file(&self.scripts.join(name)));
        let script = script.transpose()?.unwrap_or_default();
        let key =
            hash::strings(&[&format!("{:?}", self.suite), RUNNER, &script, &hash::file(&self.pair.stock)?]);
        let store = Store::open(&self.home.join("outcomes"), &self.suite.name, &key)?;
        if !again && let Some(known) = store.load("stock") {
            return Ok(known);
        }
        let limit = Duration::from_secs(self.suite.seconds);
        let outcome = self.run(&self.pair.stock, "stock", &[], limit)?;
        store.save("stock", &outcome)?;
        Ok(outcome)
    }

    fn folder(&self, side: &str) -> PathBuf {
        self.home.join("run").join(&self.suite.name).join(side)
    }

    fn run(&self, python: &Path, side: &str, env: &[(&str, &str)], limit: Duration) -> Result<Outcome> {
        let folder = self.folder(side);
        remove_tree(&folder)?;
        let copy = folder.join("tests");
        std::fs::create_dir_all(&copy).with_context(|| format!("cannot create {}", copy.display()))?;
        for part in &self.suite.tests {
            copy_tree(&self.installation.source.join(part), &copy.join(part))?;
        }
        if let Some(name) = &self.suite.script {
            let script = self.scripts.join(name);
            std::fs::copy(&script, copy.join(name))
                .with_context(|| format!("cannot copy {}", script.display()))?;
        }
        let temporary = folder.join("tmp");
        std::fs::create_dir_all(&temporary)
            .with_context(|| format!("cannot create {}", temporary.display()))?;
        let notes = folder.join("outcomes.txt");
        let mut command = process::python(python);
        command.env("PYTHONPATH", &self.installation.site).env("TMPDIR", &temporary).env("HOME", &temporary);
        command.envs(env.iter().copied()).current_dir(copy.join(&self.suite.folder));
        command.arg(self.runner).arg(&notes).arg(self.suite.run.name());
        if self.suite.run == table::Runner::Pytest {
            command.args(["pytest", "-p", "no:cacheprovider", "-q"]);
        }
        command.args(&self.suite.args);
        let step = Step::start(format!("{} {} on {side}", self.pair.version.short(), self.suite.name));
        let started = Instant::now();
        let output = process::run(&mut command, &folder, limit)?;
        step.done();
        let spoken: Vec<&str> =
            output.stdout.lines().chain(output.stderr.lines()).filter(|l| !l.trim().is_empty()).collect();
        Ok(Outcome {
            end: output.end.clone(),
            seconds: started.elapsed().as_secs_f64(),
            tail: spoken[spoken.len().saturating_sub(TAIL)..].iter().map(|l| l.to_string()).collect(),
            tests: self.compared(&std::fs::read_to_string(&notes).unwrap_or_default()),
            ..Outcome::default()
        })
    }

    /// The outcomes of the tests that are not excluded.
    fn compared(&self, notes: &str) -> BTreeMap<String, Vec<String>> {
        let mut tests: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (outcome, test) in notes.lines().filter_map(|l| l.split_once('\t')) {
            if !self.suite.exclude.iter().any(|e| e.covers(self.pair.version, test)) {
                tests.entry(test.to_string()).or_default().push(outcome.to_string());
            }
        }
        tests
    }
}

/// Lines kept of the end of what a run said.
const TAIL: usize = 15;

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    if let Some(parent) = to.parent() {
        std::fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    }
    let status = Command::new("cp").arg("-a").arg(from).arg(to).status().context("cannot start cp")?;
    if !status.success() {
        bail!("cannot copy {} to {}", from.display(), to.display());
    }
    Ok(())
}
