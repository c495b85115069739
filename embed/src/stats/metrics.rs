//! The counters as Prometheus reads them.

use crate::config::settings;
use crate::stats;
use std::fmt::Write as _;

/// Counters that can become less.
const GAUGES: &[&str] = &["code_bytes"];

/// All of them, in the text exposition format 0.0.4; `python` is the version of CPython.
pub fn text(python: &str) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write(&mut out, python);
    out
}

fn write(out: &mut String, python: &str) -> std::fmt::Result {
    family(out, "pyjion_info", "What this is.", "gauge")?;
    writeln!(out, "pyjion_info{{version=\"{}\",python=\"{python}\"}} 1", env!("CARGO_PKG_VERSION"))?;
    family(out, "pyjion_enabled", "Whether the JIT is on.", "gauge")?;
    writeln!(out, "pyjion_enabled {}", u8::from(settings::is_enabled()))?;
    for (name, value, description) in stats::counters().all() {
        let (suffix, kind) = if GAUGES.contains(&name) { ("", "gauge") } else { ("_total", "counter") };
        let name = format!("pyjion_{name}{suffix}");
        family(out, &name, description, kind)?;
        writeln!(out, "{name} {value}")?;
    }
    by_reason(out, "pyjion_exits_total", "Exits from native code.", &stats::exits())?;
    by_reason(out, "pyjion_failures_by_reason_total", "Compilations that failed.", &stats::failures())
}

fn family(out: &mut String, name: &str, description: &str, kind: &str) -> std::fmt::Result {
    writeln!(out, "# HELP {name} {description}\n# TYPE {name} {kind}")
}

/// Names of reasons are words of ours, in which nothing has to be escaped.
fn by_reason(out: &mut String, name: &str, description: &str, counts: &[(&str, u64)]) -> std::fmt::Result {
    family(out, name, description, "counter")?;
    for (reason, count) in counts {
        writeln!(out, "{name}{{reason=\"{reason}\"}} {count}")?;
    }
    Ok(())
}
