//! `bench --layout`: which functions of the Rust side run in programs, for `layout`.

use super::process::{Job, Pace, Stage};
use super::suites::{self, Suites};
use super::{Args, campaign, deps, interpreters};
use crate::dirs::{Dirs, remove_tree, write_atomically};
use crate::layout;
use crate::versions::Table;
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::time::Duration;

/// Runs the programs on ours of every version, and writes the list of functions that ran.
pub fn run(dirs: &Dirs, args: &Args) -> Result<()> {
    let suites = Suites::load(dirs)?;
    let table = Table::load(dirs)?;
    let mut functions = BTreeSet::new();
    for release in table.select(&args.versions)? {
        let mut programs = suites.select(&args.suites, args.filter.as_deref())?;
        programs.retain(|program| program.is_for(&release.version.short()));
        let interpreters = interpreters::all(dirs, args, release)?;
        let [_, ours, ..] = &interpreters[..] else { bail!("stock or ours is missing") };
        let deps = deps::ensure(dirs, &programs, &interpreters, release, args.common.offline)?;
        let scratch = campaign::scratch(dirs);
        let stage = Stage {
            bench: suites::folder(dirs),
            deps,
            scratch: scratch.clone(),
            scale: args.scale,
            processors: None,
            limit: Duration::from_secs(args.timeout),
        };
        let pace = Pace {
            seconds: args.seconds,
            min_iterations: args.min_iterations,
            max_iterations: args.max_iterations,
        };
        for program in programs {
            let job = Job { program, interpreter: ours, pace, round: 0, inside: false };
            let ran = layout::executed(&mut stage.prepare(&job)?, &ours.path)
                .with_context(|| format!("{} on {}", program.id(), ours.name()))?;
            let new = ran.difference(&functions).count();
            println!("{}: {} functions, {new} of them new", program.id(), ran.len());
            functions.extend(ran);
        }
        remove_tree(&scratch)?;
    }
    write_atomically(&dirs.root.join(layout::LIST), layout::list(&functions))?;
    println!("{}: {} functions", layout::LIST, functions.len());
    Ok(())
}
