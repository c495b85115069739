//! `dist`: archives that people unpack anywhere and packages that they install, and a look at what is in
//! them.

mod archive;
mod binaries;
mod deb;
mod libraries;
mod licences;
mod relocate;
mod tool;
mod tree;
mod validate;

use crate::dirs::{Dirs, Flavour, remove_tree, write_atomically};
use crate::plan::{Common, Options, Plan, yes_or_no};
use crate::step::Step;
use crate::versions::{Release, Table};
use crate::{build_python, hash, prereqs};
use anyhow::{Context, Result};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The options of `dist`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Versions to build: 2.7.18, 3.5, all; the default is 2.7.18
    #[arg(value_name = "VERSION")]
    versions: Vec<String>,
    #[command(flatten)]
    common: Common,
    /// Without profile-guided and link-time optimisation: to try out, not to give away
    #[arg(long, env = "PYJION_DIST_PLAIN", value_parser = yes_or_no())]
    plain: bool,
    /// Where the files go
    #[arg(long, env = "PYJION_DIST_OUT", value_name = "DIR")]
    out: Option<PathBuf>,
}

/// What is known of an archive, for its manifest.
#[derive(Serialize)]
struct Manifest {
    name: String,
    python: String,
    release: &'static str,
    commit: String,
    optimised: bool,
    /// Where it believes to be if it finds itself nowhere else.
    prefix: String,
    /// The oldest C library that it runs with.
    glibc: String,
    /// The libraries that are inside, by the packages of this machine that they are from.
    libraries: Vec<libraries::Bundled>,
}

/// Runs the verb: the path of each file is a line on stdout.
pub fn run(dirs: &Dirs, args: &Args) -> Result<()> {
    let table = Table::load(dirs)?;
    let out = args.out.clone().unwrap_or_else(|| dirs.target.join("dist"));
    let out = std::path::absolute(&out).unwrap_or(out);
    prereqs::ensure(dirs, true, args.common.no_install)?;
    if !args.common.no_install {
        prereqs::obtain(dirs, "patchelf", "patchelf");
    }
    for release in table.select(&args.versions)? {
        make(dirs, args, release, &out)
            .with_context(|| format!("cannot make archives of CPython {}", release.version))?;
    }
    checksums(&out)
}

fn make(dirs: &Dirs, args: &Args, release: &Release, out: &Path) -> Result<()> {
    let home = dirs.target.join("dist-work");
    let prefix = PathBuf::from(format!("/opt/pyjion/{}", release.version.short()));
    let epoch = epoch(dirs)?;
    let options = Options {
        pgo: !args.plain,
        shared: true,
        anonymous: true,
        epoch: Some(epoch),
        root: Some(home.join("root")),
        prefix: Some(prefix.clone()),
        ..Options::plain(&args.common)
    };
    let plan = Plan::new(dirs, release, Flavour::Pyjion, &options);
    build_python::build(&plan)?;
    let name = format!("pyjion-python-{}-{}-x86_64-linux", release.version, env!("CARGO_PKG_VERSION"));
    let tree = home.join(&name);
    let debug = home.join(format!("{name}-debug"));
    let step = Step::start(format!("prepare {name}"));
    tree::copy(&plan.prefix, &tree)?;
    remove_tree(&debug)?;
    let libraries = libraries::bundle(&tree)?;
    binaries::strip(&tree, &debug)?;
    relocate::all(&plan, &tree)?;
    licences::collect(dirs, &tree, &libraries)?;
    let manifest = Manifest {
        name: name.clone(),
        python: release.version.to_string(),
        release: env!("CARGO_PKG_VERSION"),
        commit: git(dirs, &["rev-parse", "HEAD"])?,
        optimised: !args.plain,
        prefix: prefix.display().to_string(),
        glibc: binaries::glibc(&tree)?,
        libraries,
    };
    write_atomically(&tree.join("MANIFEST.json"), serde_json::to_string_pretty(&manifest)? + "\n")?;
    tree::compile(&plan, &tree, epoch)?;
    step.done();
    std::fs::create_dir_all(out).with_context(|| format!("cannot create {}", out.display()))?;
    let step = Step::start(format!("pack {name}"));
    let mut files = archive::pack(&tree, out, &name, epoch)?;
    files.push(archive::pack_gz(&debug, out, &format!("{name}-debug"), epoch)?);
    files.push(deb::pack(&tree, &prefix, release.version, &manifest.glibc, out, epoch)?);
    step.done();
    validate::check(dirs, args.common.offline, &plan, &files[0], &name, &manifest.glibc)?;
    for file in files {
        println!("{}", file.display());
    }
    Ok(())
}

/// The time that everything in an archive is of, so that it does not depend on when it was made.
fn epoch(dirs: &Dirs) -> Result<u64> {
    let said = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text,
        Err(_) => git(dirs, &["log", "-1", "--format=%ct"])?,
    };
    said.trim().parse().with_context(|| format!("`{said}` is no time in seconds"))
}

fn git(dirs: &Dirs, args: &[&str]) -> Result<String> {
    crate::git_source::read(&dirs.root, args).map(|said| said.trim().to_string())
}

/// `SHA256SUMS` of all that is there.
fn checksums(out: &Path) -> Result<()> {
    let entries = std::fs::read_dir(out).with_context(|| format!("cannot read {}", out.display()))?;
    let mut files: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|p| p.is_file()).collect();
    files.retain(|path| !path.ends_with("SHA256SUMS"));
    files.sort();
    let mut text = String::new();
    for file in &files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        text.push_str(&format!("{}  {name}\n", hash::file(file)?));
    }
    write_atomically(&out.join("SHA256SUMS"), text)
}
