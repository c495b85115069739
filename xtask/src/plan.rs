//! What is to be built, how, and where it goes.

use crate::dirs::{Dirs, Flavour};
use crate::fetch::{self, Wishes};
use crate::hash;
use crate::versions::Release;
use std::path::PathBuf;

/// Lets a switch's twin in the environment be `1`, `0`, `yes`, `no` or empty.
pub fn yes_or_no() -> clap::builder::FalseyValueParser {
    clap::builder::FalseyValueParser::new()
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
    /// With a shared libpython beside the executable, which stays static.
    pub shared: bool,
    /// Parallel jobs.
    pub jobs: usize,
    /// An install prefix of the user's choice.
    pub prefix: Option<PathBuf>,
    /// The folder that stands for the root of the system when it is installed.
    pub root: Option<PathBuf>,
    /// With no path of this machine in what is compiled.
    pub anonymous: bool,
    /// The time that it is to be of, in seconds; that of the day unless it is said.
    pub epoch: Option<u64>,
    /// Where sources may come from.
    pub wishes: Wishes,
}

impl Options {
    /// An ordinary build with the common options.
    pub fn plain(common: &Common) -> Options {
        Options {
            pgo: false,
            debug: false,
            shared: false,
            jobs: common.jobs(),
            prefix: None,
            root: None,
            anonymous: false,
            epoch: None,
            wishes: common.wishes(),
        }
    }
}

/// What a build tree is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An interpreter, with its standard library.
    Interpreter,
    /// The objects of a shared libpython that is installed beside it.
    Library,
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
    /// Where it believes to be, unless it finds itself elsewhere.
    pub configured: PathBuf,
    /// What of it.
    pub kind: Kind,
}

impl<'a> Plan<'a> {
    /// Decides where things go.
    pub fn new(dirs: &'a Dirs, release: &'a Release, flavour: Flavour, options: &'a Options) -> Plan<'a> {
        let mut plan = Plan {
            dirs,
            release,
            flavour,
            options,
            prefix: PathBuf::new(),
            configured: PathBuf::new(),
            kind: Kind::Interpreter,
        };
        plan.configured = match &options.prefix {
            Some(prefix) => std::path::absolute(prefix).unwrap_or_else(|_| prefix.clone()),
            None => dirs.prefix(flavour, release.version, &plan.variant()),
        };
        plan.prefix = match &options.root {
            Some(root) => root.join(plan.configured.strip_prefix("/").unwrap_or(&plan.configured)),
            None => plan.configured.clone(),
        };
        plan
    }

    /// The plan for the objects of a shared library, for the same prefix.
    pub fn of_library(&self) -> Plan<'a> {
        Plan {
            prefix: self.prefix.clone(),
            configured: self.configured.clone(),
            kind: Kind::Library,
            ..*self
        }
    }

    /// The file name of the archive of all of CPython's objects.
    pub fn library_name(&self) -> String {
        let flags = match (self.release.version.major, self.options.debug) {
            (2, _) => "",
            (_, false) => "m",
            (_, true) => "dm",
        };
        format!("libpython{}{flags}.a", self.release.version.short())
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
        match self.kind {
            Kind::Interpreter => {}
            Kind::Library => variant.push_str("-shared"),
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
