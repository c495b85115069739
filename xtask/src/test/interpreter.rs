//! Checks of the built interpreter itself: complete, movable, and nothing of Rust to be seen from outside.

use super::Pair;
use super::abi;
use super::evaluators;
use super::executable_memory;
use super::observers::{self, Made};
use super::operations;
use super::options;
use super::process::{self, Output};
use super::python_stacks;
use super::tally::Tally;
use super::unwinding;
use crate::dirs::{Dirs, remove_tree};
use crate::net;
use crate::prereqs;
use crate::versions::Release;
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What `embed/src/exports.c` exports on purpose.
const EXPORTED: [&str; 3] = ["dladdr", "setns", "unshare"];

const LIMIT: Duration = Duration::from_secs(300);

/// Runs every check on one version; `may_install`, where a check needs a program that is not there.
pub fn run(
    dirs: &Dirs,
    may_install: bool,
    offline: bool,
    release: &Release,
    pair: &Pair,
    tally: &mut Tally,
) -> Result<()> {
    let scratch = dirs.target.join("test").join(format!("interpreter-{}", pair.version));
    remove_tree(&scratch)?;
    let checks: [(&str, &dyn Fn() -> Result<()>); 20] = [
        ("has every extension module that stock has", &|| modules(release, pair)),
        ("lists the hash algorithms that it has", &|| hashes(pair, &scratch)),
        ("registers the JIT before site.py", &|| registered(pair, &scratch)),
        ("counts the bytecodes it executes", &|| bytecodes(pair, &scratch)),
        ("specialises the first loop of a program", &|| first_loop(pair, &scratch)),
        ("can be moved", &|| movable(pair, &scratch)),
        ("has the structs that stock has", &|| abi::structs(pair, &scratch.join("abi"))),
        ("has types of the sizes that stock has", &|| abi::types(pair, &scratch.join("abi"))),
        ("exports nothing of Rust", &|| compare_exports(&pair.stock, &pair.ours)),
        ("lets other evaluators in", &|| evaluators::check(pair, &scratch.join("evaluators"))),
        ("takes its options", &|| options::check(pair, &scratch.join("options"))),
        ("says that it gets no executable memory", &|| {
            executable_memory::check(pair, &scratch.join("executable-memory"))
        }),
        ("describes compiled code to perf", &|| observers::jitdump(pair, &scratch.join("jitdump"))),
        ("says what it is", &|| operations::identity(pair, &scratch.join("identity"))),
        ("gives its counters", &|| operations::counters(pair, &scratch.join("counters"))),
        ("sees the JIT of other processes", &|| operations::status(pair, &scratch.join("status"))),
        ("shares code with forked workers", &|| operations::prefork(pair, &scratch.join("prefork"))),
        ("has an extension for gdb beside it", &|| python_stacks::has_extension(pair)),
        ("needs no library that stock does not need", &|| libraries(pair)),
        ("lets threads be unwound", &|| unwinding::check(&pair.ours)),
    ];
    for (name, check) in checks {
        let name = format!("interpreter {} {name}", pair.version.short());
        match check() {
            Ok(()) => tally.pass(&name),
            Err(e) => tally.fail(&name, &format!("{e:#}")),
        }
    }
    let fitting: [(&str, &dyn Fn() -> Result<Made>); 5] = [
        ("names compiled code to gdb", &|| {
            if may_install {
                prereqs::obtain(dirs, "gdb", "gdb");
            }
            observers::backtraces(pair, &scratch.join("gdb"))
        }),
        ("shows its Python frames in gdb", &|| python_stacks::in_gdb(pair, &scratch.join("python-gdb"))),
        ("shows its loops to py-spy", &|| python_stacks::in_py_spy(pair, offline, &scratch.join("py-spy"))),
        ("is named to perf while it runs", &|| observers::attached(pair, &scratch.join("attached"))),
        ("can be profiled", &|| observers::profile(pair, &scratch.join("profile"))),
    ];
    for (name, check) in fitting {
        let name = format!("interpreter {} {name}", pair.version.short());
        match check() {
            Ok(Made::Passed) => tally.pass(&name),
            Ok(Made::Skipped(why)) => tally.skip(&name, why),
            Err(e) => tally.fail(&name, &format!("{e:#}")),
        }
    }
    remove_tree(&scratch)
}

