//! A run of `bench` from its options to its reports: what is measured is kept at once, and Ctrl-C loses
//! nothing.

use super::figures::STARTUP;
use super::interpreters::{self, Interpreter};
use super::machine::{self, Machine};
use super::process::{Pace, Stage};
use super::progress::{Pace as Guess, Progress};
use super::results::{FORMAT, Measured, Run, Settings};
use super::session::Session;
use super::store::Store;
use super::suites::{self, Kind, Program, Suites};
use super::{Args, deps, interrupt, meter, pyperf, report, statistics, table};
use crate::dirs::{self, Dirs, remove_tree};
use crate::hash;
use crate::prereqs;
use crate::versions::{Release, Table};
use anyhow::{Result, ensure};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// Turns of the empty program: it is short, and its time matters to everything that is.
const STARTUP_RUNS: usize = 15;

/// Seconds that a process of a script takes, before one is measured.
const SCRIPT_GUESS: f64 = 0.6;

/// Seconds that a loop program takes besides its iterations.
const LOOP_GUESS: f64 = 1.0;

/// Runs the verb.
pub fn run(dirs: &Dirs, args: &Args) -> Result<()> {
    check(args)?;
    let suites = Suites::load(dirs)?;
    let programs = suites.select(&args.suites, args.filter.as_deref())?;
    let table = Table::load(dirs)?;
    let releases = table.select(&args.versions)?;
    let counter = args.count.counter()?;
    let processors = args.processors.map(meter::processors).transpose()?;
    dirs.check_writable()?;
    if !args.skip_build {
        prereqs::ensure(dirs, true, args.common.no_install)?;
    }
    let (started, mut machine) = (machine::now(), Machine::look());
    let scenes = releases
        .into_iter()
        .map(|release| Scene::prepare(dirs, args, &programs, release))
        .collect::<Result<Vec<_>>>()?;
    let settings = settings(args);
    let scratch = scratch(dirs);
    let store = Store::open(&dirs.target.join("bench/runs"), &key(dirs, &settings, &scenes)?, args.resume)?;
    interrupt::handle()?;
    let mut all = Vec::new();
    let startup = startup();
    'versions: for scene in &scenes {
        let version = scene.release.version.to_string();
        let stage = Stage {
            bench: suites::folder(dirs),
            deps: scene.deps.clone(),
            scratch: scratch.clone(),
            scale: args.scale,
            processors,
            limit: Duration::from_secs(args.timeout),
        };
        let session = Session {
            stage: &stage,
            interpreters: &scene.interpreters,
            pace: pace(args),
            runs: args.runs,
            counter,
        };
        let kinds: Vec<Kind> = scene.programs.iter().map(|p| p.kind).collect();
        let processes = (scene.interpreters.len() * args.runs) as f64;
        let script = Guess::guess(processes * SCRIPT_GUESS);
        let repeat = Guess::guess(processes * (args.seconds + LOOP_GUESS));
        let mut progress = Progress::new(&kinds, script, repeat);
        progress.line(&table::header(&version, &settings));
        if counter.is_none() {
            let session = Session { runs: args.runs.max(STARTUP_RUNS), ..session };
            let Some(measured) = measured(&store, &session, &version, &startup, args.resume)? else {
                break 'versions;
            };
            table::lines(&measured.0, &settings).iter().for_each(|line| progress.line(line));
            all.push(measured.0);
        }
        for program in &scene.programs {
            progress.begin(&program.name);
            let Some((measured, seconds)) = measured(&store, &session, &version, program, args.resume)?
            else {
                progress.finish();
                break 'versions;
            };
            progress.end(program.kind, seconds);
            table::lines(&measured, &settings).iter().for_each(|line| progress.line(line));
            all.push(measured);
        }
        progress.finish();
    }
    remove_tree(&scratch)?;
    machine.load_after = machine::load();
    let run = Run {
        format: FORMAT,
        started,
        commit: commit(dirs),
        machine,
        settings,
        participants: scenes
            .iter()
            .flat_map(|s| s.interpreters.iter().map(|i| i.participant.clone()))
            .collect(),
        programs: all,
    };
    finish(args, &store, &run)
}

/// Prints the means, writes the reports, and fails when something is wrong.
fn finish(args: &Args, store: &Store, run: &Run) -> Result<()> {
    for version in run.versions() {
        table::summary(run, version).iter().for_each(|line| println!("{line}"));
    }
    let kept = store.save_run(run)?;
    if let Some(path) = &args.json {
        let written = pyperf::write(run, path)?;
        let names: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
        println!("\nresults: {}", names.join(", "));
    }
    if let Some(path) = &args.html {
        report::write(run, path)?;
        println!("report: {}", path.display());
    }
    if interrupt::requested() {
        eprintln!(
            "interrupted after {} programs, which are kept: the same command with --resume goes on",
            run.programs.len()
        );
        std::process::exit(interrupt::EXIT_CODE);
    }
    if args.json.is_none() {
        println!("\nresults: {}", kept.display());
    }
    let problems = run.problems();
    ensure!(problems == 0, "{problems} results are wrong or missing; see above");
    Ok(())
}

