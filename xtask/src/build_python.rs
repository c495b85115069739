//! `build-python`: from nothing to an installed interpreter, doing again only what has changed.

use crate::dirs::{self, Dirs, Flavour};
use crate::fetch::{self, Wishes};
use crate::stamp::Lock;
use crate::versions::{Release, Table};
use crate::{cpython, hash, link, prereqs};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// Lets a switch's twin in the environment be `1`, `0`, `yes`, `no` or empty.
pub fn yes_or_no() -> clap::builder::FalseyValueParser {
    clap::builder::FalseyValueParser::new()
}

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
    /// Install here instead of below target/
    #[arg(long, env = "PYJION_BUILD_PREFIX", value_name = "DIR")]
    pub prefix: Option<PathBuf>,
    /// Use exactly this Python-X.Y.Z.tgz
    #[arg(long, env = "PYJION_BUILD_ARCHIVE", value_name = "PATH")]
    pub archive: Option<PathBuf>,
}

/// Options that every verb that builds has.
#[derive(clap::Args, Debug, Clone)]
pub struct Common {
    /// How many jobs to run at once; the default is one per processor
    #[arg(long, short, env = "PYJION_BUILD_JOBS", value_name = "N")]
    pub jobs: Option<usize>,
    /// Do not use the network
    #[arg(long, env = "PYJION_BUILD_OFFLINE", value_parser = yes_or_no())]
    pub offline: bool,
    /// A git copy of CPython to take sources from when nothing else works
    #[arg(long, env = "PYJION_CPYTHON_GIT", value_name = "PATH-OR-URL")]
    pub git: Option<String>,
    /// The root of python.org's archive, or of a mirror of it
    #[arg(long, env = "PYJION_BUILD_MIRROR", value_name = "URL", default_value = fetch::PYTHON_ORG)]
    pub mirror: String,
    /// Never install system packages, not even as root
    #[arg(long, env = "PYJION_BUILD_NO_INSTALL", value_parser = yes_or_no())]
    pub no_install: bool,
}

impl Common {
    /// Where sources may come from.
    pub fn wishes(&self) -> Wishes {
        Wishes {
            offline: self.offline,
            archive: None,
            git: self.git.clone().filter(|g| !g.is_empty()),
            mirror: self.mirror.clone(),
        }
    }

    /// The number of jobs.
    pub fn jobs(&self) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, |n| n.get());
        self.jobs.filter(|n| *n > 0).unwrap_or_else(processors)
    }
}

/// How to build, without what to build.
#[derive(Clone, Debug)]
pub struct Options {
    /// Profile-guided.
    pub pgo: bool,
    /// With Py_DEBUG.
    pub debug: bool,
    /// Parallel jobs.
    pub jobs: usize,
    /// An install prefix of the user's choice.
    pub prefix: Option<PathBuf>,
    /// Where sources may come from.
    pub wishes: Wishes,
}

impl Options {
    /// An ordinary build with the common options.
    pub fn plain(common: &Common) -> Options {
        Options { pgo: false, debug: false, jobs: common.jobs(), prefix: None, wishes: common.wishes() }
    }
}

/// One interpreter to build.
pub struct Plan<'a> {
    /// Where everything goes.
    pub dirs: &'a Dirs,
    /// Which CPython.
    pub release: &'a Release,
    /// Patched or not.
    pub flavour: Flavour,
    /// How.
    pub options: &'a Options,
    /// Where it is installed.
    pub prefix: PathBuf,
}

impl<'a> Plan<'a> {
    /// Decides where things go.
    pub fn new(dirs: &'a Dirs, release: &'a Release, flavour: Flavour, options: &'a Options) -> Plan<'a> {
        let mut plan = Plan { dirs, release, flavour, options, prefix: PathBuf::new() };
        plan.prefix = match &options.prefix {
            Some(prefix) => std::path::absolute(prefix).unwrap_or_else(|_| prefix.clone()),
            None => dirs.prefix(flavour, release.version, &plan.variant()),
        };
        plan
    }

    /// What tells this build's directories from those of a plain one.
    pub fn variant(&self) -> String {
        let mut variant = String::new();
        if self.options.debug {
            variant.push_str("-debug");
        }
        if self.options.pgo {
            variant.push_str("-pgo");
        }
        if let Some(prefix) = &self.options.prefix {
            // The prefix is compiled in, so a build for another one is another build.
            variant.push_str(&format!("-{}", &hash::strings(&[prefix.to_string_lossy().as_bytes()])[..8]));
        }
        variant
    }

    /// The source and build tree.
    pub fn tree(&self) -> PathBuf {
        self.dirs.build(self.flavour, self.release.version, &self.variant())
    }

    /// The path that a finished build prints.
    pub fn executable(&self) -> PathBuf {
        let name = match self.flavour {
            Flavour::Stock => format!("python{}", self.release.version.short()),
            Flavour::Pyjion => "pyjion-python".to_string(),
        };
        self.prefix.join("bin").join(name)
    }

    /// The log file of one step.
    pub fn log(&self, step: &str) -> PathBuf {
        let name = format!("{}-{}{}-{step}.log", self.flavour.name(), self.release.version, self.variant());
        self.dirs.logs().join(name)
    }

    /// How this build is called in messages.
    pub fn title(&self) -> String {
        let flavour = match self.flavour {
            Flavour::Stock => "stock ",
            Flavour::Pyjion => "",
        };
        format!("{flavour}CPython {}{}", self.release.version, self.variant())
    }
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
    match plan.flavour {
        Flavour::Stock => {
            cpython::install(plan, &key).with_context(what)?;
            Ok(plan.executable())
        }
        Flavour::Pyjion => {
            let library = link::build_embed(plan, &key).with_context(what)?;
            cpython::install(plan, &key).with_context(what)?;
            link::link(plan, &key, &library).with_context(what)
        }
    }
}
