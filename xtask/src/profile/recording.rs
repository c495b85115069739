//! Runs a program under perf, and reads what perf wrote.

use super::Subject;
use super::symbols::{Symbol, Symbols};
use crate::dirs::remove_tree;
use crate::net;
use crate::step::{self, Step};
use anyhow::{Context, Result, bail, ensure};
use linux_perf_data::linux_perf_event_reader::{CpuMode, EventRecord};
use linux_perf_data::{PerfFileReader, PerfFileRecord};
use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Samples a second: no multiple of what a program may do in turns.
const FREQUENCY: &str = "1999";

/// Bytes of the stack with each sample: what C code that compiled code calls has on it, as a rule.
const STACK: &str = "dwarf,1024";

/// The name of the thread that compiles.
const COMPILER: &str = "pyjion-compiler";

/// The processor was found at something.
pub struct Sample {
    /// The process.
    pub process: i32,
    /// What it was at; in the kernel or not.
    pub address: u64,
    /// Nanoseconds of the monotonic clock.
    pub time: u64,
    /// By the thread that compiles.
    pub is_compiler: bool,
    /// In the kernel.
    pub is_kernel: bool,
    /// The words at the top of its stack.
    pub stack: Vec<u64>,
}

/// Part of a file in the memory of a process, from some time on.
struct Mapping {
    start: u64,
    size: u64,
    offset: u64,
    path: PathBuf,
}

/// What perf recorded.
#[derive(Default)]
pub struct Recording {
    /// In the order of time.
    pub samples: Vec<Sample>,
    mappings: HashMap<i32, Vec<Mapping>>,
    parents: HashMap<i32, i32>,
}

/// Runs the program under perf.
pub fn record(subject: &Subject) -> Result<Recording> {
    if !net::which("perf") {
        bail!(
            "perf is not there, and it is what looks where time goes. To install it:\n  \
             Debian: apt-get install linux-perf\n  Ubuntu: apt-get install linux-tools-generic\n  \
             Fedora: dnf install perf"
        );
    }
    remove_tree(&subject.scratch)?;
    std::fs::create_dir_all(&subject.scratch)
        .with_context(|| format!("cannot create {}", subject.scratch.display()))?;
    let data = subject.scratch.join("perf.data");
    let mut perf = Command::new("perf");
    perf.args(["record", "-q", "-k", "mono", "-F", FREQUENCY, "--call-graph", STACK, "-B", "-N", "-o"]);
    // By this variable perf says that it is there, which has names of functions written to /tmp as well.
    perf.arg(&data).args(["--", "env", "-u", "PERF_BUILDID_DIR"]);
    perf.arg(subject.command.get_program()).args(subject.command.get_args());
    step::clean_environment(&mut perf);
    for (name, value) in subject.command.get_envs() {
        match value {
            Some(value) => perf.env(name, value),
            None => perf.env_remove(name),
        };
    }
    let mut directory = subject.scratch.clone().into_os_string();
    directory.push("/");
    perf.env("PYJION_PERF", directory).stdin(Stdio::null());
    let step = Step::start(format!("{} under perf", subject.program));
    let output = perf.output();
    step.clear();
    let output = output.context("cannot run perf")?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(
        output.status.success() && data.is_file(),
        "{} under perf did not go well ({}):\n{}\nwhat perf may do is told by /proc/sys/kernel/perf_event_paranoid, \
         which has to be 2 or less",
        subject.program,
        output.status,
        said.trim()
    );
    read(&data).with_context(|| format!("cannot make sense of {}", data.display()))
}

