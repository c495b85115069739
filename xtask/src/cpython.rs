//! From an archive to a built and installed CPython: unpack, patch, configure, make, install.

use crate::dirs::{Flavour, remove_tree};
use crate::plan::{Kind, Plan};
use crate::stamp::Stamps;
use crate::step::{self, Step};
use crate::{ensurepip, fetch, hash, prereqs, series};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use std::path::{Component, Path, PathBuf};
use std::process::Command;

/// Changes when the recipe here changes in a way that old build trees do not reflect.
const RECIPE: &str = "1";

/// Brings the build tree up to date; returns a key that changes whenever the built libpython may have
/// changed.
pub fn build(plan: &Plan<'_>) -> Result<String> {
    let tree = plan.tree();
    let stamps = Stamps::of(&tree);
    let series = match plan.flavour {
        Flavour::Stock => series::of_libraries(series::load(plan.dirs, plan.release)?),
        Flavour::Pyjion => series::load(plan.dirs, plan.release)?,
    };
    let source_key = hash::strings(&[RECIPE, &plan.release.identity(), &series::key(&series)]);
    let args = configure_args(plan);
    let configure_key = {
        let mut parts = vec![source_key.clone(), cflags(plan), compiler_version()?];
        parts.extend(args.iter().cloned());
        parts.push(prereqs::present_headers().join(" "));
        hash::strings(&parts)
    };
    let kind = if plan.options.pgo { "pgo" } else { "" };
    let make_key = hash::strings(&[configure_key.as_str(), kind, &identity(plan).unwrap_or_default()]);
    if stamps.is_done("make", &make_key) {
        return Ok(make_key);
    }
    // A half-made tree may hold truncated objects that make would take for good ones.
    let half_made = stamps.was_interrupted("configure") || stamps.was_interrupted("make");
    if half_made || !stamps.is_done("source", &source_key) || !stamps.is_done("configure", &configure_key) {
        let archive = fetch::source(plan.dirs, plan.release, &plan.options.wishes)?;
        unpack_and_patch(plan, &archive, &series, &tree)?;
        stamps.done("source", &source_key)?;
        configure(plan, &tree, &args, &stamps, &configure_key)?;
    }
    make(plan, &tree, &stamps, &make_key)?;
    Ok(make_key)
}

fn configure_args(plan: &Plan<'_>) -> Vec<String> {
    let mut args = vec![format!("--prefix={}", plan.configured.display())];
    args.extend(plan.release.configure.iter().cloned());
    if plan.options.debug {
        args.push("--with-pydebug".into());
    }
    if plan.kind == Kind::Library {
        args.push("--enable-shared".into());
    }
    if plan.options.pgo {
        args.extend(plan.release.configure_pgo.iter().cloned());
    }
    args
}

/// Within a shared library, calls of its own functions are direct, as in an executable.
fn cflags(plan: &Plan<'_>) -> String {
    let mut flags = plan.release.cflags.clone();
    match plan.kind {
        Kind::Interpreter => {}
        Kind::Library => flags.push_str(" -fno-semantic-interposition"),
    }
    if plan.options.anonymous {
        // Some modules keep the names of their sources, to say where an error is.
        flags.push_str(&format!(" -ffile-prefix-map={}=/usr/src/python", plan.tree().display()));
    }
    flags
}

/// The first line of what the compiler says about itself.
fn compiler_version() -> Result<String> {
    let output = Command::new(prereqs::compiler()).arg("--version").output();
    let output = output.with_context(|| format!("cannot run the C compiler `{}`", prereqs::compiler()))?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or("").to_string())
}

fn unpack_and_patch(plan: &Plan<'_>, archive: &Path, series: &[series::Member], tree: &Path) -> Result<()> {
    let what = match series.len() {
        0 => format!("unpack CPython {}", plan.release.version),
        n => format!("unpack CPython {} and apply {n} patches", plan.release.version),
    };
    let step = Step::start(what);
    let partial =
        tree.with_file_name(format!(".{}.partial", tree.file_name().unwrap_or_default().to_string_lossy()));
    remove_tree(&partial)?;
    let ready = unpack(archive, &partial).and_then(|()| series::apply(series, &partial));
    if let Err(e) = ready {
        step.failed();
        remove_tree(&partial)?;
        return Err(e);
    }
    // Out of the way first: a compiler that a killed run left behind may still be writing into it.
    let old = tree.with_extension(format!("part-{}", std::process::id()));
    let moved = match std::fs::rename(tree, &old) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e),
        _ => std::fs::rename(&partial, tree),
    };
    moved.with_context(|| format!("cannot move the source to {}", tree.display()))?;
    // What cannot be removed yet is swept by a later run.
    let _ = std::fs::remove_dir_all(&old);
    step.done();
    Ok(())
}

