//! What one run of a program costs: seconds, or instructions.

use crate::step;
use anyhow::{Context, Result, bail};
use std::process::{Command, Stdio};
use std::time::Instant;
use wait4::Wait4;

/// What is counted.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// The time that passes, and beside it the processor time of all threads, user and system.
    Time,
    /// Instructions executed in user mode: by the processor's counter when perf can read it, else by valgrind.
    Instructions,
}

impl Count {
    /// How costs are printed.
    pub fn show(self, cost: f64) -> String {
        match self {
            Count::Time => format!("{cost:.3} s"),
            Count::Instructions => format!("{:.1} M", cost / 1e6),
        }
    }
}

/// What a run cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Seconds that passed, or instructions.
    pub amount: f64,
    /// Seconds of processor time; nothing when instructions were counted.
    pub processor: Option<f64>,
}

/// How instructions are counted on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counter {
    Perf,
    Valgrind,
}

/// Measures runs.
pub struct Meter {
    count: Count,
    counter: Counter,
}

impl Meter {
    /// Finds out how to count here.
    pub fn new(count: Count) -> Result<Meter> {
        let mut counter = Counter::Perf;
        if count == Count::Instructions {
            let said = |command: &mut Command| {
                command.output().map(|o| String::from_utf8_lossy(&o.stderr).into_owned()).unwrap_or_default()
            };
            let perf = said(Command::new("perf").args(["stat", "-x,", "-e", "instructions:u", "true"]));
            if perf_count(&perf).is_none() {
                let valgrind = said(valgrind().arg("true"));
                if valgrind_count(&valgrind).is_none() {
                    bail!("neither `perf stat -e instructions:u` nor valgrind counts instructions here");
                }
                counter = Counter::Valgrind;
            }
        }
        Ok(Meter { count, counter })
    }

    /// Runs a command; its cost, and what it wrote to its standard output.
    pub fn run(&self, command: &Command) -> Result<(Cost, String)> {
        let (amount, output) = match (self.count, self.counter) {
            (Count::Time, _) => return timed(command),
            (Count::Instructions, Counter::Perf) => {
                let mut perf = Command::new("perf");
                counted(perf.args(["stat", "-x,", "-e", "instructions:u", "--"]), command, perf_count)?
            }
            (Count::Instructions, Counter::Valgrind) => counted(&mut valgrind(), command, valgrind_count)?,
        };
        Ok((Cost { amount, processor: None }, output))
    }
}

fn valgrind() -> Command {
    let mut command = Command::new("valgrind");
    command.args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]);
    command
}

fn timed(command: &Command) -> Result<(Cost, String)> {
    let mut command = copy(command);
    let what = step::describe(&command);
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{what}`"))?;
    let read = |stream: Option<Box<dyn std::io::Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = stream.map(|mut stream| stream.read_to_end(&mut bytes));
            String::from_utf8_lossy(&bytes).into_owned()
        })
    };
    let stdout = read(child.stdout.take().map(|s| Box::new(s) as _));
    let stderr = read(child.stderr.take().map(|s| Box::new(s) as _));
    let used = child.wait4().with_context(|| format!("lost track of `{what}`"))?;
    let elapsed = started.elapsed();
    let text = |thread: std::thread::JoinHandle<String>| thread.join().unwrap_or_default();
    let (stdout, stderr) = (text(stdout), text(stderr));
    if !used.status.success() {
        bail!("{what} ({}): {}", used.status, stderr.lines().last().unwrap_or(""));
    }
    let processor = used.rusage.utime + used.rusage.stime;
    let seconds = |time: std::time::Duration| time.as_secs_f64().max(1e-6);
    Ok((Cost { amount: seconds(elapsed), processor: Some(seconds(processor)) }, stdout))
}

/// Runs a command below one that counts and reports to the standard error.
fn counted(
    wrapper: &mut Command,
    command: &Command,
    count: fn(&str) -> Option<f64>,
) -> Result<(f64, String)> {
    wrapper.arg(command.get_program()).args(command.get_args()).stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapper.env(name, value),
            None => wrapper.env_remove(name),
        };
    }
    let what = step::describe(wrapper);
    let output = wrapper.output().with_context(|| format!("cannot start `{what}`"))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    match count(&said) {
        Some(cost) if output.status.success() => Ok((cost, String::from_utf8_lossy(&output.stdout).into())),
        _ => bail!("{what} ({}): {}", output.status, said.lines().last().unwrap_or("")),
    }
}

fn copy(command: &Command) -> Command {
    let mut copy = Command::new(command.get_program());
    copy.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => copy.env(name, value),
            None => copy.env_remove(name),
        };
    }
    copy
}

/// `123456,,instructions:u,...`
fn perf_count(said: &str) -> Option<f64> {
    let line = said.lines().find(|line| line.contains("instructions"))?;
    line.split(',').next()?.parse().ok()
}

/// `==1== I   refs:      123,456`
fn valgrind_count(said: &str) -> Option<f64> {
    let line = said.lines().find(|line| line.contains("I ") && line.contains("refs:"))?;
    line.rsplit(':').next()?.trim().replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_read() {
        assert_eq!(perf_count("1234567,,instructions:u,2,100.00,,\n"), Some(1_234_567.0));
        assert_eq!(perf_count("<not supported>,,instructions:u,0,100.00,,\n"), None);
        let said = "==7== Cachegrind\n==7== \n==7== I   refs:      51,234,567\n";
        assert_eq!(valgrind_count(said), Some(51_234_567.0));
    }

    #[test]
    fn time_is_measured() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 0.2; echo $A"]).env("A", "out");
        let (cost, output) = timed(&command).expect("runs");
        assert_eq!(output, "out\n");
        assert!(cost.amount >= 0.2 && cost.processor.is_some_and(|time| time > 0.0), "{cost:?}");
    }
}
