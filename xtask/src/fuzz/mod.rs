//! `fuzz`: writes programs, runs them on stock and on ours in every mode, and reduces what differs.

mod classes;
mod dialect;
mod events;
mod expr;
mod functions;
mod numbers;
mod oracle;
mod program;
mod reduce;
mod report;
mod rng;
mod scope;
mod server;
mod simpler;
mod stmt;
mod text;
mod tree;

use crate::build_python::{self, Common, Options, Plan};
use crate::dirs::{Dirs, Flavour, remove_tree};
use crate::prereqs;
use crate::test::{MODES, Mode};
use crate::versions::{Release, Table, Version};
use anyhow::{Context, Result, ensure};
use dialect::Dialect;
use oracle::{Oracle, Reference};
use program::Extras;
use report::{Failure, Report};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The options of `fuzz`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Versions to run: 2.7.18, 3.5, all; the default is 2.7.18
    #[arg(value_name = "VERSION")]
    versions: Vec<String>,
    #[command(flatten)]
    common: Common,
    /// How long to go on, in minutes
    #[arg(long, env = "PYJION_FUZZ_MINUTES", value_name = "N", default_value_t = 1.0)]
    minutes: f64,
    /// Stop after so many programs of each version
    #[arg(long, env = "PYJION_FUZZ_COUNT", value_name = "N")]
    count: Option<u64>,
    /// The seed of the first program, the next one's being one more; the default is taken from the clock
    #[arg(long, env = "PYJION_FUZZ_SEED", value_name = "N")]
    seed: Option<u64>,
    /// Only these modes of running, and each program in all of them; the default spreads every mode over the
    /// programs, as `--mode all` takes three times as long
    #[arg(long = "mode", env = "PYJION_FUZZ_MODE", value_delimiter = ',', value_parser = clap::builder::PossibleValuesParser::new(MODES.iter().map(|m| m.name).chain(["all"])))]
    modes: Vec<String>,
    /// Where programs that differ are kept; the default is target/fuzz/kept
    #[arg(long, env = "PYJION_FUZZ_KEEP", value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Stop after so many differences
    #[arg(long, env = "PYJION_FUZZ_FAILURES", value_name = "N", default_value_t = 20)]
    failures: usize,
    /// How long to reduce one program, in seconds
    #[arg(long, env = "PYJION_FUZZ_REDUCE", value_name = "SECONDS", default_value_t = 120)]
    reduce: u64,
    /// Also compare reference counts
    #[arg(long, env = "PYJION_FUZZ_REFCOUNTS", value_parser = build_python::yes_or_no())]
    refcounts: bool,
    /// Print the program of the seed and do nothing else
    #[arg(long)]
    show: bool,
    /// Reduce this program instead of writing any
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Use the interpreters as they are
    #[arg(long, env = "PYJION_FUZZ_SKIP_BUILD", value_parser = build_python::yes_or_no())]
    skip_build: bool,
}

/// One version and its interpreters.
struct Target {
    version: Version,
    stock: PathBuf,
    ours: PathBuf,
}

/// What the workers share.
struct Hunt<'a> {
    args: &'a Args,
    modes: Vec<&'static Mode>,
    targets: Vec<Target>,
    seed: u64,
    next: AtomicU64,
    ends: Instant,
    folder: PathBuf,
    report: Report,
}

/// Set by Ctrl-C.
static STOP: AtomicBool = AtomicBool::new(false);

/// Runs the verb. Its last line counts programs, runs and differences.
pub fn run(dirs: &Dirs, args: &Args) -> Result<()> {
    let table = Table::load(dirs)?;
    let releases = table.select(&args.versions)?;
    let seed = args.seed.unwrap_or_else(clock);
    if args.show {
        for release in releases {
            print!("{}", program::generate(seed, Dialect::of(release.version), args.extras()));
        }
        return Ok(());
    }
    dirs.check_writable()?;
    if !args.skip_build {
        prereqs::ensure(dirs, true, args.common.no_install)?;
    }
    let targets = releases.into_iter().map(|r| target(dirs, args, r)).collect::<Result<Vec<_>>>()?;
    let chosen =
        |m: &&Mode| args.modes.is_empty() || args.modes.iter().any(|name| name == m.name || name == "all");
    let folder = dirs.target.join("fuzz").join(std::process::id().to_string());
    let hunt = Hunt {
        args,
        modes: MODES.iter().filter(chosen).collect(),
        targets,
        seed,
        next: AtomicU64::new(0),
        ends: Instant::now() + Duration::from_secs_f64((args.minutes * 60.0).clamp(0.0, 1e7)),
        folder: folder.clone(),
        report: Report::new(args.keep.clone().unwrap_or_else(|| dirs.target.join("fuzz/kept"))),
    };
    // A second Ctrl-C is not waited for.
    ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!("stopping after the programs under way");
    })
    .context("cannot handle Ctrl-C")?;
    println!("seed {seed}");
    std::thread::scope(|scope| {
        for worker in 0..args.common.jobs() {
            let hunt = &hunt;
            scope.spawn(move || {
                if let Err(e) = hunt.work(worker) {
                    STOP.store(true, Ordering::Relaxed);
                    hunt.report.broke(&e);
                }
            });
        }
    });
    remove_tree(&folder)?;
    let clean = hunt.report.finish();
    // The summary is the last line of the output, so nothing more is said about the differences.
    if !clean {
        std::process::exit(1);
    }
    Ok(())
}

