//! `bench compare`: what has changed from one run to another, program by program.

use super::figures::{Measure, STARTUP, series};
use super::pyperf;
use super::results::{Measured, Run, STOCK};
use super::statistics::{self, Ratio, SLOWER, Verdict};
use super::table::{interval, times};
use anyhow::{Result, ensure};
use std::path::PathBuf;

/// The options of `bench compare`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The run before
    #[arg(value_name = "A.json")]
    before: PathBuf,
    /// The run after
    #[arg(value_name = "B.json")]
    after: PathBuf,
    /// The interpreter whose results are compared; the default is the first that is not stock
    #[arg(long, value_name = "NAME")]
    interpreter: Option<String>,
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<()> {
    let (before, after) = (pyperf::read(&args.before)?, pyperf::read(&args.after)?);
    ensure!(
        before.settings.count == after.settings.count,
        "one of them counted instructions, the other time"
    );
    let name = |run: &Run| -> Result<String> {
        let named = args.interpreter.clone();
        let first = || run.participants.iter().map(|p| p.name.clone()).find(|n| n != STOCK);
        let name = named.or_else(first).unwrap_or_else(|| STOCK.into());
        let known: Vec<&str> = run.participants.iter().map(|p| p.name.as_str()).collect();
        ensure!(
            known.contains(&name.as_str()),
            "no interpreter of {} is called `{name}`; there are {}",
            run.started,
            known.join(", ")
        );
        Ok(name)
    };
    let names = (name(&before)?, name(&after)?);
    for line in report(&before, &after, (&names.0, &names.1))? {
        println!("{line}");
    }
    Ok(())
}

/// What has changed in one program.
struct Change<'a> {
    program: &'a Measured,
    steady: Ratio,
    first: Option<Ratio>,
    memory: Option<Ratio>,
    /// The same source, compiled the same: what changed there is the machine.
    stock: Option<Ratio>,
}

fn report(before: &Run, after: &Run, names: (&str, &str)) -> Result<Vec<String>> {
    let clock = after.settings.clock;
    let (mut changes, mut notes) = (Vec::new(), Vec::new());
    for new in &after.programs {
        let Some(old) = before.programs.iter().find(|p| p.key() == new.key()) else { continue };
        let (Some(a), Some(b)) = (old.outcome(names.0), new.outcome(names.1)) else { continue };
        match (&a.problem, &b.problem) {
            (None, None) => {}
            (Some(_), Some(_)) => continue,
            (Some(_), None) => notes.push(format!("{:26} works now", new.name)),
            (None, Some(problem)) => notes.push(format!("{:26} BROKEN: {problem}", new.name)),
        }
        let of = |measure| statistics::apart(&series(a, measure), &series(b, measure));
        let stock = match (old.stock(), new.stock()) {
            (Some(a), Some(b)) => statistics::apart(&series(a, clock.steady()), &series(b, clock.steady())),
            _ => None,
        };
        let Some(steady) = of(clock.steady()).filter(|_| a.problem.is_none() && b.problem.is_none()) else {
            continue;
        };
        let (first, memory) = (of(clock.first()), of(Measure::Memory));
        changes.push(Change { program: new, steady, first, memory, stock });
    }
    ensure!(!(changes.is_empty() && notes.is_empty()), "the two runs have no program in common");
    let mut lines = vec![
        format!(
            "{} of {} ({}), then {} of {} ({})",
            names.0, before.started, before.commit, names.1, after.started, after.commit
        ),
        format!(
            "above 1×: faster now. By the {}; not in turn, so what changed on stock is the machine's doing",
            clock.name()
        ),
        format!(
            "{:26} {:>8} {:>15} {:>7} {:>7} {:>7}  verdict",
            "program", "steady", "95% interval", "first", "memory", "stock"
        ),
    ];
    if before.machine.processor != after.machine.processor {
        lines.insert(1, "NOT THE SAME MACHINE: compare only ratios to stock".into());
    }
    let several = after.versions().len() > 1;
    for change in &changes {
        let program = change.program;
        let name =
            if several { format!("{} {}", program.version, program.name) } else { program.name.clone() };
        lines.push(format!(
            "{name:26} {:>8} {:>15} {:>7} {:>7} {:>7}  {}",
            times(Some(change.steady)),
            interval(change.steady),
            times(change.first),
            super::table::memory_ratio(change.memory),
            times(change.stock),
            change.steady.verdict.name(),
        ));
    }
    lines.extend(notes);
    let counted: Vec<&Change<'_>> = changes.iter().filter(|c| c.program.suite != STARTUP).collect();
    let logs = |pick: &dyn Fn(&Change<'_>) -> Option<Ratio>| -> Option<Ratio> {
        let each: Vec<Vec<f64>> = changes.iter().filter_map(pick).map(|r| vec![r.ratio.ln()]).collect();
        statistics::geometric_mean(&each)
    };
    lines.push(format!(
        "{:26} {:>8} {:>15} {:>7} {:>7} {:>7}",
        format!("geometric mean of {}", counted.len()),
        times(logs(&|c| Some(c.steady))),
        "",
        times(logs(&|c| c.first)),
        super::table::memory_ratio(logs(&|c| c.memory)),
        times(logs(&|c| c.stock)),
    ));
    let count = |verdict| counted.iter().filter(|c| c.steady.verdict == verdict).count();
    lines.push(format!(
        "{} faster, {} the same, {} slower; {} below {SLOWER}×",
        count(Verdict::Faster),
        count(Verdict::Same) + count(Verdict::Unknown),
        count(Verdict::Slower),
        counted.iter().filter(|c| c.steady.ratio < SLOWER).count(),
    ));
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::super::figures::tests::{measured, run};
    use super::*;

    #[test]
    fn changes_are_told_from_those_of_the_machine() {
        let before = run(vec![
            measured("own", "g", "a", &[1.0, 1.01, 1.0], &[1.0, 1.01, 0.99]),
            measured("own", "g", "gone", &[1.0], &[1.0]),
            measured("own", "g", "broken", &[1.0, 1.0], &[1.0, 1.0]),
        ]);
        let mut broken = measured("own", "g", "broken", &[1.0], &[1.0]);
        broken.outcomes[1].1.problem = Some("exit code 1: boom".into());
        let after = run(vec![measured("own", "g", "a", &[1.0, 1.0, 1.01], &[0.5, 0.5, 0.51]), broken]);
        let text = report(&before, &after, ("pyjion", "pyjion")).expect("compares").join("\n");
        let line = text.lines().find(|l| l.starts_with("a ")).expect("a line");
        assert!(line.contains("1.99×") && line.contains("1.00×") && line.ends_with("faster"), "{text}");
        assert!(text.contains("BROKEN: exit code 1: boom") && !text.contains("gone"), "{text}");
        assert!(text.ends_with("1 faster, 0 the same, 0 slower; 0 below 0.98×"), "{text}");
    }

    #[test]
    fn nothing_in_common_is_an_error() {
        let one = run(vec![measured("own", "g", "a", &[1.0], &[1.0])]);
        let other = run(vec![measured("own", "g", "b", &[1.0], &[1.0])]);
        let error = report(&one, &other, ("pyjion", "pyjion")).expect_err("nothing").to_string();
        assert!(error.contains("in common"), "{error}");
    }
}
