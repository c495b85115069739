//! The options of the running interpreter, each with a flag of `-m pyjion` and a twin in the environment:
//! one table says what each means and what it defaults to.

#[cfg(test)]
mod tests;
mod values;

use super::heat;
use crate::backend::Choice;
use crate::passes::{Omitted, PASSES};
use std::fmt;
use values::{
    set_backend, set_dump, set_number, set_only, set_passes, set_perf, set_size, set_stats, set_switch,
};

/// Documentation of one option.
pub struct Documented {
    /// The variable.
    pub name: &'static str,
    /// The flag.
    pub flag: &'static str,
    /// The flag needs no value: alone, it is 1, and with a `no-` it is 0.
    pub is_switch: bool,
    /// What it takes, for error messages and help.
    pub takes: &'static str,
    /// What holds when it is not set, for error messages and help.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
    set: fn(&mut Options, &str) -> bool,
}

/// Every option of the running interpreter.
pub const TABLE: &[Documented] = &[
    Documented {
        name: "PYJION",
        flag: "--jit",
        is_switch: true,
        takes: "0 or 1",
        default: "1",
        meaning: "0 starts with the JIT switched off; pyjion.enable() can switch it on",
        set: |options, text| set_switch(&mut options.enabled, text),
    },
    Documented {
        name: "PYJION_THRESHOLD",
        flag: "--threshold",
        is_switch: false,
        takes: "a whole number of at least 1",
        default: "3000",
        meaning: "how hot code must be: this many iterations of a short loop, a call counting as \
                  four, more for larger code, and three times as many in a program that has run for long; 1 \
                  compiles everything at its first call",
        set: |options, text| set_number(&mut options.threshold, text, 1),
    },
    Documented {
        name: "PYJION_BACKGROUND",
        flag: "--background",
        is_switch: true,
        takes: "0 or 1",
        default: "1",
        meaning: "1 compiles in a thread of its own while the program runs on, where there is a processor to \
                  spare and the threshold is above 1; 0 has the program wait for each compilation",
        set: |options, text| set_switch(&mut options.background, text),
    },
    Documented {
        name: "PYJION_STATS",
        flag: "--stats",
        is_switch: true,
        takes: "0, 1 or a path with a slash",
        default: "0",
        meaning: "1 prints a table of statistics to stderr at exit, the share of bytecodes of hot code that native \
                  code executed first; a path appends them to that file as a line of JSON, one for each process",
        set: set_stats,
    },
    Documented {
        name: "PYJION_DUMP",
        flag: "--dump",
        is_switch: false,
        takes: "stages (bytecode, hir, hir@ and the name of a pass, hir-final, clif, asm or all, separated by \
                commas), then optionally a colon and a file name",
        default: "no dump",
        meaning: "writes these stages of everything compiled to the file or to stderr",
        set: set_dump,
    },
    Documented {
        name: "PYJION_PERF",
        flag: "--perf",
        is_switch: true,
        takes: "0, 1 or a directory with a slash",
        default: "0",
        meaning: "1 writes compiled code with its lines to /tmp/jit-PID.dump, for `perf inject --jit`; a directory \
                  has it written there",
        set: set_perf,
    },
    Documented {
        name: "PYJION_GDB",
        flag: "--gdb",
        is_switch: true,
        takes: "0 or 1",
        default: "0",
        meaning: "1 tells GDB of compiled code: its backtraces have functions and lines of the program then",
        set: |options, text| set_switch(&mut options.gdb, text),
    },
    Documented {
        name: "PYJION_ONLY",
        flag: "--only",
        is_switch: false,
        takes: "name or file:name patterns, separated by commas",
        default: "everything",
        meaning: "compiles only code whose name (and file) match; * and ? stand for any characters",
        set: set_only,
    },
    Documented {
        name: "PYJION_STRESS_EXIT",
        flag: "--stress-exit",
        is_switch: false,
        takes: "a whole number of at least 0",
        default: "0",
        meaning: "every Nth guard that would pass fails instead; 0 for none",
        set: |options, text| set_number(&mut options.stress_exit, text, 0),
    },
    Documented {
        name: "PYJION_STRESS_INVALIDATE",
        flag: "--stress-invalidate",
        is_switch: false,
        takes: "a whole number of at least 0",
        default: "0",
        meaning: "every Nth entry or check of validity makes that native code invalid: frames leave it at \
                  their next check, and it is compiled again, up to 100 times a place; 0 for none",
        set: |options, text| set_number(&mut options.stress_invalidate, text, 0),
    },
    Documented {
        name: "PYJION_STRESS_MEMORY",
        flag: "--stress-memory",
        is_switch: false,
        takes: "a whole number of at least 0",
        default: "0",
        meaning: "every Nth object that native code makes by itself, and every Nth allocation of the JIT's own, finds \
                  no memory: programs get a MemoryError there; 0 for none",
        set: |options, text| set_number(&mut options.stress_memory, text, 0),
    },
    Documented {
        name: "PYJION_STRESS_FAIL",
        flag: "--stress-fail",
        is_switch: true,
        takes: "0 or 1",
        default: "0",
        meaning: "1 makes every compilation fail",
        set: |options, text| set_switch(&mut options.stress_fail, text),
    },
    Documented {
        name: "PYJION_NO_UNBOX",
        flag: "--no-unbox",
        is_switch: true,
        takes: "0 or 1",
        default: "0",
        meaning: "1 keeps ints and floats boxed",
        set: |options, text| set_switch(&mut options.no_unbox, text),
    },
    Documented {
        name: "PYJION_NO_OPT",
        flag: "--no-opt",
        is_switch: true,
        takes: "0 or 1",
        default: "0",
        meaning: "1 leaves out every pass that only makes code better, and generates all code in one pass",
        set: |options, text| set_switch(&mut options.no_opt, text),
    },
    Documented {
        name: "PYJION_NO_BASELINE",
        flag: "--no-baseline",
        is_switch: true,
        takes: "0 or 1",
        default: "0",
        meaning: "1 has all code generated by Cranelift, and none first in one pass, to be replaced when it has run often",
        set: |options, text| set_switch(&mut options.no_baseline, text),
    },
    Documented {
        name: "PYJION_BACKEND",
        flag: "--backend",
        is_switch: false,
        takes: "cranelift or interp",
        default: "cranelift",
        meaning: "what makes native code: interp has the intermediate representation evaluated instead, slowly, to tell \
                  whether a fault is in the machine code",
        set: |options, text| set_backend(&mut options.backend, text),
    },
    Documented {
        name: "PYJION_NO_SPECULATE",
        flag: "--no-speculate",
        is_switch: true,
        takes: "0 or 1",
        default: "0",
        meaning: "1 compiles without regard to the types observed",
        set: |options, text| set_switch(&mut options.no_speculate, text),
    },
    Documented {
        name: "PYJION_PASSES",
        flag: "--passes",
        is_switch: false,
        takes: "names of passes to leave out, each after a minus sign, separated by commas; * and ? stand for any \
                characters",
        default: "all run",
        meaning: "leaves these passes out, like -unbox or -simplify*; those that native code cannot do without stay",
        set: set_passes,
    },
    Documented {
        name: "PYJION_VERIFY",
        flag: "--verify",
        is_switch: true,
        takes: "0 or 1",
        default: "0",
        meaning: "1 checks the intermediate representation after every pass, and that every reference in it is \
                  consumed exactly once on every path: code that breaks a rule is not run natively, and the reason \
                  is among the failures",
        set: |options, text| set_switch(&mut options.verify, text),
    },
    Documented {
        name: "PYJION_MAX_VALUES",
        flag: "--max-values",
        is_switch: false,
        takes: "a whole number of at least 1",
        default: "40000",
        meaning: "most values of the intermediate representation before optimisation: the parts of code \
                  that would be beyond are left to the interpreter",
        set: |options, text| set_number(&mut options.max_values, text, 1),
    },
    Documented {
        name: "PYJION_MAX_CODE",
        flag: "--max-code",
        is_switch: false,
        takes: "a number of bytes, kilobytes (256K) or megabytes (64M)",
        default: "64M",
        meaning: "most machine code there may be: when more is wanted, that of the least used code goes, \
                  and has to become hot again",
        set: |options, text| set_size(&mut options.max_code, text),
    },
    Documented {
        name: "PYJION_MAX_CODE_MB",
        flag: "--max-code-mb",
        is_switch: false,
        takes: "a whole number of at least 0",
        default: "64",
        meaning: "the same in megabytes",
        set: |options, text| set_size(&mut options.max_code, &format!("{text}M")),
    },
];

