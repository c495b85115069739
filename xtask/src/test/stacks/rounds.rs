//! Asks both sides the same, in turn, and compares all that they answer.

use super::client::{self, Question};
use super::figures::{Figures, Round};
use super::side::Side;
use super::table::{Load, Stack};
use crate::test::process;
use anyhow::{Result, bail, ensure};
use std::time::Instant;

/// Rounds in which code becomes hot.
const WARM: usize = 10;

/// Rounds after them.
const MEASURED: usize = 12;

/// Requests of one.
const REQUESTS: usize = 400;

/// Differences shown.
const SHOWN: usize = 3;

/// Both sides of one stack.
pub struct Sides<'a> {
    /// The stack.
    pub stack: &'a Stack,
    /// The reference.
    pub stock: Side<'a>,
    /// With the JIT.
    pub ours: Side<'a>,
}

/// How much was compared, and what was seen: of stock, of ours.
pub struct Seen {
    /// Answers.
    pub compared: usize,
    /// Of the reference.
    pub stock: Figures,
    /// Of ours.
    pub ours: Figures,
}

impl Sides<'_> {
    /// Runs all rounds; fails where ours answers something else.
    pub fn run(&mut self) -> Result<Seen> {
        let mut seen = Seen { compared: 0, stock: Figures::default(), ours: Figures::default() };
        let script = matches!(self.stack.load, Load::Script { .. });
        let (warm, measured) = if script { (2, 6) } else { (WARM, MEASURED) };
        for round in 0..warm + measured {
            let stock_first = round % 2 == 0;
            let (stock, ours);
            if stock_first {
                stock = ask(self.stack, &self.stock, round)?;
                ours = ask(self.stack, &self.ours, round)?;
            } else {
                ours = ask(self.stack, &self.ours, round)?;
                stock = ask(self.stack, &self.stock, round)?;
            }
            seen.compared += stock.compare(&ours)?;
            for (figures, asked) in [(&mut seen.stock, stock), (&mut seen.ours, ours)] {
                figures.errors += asked.errors;
                figures.peak_kb = figures.peak_kb.max(asked.peak_kb);
                match round < warm {
                    true => figures.first.push(asked.round),
                    false => figures.rounds.push(asked.round),
                }
            }
            self.stock.check()?;
            self.ours.check()?;
        }
        for (figures, side) in [(&mut seen.stock, &self.stock), (&mut seen.ours, &self.ours)] {
            let usage = side.usage();
            figures.peak_kb = figures.peak_kb.max(usage.peak_kb);
            figures.share_kb = usage.share_kb;
        }
        Ok(seen)
    }
}

/// What came of one round on one side.
struct Asked {
    /// What was asked, and what was answered.
    answers: Vec<(String, String)>,
    errors: usize,
    peak_kb: u64,
    round: Round,
}

impl Asked {
    /// How many answers are the same; fails unless all are.
    fn compare(&self, ours: &Asked) -> Result<usize> {
        ensure!(self.answers.len() == ours.answers.len(), "not the same was asked");
        let pairs = self.answers.iter().zip(&ours.answers);
        let different: Vec<String> = pairs
            .filter(|(stock, ours)| stock != ours)
            .map(|(stock, ours)| process::difference(&stock.0, &stock.1, &ours.1))
            .collect();
        if !different.is_empty() {
            let shown = different[..different.len().min(SHOWN)].concat();
            bail!("{} of {} answers differ:\n{shown}", different.len(), self.answers.len());
        }
        Ok(self.answers.len())
    }
}

fn ask(stack: &Stack, side: &Side<'_>, round: usize) -> Result<Asked> {
    match stack.load {
        Load::Http { requests, connections } => {
            let places = round * REQUESTS..(round + 1) * REQUESTS;
            Ok(ask_http(side, places.map(|place| Question::of(requests, place)).collect(), connections))
        }
        Load::Script { file, lots } => ask_script(side, file, round * lots, lots),
    }
}

fn ask_http(side: &Side<'_>, questions: Vec<Question>, connections: usize) -> Asked {
    let before = side.usage();
    let answers = client::ask_all(side.port(), &questions, connections);
    let after = side.usage();
    let errors = answers.iter().filter(|(answer, _)| answer.is_error()).count();
    let round = Round {
        count: answers.len(),
        processor: after.processor - before.processor,
        latencies: answers.iter().map(|(_, seconds)| *seconds).collect(),
    };
    let said = questions.iter().zip(&answers).map(|(question, (answer, _))| {
        let status = answer.status.map_or("none".to_string(), |status| status.to_string());
        (
            format!("{} {}", question.method, question.path),
            format!("{status} {}\n{}", answer.kind, answer.body),
        )
    });
    Asked { answers: said.collect(), errors, peak_kb: after.peak_kb, round }
}

fn ask_script(side: &Side<'_>, file: &str, first: usize, lots: usize) -> Result<Asked> {
    let before = side.usage();
    let started = Instant::now();
    let (output, processor, peak_kb) = side.script(file, &[first.to_string(), (first + lots).to_string()])?;
    let seconds = started.elapsed().as_secs_f64();
    let after = side.usage();
    ensure!(
        output.end == "exit 0",
        "{file} ended with {}\n{}\n{}",
        output.end,
        process::tail(&output.stderr),
        side.last_words()
    );
    let (processor, peak_kb) = match after.processes.is_empty() {
        true => (processor, peak_kb),
        false => (after.processor - before.processor, after.peak_kb),
    };
    let answers = output.stdout.lines().enumerate().map(|(n, line)| (format!("line {n}"), line.to_string()));
    Ok(Asked {
        answers: answers.collect(),
        errors: 0,
        peak_kb,
        round: Round { count: lots, processor, latencies: vec![seconds / lots as f64] },
    })
}
