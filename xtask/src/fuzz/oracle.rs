//! Runs a program on stock and on ours and says whether they differ.

use super::server::{ADDRESS, Recipe, Server};
use crate::test::{Mode, Output, difference};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The interpreters of one version, each started once.
pub struct Oracle {
    program: PathBuf,
    stock: Server,
    ours: Vec<(&'static Mode, Server)>,
    /// Runs of an interpreter so far.
    pub runs: usize,
}

/// How a run of ours differs from stock's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It was killed by a signal.
    Crash,
    /// It did not end.
    Hang,
    /// It printed something else or had another exit code.
    Output,
}

/// What stock did with a program.
pub enum Reference {
    /// It ran.
    Ran(Output),
    /// It took too long or too much memory, so there is nothing to compare with.
    Discarded,
    /// It does not compile.
    Invalid(String),
}

/// The time stock may take.
const STOCK_LIMIT: Duration = Duration::from_secs(3);

/// The least time that ours may take: forced exits everywhere are slow.
const OURS_LIMIT: Duration = Duration::from_secs(60);

impl Oracle {
    /// The interpreters at these paths; scratch files go below `folder`.
    pub fn new(stock: &Path, ours: &Path, modes: &[&'static Mode], folder: &Path) -> Oracle {
        let server = |executable: &Path, name: &str, env: &[(&'static str, &'static str)]| {
            let recipe = Recipe { executable: executable.to_path_buf(), env: env.to_vec() };
            Server::new(recipe, &folder.join(name))
        };
        Oracle {
            program: folder.join("program.py"),
            stock: server(stock, "stock", &[]),
            ours: modes.iter().map(|m| (*m, server(ours, m.name, m.env))).collect(),
            runs: 0,
        }
    }

    /// Runs `text` on stock.
    pub fn reference(&mut self, text: &str) -> Result<Reference> {
        if let Some(folder) = self.program.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        std::fs::write(&self.program, text)
            .with_context(|| format!("cannot write {}", self.program.display()))?;
        self.runs += 1;
        let output = self.stock.run(&self.program, STOCK_LIMIT)?;
        let said = |word: &str| output.stderr.contains(word) || output.stdout.contains(word);
        Ok(if said("SyntaxError") || said("IndentationError") || said("TabError") {
            Reference::Invalid(output.stderr.clone())
        } else if output.end == "timeout" || output.end.starts_with("signal") || said("MemoryError") {
            Reference::Discarded
        } else {
            Reference::Ran(output)
        })
    }

    /// Runs the program that stock ran last in one mode of ours; `None` means that nothing differs.
    pub fn compare(&mut self, mode: usize, expected: &Output) -> Result<Option<Difference>> {
        self.compare_within(mode, expected, OURS_LIMIT)
    }

    fn compare_within(
        &mut self,
        mode: usize,
        expected: &Output,
        limit: Duration,
    ) -> Result<Option<Difference>> {
        self.runs += 1;
        let found = self.ours[mode].1.run(&self.program, limit)?;
        if found == *expected {
            return Ok(None);
        }
        let class = match found.end.as_str() {
            "timeout" => Class::Hang,
            end if end.starts_with("signal") => Class::Crash,
            _ => Class::Output,
        };
        Ok(Some(Difference { class, found }))
    }

    /// Whether a candidate of the reducer shows a difference of the same class, and shows it because of this
    /// mode.
    pub fn still(&mut self, text: &str, mode: usize, class: Class) -> bool {
        let Ok(Reference::Ran(expected)) = self.reference(text) else { return false };
        // A hang need not be waited for that long again, but no slow candidate must pass for one.
        let limit = match class {
            Class::Hang => Duration::from_secs(10),
            Class::Crash | Class::Output => OURS_LIMIT,
        };
        let same = |d: Result<Option<Difference>>| matches!(d, Ok(Some(d)) if d.class == class);
        if expected.stdout.contains(ADDRESS) || !same(self.compare_within(mode, &expected, limit)) {
            return false;
        }
        // What the reducer left must not depend on the run: stock agrees with itself.
        matches!(self.reference(text), Ok(Reference::Ran(again)) if again == expected)
    }

    /// The mode at an index.
    pub fn mode(&self, index: usize) -> &'static Mode {
        self.ours[index].0
    }

    /// How many modes there are.
    pub fn modes(&self) -> usize {
        self.ours.len()
    }
}

/// A difference and how ours ran.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What it is.
    pub class: Class,
    /// What ours did.
    pub found: Output,
}

impl Difference {
    /// For people.
    pub fn describe(&self, expected: &Output) -> String {
        let mut text = String::new();
        if expected.end != self.found.end {
            text.push_str(&format!("ended with {}, stock with {}\n", self.found.end, expected.end));
        }
        for (what, a, b) in [
            ("stdout", &expected.stdout, &self.found.stdout),
            ("stderr", &expected.stderr, &self.found.stderr),
        ] {
            if a != b {
                text.push_str(&difference(what, a, b));
            }
        }
        text
    }
}
