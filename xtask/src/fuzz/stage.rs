//! A short hunt with random programs: the same ones every time, and others for every commit.

use super::{Extras, Search};
use crate::dirs::Dirs;
use crate::step::Step;
use crate::test::{Args, Pair, Tally};
use anyhow::Result;
use std::process::Command;
use std::time::Duration;

/// The seed that never changes.
const FIXED: u64 = 1;

/// How long one version takes with one seed.
const TIME: Duration = Duration::from_secs(20);

/// Runs both seeds on one version.
pub fn run(dirs: &Dirs, args: &Args, pair: &Pair, tally: &mut Tally) -> Result<()> {
    for seed in [FIXED, of_commit(dirs)] {
        let name = format!("fuzz {} from seed {seed}", pair.version.short());
        let search = Search {
            pairs: vec![pair.clone()],
            // Those that were named, or else every mode in its turn.
            modes: if args.modes.is_empty() {
                Vec::new()
            } else {
                args.modes(&[]).into_iter().filter(|mode| mode.is_comparable()).collect()
            },
            seed,
            file: None,
            time: TIME,
            count: None,
            failures: 3,
            reduce: Duration::from_secs(60),
            extras: Extras::default(),
            jobs: args.common.jobs(),
            folder: super::scratch(dirs),
            keep: super::kept(dirs),
        };
        let step = Step::start(name.clone());
        let counts = super::hunt(&search)?;
        step.clear();
        match counts.is_clean() {
            true => tally.pass(&format!("{name}: {counts}")),
            false => tally
                .fail(&name, &format!("{counts}; the programs are above, and in {}", search.keep.display())),
        }
    }
    Ok(())
}

/// A seed that is the same for everybody who tests this commit.
fn of_commit(dirs: &Dirs) -> u64 {
    let output = Command::new("git").current_dir(&dirs.root).args(["rev-parse", "HEAD"]).output();
    let hash = output.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
    u64::from_str_radix(hash.get(..8).unwrap_or(""), 16).unwrap_or(FIXED + 1)
}
