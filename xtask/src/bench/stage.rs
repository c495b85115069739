//! Every program that is measured, once, for what it does on stock and on ours.

use super::{NoPackages, Short, check_outputs};
use crate::dirs::{Dirs, Flavour};
use crate::plan::{Options, Plan};
use crate::test::{Args, Pair, Tally};
use crate::versions::Release;
use anyhow::Result;
use std::time::Duration;

/// How much the programs do of what they do when they are measured, in percent.
const SCALE: u32 = 10;

/// Runs the programs of one version: first those that need nothing, then those for which packages have to be
/// had.
pub fn run(dirs: &Dirs, args: &Args, release: &Release, pair: &Pair, tally: &mut Tally) -> Result<()> {
    let options = Options::plain(&args.common);
    for packages in [false, true] {
        let name = match packages {
            false => format!("bench {}: programs that need no packages", pair.version.short()),
            true => format!("bench {}: programs that need packages", pair.version.short()),
        };
        let short = Short {
            release,
            packages,
            filter: args.filter.as_deref(),
            stock: &pair.stock,
            ours: &pair.ours,
            source: Plan::new(dirs, release, Flavour::Stock, &options).tree(),
            scale: SCALE,
            jobs: args.common.jobs(),
            limit: Duration::from_secs(args.timeout),
            offline: args.common.offline,
        };
        match check_outputs(dirs, &short) {
            Ok(checked) => {
                if checked.passed > 0 {
                    tally.pass_many(checked.passed, &name);
                }
                for failed in checked.failed {
                    let program = format!("bench {}: {}", pair.version.short(), failed.program);
                    tally.fail(&program, &failed.why);
                }
            }
            Err(e) if e.downcast_ref::<NoPackages>().is_some() => {
                let why = format!("{e:#}");
                tally.skip(&name, why.lines().next().unwrap_or("they cannot be had"));
            }
            Err(e) => tally.fail(&name, &format!("{e:#}")),
        }
    }
    Ok(())
}
