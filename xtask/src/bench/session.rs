//! Measures one program after the other: interpreters in turn, outputs compared, what goes wrong taken down.

use super::instructions::Counter;
use super::interpreters::Interpreter;
use super::process::{Done, Failure, Job, Pace, Stage, differs};
use super::results::{Measured, Outcome, STOCK};
use super::suites::Program;
use anyhow::Result;
use serde_json::{Map, Value, json};

/// Seconds of iterations in the process that is looked inside of, at most.
const INSIDE_SECONDS: f64 = 2.0;

/// Figures of the JIT that are kept, and summed over the processes of a program.
const INSIDE: [&str; 8] = [
    "bytecodes_native",
    "bytecodes_interpreted",
    "compilations",
    "failures",
    "compile_microseconds",
    "code_bytes",
    "code_objects",
    "invalidated",
];

/// How to measure.
pub struct Session<'a> {
    /// What all processes have in common.
    pub stage: &'a Stage,
    /// Stock first.
    pub interpreters: &'a [Interpreter],
    /// Of a loop program.
    pub pace: Pace,
    /// Turns.
    pub runs: usize,
    /// What counts instructions; none when time is measured.
    pub counter: Option<Counter>,
}

impl Session<'_> {
    /// Measures a program on a version; nothing when the user interrupts.
    ///
    /// Interpreters run in turn, so that whatever else the machine does hits all of them. One that has a
    /// problem is left out of the turns that follow, and the others go on.
    pub fn measure(&self, version: &str, program: &Program) -> Result<Option<Measured>> {
        let mut outcomes: Vec<Outcome> = self.interpreters.iter().map(|_| Outcome::default()).collect();
        let mut reported: Vec<Map<String, Value>> = vec![Map::new(); outcomes.len()];
        let mut expected: Option<Option<String>> = None;
        for round in 0..self.runs {
            for (i, interpreter) in self.interpreters.iter().enumerate() {
                if outcomes[i].problem.is_some() {
                    continue;
                }
                let job = Job { program, interpreter, pace: self.pace(), round, inside: false };
                let problem = match self.stage.run(&job, self.counter)? {
                    Err(Failure::Interrupted) => return Ok(None),
                    Err(Failure::Problem(problem)) => Some(problem),
                    Ok(done) => {
                        // The first to come to its end is stock, unless that has a problem itself.
                        let wrong = match &expected {
                            Some(expected) => differs(program.kind, expected, &done.said),
                            None => {
                                expected = Some(done.said);
                                None
                            }
                        };
                        outcomes[i].processes.push(done.process);
                        reported[i] = done.pyjion;
                        wrong
                    }
                };
                outcomes[i].problem = problem.map(|p| explained(interpreter, p));
            }
        }
        for (i, interpreter) in self.interpreters.iter().enumerate() {
            let wanted = interpreter.participant.jit && interpreter.env.is_empty() && self.counter.is_none();
            if wanted && outcomes[i].problem.is_none() {
                match self.look_inside(program, interpreter)? {
                    None => return Ok(None),
                    Some(inside) => outcomes[i].inside = with_reported(inside, &reported[i]),
                }
            }
        }
        let names = self.interpreters.iter().map(|i| i.name().to_string());
        Ok(Some(Measured {
            version: version.into(),
            suite: program.suite.clone(),
            group: program.group.clone(),
            name: program.name.clone(),
            kind: program.kind,
            outcomes: names.zip(outcomes).collect(),
        }))
    }

    /// Where instructions are counted the work has to be the same, whatever time it takes.
    fn pace(&self) -> Pace {
        match self.counter {
            None => self.pace,
            Some(_) => Pace { seconds: 0.0, max_iterations: self.pace.min_iterations, ..self.pace },
        }
    }

    /// Runs it once more with the JIT's statistics on: what costs time there is not part of the times.
    fn look_inside(
        &self,
        program: &Program,
        interpreter: &Interpreter,
    ) -> Result<Option<Map<String, Value>>> {
        let pace = Pace { seconds: self.pace.seconds.min(INSIDE_SECONDS), ..self.pace };
        let job = Job { program, interpreter, pace, round: 0, inside: true };
        Ok(match self.stage.run(&job, None)? {
            Err(Failure::Interrupted) => None,
            Err(Failure::Problem(problem)) => Some(Map::from_iter([("failed".to_string(), json!(problem))])),
            Ok(done) => Some(summed(&done.stats)),
        })
    }
}

