//! What people who run services rest on: what an executable says that it is, the status of a process,
//! counters, and workers that are forked from a parent that is warm.

use super::Pair;
use super::process::{self, Output};
use crate::manual;
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(300);

const RELEASE: &str = env!("CARGO_PKG_VERSION");

/// What `docs/production.md` has people run.
const PREFORK: &str = include_str!("../../../ci/production/prefork.py");

/// Compiles something, says so, and waits to be ended.
const SERVICE: &str = "import sys, time
def work(n):
    total = 0
    for i in range(n):
        total += i
    return total
for turn in range(3000):
    work(20)
sys.stdout.write('ready\\n')
sys.stdout.flush()
time.sleep(100)
";

/// Reads the counters as Prometheus would, and compares them with those of `stats()`.
const METRICS: &str = "import re, sys, pyjion
def work(n):
    total = 0
    for i in range(n):
        total += i
    return total
for turn in range(3000):
    work(20)
pyjion.disable()
stats, text = pyjion.stats(), pyjion.metrics()
assert text.endswith('\\n')
kinds, values = {}, {}
for line in text.splitlines():
    if line.startswith('# TYPE '):
        name, kind = line[7:].split(' ')
        assert name not in kinds, name
        kinds[name] = kind
    elif line.startswith('# HELP '):
        continue
    else:
        name, labels, value = re.match(r'([a-z_]+)(\\{(?:[a-z_]+=\"[^\"\\\\]*\",?)+\\})? ([0-9]+)$', line).groups()
        assert (kinds[name] == 'counter') == name.endswith('_total'), name
        values[name + (labels or '')] = int(value)
for name, value in stats.items():
    if name == 'exits':
        for reason, count in value.items():
            assert values['pyjion_exits_total{reason=\"%s\"}' % reason] == count, reason
    elif name == 'code_bytes':
        assert values['pyjion_code_bytes'] == value > 0, name
    elif not isinstance(value, dict):
        assert values['pyjion_%s_total' % name] == value, name
assert values['pyjion_enabled'] == 0 and values['pyjion_compilations_total'] > 0
sys.stdout.write('fine')
";

/// What it says of itself: `-V` what stock does, `-VV` and `platform.python_build()` more, and the manual.
pub fn identity(pair: &Pair, scratch: &Path) -> Result<()> {
    let run = |executable: &PathBuf, arguments: &[&str]| {
        process::succeed(process::python(executable).args(arguments), scratch, LIMIT)
    };
    for arguments in [&["-V"][..], &["--version"], &["-s", "-V", "x.py"]] {
        let (stock, ours) = (run(&pair.stock, arguments)?, run(&pair.ours, arguments)?);
        ensure!(stock == ours, "{arguments:?}: stock says {stock:?}, ours {ours:?}");
    }
    let stock = run(&pair.stock, &["-V"])?;
    let said = run(&pair.ours, &["-VV"])?;
    ensure!(said.stdout.is_empty() == stock.stdout.is_empty(), "-VV writes elsewhere than -V: {said:?}");
    let all = format!("{}{}", said.stdout, said.stderr);
    let wanted = format!("Python {} (Pyjion-{RELEASE}, ", pair.version);
    ensure!(all.starts_with(&wanted) && all.contains("\n["), "expected `{wanted}…`, got {said:?}");
    let code = "import platform, sys; sys.stdout.write('%s %s' % (platform.python_build()[0], \
                platform.python_implementation()))";
    let said = run(&pair.ours, &["-c", code])?;
    ensure!(said.stdout == format!("Pyjion-{RELEASE} CPython"), "{said:?}");
    let prefix = pair.ours.parent().and_then(Path::parent).context("it is in no bin directory")?;
    let page = std::fs::read_to_string(prefix.join(manual::PLACE)).context("no page of the manual")?;
    ensure!(page.contains(&format!("\"Python {}\"", pair.version)), "the manual is of another version");
    Ok(())
}

