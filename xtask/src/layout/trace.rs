//! Which functions of an executable a program runs: each has a breakpoint until it is first called.

use super::full_name;
use anyhow::{Context, Result, bail, ensure};
use object::{Object, ObjectKind, ObjectSymbol, SymbolKind};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// The instruction that stops: `int3`.
const BREAK: u8 = 0xcc;

/// Runs a program in an executable, and gives the functions of Rust in it that ran, those of its other
/// processes included.
pub fn executed(command: &mut Command, executable: &Path) -> Result<BTreeSet<String>> {
    ensure!(cfg!(target_arch = "x86_64"), "functions that run are found on x86-64 only");
    let bytes = std::fs::read(executable).with_context(|| format!("cannot read {}", executable.display()))?;
    let file = object::File::parse(&bytes[..])?;
    // Functions that are the same have one place.
    let mut functions: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    for symbol in file.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.is_definition())
    {
        let name = symbol.name().unwrap_or_default();
        if name.starts_with("_ZN") || name.starts_with("_R") {
            functions.entry(symbol.address()).or_default().push(name);
        }
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // SAFETY: a system call without memory; all processes of the program are told of to this one.
    unsafe { command.pre_exec(|| request(libc::PTRACE_TRACEME, 0, 0)) };
    let first = command.spawn().context("cannot start the program")?.id() as libc::pid_t;
    wait(first)?;
    let options = libc::PTRACE_O_EXITKILL
        | libc::PTRACE_O_TRACECLONE
        | libc::PTRACE_O_TRACEFORK
        | libc::PTRACE_O_TRACEVFORK
        | libc::PTRACE_O_TRACEEXEC;
    request(libc::PTRACE_SETOPTIONS, first, options as usize)?;
    let base = if file.kind() == ObjectKind::Dynamic { start_of(first, executable)? } else { 0 };
    let breakpoints = set(first, base, &functions)?;
    let ran = follow(first, base, &breakpoints)?;
    Ok(ran.iter().flat_map(|address| &functions[address]).map(|name| full_name(name)).collect())
}

/// Where an executable that can be anywhere is in a process.
fn start_of(process: libc::pid_t, executable: &Path) -> Result<u64> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps"))?;
    let path = executable.canonicalize()?;
    let line = maps.lines().find(|line| line.ends_with(&*path.to_string_lossy()));
    let start = line.and_then(|line| line.split('-').next()).context("the executable is not mapped")?;
    Ok(u64::from_str_radix(start, 16)?)
}

/// Writes breakpoints; what was there, by address.
fn set(process: libc::pid_t, base: u64, functions: &BTreeMap<u64, Vec<&str>>) -> Result<BTreeMap<u64, u8>> {
    let (Some((&first, _)), Some((&last, _))) = (functions.first_key_value(), functions.last_key_value())
    else {
        bail!("the executable has no functions of Rust");
    };
    let memory = memory(process)?;
    let mut text = vec![0; (last - first) as usize + 1];
    memory.read_exact_at(&mut text, base + first)?;
    let mut replace =
        |&address: &u64| (address, std::mem::replace(&mut text[(address - first) as usize], BREAK));
    let breakpoints = functions.keys().map(&mut replace).collect();
    memory.write_all_at(&text, base + first)?;
    Ok(breakpoints)
}

fn memory(process: libc::pid_t) -> io::Result<File> {
    File::options().read(true).write(true).open(format!("/proc/{process}/mem"))
}

/// Lets the processes run until all have ended; the addresses of breakpoints that they came to.
fn follow(first: libc::pid_t, base: u64, breakpoints: &BTreeMap<u64, u8>) -> Result<BTreeSet<u64>> {
    let mut ran = BTreeSet::new();
    let mut known = BTreeSet::from([first]);
    go_on(first, 0);
    loop {
        let (thread, status) = match wait(-1) {
            Ok(stopped) => stopped,
            Err(error) if error.raw_os_error() == Some(libc::ECHILD) => return Ok(ran),
            Err(error) => return Err(error.into()),
        };
        if !libc::WIFSTOPPED(status) {
            if thread == first {
                ensure!(
                    libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0,
                    "the program fails: {status:#x}"
                );
            }
            continue;
        }
        let (signal, is_event) = (libc::WSTOPSIG(status), status >> 16 != 0);
        // A thread stops when it begins, and each time that it makes one.
        let is_new = known.insert(thread) && signal == libc::SIGSTOP;
        if is_event || is_new {
            go_on(thread, 0);
        } else if signal == libc::SIGTRAP
            && let Some(address) = here(thread, base, breakpoints)
        {
            ran.insert(address);
            pass(thread, base + address, breakpoints[&address])?;
            go_on(thread, 0);
        } else {
            go_on(thread, signal);
        }
    }
}

fn registers(thread: libc::pid_t) -> io::Result<libc::user_regs_struct> {
    // SAFETY: plain numbers.
    let mut registers: libc::user_regs_struct = unsafe { std::mem::zeroed() };
    request(libc::PTRACE_GETREGS, thread, (&raw mut registers).addr())?;
    Ok(registers)
}

/// The breakpoint that a thread came to, if it is not over meanwhile: others of its process can end it.
fn here(thread: libc::pid_t, base: u64, breakpoints: &BTreeMap<u64, u8>) -> Option<u64> {
    let address = (registers(thread).ok()?.rip - 1).wrapping_sub(base);
    breakpoints.contains_key(&address).then_some(address)
}

/// Has a thread that came to a breakpoint execute what was there.
fn pass(thread: libc::pid_t, at: u64, original: u8) -> io::Result<()> {
    let passed = || {
        memory(thread)?.write_all_at(&[original], at)?;
        let mut registers = registers(thread)?;
        registers.rip = at;
        request(libc::PTRACE_SETREGS, thread, (&raw mut registers).addr())
    };
    match passed() {
        Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(()),
        result => result,
    }
}

/// What ended meanwhile cannot, and need not.
fn go_on(thread: libc::pid_t, signal: libc::c_int) {
    let _ = request(libc::PTRACE_CONT, thread, signal as usize);
}

fn request(what: libc::c_uint, thread: libc::pid_t, data: usize) -> io::Result<()> {
    // SAFETY: `data` is a number, or the address of registers for those that read or write them.
    match unsafe { libc::ptrace(what, thread, 0_usize, data) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Waits for one thread, or, if it is -1, for all that this one traces: others of this process have their
/// own.
fn wait(thread: libc::pid_t) -> io::Result<(libc::pid_t, libc::c_int)> {
    let mut status = 0;
    // SAFETY: a place to write to.
    match unsafe { libc::waitpid(thread, &raw mut status, libc::__WALL | libc::__WNOTHREAD) } {
        -1 => Err(io::Error::last_os_error()),
        stopped => Ok((stopped, status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn functions_that_run_are_found() {
        let path = std::env::current_exe().expect("a path");
        let mut command = Command::new(&path);
        command.arg("names_have_hashes");
        let ran = executed(&mut command, &path).expect("it runs");
        let has_run = |name: &str| ran.iter().any(|function| super::super::short_name(function) == name);
        assert!(has_run("xtask::layout::full_name") && !has_run("xtask::layout::trace::executed"));
    }
}