/// A problem of stock is one of the program.
fn explained(interpreter: &Interpreter, problem: String) -> String {
    match interpreter.name() {
        STOCK if problem.starts_with("WRONG") => {
            format!("does not do the same every time ({problem})")
        }
        _ => problem,
    }
}

/// The figures of all processes that wrote a line of statistics.
fn summed(stats: &str) -> Map<String, Value> {
    let mut sum: Map<String, Value> = Map::new();
    let mut seconds = [0.0; 3];
    const MODES: [&str; 3] = ["interpreter", "native", "compiler"];
    for line in stats.lines() {
        let Ok(Value::Object(line)) = serde_json::from_str::<Value>(line) else { continue };
        for name in INSIDE {
            let value = line.get(name).and_then(Value::as_u64).unwrap_or(0);
            let before = sum.get(name).and_then(Value::as_u64).unwrap_or(0);
            sum.insert(name.into(), json!(before + value));
        }
        for (total, mode) in seconds.iter_mut().zip(MODES) {
            *total += line.get("seconds").and_then(|s| s.get(mode)).and_then(Value::as_f64).unwrap_or(0.0);
        }
    }
    if !sum.is_empty() {
        let named = MODES.iter().zip(seconds).map(|(name, s)| (name.to_string(), json!(s)));
        sum.insert("seconds".into(), Value::Object(named.collect()));
    }
    sum
}

/// The size of the code as the driver saw it, while the program still had it.
fn with_reported(mut inside: Map<String, Value>, reported: &Map<String, Value>) -> Map<String, Value> {
    let size = |of: &Map<String, Value>| of.get("code_bytes").and_then(Value::as_u64).unwrap_or(0);
    let status = reported.get("status").and_then(Value::as_object);
    let largest = size(&inside).max(status.map_or(0, size));
    if largest > 0 {
        inside.insert("code_bytes".into(), json!(largest));
    }
    inside
}

/// A program run once on each interpreter for what it does: none when that is the same on all.
pub fn check(stage: &Stage, interpreters: &[Interpreter], program: &Program) -> Result<Checked> {
    let mut expected: Option<Option<String>> = None;
    for interpreter in interpreters {
        let job = Job { program, interpreter, pace: Pace::ONCE, round: 0, inside: false };
        let wrong = |text: String| Ok(Checked::Wrong(format!("{}: {text}", interpreter.name())));
        match stage.run(&job, None)? {
            Err(Failure::Interrupted) => return Ok(Checked::Interrupted),
            Err(Failure::Problem(problem)) => return wrong(problem),
            Ok(Done { said, .. }) => match &expected {
                None => expected = Some(said),
                Some(expected) => {
                    if let Some(text) = differs(program.kind, expected, &said) {
                        return wrong(text);
                    }
                }
            },
        }
    }
    Ok(Checked::Same)
}

/// What came of a check.
#[derive(Debug)]
pub enum Checked {
    /// All did the same.
    Same,
    /// Which one did not, and what it did.
    Wrong(String),
    /// The user interrupts.
    Interrupted,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_of_processes_add_up() {
        let line =
            r#"{"bytecodes_native":90,"bytecodes_interpreted":10,"seconds":{"native":0.5,"compiler":0.25}}"#;
        let sum = summed(&format!("{line}\n{line}\n{{\"bytecodes_na"));
        assert_eq!((&sum["bytecodes_native"], &sum["code_bytes"]), (&json!(180), &json!(0)));
        assert_eq!(sum["seconds"], json!({"interpreter": 0.0, "native": 1.0, "compiler": 0.5}));
        assert!(summed("").is_empty());
    }

    #[test]
    fn the_larger_code_counts() {
        let of = |n: u64| Map::from_iter([("code_bytes".to_string(), json!(n))]);
        let reported = Map::from_iter([("status".to_string(), Value::Object(of(5)))]);
        assert_eq!(with_reported(of(3), &reported)["code_bytes"], 5);
        assert_eq!(with_reported(of(3), &Map::new())["code_bytes"], 3);
        assert!(with_reported(Map::new(), &Map::new()).is_empty());
    }
}