/// Variables of the build tool, which may be set when the interpreter runs.
const BUILD_TOOL: &[&str] = &["PYJION_DOWNLOADS", "PYJION_PREFIX", "PYJION_TARGET"];

/// Families of such variables.
const BUILD_TOOL_PREFIXES: &[&str] =
    &["PYJION_BENCH_", "PYJION_BUILD_", "PYJION_CPYTHON_", "PYJION_FUZZ_", "PYJION_SHARE_", "PYJION_TEST_"];

/// Every option with its flag and its variable, for people.
pub fn help() -> String {
    let mut text =
        "0 and 1 may be spelt off and on, no and yes, or false and true, in any case.\n".to_owned();
    for option in TABLE {
        let value = if option.is_switch { "" } else { " VALUE" };
        text.push_str(&format!(
            "\n{}{value}, {} ({}; default: {})\n    {}\n",
            option.flag, option.name, option.takes, option.default, option.meaning
        ));
    }
    text
}

/// Whether a variable is none of the running interpreter's business.
fn is_of_build_tool(name: &str) -> bool {
    BUILD_TOOL.contains(&name) || BUILD_TOOL_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Stages that can be dumped, besides what each pass leaves.
pub const STAGES: &[&str] = &["bytecode", "hir", "hir-final", "clif", "asm"];

/// The stage with this name: one of [`STAGES`], or `hir@` and the name of a pass.
pub fn stage_named(name: &str) -> Option<&'static str> {
    let after_passes = PASSES.iter().map(|pass| pass.text);
    STAGES.iter().copied().chain(after_passes).find(|stage| *stage == name)
}

