//! Runs the long commands: a spinner with the elapsed time, a log file with all they say, and a useful
//! failure.

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const TAIL_LINES: usize = 25;
const HEARTBEAT: Duration = Duration::from_secs(60);

/// Something that takes a while, shown to the user with the time it has taken so far.
pub struct Step {
    title: String,
    started: Instant,
    bar: Option<ProgressBar>,
    last_beat: Instant,
}

impl Step {
    /// Starts showing a step: a spinner on a terminal, a line of text elsewhere.
    pub fn start(title: impl Into<String>) -> Step {
        let title = title.into();
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner().with_message(title.clone());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} [{elapsed}]") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        if bar.is_none() {
            eprintln!("  … {title}");
        }
        Step { title, started: Instant::now(), bar, last_beat: Instant::now() }
    }

    /// Shows how far the step is; without a terminal, once a minute, so that a log is not silent.
    pub fn note(&mut self, note: &str) {
        match &self.bar {
            Some(bar) => bar.set_message(format!("{}: {note}", self.title)),
            None if self.last_beat.elapsed() > HEARTBEAT => {
                self.last_beat = Instant::now();
                eprintln!("    still at it after {}: {note}", elapsed(self.started));
            }
            None => {}
        }
    }

    /// Ends the step well.
    pub fn done(self) {
        self.finish("✓");
    }

    /// Ends the step without a word: its result is shown elsewhere.
    pub fn clear(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// Ends the step badly; the caller says why.
    pub fn failed(self) {
        self.finish("✗");
    }

    fn finish(self, mark: &str) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        eprintln!("  {mark} {} ({})", self.title, elapsed(self.started));
    }
}

fn elapsed(since: Instant) -> String {
    let t = since.elapsed().as_secs_f64();
    if t < 60.0 { format!("{t:.1} s") } else { format!("{} min {:02} s", t as u64 / 60, t as u64 % 60) }
}

/// Runs one command as a step. Its output goes to `log`; a failure quotes the end of it and the command.
pub fn run(title: &str, command: &mut Command, log: &Path) -> Result<()> {
    if let Some(parent) = log.parent() {
        std::fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    }
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .with_context(|| format!("cannot write the log {}", log.display()))?;
    let line = describe(command);
    writeln!(file, "$ {line}").with_context(|| format!("cannot write the log {}", log.display()))?;
    let out = file.try_clone().context("cannot share the log file")?;
    command.stdin(Stdio::null()).stdout(out).stderr(file);
    let mut step = Step::start(format!("{title} (log: {})", log.display()));
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(e) => {
            step.failed();
            bail!("cannot start `{line}`: {e}");
        }
    };
    let mut looked = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().with_context(|| format!("lost track of `{line}`"))? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(50));
        if looked.elapsed() > Duration::from_millis(500) {
            looked = Instant::now();
            step.note(last_line(log).as_deref().unwrap_or("no output yet"));
        }
    };
    if status.success() {
        step.done();
        return Ok(());
    }
    step.failed();
    bail!(
        "{title} failed ({status})\n\nthe last lines of {}:\n{}\n\nthe command was:\n  {line}",
        log.display(),
        quoted(&end_of(log).unwrap_or_default())
    )
}

/// A command as one could type it, with its directory and what was added to its environment.
pub fn describe(command: &Command) -> String {
    let quote = |s: &std::ffi::OsStr| {
        let s = s.to_string_lossy();
        let plain = |c: char| c.is_alphanumeric() || "-_./=:,+@%".contains(c);
        if !s.is_empty() && s.chars().all(plain) {
            s.into_owned()
        } else {
            format!("'{}'", s.replace('\'', "'\\''"))
        }
    };
    let mut words = Vec::new();
    if let Some(dir) = command.get_current_dir() {
        words.push(format!("cd {} &&", quote(dir.as_os_str())));
    }
    for (key, value) in command.get_envs() {
        if let Some(value) = value {
            words.push(format!("{}={}", key.to_string_lossy(), quote(value)));
        }
    }
    words.push(quote(command.get_program()));
    words.extend(command.get_args().map(quote));
    words.join(" ")
}

fn end_of(log: &Path) -> Option<String> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = std::fs::File::open(log).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(16_384))).ok()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn last_line(log: &Path) -> Option<String> {
    let end = end_of(log)?;
    let line = end.lines().rev().find(|l| !l.trim().is_empty())?;
    Some(line.chars().take(60).collect())
}

/// The last lines of a log, marked as such.
fn quoted(log: &str) -> String {
    last_lines(log, TAIL_LINES).iter().map(|l| format!("  | {l}")).collect::<Vec<_>>().join("\n")
}

/// The last lines of a text, so many at most.
pub fn last_lines(text: &str, count: usize) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.split_off(lines.len().saturating_sub(count))
}

/// A fresh log file: what an earlier run wrote there is dropped.
pub fn fresh_log(path: PathBuf) -> PathBuf {
    // Nothing to do when it cannot be removed: `run` will say so when it opens it.
    let _ = std::fs::remove_file(&path);
    path
}

/// Takes variables away that would let the user's own Python or compiler settings leak into a build.
pub fn clean_environment(command: &mut Command) {
    for name in [
        "PYTHONHOME",
        "PYTHONPATH",
        "PYTHONSTARTUP",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONOPTIMIZE",
        "PYTHONHASHSEED",
        "PYTHONWARNINGS",
        "PYTHONIOENCODING",
        "PYTHONUNBUFFERED",
        "PYTHONNOUSERSITE",
        "VIRTUAL_ENV",
        "__PYVENV_LAUNCHER__",
        "CFLAGS",
        "CPPFLAGS",
        "LDFLAGS",
        "LIBS",
        "MAKEFLAGS",
        "MFLAGS",
        "MAKELEVEL",
        "DESTDIR",
        "OPT",
        "BASECFLAGS",
        "LD_LIBRARY_PATH",
    ] {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PYJION") {
            command.env_remove(&name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_can_be_pasted() {
        let mut c = Command::new("cc");
        c.arg("-DX=a b").arg("x.c").current_dir("/tmp").env("CFLAGS", "");
        assert_eq!(describe(&c), "cd /tmp && CFLAGS='' cc '-DX=a b' x.c");
    }

    #[test]
    fn the_last_lines_are_all_of_a_short_text() {
        assert_eq!(last_lines("a\nb\nc\n", 2), ["b", "c"]);
        assert_eq!(last_lines("a\nb\n", 5), ["a", "b"]);
        assert_eq!(quoted("a\nb"), "  | a\n  | b");
    }

    #[test]
    fn a_failure_quotes_log_and_command() {
        let log = std::env::temp_dir().join(format!("xtask-step-{}.log", std::process::id()));
        let mut c = Command::new("sh");
        c.args(["-c", "echo it broke here; exit 3"]);
        let message = run("trying", &mut c, &log).expect_err("must fail").to_string();
        assert!(message.contains("it broke here") && message.contains("sh -c"), "{message}");
        std::fs::remove_file(&log).expect("clean up");
    }
}
