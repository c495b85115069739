//! The unit tests of the crates that need no CPython, counted from what cargo says about them, and the jit's
//! examples and documentation.

use super::tally::Tally;
use crate::dirs::Dirs;
use crate::step;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs `cargo test` for xtask and the jit, then the examples, which check themselves, and builds the
/// documentation.
pub fn run(dirs: &Dirs, tally: &mut Tally) -> Result<()> {
    for package in ["xtask", "pyjion-jit"] {
        let log = step::fresh_log(dirs.logs().join(format!("test-{package}.log")));
        let mut cargo = cargo(dirs);
        cargo.args(["test", "--package", package, "--no-fail-fast"]);
        cargo_test(package, &mut cargo, &log, tally)?;
    }
    for name in examples(&dirs.root.join("jit/examples"))? {
        let log = step::fresh_log(dirs.logs().join(format!("example-{name}.log")));
        let mut cargo = cargo(dirs);
        cargo.args(["run", "--package", "pyjion-jit", "--example", &name]);
        succeed(&format!("example {name}"), &mut cargo, &log, tally);
    }
    let mut documents = cargo(dirs);
    documents.args(["doc", "--package", "pyjion-jit", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
    let log = step::fresh_log(dirs.logs().join("doc-pyjion-jit.log"));
    succeed("documentation of pyjion-jit", &mut documents, &log, tally);
    Ok(())
}

/// Runs a command that has to end well.
fn succeed(name: &str, command: &mut Command, log: &Path, tally: &mut Tally) {
    match step::run(name, command, log) {
        Ok(()) => tally.pass(name),
        Err(e) => tally.fail(name, &format!("{e:#}")),
    }
}

fn cargo(dirs: &Dirs) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(&dirs.root);
    cargo
}

/// The names of the examples in a folder: files, and folders with more than one file.
fn examples(folder: &Path) -> Result<Vec<String>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let stem = |path: PathBuf| Some(path.file_stem()?.to_string_lossy().into_owned());
    let mut names: Vec<String> = entries.flatten().filter_map(|entry| stem(entry.path())).collect();
    names.sort();
    Ok(names)
}

/// Runs a `cargo test` of something called `what` and counts its tests; `log` gets what it says.
pub fn cargo_test(what: &str, cargo: &mut Command, log: &Path, tally: &mut Tally) -> Result<()> {
    let outcome = step::run(&format!("cargo test of {what}"), cargo, log);
    let output = std::fs::read(log).with_context(|| format!("cannot read {}", log.display()))?;
    let counted = count(&String::from_utf8_lossy(&output));
    let name = format!("unit tests of {what}");
    tally.skip_many(counted.ignored, &format!("ignored {name}"));
    for test in &counted.failed {
        tally.fail(&format!("{what}: {test}"), &format!("see {}\n{}", log.display(), step::describe(cargo)));
    }
    match outcome {
        Err(e) if counted.failed.is_empty() => tally.fail(&name, &format!("{e:#}")),
        Ok(()) if counted.passed == 0 => tally.fail(&name, "there are none"),
        _ => tally.pass_many(counted.passed, &name),
    }
    Ok(())
}

#[derive(Debug, Default, PartialEq)]
struct Counted {
    passed: usize,
    ignored: usize,
    failed: Vec<String>,
}

fn count(output: &str) -> Counted {
    let mut counted = Counted::default();
    for line in output.lines() {
        if let Some(rest) = line.strip_prefix("test result: ") {
            for part in rest.split(['.', ';']) {
                let mut words = part.split_whitespace();
                match (words.next().and_then(|n| n.parse::<usize>().ok()), words.next()) {
                    (Some(n), Some("passed")) => counted.passed += n,
                    (Some(n), Some("ignored")) => counted.ignored += n,
                    _ => {}
                }
            }
        } else if let Some(name) = line.strip_prefix("test ").and_then(|l| l.strip_suffix(" ... FAILED")) {
            counted.failed.push(name.to_string());
        }
    }
    counted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of code of a file: those that are neither blank nor nothing but a comment.
    fn lines_of_code(text: &str) -> usize {
        let lines = text.lines().map(str::trim_start);
        lines.filter(|line| !line.is_empty() && !line.starts_with("//")).count()
    }

    #[test]
    fn a_backend_or_a_jit_of_ones_own_is_short() {
        const MOST: usize = 150;
        for example in ["own_backend/backend.rs", "own_host/jit.rs"] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../jit/examples").join(example);
            let text = std::fs::read_to_string(&path).expect("the example is there");
            let lines = lines_of_code(&text);
            assert!((1..=MOST).contains(&lines), "{example}: {lines} lines of code, {MOST} at most");
        }
        assert_eq!(lines_of_code("//! A file.\n\nfn f() {}\n    // Why.\n"), 1);
    }

    #[test]
    fn cargo_test_output_is_counted() {
        let output = "running 3 tests\ntest a ... ok\ntest b::c ... FAILED\n\
            test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s\n";
        let counted = count(output);
        assert_eq!(counted, Counted { passed: 6, ignored: 1, failed: vec!["b::c".into()] });
    }
}
