//! Other evaluators beside the JIT: builds an extension that uses the C API of the hook, and counts frames
//! with it.

use super::Pair;
use super::process;
use anyhow::{Context, Result, bail, ensure};
use std::path::Path;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(300);

/// `evaluator.c`, built as anybody would build it.
const SETUP: &str = "
from distutils.core import setup, Extension
setup(name='evaluator', ext_modules=[Extension('evaluator', ['evaluator.c'])])
";

/// Frames of hot code, called from native code or not, are all seen by the other evaluator while it is there,
/// and by nobody else after it went; what it attached to code dies with the code.
const PROGRAM: &str = "
import gc, sys, evaluator

space = {}
exec('''
def called(n):
    return n + 1

def produced(n):
    for i in range(n):
        yield i

def loop(n):
    total = 0
    for i in range(n):
        total += called(i)
    for i in produced(n):
        total += i
    return total
''', space)
loop = space['loop']
names = ['called', 'produced', 'loop']

def counts():
    return [int(evaluator.count(space[name].__code__)) for name in names]

for name in names:
    evaluator.watch(space[name].__code__)
before = loop(40000)
seen = [counts()]
evaluator.install()
for turn in range(3):
    loop(1000)
seen.append(counts())
same = loop(40000) == before
seen.append(counts())
evaluator.remove()
loop(1000)
seen.append(counts())
del loop
space.clear()
gc.collect()
sys.stdout.write('%r %r %d' % (seen, same, evaluator.freed()))
";

const EXPECTED: &str = "[[0, 0, 0], [3000, 3003, 3], [43000, 43004, 4], [43000, 43004, 4]] True 3";

/// A debugger's evaluator, which comes and goes: all frames are seen by it while it is there, and run native
/// all the same, as they do when it is gone. The function that is called has a loop, so that it is not
/// inlined.
const DEBUGGED: &str = "
import sys, evaluator, pyjion

space = {}
exec('''
def called(n):
    for one in (1,):
        n += one
    return n

def loop(n):
    total = 0
    for i in range(n):
        total += called(i)
    return total
''', space)
loop = space['loop']

def native(count):
    before = pyjion.stats()['frames_native']
    loop(count)
    return pyjion.stats()['frames_native'] - before >= count

who = [pyjion.status()['evaluator']]
seen = evaluator.debug(True)
who.append(pyjion.status()['evaluator'])
loop(200000)
while_there = native(1000)
seen = evaluator.debug(False) - seen
who.append(pyjion.status()['evaluator'])
sys.stdout.write('%r %r %r %r' % (who, 201000 < seen < 201010, while_there, native(1000)))
";

const DEBUGGED_EXPECTED: &str = "['pyjion', 'foreign', 'pyjion'] True True True";

/// What evaluators do that come and go while hot code runs.
const COMING_AND_GOING: &str = include_str!("evaluators.py");

/// A program, and what it writes.
struct Check {
    program: &'static str,
    expected: &'static str,
    /// It looks for native code.
    needs_jit: bool,
}

const CHECKS: [Check; 3] = [
    Check { program: PROGRAM, expected: EXPECTED, needs_jit: false },
    Check { program: DEBUGGED, expected: DEBUGGED_EXPECTED, needs_jit: true },
    Check { program: COMING_AND_GOING, expected: "done", needs_jit: false },
];

/// Ways to run them: the interpreter alone says what is right.
const MODES: [(&str, &[(&str, &str)]); 4] = [
    ("without the JIT", &[("PYJION", "0")]),
    ("with everything compiled at once", &[("PYJION_THRESHOLD", "1")]),
    ("with hot code compiled", &[("PYJION_BACKGROUND", "0")]),
    ("with guards that fail", &[("PYJION_THRESHOLD", "1"), ("PYJION_STRESS_EXIT", "7")]),
];

/// Runs the checks; `scratch` is a folder of its own.
pub fn check(pair: &Pair, scratch: &Path) -> Result<()> {
    std::fs::create_dir_all(scratch).with_context(|| format!("cannot create {}", scratch.display()))?;
    std::fs::write(scratch.join("evaluator.c"), include_str!("evaluator.c"))?;
    std::fs::write(scratch.join("setup.py"), SETUP)?;
    let mut build = process::python(&pair.ours);
    build.current_dir(scratch).args(["setup.py", "build_ext", "--inplace"]);
    let built = process::run(&mut build, scratch, LIMIT)?;
    ensure!(built.end == "exit 0", "the extension does not build ({}):\n{}", built.end, built.stderr.trim());
    for (mode, variables) in MODES {
        let has_jit = !variables.contains(&("PYJION", "0"));
        for check in CHECKS.iter().filter(|check| has_jit || !check.needs_jit) {
            let mut command = process::python(&pair.ours);
            command.current_dir(scratch).env("PYTHONPATH", scratch).envs(variables.iter().copied());
            let output = process::run(command.args(["-c", check.program]), scratch, LIMIT)?;
            if output.end != "exit 0" || output.stdout.trim() != check.expected {
                bail!(
                    "{mode}: expected `{}`, got `{}` ({})\n{}",
                    check.expected,
                    output.stdout.trim(),
                    output.end,
                    output.stderr.trim()
                );
            }
        }
    }
    Ok(())
}
