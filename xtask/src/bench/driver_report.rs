//! What `ci/bench/driver.py` reports: a line of JSON for the start, for each iteration, and for the end.

use super::results::Iteration;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value};

/// One line.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Line {
    Start {},
    Iteration {
        wall: f64,
        #[serde(default)]
        processor: f64,
    },
    End {
        #[serde(default)]
        checksum: Option<String>,
        #[serde(default)]
        pyjion: Option<Map<String, Value>>,
    },
}

/// All of it.
#[derive(Debug, Default, PartialEq)]
pub struct Report {
    /// The iterations, in order.
    pub iterations: Vec<Iteration>,
    /// What stands for what the program did; none where that differs from run to run.
    pub checksum: Option<String>,
    /// What the JIT said of itself; nothing where there is none.
    pub pyjion: Map<String, Value>,
    /// Whether the last line is there: without it the program did not come to its end.
    pub ended: bool,
}

impl Report {
    /// Reads what there is. The last line may be cut off, as the process may have died while it wrote.
    pub fn parse(text: &str) -> Result<Report> {
        let mut report = Report::default();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        for (i, line) in whole.lines().enumerate() {
            let line: Line = serde_json::from_str(line)
                .with_context(|| format!("line {} of the driver's report", i + 1))?;
            match line {
                Line::Start {} => {}
                Line::Iteration { wall, processor } => {
                    if !(wall.is_finite() && wall > 0.0 && processor.is_finite()) {
                        bail!("line {} of the driver's report: an iteration of {wall} s", i + 1);
                    }
                    report.iterations.push(Iteration { wall, processor });
                }
                Line::End { checksum, pyjion } => {
                    report.checksum = checksum;
                    report.pyjion = pyjion.unwrap_or_default();
                    report.ended = true;
                }
            }
        }
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"kind":"start","implementation":"CPython","version":"2.7.18"}
{"kind":"iteration","wall":0.5,"processor":0.75}
{"kind":"iteration","wall":0.25,"processor":0.25}
{"kind":"end","checksum":"ab","peak_kb":7,"pyjion":{"code_bytes":3}}
"#;

    #[test]
    fn a_whole_report() {
        let report = Report::parse(TEXT).expect("reads");
        assert_eq!(report.iterations.len(), 2);
        assert_eq!(report.iterations[0], Iteration { wall: 0.5, processor: 0.75 });
        assert_eq!(report.checksum.as_deref(), Some("ab"));
        assert_eq!(report.pyjion["code_bytes"], 3);
        assert!(report.ended);
    }

    #[test]
    fn what_a_crash_leaves() {
        let cut = &TEXT[..TEXT.find("0.25").expect("there")];
        let report = Report::parse(cut).expect("reads");
        assert_eq!((report.iterations.len(), report.ended), (1, false));
        assert_eq!(Report::parse("").expect("reads"), Report::default());
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(Report::parse("{\"kind\":\"x\"}\n").is_err());
        let error = Report::parse("{\"kind\":\"iteration\",\"wall\":0}\n").expect_err("no time").to_string();
        assert!(error.contains("line 1"), "{error}");
    }
}