fn prefix(executable: &Path) -> Result<&Path> {
    executable.parent().and_then(Path::parent).context("an executable outside of any bin directory")
}

fn dynload(executable: &Path, pair: &Pair) -> Result<BTreeSet<String>> {
    let folder = prefix(executable)?.join(format!("lib/python{}/lib-dynload", pair.version.short()));
    let entries = std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let names = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned());
    Ok(names.filter(|n| n.ends_with(".so")).map(|n| n.split('.').next().unwrap_or("").to_string()).collect())
}

fn modules(release: &Release, pair: &Pair) -> Result<()> {
    let ours = dynload(&pair.ours, pair)?;
    let missing: Vec<String> = dynload(&pair.stock, pair)?.difference(&ours).cloned().collect();
    if !missing.is_empty() {
        bail!("stock has these, pyjion-python has not: {}", missing.join(" "));
    }
    let stale: Vec<&str> =
        release.missing.iter().map(|m| m.module.as_str()).filter(|m| ours.contains(*m)).collect();
    if !stale.is_empty() {
        bail!("versions.toml says that these cannot be built, yet they were: {}", stale.join(" "));
    }
    Ok(())
}

fn python(executable: &Path, folder: &Path, code: &str) -> Result<Output> {
    let mut command = process::python(executable);
    process::run(command.args(["-c", code]), folder, LIMIT)
}

fn expect(output: &Output, stdout: &str) -> Result<()> {
    if output.end != "exit 0" || output.stdout.trim() != stdout {
        bail!(
            "expected `{stdout}`, got `{}` ({})\n{}",
            output.stdout.trim(),
            output.end,
            output.stderr.trim()
        );
    }
    Ok(())
}

fn registered(pair: &Pair, scratch: &Path) -> Result<()> {
    let code = "import sys, pyjion; sys.stdout.write('pyjion' in sys.builtin_module_names and 'yes' or 'no')";
    expect(&python(&pair.ours, &scratch.join("registered"), code)?, "yes")
}

/// Of the algorithms that one OpenSSL or another has, `hashlib` lists those that work and no others.
/// Stock cannot be asked: it lists what the same patch makes it list.
fn hashes(pair: &Pair, scratch: &Path) -> Result<()> {
    let code = "
import hashlib, sys
names = '''
    md4 md5 md5-sha1 mdc2 ripemd160 whirlpool sm3 sha1 sha224 sha256 sha384 sha512 sha512-224 sha512-256
    sha3-224 sha3-256 sha3-384 sha3-512 shake128 shake256 blake2b512 blake2s256'''.split()
listed = hashlib.algorithms_available
def made(name):
    try:
        return len(hashlib.new(name, b'x').hexdigest()) >= 32
    except ValueError:
        return False
wrong = [name for name in sorted(listed.union(names)) if made(name) != (name in listed)]
sys.stdout.write(' '.join(wrong) or 'none is wrong')
";
    expect(&python(&pair.ours, &scratch.join("hashes"), code)?, "none is wrong")
}

/// A thousand turns more of a loop of nine bytecodes are nine thousand more in native code, and none
/// elsewhere.
fn bytecodes(pair: &Pair, scratch: &Path) -> Result<()> {
    let code = "
import sys, pyjion
def turns(n):
    i = 0
    while i < n:
        i += 1
def count(n):
    before = pyjion.stats()
    turns(n)
    after = pyjion.stats()
    return [after[name] - before[name] for name in ('bytecodes_native', 'bytecodes_interpreted')]
for warm in range(50):
    count(1000)
(a, b), (c, d) = count(1000), count(2000)
sys.stdout.write('%d %d' % (c - a, d - b))
";
    let mut command = process::python(&pair.ours);
    command.env("PYJION_THRESHOLD", "1").env("PYJION_STATS", "1");
    let output = process::run(command.args(["-c", code]), &scratch.join("bytecodes"), LIMIT)?;
    expect(&output, "9000 0")
}

/// A loop over a range takes its numbers from the iterator itself, even if nothing else was hot before.
fn first_loop(pair: &Pair, scratch: &Path) -> Result<()> {
    let range = if pair.version.major == 2 { "xrange" } else { "range" };
    let code = format!(
        "import sys\ntotal = 0\nfor i in {range}(3000000):\n    total ^= i\nsys.stdout.write(str(total))\n"
    );
    let mut command = process::python(&pair.ours);
    command.env("PYJION_DUMP", "hir-final").env("PYJION_BACKGROUND", "0");
    let output = process::run(command.args(["-c", &code]), &scratch.join("first-loop"), LIMIT)?;
    expect(&output, "0")?;
    if !output.stderr.contains("RangeTake") {
        bail!("the loop is not specialised:\n{}", output.stderr.trim());
    }
    Ok(())
}

