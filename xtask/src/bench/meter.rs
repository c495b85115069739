//! Runs one process and measures it: time, processor time with children and threads, peak memory.
//!
//! The system knows the peak of a process only together with what it was before it became another program, so
//! what this tool keeps in memory is the least that it can report: a few megabytes, below any interpreter.

use super::interrupt;
use crate::step;
use crate::test::{default_signals, kill_group};
use anyhow::{Context, Result};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, set_parent_process_death_signal};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::fmt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use wait4::Wait4;

/// How often Ctrl-C and the time limit are looked at; the end of the process is noticed at once.
const LOOK: Duration = Duration::from_millis(100);

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with this code.
    Exit(i32),
    /// By a signal.
    Signal(i32),
    /// It was killed after this many seconds.
    Timeout(u64),
    /// It was killed because the user interrupts.
    Interrupted,
}

impl End {
    fn of(status: ExitStatus) -> End {
        match (status.code(), status.signal()) {
            (Some(code), _) => End::Exit(code),
            (None, signal) => End::Signal(signal.unwrap_or(0)),
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Exit(code) => write!(f, "exit code {code}"),
            End::Signal(signal) => write!(f, "killed by {}", signal_name(*signal)),
            End::Timeout(seconds) => write!(f, "still running after {seconds} s"),
            End::Interrupted => write!(f, "interrupted"),
        }
    }
}

/// `SIGSEGV` and the like: those by which programs end.
fn signal_name(signal: i32) -> String {
    let name = match signal {
        libc::SIGHUP => "SIGHUP",
        libc::SIGINT => "SIGINT",
        libc::SIGQUIT => "SIGQUIT",
        libc::SIGILL => "SIGILL",
        libc::SIGTRAP => "SIGTRAP",
        libc::SIGABRT => "SIGABRT",
        libc::SIGBUS => "SIGBUS",
        libc::SIGFPE => "SIGFPE",
        libc::SIGKILL => "SIGKILL",
        libc::SIGSEGV => "SIGSEGV",
        libc::SIGPIPE => "SIGPIPE",
        libc::SIGALRM => "SIGALRM",
        libc::SIGTERM => "SIGTERM",
        libc::SIGXCPU => "SIGXCPU",
        libc::SIGSYS => "SIGSYS",
        other => return format!("signal {other}"),
    };
    format!("{name} (signal {signal})")
}

/// What one process was and what it cost.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Seconds from its start to its end.
    pub wall: f64,
    /// Seconds of processor time: all threads, and the children it waited for, user and system.
    pub processor: f64,
    /// Peak memory of the largest of it and its children, in kilobytes.
    pub peak_kb: u64,
    /// How it ended.
    pub end: End,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Ran {
    /// The last line of its standard error that says something.
    pub fn last_words(&self) -> &str {
        self.stderr.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it said nothing")
    }
}

/// The first `count` of the processors that this process may use.
pub fn processors(count: usize) -> Result<CpuSet> {
    let allowed = sched_getaffinity(None).context("cannot ask which processors there are")?;
    let mut set = CpuSet::new();
    let usable = (0..CpuSet::MAX_CPU).filter(|n| allowed.is_set(*n));
    let chosen: Vec<usize> = usable.take(count.max(1)).collect();
    anyhow::ensure!(
        chosen.len() == count.max(1),
        "--processors {count}: there are only {} here",
        chosen.len()
    );
    chosen.into_iter().for_each(|n| set.set(n));
    Ok(set)
}

