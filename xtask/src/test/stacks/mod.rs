//! Real stacks: servers, workers and clusters of packages of the registry, driven beside stock and compared
//! answer by answer.

mod client;
mod daemon;
mod figures;
mod memory;
mod rounds;
mod services;
mod side;
mod soak;
mod table;
mod tree;

use super::{Args, Mode, Pair, Tally};
use super::{distribution, packages, process};
use crate::dirs::{Dirs, remove_tree, write_atomically};
use crate::step::Step;
use anyhow::{Context, Result, ensure};
use rounds::Sides;
use services::Service;
use side::{Places, Side};
use std::path::{Path, PathBuf};
use std::time::Duration;
use table::{Library, STACKS, Stack};

const APPS: &[(&str, &str)] = &[
    ("sitecustomize.py", include_str!("apps/sitecustomize.py")),
    ("worker.py", include_str!("apps/worker.py")),
    ("flask_app.py", include_str!("apps/flask_app.py")),
    ("django_app.py", include_str!("apps/django_app.py")),
    ("tornado_app.py", include_str!("apps/tornado_app.py")),
    ("twisted_app.py", include_str!("apps/twisted_app.py")),
    ("celery_app.py", include_str!("apps/celery_app.py")),
    ("multiprocessing_app.py", include_str!("apps/multiprocessing_app.py")),
    ("notebook_app.py", include_str!("apps/notebook_app.py")),
    ("coverage_app.py", include_str!("apps/coverage_app.py")),
    ("distributed_app.py", include_str!("apps/distributed_app.py")),
    ("debugger_app.py", include_str!("apps/debugger_app.py")),
    ("debugged.py", include_str!("apps/debugged.py")),
    ("httpd.conf", include_str!("apps/httpd.conf")),
];

/// Whether a chosen stack needs a shared libpython.
pub fn need_library(args: &Args, version: &str) -> bool {
    let mut chosen =
        STACKS.iter().filter(|stack| args.matches(stack.name) && stack.packages(version).is_some());
    chosen.any(|stack| stack.linked.is_some_and(|(_, by)| by == Library::Shared))
}

/// Runs the stacks that one version has, in the chosen modes.
pub fn run(dirs: &Dirs, args: &Args, pair: &Pair, tally: &mut Tally) -> Result<()> {
    // Sockets have short paths, and PostgreSQL is another user who may not see this folder.
    let scratch = std::env::temp_dir().join(format!("pyjion-stacks-{}", std::process::id()));
    let apps = scratch.join("apps");
    let outcome = (|| {
        for (name, text) in APPS {
            write_atomically(&apps.join(name), text)?;
        }
        let house = House { dirs, args, pair, scratch: &scratch, apps: &apps };
        for stack in STACKS.iter().filter(|stack| args.matches(stack.name)) {
            house.judge(stack, tally);
        }
        Ok(())
    })();
    remove_tree(&scratch)?;
    outcome
}

struct House<'a> {
    dirs: &'a Dirs,
    args: &'a Args,
    pair: &'a Pair,
    scratch: &'a Path,
    apps: &'a Path,
}