/// Links the whole prefix to another place, the executable being a real file there, and imports from it.
fn movable(pair: &Pair, scratch: &Path) -> Result<()> {
    let moved = scratch.join("moved to another place");
    std::fs::create_dir_all(moved.join("bin"))
        .with_context(|| format!("cannot create {}", moved.display()))?;
    let executable = moved.join("bin/pyjion-python");
    std::fs::copy(&pair.ours, &executable).context("cannot copy the executable")?;
    std::os::unix::fs::symlink(prefix(&pair.ours)?.join("lib"), moved.join("lib"))
        .context("cannot link lib")?;
    let code = "import sys, os, json, math, zlib; sys.stdout.write(sys.prefix + '\\n' + os.__file__)";
    let output = python(&executable, &scratch.join("moved"), code)?;
    let mut lines = output.stdout.lines();
    let (found, library) = (lines.next().unwrap_or(""), lines.next().unwrap_or(""));
    if output.end != "exit 0" || Path::new(found) != moved || !Path::new(library).starts_with(&moved) {
        bail!(
            "sys.prefix is `{found}`, os comes from `{library}` ({})\n{}",
            output.end,
            output.stderr.trim()
        );
    }
    Ok(())
}

/// The shared libraries that the two executables name.
fn libraries(pair: &Pair) -> Result<()> {
    let needed = |executable: &PathBuf| -> Result<BTreeSet<String>> {
        let output = Command::new("readelf").args(["-dW"]).arg(executable).output();
        let text = output.context("cannot run readelf; install binutils")?.stdout;
        let text = String::from_utf8_lossy(&text).into_owned();
        let name = |line: &str| Some(line.split_once("(NEEDED)")?.1.split(['[', ']']).nth(1)?.to_string());
        Ok(text.lines().filter_map(name).collect())
    };
    let (stock, ours) = (needed(&pair.stock)?, needed(&pair.ours)?);
    if !ours.contains("libc.so.6") {
        bail!("readelf says nothing of libc.so.6");
    }
    // The loader is there in any case.
    let more = ours.difference(&stock).filter(|name| !name.starts_with("ld-linux"));
    let more: Vec<String> = more.cloned().collect();
    if !more.is_empty() {
        bail!("stock does without {}", more.join(", "));
    }
    Ok(())
}

/// Fails when an executable of ours does not export what stock's does, or more than it is to.
pub fn compare_exports(stock: &Path, ours: &Path) -> Result<()> {
    let symbols = |executable: &Path| -> Result<BTreeSet<String>> {
        let output = Command::new("nm").args(["-D", "--defined-only"]).arg(executable).output();
        let output = output.context("cannot run nm")?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(text.lines().filter_map(|l| l.split(' ').next_back()).map(str::to_string).collect())
    };
    if !net::which("nm") {
        bail!("nm is not there; install binutils");
    }
    let (stock, ours) = (symbols(stock)?, symbols(ours)?);
    let python = |s: &str| s.starts_with("Py") || s.starts_with("_Py") || s.starts_with("pyjion_cpython_");
    let added = |s: &&String| !stock.contains(*s) && !python(s) && !EXPORTED.contains(&s.as_str());
    let foreign: Vec<&String> = ours.iter().filter(added).collect();
    if !foreign.is_empty() {
        let some: Vec<&str> = foreign.iter().take(8).map(|s| s.as_str()).collect();
        bail!("{} symbols that stock does not export, such as {}", foreign.len(), some.join(" "));
    }
    if let Some(name) = EXPORTED.iter().find(|name| !ours.contains(**name)) {
        bail!("{name} is not exported");
    }
    let lost: Vec<&String> = stock.difference(&ours).filter(|s| s.starts_with("Py")).collect();
    if !lost.is_empty() {
        let some: Vec<&str> = lost.iter().take(8).map(|s| s.as_str()).collect();
        bail!("{} Py symbols of stock are not exported, such as {}", lost.len(), some.join(" "));
    }
    Ok(())
}