/// Calls `f` with every file of a `.tgz` or `.tar` and its path below the top directory.
fn for_each_file(
    archive: &Path,
    mut f: impl FnMut(PathBuf, &mut tar::Entry<'_, Box<dyn Read>>) -> Result<()>,
) -> Result<()> {
    let unreadable = || format!("cannot unpack {}", archive.display());
    let file = BufReader::new(std::fs::File::open(archive).with_context(unreadable)?);
    let plain = archive.extension().is_some_and(|e| e == "tar");
    let stream: Box<dyn Read> =
        if plain { Box::new(file) } else { Box::new(flate2::bufread::GzDecoder::new(file)) };
    for entry in tar::Archive::new(stream).entries().with_context(unreadable)? {
        let mut entry = entry.with_context(unreadable)?;
        let path: PathBuf = entry.path().with_context(unreadable)?.components().skip(1).collect();
        if path.as_os_str().is_empty() {
            continue;
        }
        if !path.components().all(|c| matches!(c, Component::Normal(_))) {
            bail!("{}: suspicious path {}", archive.display(), path.display());
        }
        f(path, &mut entry).with_context(unreadable)?;
    }
    Ok(())
}

/// Unpacks an archive, without its top directory, into `to`.
pub fn unpack(archive: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to).with_context(|| format!("cannot create {}", to.display()))?;
    for_each_file(archive, |path, entry| {
        let target = to.join(path);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)?;
        }
        entry.unpack(&target)?;
        Ok(())
    })
}

/// Fills in the content of those files that the archive has.
pub fn read_files(archive: &Path, wanted: &mut BTreeMap<PathBuf, Option<Vec<u8>>>) -> Result<()> {
    for_each_file(archive, |path, entry| {
        if let Some(content) = wanted.get_mut(&path) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            *content = Some(bytes);
        }
        Ok(())
    })
}

fn configure(plan: &Plan<'_>, tree: &Path, args: &[String], stamps: &Stamps, key: &str) -> Result<()> {
    stamps.begin("configure")?;
    let mut command = Command::new("./configure");
    step::clean_environment(&mut command);
    command.args(args).current_dir(tree).env("CFLAGS", cflags(plan));
    step::run(&format!("configure {}", plan.title()), &mut command, &step::fresh_log(plan.log("configure")))?;
    stamps.done("configure", key)
}

/// `make` in the build tree, with nothing of the user's environment that would change the result.
pub fn make_command(tree: &Path) -> Command {
    let mut command = Command::new("make");
    step::clean_environment(&mut command);
    command.current_dir(tree);
    command
}

/// What `platform.python_build()` says that this is, beside the date; stock says nothing in particular.
fn identity(plan: &Plan<'_>) -> Option<String> {
    match plan.flavour {
        Flavour::Stock => None,
        Flavour::Pyjion => Some(format!("Pyjion-{}", env!("CARGO_PKG_VERSION"))),
    }
}

fn make(plan: &Plan<'_>, tree: &Path, stamps: &Stamps, key: &str) -> Result<()> {
    stamps.forget("install")?;
    stamps.begin("make")?;
    let log = step::fresh_log(plan.log("make"));
    let mut command = make_command(tree);
    command.arg(format!("-j{}", plan.options.jobs));
    if let Some(identity) = identity(plan) {
        command.args(["GITTAG", "HGTAG"].map(|tag| format!("{tag}=echo {identity}")));
        // It is made again only when another object was.
        let object = tree.join("Modules/getbuildinfo.o");
        if object.exists() {
            std::fs::remove_file(&object).with_context(|| format!("cannot remove {}", object.display()))?;
        }
    }
    if let Some(epoch) = plan.options.epoch {
        command.env("SOURCE_DATE_EPOCH", epoch.to_string());
    }
    if plan.options.pgo {
        command.arg("profile-opt").arg(format!("PROFILE_TASK={}", profile_task(tree)?));
    } else if plan.kind == Kind::Library {
        command.arg(plan.library_name());
    }
    step::run(&format!("make {}", plan.title()), &mut command, &log)?;
    if plan.kind == Kind::Interpreter {
        report_missing(plan, &log);
    }
    stamps.done("make", key)
}

/// What a profile-guided build is trained with: broad, deterministic, and over in minutes. Those of
/// these tests that the version has.
const PROFILE_TESTS: &[&str] = &[
    "test_array",
    "test_base64",
    "test_binascii",
    "test_binop",
    "test_bisect",
    "test_bytes",
    "test_cmath",
    "test_codecs",
    "test_collections",
    "test_complex",
    "test_dict",
    "test_difflib",
    "test_enum",
    "test_float",
    "test_format",
    "test_functools",
    "test_generators",
    "test_grammar",
    "test_hashlib",
    "test_heapq",
    "test_int",
    "test_itertools",
    "test_json",
    "test_list",
    "test_long",
    "test_math",
    "test_ordered_dict",
    "test_pickle",
    "test_pprint",
    "test_re",
    "test_richcmp",
    "test_set",
    "test_sqlite",
    "test_statistics",
    "test_str",
    "test_struct",
    "test_tuple",
    "test_unicode",
    "test_unpack",
    "test_xml_etree",
    "test_zlib",
];

