//! Runs interpreters with a time limit and a clean environment, several at a time.

use crate::step;
use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What one run produced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
    /// How it ended: `exit 0`, `signal 11`, `timeout`.
    pub end: String,
}

/// An interpreter with a clean environment in which two runs see the same things.
pub fn python(executable: &Path) -> Command {
    let mut command = Command::new(executable);
    step::clean_environment(&mut command);
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONHASHSEED", "0").env("PYTHONNOUSERSITE", "1");
    command.env("LC_ALL", "C.UTF-8").env("PYTHONIOENCODING", "utf-8");
    command
}

/// [Runs](run) a command that has to end well; otherwise the error says all that it said.
pub fn succeed(command: &mut Command, folder: &Path, limit: Duration) -> Result<Output> {
    let output = run(command, folder, limit)?;
    ensure!(
        output.end == "exit 0",
        "{} ended with {}\n{}\n{}",
        step::describe(command),
        output.end,
        output.stdout.trim(),
        output.stderr.trim()
    );
    Ok(output)
}

/// Runs a command as a process group of its own; nothing of it is left behind. Its output is kept in
/// `folder`, which is created, while it runs.
pub fn run(command: &mut Command, folder: &Path, limit: Duration) -> Result<Output> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let (out, err) = (folder.join(".stdout"), folder.join(".stderr"));
    let create = |path: &Path| {
        std::fs::File::create(path).with_context(|| format!("cannot create {}", path.display()))
    };
    command.stdin(Stdio::null()).stdout(create(&out)?).stderr(create(&err)?);
    command.process_group(0);
    default_signals(command);
    let mut child = command.spawn().with_context(|| format!("cannot start `{}`", step::describe(command)))?;
    let started = Instant::now();
    let end = loop {
        if has_ended(child.id()) {
            // While its number is still taken: what it started and did not wait for.
            kill_group(child.id());
            let status = child.wait()?;
            break match (status.code(), status.signal()) {
                (Some(code), _) => format!("exit {code}"),
                (None, Some(signal)) => format!("signal {signal}"),
                (None, None) => status.to_string(),
            };
        }
        if started.elapsed() > limit {
            kill_group(child.id());
            child.wait()?;
            break format!("timeout after {} s", limit.as_secs());
        }
        let nap = if started.elapsed() < Duration::from_secs(1) { 3 } else { 50 };
        std::thread::sleep(Duration::from_millis(nap));
    };
    let read = |path: &Path| -> Result<String> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    Ok(Output { stdout: read(&out)?, stderr: read(&err)?, end })
}

/// The child begins with the signals that a job in a terminal has, even where `nohup` or a shell's background
/// job made this process ignore some: tests that send them to children of theirs would wait forever.
pub fn default_signals(command: &mut Command) {
    let reset = || {
        for signal in [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT] {
            // SAFETY: async-signal-safe, and there is no handler that could be lost.
            if unsafe { libc::signal(signal, libc::SIG_DFL) } == libc::SIG_ERR {
                return Err(std::io::Error::last_os_error());
            }
        }
        Ok(())
    };
    // SAFETY: between fork and exec nothing happens but calls that are safe there.
    unsafe { command.pre_exec(reset) };
}

/// Whether a child has ended; it is still to be waited for.
fn has_ended(child: u32) -> bool {
    let Some(pid) = i32::try_from(child).ok().and_then(Pid::from_raw) else { return true };
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    // An error says that there is no such child: waiting will say so, too.
    !matches!(waitid(WaitId::Pid(pid), options), Ok(None))
}

/// Kills every process of the group that a child leads; there may be none left.
pub fn kill_group(leader: u32) {
    if let Some(group) = i32::try_from(leader).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// Applies `f` to every item, `jobs` at a time; the results are in the order of the items.
pub fn parallel<T: Sync, R: Send>(jobs: usize, items: &[T], f: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(i) else { break };
                    let result = f(i, item);
                    if let Ok(mut results) = results.lock() {
                        results.push((i, result));
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    results.sort_by_key(|(i, _)| *i);
    results.into_iter().map(|(_, r)| r).collect()
}

/// The last lines of a text.
pub fn tail(text: &str) -> String {
    const SHOWN: usize = 25;
    step::last_lines(text, SHOWN).join("\n")
}

/// The first lines in which two texts differ.
pub fn difference(what: &str, expected: &str, found: &str) -> String {
    const SHOWN: usize = 6;
    let (a, b): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let mut text = format!("{what} differs from line {}:\n", same + 1);
    for (mark, lines) in [("stock ", &a), ("pyjion", &b)] {
        for line in lines.iter().skip(same).take(SHOWN) {
            text.push_str(&format!("  {mark} | {}\n", line.chars().take(200).collect::<String>()));
        }
        if lines.len() <= same {
            text.push_str(&format!("  {mark} | (the end)\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_their_order() {
        let items: Vec<u64> = (0..50).collect();
        let doubled = parallel(3, &items, |_, n| n * 2);
        assert_eq!(doubled, items.iter().map(|n| n * 2).collect::<Vec<_>>());
    }

    #[test]
    fn ends_and_timeouts() {
        let folder = std::env::temp_dir().join(format!("xtask-process-{}", std::process::id()));
        let sh = |script: &str| {
            let mut c = Command::new("sh");
            c.args(["-c", script]);
            c
        };
        let limit = Duration::from_secs(20);
        let run_it = |script: &str, limit| run(&mut sh(script), &folder, limit).expect("runs");
        let output = run_it("echo a; echo b >&2; exit 3", limit);
        assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("a\n", "b\n"));
        assert_eq!(output.end, "exit 3");
        assert_eq!(run_it("kill -9 $$", limit).end, "signal 9");
        assert_eq!(run_it("kill -HUP $$", limit).end, "signal 1");
        assert!(run_it("exec sleep 30", Duration::from_millis(200)).end.starts_with("timeout"));
        std::fs::remove_dir_all(&folder).expect("clean up");
    }

    #[test]
    fn the_difference_starts_where_it_should() {
        let text = difference("stdout", "a\nb\nc\n", "a\nB\n");
        assert!(text.contains("from line 2") && text.contains("stock  | b") && text.contains("pyjion | B"));
    }
}
