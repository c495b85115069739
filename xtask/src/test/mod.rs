//! `test`: the whole ladder of checks, ending in one line that counts them.

mod abi;
mod args;
mod distribution;
mod embed;
mod embedding;
mod evaluators;
mod executable_memory;
mod interpreter;
mod layouts;
mod modes;
mod observers;
mod operations;
mod options;
mod outcome;
mod packages;
mod pair;
mod pip;
mod process;
mod python_stacks;
mod regrtest;
mod skips;
mod snippets;
mod stacks;
mod store;
mod tally;
mod unit;
mod unwinding;

pub use interpreter::compare_exports;
pub use process::{Output, default_signals, difference, kill_group, parallel, python, run as run_limited};
pub use regrtest::{all_files as regrtest_files, command as regrtest_command};

use crate::build_python;
use crate::dirs::{Dirs, Flavour};
use crate::fetch::NoSource;
use crate::patch;
use crate::plan::{Options, Plan};
use crate::versions::{Release, Table};
use crate::{prereqs, tidy};
use anyhow::{Result, bail};
pub use args::{Args, Stage};
pub use modes::{MODES, Mode};
pub use pair::Pair;
use std::path::PathBuf;
pub use tally::Tally;

/// Everything wrong with the skip lists that can be seen without running anything.
pub fn skip_list_complaints(dirs: &Dirs) -> Result<Vec<String>> {
    let modes: Vec<&str> = MODES.iter().map(|m| m.name).collect();
    skips::complaints(dirs, &modes)
}

/// The stages that use what is here.
#[derive(Clone, Copy)]
pub struct Others {
    /// That of random programs.
    pub fuzz: fn(&Dirs, &Args, &Pair, &mut Tally) -> Result<()>,
    /// That of the programs of `bench`.
    pub bench: fn(&Dirs, &Args, &Release, &Pair, &mut Tally) -> Result<()>,
}

/// Runs the verb. Its last line on stdout is `N passed, N failed, N skipped`.
pub fn run(dirs: &Dirs, args: &Args, others: Others) -> Result<()> {
    dirs.check_writable()?;
    let mut tally = Tally::default();
    let outcome = stages(dirs, args, others, &mut tally);
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

fn stages(dirs: &Dirs, args: &Args, others: Others, tally: &mut Tally) -> Result<()> {
    let table = Table::load(dirs)?;
    let releases: Vec<&Release> = match args.versions.is_empty() {
        true => table.supported().collect(),
        false => table.select(&args.versions)?,
    };
    if args.wants(Stage::Unit) {
        unit::run(dirs, tally)?;
        match tidy::check(dirs, skip_list_complaints) {
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
    let needs_interpreters = [
        Stage::Embed,
        Stage::Interpreter,
        Stage::Snippets,
        Stage::Fuzz,
        Stage::Bench,
        Stage::Regrtest,
        Stage::Packages,
        Stage::Pip,
        Stage::Embedding,
        Stage::Stacks,
    ];
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
                Ok(pair) => stages_with(dirs, args, others, release, &pair, tally)?,
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

fn stages_with(
    dirs: &Dirs,
    args: &Args,
    others: Others,
    release: &Release,
    pair: &Pair,
    tally: &mut Tally,
) -> Result<()> {
    if args.wants(Stage::Embed) && !pair.debug {
        embed::run(dirs, args, release, tally)?;
    }
    if args.wants(Stage::Interpreter) && !pair.debug {
        let may_install = !args.skip_build && !args.common.no_install;
        interpreter::run(dirs, may_install, args.common.offline, release, pair, tally)?;
    }
    if args.wants(Stage::Snippets) {
        snippets::run(dirs, args, pair, tally)?;
    }
    if args.wants(Stage::Fuzz) && !pair.debug {
        (others.fuzz)(dirs, args, pair, tally)?;
    }
    if args.wants(Stage::Bench) && !pair.debug {
        (others.bench)(dirs, args, release, pair, tally)?;
    }
    if args.wants(Stage::Regrtest) {
        regrtest::run(dirs, args, pair, tally)?;
    }
    if args.wants(Stage::Packages) && !pair.debug {
        packages::run(dirs, args, pair, tally)?;
    }
    if args.wants(Stage::Pip) && !pair.debug {
        pip::run(dirs, args, release, pair, tally)?;
    }
    if args.wants(Stage::Embedding) && !pair.debug {
        embedding::run(dirs, args, pair, tally)?;
    }
    if args.wants(Stage::Stacks) && !pair.debug {
        stacks::run(dirs, args, pair, tally)?;
    }
    Ok(())
}

/// A version that nobody asked for by name and whose source cannot be had is skipped; the default one never
/// is.
fn may_skip(args: &Args, release: &Release, error: &anyhow::Error) -> bool {
    args.versions.is_empty() && !release.default && error.downcast_ref::<NoSource>().is_some()
}

fn interpreters(dirs: &Dirs, args: &Args, release: &Release, debug: bool) -> Result<Pair> {
    let wants_library = args.wants(Stage::Embedding)
        || args.wants(Stage::Stacks) && stacks::need_library(args, &release.version.short());
    let shared = wants_library && !debug;
    let options = Options { debug, shared, ..Options::plain(&args.common) };
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
