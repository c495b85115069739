//! The file of results: one that PyPI's `pyperf` reads, with all that our own reports need beside.
//!
//! A file of pyperf is of one interpreter. So `--json FILE.json` writes a suite of the first interpreter that
//! is not stock to `FILE.json`, and one of each other beside it, `FILE.stock.json` and so on: `pyperf
//! compare_to FILE.stock.json FILE.json` compares ours with stock, and the `FILE.json` of two runs compare
//! what has changed. pyperf compares only as many values with as many. So each process that repeats gives
//! three, the means of thirds of the second half of its iterations, as pyperf's own values are means over
//! loops; iterations before are warm-ups. The key `pyjion` of `FILE.json`, which pyperf leaves alone, has the
//! whole run, iteration by iteration.

use super::results::{Count, FORMAT, Iteration, Measured, Participant, Process, Run, STOCK};
use super::warmup::second_half;
use crate::dirs::write_atomically;
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// Values of each process of a program that repeats; fewer where `--min-iterations` allows for less.
const VALUES: usize = 3;

/// Where the whole run is in a file.
const KEY: &str = "pyjion";

/// Writes the files; returns their paths, that of the whole run first.
pub fn write(run: &Run, path: &Path) -> Result<Vec<PathBuf>> {
    let mut names: Vec<&str> = Vec::new();
    for participant in &run.participants {
        if !names.contains(&participant.name.as_str()) {
            names.push(&participant.name);
        }
    }
    let main = names.iter().find(|name| **name != STOCK).copied().unwrap_or(STOCK);
    let mut written = Vec::new();
    names.sort_by_key(|name| *name != main);
    for name in names {
        let mut suite = suite(run, name);
        let to = if name == main { path.to_path_buf() } else { beside(path, name) };
        if name == main {
            suite.insert(KEY.into(), serde_json::to_value(run).context("a run is plain data")?);
        }
        let is_empty = suite["benchmarks"].as_array().is_none_or(Vec::is_empty);
        // pyperf reads no suite without a benchmark; ours is wanted all the same.
        if is_empty && name != main {
            continue;
        }
        write_atomically(&to, Value::Object(suite).to_string() + "\n")?;
        written.push(to);
    }
    Ok(written)
}

/// Reads a run back.
pub fn read(path: &Path) -> Result<Run> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| format!("in {}", path.display()))
}

fn parse(text: &str) -> Result<Run> {
    let file: Value = serde_json::from_str(text).context("it is not JSON")?;
    let Some(run) = file.get(KEY) else {
        if file.get("benchmarks").is_some() {
            bail!(
                "it is a file of pyperf without what `cargo xtask bench` adds\n\
                 what to do: name the file that --json was given, not the one of stock beside it, \
                 or use `pyperf compare_to`"
            );
        }
        bail!("it is not a file that `cargo xtask bench --json` wrote");
    };
    let format = run.get("format").and_then(Value::as_u64).unwrap_or(0);
    ensure!(format == u64::from(FORMAT), "it has format {format}, and this tool reads {FORMAT}");
    serde_json::from_value(run.clone()).context("it is damaged")
}

/// `out.json` → `out.stock.json`
fn beside(path: &Path, name: &str) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    path.with_file_name(format!("{stem}.{name}.json"))
}

/// The suite of one interpreter.
fn suite(run: &Run, interpreter: &str) -> Map<String, Value> {
    let versions = run.versions();
    let mut benchmarks = Vec::new();
    for program in &run.programs {
        let Some(outcome) = program.outcome(interpreter) else { continue };
        let participant =
            run.participants.iter().find(|p| p.name == interpreter && p.version == program.version);
        if outcome.problem.is_some() || outcome.processes.is_empty() {
            continue;
        }
        let runs: Vec<Value> = outcome.processes.iter().map(|p| process(run, p)).collect();
        benchmarks.push(json!({
            "metadata": metadata(run, program, participant, versions.len() > 1),
            "runs": runs,
        }));
    }
    let mut suite = Map::new();
    suite.insert("version".into(), json!("1.0"));
    suite.insert(
        "metadata".into(),
        json!({
            "hostname": run.machine.system,
            "platform": format!("Linux-{}", run.machine.kernel),
            "cpu_model_name": run.machine.processor,
            "cpu_count": run.machine.processors,
            "loops": 1,
            "inner_loops": 1,
        }),
    );
    suite.insert("benchmarks".into(), benchmarks.into());
    suite
}

