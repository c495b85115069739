//! A process that runs until it is stopped, which it always is, with all that it has started.

use super::tree::Usage;
use crate::step;
use crate::test::process;
use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process, set_parent_process_death_signal};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long one may take to end by itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running process.
pub struct Daemon {
    child: Child,
    log: PathBuf,
    /// What asks it to end.
    end: Signal,
}

impl Daemon {
    /// Starts a command; all that it says goes to `log`.
    pub fn start(command: &mut Command, log: &Path, end: Signal) -> Result<Daemon> {
        let file = std::fs::File::create(log).with_context(|| format!("cannot create {}", log.display()))?;
        let copy = file.try_clone().with_context(|| format!("cannot share {}", log.display()))?;
        command.stdin(Stdio::null()).stdout(file).stderr(copy).process_group(0);
        process::default_signals(command);
        let with_parent = move || Ok(set_parent_process_death_signal(Some(end))?);
        // SAFETY: between fork and exec nothing happens but a call that is safe there.
        unsafe { command.pre_exec(with_parent) };
        let child = command.spawn().with_context(|| format!("cannot start `{}`", step::describe(command)))?;
        Ok(Daemon { child, log: log.to_path_buf(), end })
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it has ended, if it has.
    pub fn ended(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok()??;
        Some(format!("{status}\n{}", self.last_words()))
    }

    /// The end of what it has said.
    pub fn last_words(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        process::tail(&String::from_utf8_lossy(&text))
    }

    fn stop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let family = Usage::of([self.child.id()].into_iter()).processes;
        signal(self.child.id(), self.end);
        let asked = Instant::now();
        while asked.elapsed() < PATIENCE && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        if let Ok(None) = self.child.try_wait() {
            process::kill_group(self.child.id());
            let _ = self.child.wait();
        }
        for process in family {
            // Those that are not what they were have nothing to do with it.
            if Usage::of([process.0].into_iter()).processes.contains(&process) {
                signal(process.0, Signal::KILL);
            }
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.stop();
    }
}

fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        // It may have ended by itself.
        let _ = kill_process(pid, signal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_it_is_left() {
        let log = std::env::temp_dir().join(format!("xtask-daemon-{}", std::process::id()));
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 100 & sleep 100 & wait"]);
        let daemon = Daemon::start(&mut command, &log, Signal::TERM).expect("starts");
        let id = daemon.id();
        let started = Instant::now();
        let family = loop {
            let usage = Usage::of([id].into_iter());
            if usage.processes.len() == 3 || started.elapsed() > PATIENCE {
                break usage.processes;
            }
        };
        assert_eq!(family.len(), 3);
        drop(daemon);
        let ended = |pid: u32| {
            let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            state.is_empty() || state.contains(") Z ")
        };
        while !family.iter().all(|(pid, _)| ended(*pid)) {
            assert!(started.elapsed() < PATIENCE * 2, "something of it is left");
        }
        std::fs::remove_file(&log).expect("clean up");
    }
}
