//! `test`: the whole ladder of checks, ending in one line that counts them.

mod abi;
mod embed;
mod evaluators;
mod executable_memory;
mod fuzzing;
mod interpreter;
mod layouts;
mod modes;
mod options;
mod outcome;
mod packages;
mod process;
mod regrtest;
mod skips;
mod snippets;
mod store;
mod tally;
mod unit;
mod unwinding;

pub use process::{Output, difference, parallel, python, run as run_limited};
pub use regrtest::{all_files as regrtest_files, command as regrtest_command};

use crate::build_python::{self, Common, Options, Plan};
use crate::dirs::{Dirs, Flavour};
use crate::fetch::NoSource;
use crate::patch;
use crate::versions::{Release, Table, Version};
use crate::{prereqs, tidy};
use anyhow::{Result, bail};
pub use modes::{MODES, Mode};
use std::path::PathBuf;
use tally::Tally;

/// The options of `test`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Only these stages; the default is all, but packages only with --full
    #[arg(env = "PYJION_TEST_STAGES", value_name = "STAGE", value_enum, value_delimiter = ',')]
    stages: Vec<Stage>,
    #[command(flatten)]
    common: Common,
    /// Only these versions; the default is every supported one whose source can be had
    #[arg(long = "version", env = "PYJION_TEST_VERSION", value_name = "VERSION", value_delimiter = ',')]
    versions: Vec<String>,
    /// Only these modes of running; the default is most for snippets, threshold1 and default for regrtest
    #[arg(long = "mode", env = "PYJION_TEST_MODE", value_name = "MODE", value_delimiter = ',', value_parser = clap::builder::PossibleValuesParser::new(MODES.iter().map(|m| m.name)))]
    modes: Vec<String>,
    /// Only snippets, regrtest files and packages whose name contains this
    #[arg(long, env = "PYJION_TEST_FILTER", value_name = "TEXT")]
    filter: Option<String>,
    /// All of regrtest, not a selection, snippets in every mode, and the tests of packages
    #[arg(long, env = "PYJION_TEST_FULL", value_parser = build_python::yes_or_no())]
    full: bool,
    /// Do not run regrtest files again with which this same executable agreed with stock before
    #[arg(long, env = "PYJION_TEST_RESUME", value_parser = build_python::yes_or_no())]
    resume: bool,
    /// Use the interpreters as they are
    #[arg(long, env = "PYJION_TEST_SKIP_BUILD", value_parser = build_python::yes_or_no())]
    skip_build: bool,
    /// Seconds after which a snippet counts as hanging
    #[arg(long, env = "PYJION_TEST_TIMEOUT", value_name = "SECONDS", default_value_t = 300)]
    timeout: u64,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Unit tests of xtask and jit, and tidy
    Unit,
    /// Every patch series applies exactly
    Patches,
    /// Unit tests of the Rust side, and clippy, with the headers of each version
    Embed,
    /// The built interpreter is complete, movable, exports no Rust and has stock's structs
    Interpreter,
    /// One bug, one file, every mode, compared with stock
    Snippets,
    /// Two minutes of random programs, compared with stock
    Fuzz,
    /// CPython's own tests, compared with stock
    Regrtest,
    /// The tests of packages of the registry, compared with stock; needs the network
    Packages,
}

/// Everything wrong with the skip lists that can be seen without running anything.
pub fn skip_list_complaints(dirs: &Dirs) -> Result<Vec<String>> {
    let modes: Vec<&str> = MODES.iter().map(|m| m.name).collect();
    skips::complaints(dirs, &modes)
}

/// The two interpreters of one version.
struct Pair {
    version: Version,
    stock: PathBuf,
    ours: PathBuf,
    /// Built with Py_DEBUG.
    debug: bool,
}

impl Args {
    fn wants(&self, stage: Stage) -> bool {
        match self.stages.is_empty() {
            true => stage != Stage::Packages || self.full,
            false => self.stages.contains(&stage),
        }
    }

    /// The chosen modes, or else those of `default` (all when that is empty).
    fn modes(&self, default: &[&str]) -> Vec<&'static Mode> {
        let chosen = |m: &&Mode| match self.modes.is_empty() {
            false => self.modes.iter().any(|name| m.name == name),
            true => !m.debug && (default.is_empty() || default.contains(&m.name)),
        };
        MODES.iter().filter(chosen).collect()
    }

    fn matches(&self, name: &str) -> bool {
        self.filter.as_ref().is_none_or(|f| name.contains(f.as_str()))
    }
}

