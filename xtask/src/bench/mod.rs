//! `bench`: runs small programs on stock and on ours in turn and prints how much faster ours is.

mod measure;
pub mod program;

use crate::build_python::{self, Common, Options, Plan};
use crate::dirs::{Dirs, Flavour};
use crate::prereqs;
use crate::profile;
use crate::step::{self, Step};
use crate::versions::{Release, Table};
use anyhow::{Context, Result, bail, ensure};
use measure::{Count, Meter};
use program::Program;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A ratio below this is marked: ours is slower.
const SLOWER: f64 = 0.98;

/// The options of `bench`.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// Only these versions; the default is 2.7.18
    #[arg(long = "version", env = "PYJION_BENCH_VERSION", value_name = "VERSION", value_delimiter = ',')]
    versions: Vec<String>,
    /// Only programs whose name contains this
    #[arg(long, env = "PYJION_BENCH_FILTER", value_name = "TEXT")]
    filter: Option<String>,
    /// How often each program is run on each interpreter
    #[arg(long, env = "PYJION_BENCH_RUNS", value_name = "N", default_value_t = 5)]
    runs: usize,
    /// What to compare
    #[arg(long, env = "PYJION_BENCH_COUNT", value_enum, default_value_t = Count::Time)]
    count: Count,
    /// How much each program of the library does, in percent
    #[arg(long, env = "PYJION_BENCH_SCALE", value_name = "PERCENT", default_value_t = 100)]
    scale: u32,
    /// Compare with the JIT switched off
    #[arg(long, env = "PYJION_BENCH_OFF", value_parser = build_python::yes_or_no())]
    off: bool,
    /// Compare interpreters built with profile-guided optimisation
    #[arg(long, env = "PYJION_BENCH_PGO", value_parser = build_python::yes_or_no())]
    pgo: bool,
    /// Print where the time of this one program goes, by perf, and measure nothing
    #[arg(long, env = "PYJION_BENCH_PROFILE", value_name = "NAME", conflicts_with = "filter")]
    profile: Option<String>,
    /// Write the results to a file, too
    #[arg(long, env = "PYJION_BENCH_JSON", value_name = "PATH")]
    json: Option<PathBuf>,
    /// Use the interpreters as they are
    #[arg(long, env = "PYJION_BENCH_SKIP_BUILD", value_parser = build_python::yes_or_no())]
    skip_build: bool,
}

/// What came out for one program on one version.
#[derive(Debug, Serialize)]
struct Line {
    version: String,
    program: String,
    /// Medians.
    stock: f64,
    ours: f64,
    /// The median of each turn's ratio of stock to ours, and the least.
    ratio: f64,
    min_ratio: f64,
    /// The median of each turn's ratio of processor times, which the compiler's thread has its part in.
    processor_ratio: Option<f64>,
}

/// Runs the verb.
pub fn run(dirs: &Dirs, args: &Args) -> Result<()> {
    let programs = program::load(dirs, args.profile.as_deref().or(args.filter.as_deref()))?;
    if let Some(name) = &args.profile {
        return run_profile(dirs, args, name, &programs);
    }
    let meter = Meter::new(args.count)?;
    let table = Table::load(dirs)?;
    if !args.skip_build {
        dirs.check_writable()?;
        prereqs::ensure(dirs, true, args.common.no_install)?;
    }
    let (mut lines, mut wrong) = (Vec::new(), 0);
    for release in table.select(&args.versions)? {
        let pair = Pair::new(dirs, args, release)?;
        let short = release.version.short();
        println!("\nCPython {}: median of {} interleaved runs, whole process", release.version, args.runs);
        let last = if args.count == Count::Time { "processor" } else { "" };
        println!("{:24} {:>12} {:>12} {:>8} {:>8} {last:>10}", "program", "stock", "pyjion", "ratio", "min");
        let first = lines.len();
        for program in programs.iter().filter(|p| p.is_for(&short)) {
            let step = Step::start(format!("{} on {}", program.name, release.version));
            let measured = pair.measure(args, &meter, program);
            step.clear();
            match measured {
                Ok(line) => {
                    let show = |cost| args.count.show(cost);
                    let mark = if line.ratio < SLOWER { "  slower" } else { "" };
                    let processor =
                        line.processor_ratio.map(|ratio| format!("{ratio:.2}×")).unwrap_or_default();
                    println!(
                        "{:24} {:>12} {:>12} {:>7.2}× {:>7.2}× {processor:>10}{mark}",
                        line.program,
                        show(line.stock),
                        show(line.ours),
                        line.ratio,
                        line.min_ratio
                    );
                    lines.push(line);
                }
                Err(e) => {
                    println!("{:24} WRONG: {e:#}", program.name);
                    wrong += 1;
                }
            }
        }
        let ratios: Vec<f64> = lines[first..].iter().map(|line| line.ratio).collect();
        if let Some(mean) = geometric_mean(&ratios) {
            println!("{:24} {:>12} {:>12} {mean:>7.2}×", "geometric mean", "", "");
            let slower = ratios.iter().filter(|ratio| **ratio < SLOWER).count();
            println!("{slower} of {} are slower than {SLOWER}×", ratios.len());
        }
    }
    if let Some(path) = &args.json {
        let text = serde_json::to_string_pretty(&lines).context("results are plain data")?;
        std::fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))?;
    }
    ensure!(wrong == 0, "{wrong} programs did not do the same on both");
    Ok(())
}

