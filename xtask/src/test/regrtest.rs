//! CPython's own test suite, run verbosely on stock and on ours and compared test by test.

use super::modes::{MODES, Mode};
use super::outcome::Outcome;
use super::process::{self, Output};
use super::skips::{Kind, SkipList};
use super::store::Store;
use super::tally::Tally;
use super::{Args, Pair};
use crate::dirs::{Dirs, remove_tree, write_atomically};
use crate::hash;
use crate::step::{self, Step};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What is run unless all is asked for: the language, its core types and much-used modules, each file a
/// matter of seconds. One that a version does not have is left out.
const SELECTION: &[&str] = &[
    "test_abc",
    "test_array",
    "test_ast",
    "test_augassign",
    "test_binop",
    "test_bisect",
    "test_bool",
    "test_builtin",
    "test_bytes",
    "test_call",
    "test_class",
    "test_cmath",
    "test_code",
    "test_collections",
    "test_compare",
    "test_complex",
    "test_contextlib",
    "test_copy",
    "test_coroutines",
    "test_decorators",
    "test_defaultdict",
    "test_deque",
    "test_descr",
    "test_dict",
    "test_dictviews",
    "test_enum",
    "test_enumerate",
    "test_exceptions",
    "test_extcall",
    "test_float",
    "test_format",
    "test_frame",
    "test_functools",
    "test_future",
    "test_gc",
    "test_generators",
    "test_genexps",
    "test_getargs2",
    "test_grammar",
    "test_heapq",
    "test_inspect",
    "test_int",
    "test_isinstance",
    "test_iter",
    "test_itertools",
    "test_json",
    "test_keywordonlyarg",
    "test_list",
    "test_listcomps",
    "test_long",
    "test_math",
    "test_memoryview",
    "test_opcodes",
    "test_operator",
    "test_pep479",
    "test_property",
    "test_raise",
    "test_range",
    "test_re",
    "test_richcmp",
    "test_scope",
    "test_set",
    "test_setcomps",
    "test_slice",
    "test_sort",
    "test_string",
    "test_struct",
    "test_super",
    "test_sys",
    "test_sys_settrace",
    "test_syntax",
    "test_threading",
    "test_traceback",
    "test_tuple",
    "test_types",
    "test_unpack",
    "test_unpack_ex",
    "test_userdict",
    "test_weakref",
    "test_weakset",
    "test_with",
    "test_xrange",
    "test_yield_from",
];

/// What tests may use: all but other hosts (`network`, `urlfetch`: their answers vary), files of gigabytes
/// (`largefile`), and devices that a test machine lacks or shares (`audio`, `gui`).
const RESOURCES: &str = "all,-network,-urlfetch,-largefile,-audio,-gui";

/// The modules that patches adapt to today's OpenSSL, which stock may fail at all the same.
const ADAPTED: &[&str] = &["ssl", "hashlib"];

/// OpenSSL as the tests know it: it took certificates as short as theirs.
const OPENSSL_SETTINGS: &str = "openssl_conf = settings
[settings]
ssl_conf = connections
[connections]
system_default = all
[all]
CipherString = DEFAULT@SECLEVEL=0
";

/// Changes when outcomes kept by an earlier version of this tool are no longer what it would find.
const RECIPE: &str = "2";

/// How long stock may take for a file. One that it does not finish is not compared.
const LIMIT: Duration = Duration::from_secs(900);

/// How much slower than stock ours may be on top of that: speed is not judged here, only what never ends.
const SLOWER: f64 = 50.0;

/// Runs the selection, or everything, in the chosen modes.
pub fn run(dirs: &Dirs, args: &Args, pair: &Pair, tally: &mut Tally) -> Result<()> {
    let all = all_files(&pair.stock)?;
    let wanted = |file: &&String| (args.full || SELECTION.contains(&file.as_str())) && args.matches(file);
    let files: Vec<&str> = all.iter().filter(wanted).map(String::as_str).collect();
    let modes = args.modes(&["threshold1", "default"]);
    for mode in modes.into_iter().filter(|mode| mode.debug == pair.debug && !mode.may_fail) {
        Suite::new(dirs, args, pair, mode)?.run(&files, tally)?;
    }
    Ok(())
}

