//! Counts the instructions that a program executes in user mode: by the processor's counter, else by
//! valgrind.

use crate::step;
use anyhow::{Context, Result, bail};
use std::process::{Command, Stdio};

/// How instructions are counted on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// `perf stat` reads the processor's counter.
    Perf,
    /// Cachegrind counts in a simulation, some fifty times slower.
    Valgrind,
}

impl Counter {
    /// Finds out how to count here.
    pub fn find() -> Result<Counter> {
        let said = |command: &mut Command| {
            command.output().map(|o| String::from_utf8_lossy(&o.stderr).into_owned()).unwrap_or_default()
        };
        [Counter::Perf, Counter::Valgrind]
            .into_iter()
            .find(|counter| counter.count(&said(counter.wrapper().arg("true"))).is_some())
            .context(
                "neither `perf stat -e instructions:u` nor valgrind counts instructions here\n\
                 what to do: apt-get install valgrind, or leave `--count instructions` out",
            )
    }

    fn wrapper(self) -> Command {
        match self {
            Counter::Perf => {
                let mut command = Command::new("perf");
                command.args(["stat", "-x,", "-e", "instructions:u", "--"]);
                command
            }
            Counter::Valgrind => {
                let mut command = Command::new("valgrind");
                command.args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]);
                command
            }
        }
    }

    fn count(self, said: &str) -> Option<f64> {
        match self {
            Counter::Perf => perf_count(said),
            Counter::Valgrind => valgrind_count(said),
        }
    }

    /// Runs a command to its end; the instructions it took, and its standard output.
    pub fn run(self, command: &Command) -> Result<(f64, String)> {
        let mut wrapper = self.wrapper();
        wrapper.arg(command.get_program()).args(command.get_args()).stdin(Stdio::null());
        if let Some(folder) = command.get_current_dir() {
            wrapper.current_dir(folder);
        }
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => wrapper.env(name, value),
                None => wrapper.env_remove(name),
            };
        }
        let what = step::describe(&wrapper);
        let output = wrapper.output().with_context(|| format!("cannot start `{what}`"))?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        match self.count(&said) {
            Some(cost) if output.status.success() => {
                Ok((cost, String::from_utf8_lossy(&output.stdout).into()))
            }
            _ => bail!("{what} ({}): {}", output.status, said.lines().last().unwrap_or("")),
        }
    }
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
}