/// Where dumps go, and of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dump {
    /// Stages, as [`stage_named`] has them.
    pub stages: Vec<&'static str>,
    /// The file to append to; stderr when there is none.
    pub path: Option<String>,
}

/// Where statistics go at exit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// To stderr, as a table.
    Table,
    /// To the end of this file, as a line of JSON.
    Json(String),
}

/// A `PYJION_ONLY` pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    file: Option<String>,
    name: String,
}

/// What the environment asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The JIT is on.
    pub enabled: bool,
    /// How hot code must be.
    pub threshold: u32,
    /// Compile in the background.
    pub background: bool,
    /// Measure in detail, and report it at exit.
    pub stats: Option<Report>,
    /// Dump what is compiled.
    pub dump: Option<Dump>,
    /// The directory where compiled code is described for perf.
    pub perf: Option<String>,
    /// Describe compiled code to GDB.
    pub gdb: bool,
    /// Compile only what matches one of these; empty means everything.
    pub only: Vec<Pattern>,
    /// Make every Nth guard fail; 0 for none.
    pub stress_exit: u32,
    /// Make the running code invalid at every Nth entry or check; 0 for none.
    pub stress_invalidate: u32,
    /// Have every Nth allocation find no memory; 0 for none.
    pub stress_memory: u32,
    /// Make every compilation fail.
    pub stress_fail: bool,
    /// Keep numbers boxed.
    pub no_unbox: bool,
    /// Do not optimise.
    pub no_opt: bool,
    /// Have all code generated with full effort.
    pub no_baseline: bool,
    /// What makes native code.
    pub backend: Choice,
    /// Ignore observed types.
    pub no_speculate: bool,
    /// Passes to leave out, besides those that the other options mean.
    pub passes: Omitted,
    /// Verify after every pass.
    pub verify: bool,
    /// Values of a function after which the rest of it is left to the interpreter.
    pub max_values: u32,
    /// Cap on machine code, in bytes.
    pub max_code: usize,
}

impl Options {
    /// The passes that are left out.
    pub fn omitted(&self) -> Omitted {
        let mut omitted = self.passes;
        if self.no_unbox {
            omitted = omitted.and(|pass| pass.name == "unbox");
        }
        if self.no_opt { omitted.with(Omitted::optional()) } else { omitted }
    }
}

impl Default for Options {
    fn default() -> Options {
        Options {
            enabled: true,
            threshold: heat::DEFAULT_THRESHOLD,
            background: true,
            stats: None,
            dump: None,
            perf: None,
            gdb: false,
            only: Vec::new(),
            stress_exit: 0,
            stress_invalidate: 0,
            stress_memory: 0,
            stress_fail: false,
            no_unbox: false,
            no_opt: false,
            no_baseline: false,
            backend: Choice::default(),
            no_speculate: false,
            passes: Omitted::default(),
            verify: false,
            max_values: 40_000,
            max_code: 64 << 20,
        }
    }
}

/// Something wrong with a variable or flag; its text is the line for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// The value makes no sense.
    Malformed {
        /// The variable.
        name: &'static str,
        /// Its value.
        value: String,
        /// What it takes.
        takes: &'static str,
        /// What is used instead.
        default: &'static str,
    },
    /// There is no such variable.
    Unknown {
        /// The variable.
        name: String,
        /// Its value.
        value: String,
    },
    /// The value of a flag makes no sense.
    MalformedFlag {
        /// The flag.
        flag: String,
        /// Its value; nothing when there is none.
        value: Option<String>,
        /// What it takes.
        takes: &'static str,
    },
    /// There is no such flag.
    UnknownFlag {
        /// The flag.
        flag: String,
    },
}