/// The test files that an interpreter's regrtest would run.
pub fn all_files(executable: &Path) -> Result<Vec<String>> {
    let code = "import sys; from test.regrtest import findtests; sys.stdout.write('\\n'.join(findtests()))";
    let output = process::python(executable).args(["-c", code]).output().context("cannot list the tests")?;
    if !output.status.success() {
        bail!("tests cannot be listed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_string).collect())
}

/// The text of a test file of stock, or of all those of a package.
fn source(pair: &Pair, file: &str) -> Result<String> {
    let prefix = pair.stock.parent().and_then(Path::parent).context("stock is in no bin directory")?;
    let tests = prefix.join(format!("lib/python{}/test", pair.version.short()));
    let package = tests.join(file);
    let files = if package.is_dir() {
        let entries =
            std::fs::read_dir(&package).with_context(|| format!("cannot list {}", package.display()))?;
        entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|p| p.extension().is_some_and(|e| e == "py"))
            .collect()
    } else {
        vec![tests.join(format!("{file}.py"))]
    };
    let mut text = String::new();
    for file in files {
        let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        text.push_str(&String::from_utf8_lossy(&bytes));
    }
    Ok(text)
}

/// Runs one of them, with more options for regrtest.
pub fn command(executable: &Path, options: &[&str], file: &str) -> Command {
    let mut command = process::python(executable);
    // Tests look at both: what they find there shall be Python's own doing.
    command.env_remove("PYTHONDONTWRITEBYTECODE").env_remove("PYTHONIOENCODING");
    command.args(["-m", "test.regrtest", "-v", "-u", RESOURCES]).args(options).arg(file);
    command
}

/// What came of one file.
enum Verdict {
    /// Ours is as stock; how many tests that was, and in words.
    Agrees(usize, String),
    /// There is nothing to compare, because of this.
    Skipped(String),
    /// It is on the skip list, and differs.
    Listed(String),
    /// Ours differs.
    Differs(String),
    /// The skip list is wrong.
    Outdated(String),
}

/// One mode of one version.
struct Suite<'a> {
    args: &'a Args,
    pair: &'a Pair,
    mode: &'a Mode,
    skips: SkipList,
    stock: Store,
    ours: Store,
    /// Ours with the JIT off: what it does with the tests that stock cannot run. The patches for today's
    /// OpenSSL give 3.4 modules that stock lacks.
    off: Store,
    scratch: PathBuf,
    runs: AtomicUsize,
}

