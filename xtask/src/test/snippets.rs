//! Snippets: small programs run on stock once and on ours in every mode; output and exit must be the same.
//! With Py_DEBUG, what is compared is the growth of the reference counts when a snippet is run repeatedly.

use super::modes::{EVERYDAY, Mode};
use super::process::{self, Output};
use super::skips::SkipList;
use super::tally::Tally;
use super::{Args, Pair};
use crate::dirs::Dirs;
use crate::step;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A program and what its first comment lines ask for.
#[derive(Debug, Default, PartialEq)]
struct Directives {
    versions: Vec<String>,
    args: Vec<String>,
    env: Vec<(String, String)>,
}

struct Snippet {
    name: String,
    path: PathBuf,
    directives: Directives,
}

/// Runs every snippet that this version has.
pub fn run(dirs: &Dirs, args: &Args, pair: &Pair, tally: &mut Tally) -> Result<()> {
    let folder = dirs.root.join("embed/tests/snippets");
    let driver = pair.debug.then(|| dirs.root.join("embed/tests/refcount_growth.py"));
    let driver = driver.as_deref();
    let failing = dirs.root.join("embed/tests/failing_memory.py");
    let short = pair.version.short();
    let mut snippets = load(&folder)?;
    snippets.retain(|s| args.matches(&s.name));
    snippets.retain(|s| s.directives.versions.is_empty() || s.directives.versions.contains(&short));
    let everyday = if args.full { &[] } else { EVERYDAY };
    let modes: Vec<&Mode> =
        args.modes(everyday).into_iter().filter(|mode| mode.debug == pair.debug).collect();
    // What is listed is run too: a line is there only for as long as it is true.
    let mut work: Vec<(&Snippet, &Mode, Option<String>)> = Vec::new();
    for mode in &modes {
        let skips = SkipList::load(dirs, mode.name)?;
        for snippet in &snippets {
            match skips.reason(pair.version, &snippet.name) {
                Some(why) if SkipList::is_never_run(why) => tally.skip(&title(pair, snippet, mode), why),
                why => work.push((snippet, mode, why.map(str::to_string))),
            }
        }
    }
    let mut step =
        step::Step::start(format!("{} snippets on CPython {short} in {} modes", snippets.len(), modes.len()));
    let scratch = dirs.target.join("test").join(format!("snippets-{}", pair.version));
    let limit = Duration::from_secs(args.timeout);
    let jobs = args.common.jobs();
    let expected = process::parallel(jobs, &snippets, |i, s| {
        let mut command = command(&pair.stock, driver, s, None);
        process::run(command.current_dir(&folder), &scratch.join(format!("stock-{i}")), limit)
            .map(|o| normalise(o, &pair.stock))
    });
    step.note("stock is done");
    // A program that stock does not finish has nothing to be compared with: said once, not run in every mode.
    for (snippet, output) in snippets.iter().zip(&expected) {
        let Ok(output) = output else { continue };
        if output.end.starts_with("timeout") {
            let why = format!("stock itself did not finish ({})", output.end);
            tally.fail(&format!("snippet {short} {}", snippet.name), &why);
            work.retain(|(s, _, _)| s.path != snippet.path);
        }
    }
    let reference = |snippet: &Snippet| -> Result<&Output> {
        let at = snippets.iter().position(|s| s.path == snippet.path).context("a snippet got lost")?;
        match &expected[at] {
            Ok(output) => Ok(output),
            Err(e) => bail!("stock: {e:#}"),
        }
    };
    // Verdicts are said as they come: a run of many modes that is broken off has said what it found.
    let verdicts = Mutex::new((&mut *tally, 0));
    process::parallel(jobs, &work, |i, (snippet, mode, listed)| {
        let driver = if mode.may_fail { Some(failing.as_path()) } else { driver };
        let mut command = command(&pair.ours, driver, snippet, Some(mode));
        command.current_dir(&folder);
        let found = process::run(&mut command, &scratch.join(format!("ours-{i}")), limit)
            .map(|o| normalise(o, &pair.ours));
        let complaint = match (reference(snippet), found) {
            (Ok(expected), Ok(found)) if mode.may_fail => crash(expected, &found),
            (Ok(expected), Ok(found)) => compare(expected, &found),
            (Err(e), _) | (_, Err(e)) => Some(format!("{e:#}")),
        };
        let name = title(pair, snippet, mode);
        let mut verdicts = verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        let (tally, passed) = &mut *verdicts;
        match (complaint, listed) {
            (None, None) => *passed += 1,
            (None, Some(reason)) if !SkipList::may_vary(reason) => {
                let why = format!("agrees with stock: take its line out of {}.txt", mode.name);
                tally.fail(&name, &why);
            }
            (_, Some(reason)) => tally.skip(&name, reason),
            (Some(why), None) => {
                tally.fail(&name, &format!("{why}reproduce: {}", step::describe(&command)));
            }
        }
    });
    step.done();
    let (tally, passed) = verdicts.into_inner().unwrap_or_else(PoisonError::into_inner);
    tally.pass_many(passed, &format!("snippets on CPython {short}"));
    // What is left there is only of use while looking at a failure.
    let _ = std::fs::remove_dir_all(&scratch);
    Ok(())
}

fn title(pair: &Pair, snippet: &Snippet, mode: &Mode) -> String {
    format!("snippet {} {} [{}]", pair.version.short(), snippet.name, mode.name)
}

