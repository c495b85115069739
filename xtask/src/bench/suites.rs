//! The table of programs in `ci/bench/suites.toml`, and which of them were asked for.

use crate::dirs::Dirs;
use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// How a program is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A process is an iteration; its standard output is what it did.
    Script,
    /// `driver.py` runs iterations one after the other in one process and reports each.
    Loop,
}

/// A program to measure.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// Its suite.
    pub suite: String,
    /// Its name, which no other program of the suite has.
    pub name: String,
    /// What it is compared together with.
    pub group: String,
    /// How it is run.
    pub kind: Kind,
    /// Its file, below `ci/bench` or from a placeholder on; may be empty where the arguments say what to run.
    #[serde(default)]
    pub path: String,
    /// Its arguments, with placeholders.
    #[serde(default)]
    pub args: Vec<String>,
    /// The versions (`2.7`) that it is for; all when empty.
    #[serde(default)]
    versions: Vec<String>,
    /// What is in its environment besides, as NAME=VALUE, with placeholders.
    #[serde(default)]
    pub env: Vec<String>,
    /// Where it comes from, for people.
    #[serde(default)]
    #[allow(dead_code, reason = "only people read it")]
    source: String,
    /// How many times an iteration does what the program counts as one; the driver reads it.
    #[serde(default)]
    #[allow(dead_code, reason = "the driver reads it")]
    loops: Option<u64>,
    /// Lists that it is on.
    #[serde(default)]
    #[allow(dead_code, reason = "only people read them")]
    tags: Vec<String>,
}

impl Program {
    /// A program that is nothing but arguments of the interpreter.
    pub fn of_arguments(suite: &str, name: &str, args: &[&str]) -> Program {
        Program {
            suite: suite.into(),
            name: name.into(),
            group: suite.into(),
            kind: Kind::Script,
            path: String::new(),
            args: args.iter().map(|arg| arg.to_string()).collect(),
            versions: Vec::new(),
            env: Vec::new(),
            source: String::new(),
            loops: None,
            tags: Vec::new(),
        }
    }

    /// Whether it needs what is installed for programs.
    pub fn needs_deps(&self) -> bool {
        let mut texts = self.args.iter().chain(&self.env).chain([&self.path]);
        texts.any(|text| text.contains("{deps}"))
    }

    /// Whether it runs on a version.
    pub fn is_for(&self, short: &str) -> bool {
        self.versions.is_empty() || self.versions.iter().any(|v| v == short)
    }

    /// What no other program is called: `suite/name`.
    pub fn id(&self) -> String {
        format!("{}/{}", self.suite, self.name)
    }
}

/// `suites.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suites {
    #[serde(rename = "program")]
    programs: Vec<Program>,
}

/// The folder of the programs.
pub fn folder(dirs: &Dirs) -> PathBuf {
    dirs.root.join("ci/bench")
}

impl Suites {
    /// Reads and checks the table of this checkout.
    pub fn load(dirs: &Dirs) -> Result<Suites> {
        let path = folder(dirs).join("suites.toml");
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Suites::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    /// Reads and checks the text of a table.
    pub fn parse(text: &str) -> Result<Suites> {
        let table: Suites = toml::from_str(text)?;
        let mut ids: Vec<String> = table.programs.iter().map(Program::id).collect();
        ids.sort();
        if let Some(pair) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
            bail!("there are two programs {}", pair[0]);
        }
        for program in &table.programs {
            let runs = program.kind == Kind::Loop || !program.path.is_empty() || !program.args.is_empty();
            let pairs =
                program.env.iter().all(|pair| pair.split_once('=').is_some_and(|(n, _)| !n.is_empty()));
            ensure!(pairs, "{}: env is a list of NAME=VALUE", program.id());
            ensure!(runs, "{} has neither a path nor arguments", program.id());
            let plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
            // Results are kept in files of these names.
            let is_file_name = |text: &str| !text.is_empty() && text.chars().all(plain);
            ensure!(is_file_name(&program.name), "{}: a name is letters, digits and _-.", program.id());
            ensure!(is_file_name(&program.suite), "{}: a suite is letters, digits and _-.", program.id());
        }
        Ok(table)
    }

