//! The table on the terminal: a line for each program and interpreter, then the means.

use super::figures::{Group, Measure, groups, mean, ratio, typical};
use super::results::{Count, Measured, Run, Settings};
use super::statistics::{Ratio, SLOWER, Verdict};

/// What the columns are.
pub fn header(version: &str, settings: &Settings) -> String {
    let Settings { runs, seconds, .. } = settings;
    let turns = if *runs == 1 { "1 turn".into() } else { format!("{runs} turns") };
    let (first, processor) = match settings.count {
        Count::Time => ("first", settings.clock.other_name()),
        Count::Instructions => ("", ""),
    };
    let title = match settings.count {
        Count::Time => format!(
            "CPython {version}: {turns}, {seconds} s of iterations each; ratios and verdicts by the {}",
            settings.clock.name()
        ),
        Count::Instructions => format!("CPython {version}: instructions of the whole process, {turns}"),
    };
    format!(
        "\n{title}\n{:26} {:>10} {:>10} {:>8} {:>15} {first:>7} {processor:>9} {:>7}  verdict",
        "program", "stock", "other", "steady", "95% interval", "memory"
    )
}

/// A line for each interpreter beside stock, and each problem.
pub fn lines(program: &Measured, settings: &Settings) -> Vec<String> {
    let mut lines = Vec::new();
    let several = program.subjects().count() > 1;
    for (name, outcome) in program.subjects() {
        let title = if several { format!("{} {name}", program.name) } else { program.name.clone() };
        let clock = settings.clock;
        let of = |measure| ratio(program, name, measure);
        let Some(steady) = of(clock.steady()) else { continue };
        let cost = |outcome| typical(outcome, clock.steady()).map(|c| settings.count.show(c));
        let stock = program.stock().and_then(cost).unwrap_or_default();
        let (first, processor, memory) = match settings.count {
            Count::Time => (of(clock.first()), of(clock.other()), of(Measure::Memory)),
            Count::Instructions => (None, None, None),
        };
        lines.push(format!(
            "{title:26} {stock:>10} {:>10} {:>8} {:>15} {:>7} {:>9} {:>7}  {}",
            cost(outcome).unwrap_or_default(),
            times(Some(steady)),
            interval(steady),
            times(first),
            times(processor),
            memory_ratio(memory),
            verdict(steady),
        ));
    }
    for (name, problem) in program.problems() {
        lines.push(format!("{:26} {name}: {problem}", program.name));
    }
    lines
}

/// The means of one version's groups.
pub fn summary(run: &Run, version: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let clock = run.settings.clock;
    let groups = groups(run, version);
    for subject in run.subjects(version).into_iter().filter(|_| !groups.is_empty()) {
        lines.push(format!(
            "\n{:34} {:>8} {:>8} {:>15} {:>7} {:>9} {:>7}  below {SLOWER}×",
            format!("geometric means, {subject}"),
            "programs",
            "steady",
            "95% interval",
            "first",
            clock.other_name(),
            "memory"
        ));
        for group in &groups {
            let of = |measure| mean(group.programs.iter().copied(), subject, measure);
            let timed = |measure| of(measure).filter(|_| run.settings.count == Count::Time);
            let Some(steady) = of(clock.steady()) else { continue };
            let (count, below) = group.below(subject, clock.steady());
            lines.push(format!(
                "{:34} {count:>8} {:>8} {:>15} {:>7} {:>9} {:>7}  {below}",
                title(group),
                times(Some(steady)),
                interval(steady),
                times(timed(clock.first())),
                times(timed(clock.other())),
                memory_ratio(timed(Measure::Memory)),
            ));
        }
        let programs = groups.last().map(|all| all.programs.as_slice()).unwrap_or_default();
        let verdicts: Vec<Verdict> =
            programs.iter().filter_map(|p| ratio(p, subject, clock.steady())).map(|r| r.verdict).collect();
        let count = |wanted| verdicts.iter().filter(|v| **v == wanted).count();
        lines.push(format!(
            "{} faster, {} the same, {} slower",
            count(Verdict::Faster),
            count(Verdict::Same) + count(Verdict::Unknown),
            count(Verdict::Slower)
        ));
    }
    lines
}

fn title(group: &Group<'_>) -> String {
    if group.is_total { format!("{} together", group.name) } else { group.name.clone() }
}

/// `1.23×`
pub fn times(ratio: Option<Ratio>) -> String {
    ratio.map(|r| format!("{:.2}×", r.ratio)).unwrap_or_default()
}

/// How many times stock's memory: the other way round than speed, as everyone reads it.
pub fn memory_ratio(ratio: Option<Ratio>) -> String {
    ratio.map(|r| format!("×{:.2}", 1.0 / r.ratio)).unwrap_or_default()
}

/// `1.20 to 1.26`
pub fn interval(ratio: Ratio) -> String {
    ratio.interval.map(|(low, high)| format!("{low:.2} to {high:.2}")).unwrap_or_default()
}

fn verdict(ratio: Ratio) -> &'static str {
    match ratio.verdict {
        Verdict::Slower => "SLOWER",
        Verdict::Same | Verdict::Faster | Verdict::Unknown => ratio.verdict.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::figures::tests::{measured, run};
    use super::*;

    #[test]
    fn lines_say_what_there_is() {
        let mut program = measured("own", "loops", "fib", &[2.0, 2.02, 2.0], &[1.0, 1.0, 1.01]);
        let run = run(vec![program.clone()]);
        let line = &lines(&program, &run.settings)[0];
        for part in ["fib ", "2.00 s", "1.00 s", "2.00×", "×1.00", "faster"] {
            assert!(line.contains(part), "{part}: {line}");
        }
        assert_eq!(header("2.7.18", &run.settings).lines().count(), 3);
        program.outcomes[1].1.problem = Some("killed by SIGSEGV (signal 11): it said nothing".into());
        let lines = lines(&program, &run.settings);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].contains("pyjion: killed by SIGSEGV"), "{lines:?}");
    }

    #[test]
    fn the_summary_counts_what_is_slower() {
        let programs = vec![
            measured("own", "loops", "a", &[2.0, 2.0], &[1.0, 1.0]),
            measured("own", "library", "b", &[1.0, 1.0], &[1.1, 1.1]),
        ];
        let text = summary(&run(programs), "2.7.18").join("\n");
        let total = text.lines().find(|l| l.starts_with("own together")).expect("a total");
        assert!(total.ends_with(" 1") && total.contains("1.35×"), "{text}");
        assert!(text.ends_with("1 faster, 0 the same, 1 slower"), "{text}");
    }
}
