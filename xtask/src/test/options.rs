//! The options of the interpreter as its user meets them: the environment, `-E` and `-I`, `-m pyjion`.

use super::Pair;
use super::process::{self, Output};
use anyhow::{Result, bail, ensure};
use std::path::Path;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(300);

/// Prints what is in force.
const SHOW: &str = "import sys, pyjion; status = pyjion.status(); \
                    sys.stdout.write('%s %s' % (status['enabled'], status['threshold']))";

/// Prints what makes native code.
const BACKEND: &str = "import sys, pyjion; sys.stdout.write(pyjion.status()['backend'])";

/// Prints the lines on stderr of a child process, of one that it starts through a shell, and of one that
/// has the variable changed.
const FAMILY: &str = "
import os, subprocess, sys
def lines(command, **more):
    environment = dict(os.environ, **more)
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=environment)
    return len(process.communicate()[1].splitlines())
child = [sys.executable, '-c', 'pass']
through = ['sh', '-c', '\"$0\" -c pass; :', sys.executable]
sys.stdout.write('%d %d %d' % (lines(child), lines(through), lines(child, PYJION_TRESHOLD='8')))
";

/// Runs the check; `scratch` is a folder of its own.
pub fn check(pair: &Pair, scratch: &Path) -> Result<()> {
    let run = |environment: &[(&str, &str)], arguments: &[&str]| -> Result<Output> {
        let mut command = process::python(&pair.ours);
        command.envs(environment.iter().copied());
        process::run(command.args(arguments), scratch, LIMIT)
    };
    let expect =
        |environment: &[(&str, &str)], arguments: &[&str], stdout: &str, stderr: usize| -> Result<()> {
            let output = run(environment, arguments)?;
            if output.end != "exit 0" || output.stdout != stdout || output.stderr.lines().count() != stderr {
                bail!(
                    "{environment:?} {arguments:?}: expected `{stdout}` and {stderr} lines, got {output:?}"
                );
            }
            Ok(())
        };

    for value in ["off", "no", "False", "0"] {
        expect(&[("PYJION", value)], &["-c", SHOW], "False 3000", 0)?;
    }
    for backend in ["interp", "cranelift"] {
        expect(&[("PYJION_BACKEND", backend)], &["-c", BACKEND], backend, 0)?;
    }
    let ours: [(&str, &str); 2] = [("PYJION", "0"), ("PYJION_THRESHOLD", "7")];
    expect(&ours, &["-c", SHOW], "False 7", 0)?;
    let mut ignoring: Vec<&[&str]> =
        vec![&["-E", "-c", SHOW], &["-sE", "-c", SHOW], &["-W", "ignore", "-Ec", SHOW]];
    if pair.version.major > 2 {
        ignoring.extend([&["-I", "-c", SHOW][..], &["-X", "a", "-sIc", SHOW]]);
    }
    for arguments in ignoring {
        expect(&ours, arguments, "True 3000", 0)?;
    }
    expect(&ours, &["-c", SHOW, "-E"], "False 7", 0)?;

    expect(&[("PYJION_TRESHOLD", "7")], &["-c", FAMILY], "0 0 1", 1)?;
    expect(&[("PYJION_TRESHOLD", "7")], &["-Ec", "pass"], "", 0)?;

    expect(&ours, &["-m", "pyjion", "--jit", "--threshold", "100", "-c", SHOW], "True 100", 0)?;
    expect(&ours, &["-Em", "pyjion", "--no-jit", "-c", SHOW], "False 3000", 0)?;
    let script = scratch.join("shown.py");
    let show = "import sys, os; sys.stdout.write('%s %s %s %s' % (\
                sys.argv[1:], __name__, os.path.basename(sys.argv[0]), sorted(\
                name for name in os.environ if name.startswith('PYJION'))))";
    std::fs::write(&script, show)?;
    let script = script.to_string_lossy();
    let arguments = ["-m", "pyjion", "--threshold=9", &script, "--stats", "x"];
    expect(&[], &arguments, "['--stats', 'x'] __main__ shown.py []", 0)?;
    let arguments = ["-m", "pyjion", "--no-unbox", "-m", "shown", "y"];
    expect(&[("PYTHONPATH", &scratch.to_string_lossy())], &arguments, "['y'] __main__ shown.py []", 0)?;

    let status = run(&[], &["-m", "pyjion"])?;
    ensure!(status.end == "exit 0" && status.stdout.contains("JIT: on\n"), "-m pyjion: {status:?}");
    let help = run(&[], &["-m", "pyjion", "--help"])?;
    for part in ["--jit, PYJION (", "--max-code VALUE, PYJION_MAX_CODE (", "default: 3000"] {
        ensure!(help.end == "exit 0" && help.stdout.contains(part), "-m pyjion --help: {help:?}");
    }
    for arguments in [["--treshold", "5"], ["--threshold", "x"], ["-O", "x.py"]] {
        let output = run(&[], &[&["-m", "pyjion"][..], &arguments[..]].concat())?;
        let is_one_line = output.stderr.lines().count() == 1 && output.stderr.starts_with("pyjion: ");
        ensure!(output.end == "exit 2" && is_one_line, "{arguments:?}: {output:?}");
    }
    Ok(())
}
