//! What of the ladder is to be run.

use super::modes::{MODES, Mode};
use crate::plan::{self, Common};

/// The options of `test`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Only these stages; the default is all, but packages, pip, embedding and stacks only with --full
    #[arg(env = "PYJION_TEST_STAGES", value_name = "STAGE", value_enum, value_delimiter = ',')]
    pub stages: Vec<Stage>,
    #[command(flatten)]
    pub common: Common,
    /// Only these versions; the default is every supported one whose source can be had
    #[arg(long = "version", env = "PYJION_TEST_VERSION", value_name = "VERSION", value_delimiter = ',')]
    pub versions: Vec<String>,
    /// Only these modes of running; the default is most for snippets, threshold1 and default for regrtest
    #[arg(long = "mode", env = "PYJION_TEST_MODE", value_name = "MODE", value_delimiter = ',', value_parser = clap::builder::PossibleValuesParser::new(MODES.iter().map(|m| m.name)))]
    pub modes: Vec<String>,
    /// Only snippets, programs of bench, regrtest files, packages and stacks whose name contains this
    #[arg(long, env = "PYJION_TEST_FILTER", value_name = "TEXT")]
    pub filter: Option<String>,
    /// All of regrtest, not a selection, snippets in every mode, and what needs packages
    #[arg(long, env = "PYJION_TEST_FULL", value_parser = plan::yes_or_no())]
    pub full: bool,
    /// Do not run regrtest files again with which this same executable agreed with stock before
    #[arg(long, env = "PYJION_TEST_RESUME", value_parser = plan::yes_or_no())]
    pub resume: bool,
    /// Use the interpreters as they are
    #[arg(long, env = "PYJION_TEST_SKIP_BUILD", value_parser = plan::yes_or_no())]
    pub skip_build: bool,
    /// Seconds after which a snippet counts as hanging
    #[arg(long, env = "PYJION_TEST_TIMEOUT", value_name = "SECONDS", default_value_t = 300)]
    pub timeout: u64,
    /// Ask each stack for so long for what nobody has asked for before: its memory has to level off
    #[arg(long, env = "PYJION_TEST_SOAK", value_name = "MINUTES")]
    pub soak: Option<f64>,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Unit tests of xtask and jit, and tidy
    Unit,
    /// Every patch series applies exactly
    Patches,
    /// Unit tests of the Rust side, and clippy, with the headers of each version
    Embed,
    /// The built interpreter is complete, movable, exports no Rust and has stock's structs
    Interpreter,
    /// One bug, one file, every mode, compared with stock
    Snippets,
    /// Two minutes of random programs, compared with stock
    Fuzz,
    /// The programs of bench, once each, for what they do
    Bench,
    /// CPython's own tests, compared with stock
    Regrtest,
    /// The tests of packages of the registry, compared with stock; needs the network
    Packages,
    /// Pip, virtual environments and the newest wheels; needs the network
    Pip,
    /// Programs that embed Python; needs the network
    Embedding,
    /// Servers, workers and clusters of real packages, compared with stock and measured; needs the network
    Stacks,
}

impl Args {
    /// Whether a stage is.
    pub fn wants(&self, stage: Stage) -> bool {
        match self.stages.is_empty() {
            true => {
                !matches!(stage, Stage::Packages | Stage::Pip | Stage::Embedding | Stage::Stacks) || self.full
            }
            false => self.stages.contains(&stage),
        }
    }

    /// The chosen modes, or else those of `default` (all when that is empty).
    pub fn modes(&self, default: &[&str]) -> Vec<&'static Mode> {
        let chosen = |m: &&Mode| match self.modes.is_empty() {
            false => self.modes.iter().any(|name| m.name == name),
            true => !m.debug && (default.is_empty() || default.contains(&m.name)),
        };
        MODES.iter().filter(chosen).collect()
    }

    /// Whether something of this name is.
    pub fn matches(&self, name: &str) -> bool {
        self.filter.as_ref().is_none_or(|f| name.contains(f.as_str()))
    }
}
