//! `bench`: runs programs on stock, on ours and on whatever else is named, in turn, and says how much faster
//! they are.

mod campaign;
mod compare;
mod deps;
mod driver_report;
mod figures;
mod instructions;
mod interpreters;
mod interrupt;
mod layout;
mod machine;
mod meter;
mod process;
mod profile;
mod profiles;
mod progress;
mod pyperf;
mod quick;
mod report;
mod results;
mod session;
pub mod stage;
mod statistics;
mod store;
pub mod suites;
mod table;
mod warmup;

use crate::dirs::Dirs;
use crate::plan::{self, Common};
use anyhow::{Context, Result};
pub use deps::NoPackages;
use figures::Clock;
use interpreters::Against;
pub use quick::{Short, check_outputs};
use results::Count;
use std::path::PathBuf;

/// The options of `bench`.
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    common: Common,
    /// Suites of ci/bench/suites.toml: own, kernels, short, pyperformance, or all
    #[arg(
        long = "suite",
        env = "PYJION_BENCH_SUITE",
        value_name = "SUITE",
        value_delimiter = ',',
        default_value = "own"
    )]
    suites: Vec<String>,
    /// Only these versions; the default is 2.7.18
    #[arg(long = "version", env = "PYJION_BENCH_VERSION", value_name = "VERSION", value_delimiter = ',')]
    versions: Vec<String>,
    /// Only programs whose name contains this
    #[arg(long, env = "PYJION_BENCH_FILTER", value_name = "TEXT")]
    filter: Option<String>,
    /// Another interpreter in the same run, such as pypy=/usr/bin/pypy; may be given several times
    #[arg(long, env = "PYJION_BENCH_AGAINST", value_name = "NAME=PATH", value_delimiter = ',')]
    against: Vec<Against>,
    /// How many processes of each program each interpreter runs, in turn; two or more give a verdict
    #[arg(long, env = "PYJION_BENCH_RUNS", value_name = "N", default_value_t = 5)]
    runs: usize,
    /// How long iterations of programs that repeat go on in each process
    #[arg(long, env = "PYJION_BENCH_SECONDS", value_name = "S", default_value_t = 3.0)]
    seconds: f64,
    /// But at least so many iterations
    #[arg(long, env = "PYJION_BENCH_MIN_ITERATIONS", value_name = "N", default_value_t = 5)]
    min_iterations: usize,
    /// And at most so many
    #[arg(long, env = "PYJION_BENCH_MAX_ITERATIONS", value_name = "N", default_value_t = 1000)]
    max_iterations: usize,
    /// Bind each process to so many processors
    #[arg(long, env = "PYJION_BENCH_PROCESSORS", value_name = "N")]
    processors: Option<usize>,
    /// What to compare
    #[arg(long, env = "PYJION_BENCH_COUNT", value_enum, default_value_t = Count::Time)]
    count: Count,
    /// What verdicts and means go by
    #[arg(long, env = "PYJION_BENCH_CLOCK", value_enum, default_value_t = Clock::Wall)]
    clock: Clock,
    /// How much each program of the suite own does, in percent
    #[arg(long, env = "PYJION_BENCH_SCALE", value_name = "PERCENT", default_value_t = 100)]
    scale: u32,
    /// Seconds after which a process counts as hanging
    #[arg(long, env = "PYJION_BENCH_TIMEOUT", value_name = "SECONDS", default_value_t = 600)]
    timeout: u64,
    /// Compare with the JIT switched off
    #[arg(long, env = "PYJION_BENCH_OFF", value_parser = plan::yes_or_no())]
    off: bool,
    /// Compare interpreters built with profile-guided optimisation
    #[arg(long, env = "PYJION_BENCH_PGO", value_parser = plan::yes_or_no())]
    pgo: bool,
    /// Print where the time of this one program goes, by perf, and measure nothing
    #[arg(long, env = "PYJION_BENCH_PROFILE", value_name = "NAME", conflicts_with_all = ["filter", "quick"])]
    profile: Option<String>,
    /// Find the functions of the Rust side that run in these programs, for the layout of the executable, and
    /// measure nothing
    #[arg(long, env = "PYJION_BENCH_LAYOUT", value_parser = plan::yes_or_no(), conflicts_with_all = ["profile", "quick"])]
    layout: bool,
    /// Run every program once on each interpreter and compare only what it does
    #[arg(long, env = "PYJION_BENCH_QUICK", value_parser = plan::yes_or_no())]
    quick: bool,
    /// Go on with an interrupted run of the same interpreters with the same options
    #[arg(long, env = "PYJION_BENCH_RESUME", value_parser = plan::yes_or_no())]
    resume: bool,
    /// Write the results to a file that pyperf reads, and stock's beside it
    #[arg(long, env = "PYJION_BENCH_JSON", value_name = "PATH")]
    json: Option<PathBuf>,
    /// Write a report to look at
    #[arg(long, env = "PYJION_BENCH_HTML", value_name = "PATH")]
    html: Option<PathBuf>,
    /// Use the interpreters as they are
    #[arg(long, env = "PYJION_BENCH_SKIP_BUILD", value_parser = plan::yes_or_no())]
    skip_build: bool,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// Print what has changed from one run to another
    Compare(compare::Args),
    /// Write the report of a run that was made
    Report(ReportArgs),
}

/// The options of `bench report`.
#[derive(clap::Args, Debug)]
struct ReportArgs {
    /// The file that --json wrote
    #[arg(value_name = "A.json")]
    results: PathBuf,
    /// Where the report goes
    #[arg(value_name = "REPORT.html")]
    html: PathBuf,
    /// A file of profiles to show where time goes; may be given several times
    #[arg(long, value_name = "P.json")]
    profiles: Vec<PathBuf>,
}

/// Runs the verb.
pub fn run(dirs: &Dirs, args: &Args) -> Result<()> {
    match (&args.verb, &args.profile) {
        (Some(Verb::Compare(args)), _) => compare::run(args),
        (Some(Verb::Report(args)), _) => {
            let mut run = pyperf::read(&args.results)?;
            args.profiles.iter().try_for_each(|path| profiles::add(&mut run, path))?;
            report::write(&run, &args.html).context("cannot write the report")?;
            println!("{}", args.html.display());
            Ok(())
        }
        (None, Some(name)) => profile::run(dirs, args, name),
        (None, None) if args.layout => layout::run(dirs, args),
        (None, None) if args.quick => quick::run(dirs, args),
        (None, None) => campaign::run(dirs, args),
    }
}
