//! A look at what was built: what is inside an archive, and what it does where nobody has built it.

use super::binaries::{self, Needs};
use super::libraries::{FOLDER, OUTSIDER, SYSTEM, is_outsider};
use super::tree;
use crate::build_python;
use crate::dirs::{Dirs, Flavour, remove_tree};
use crate::plan::{Options, Plan};
use crate::step::Step;
use crate::test;
use anyhow::{Context, Result, bail, ensure};
use memchr::memmem;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(600);

/// What is there works: names of extension modules are its arguments. The rest is what people rely on.
const CHECK: &str = include_str!("check.py");

/// Unpacks an archive to a place with another name, and checks all of it.
pub fn check(
    dirs: &Dirs,
    offline: bool,
    plan: &Plan<'_>,
    archive: &Path,
    name: &str,
    glibc: &str,
) -> Result<()> {
    let step = Step::start(format!("check {}", archive.display()));
    let place = dirs.target.join("dist-work/moved to another place");
    remove_tree(&place)?;
    let tree = place.join(name);
    crate::cpython::unpack(archive, &tree)?;
    let options =
        Options { root: None, prefix: None, epoch: None, pgo: false, shared: false, ..plan.options.clone() };
    let stock = build_python::build(&Plan::new(dirs, plan.release, Flavour::Stock, &options))?;
    let ours = tree.join("bin/pyjion-python");
    let checks: [(&str, &dyn Fn() -> Result<()>); 6] = [
        ("needs libraries of every system, and its own", &|| libraries(&tree)),
        ("needs no newer C library than it says", &|| {
            let newest = binaries::glibc(&tree)?;
            ensure!(newest == glibc, "it needs {newest}, the manifest says {glibc}");
            Ok(())
        }),
        ("has no path of this machine", &|| paths(dirs, &tree)),
        ("exports what stock does, and nothing of Rust", &|| test::compare_exports(&stock, &ours)),
        ("has licences", &|| licences(&tree)),
        ("works", &|| works(plan, &stock, &tree, offline)),
    ];
    for (what, check) in checks {
        check().with_context(|| format!("{name} is not to be used; it is not true that it {what}"))?;
    }
    step.done();
    remove_tree(&place)
}

fn libraries(tree: &Path) -> Result<()> {
    let objects = binaries::objects(tree)?;
    ensure!(objects.len() > 20, "it has only {} objects", objects.len());
    let own: BTreeSet<String> = objects
        .iter()
        .filter(|path| path.starts_with(tree.join(FOLDER)))
        .map(|path| path.file_name().unwrap_or_default().to_string_lossy().into_owned())
        .collect();
    for object in objects.iter().filter(|object| !is_outsider(object)) {
        let needs = Needs::of(object)?;
        let foreign = needs.libraries.iter().find(|n| !SYSTEM.contains(&n.as_str()) && !own.contains(*n));
        if let Some(foreign) = foreign {
            bail!("{} needs {foreign}", object.display());
        }
    }
    Ok(())
}

/// The folders of whoever has built it must not be in any file.
fn paths(dirs: &Dirs, tree: &Path) -> Result<()> {
    let mut secret: Vec<Vec<u8>> = vec![dirs.target.to_string_lossy().as_bytes().to_vec()];
    secret.extend(std::env::home_dir().map(|home| home.join(".cargo").to_string_lossy().as_bytes().to_vec()));
    let mut found = Vec::new();
    for path in tree::files(tree)?.iter().filter(|path| !path.is_symlink()) {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        if secret.iter().any(|secret| memmem::find(&bytes, secret).is_some()) {
            found.push(path.strip_prefix(tree).unwrap_or(path).display().to_string());
        }
    }
    ensure!(found.is_empty(), "these have: {}", found.join(" "));
    Ok(())
}

fn licences(tree: &Path) -> Result<()> {
    let text = std::fs::read_to_string(tree.join("licences/crates.txt")).context("no licences of crates")?;
    ensure!(text.contains("==== cranelift-codegen "), "the licence of Cranelift is not among them");
    Ok(())
}

/// In an environment that has nothing of this machine but what is needed to reach the package index.
fn works(plan: &Plan<'_>, stock: &Path, tree: &Path, offline: bool) -> Result<()> {
    let short = plan.release.version.short();
    let dynload = stock.parent().and_then(Path::parent).context("stock is in no bin directory")?;
    let dynload = dynload.join(format!("lib/python{short}/lib-dynload"));
    let entries =
        std::fs::read_dir(&dynload).with_context(|| format!("cannot read {}", dynload.display()))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut modules: Vec<String> = names
        .filter(|n| n.ends_with(".so"))
        .map(|n| n.split('.').next().unwrap_or_default().into())
        .collect();
    modules.retain(|module| module != OUTSIDER);
    let scratch = tree.with_file_name("scratch");
    let run = |program: PathBuf, arguments: &[&str], more: &[String]| -> Result<String> {
        let mut command: Command = test::python(&program);
        command.args(arguments).args(more).env("HOME", &scratch);
        let output = test::run_limited(&mut command, &scratch, LIMIT)?;
        let said = format!("{}\n{}", output.stdout.trim(), output.stderr.trim());
        ensure!(
            output.end == "exit 0",
            "{} {arguments:?} ended with {}\n{said}",
            program.display(),
            output.end
        );
        Ok(output.stdout)
    };
    let python = tree.join("bin/pyjion-python");
    run(python.clone(), &["-c", CHECK], &modules)?;
    let bin = tree.join("bin").display().to_string();
    let version = run(tree.join("bin/pip"), &["--version"], &[])?;
    ensure!(version.contains(&tree.display().to_string()), "pip is {version}");
    let flags = run(tree.join(format!("bin/python{short}-config")), &["--ldflags"], &[])?;
    ensure!(flags.contains(&tree.display().to_string()), "python-config says {flags} in {bin}");
    if !offline {
        let site = scratch.join("site").display().to_string();
        run(python.clone(), &["-m", "pip", "install", "--target", &site, "six"], &[])?;
        let source =
            ["-m", "pip", "install", "--target", &site, "--no-binary", ":all:", "--no-deps", "docopt==0.6.2"];
        run(python, &source, &[])?;
    }
    Ok(())
}