/// Runs a command as a process group of its own, of which nothing is left behind. What it writes goes to
/// files in `folder`, which must exist.
pub fn run(command: &mut Command, folder: &Path, processors: Option<CpuSet>, limit: Duration) -> Result<Ran> {
    let (out, err) = (folder.join("stdout"), folder.join("stderr"));
    let create = |path: &Path| {
        std::fs::File::create(path).with_context(|| format!("cannot create {}", path.display()))
    };
    command.stdin(Stdio::null()).stdout(create(&out)?).stderr(create(&err)?).process_group(0);
    default_signals(command);
    // A measured process is of no use to anyone once this one was killed, and disturbs the next.
    let die_along = || set_parent_process_death_signal(Some(Signal::KILL)).map_err(std::io::Error::from);
    // SAFETY: between fork and exec nothing happens but one system call.
    unsafe { command.pre_exec(die_along) };
    if let Some(set) = processors {
        let pin = move || sched_setaffinity(None, &set).map_err(std::io::Error::from);
        // SAFETY: between fork and exec nothing happens but one system call.
        unsafe { command.pre_exec(pin) };
    }
    let what = step::describe(command);
    let started = Instant::now();
    let mut child = command.spawn().with_context(|| format!("cannot start `{what}`"))?;
    let stopped = wait_for_end(child.id(), started, limit);
    let wall = started.elapsed().as_secs_f64();
    // While its number is still taken: it and what it started and did not wait for.
    kill_group(child.id());
    let used = child.wait4().with_context(|| format!("lost track of `{what}`"))?;
    let text = |path: &Path| -> Result<String> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    Ok(Ran {
        wall,
        processor: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
        // The crate says bytes on every system.
        peak_kb: used.rusage.maxrss / 1024,
        end: stopped?.unwrap_or_else(|| End::of(used.status)),
        stdout: text(&out)?,
        stderr: text(&err)?,
    })
}

/// Waits until a child has ended, without collecting it; or says why it is not waited for.
fn wait_for_end(child: u32, started: Instant, limit: Duration) -> Result<Option<End>> {
    let pid = i32::try_from(child).ok().and_then(Pid::from_raw).context("a process without a number")?;
    let handle = pidfd_open(pid, PidfdFlags::empty())
        .context("cannot watch a process (pidfd_open, which Linux has since 5.3)")?;
    loop {
        let mut watched = [PollFd::new(&handle, PollFlags::IN)];
        let timeout = Timespec { tv_sec: 0, tv_nsec: LOOK.as_nanos() as i64 };
        match poll(&mut watched, Some(&timeout)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            Ok(_) => return Ok(None),
            Err(e) => return Err(e).context("cannot wait for a process"),
        }
        if interrupt::requested() {
            return Ok(Some(End::Interrupted));
        }
        if started.elapsed() > limit {
            return Ok(Some(End::Timeout(limit.as_secs())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str, limit: Duration) -> Ran {
        let folder = std::env::temp_dir().join(format!("xtask-meter-{:?}", std::thread::current().id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let ran = run(&mut command, &folder, None, limit).expect("runs");
        std::fs::remove_dir_all(&folder).expect("clean up");
        ran
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn time_memory_and_output_are_taken_down() {
        let ran = sh("sleep 0.2; echo out; echo first >&2; echo last >&2; exit 3", LONG);
        assert!(ran.wall >= 0.2 && ran.processor > 0.0 && ran.processor < ran.wall, "{ran:?}");
        assert!(ran.peak_kb > 100, "{ran:?}");
        assert_eq!((ran.stdout.as_str(), ran.last_words()), ("out\n", "last"));
        assert_eq!(ran.end, End::Exit(3));
    }

    #[test]
    fn children_count() {
        let ran = sh("sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'; :", LONG);
        assert!(ran.processor > 0.02, "{ran:?}");
    }

    #[test]
    fn signals_have_names() {
        assert_eq!(sh("kill -SEGV $$", LONG).end.to_string(), "killed by SIGSEGV (signal 11)");
        assert_eq!(End::Signal(64).to_string(), "killed by signal 64");
    }

    #[test]
    fn a_hanging_process_is_killed() {
        let ran = sh("sleep 100 & sleep 100", Duration::from_millis(300));
        assert_eq!(ran.end, End::Timeout(0));
        assert!(ran.wall < 50.0);
    }

    #[test]
    fn processors_are_counted() {
        let one = processors(1).expect("there is one");
        assert_eq!(one.count(), 1);
        let error = processors(1023).expect_err("there are not so many").to_string();
        assert!(error.contains("--processors 1023"), "{error}");
    }
}
