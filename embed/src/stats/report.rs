//! The statistics as people and programs read them at exit: the table and the line of JSON of `PYJION_STATS`.

use crate::stats::{self, ExitLine};
use pyjion_jit::tier::options::Report;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::sync::OnceLock;

/// Exits listed one by one.
const SHOWN: usize = 20;

static WANTED: OnceLock<Report> = OnceLock::new();

/// Has the statistics reported when the process exits. A forked child that exits in the ordinary way
/// reports too, all that happened since its parent started.
pub fn at_exit(wanted: Report) {
    extern "C" fn report() {
        match WANTED.get() {
            None => {}
            Some(Report::Table) => tell(&table()),
            Some(Report::Json(path)) => {
                if let Err(error) = append(path, &format!("{}\n", line())) {
                    tell(&format!("pyjion: PYJION_STATS: cannot write to {path}: {error}\n"));
                }
            }
        }
    }
    if WANTED.set(wanted).is_ok() {
        // SAFETY: a plain function, which stays loaded.
        unsafe { libc::atexit(report) };
    }
}

/// Writes to stderr, which may be closed or a broken pipe by now.
fn tell(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// In one piece, so that processes that end together do not mix their lines.
fn append(path: &str, text: &str) -> io::Result<()> {
    OpenOptions::new().append(true).create(true).open(path)?.write_all(text.as_bytes())
}

/// Counts by name.
type Counts<'a> = Vec<(&'a str, u64)>;

fn by_operation(lines: &[ExitLine]) -> Counts<'_> {
    let mut kinds: HashMap<&str, u64> = HashMap::new();
    for line in lines {
        *kinds.entry(&line.kind).or_default() += line.count;
    }
    kinds.into_iter().collect()
}

/// One object: every counter under its name, `seconds` by mode, `failures_by_reason`, `exits`,
/// `exits_by_operation`, and the most frequent exits one by one.
fn line() -> Value {
    let object = |counts: &[(&str, u64)]| -> Value {
        let object: Map<String, Value> =
            counts.iter().map(|&(name, count)| (name.to_owned(), json!(count))).collect();
        object.into()
    };
    let lines = stats::exit_lines();
    let counters: Vec<_> = stats::counters().all().iter().map(|&(name, value, _)| (name, value)).collect();
    let mut all = object(&counters);
    if let Some([interpreter, native, compiler]) = stats::seconds() {
        all["seconds"] = json!({ "interpreter": interpreter, "native": native, "compiler": compiler });
    }
    all["failures_by_reason"] = object(&stats::failures());
    all["compile_microseconds_by_phase"] = object(&stats::phases());
    all["exits"] = object(&stats::exits());
    all["exits_by_operation"] = object(&by_operation(&lines));
    let frequent = lines.iter().take(SHOWN);
    all["most_frequent_exits"] = frequent.map(|line| json!([line.count, line.label])).collect();
    all
}

/// The table of `PYJION_STATS=1`.
fn table() -> String {
    let mut text = String::from("pyjion statistics\n");
    // Writing to a String cannot fail.
    let _ = write_table(&mut text);
    text
}

fn write_table(out: &mut String) -> std::fmt::Result {
    let (native, elsewhere) = stats::bytecodes();
    if let total @ 1.. = native + elsewhere {
        let share = 100.0 * native as f64 / total as f64;
        writeln!(out, "  {share:5.1}% of {total} bytecodes of hot code in native code")?;
    }
    if let Some([interpreter, native, compiler]) = stats::seconds() {
        let total = interpreter + native + compiler;
        writeln!(out, "  {:5.1}% of {total:.3} s in native code", 100.0 * native / total.max(1e-9))?;
        writeln!(out, "  {interpreter:10.3} s in the interpreter and the C code it calls")?;
        writeln!(out, "  {native:10.3} s in native code and the C code it calls")?;
        writeln!(out, "  {compiler:10.3} s in the compiler while the program waited")?;
    }
    for (_, value, description) in stats::counters().all() {
        writeln!(out, "  {value:10} {description}")?;
    }
    write_counts(out, "failures by reason", &stats::failures())?;
    write_counts(out, "microseconds of compilations by phase", &stats::phases())?;
    write_counts(out, "exits by reason", &stats::exits())?;

    let lines = stats::exit_lines();
    write_counts(out, "exits by reason and operation", &by_operation(&lines))?;
    if !lines.is_empty() {
        writeln!(out, "  most frequent exits")?;
    }
    for line in lines.iter().take(SHOWN) {
        writeln!(out, "  {:10} {}", line.count, line.label)?;
    }
    Ok(())
}

fn write_counts(out: &mut String, title: &str, counts: &[(&str, u64)]) -> std::fmt::Result {
    if !counts.is_empty() {
        writeln!(out, "  {title}")?;
    }
    let mut sorted = counts.to_vec();
    sorted.sort_by_key(|&(name, count)| (std::cmp::Reverse(count), name));
    for (name, count) in sorted {
        writeln!(out, "  {count:10} {name}")?;
    }
    Ok(())
}