impl<'a> Suite<'a> {
    fn new(dirs: &Dirs, args: &'a Args, pair: &'a Pair, mode: &'a Mode) -> Result<Suite<'a>> {
        let parent = dirs.target.join("test");
        let options = mode.regrtest.join(" ");
        let suffix = options.replace([' ', ':'], "");
        let stock_key = hash::strings(&[RECIPE, RESOURCES, &options, &hash::file(&pair.stock)?]);
        let executable = hash::file(&pair.ours)?;
        let ours = |mode: &Mode| {
            let mut key = vec![stock_key.as_str(), mode.name];
            mode.env.iter().for_each(|(name, value)| key.extend([name, value]));
            key.push(&executable);
            let name = format!("regrtest-{}-{}{suffix}", pair.version, mode.name);
            Store::open(&parent, &name, &hash::strings(&key))
        };
        Ok(Suite {
            args,
            pair,
            mode,
            skips: SkipList::load(dirs, mode.name)?,
            stock: Store::open(&parent, &format!("regrtest-{}-stock{suffix}", pair.version), &stock_key)?,
            ours: ours(mode)?,
            off: ours(&MODES[0])?,
            scratch: parent.join(format!("run-{}", std::process::id())),
            runs: AtomicUsize::new(0),
        })
    }

    fn run(&self, files: &[&str], tally: &mut Tally) -> Result<()> {
        let jobs = self.args.common.jobs();
        let title = format!("{} regrtest files on {} [{}]", files.len(), self.pair.version, self.mode.name);
        // The longest first, so that the end is not one job's.
        let mut order: Vec<(f64, &str)> =
            files.iter().map(|f| (self.stock.load(f).map_or(0.0, |o| o.seconds), *f)).collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        let step = Mutex::new(Step::start(title));
        let done = AtomicUsize::new(0);
        let verdicts = process::parallel(jobs, &order, |_, (_, file)| {
            let verdict = self.compare(file);
            let n = done.fetch_add(1, Ordering::Relaxed) + 1;
            if let Ok(mut step) = step.lock() {
                step.note(&format!("{n} of {}, {file}", files.len()));
            }
            if let Ok(Verdict::Differs(why)) = &verdict {
                let first = why.lines().next().unwrap_or("");
                eprintln!("    {file} differs, to be run again alone: {first}");
            }
            verdict
        });
        if let Ok(step) = step.into_inner() {
            step.done();
        }
        let mut files_agreed = 0;
        let mut tests_agreed = 0;
        let (mut differing, mut skipped) = (Vec::new(), 0);
        for ((_, file), verdict) in order.iter().zip(verdicts) {
            let verdict = match verdict {
                Ok(Verdict::Differs(why)) => self.compare_alone(file, why),
                other => other,
            };
            let name = format!("regrtest {} {file} [{}]", self.pair.version.short(), self.mode.name);
            match verdict {
                Ok(Verdict::Agrees(tests, words)) => {
                    tally.pass(&format!("{name}: {words}"));
                    files_agreed += 1;
                    tests_agreed += tests;
                }
                Ok(Verdict::Skipped(why) | Verdict::Listed(why)) => {
                    tally.skip(&name, &why);
                    skipped += 1;
                }
                Ok(Verdict::Differs(why)) => {
                    tally.fail(&name, &format!("{why}\nreproduce: {}", self.reproduce(file)));
                    differing.push(*file);
                }
                Ok(Verdict::Outdated(why)) => tally.fail(&name, &why),
                Err(e) => tally.fail(&name, &format!("{e:#}")),
            }
        }
        if self.args.full && self.args.filter.is_none() {
            self.check_listed_names(files, tally);
        }
        println!(
            "regrtest {} [{}]: {} files: {files_agreed} with {tests_agreed} tests agree with stock, {skipped} \
             skipped, {} differ{}",
            self.pair.version.short(),
            self.mode.name,
            files.len(),
            differing.len(),
            differing.iter().map(|f| format!(" {f}")).collect::<String>(),
        );
        // What the tests left there is of no more use.
        remove_tree(&self.scratch)
    }

    /// A line of the skip list must be about something that exists.
    fn check_listed_names(&self, files: &[&str], tally: &mut Tally) {
        for (kind, name, _) in self.skips.of(self.pair.version) {
            let known = match kind {
                Kind::Snippet => true,
                Kind::File => files.contains(&name),
                Kind::Test => {
                    files.iter().any(|f| self.stock.load(f).is_some_and(|o| o.tests.contains_key(name)))
                }
            };
            if !known {
                let why = format!("stock has no such test: take the line out of {}.txt", self.mode.name);
                tally.fail(&format!("skip list line of {name}"), &why);
            }
        }
    }

    fn command(&self, executable: &Path, file: &str, mode: Option<&Mode>) -> Command {
        let mut command = command(executable, self.mode.regrtest, file);
        for (key, value) in mode.map_or(&[][..], |m| m.env) {
            command.env(key, value);
        }
        command
    }

    fn reproduce(&self, file: &str) -> String {
        step::describe(&self.command(&self.pair.ours, file, Some(self.mode)))
    }

    /// Runs a file in a directory of its own, which is its home and its place for temporary files too.
    fn execute(&self, mut command: Command, file: &str, limit: Duration) -> Result<(Outcome, Output)> {
        let run = self.runs.fetch_add(1, Ordering::Relaxed);
        let folder = self.scratch.join(run.to_string());
        let (home, tmp) = (folder.join("home"), folder.join("tmp"));
        for made in [&home, &tmp] {
            std::fs::create_dir_all(made).with_context(|| format!("cannot create {}", made.display()))?;
        }
        let settings = folder.join("openssl.cnf");
        write_atomically(&settings, OPENSSL_SETTINGS)?;
        command.current_dir(&tmp).env("HOME", &home).env("TMPDIR", &tmp).env("OPENSSL_CONF", &settings);
        let started = Instant::now();
        let output = process::run(&mut command, &folder, limit)?;
        let outcome = Outcome::of(file, &output, started.elapsed().as_secs_f64());
        // A test may have left what cannot be removed; the whole directory goes at the end.
        let _ = std::fs::remove_dir_all(&folder);
        Ok((outcome, output))
    }

    fn limit(&self) -> Duration {
        // Looking for leaks runs every test seven times.
        if self.mode.regrtest.is_empty() { LIMIT } else { LIMIT * 7 }
    }

    fn run_stock(&self, file: &str) -> Result<Outcome> {
        Ok(self.execute(self.command(&self.pair.stock, file, None), file, self.limit())?.0)
    }

    fn run_ours(&self, file: &str, stock: &Outcome) -> Result<Outcome> {
        let limit = self.limit() + Duration::from_secs_f64(stock.seconds * SLOWER);
        let command = self.command(&self.pair.ours, file, Some(self.mode));
        let (outcome, output) = self.execute(command, file, limit)?;
        self.ours.forget(file)?;
        if stock.differs(&outcome).is_some() {
            self.ours.keep_output(file, &output)?;
        }
        self.ours.save(file, &outcome)?;
        Ok(outcome)
    }

    /// Stock's outcome: that of an earlier run if there is one.
    fn expected(&self, file: &str) -> Result<Outcome> {
        if let Some(known) = self.stock.load(file) {
            return Ok(known);
        }
        let outcome = self.run_stock(file)?;
        self.stock.save(file, &outcome)?;
        Ok(outcome)
    }

    fn compare(&self, file: &str) -> Result<Verdict> {
        if let Some(reason) = self.skips.reason(self.pair.version, file)
            && SkipList::is_never_run(reason)
        {
            return Ok(Verdict::Listed(reason.to_string()));
        }
        let stock = self.expected(file)?;
        if stock.timed_out() {
            return Ok(Verdict::Skipped(format!("not comparable: stock hangs ({})", stock.end)));
        }
        let known = if self.args.resume { self.ours.load(file) } else { None };
        let ours = match known {
            Some(known) if self.reference(file, &stock, &known)?.differs(&known).is_none() => known,
            _ => self.run_ours(file, &stock)?,
        };
        self.judge(file, &stock, &ours)
    }

    /// What ours did with the JIT off, in an earlier run if there was one.
    fn with_jit_off(&self, file: &str) -> Result<Outcome> {
        if let Some(known) = self.off.load(file) {
            return Ok(known);
        }
        let command = self.command(&self.pair.ours, file, Some(&MODES[0]));
        let (outcome, _) = self.execute(command, file, self.limit())?;
        self.off.save(file, &outcome)?;
        Ok(outcome)
    }

    /// What ours is compared with: stock, and for what stock cannot run, ours with the JIT off.
    fn reference(&self, file: &str, stock: &Outcome, ours: &Outcome) -> Result<Outcome> {
        if !stock.lacks(ours) {
            return Ok(stock.clone());
        }
        Ok(stock.completed_by(&self.with_jit_off(file)?))
    }

    fn judge(&self, file: &str, stock: &Outcome, ours: &Outcome) -> Result<Verdict> {
        let verdict = self.judge_by(file, &self.reference(file, stock, ours)?, ours);
        Ok(match verdict {
            Verdict::Agrees(tests, words) if stock.lacks(ours) => {
                Verdict::Agrees(tests, format!("{words}, and what stock cannot run with the JIT off"))
            }
            // A test may do more where it finds a module, and fail there.
            Verdict::Differs(why) => match self.adapted_module_of(file)? {
                Some(module) => self.judge_with_jit_off(file, module, &why, ours)?,
                None => Verdict::Differs(why),
            },
            other => other,
        })
    }

    /// The module that a file asks for and that is not stock's own.
    fn adapted_module_of(&self, file: &str) -> Result<Option<&'static str>> {
        let text = source(self.pair, file)?;
        Ok(ADAPTED.iter().copied().find(|module| text.contains(module)))
    }