/// What the Makefile runs `python` with to train a profile-guided build.
fn profile_task(tree: &Path) -> Result<String> {
    let regrtest = tree.join("Lib/test/regrtest.py");
    let text = std::fs::read(&regrtest).with_context(|| format!("cannot read {}", regrtest.display()))?;
    let option = if text.windows(5).any(|w| w == b"--pgo") { "--pgo" } else { "--quiet" };
    let exists = |name: &&&str| {
        let base = tree.join("Lib/test").join(name);
        base.is_dir() || base.with_extension("py").exists()
    };
    let tests: Vec<&str> = PROFILE_TESTS.iter().filter(exists).copied().collect();
    // A test that fails has trained the build, too; the Makefile of 3.4 would stop there.
    Ok(format!("-m test.regrtest {option} {} || true", tests.join(" ")))
}

/// Modules that setup.py always lists on 64-bit Linux: they are for other systems.
const NEVER: &[&str] = &["bsddb185", "dl", "imageop", "sunaudiodev"];

/// Says which extension modules setup.py could not build, and why that may be expected.
fn report_missing(plan: &Plan<'_>, log: &Path) {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let (absent, failed) = unbuilt_modules(&text);
    let absent: Vec<String> = absent.into_iter().filter(|m| !NEVER.contains(&m.as_str())).collect();
    if !absent.is_empty() {
        eprintln!("    not built, for want of a library (`cargo xtask doctor`): {}", absent.join(" "));
    }
    for module in failed {
        match plan.release.missing.iter().find(|m| m.module == module) {
            Some(known) => eprintln!("    not built, as expected: {module}: {}", known.cost),
            None => eprintln!("    failed to build: {module} (the reason is in {})", log.display()),
        }
    }
}

/// The two lists that CPython's setup.py ends with: modules without their library, modules that failed.
fn unbuilt_modules(log: &str) -> (Vec<String>, Vec<String>) {
    let list_after = |start: &str| {
        let Some((_, rest)) = log.rsplit_once(start) else { return Vec::new() };
        rest.lines()
            .skip(1)
            .take_while(|l| !l.trim().is_empty() && !l.starts_with("To find"))
            .flat_map(str::split_whitespace)
            .map(str::to_string)
            .collect()
    };
    // 2.7 says "these modules", 3.x "these optional modules".
    let absent = list_after("modules were not found:");
    (absent, list_after("Failed to build these modules:"))
}

/// Installs into the prefix, with newer wheels for `ensurepip`. Packages that the user added there stay.
pub fn install(plan: &Plan<'_>, key: &str) -> Result<()> {
    let tree = plan.tree();
    let stamps = Stamps::of(&tree);
    let executable = plan.prefix.join("bin").join(format!("python{}", plan.release.version.short()));
    let key = hash::strings(&[key, &ensurepip::key(plan)]);
    if stamps.is_done("install", &key) && executable.exists() {
        return Ok(());
    }
    // Installing puts CPython's own executable where ours was.
    stamps.forget("link")?;
    stamps.forget("pip")?;
    stamps.begin("install")?;
    // A module that an earlier build had and this one has not must not linger there.
    let lib = plan.prefix.join("lib").join(format!("python{}", plan.release.version.short()));
    remove_tree(&lib.join("lib-dynload"))?;
    let mut command = make_command(&tree);
    command.arg("install");
    if let Some(root) = &plan.options.root {
        command.arg(format!("DESTDIR={}", root.display()));
    }
    let title = format!("install {} to {}", plan.title(), plan.prefix.display());
    let log = step::fresh_log(plan.log("install"));
    step::run(&title, &mut command, &log)?;
    ensurepip::bundle(plan, &executable, &log)?;
    stamps.done("install", &key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unbuilt_modules_are_found() {
        let log = "gcc -c x.c\n\nPython build finished, but the necessary bits to build these modules were not \
            found:\n_bsddb  bsddb185   gdbm\nsunaudiodev\nTo find the necessary bits, look in setup.py\n\n\
            Failed to build these modules:\n_hashlib      nis\n\nrunning build_scripts\n";
        let (absent, failed) = unbuilt_modules(log);
        assert_eq!(absent, ["_bsddb", "bsddb185", "gdbm", "sunaudiodev"]);
        assert_eq!(failed, ["_hashlib", "nis"]);
        assert_eq!(unbuilt_modules("all fine"), (vec![], vec![]));
    }
}
