//! What a process and all that it has started use, as `/proc` tells it.

use std::collections::{BTreeMap, BTreeSet};

/// A process, and when it was started: numbers are given again.
pub type Identity = (u32, u64);

/// What a tree of processes uses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage {
    /// Seconds of processor time until now, also of children that have ended.
    pub processor: f64,
    /// The sum of the most that each was resident with, in kilobytes.
    pub peak_kb: u64,
    /// The sum of the proportional shares of memory now, in kilobytes.
    pub share_kb: u64,
    /// Which processes there are.
    pub processes: BTreeSet<Identity>,
}

impl Usage {
    /// Of the trees of several processes.
    pub fn of(roots: impl Iterator<Item = u32>) -> Usage {
        let all = processes();
        let mut usage = Usage::default();
        let mut waiting: Vec<u32> = roots.collect();
        while let Some(pid) = waiting.pop() {
            let Some(stat) = all.get(&pid) else { continue };
            if !usage.processes.insert((pid, stat.started)) {
                continue;
            }
            usage.processor += stat.ticks as f64 / ticks_a_second();
            usage.peak_kb += kilobytes(pid, "status", "VmHWM:");
            usage.share_kb += kilobytes(pid, "smaps_rollup", "Pss:");
            waiting.extend(all.iter().filter(|(_, other)| other.parent == pid).map(|(pid, _)| *pid));
        }
        usage
    }
}

/// One line of `/proc/PID/stat`, as far as it matters.
#[derive(Debug, PartialEq)]
struct Stat {
    parent: u32,
    ticks: u64,
    started: u64,
}

impl Stat {
    fn parse(line: &str) -> Option<Stat> {
        // The name before it may have anything in it.
        let fields: Vec<&str> = line.rsplit_once(") ")?.1.split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        Some(Stat {
            parent: u32::try_from(field(4)?).ok()?,
            ticks: field(14)? + field(15)? + field(16)? + field(17)?,
            started: field(22)?,
        })
    }
}

fn processes() -> BTreeMap<u32, Stat> {
    let entries = std::fs::read_dir("/proc").map(|d| d.flatten().collect::<Vec<_>>()).unwrap_or_default();
    let pids = entries.iter().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    // One that has ended meanwhile is none.
    let stat = |pid: u32| Stat::parse(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?);
    pids.filter_map(|pid| Some((pid, stat(pid)?))).collect()
}

fn kilobytes(pid: u32, file: &str, name: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn ticks_a_second() -> f64 {
    rustix::param::clock_ticks_per_second() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_whatever_the_name_is() {
        let line = "17 (a) b (c) S 4 17 17 0 -1 4194560 1 2 0 0 10 20 3 4 20 0 1 0 9876 1 2";
        assert_eq!(Stat::parse(line), Some(Stat { parent: 4, ticks: 37, started: 9876 }));
        assert_eq!(Stat::parse("17 (a"), None);
    }

    #[test]
    fn this_process_uses_something() {
        let usage = Usage::of([std::process::id()].into_iter());
        assert!(usage.peak_kb > 100 && usage.share_kb > 100 && !usage.processes.is_empty(), "{usage:?}");
    }
}
