//! Says what was found, keeps it, and counts.

use super::oracle::Class;
use super::program::Extras;
use crate::versions::Version;
use anyhow::{Context, Result};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

/// A program that ours runs differently.
pub struct Failure<'a> {
    /// What it was made from.
    pub seed: u64,
    /// The version.
    pub version: Version,
    /// The modes in which it differs; it was reduced in the first.
    pub modes: Vec<&'static str>,
    /// How it differs.
    pub class: Class,
    /// The environment of the first mode.
    pub env: &'static [(&'static str, &'static str)],
    /// In what.
    pub why: String,
    /// The program.
    pub text: &'a str,
    /// What is left of it.
    pub reduced: &'a str,
    /// Ours.
    pub executable: &'a Path,
    /// The file it was read from, if it was not made.
    pub file: Option<&'a Path>,
    /// What the program was asked to do.
    pub extras: Extras,
}

/// How many there were of everything.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Programs that were compared.
    pub programs: usize,
    /// Runs of an interpreter.
    pub runs: usize,
    /// Programs that stock did not finish.
    pub discarded: usize,
    /// Texts that are no programs: the grammar is wrong.
    pub invalid: usize,
    /// Programs that differ.
    pub differences: usize,
    /// Workers that could not go on.
    pub broken: usize,
    said: Option<Instant>,
}

impl Counts {
    /// There is nothing to complain about.
    pub fn is_clean(&self) -> bool {
        self.differences + self.invalid + self.broken == 0
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} programs, {} runs, {} discarded, {} invalid, {} differences",
            self.programs, self.runs, self.discarded, self.invalid, self.differences
        )
    }
}

/// What the workers report to.
pub struct Report {
    keep: PathBuf,
    counts: Mutex<Counts>,
    started: Instant,
}

impl Report {
    /// Nothing so far; programs that differ go to `keep`.
    pub fn new(keep: PathBuf) -> Report {
        Report { keep, counts: Mutex::default(), started: Instant::now() }
    }

    fn count<R>(&self, change: impl FnOnce(&mut Counts) -> R) -> R {
        change(&mut self.counts.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    /// What there is so far.
    pub fn counts(&self) -> Counts {
        self.count(|c| c.clone())
    }

    /// A program ran, in so many runs; says once a minute how far it is.
    pub fn ran(&self, runs: usize) {
        self.count(|c| {
            c.programs += 1;
            c.runs += runs;
            if c.said.unwrap_or(self.started).elapsed().as_secs() >= 60 {
                c.said = Some(Instant::now());
                let minutes = self.started.elapsed().as_secs() / 60;
                eprintln!(
                    "    {minutes} min: {} programs, {} runs, {} differences",
                    c.programs, c.runs, c.differences
                );
            }
        });
    }

    /// A program that stock did not finish.
    pub fn discarded(&self) {
        self.count(|c| c.discarded += 1);
    }

    /// A program that does not compile: the grammar is wrong.
    pub fn invalid(&self, seed: u64, version: Version, why: &str) {
        self.count(|c| {
            c.invalid += 1;
            let short = version.short();
            println!(
                "INVALID {short} seed {seed}: not Python (`cargo xtask fuzz {short} --seed {seed} --show`)"
            );
            for line in why.lines().rev().take(4).collect::<Vec<_>>().into_iter().rev() {
                println!("        {line}");
            }
        });
    }

    /// The fuzzer itself cannot go on.
    pub fn broke(&self, error: &anyhow::Error) {
        self.count(|c| {
            c.broken += 1;
            println!("BROKEN  {error:#}");
        });
    }

    /// Shows and keeps a difference.
    pub fn failure(&self, f: &Failure) -> Result<()> {
        let short = f.version.short();
        let name = match f.file {
            Some(path) => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            None => format!("{short}-{}", f.seed),
        };
        std::fs::create_dir_all(&self.keep)
            .with_context(|| format!("cannot create {}", self.keep.display()))?;
        let write = |suffix: &str, text: &str| -> Result<PathBuf> {
            let path = self.keep.join(format!("{name}{suffix}.py"));
            std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
            Ok(path)
        };
        let mode = f.modes[0];
        write("", f.text)?;
        let reduced = write(&format!("-{mode}"), f.reduced)?;
        let env: Vec<String> = f.env.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let extras = if f.extras.refcounts { " --refcounts" } else { "" };
        let again = match f.file {
            Some(path) => format!("--file {}", path.display()),
            None => format!("--seed {} --count 1{extras}", f.seed),
        };
        self.count(|c| {
            c.differences += 1;
            println!("DIFFERS {short} seed {} [{}] {:?}", f.seed, f.modes.join(" "), f.class);
            for line in f.why.lines() {
                println!("        {line}");
            }
            println!("    reduced for {mode}:");
            for line in f.reduced.lines().take(80) {
                println!("        {line}");
            }
            println!("    reproduce: {} {} {}", env.join(" "), f.executable.display(), reduced.display());
            println!("    or:        cargo xtask fuzz {short} {again} --mode {mode}");
        });
        Ok(())
    }
}