    /// Judges a file that differs from stock and asks for such a module.
    fn judge_with_jit_off(&self, file: &str, module: &str, why: &str, ours: &Outcome) -> Result<Verdict> {
        let first = why.lines().next().unwrap_or("");
        if self.mode.name == MODES[0].name {
            return Ok(Verdict::Skipped(format!(
                "not comparable: {module} is adapted to OpenSSL 3: {first}"
            )));
        }
        let off = self.with_jit_off(file)?;
        if off.timed_out() {
            return Ok(Verdict::Skipped(format!(
                "not comparable: hangs with the JIT off, too ({})",
                off.end
            )));
        }
        Ok(match self.judge_by(file, &off, ours) {
            Verdict::Agrees(tests, words) => {
                let words =
                    format!("{words} or, as {module} is adapted to OpenSSL 3, with the JIT off ({first})");
                Verdict::Agrees(tests, words)
            }
            _ => Verdict::Differs(why.to_string()),
        })
    }

    fn judge_by(&self, file: &str, stock: &Outcome, ours: &Outcome) -> Verdict {
        let version = self.pair.version;
        if let (Some(why), Some(_)) = (&stock.skipped, &ours.skipped) {
            return Verdict::Skipped(format!("stock skips it: {why}"));
        }
        if let Some(reason) = self.skips.reason(version, file) {
            return match stock.differs(ours) {
                Some(_) => Verdict::Listed(reason.to_string()),
                None if SkipList::may_vary(reason) => Verdict::Listed(reason.to_string()),
                None => self.outdated(file),
            };
        }
        let listed: Vec<(&str, &str)> = self
            .skips
            .of(version)
            .filter(|(kind, name, _)| *kind == Kind::Test && stock.tests.contains_key(*name))
            .map(|(_, name, reason)| (name, reason))
            .collect();
        for (name, reason) in &listed {
            if stock.tests.get(*name) == ours.tests.get(*name) && !SkipList::may_vary(reason) {
                return self.outdated(name);
            }
        }
        let names: Vec<&str> = listed.iter().map(|(name, _)| *name).collect();
        match stock.without(&names).differs(&ours.without(&names)) {
            Some(why) => Verdict::Differs(why),
            None => {
                let but = if names.is_empty() { String::new() } else { format!(" but {}", names.join(" ")) };
                Verdict::Agrees(ours.count(), format!("{} agree with stock{but}", ours.size()))
            }
        }
    }

