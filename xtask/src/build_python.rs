//! `build-python`: from nothing to an installed interpreter, doing again only what has changed.

use crate::dirs::{self, Dirs, Flavour};
use crate::fetch;
pub use crate::plan::{Common, Options, Plan, yes_or_no};
use crate::stamp::Lock;
use crate::versions::Table;
use crate::{cpython, ensurepip, libpython, link, prereqs};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// The options of `build-python`; each has a twin in the environment.
#[derive(clap::Args, Debug, Clone)]
pub struct Args {
    /// Versions to build: 2.7.18, 3.5, all; the default is 2.7.18
    #[arg(value_name = "VERSION")]
    pub versions: Vec<String>,
    #[command(flatten)]
    pub common: Common,
    /// The reference interpreter: same source, same flags, no patch, no JIT
    #[arg(long, env = "PYJION_BUILD_STOCK", value_parser = yes_or_no())]
    pub stock: bool,
    /// Profile-guided and link-time optimisation, for releases (slow to build)
    #[arg(long, env = "PYJION_BUILD_PGO", value_parser = yes_or_no(), conflicts_with = "debug")]
    pub pgo: bool,
    /// CPython with Py_DEBUG
    #[arg(long, env = "PYJION_BUILD_DEBUG", value_parser = yes_or_no())]
    pub debug: bool,
    /// A shared libpython as well, for programs that embed Python; the executable stays static
    #[arg(long, env = "PYJION_BUILD_SHARED", value_parser = yes_or_no())]
    pub shared: bool,
    /// Install here instead of below target/
    #[arg(long, env = "PYJION_BUILD_PREFIX", value_name = "DIR")]
    pub prefix: Option<PathBuf>,
    /// Use exactly this Python-X.Y.Z.tgz
    #[arg(long, env = "PYJION_BUILD_ARCHIVE", value_name = "PATH")]
    pub archive: Option<PathBuf>,
}

/// Runs the verb: one path on stdout for each interpreter built.
pub fn run(dirs: &Dirs, args: &Args) -> Result<()> {
    let table = Table::load(dirs)?;
    let releases = table.select(&args.versions)?;
    if releases.len() > 1 && (args.prefix.is_some() || args.archive.is_some()) {
        bail!("--prefix and --archive are for one version at a time");
    }
    let mut options = Options::plain(&args.common);
    options.pgo = args.pgo;
    options.debug = args.debug;
    options.shared = args.shared;
    options.prefix = args.prefix.clone();
    options.wishes.archive = args.archive.clone();
    // Even where everything is built already: who names a file wants to hear that it is not the right one.
    for release in &releases {
        fetch::named_archive(release, &options.wishes)?;
    }
    dirs.check_writable()?;
    if let Some(prefix) = &options.prefix {
        dirs::check_writable(prefix, "name another directory with --prefix")?;
    }
    prereqs::ensure(dirs, !args.stock, args.common.no_install)?;
    let flavour = if args.stock { Flavour::Stock } else { Flavour::Pyjion };
    for release in releases {
        println!("{}", build(&Plan::new(dirs, release, flavour, &options))?.display());
    }
    Ok(())
}

/// Builds and installs one interpreter; returns its path.
pub fn build(plan: &Plan<'_>) -> Result<PathBuf> {
    let _lock = Lock::take(&plan.tree())?;
    dirs::sweep(&plan.dirs.downloads);
    if let Some(folder) = plan.tree().parent() {
        dirs::sweep(folder);
    }
    let what = || format!("cannot build {}", plan.title());
    let key = cpython::build(plan).with_context(what)?;
    let executable = match plan.flavour {
        Flavour::Stock => {
            cpython::install(plan, &key).with_context(what)?;
            if plan.options.shared {
                libpython::shared(plan, None).with_context(what)?;
            }
            plan.executable()
        }
        Flavour::Pyjion => {
            let library = link::build_embed(plan, &key).with_context(what)?;
            cpython::install(plan, &key).with_context(what)?;
            let executable = link::link(plan, &key, &library).with_context(what)?;
            libpython::archive(plan, &key, &library).with_context(what)?;
            if plan.options.shared {
                libpython::shared(plan, Some(&library)).with_context(what)?;
            }
            executable
        }
    };
    ensurepip::install(plan, &executable, &key).with_context(what)?;
    Ok(executable)
}