fn clock() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    since.as_millis() as u64 % 1_000_000_000 * 1000
}

fn target(dirs: &Dirs, args: &Args, release: &Release) -> Result<Target> {
    let options = Options::plain(&args.common);
    let path = |flavour| {
        let plan = Plan::new(dirs, release, flavour, &options);
        if !args.skip_build {
            return build_python::build(&plan);
        }
        let path = plan.executable();
        ensure!(path.exists(), "{} is not there; run without --skip-build", path.display());
        Ok(path)
    };
    Ok(Target { version: release.version, stock: path(Flavour::Stock)?, ours: path(Flavour::Pyjion)? })
}

impl Args {
    fn extras(&self) -> Extras {
        Extras { refcounts: self.refcounts }
    }
}

impl Hunt<'_> {
    fn over(&self) -> bool {
        STOP.load(Ordering::Relaxed)
            || Instant::now() > self.ends
            || self.report.failures() >= self.args.failures
    }

    fn work(&self, worker: usize) -> Result<()> {
        let folder = self.folder.join(worker.to_string());
        let oracle =
            |t: &Target| Oracle::new(&t.stock, &t.ours, &self.modes, &folder.join(t.version.short()));
        let mut oracles: Vec<Oracle> = self.targets.iter().map(oracle).collect();
        while !self.over() {
            let n = self.next.fetch_add(1, Ordering::Relaxed);
            let (target, n) = ((n % self.targets.len() as u64) as usize, n / self.targets.len() as u64);
            if self.args.count.is_some_and(|count| n >= count) || (self.args.file.is_some() && n > 0) {
                break;
            }
            let (seed, version) = (self.seed.wrapping_add(n), self.targets[target].version);
            let text = match &self.args.file {
                Some(path) => std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read {}", path.display()))?,
                None => program::generate(seed, Dialect::of(version), self.args.extras()),
            };
            self.check(&mut oracles[target], seed, version, &text)?;
        }
        Ok(())
    }

    fn check(&self, oracle: &mut Oracle, seed: u64, version: Version, text: &str) -> Result<()> {
        let before = oracle.runs;
        let (expected, took) = match oracle.reference(text)? {
            Reference::Ran(expected, took) => (expected, took),
            Reference::Discarded => {
                self.report.discarded();
                return Ok(());
            }
            Reference::Invalid(why) => {
                self.report.invalid(seed, version, &why);
                return Ok(());
            }
        };
        let mut differences = Vec::new();
        for mode in 0..oracle.modes() {
            if !self.wants(oracle.mode(mode), seed) {
                continue;
            }
            if let Some(difference) = oracle.compare(mode, &expected, took)? {
                differences.push((mode, difference));
            }
            if STOP.load(Ordering::Relaxed) {
                break;
            }
        }
        self.report.ran(oracle.runs - before);
        let Some((mode, difference)) = differences.first().cloned() else { return Ok(()) };
        let limit = Duration::from_secs(self.args.reduce);
        let mut shows =
            |text: &str| !STOP.load(Ordering::Relaxed) && oracle.still(text, mode, difference.class);
        let reduced = reduce::reduce(text, limit, &mut shows);
        let names = differences.iter().map(|(m, _)| oracle.mode(*m).name).collect();
        self.report.failure(&Failure {
            seed,
            version,
            modes: names,
            class: difference.class,
            env: oracle.mode(mode).env,
            why: difference.describe(&expected),
            text,
            reduced: &reduced,
            executable: self.executable(version),
            file: self.args.file.as_deref(),
            extras: self.args.extras(),
        })
    }

    /// Whether the program of a seed is run in a mode: the cheap ones always, of the others one.
    fn wants(&self, mode: &Mode, seed: u64) -> bool {
        const COSTLY: [&str; 4] = ["threshold1", "stress1", "stress7", "stress97"];
        let turn = |n: u64| COSTLY.iter().position(|c| *c == mode.name).is_some_and(|at| at as u64 == n % 4);
        if !self.args.modes.is_empty() || self.args.file.is_some() {
            return true;
        }
        match mode.name {
            "off" => seed % 8 == 0,
            name if COSTLY.contains(&name) => turn(seed),
            _ => true,
        }
    }

    fn executable(&self, version: Version) -> &Path {
        self.targets.iter().find(|t| t.version == version).map_or(Path::new("python"), |t| &t.ours)
    }
}
