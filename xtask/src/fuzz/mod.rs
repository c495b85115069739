//! `fuzz`: writes programs, runs them on stock and on ours in every mode, and reduces what differs.

mod classes;
mod corners;
mod dialect;
mod events;
mod expr;
mod functions;
mod generate;
mod generators;
mod hunt;
mod numbers;
mod oracle;
mod program;
mod reduce;
mod report;
mod rng;
mod scope;
mod server;
mod simpler;
pub mod stage;
mod stmt;
mod text;
mod tree;

pub use hunt::{Search, hunt};
pub use program::Extras;

use crate::build_python;
use crate::dirs::{Dirs, Flavour};
use crate::plan::{self, Common, Options};
use crate::prereqs;
use crate::test::{MODES, Mode, Pair};
use crate::versions::{Release, Table};
use anyhow::{Context, Result, ensure};
use dialect::Dialect;
use std::path::PathBuf;
use std::time::Duration;

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
    /// Run every program in these modes, or in all; by default every mode has its turn, as all of them for
    /// every program take five times as long
    #[arg(long = "mode", env = "PYJION_FUZZ_MODE", value_delimiter = ',', value_parser = clap::builder::PossibleValuesParser::new(MODES.iter().filter(|m| m.is_comparable()).map(|m| m.name).chain(["all"])))]
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
    #[arg(long, env = "PYJION_FUZZ_REFCOUNTS", value_parser = plan::yes_or_no())]
    refcounts: bool,
    /// Print the program of the seed and do nothing else
    #[arg(long)]
    show: bool,
    /// Run and reduce this program instead of writing any
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Use the interpreters as they are
    #[arg(long, env = "PYJION_FUZZ_SKIP_BUILD", value_parser = plan::yes_or_no())]
    skip_build: bool,
}

/// Runs the verb. Its last line counts programs, runs and differences.
pub fn run(dirs: &Dirs, args: &Args) -> Result<()> {
    let table = Table::load(dirs)?;
    let releases = table.select(&args.versions)?;
    let seed = args.seed.unwrap_or_else(clock);
    let extras = Extras { refcounts: args.refcounts };
    if args.show {
        for release in releases {
            print!("{}", generate::generate(seed, Dialect::of(release.version), extras));
        }
        return Ok(());
    }
    dirs.check_writable()?;
    if !args.skip_build {
        prereqs::ensure(dirs, true, args.common.no_install)?;
    }
    let chosen =
        |m: &&Mode| args.modes.iter().any(|name| name == m.name || (name == "all" && m.is_comparable()));
    let search = Search {
        pairs: releases.into_iter().map(|r| interpreters(dirs, args, r)).collect::<Result<Vec<_>>>()?,
        modes: MODES.iter().filter(chosen).collect(),
        seed,
        file: args.file.clone(),
        time: Duration::from_secs_f64((args.minutes * 60.0).clamp(0.0, 1e7)),
        count: args.count,
        failures: args.failures,
        reduce: Duration::from_secs(args.reduce),
        extras,
        jobs: args.common.jobs(),
        folder: scratch(dirs),
        keep: args.keep.clone().unwrap_or_else(|| kept(dirs)),
    };
    // A second Ctrl-C is not waited for.
    ctrlc::set_handler(|| {
        if hunt::stop() {
            std::process::exit(130);
        }
        eprintln!("stopping after the programs under way");
    })
    .context("cannot handle Ctrl-C")?;
    println!("seed {seed}");
    let counts = hunt(&search)?;
    println!("{counts}");
    // The summary is the last line of the output, so nothing more is said about the differences.
    if !counts.is_clean() {
        std::process::exit(1);
    }
    Ok(())
}

/// A folder for the scratch files of one hunt.
pub fn scratch(dirs: &Dirs) -> PathBuf {
    dirs.target.join("fuzz").join(std::process::id().to_string())
}

/// Where programs that differ are kept.
pub fn kept(dirs: &Dirs) -> PathBuf {
    dirs.target.join("fuzz/kept")
}

fn clock() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    since.as_millis() as u64 % 1_000_000_000 * 1000
}

fn interpreters(dirs: &Dirs, args: &Args, release: &Release) -> Result<Pair> {
    let options = Options::plain(&args.common);
    let path = |flavour| {
        let plan = plan::Plan::new(dirs, release, flavour, &options);
        if !args.skip_build {
            return build_python::build(&plan);
        }
        let path = plan.executable();
        ensure!(path.exists(), "{} is not there; run without --skip-build", path.display());
        Ok(path)
    };
    let (stock, ours) = (path(Flavour::Stock)?, path(Flavour::Pyjion)?);
    Ok(Pair { version: release.version, stock, ours, debug: false })
}