impl House<'_> {
    fn judge(&self, stack: &Stack, tally: &mut Tally) {
        let short = self.pair.version.short();
        let Some(groups) = stack.packages(&short) else { return };
        let name = format!("stacks {short} {}", stack.name);
        let may_install = !self.args.skip_build && !self.args.common.no_install && !self.args.common.offline;
        let mut programs = Vec::new();
        for need in stack.needs {
            match services::find(self.dirs, *need, may_install) {
                Ok(folder) => programs.push((*need, folder)),
                Err(lack) => return tally.skip(&name, &lack),
            }
        }
        for (program, package) in stack.programs {
            if let Err(lack) = distribution::program(self.dirs, program, package, may_install) {
                return tally.skip(&name, &lack);
            }
        }
        if let Some(closed) = stack.user.and_then(|user| distribution::closed(user, &self.dirs.target)) {
            return tally.skip(&name, &closed);
        }
        let requirements: Vec<String> = groups.concat().iter().map(|r| r.to_string()).collect();
        let sites = match self.sites(stack, &requirements) {
            Ok(Some(sites)) => sites,
            Ok(None) => return tally.skip(&name, "not installed yet, and --offline forbids to download it"),
            Err(e) => return tally.fail(&format!("{name} (installation)"), &format!("{e:#}")),
        };
        for mode in self.args.modes(&["default"]) {
            let name = format!("{name} {}", mode.name);
            let step = Step::start(&name);
            let outcome = self.drive(stack, mode, &programs, &sites);
            step.clear();
            match outcome {
                Ok((compared, said)) => {
                    tally.pass_many(compared, &name);
                    said.iter().for_each(|line| println!("        {line}"));
                }
                Err(e) => tally.fail(&name, &format!("{e:#}")),
            }
        }
    }

    /// What is installed for stock and for ours; none where that may not be done.
    fn sites(&self, stack: &Stack, requirements: &[String]) -> Result<Option<[PathBuf; 2]>> {
        let linked = stack.linked.map(|(package, _)| package);
        let of = |python: &Path, is_ours: bool| {
            let wish = packages::Wish { name: stack.name, requirements, linked, is_ours };
            let site = packages::site(self.dirs, self.pair, &wish, self.args.common.offline)?;
            if let Some(site) = &site {
                self.compile(python, site)?;
            }
            anyhow::Ok(site)
        };
        let Some(stock) = of(&self.pair.stock, false)? else { return Ok(None) };
        let ours = match linked {
            Some(_) => of(&self.pair.ours, true)?,
            None => Some(stock.clone()),
        };
        Ok(ours.map(|ours| [stock, ours]))
    }

    /// Makes the bytecode, which is the same for both, once.
    fn compile(&self, python: &Path, site: &Path) -> Result<()> {
        let done = site.with_extension("compiled");
        if done.exists() {
            return Ok(());
        }
        let mut command = process::python(python);
        command.env_remove("PYTHONDONTWRITEBYTECODE").args(["-m", "compileall", "-q"]).arg(site);
        // What is for other versions does not compile; it is not imported either.
        process::run(&mut command, &self.scratch.join("output"), Duration::from_secs(600))?;
        write_atomically(&done, "")
    }

    fn drive(
        &self,
        stack: &Stack,
        mode: &Mode,
        programs: &[(table::Need, PathBuf)],
        sites: &[PathBuf; 2],
    ) -> Result<(usize, Vec<String>)> {
        let folder = self.scratch.join("run");
        remove_tree(&folder)?;
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let services = (programs.iter())
            .map(|(need, programs)| Service::start(*need, programs, &folder))
            .collect::<Result<Vec<_>>>()?;
        let start = |name: &str, python, env, site, number| {
            let places = Places { apps: self.apps, site, folder: &folder.join(name) };
            Side::start(stack, python, env, &places, &services, number).with_context(|| format!("on {name}"))
        };
        let stock = start("stock", &self.pair.stock, &[], &sites[0], 0)?;
        let ours = start("ours", &self.pair.ours, mode.env, &sites[1], 1)?;
        let mut sides = Sides { stack, stock, ours };
        let (compared, mut said) = match self.args.soak {
            Some(minutes) => (1, vec![soak::run(&mut sides, minutes)?]),
            None => {
                let seen = sides.run()?;
                (seen.compared, vec![figures::describe(&seen.stock, &seen.ours)])
            }
        };
        if !stack.daemons.is_empty() {
            said.push(memory::describe(&sides.stock.memory(), &sides.ours.memory()));
        }
        let has_jit = !mode.env.contains(&("PYJION", "0"));
        for (side, is_native, name) in [(&sides.stock, false, "stock"), (&sides.ours, has_jit, "ours")] {
            let workers = side.workers()?;
            ensure!(!workers.is_empty(), "no worker of {name} says what it is");
            for worker in &workers {
                let is = worker["enabled"] == true && worker["code"].as_u64().is_some_and(|code| code > 0);
                ensure!(is == is_native, "a worker of {name} says {worker}");
            }
        }
        Ok((compared, said))
    }
}