/// Runs the verb. Its last line on stdout is `N passed, N failed, N skipped`.
pub fn run(dirs: &Dirs, args: &Args) -> Result<()> {
    dirs.check_writable()?;
    let mut tally = Tally::default();
    let outcome = stages(dirs, args, &mut tally);
    if let Err(e) = &outcome {
        tally.fail("the test run itself", &format!("{e:#}"));
    }
    if let (true, 0, Some(filter)) = (outcome.is_ok(), tally.total(), &args.filter) {
        tally.fail("the selection", &format!("nothing to run has a name that contains {filter:?}"));
    }
    tally.repeat_failures();
    println!("{tally}");
    // The line above is the last one of the output, so nothing more is said about the failures.
    if tally.failed > 0 {
        std::process::exit(1);
    }
    Ok(())
}

fn stages(dirs: &Dirs, args: &Args, tally: &mut Tally) -> Result<()> {
    let table = Table::load(dirs)?;
    let releases: Vec<&Release> = match args.versions.is_empty() {
        true => table.supported().collect(),
        false => table.select(&args.versions)?,
    };
    if args.wants(Stage::Unit) {
        unit::run(dirs, tally)?;
        match tidy::check(dirs) {
            Ok(()) => tally.pass("tidy"),
            Err(e) => tally.fail("tidy", &format!("{e:#}")),
        }
    }
    if args.wants(Stage::Patches) {
        for release in &releases {
            let name = format!("patches {}", release.version);
            match patch::check(dirs, release, &args.common.wishes()) {
                Ok(series) => tally.pass(&format!("{name}: {} apply exactly", series.len())),
                Err(e) if may_skip(args, release, &e) => tally.skip(&name, "no source of it can be had here"),
                Err(e) => tally.fail(&name, &format!("{e:#}")),
            }
        }
    }
    let needs_interpreters =
        [Stage::Embed, Stage::Interpreter, Stage::Snippets, Stage::Fuzz, Stage::Regrtest, Stage::Packages];
    if !needs_interpreters.iter().any(|s| args.wants(*s)) {
        return Ok(());
    }
    if !args.skip_build {
        prereqs::ensure(dirs, true, args.common.no_install)?;
    }
    for release in releases {
        for debug in [false, true] {
            if !args.modes(&[]).iter().any(|mode| mode.debug == debug) {
                continue;
            }
            match interpreters(dirs, args, release, debug) {
                Ok(pair) => stages_with(dirs, args, release, &pair, tally)?,
                Err(e) if may_skip(args, release, &e) => {
                    eprintln!("CPython {} is not tested: {e:#}", release.version);
                    tally.skip(&format!("CPython {}", release.version), "no source of it can be had here");
                }
                Err(e) => tally.fail(&format!("build of CPython {}", release.version), &format!("{e:#}")),
            }
        }
    }
    Ok(())
}

fn stages_with(dirs: &Dirs, args: &Args, release: &Release, pair: &Pair, tally: &mut Tally) -> Result<()> {
    if args.wants(Stage::Embed) && !pair.debug {
        embed::run(dirs, args, release, tally)?;
    }
    if args.wants(Stage::Interpreter) && !pair.debug {
        interpreter::run(dirs, release, pair, tally)?;
    }
    if args.wants(Stage::Snippets) {
        snippets::run(dirs, args, pair, tally)?;
    }
    if args.wants(Stage::Fuzz) && !pair.debug {
        fuzzing::run(dirs, args, pair, tally)?;
    }
    if args.wants(Stage::Regrtest) {
        regrtest::run(dirs, args, pair, tally)?;
    }
    if args.wants(Stage::Packages) && !pair.debug {
        packages::run(dirs, args, pair, tally)?;
    }
    Ok(())
}

/// A version that nobody asked for by name and whose source cannot be had is skipped; the default one never is.
fn may_skip(args: &Args, release: &Release, error: &anyhow::Error) -> bool {
    args.versions.is_empty() && !release.default && error.downcast_ref::<NoSource>().is_some()
}

fn interpreters(dirs: &Dirs, args: &Args, release: &Release, debug: bool) -> Result<Pair> {
    let options = Options { debug, ..Options::plain(&args.common) };
    let path = |flavour| -> Result<PathBuf> {
        let plan = Plan::new(dirs, release, flavour, &options);
        if !args.skip_build {
            return build_python::build(&plan);
        }
        let path = plan.executable();
        if !path.exists() {
            bail!("{} is not there; run without --skip-build", path.display());
        }
        Ok(path)
    };
    let stock = path(Flavour::Stock)?;
    let ours = path(Flavour::Pyjion)?;
    Ok(Pair { version: release.version, stock, ours, debug })
}