    fn outdated(&self, name: &str) -> Verdict {
        Verdict::Outdated(format!("{name} agrees with stock: take its line out of {}.txt", self.mode.name))
    }

    /// Gives both a second chance, with nothing else running, to show that the difference is not ours.
    fn compare_alone(&self, file: &str, first: String) -> Result<Verdict> {
        let Some(before) = self.ours.load(file) else { return Ok(Verdict::Differs(first)) };
        let expected = self.expected(file)?;
        let stock = self.run_stock(file)?;
        self.off.forget(file)?;
        // Stock as it was the first time is stock, too.
        if before.end == self.reference(file, &stock, &before)?.end
            && let Verdict::Agrees(tests, words) = self.judge(file, &stock, &before)?
        {
            return Ok(Verdict::Agrees(tests, format!("{words}, which varies")));
        }
        let broke = |o: &Outcome| (o.crashed() || o.timed_out()) && o.end != expected.end;
        if broke(&before) {
            return Ok(Verdict::Differs(self.explain(file, &first, &before)));
        }
        let ours = self.run_ours(file, &stock)?;
        for (reference, words) in [(&stock, "when run alone"), (&expected, "when run alone")] {
            match self.judge(file, reference, &ours)? {
                Verdict::Differs(_) => {}
                Verdict::Agrees(tests, agree) => {
                    return Ok(Verdict::Agrees(tests, format!("{agree} {words}")));
                }
                other => return Ok(other),
            }
        }
        match self.judge(file, &stock, &ours)? {
            Verdict::Differs(why) => Ok(Verdict::Differs(self.explain(file, &why, &ours))),
            other => Ok(other),
        }
    }

    fn explain(&self, file: &str, why: &str, ours: &Outcome) -> String {
        let tail: Vec<String> = ours.tail.iter().map(|l| format!("  | {l}")).collect();
        format!(
            "{why}\nthe end of its output (all of it: {}):\n{}",
            self.ours.log(file).display(),
            tail.join("\n")
        )
    }
}
