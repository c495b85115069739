//! The Rust side that is compiled for one CPython: its unit tests, and what clippy says about it.

use super::Args;
use super::tally::Tally;
use super::unit;
use crate::dirs::{Dirs, Flavour};
use crate::link;
use crate::plan::{Options, Plan};
use crate::step;
use crate::versions::Release;
use anyhow::Result;

const PACKAGE: &str = "pyjion-embed";

/// Runs both against the headers and the libpython of one version's build tree. In cargo's ordinary target
/// directory, where the unit tests of the jit have compiled what they share.
pub fn run(dirs: &Dirs, args: &Args, release: &Release, tally: &mut Tally) -> Result<()> {
    let options = Options::plain(&args.common);
    let plan = Plan::new(dirs, release, Flavour::Pyjion, &options);
    let what = format!("{PACKAGE} for CPython {}", release.version.short());
    let libraries = match link::libraries(&plan) {
        Ok(libraries) => libraries,
        Err(e) => {
            tally.fail(&what, &format!("{e:#}\nwhat to do: cargo xtask build-python {}", release.version));
            return Ok(());
        }
    };
    let mut tests = link::cargo(&plan)?;
    tests.env("PYJION_CPYTHON_LINK", &libraries).args([
        "test",
        "--package",
        PACKAGE,
        "--lib",
        "--no-fail-fast",
    ]);
    unit::cargo_test(&what, &mut tests, &step::fresh_log(plan.log("test")), tally)?;

    let mut clippy = link::cargo(&plan)?;
    // The same as above, or what is made of the headers would be made again.
    clippy.env("PYJION_CPYTHON_LINK", &libraries);
    clippy.args(["clippy", "--package", PACKAGE, "--all-targets", "--", "-D", "warnings"]);
    let name = format!("clippy of {what}");
    match step::run(&name, &mut clippy, &step::fresh_log(plan.log("clippy"))) {
        Ok(()) => tally.pass(&name),
        Err(e) => tally.fail(&name, &format!("{e:#}")),
    }
    Ok(())
}
