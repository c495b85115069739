//! What the machine is, and how busy it was.

use serde::{Deserialize, Serialize};
use std::process::Command;

/// What of a machine has to do with time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// The name of the processor.
    pub processor: String,
    /// How many there are.
    pub processors: usize,
    /// Memory in megabytes.
    pub memory_mb: u64,
    /// The kernel.
    pub kernel: String,
    /// The distribution.
    pub system: String,
    /// How the processor's frequency is chosen; empty where nobody says.
    pub governor: String,
    /// Processes that wanted to run in the minute before the start: more than a fraction is noise.
    pub load_before: f64,
    /// The same at the end; it counts the programs themselves.
    #[serde(default)]
    pub load_after: f64,
}

impl Machine {
    /// Looks at this one.
    pub fn look() -> Machine {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        Machine {
            processor: field(&read("/proc/cpuinfo"), "model name"),
            processors: std::thread::available_parallelism().map_or(1, |n| n.get()),
            memory_mb: kilobytes(&field(&read("/proc/meminfo"), "MemTotal")) / 1024,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_string(),
            system: unquoted(&read("/etc/os-release"), "PRETTY_NAME"),
            governor: read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").trim().to_string(),
            load_before: load(),
            load_after: 0.0,
        }
    }
}

/// The load of the last minute.
pub fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0.0)
}

/// The time in UTC, to the second.
pub fn now() -> String {
    let output = Command::new("date").args(["-u", "+%Y-%m-%d %H:%M:%S"]).output();
    output.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_string()).unwrap_or_default()
}

/// `name : value`
fn field(text: &str, name: &str) -> String {
    let value = |line: &str| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_string())
    };
    text.lines().find_map(value).unwrap_or_default()
}

/// `NAME="value"`
fn unquoted(text: &str, name: &str) -> String {
    let value = |line: &str| {
        let (key, value) = line.split_once('=')?;
        (key == name).then(|| value.trim_matches('"').to_string())
    };
    text.lines().find_map(value).unwrap_or_default()
}

/// `123 kB`
fn kilobytes(text: &str) -> u64 {
    text.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_system_are_read() {
        assert_eq!(field("a\t: x\nmodel name\t: Big: one\n", "model name"), "Big: one");
        assert_eq!(field("", "model name"), "");
        assert_eq!(unquoted("ID=debian\nPRETTY_NAME=\"Debian 12\"\n", "PRETTY_NAME"), "Debian 12");
        assert_eq!(kilobytes("2048 kB"), 2048);
    }

    #[test]
    fn this_machine_is_something() {
        let machine = Machine::look();
        assert!(machine.processors > 0 && machine.memory_mb > 0 && !machine.kernel.is_empty(), "{machine:?}");
    }
}