impl Complaint {
    /// The variable complained about and its value.
    pub fn variable(&self) -> Option<(&str, &str)> {
        match self {
            Complaint::Malformed { name, value, .. } => Some((name, value)),
            Complaint::Unknown { name, value } => Some((name, value)),
            Complaint::MalformedFlag { .. } | Complaint::UnknownFlag { .. } => None,
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Complaint::Malformed { name, value, takes, default } => {
                write!(f, "pyjion: {name}: {value:?} is not {takes}; using {default}")
            }
            Complaint::Unknown { name, .. } => {
                write!(f, "pyjion: {name}: there is no such option; ignored")
            }
            Complaint::MalformedFlag { flag, value: Some(value), takes } => {
                write!(f, "pyjion: {flag}: {value:?} is not {takes}")
            }
            Complaint::MalformedFlag { flag, value: None, takes } => {
                write!(f, "pyjion: {flag} needs a value: {takes}")
            }
            Complaint::UnknownFlag { flag } => {
                write!(f, "pyjion: {flag}: there is no such option; --help lists them")
            }
        }
    }
}

/// How many arguments a flag was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flags {
    /// Itself, with its value if it has one.
    One,
    /// Its value was the next argument.
    WithNext,
}

impl Options {
    /// Sets what a flag says: `--flag`, `--no-flag` or `--flag=value`, or `--flag` with its value as the
    /// next argument, if it needs one.
    pub fn set_flag(&mut self, argument: &str, next: Option<&str>) -> Result<Flags, Complaint> {
        let (flag, joined) = match argument.split_once('=') {
            Some((flag, value)) => (flag, Some(value)),
            None => (argument, None),
        };
        let known = |flag: &str| TABLE.iter().find(|documented| documented.flag == flag);
        let negated = || {
            let positive = format!("--{}", flag.strip_prefix("--no-")?);
            known(&positive).filter(|documented| documented.is_switch && joined.is_none())
        };
        let (documented, value, flags) = match (known(flag), joined) {
            (Some(documented), Some(value)) => (documented, Some(value), Flags::One),
            (Some(documented), None) if documented.is_switch => (documented, Some("1"), Flags::One),
            (Some(documented), None) => (documented, next, Flags::WithNext),
            (None, _) => match negated() {
                Some(documented) => (documented, Some("0"), Flags::One),
                None => return Err(Complaint::UnknownFlag { flag: flag.to_owned() }),
            },
        };
        match value {
            Some(value) if (documented.set)(self, value) => Ok(flags),
            value => Err(Complaint::MalformedFlag {
                flag: flag.to_owned(),
                value: value.map(str::to_owned),
                takes: documented.takes,
            }),
        }
    }

    /// Reads the variables given, and says what is wrong with them.
    pub fn parse(variables: impl IntoIterator<Item = (String, String)>) -> (Options, Vec<Complaint>) {
        let mut options = Options::default();
        let mut complaints = Vec::new();
        let mut ours: Vec<(String, String)> = variables
            .into_iter()
            .filter(|(name, _)| name == "PYJION" || name.starts_with("PYJION_"))
            .collect();
        ours.sort();
        for (name, value) in ours {
            if is_of_build_tool(&name) {
                continue;
            }
            match TABLE.iter().find(|documented| documented.name == name) {
                None => complaints.push(Complaint::Unknown { name, value }),
                // Set to nothing is not set, as for PYTHON* variables.
                Some(_) if value.is_empty() => {}
                Some(documented) => {
                    if !(documented.set)(&mut options, &value) {
                        complaints.push(Complaint::Malformed {
                            name: documented.name,
                            value,
                            takes: documented.takes,
                            default: documented.default,
                        });
                    }
                }
            }
        }
        (options, complaints)
    }

    /// Reads the environment of the process.
    pub fn from_environment() -> (Options, Vec<Complaint>) {
        Options::parse(std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        }))
    }

    /// Whether `PYJION_ONLY` lets code of this file and name be compiled.
    pub fn selects(&self, file: &str, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|pattern| pattern.matches(file, name))
    }
}

impl Pattern {
    fn parse(text: &str) -> Option<Pattern> {
        let (file, name) = match text.rsplit_once(':') {
            Some((file, name)) => (Some(file.to_owned()), name),
            None => (None, text),
        };
        let complete = !name.is_empty() && file.as_deref() != Some("");
        complete.then(|| Pattern { file, name: name.to_owned() })
    }

    /// The file pattern is for the whole path or for its last part.
    fn matches(&self, file: &str, name: &str) -> bool {
        let last = file.rsplit('/').next().unwrap_or(file);
        let file_matches =
            self.file.as_deref().is_none_or(|pattern| glob(pattern, file) || glob(pattern, last));
        file_matches && glob(&self.name, name)
    }
}

/// Whether a pattern with `*` and `?` matches all of a text.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where to go on when the text after the latest `*` does not match: let it swallow one more.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match &mut retry {
                Some((star, swallowed)) => {
                    *swallowed += 1;
                    (p, t) = (*star + 1, *swallowed);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}