/// Counters as JSON are those of `stats()`; as metrics, too.
pub fn counters(pair: &Pair, scratch: &Path) -> Result<()> {
    let mut python = process::python(&pair.ours);
    python.env("PYJION_BACKGROUND", "0").args(["-c", METRICS]);
    let output = process::succeed(&mut python, scratch, LIMIT)?;
    ensure!(output.stdout == "fine", "{output:?}");
    let code = "import json, sys, pyjion; sys.stdout.write(json.dumps(pyjion.stats()))";
    let output = process::succeed(process::python(&pair.ours).args(["-c", code]), scratch, LIMIT)?;
    let all: serde_json::Value = serde_json::from_str(&output.stdout)?;
    ensure!(all["compilations"].is_u64() && all["exits"].is_object(), "{output:?}");
    Ok(())
}

/// `-m pyjion status` sees the JIT of another process, on or off, and says of whom it cannot.
pub fn status(pair: &Pair, scratch: &Path) -> Result<()> {
    std::fs::create_dir_all(scratch)?;
    let program = scratch.join("service.py");
    std::fs::write(&program, SERVICE)?;
    let ask = |process: u32| -> Result<Output> {
        let mut python = process::python(&pair.ours);
        process::run(python.args(["-m", "pyjion", "status", &process.to_string()]), scratch, LIMIT)
    };
    for (jit, state) in [("1", "JIT: on\n"), ("0", "JIT: off\n")] {
        let output = with_service(&pair.ours, &program, jit, &ask)?;
        let compiled =
            output.stdout.contains("machine code: ") && !output.stdout.contains("machine code: 0 bytes");
        let is_right = output.stdout.contains(state) && output.stdout.contains("threshold: 77\n");
        ensure!(output.end == "exit 0" && is_right && compiled == (jit == "1"), "PYJION={jit}: {output:?}");
    }
    let output = with_service(&pair.stock, &program, "1", &ask)?;
    ensure!(output.end == "exit 1" && output.stderr.contains("does not run this executable"), "{output:?}");
    let output = ask(u32::MAX / 2)?;
    ensure!(output.end == "exit 1" && output.stderr.contains("there is no process"), "{output:?}");
    Ok(())
}

fn with_service(
    executable: &Path,
    program: &Path,
    jit: &str,
    ask: &dyn Fn(u32) -> Result<Output>,
) -> Result<Output> {
    let mut python = process::python(executable);
    python.env("PYJION", jit).env("PYJION_THRESHOLD", "77").env("PYJION_BACKGROUND", "0");
    python.arg(program).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = python.spawn().context("cannot start the service")?;
    let output = ready(&mut child).and_then(|()| ask(child.id()));
    child.kill().context("cannot end the service")?;
    child.wait()?;
    output
}

/// Waits for the line that says that it is so.
fn ready(child: &mut Child) -> Result<()> {
    let mut line = String::new();
    let stdout = child.stdout.as_mut().context("no pipe")?;
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line)?;
    ensure!(line == "ready\n", "the service says {line:?}");
    Ok(())
}

/// Workers of a parent that has served requests have what it has compiled.
pub fn prefork(pair: &Pair, scratch: &Path) -> Result<()> {
    std::fs::create_dir_all(scratch)?;
    let program = scratch.join("prefork.py");
    std::fs::write(&program, PREFORK)?;
    let mut python: Command = process::python(&pair.ours);
    let output = process::succeed(python.arg(&program).args(["2", "4000"]), scratch, LIMIT)?;
    let compilations = |kind: &str| -> Option<f64> {
        let line = output.stdout.lines().find(|line| line.starts_with(kind))?;
        line.split_once("compilations")?.1.split_whitespace().next()?.parse().ok()
    };
    let (cold, warm) = compilations("cold").zip(compilations("warm")).context("no figures")?;
    ensure!(cold > 5.0 && warm < cold / 2.0, "workers compile as much as ever:\n{}", output.stdout);
    Ok(())
}