fn read(path: &Path) -> Result<Recording> {
    let PerfFileReader { mut perf_file, mut record_iter } =
        PerfFileReader::parse_file(BufReader::new(File::open(path)?))?;
    let mut recording = Recording::default();
    let mut names: HashMap<i32, String> = HashMap::new();
    while let Some(record) = record_iter.next_record(&mut perf_file)? {
        let PerfFileRecord::EventRecord { record, .. } = record else { continue };
        match record.parse()? {
            EventRecord::Sample(sample) => {
                let (Some(process), Some(thread)) = (sample.pid, sample.tid) else { continue };
                let (Some(address), Some(time)) = (sample.ip, sample.timestamp) else { continue };
                let stack = sample.user_stack.map(|(data, size)| words(&data.as_slice(), size));
                recording.samples.push(Sample {
                    process,
                    address,
                    time,
                    is_compiler: names.get(&thread).is_some_and(|name| name == COMPILER),
                    is_kernel: sample.cpu_mode == CpuMode::Kernel,
                    stack: stack.unwrap_or_default(),
                });
            }
            EventRecord::Comm(comm) => {
                names.insert(comm.tid, String::from_utf8_lossy(&comm.name.as_slice()).into_owned());
                if comm.is_execve {
                    recording.mappings.remove(&comm.pid);
                    recording.parents.remove(&comm.pid);
                }
            }
            EventRecord::Fork(fork) if fork.pid != fork.ppid => {
                recording.parents.insert(fork.pid, fork.ppid);
            }
            EventRecord::Mmap2(map) => recording.map(
                map.pid,
                Mapping {
                    start: map.address,
                    size: map.length,
                    offset: map.page_offset,
                    path: String::from_utf8_lossy(&map.path.as_slice()).into_owned().into(),
                },
            ),
            EventRecord::Mmap(map) => recording.map(
                map.pid,
                Mapping {
                    start: map.address,
                    size: map.length,
                    offset: map.page_offset,
                    path: String::from_utf8_lossy(&map.path.as_slice()).into_owned().into(),
                },
            ),
            _ => {}
        }
    }
    Ok(recording)
}

/// The words of what was copied from a stack, of which only so many bytes are from it.
fn words(bytes: &[u8], size: u64) -> Vec<u64> {
    let used = &bytes[..bytes.len().min(size as usize)];
    used.chunks_exact(8).map(|word| u64::from_ne_bytes(word.try_into().expect("eight bytes"))).collect()
}

impl Recording {
    fn map(&mut self, process: i32, mapping: Mapping) {
        self.mappings.entry(process).or_default().push(mapping);
    }

    /// A process and those that it was forked from, as long as they ran the same program.
    pub fn ancestry(&self, process: i32) -> Vec<i32> {
        let mut all = vec![process];
        while let Some(parent) = all.last().and_then(|last| self.parents.get(last)) {
            if all.contains(parent) {
                break;
            }
            all.push(*parent);
        }
        all
    }

    /// Part of which file an address is.
    fn mapping(&self, process: i32, address: u64) -> Option<&Mapping> {
        let holds = |m: &&Mapping| (m.start..m.start + m.size).contains(&address);
        self.ancestry(process).iter().find_map(|p| self.mappings.get(p)?.iter().rev().find(holds))
    }

    /// The function that an address of a sample's process is in.
    pub fn symbol(&self, sample: &Sample, address: u64, symbols: &mut Symbols) -> Option<Symbol> {
        if sample.is_kernel && address == sample.address {
            return None;
        }
        let mapping = self.mapping(sample.process, address)?;
        symbols.find(&mapping.path, address - mapping.start + mapping.offset)
    }
}

impl Sample {
    /// What to call code without symbols.
    pub fn module_name(&self, recording: &Recording) -> String {
        if self.is_kernel {
            return "[kernel]".to_owned();
        }
        let path = recording.mapping(self.process, self.address).map(|mapping| mapping.path.as_path());
        let name = path.and_then(Path::file_name).map(|name| name.to_string_lossy());
        format!("[{}]", name.as_deref().unwrap_or("unknown"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_stack_only_what_was_copied_counts() {
        let bytes: Vec<u8> = [1_u64, 2, 3].iter().flat_map(|word| word.to_ne_bytes()).collect();
        assert_eq!(words(&bytes, 16), [1, 2]);
        assert_eq!(words(&bytes, 23), [1, 2]);
        assert_eq!(words(&bytes, 1024), [1, 2, 3]);
    }

    #[test]
    fn children_have_what_their_parents_had() {
        let mut recording = Recording::default();
        recording.parents.extend([(3, 2), (2, 1)]);
        let mapping = |start, path: &str| Mapping { start, size: 10, offset: 0, path: path.into() };
        recording.map(1, mapping(100, "a"));
        recording.map(3, mapping(200, "b"));
        recording.map(1, mapping(105, "c"));
        let path = |address| recording.mapping(3, address).map(|m| m.path.display().to_string());
        assert_eq!(path(104).as_deref(), Some("a"));
        assert_eq!(path(106).as_deref(), Some("c"));
        assert_eq!(path(209).as_deref(), Some("b"));
        assert_eq!(path(300), None);
    }
}
