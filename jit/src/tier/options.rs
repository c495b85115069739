//! The options of the running interpreter, each with a flag of `-m pyjion` and a twin in the environment:
//! one table says what each means and what it defaults to.

use std::fmt;

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
        default: "6000",
        meaning: "how hot code must be: three times this many loop iterations, a call counting as \
                  four, more for larger code; 1 compiles everything at its first call",
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
        takes: "stages (bytecode, hir, hir-final, clif, asm or all, separated by commas), then \
                optionally a colon and a file name",
        default: "no dump",
        meaning: "writes these stages of everything compiled to the file or to stderr",
        set: set_dump,
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
        meaning: "1 leaves out every pass that only makes code better, those of Cranelift too",
        set: |options, text| set_switch(&mut options.no_opt, text),
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

/// Stages that can be dumped.
pub const STAGES: &[&str] = &["bytecode", "hir", "hir-final", "clif", "asm"];

/// Where dumps go, and of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dump {
    /// Stages, out of [`STAGES`].
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
    /// Ignore observed types.
    pub no_speculate: bool,
    /// Values of a function after which the rest of it is left to the interpreter.
    pub max_values: u32,
    /// Cap on machine code, in bytes.
    pub max_code: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            enabled: true,
            threshold: 6000,
            background: true,
            stats: None,
            dump: None,
            only: Vec::new(),
            stress_exit: 0,
            stress_invalidate: 0,
            stress_memory: 0,
            stress_fail: false,
            no_unbox: false,
            no_opt: false,
            no_speculate: false,
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

/// What a switch is to be; any case will do.
fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "0" | "off" | "no" | "false" => Some(false),
        "1" | "on" | "yes" | "true" => Some(true),
        _ => None,
    }
}

fn set_switch(flag: &mut bool, text: &str) -> bool {
    let value = switch(text);
    *flag = value.unwrap_or(*flag);
    value.is_some()
}

fn set_number(number: &mut u32, text: &str, least: u32) -> bool {
    match text.parse::<u32>() {
        Ok(value) if value >= least => *number = value,
        _ => return false,
    }
    true
}

fn set_size(size: &mut usize, text: &str) -> bool {
    let (digits, unit) = match text.as_bytes().last() {
        Some(b'K') => (&text[..text.len() - 1], 1 << 10),
        Some(b'M') => (&text[..text.len() - 1], 1 << 20),
        _ => (text, 1),
    };
    let bytes = digits.parse::<u32>().ok().and_then(|number| (number as usize).checked_mul(unit));
    if let Some(bytes) = bytes {
        *size = bytes;
    }
    bytes.is_some()
}

fn set_stats(options: &mut Options, text: &str) -> bool {
    options.stats = match switch(text) {
        Some(false) => None,
        Some(true) => Some(Report::Table),
        None if text.contains('/') => Some(Report::Json(text.to_owned())),
        None => return false,
    };
    true
}

fn set_dump(options: &mut Options, text: &str) -> bool {
    let (names, path) = match text.split_once(':') {
        Some((names, path)) => (names, Some(path)),
        None => (text, None),
    };
    let mut stages = Vec::new();
    for name in names.split(',') {
        match STAGES.iter().find(|stage| **stage == name) {
            Some(stage) => stages.push(*stage),
            None if name == "all" => stages.extend_from_slice(STAGES),
            None => return false,
        }
    }
    let path = path.filter(|path| *path != "stderr").map(str::to_owned);
    if path.as_deref() == Some("") {
        return false;
    }
    options.dump = Some(Dump { stages, path });
    true
}

