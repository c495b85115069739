//! The report to look at: one HTML file that needs nothing else, neither network nor programs.

mod bars;
mod curves;
mod figures;
mod palette;

use super::results::Run;
use crate::dirs::write_atomically;
use anyhow::{Context, Result};
use minijinja::Environment;
use std::path::Path;

const TEMPLATE: &str = include_str!("report.html");
const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// Writes it.
pub fn write(run: &Run, path: &Path) -> Result<()> {
    write_atomically(path, render(run)?)
}

fn render(run: &Run) -> Result<String> {
    let mut environment = Environment::new();
    environment.add_template("report.html", TEMPLATE).context("the template of the report")?;
    let template = environment.get_template("report.html").context("the template of the report")?;
    let page = minijinja::Value::from(minijinja::value::Serde(figures::Page::of(run)?));
    template
        .render(minijinja::context! { page, style => STYLE, script => SCRIPT })
        .context("cannot fill in the template of the report")
}

#[cfg(test)]
mod tests {
    use super::super::figures::tests::{measured, run};
    use super::super::results::Iteration;
    use super::super::suites::Kind;
    use super::*;
    use serde_json::{Map, json};

    fn example() -> Run {
        let mut repeated = measured("pyperformance", "classics", "richards", &[2.0, 2.1], &[1.0, 1.1]);
        repeated.kind = Kind::Loop;
        for (_, outcome) in &mut repeated.outcomes {
            for process in &mut outcome.processes {
                process.iterations = (0..40)
                    .map(|i| Iteration { wall: 1.0 + 1.0 / f64::from(i + 1), processor: 1.0 })
                    .collect();
            }
        }
        let mut wrong = measured("own", "library", "json", &[1.0, 1.0], &[2.0, 2.0]);
        wrong.outcomes[1].1.problem = Some("WRONG OUTPUT: line 1 is \"<b>\"".into());
        run(vec![repeated, wrong, measured("own", "library", "csv", &[1.0, 1.0], &[1.2, 1.2])])
    }

    #[test]
    fn everything_is_in_the_page() {
        let html = render(&example()).expect("renders");
        for part in
            ["richards", "csv", "WRONG OUTPUT", "pyperformance: classics", "<svg", "95%", "/opt/stock"]
        {
            assert!(html.contains(part) || html.contains(&part.replace('/', "&#x2f;")), "{part}");
        }
    }

    #[test]
    fn nothing_is_asked_of_the_network() {
        let html = render(&example()).expect("renders");
        for part in ["src=\"http", "href=\"http", "url(http", "@import"] {
            assert!(!html.contains(part), "{part}");
        }
    }

    #[test]
    fn what_programs_print_is_no_markup() {
        let html = render(&example()).expect("renders");
        assert!(html.contains("&lt;b&gt;") && !html.contains("\"<b>\""));
    }

    #[test]
    fn a_profile_has_a_section_where_there_is_one() {
        let mut run = example();
        assert!(!render(&run).expect("renders").contains("id=\"profile\""));
        let shares = json!({"native": 0.75, "helpers": 0.25});
        run.programs[0].outcomes[1].1.profile = shares.as_object().cloned().unwrap_or_else(Map::new);
        let html = render(&run).expect("renders");
        assert!(html.contains("id=\"profile\"") && html.contains("75.0%"));
    }

    #[test]
    fn a_run_without_a_result_has_a_page() {
        let mut run = example();
        run.programs.clear();
        render(&run).expect("renders");
    }
}
