//! `bench --profile NAME`: where the time of one program goes, by perf.

use super::process::{Job, Pace, Stage};
use super::suites::{self, Program, Suites};
use super::{Args, campaign, deps, interpreters};
use crate::dirs::{Dirs, remove_tree};
use crate::prereqs;
use crate::profile::{self, Subject};
use crate::versions::Table;
use anyhow::{Context, Result, bail, ensure};
use std::time::Duration;

/// Runs a program on ours of every version under perf.
pub fn run(dirs: &Dirs, args: &Args, name: &str) -> Result<()> {
    let suites = Suites::load(dirs)?;
    let program = find(&suites, name)?;
    let table = Table::load(dirs)?;
    dirs.check_writable()?;
    if !args.skip_build {
        prereqs::ensure(dirs, true, args.common.no_install)?;
    }
    let mut profiles = Vec::new();
    for release in table.select(&args.versions)? {
        let version = release.version;
        ensure!(program.is_for(&version.short()), "{name} is not for {version}");
        let interpreters = interpreters::all(dirs, args, release)?;
        let deps = deps::ensure(dirs, &[program], &interpreters, release, args.common.offline)?;
        let scratch = campaign::scratch(dirs);
        let stage = Stage {
            bench: suites::folder(dirs),
            deps,
            scratch: scratch.clone(),
            scale: args.scale,
            processors: None,
            limit: Duration::from_secs(args.timeout),
        };
        let [stock, ours, ..] = &interpreters[..] else { bail!("stock or ours is missing") };
        let pace = Pace {
            seconds: args.seconds,
            min_iterations: args.min_iterations,
            max_iterations: args.max_iterations,
        };
        let job = Job { program, interpreter: ours, pace, round: 0, inside: false };
        let subject = Subject {
            program: program.name.clone(),
            version: version.to_string(),
            command: stage.prepare(&job)?,
            stock: stock.path.clone(),
            scratch: dirs.target.join("profile").join(format!("{}-{version}", program.name)),
        };
        let profile = profile::run(&subject)?;
        profile::print(&subject, &profile)?;
        remove_tree(&scratch)?;
        profiles.push(profile);
    }
    if let Some(path) = &args.json {
        let text = serde_json::to_string_pretty(&profiles).context("profiles are plain data")?;
        std::fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// The program of a name, or of `suite/name` where several suites have one.
fn find<'a>(suites: &'a Suites, name: &str) -> Result<&'a Program> {
    let all = suites.select(&["all".into()], None)?;
    let named: Vec<&Program> =
        all.iter().copied().filter(|program| program.name == name || program.id() == name).collect();
    match named[..] {
        [program] => Ok(program),
        [] => {
            let near = all.iter().filter(|p| p.name.contains(name)).map(|p| p.id()).collect::<Vec<_>>();
            match near.is_empty() {
                true => bail!("no program is called {name}; ci/bench/suites.toml lists them"),
                false => bail!("no program is called {name}; did you mean {}?", near.join(", ")),
            }
        }
        _ => {
            let ids: Vec<String> = named.iter().map(|program| program.id()).collect();
            bail!("several programs are called {name}: say {}", ids.join(" or "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_by_name() {
        let entry = |suite: &str, name: &str| {
            format!("[[program]]\nsuite = '{suite}'\nname = '{name}'\ngroup = 'g'\nkind = 'loop'\n")
        };
        let text = [entry("own", "fib"), entry("own", "nbody"), entry("big", "nbody")].concat();
        let suites = Suites::parse(&text).expect("parses");
        assert_eq!(find(&suites, "fib").expect("there").id(), "own/fib");
        assert_eq!(find(&suites, "big/nbody").expect("there").id(), "big/nbody");
        let error = |name| find(&suites, name).map(Program::id).expect_err("not one").to_string();
        assert!(error("nbody").contains("own/nbody or big/nbody"));
        assert!(error("fi").contains("did you mean own/fib?"));
        assert!(error("zzz").contains("no program is called zzz"));
    }
}
