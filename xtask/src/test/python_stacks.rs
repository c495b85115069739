//! The stack of Python as those see it who look at the process from outside: GDB's `py-bt` and what goes with
//! it, live and in a core, and py-spy.

use super::Pair;
use super::observers::{Made, is_refused};
use super::process::{self, Output};
use crate::debuggers;
use crate::net;
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(300);

/// Compiled calls of all kinds, one in the other; the last one writes what Python says of the stack, and
/// aborts.
const ABORTS: &str = include_str!("aborts.py");

/// Loops of a function that was compiled as a whole; nothing in them is called.
const SPINS: &str = "import sys
def spin(n, m):
    a = b = i = j = 0
    while i < n:
        a += i & 3
        i += 1
    while j < m:
        k = 0
        while k < m:
            b ^= k
            k += 1
        j += 1
    return a + b
for turn in range(3000):
    spin(9, 9)
sys.stdout.write('warm\\n')
sys.stdout.flush()
spin(*[int(word) for word in sys.argv[1:]])
";

/// What the loops are given, so that one does not end, and the lines of that.
const SPINNING: [([&str; 2], [u32; 3]); 2] =
    [(["100000000000", "9"], [4, 5, 6]), (["9", "100000000000"], [9, 10, 11])];

/// The commands of `python-gdb.py` show every frame with its line, and the way to `main` leads through
/// compiled code, which GDB was told nothing of.
pub fn in_gdb(pair: &Pair, scratch: &Path) -> Result<Made> {
    if !net::which("gdb") {
        return Ok(Made::Skipped("gdb is not there"));
    }
    std::fs::create_dir_all(scratch).with_context(|| format!("cannot create {}", scratch.display()))?;
    let (program, said, core) = (scratch.join("aborts.py"), scratch.join("said"), scratch.join("core"));
    std::fs::write(&program, ABORTS)?;
    let dump = format!("generate-core-file {}", core.display());
    let look = ["py-bt", "py-up", "py-locals", "py-print c", "py-list", "py-down", "py-down", "backtrace"];
    let live: Vec<&str> = ["run"].into_iter().chain(look).chain([dump.as_str()]).collect();
    let live = gdb(pair, scratch, &live, &[&pair.ours, &program, &said], true)?;
    if is_refused(&live) {
        return Ok(Made::Skipped("this machine does not let gdb trace a process"));
    }
    let expected = std::fs::read_to_string(&said)
        .with_context(|| format!("the program did not get there:\n{live:#?}"))?;
    let late = gdb(pair, scratch, &look, &[&pair.ours, &core], false)?;
    for (how, output) in [("live", &live), ("from a core", &late)] {
        let text = &output.stdout;
        let stack: String = text
            .lines()
            .filter(|line| line.starts_with("  File \""))
            .map(|line| format!("{line}\n"))
            .collect();
        ensure!(stack == expected, "{how}: {}\n{output:#?}", process::difference("py-bt", &expected, &stack));
        for wanted in ["a = -100\n", "b = 1\n", "c = -99\n", "local 'c' = -99\n", "stop()\n"] {
            ensure!(text.contains(wanted), "{how}: no {wanted:?}\n{output:#?}");
        }
        let marked = text.lines().find(|line| line.trim_start().starts_with('>'));
        ensure!(
            marked.is_some_and(|line| line.ends_with("stop()")),
            "{how}: py-list: {marked:?}\n{output:#?}"
        );
        ensure!(text.contains("Unable to find a newer python frame"), "{how}: py-down\n{output:#?}");
        let reaches_main = text.lines().any(|line| line.starts_with('#') && line.contains(" main ("));
        ensure!(reaches_main, "{how}: the backtrace does not get to main\n{output:#?}");
    }
    Ok(Made::Passed)
}