/// What is known of a program, or what is measured now and the seconds that took; nothing on Ctrl-C.
fn measured(
    store: &Store,
    session: &Session<'_>,
    version: &str,
    program: &Program,
    resume: bool,
) -> Result<Option<(Measured, Option<f64>)>> {
    if let Some(known) = store.load(version, program).filter(|_| resume) {
        return Ok(Some((known, None)));
    }
    if interrupt::requested() {
        return Ok(None);
    }
    let started = Instant::now();
    let Some(measured) = session.measure(version, program)? else { return Ok(None) };
    store.save(&measured)?;
    Ok(Some((measured, Some(started.elapsed().as_secs_f64()))))
}

/// One version with all that is needed to measure on it.
struct Scene<'a> {
    release: &'a Release,
    interpreters: Vec<Interpreter>,
    programs: Vec<&'a Program>,
    deps: PathBuf,
}

impl<'a> Scene<'a> {
    fn prepare(
        dirs: &Dirs,
        args: &Args,
        programs: &[&'a Program],
        release: &'a Release,
    ) -> Result<Scene<'a>> {
        let short = release.version.short();
        let programs: Vec<&Program> = programs.iter().copied().filter(|p| p.is_for(&short)).collect();
        ensure!(!programs.is_empty(), "none of the programs is for CPython {short}");
        let interpreters = interpreters::all(dirs, args, release)?;
        let deps = deps::ensure(dirs, &programs, &interpreters, release, args.common.offline)?;
        Ok(Scene { release, interpreters, programs, deps })
    }
}

/// Options that make no sense are refused before anything is built.
fn check(args: &Args) -> Result<()> {
    statistics::check_runs(args.runs)?;
    ensure!(
        args.seconds.is_finite() && (0.0..=3600.0).contains(&args.seconds),
        "--seconds must be from 0 to 3600"
    );
    ensure!(
        0 < args.min_iterations && args.min_iterations <= args.max_iterations,
        "--min-iterations must be at least 1 and at most --max-iterations"
    );
    ensure!(args.scale > 0, "--scale must be at least 1");
    for (option, path) in [("--json", &args.json), ("--html", &args.html)] {
        if let Some(parent) = path.as_ref().and_then(|p| p.parent()).filter(|p| !p.as_os_str().is_empty()) {
            dirs::check_writable(parent, &format!("name another file with {option}"))?;
        }
        if let Some(path) = path {
            ensure!(!path.is_dir(), "{option}: {} is a directory", path.display());
        }
    }
    Ok(())
}

/// How long programs that repeat run.
fn pace(args: &Args) -> Pace {
    Pace { seconds: args.seconds, min_iterations: args.min_iterations, max_iterations: args.max_iterations }
}

fn settings(args: &Args) -> Settings {
    Settings {
        count: args.count,
        runs: args.runs,
        seconds: args.seconds,
        min_iterations: args.min_iterations,
        max_iterations: args.max_iterations,
        scale: args.scale,
        processors: args.processors,
        off: args.off,
        pgo: args.pgo,
        clock: args.clock,
    }
}

/// The empty program.
fn startup() -> Program {
    Program::of_arguments(STARTUP, "empty program", &["-c", "pass"])
}

/// A folder for the scratch files of one run; those of runs that were killed go.
pub fn scratch(dirs: &Dirs) -> PathBuf {
    let parent = dirs.target.join("bench/scratch");
    dirs::sweep(&parent);
    parent.join(format!("run.part-{}", std::process::id()))
}

/// What results stand for: interpreters, settings and the programs as they are.
fn key(dirs: &Dirs, settings: &Settings, scenes: &[Scene<'_>]) -> Result<String> {
    // What means go by is not a way to measure.
    let measured = Settings { clock: Default::default(), ..settings.clone() };
    let mut parts = vec![serde_json::to_string(&measured)?];
    for scene in scenes {
        for interpreter in &scene.interpreters {
            let p = &interpreter.participant;
            parts.extend([p.name.clone(), p.version.clone(), p.sha256.clone()]);
        }
    }
    let mut folders = vec![suites::folder(dirs)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(&folder)?.flatten().map(|entry| entry.path()) {
            match path.is_dir() {
                true if path.ends_with("__pycache__") => {}
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.retain(|path| path.extension().is_none_or(|e| e != "pyc"));
    files.sort();
    for path in files {
        parts.extend([path.display().to_string(), hash::file(&path)?]);
    }
    Ok(hash::strings(&parts))
}

/// The commit of the checkout, with a `+` when files differ from it.
fn commit(dirs: &Dirs) -> String {
    let git = |args: &[&str]| {
        let output = Command::new("git").current_dir(&dirs.root).args(args).output();
        output.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_string()).unwrap_or_default()
    };
    let changed = !git(&["status", "--porcelain", "--untracked-files=no"]).is_empty();
    format!("{}{}", git(&["rev-parse", "--short", "HEAD"]), if changed { "+" } else { "" })
}