fn set_only(options: &mut Options, text: &str) -> bool {
    match text.split(',').map(Pattern::parse).collect() {
        Some(patterns) => options.only = patterns,
        None => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(variables: &[(&str, &str)]) -> (Options, Vec<String>) {
        let owned = variables.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        let (options, complaints) = Options::parse(owned);
        (options, complaints.iter().map(Complaint::to_string).collect())
    }

    #[test]
    fn nothing_set_is_the_default() {
        assert_eq!(parse(&[("HOME", "/"), ("PYJIONX", "1")]), (Options::default(), vec![]));
        assert_eq!(parse(&[("PYJION", ""), ("PYJION_THRESHOLD", "")]), (Options::default(), vec![]));
    }

    #[test]
    fn the_table_states_the_defaults() {
        for documented in TABLE {
            let mut options = Options::default();
            if (documented.set)(&mut options, documented.default) {
                // "everything" is a name that a pattern could have.
                options.only.clear();
                assert_eq!(options, Options::default(), "{}", documented.name);
            }
        }
    }

    #[test]
    fn values() {
        let (options, complaints) = parse(&[
            ("PYJION", "0"),
            ("PYJION_THRESHOLD", "1"),
            ("PYJION_BACKGROUND", "0"),
            ("PYJION_STATS", "1"),
            ("PYJION_DUMP", "hir,asm:/tmp/a:b"),
            ("PYJION_STRESS_EXIT", "7"),
            ("PYJION_STRESS_INVALIDATE", "31"),
            ("PYJION_STRESS_MEMORY", "13"),
            ("PYJION_STRESS_FAIL", "1"),
            ("PYJION_NO_UNBOX", "1"),
            ("PYJION_NO_OPT", "1"),
            ("PYJION_NO_SPECULATE", "1"),
            ("PYJION_MAX_VALUES", "150"),
            ("PYJION_MAX_CODE_MB", "2"),
        ]);
        assert_eq!(complaints, Vec::<String>::new());
        let dump = Some(Dump { stages: vec!["hir", "asm"], path: Some("/tmp/a:b".to_owned()) });
        let expected = Options {
            enabled: false,
            threshold: 1,
            background: false,
            stats: Some(Report::Table),
            dump,
            only: vec![],
            stress_exit: 7,
            stress_invalidate: 31,
            stress_memory: 13,
            stress_fail: true,
            no_unbox: true,
            no_opt: true,
            no_speculate: true,
            max_values: 150,
            max_code: 2 << 20,
        };
        assert_eq!(options, expected);
    }

    #[test]
    fn statistics_go_to_stderr_or_a_file() {
        for (text, expected) in [
            ("0", None),
            ("1", Some(Report::Table)),
            ("off", None),
            ("Yes", Some(Report::Table)),
            ("/tmp/s", Some(Report::Json("/tmp/s".to_owned()))),
            ("./s", Some(Report::Json("./s".to_owned()))),
        ] {
            assert_eq!(parse(&[("PYJION_STATS", text)]).0.stats, expected, "{text}");
        }
        let (options, complaints) = parse(&[("PYJION_STATS", "2")]);
        let complaint = "pyjion: PYJION_STATS: \"2\" is not 0, 1 or a path with a slash; using 0";
        assert_eq!((options.stats, complaints), (None, vec![complaint.to_owned()]));
    }

    #[test]
    fn sizes_have_units() {
        for text in ["2M", "", "x", "-1"] {
            let (options, complaints) = parse(&[("PYJION_MAX_CODE_MB", text)]);
            assert_eq!(
                (options.max_code, complaints.len()),
                (64 << 20, usize::from(!text.is_empty())),
                "{text}"
            );
        }
        for (text, bytes) in [("0", 0), ("100", 100), ("256K", 256 << 10), ("3M", 3 << 20)] {
            let (options, complaints) = parse(&[("PYJION_MAX_CODE", text)]);
            assert_eq!((options.max_code, complaints.len()), (bytes, 0), "{text}");
        }
        for text in ["K", "1G", "-1", "1.5M", "1 M", "MM"] {
            let (options, complaints) = parse(&[("PYJION_MAX_CODE", text)]);
            assert_eq!((options.max_code, complaints.len()), (64 << 20, 1), "{text}");
        }
    }

    #[test]
    fn dump_goes_to_stderr_by_default() {
        for text in ["clif", "clif:stderr"] {
            let (options, _) = parse(&[("PYJION_DUMP", text)]);
            assert_eq!(options.dump, Some(Dump { stages: vec!["clif"], path: None }), "{text}");
        }
        assert_eq!(parse(&[("PYJION_DUMP", "all")]).0.dump.unwrap().stages, STAGES);
        for text in ["", ",", "hir,", "hir:", "x"] {
            let (options, complaints) = parse(&[("PYJION_DUMP", text)]);
            assert_eq!(options.dump, None, "{text}");
            assert_eq!(complaints.is_empty(), text.is_empty(), "{text}");
        }
    }

    #[test]
    fn complaints_name_the_value_and_the_default() {
        for value in ["abc", "0", "-1", "1.5", " 7", "99999999999"] {
            let (options, complaints) = parse(&[("PYJION_THRESHOLD", value)]);
            assert_eq!(options, Options::default());
            let line = format!(
                "pyjion: PYJION_THRESHOLD: {value:?} is not a whole number of at least 1; using 6000"
            );
            assert_eq!(complaints, [line]);
        }
        let (_, complaints) = parse(&[("PYJION_TRESHOLD", "5"), ("PYJION", "maybe")]);
        assert_eq!(
            complaints,
            [
                "pyjion: PYJION: \"maybe\" is not 0 or 1; using 1",
                "pyjion: PYJION_TRESHOLD: there is no such option; ignored",
            ]
        );
    }

    #[test]
    fn switches_take_the_usual_words() {
        for documented in TABLE.iter().filter(|documented| documented.is_switch) {
            let set = |text: &str| {
                let mut options = Options::default();
                (documented.set)(&mut options, text).then_some(options)
            };
            let (off, on) = (set("0"), set("1"));
            assert!(off.is_some() && on.is_some() && off != on, "{}", documented.name);
            for (no, yes) in [("off", "on"), ("no", "yes"), ("false", "true"), ("OFF", "On"), ("No", "YES")] {
                assert_eq!((set(no), set(yes)), (off.clone(), on.clone()), "{}", documented.name);
            }
            for text in ["", "2", "offf", " on", "-1"] {
                assert_eq!(set(text), None, "{}: {text}", documented.name);
            }
        }
    }

    #[test]
    fn flags_are_named_after_the_variables() {
        for documented in TABLE {
            let flag = match documented.name {
                "PYJION" => "--jit".to_owned(),
                name => name.replace("PYJION_", "--").replace('_', "-").to_lowercase(),
            };
            assert_eq!(documented.flag, flag);
            let variable = |value: &str| parse(&[(documented.name, value)]).0;
            let flag = |text: &str, next: Option<&str>| {
                let mut options = Options::default();
                options.set_flag(text, next).map(|flags| (options, flags))
            };
            if documented.is_switch {
                assert_eq!(flag(documented.flag, Some("0")), Ok((variable("1"), Flags::One)));
                let negated = documented.flag.replacen("--", "--no-", 1);
                assert_eq!(flag(&negated, None), Ok((variable("0"), Flags::One)));
                assert!(flag(&format!("{negated}=1"), None).is_err());
            } else {
                let value = if documented.name == "PYJION_DUMP" { "hir" } else { "7" };
                assert_eq!(flag(documented.flag, Some(value)), Ok((variable(value), Flags::WithNext)));
                let joined = format!("{}={value}", documented.flag);
                assert_eq!(flag(&joined, None), Ok((variable(value), Flags::One)));
                assert!(flag(documented.flag, None).is_err());
            }
        }
    }

    #[test]
    fn the_build_tool_has_its_own_variables() {
        let (options, complaints) =
            parse(&[("PYJION_CPYTHON_GIT", "x"), ("PYJION_PREFIX", "y"), ("PYJION_BUILD_JOBS", "2")]);
        assert_eq!((options, complaints), (Options::default(), vec![]));
    }

    #[test]
    fn only_selects_by_name_and_file() {
        let (all, _) = parse(&[]);
        assert!(all.selects("/a/b.py", "f"));
        let (options, _) = parse(&[("PYJION_ONLY", "f,b.py:g*,/lib/*:h,<stdin>:?")]);
        assert!(options.selects("/a/b.py", "f"));
        assert!(options.selects("/a/b.py", "get"));
        assert!(!options.selects("/a/c.py", "get"));
        assert!(options.selects("/lib/x/y.py", "h"));
        assert!(!options.selects("/a/lib.py", "h"));
        assert!(options.selects("<stdin>", "i"));
        assert!(!options.selects("<stdin>", "ii"));
        for text in [":f", "f:", ",", "f,"] {
            let (options, complaints) = parse(&[("PYJION_ONLY", text)]);
            assert!(options.only.is_empty() && complaints.len() == 1, "{text}");
        }
    }

    #[test]
    fn glob_backtracks() {
        assert!(glob("*ab*c", "aabxabc"));
        assert!(!glob("*ab*c", "aabxab"));
        assert!(glob("", "") && glob("**", "") && !glob("?", ""));
    }
}