fn metadata(run: &Run, program: &Measured, participant: Option<&Participant>, several: bool) -> Value {
    // Names are unique in a suite.
    let name = match several {
        true => format!("{} on {}", program.name, program.version),
        false => program.name.clone(),
    };
    let unit = match run.settings.count {
        Count::Time => "second",
        Count::Instructions => "integer",
    };
    let mut metadata = json!({ "name": name, "unit": unit, "suite": program.suite, "group": program.group });
    if let Some(p) = participant {
        metadata["python_executable"] = json!(p.path);
        metadata["python_version"] = json!(p.banner);
        metadata["python_implementation"] = json!(p.implementation.to_lowercase());
        metadata["python_cflags"] = json!(p.flags);
    }
    metadata
}

/// The second half of the iterations are values, those before warm-ups.
fn process(run: &Run, process: &Process) -> Value {
    let late = second_half(&process.iterations);
    let early = &process.iterations[..process.iterations.len() - late.len()];
    let number = |wall: f64| match run.settings.count {
        Count::Time => json!(wall),
        Count::Instructions => json!(wall as u64),
    };
    let mut one = json!({
        "metadata": {
            "date": run.started,
            "duration": process.wall,
        },
        "values": thirds(late, run.settings.min_iterations).map(number).collect::<Vec<_>>(),
    });
    if process.peak_kb > 0 {
        one["metadata"]["mem_max_rss"] = json!(process.peak_kb * 1024);
    }
    if !early.is_empty() {
        one["warmups"] = early.iter().map(|i| json!([1, number(i.wall)])).collect();
    }
    one
}

/// The means of equal parts of iterations: as many for every process of a run.
fn thirds(late: &[Iteration], min_iterations: usize) -> impl Iterator<Item = f64> {
    let parts = VALUES.min(min_iterations.div_ceil(2)).min(late.len());
    (0..parts).map(move |i| {
        let part = &late[late.len() * i / parts..late.len() * (i + 1) / parts];
        part.iter().map(|i| i.wall).sum::<f64>() / part.len() as f64
    })
}

#[cfg(test)]
mod tests {
    use super::super::figures::tests::{measured, run};
    use super::*;

    #[test]
    fn a_run_comes_back() {
        let folder = std::env::temp_dir().join(format!("xtask-pyperf-{}", std::process::id()));
        let path = folder.join("a.json");
        let run = run(vec![measured("own", "loops", "fib", &[2.0, 1.1], &[0.1, 0.7])]);
        let written = write(&run, &path).expect("writes");
        assert_eq!(written, [path.clone(), folder.join("a.stock.json")]);
        assert_eq!(read(&path).expect("reads"), run);
        let error = format!("{:#}", read(&written[1]).expect_err("no run in it"));
        assert!(error.contains("pyperf compare_to") && error.contains("a.stock.json"), "{error}");
        std::fs::remove_dir_all(&folder).expect("clean up");
    }

    #[test]
    fn what_is_not_ours_is_refused() {
        for (text, part) in [
            ("x", "not JSON"),
            ("{}", "--json"),
            ("{\"pyjion\": {\"format\": 99}}", "format 99"),
            ("{\"pyjion\": {\"format\": 1}}", "damaged"),
        ] {
            let error = format!("{:#}", parse(text).expect_err("refused"));
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn iterations_are_warmups_and_values() {
        let mut program = measured("own", "loops", "fib", &[2.0], &[1.0]);
        let iterations = &mut program.outcomes[1].1.processes[0].iterations;
        let walls = [0.5, 0.25, 0.75, 0.5, 0.5, 0.25, 0.25];
        iterations.extend(walls.map(|wall| Iteration { wall, processor: wall }));
        let wrong = measured("own", "loops", "wrong", &[2.0], &[1.0]);
        let mut run = run(vec![program, wrong]);
        run.programs[1].outcomes[1].1.problem = Some("WRONG".into());
        let suite = Value::Object(suite(&run, "pyjion"));
        assert_eq!(suite["benchmarks"].as_array().map(Vec::len), Some(1), "what is wrong has no time");
        let one = &suite["benchmarks"][0]["runs"][0];
        assert_eq!(one["warmups"], json!([[1, 1.0], [1, 0.5], [1, 0.25], [1, 0.75]]));
        assert_eq!(one["values"], json!([0.5, 0.5, 0.25]));
        assert_eq!(suite["benchmarks"][0]["metadata"]["name"], "fib");
    }
}
