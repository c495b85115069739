//! What those see of compiled code who look at the process from outside: GDB's backtraces, and profiles.

use super::Pair;
use super::process::{self, Output};
use crate::net;
use crate::profile::{self, Category, Subject};
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(300);

/// How a check ended that a machine may not be fit for.
pub enum Made {
    /// It was made, and all is well.
    Passed,
    /// Why it could not be made.
    Skipped(&'static str),
}

/// Aborts under a recursion, a generator and a function that C calls, all compiled.
const ABORTS: &str = "import os
def bottom(n):
    if n == 0:
        os.abort()
    return bottom(n - 1) + 1

def numbers(n):
    yield 1
    yield bottom(n)

def key(n):
    total = 0
    for number in numbers(n):
        total += number
    return total

def top():
    return sorted([2], key=key)

top()
";

/// What of the program's own is on the stack then, innermost first, and the line.
const BACKTRACE: [(&str, u32); 7] =
    [("bottom", 4), ("bottom", 5), ("bottom", 5), ("numbers", 9), ("key", 13), ("top", 18), ("<module>", 20)];

/// Makes four hundred functions hot one after the other, all but the last ten of which are dropped, then
/// aborts.
const DROPS: &str = "import os
kept = []
for number in range(400):
    space = {}
    exec('def made%d(n):\\n    return n + %d' % (number, number), space)
    kept.append(space.pop('made%d' % number))
    kept[-1](1)
    if len(kept) > 10:
        del kept[0]
os.abort()
";

/// Spends all its time in one line.
const SPINS: &str = "def spin(n):
    total = 0
    while n:
        total ^= n; n -= 1
    return total
for turn in range(20):
    spin(3000000)
";

/// The line.
const SPINNING: u32 = 4;

/// Backtraces through compiled code name the program's functions, and go on to the interpreter's `main`.
pub fn backtraces(pair: &Pair, scratch: &Path) -> Result<Made> {
    if !net::which("gdb") {
        return Ok(Made::Skipped("gdb is not there"));
    }
    let output = gdb(pair, scratch, ABORTS, &["backtrace"])?;
    if is_refused(&output) {
        return Ok(Made::Skipped("this machine does not let gdb trace a process"));
    }
    let expected = BACKTRACE.map(|(name, line)| format!("py::{name} () at program.py:{line}"));
    let found: Vec<&str> =
        output.stdout.lines().filter_map(|line| line.find("py::").map(|at| line[at..].trim())).collect();
    ensure!(found == expected, "expected {expected:#?}, gdb says:\n{output:#?}");
    ensure!(
        output.stdout.lines().any(|line| line.starts_with('#') && line.contains(" main (")),
        "the backtrace does not get to main:\n{}",
        output.stdout
    );

    // Code that is gone is unknown.
    let output = gdb(pair, scratch, DROPS, &["info functions -n py::made"])?;
    let known: Vec<&str> = output.stdout.lines().filter(|line| line.contains("py::made")).collect();
    let is_last = known.iter().any(|line| line.contains("py::made399"));
    // A function may have had a version more than once.
    ensure!(is_last && known.len() <= 24, "of functions that were dropped, gdb knows {known:#?}\n{output:?}");
    Ok(Made::Passed)
}

fn program(scratch: &Path) -> String {
    scratch.join("program.py").display().to_string()
}

fn gdb(pair: &Pair, scratch: &Path, text: &str, commands: &[&str]) -> Result<Output> {
    std::fs::create_dir_all(scratch).with_context(|| format!("cannot create {}", scratch.display()))?;
    std::fs::write(program(scratch), text)?;
    let python = process::python(&pair.ours);
    let mut gdb = Command::new("gdb");
    for (name, value) in python.get_envs() {
        match value {
            Some(value) => gdb.env(name, value),
            None => gdb.env_remove(name),
        };
    }
    // All is compiled before it runs, and nothing recorded, which is done in the interpreter.
    gdb.env("PYJION_GDB", "1").env("PYJION_THRESHOLD", "1").env("PYJION_NO_SPECULATE", "1");
    gdb.env("TERM", "dumb");
    gdb.args([
        "-nx",
        "-q",
        "-batch",
        "-iex",
        "set width 0",
        "-iex",
        "set debuginfod enabled off",
        "-ex",
        "run",
    ]);
    for command in commands {
        gdb.args(["-ex", command]);
    }
    gdb.arg("--args").arg(&pair.ours).arg(program(scratch));
    process::run(&mut gdb, scratch, LIMIT)
}

/// Containers may forbid it.
pub fn is_refused(output: &Output) -> bool {
    output.stderr.contains("ptrace: ") || output.stderr.contains("Could not trace")
}

/// What is written for perf can be read, and leads to the lines of the program.
pub fn jitdump(pair: &Pair, scratch: &Path) -> Result<()> {
    std::fs::create_dir_all(scratch).with_context(|| format!("cannot create {}", scratch.display()))?;
    std::fs::write(program(scratch), SPINS)?;
    let mut command = process::python(&pair.ours);
    command.env("PYJION_PERF", format!("{}/", scratch.display())).env("PYJION_THRESHOLD", "1");
    let output = process::run(command.arg(program(scratch)), scratch, LIMIT)?;
    ensure!(output.end == "exit 0" && output.stderr.is_empty(), "{output:?}");
    let lines = profile::lines_in(scratch)?;
    let expected = [1, 2, 3, SPINNING, 5].map(|line| (format!("spin ({}:1)", program(scratch)), line));
    for expected in expected {
        ensure!(lines.contains(&expected), "no code of {expected:?}: {lines:#?}");
    }

    let mut command = process::python(&pair.ours);
    command.env("PYJION_PERF", "/nowhere/").env("PYJION_THRESHOLD", "1");
    let output = process::run(command.arg(program(scratch)), scratch, LIMIT)?;
    let is_said = output.stderr.starts_with("pyjion: PYJION_PERF: cannot write /nowhere/jit-");
    ensure!(output.end == "exit 0" && is_said && output.stderr.lines().count() == 1, "{output:?}");
    Ok(())
}

/// What perf records of a process that runs already has the names of compiled functions.
pub fn attached(pair: &Pair, scratch: &Path) -> Result<Made> {
    if !may_record() {
        return Ok(Made::Skipped("perf is not there, or may not look at processes"));
    }
    std::fs::create_dir_all(scratch).with_context(|| format!("cannot create {}", scratch.display()))?;
    std::fs::write(program(scratch), format!("{SPINS}spin(10 ** 12)\n"))?;
    let mut python = process::python(&pair.ours);
    python.env("PYJION_PERF", format!("{}/", scratch.display())).env("PYJION_THRESHOLD", "1");
    let mut child = python.arg(program(scratch)).spawn().context("cannot start the program")?;
    // Time to compile, and to forget that it has.
    std::thread::sleep(Duration::from_secs(1));
    let (raw, data) = (scratch.join("raw").display().to_string(), scratch.join("data").display().to_string());
    let run = |arguments: &[&str]| {
        process::succeed(Command::new("perf").args(arguments), &scratch.join("output"), LIMIT)
    };
    let id = child.id().to_string();
    let recorded = run(&["record", "-q", "-k", "mono", "-o", &raw, "-p", &id, "--", "sleep", "1"]);
    child.kill().context("cannot end the program")?;
    child.wait()?;
    recorded?;
    run(&["inject", "--jit", "-i", &raw, "-o", &data])?;
    let said = run(&["report", "-i", &data, "--stdio", "--sort", "symbol"])?;
    let is_named = said.stdout.lines().any(|line| line.contains(&format!("spin ({}:1)", program(scratch))));
    ensure!(is_named, "no name of a compiled function:\n{}", said.stdout);
    Ok(Made::Passed)
}

fn may_record() -> bool {
    let can_look = Command::new("perf").args(["record", "-q", "-o", "/dev/null", "true"]).output();
    net::which("perf") && can_look.is_ok_and(|output| output.status.success())
}

/// A profile finds the line that takes the time.
pub fn profile(pair: &Pair, scratch: &Path) -> Result<Made> {
    if !may_record() {
        return Ok(Made::Skipped("perf is not there, or may not look at processes"));
    }
    std::fs::create_dir_all(scratch).with_context(|| format!("cannot create {}", scratch.display()))?;
    std::fs::write(program(scratch), SPINS)?;
    let mut command = process::python(&pair.ours);
    command.arg(program(scratch));
    let subject = Subject {
        program: "spins".to_string(),
        version: pair.version.to_string(),
        command,
        stock: pair.stock.clone(),
        scratch: scratch.join("perf"),
    };
    let profile = profile::run(&subject)?;
    let native = profile.categories.get(&Category::Native).copied().unwrap_or(0.0);
    ensure!(native > 0.2, "of a loop over ints, so much is native code: {native}\n{profile:#?}");
    let hottest = profile.compiled.first().context("a compiled function")?;
    let line = hottest.lines.iter().max_by(|a, b| a.own.total_cmp(&b.own)).context("a line")?;
    ensure!(hottest.name.starts_with("spin (") && matches!(line.line, 3 | SPINNING), "{hottest:#?}");
    Ok(Made::Passed)
}