fn command(executable: &Path, driver: Option<&Path>, snippet: &Snippet, mode: Option<&Mode>) -> Command {
    let mut command = process::python(executable);
    // `# args: -O one two`: options are the interpreter's, the rest is the program's.
    let (options, rest): (Vec<&String>, Vec<&String>) =
        snippet.directives.args.iter().partition(|a| a.starts_with('-'));
    command.args(options).args(driver).arg(&snippet.path).args(rest);
    for (key, value) in &snippet.directives.env {
        command.env(key, value);
    }
    for (key, value) in mode.map_or(&[][..], |m| m.env) {
        command.env(key, value);
    }
    command
}

/// The two interpreters differ in their own name and place; nothing else may differ.
fn normalise(output: Output, executable: &Path) -> Output {
    let path = executable.to_string_lossy().into_owned();
    let prefix = executable.parent().and_then(Path::parent).unwrap_or(executable);
    let prefix = prefix.to_string_lossy().into_owned();
    let clean = |text: String| text.replace(&path, "<python>").replace(&prefix, "<prefix>");
    Output { stdout: clean(output.stdout), stderr: clean(output.stderr), end: output.end }
}

fn compare(expected: &Output, found: &Output) -> Option<String> {
    let mut text = String::new();
    if expected.end != found.end {
        text.push_str(&format!("ended with {}, stock with {}\n", found.end, expected.end));
    }
    for (what, a, b) in
        [("stdout", &expected.stdout, &found.stdout), ("stderr", &expected.stderr, &found.stderr)]
    {
        if a != b {
            text.push_str(&process::difference(what, a, b));
        }
    }
    (!text.is_empty()).then_some(text)
}

/// What a program says when it ends in a way that no exception explains.
const LAST_WORDS: &[&str] = &["Fatal Python error", "memory allocation of", "panicked at"];

/// Why a program that may fail has crashed instead.
fn crash(expected: &Output, found: &Output) -> Option<String> {
    let by_itself = found.end.starts_with("exit ") || found.end == expected.end;
    let said = LAST_WORDS.iter().find(|words| found.stderr.contains(**words));
    match (by_itself, said) {
        (false, _) => Some(format!("ended with {}\n{}\n", found.end, found.stderr.trim())),
        (true, Some(words)) => Some(format!("said {words:?}\n{}\n", found.stderr.trim())),
        (true, None) => None,
    }
}

fn load(folder: &Path) -> Result<Vec<Snippet>> {
    let mut snippets = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(current) = folders.pop() {
        let entries = match std::fs::read_dir(&current) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            entries => entries.with_context(|| format!("cannot read {}", current.display()))?,
        };
        for path in entries.flatten().map(|e| e.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "py") {
                let bytes =
                    std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
                let directives = directives(&String::from_utf8_lossy(&bytes))
                    .with_context(|| path.display().to_string())?;
                let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
                // A leading underscore marks a helper that other snippets import.
                if !name.rsplit('/').next().unwrap_or("").starts_with('_') {
                    snippets.push(Snippet { name, path, directives });
                }
            }
        }
    }
    snippets.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(snippets)
}

fn directives(source: &str) -> Result<Directives> {
    let mut found = Directives::default();
    for line in source.lines().take_while(|l| l.starts_with('#')) {
        let Some((key, value)) = line[1..].trim().split_once(':') else { continue };
        match key {
            "versions" => {
                found.versions =
                    value.split([',', ' ']).filter(|v| !v.is_empty()).map(str::to_string).collect();
            }
            "args" => found.args = value.split_whitespace().map(str::to_string).collect(),
            "env" => {
                let Some((name, value)) = value.trim().split_once('=') else {
                    bail!("`{line}`: expected `# env: NAME=VALUE`");
                };
                found.env.push((name.to_string(), value.to_string()));
            }
            _ => {}
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_read_from_the_first_comments() {
        let found = directives(
            "# -*- coding: utf-8 -*-\n# versions: 2.7, 3.4\n# args: -O -u\n# env: A=b=c\nx = 1\n# env: B=1\n",
        );
        let found = found.expect("parses");
        assert_eq!(found.versions, ["2.7", "3.4"]);
        assert_eq!(found.args, ["-O", "-u"]);
        assert_eq!(found.env, [("A".to_string(), "b=c".to_string())]);
        assert!(directives("# env: A").is_err());
    }

    fn output(stdout: &str, end: &str) -> Output {
        Output { stdout: stdout.into(), stderr: String::new(), end: end.into() }
    }

    #[test]
    fn failing_is_no_crash() {
        let said = |stderr: &str, end: &str| Output { stderr: stderr.into(), ..output("", end) };
        let stock = output("a", "exit 0");
        assert_eq!(crash(&stock, &said("MemoryError", "exit 1")), None);
        assert!(crash(&stock, &output("a", "signal 11")).is_some());
        assert!(crash(&stock, &said("Fatal Python error: no memory", "signal 6")).is_some());
        assert!(crash(&stock, &said("thread 'main' panicked at x.rs", "exit 0")).is_some());
        assert_eq!(crash(&output("", "signal 9"), &output("", "signal 9")), None);
    }

    #[test]
    fn only_the_own_name_is_normalised() {
        let a =
            normalise(output("/p/stock/bin/python2.7: no\n", "exit 2"), Path::new("/p/stock/bin/python2.7"));
        let b = normalise(output("/q/bin/pyjion-python: no\n", "exit 2"), Path::new("/q/bin/pyjion-python"));
        assert_eq!(compare(&a, &b), None);
        assert!(compare(&output("a", "exit 0"), &output("a", "signal 11")).is_some());
        assert!(compare(&output("a", "exit 0"), &output("b", "exit 0")).is_some());
    }
}
