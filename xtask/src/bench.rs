//! `bench`: runs small programs on stock and on ours in turn and prints how much faster ours is.

use crate::build_python::{self, Common, Options, Plan};
use crate::dirs::{Dirs, Flavour};
use crate::prereqs;
use crate::step::{self, Step};
use crate::versions::{Release, Table};
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

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
    /// Use the interpreters as they are
    #[arg(long, env = "PYJION_BENCH_SKIP_BUILD", value_parser = build_python::yes_or_no())]
    skip_build: bool,
}

/// Runs the verb.
pub fn run(dirs: &Dirs, args: &Args) -> Result<()> {
    let programs = programs(dirs, args)?;
    let table = Table::load(dirs)?;
    if !args.skip_build {
        dirs.check_writable()?;
        prereqs::ensure(dirs, true, args.common.no_install)?;
    }
    let mut wrong = 0;
    for release in table.select(&args.versions)? {
        let (stock, ours) = interpreters(dirs, args, release)?;
        println!("\nCPython {}: median of {} interleaved runs, whole process", release.version, args.runs);
        println!("{:24} {:>10} {:>10} {:>8}", "program", "stock", "pyjion", "ratio");
        let mut ratios = Vec::new();
        for program in &programs {
            let name = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let step = Step::start(format!("{name} on {}", release.version));
            let measured = measure(&stock, &ours, program, args.runs.max(1));
            step.clear();
            match measured {
                Ok(m) => {
                    println!("{name:24} {:>8.3} s {:>8.3} s {:>7.2}×", m.stock, m.ours, m.ratio);
                    ratios.push(m.ratio);
                }
                Err(e) => {
                    println!("{name:24} WRONG: {e:#}");
                    wrong += 1;
                }
            }
        }
        if let Some(mean) = geometric_mean(&ratios) {
            println!("{:24} {:>10} {:>10} {mean:>7.2}×", "geometric mean", "", "");
        }
    }
    ensure!(wrong == 0, "{wrong} programs did not do the same on both");
    Ok(())
}

fn programs(dirs: &Dirs, args: &Args) -> Result<Vec<PathBuf>> {
    let folder = dirs.root.join("ci/bench");
    let entries = std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let wanted = |p: &PathBuf| {
        let name = p.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        p.extension().is_some_and(|e| e == "py")
            && args.filter.as_ref().is_none_or(|f| name.contains(f.as_str()))
    };
    let mut programs: Vec<PathBuf> = entries.flatten().map(|e| e.path()).filter(wanted).collect();
    programs.sort();
    ensure!(!programs.is_empty(), "no program in {} matches", folder.display());
    Ok(programs)
}

fn interpreters(dirs: &Dirs, args: &Args, release: &Release) -> Result<(PathBuf, PathBuf)> {
    let options = Options::plain(&args.common);
    let path = |flavour| {
        let plan = Plan::new(dirs, release, flavour, &options);
        if !args.skip_build {
            return build_python::build(&plan);
        }
        let path = plan.executable();
        ensure!(path.exists(), "{} is not there; run without --skip-build", path.display());
        Ok(path)
    };
    Ok((path(Flavour::Stock)?, path(Flavour::Pyjion)?))
}

struct Measured {
    stock: f64,
    ours: f64,
    ratio: f64,
}

/// Runs in turn, so that whatever else the machine does hits both; the ratio is the median of each turn's.
fn measure(stock: &Path, ours: &Path, program: &Path, runs: usize) -> Result<Measured> {
    let (mut a, mut b, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        let (x, expected) = time(stock, program)?;
        let (y, found) = time(ours, program)?;
        if expected != found {
            bail!("stock printed {:?}, ours {:?}", expected.trim(), found.trim());
        }
        a.push(x);
        b.push(y);
        ratios.push(x / y);
    }
    Ok(Measured { stock: median(&mut a), ours: median(&mut b), ratio: median(&mut ratios) })
}

fn time(executable: &Path, program: &Path) -> Result<(f64, String)> {
    let mut command = Command::new(executable);
    step::clean_environment(&mut command);
    command.arg(program).stdin(Stdio::null()).env("PYTHONHASHSEED", "0");
    let started = Instant::now();
    let output = command.output().with_context(|| format!("cannot start {}", executable.display()))?;
    let took = started.elapsed().max(Duration::from_micros(1)).as_secs_f64();
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        bail!("{} ({}): {}", step::describe(&command), output.status, said.lines().last().unwrap_or(""));
    }
    Ok((took, String::from_utf8_lossy(&output.stdout).into_owned()))
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