/// Shows where the time of one program goes, on every version.
fn run_profile(dirs: &Dirs, args: &Args, name: &str, programs: &[Program]) -> Result<()> {
    let program = programs.iter().find(|program| program.name == name);
    let names = || programs.iter().map(|program| program.name.as_str()).collect::<Vec<_>>().join(", ");
    let program =
        program.with_context(|| format!("no program is called {name}; did you mean {}?", names()))?;
    let mut profiles = Vec::new();
    for release in Table::load(dirs)?.select(&args.versions)? {
        ensure!(program.is_for(&release.version.short()), "{name} is not for {}", release.version);
        let pair = Pair::new(dirs, args, release)?;
        let subject = profile::Subject {
            program: name.to_string(),
            version: pair.version.clone(),
            command: pair.command(args, &pair.ours, program),
            stock: pair.stock.clone(),
            scratch: dirs.target.join("profile").join(format!("{name}-{}", pair.version)),
        };
        let profile = profile::run(&subject)?;
        profile::print(&subject, &profile)?;
        profiles.push(profile);
    }
    if let Some(path) = &args.json {
        let text = serde_json::to_string_pretty(&profiles).context("profiles are plain data")?;
        std::fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// The two interpreters of a version, and the source tree of the first.
struct Pair {
    version: String,
    stock: PathBuf,
    ours: PathBuf,
    source: PathBuf,
}

impl Pair {
    fn new(dirs: &Dirs, args: &Args, release: &Release) -> Result<Pair> {
        let mut options = Options::plain(&args.common);
        options.pgo = args.pgo;
        let ready = |flavour| {
            let plan = Plan::new(dirs, release, flavour, &options);
            let path = if args.skip_build { plan.executable() } else { build_python::build(&plan)? };
            ensure!(path.exists(), "{} is not there; run without --skip-build", path.display());
            Ok((path, plan.tree()))
        };
        let (stock, source) = ready(Flavour::Stock)?;
        let (ours, _) = ready(Flavour::Pyjion)?;
        Ok(Pair { version: release.version.to_string(), stock, ours, source })
    }

    fn command(&self, args: &Args, executable: &Path, program: &Program) -> Command {
        let mut command = Command::new(executable);
        step::clean_environment(&mut command);
        command.arg(&program.path).env("PYTHONHASHSEED", "0").env("PYTHONDONTWRITEBYTECODE", "1");
        command.env("PYJION_BENCH_SOURCE", &self.source).env("PYJION_BENCH_SCALE", args.scale.to_string());
        if args.off {
            command.env("PYJION", "0");
        }
        command
    }

    /// Runs in turn, so that whatever else the machine does hits both; the ratio is the median of each turn's.
    fn measure(&self, args: &Args, meter: &Meter, program: &Program) -> Result<Line> {
        let (mut stock, mut ours, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        let mut processor_ratios = Vec::new();
        for _ in 0..args.runs.max(1) {
            let (x, expected) = meter.run(&self.command(args, &self.stock, program))?;
            let (y, found) = meter.run(&self.command(args, &self.ours, program))?;
            if expected != found {
                bail!("stock printed {:?}, ours {:?}", expected.trim(), found.trim());
            }
            stock.push(x.amount);
            ours.push(y.amount);
            ratios.push(x.amount / y.amount);
            processor_ratios.extend(x.processor.zip(y.processor).map(|(x, y)| x / y));
        }
        Ok(Line {
            version: self.version.clone(),
            program: program.name.clone(),
            stock: median(&mut stock),
            ours: median(&mut ours),
            min_ratio: ratios.iter().copied().fold(f64::INFINITY, f64::min),
            ratio: median(&mut ratios),
            processor_ratio: (!processor_ratios.is_empty()).then(|| median(&mut processor_ratios)),
        })
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => (values[n / 2 - 1] + values[n / 2]) / 2.0,
    }
}

fn geometric_mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| (values.iter().map(|v| v.ln()).sum::<f64>() / values.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_means() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), 2.5);
        let mean = geometric_mean(&[1.0, 4.0]).expect("a mean");
        assert!((mean - 2.0).abs() < 1e-9);
        assert_eq!(geometric_mean(&[]), None);
    }
}