/// GDB loads the extension by itself, from beside the object.
fn gdb(pair: &Pair, scratch: &Path, commands: &[&str], subject: &[&Path], runs: bool) -> Result<Output> {
    let mut gdb = Command::new("gdb");
    for (name, value) in process::python(&pair.ours).get_envs() {
        match value {
            Some(value) => gdb.env(name, value),
            None => gdb.env_remove(name),
        };
    }
    gdb.env("PYJION_THRESHOLD", "20").env("PYJION_BACKGROUND", "0").env("TERM", "dumb");
    let folder = pair.ours.parent().unwrap_or(Path::new("/")).display().to_string();
    gdb.args(["-nx", "-q", "-batch", "-iex", "set width 0", "-iex", "set debuginfod enabled off"]);
    gdb.args(["-iex", &format!("add-auto-load-safe-path {folder}")]);
    for command in commands {
        gdb.args(["-ex", command]);
    }
    if runs {
        gdb.arg("--args");
    }
    process::run(gdb.args(subject), scratch, LIMIT)
}

/// py-spy finds the loop that runs, and its line, in code that calls nothing.
pub fn in_py_spy(pair: &Pair, offline: bool, scratch: &Path) -> Result<Made> {
    std::fs::create_dir_all(scratch).with_context(|| format!("cannot create {}", scratch.display()))?;
    let Some(spy) = py_spy(pair, offline, scratch)? else {
        return Ok(Made::Skipped("py-spy cannot be had here"));
    };
    let program = scratch.join("spins.py");
    std::fs::write(&program, SPINS)?;
    for threshold in ["1", "3000"] {
        for (arguments, lines) in SPINNING {
            let mut python = process::python(&pair.ours);
            python.env("PYJION_THRESHOLD", threshold).env("PYJION_BACKGROUND", "0");
            python.arg(&program).args(arguments).stdout(Stdio::piped()).stdin(Stdio::null());
            let mut child = python.spawn().context("cannot start the program")?;
            let looked = look(&mut child, &spy, scratch);
            child.kill().context("cannot end the program")?;
            child.wait()?;
            let output = looked?;
            if output.stderr.contains("ermission denied") || output.stderr.contains("not permitted") {
                return Ok(Made::Skipped("this machine does not let py-spy look at a process"));
            }
            let found = output.stdout.lines().find_map(|line| line.trim().strip_prefix("spin (spins.py:"));
            let line = found.and_then(|rest| rest.strip_suffix(')')?.parse().ok());
            ensure!(
                line.is_some_and(|line| lines.contains(&line)),
                "with threshold {threshold} and {arguments:?} it should be in one of the lines {lines:?}\n{output:#?}"
            );
        }
    }
    Ok(Made::Passed)
}

fn look(child: &mut std::process::Child, spy: &Path, scratch: &Path) -> Result<Output> {
    let mut line = String::new();
    let stdout = child.stdout.as_mut().context("no pipe")?;
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line)?;
    ensure!(line == "warm\n", "the program says {line:?}");
    // Time to enter the loop, and to be in it natively.
    std::thread::sleep(Duration::from_millis(500));
    let mut dump = Command::new(spy);
    process::run(dump.args(["dump", "--pid", &child.id().to_string()]), &scratch.join("dump"), LIMIT)
}

fn py_spy(pair: &Pair, offline: bool, scratch: &Path) -> Result<Option<PathBuf>> {
    if offline {
        return Ok(None);
    }
    let site = scratch.join("site");
    let mut pip = process::python(&pair.ours);
    pip.args(["-m", "pip", "install", "--target"]).arg(&site).arg("py-spy==0.4.1");
    let output = process::run(&mut pip, &scratch.join("pip"), LIMIT)?;
    let found = site.join("bin/py-spy");
    Ok((output.end == "exit 0" && found.exists()).then_some(found))
}

/// The extension is beside the executable.
pub fn has_extension(pair: &Pair) -> Result<()> {
    let mut name = pair.ours.clone().into_os_string();
    name.push(debuggers::SUFFIX);
    let text = std::fs::read_to_string(&name).with_context(|| format!("cannot read {}", name.display()))?;
    ensure!(text.ends_with(debuggers::FRAMES), "{} is not the one of this tree", name.display());
    Ok(())
}