    /// The names of the suites, in the order of the file.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for program in &self.programs {
            if !names.contains(&program.suite.as_str()) {
                names.push(&program.suite);
            }
        }
        names
    }

    /// The programs of some suites (or of all, when `all` is among them) whose name contains `filter`.
    pub fn select(&self, suites: &[String], filter: Option<&str>) -> Result<Vec<&Program>> {
        let known = self.names();
        for name in suites {
            ensure!(
                name == "all" || known.contains(&name.as_str()),
                "there is no suite `{name}`; there are {}, and all",
                known.join(", ")
            );
        }
        let wanted = |p: &&Program| suites.iter().any(|s| s == "all" || *s == p.suite);
        let of_suites: Vec<&Program> = self.programs.iter().filter(wanted).collect();
        let Some(filter) = filter else { return Ok(of_suites) };
        let named: Vec<&Program> = of_suites.iter().filter(|p| p.name.contains(filter)).copied().collect();
        ensure!(
            !named.is_empty(),
            "none of the {} programs of {} has a name that contains {filter:?}",
            of_suites.len(),
            suites.join(", ")
        );
        Ok(named)
    }
}

/// What the placeholders in a program's path and arguments stand for.
pub struct Places<'a> {
    /// The interpreter.
    pub python: &'a Path,
    /// Files that programs read.
    pub data: &'a Path,
    /// What is installed for them.
    pub deps: &'a Path,
    /// An empty folder of this one run.
    pub scratch: &'a Path,
    /// CPython's source tree.
    pub source: &'a Path,
}

impl Places<'_> {
    /// Puts them in.
    pub fn expand(&self, text: &str) -> String {
        let pairs = [
            ("{python}", self.python),
            ("{data}", self.data),
            ("{deps}", self.deps),
            ("{scratch}", self.scratch),
            ("{source}", self.source),
        ];
        pairs.iter().fold(text.to_string(), |text, (name, path)| text.replace(name, &path.to_string_lossy()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = r#"
        [[program]]
        suite = "small"
        name = "fib"
        group = "calls"
        kind = "script"
        path = "small/fib.py"
        versions = ["2.7"]
        [[program]]
        suite = "big"
        name = "django"
        group = "applications"
        kind = "loop"
        path = "{deps}/django.py"
    "#;

    fn names(suites: &[&str], filter: Option<&str>) -> Result<Vec<String>> {
        let table = Suites::parse(TABLE).expect("the table parses");
        let suites: Vec<String> = suites.iter().map(|s| s.to_string()).collect();
        Ok(table.select(&suites, filter)?.iter().map(|p| p.id()).collect())
    }

    #[test]
    fn programs_are_selected() {
        assert_eq!(names(&["small"], None).expect("selects"), ["small/fib"]);
        assert_eq!(names(&["all"], None).expect("selects"), ["small/fib", "big/django"]);
        assert_eq!(names(&["all"], Some("jan")).expect("selects"), ["big/django"]);
        let error = names(&["smal"], None).expect_err("unknown").to_string();
        assert!(error.contains("`smal`") && error.contains("small, big"), "{error}");
        let error = names(&["small"], Some("jan")).expect_err("nothing").to_string();
        assert!(error.contains("jan"), "{error}");
    }

    #[test]
    fn versions_and_packages() {
        let table = Suites::parse(TABLE).expect("parses");
        assert!(table.programs[0].is_for("2.7") && !table.programs[0].is_for("3.5"));
        assert!(table.programs[1].is_for("3.5"));
        assert!(!table.programs[0].needs_deps() && table.programs[1].needs_deps());
    }

    #[test]
    fn a_faulty_table_is_refused() {
        let twice = TABLE.replace("django", "fib").replace("suite = \"big\"", "suite = \"small\"");
        let error = Suites::parse(&twice).expect_err("twice").to_string();
        assert!(error.contains("two programs small/fib"), "{error}");
        let error = Suites::parse(&TABLE.replace("small/fib.py", "")).expect_err("nothing").to_string();
        assert!(error.contains("neither"), "{error}");
        assert!(Suites::parse(&TABLE.replace("\"fib\"", "\"../fib\"")).is_err());
        assert!(Suites::parse(&TABLE.replace("versions", "version")).is_err());
        let error = Suites::parse(&TABLE.replace("versions", "env")).expect_err("no pair").to_string();
        assert!(error.contains("NAME=VALUE"), "{error}");
    }

    #[test]
    fn placeholders_are_filled_in() {
        let path = |s| Path::new(s);
        let places = Places {
            python: path("/p"),
            data: path("/d"),
            deps: path("/e"),
            scratch: path("/s"),
            source: path("/c"),
        };
        assert_eq!(places.expand("{python} {data}/x {deps} {scratch} {source} {y}"), "/p /d/x /e /s /c {y}");
    }
}
