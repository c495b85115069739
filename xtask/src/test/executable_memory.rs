//! What happens where the system allows no executable memory: the program runs as ever, one line says why
//! it is not faster, and nothing is compiled in vain.

use super::Pair;
use super::process;
use anyhow::{Context, Result, bail, ensure};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(300);

/// A library that refuses what such systems refuse, by the error that they give.
const REFUSE: &str = "
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

static int refused(int protection, int flags)
{
    const char *error = getenv(\"REFUSE_ERROR\");
    if (error == NULL || !(protection & PROT_EXEC) || !(flags & MAP_ANONYMOUS))
        return 0;
    errno = atoi(error);
    return 1;
}

void *mmap(void *start, size_t size, int protection, int flags, int file, off_t offset)
{
    void *(*real)(void *, size_t, int, int, int, off_t) = dlsym(RTLD_NEXT, \"mmap\");
    return refused(protection, flags) ? MAP_FAILED : real(start, size, protection, flags, file, offset);
}

void *mmap64(void *start, size_t size, int protection, int flags, int file, off_t offset)
{
    return mmap(start, size, protection, flags, file, offset);
}
";

/// Ten functions and loops become hot; with `deny`, the kernel allows no memory to become executable
/// (`PR_SET_MDWE` of Linux 6.3), where it knows that.
const PROGRAM: &str = "
import sys, pyjion
if 'deny' in sys.argv:
    import ctypes
    if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) != 0:
        sys.stdout.write('unknown')
        sys.exit()
def make(number):
    space = {}
    exec('def made(n):\\n    total = 0\\n    for i in range(n):\\n        total += i ^ %d\\n    return total' % number, space)
    return space['made']
before = pyjion.stats()
functions = [make(number) for number in range(10)]
right = True
for function in functions:
    for turn in range(50):
        right = function(2000) == function(2000) and right
status, stats = pyjion.status(), pyjion.stats()
failed = pyjion.info(functions[0])['failed']
try:
    pyjion.enable()
    enabled = 'enabled'
except RuntimeError as error:
    enabled = str(error) == status['failed']
sys.stdout.write('%s %s %s %s %s %d %s' % (
    right, status['enabled'], status['failed'] is None, failed == status['failed'], enabled,
    stats['compilations'] - before['compilations'], stats['failures'] - before['failures'] <= 1))
";

/// Right results; it is off, and says why, for a function as well; it cannot be switched on; nothing was
/// compiled, and at most one attempt was made.
const STOPPED: &str = "True False False True True 0 True";

/// What the one line begins with.
const LINE: &str = "pyjion: the system allows no executable memory (";

/// Runs the check; `scratch` is a folder of its own.
pub fn check(pair: &Pair, scratch: &Path) -> Result<()> {
    std::fs::create_dir_all(scratch).with_context(|| format!("cannot create {}", scratch.display()))?;
    let (source, library) = (scratch.join("refuse.c"), scratch.join("refuse.so"));
    std::fs::write(&source, REFUSE)?;
    let mut gcc = Command::new("gcc");
    gcc.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).arg("-ldl");
    let built = process::run(&mut gcc, scratch, LIMIT)?;
    ensure!(built.end == "exit 0", "the library does not build ({}):\n{}", built.end, built.stderr.trim());

    for (threshold, background) in [("20", "0"), ("20", "1"), ("1", "0")] {
        let run = |preload: bool, error: i32, argument: &str| {
            let mut command = process::python(&pair.ours);
            command.env("PYJION_THRESHOLD", threshold).env("PYJION_BACKGROUND", background);
            if preload {
                command.env("LD_PRELOAD", &library).env("REFUSE_ERROR", error.to_string());
            }
            process::run(command.args(["-c", PROGRAM, argument]), scratch, LIMIT)
        };
        let how = format!("PYJION_THRESHOLD={threshold} PYJION_BACKGROUND={background}");
        for (preload, error, argument) in
            [(true, libc::EPERM, ""), (true, libc::EACCES, ""), (false, 0, "deny")]
        {
            let output = run(preload, error, argument)?;
            if output.stdout == "unknown" {
                continue;
            }
            let lines: Vec<&str> = output.stderr.lines().collect();
            let is_said = matches!(lines[..], [line] if line.starts_with(LINE));
            if output.end != "exit 0" || output.stdout != STOPPED || !is_said {
                bail!("{how}, error {error} {argument}: {output:?}");
            }
        }
        // What is short comes back: no reason to give up, or to say anything.
        let output = run(true, libc::ENOMEM, "")?;
        if output.end != "exit 0" || !output.stdout.starts_with("True True True") || !output.stderr.is_empty()
        {
            bail!("{how}, no memory for a while: {output:?}");
        }
    }
    Ok(())
}
