//! What programs need from the package index: installed once for each version, by hash, without anything in
//! C.

use super::interpreters::Interpreter;
use super::suites::{self, Program};
use crate::dirs::{Dirs, remove_tree};
use crate::stamp::Lock;
use crate::test;
use crate::versions::Release;
use crate::{hash, pip, step};
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Packages that cannot be had here, and what to do.
#[derive(Debug)]
pub struct NoPackages(String);

impl std::fmt::Display for NoPackages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoPackages {}

/// What an interpreter of ours needs to install things while it is not what is looked at.
const NO_JIT: (&str, &str) = ("PYJION", "0");

/// The folder with what the programs need; it is not there when none of them needs anything.
///
/// What is in it comes from `ci/bench/requirements/VERSION.txt` and, for what pip has to be told other things
/// about, `VERSION-NAME.txt`; VERSION is 2.7 and so on. The bytecode of each interpreter is there, too.
pub fn ensure(
    dirs: &Dirs,
    programs: &[&Program],
    interpreters: &[Interpreter],
    release: &Release,
    offline: bool,
) -> Result<PathBuf> {
    let home = dirs.target.join("bench/deps");
    let short = release.version.short();
    let Some(needy) = programs.iter().find(|program| program.needs_deps()) else {
        return Ok(home.join("none"));
    };
    let files = requirements(&suites::folder(dirs).join("requirements"), &short)?;
    ensure!(
        !files.is_empty(),
        "{} needs packages, and ci/bench/requirements has nothing for CPython {short}",
        needy.id()
    );
    let hashes = files.iter().map(|file| hash::file(file)).collect::<Result<Vec<_>>>()?;
    let folder = home.join(format!("{}@{}", release.version, &hash::strings(&hashes)[..12]));
    let _lock = Lock::take(&home.join(release.version.to_string()))?;
    if !folder.exists() {
        if offline {
            let why = "are not installed yet, and --offline forbids to download them";
            bail!(NoPackages(format!("the packages that {} and others need {why}", needy.id())));
        }
        // Where OpenSSL is new, only ours has the ssl module on every version.
        let installer = interpreters.get(1).or(interpreters.first()).context("there is no interpreter")?;
        let log = step::fresh_log(dirs.logs().join(format!("bench-deps-{}.log", release.version)));
        let part = |what: &str| home.join(format!("{}.{what}", release.version));
        let (partial, tools) = (part("partial"), part("tools"));
        remove_tree(&partial)?;
        let installed = install(installer, &short, &files, &partial, &tools, &log);
        remove_tree(&tools)?;
        installed.map_err(|e| {
            NoPackages(format!(
                "the packages that {} and others need cannot be installed: {e:#}\n\
                 what to do: pip needs a package index; set PIP_INDEX_URL to one that this machine reaches. \
                 Programs that need nothing are those of `--suite own,kernels`",
                needy.id()
            ))
        })?;
        outdated(&home, release)?;
        std::fs::rename(&partial, &folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    for interpreter in interpreters {
        compile(interpreter, &folder)?;
    }
    Ok(folder)
}

/// The files of requirements of one version, the main one first.
fn requirements(folder: &Path, short: &str) -> Result<Vec<PathBuf>> {
    let (main, other) = (format!("{short}.txt"), format!("{short}-"));
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let is_one = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name == main || (name.starts_with(&other) && name.ends_with(".txt"))
    };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_one).collect();
    files.sort_by_key(|path| (!path.ends_with(&main), path.clone()));
    Ok(files)
}

/// Installs with the pip that CPython brings, which is unpacked beside and not installed into it.
fn install(
    installer: &Interpreter,
    short: &str,
    files: &[PathBuf],
    target: &Path,
    tools: &Path,
    log: &Path,
) -> Result<()> {
    let prefix = installer.path.parent().and_then(Path::parent).context("it is in no bin directory")?;
    let bundled = prefix.join(format!("lib/python{short}/ensurepip/_bundled"));
    remove_tree(tools)?;
    let entries =
        std::fs::read_dir(&bundled).with_context(|| format!("cannot read {}", bundled.display()))?;
    for wheel in entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "whl")) {
        let mut unzip = python(installer);
        unzip.args(["-m", "zipfile", "-e"]).arg(&wheel).arg(tools);
        step::run("unpack the bundled pip", &mut unzip, log)?;
    }
    let index = pip::index_url();
    for file in files {
        let mut command = python(installer);
        command.env("PYTHONPATH", tools).env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
        // What is optional in C is not built: it would be the same on every interpreter.
        command.env("CC", "/bin/false").env("DISABLE_SQLALCHEMY_CEXT", "1");
        if let Some(index) = index.as_ref().filter(|_| std::env::var_os("PIP_INDEX_URL").is_none()) {
            command.env("PIP_INDEX_URL", index);
        }
        command.args(["-m", "pip", "install", "--require-hashes", "--no-deps", "--no-compile", "--target"]);
        command.arg(target).arg("-r").arg(file);
        if short.starts_with("2.") {
            command.arg("--no-build-isolation");
        }
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        step::run(&format!("install what {name} lists"), &mut command, log)?;
    }
    Ok(())
}

/// Removes what other requirements of a version led to.
fn outdated(home: &Path, release: &Release) -> Result<()> {
    let prefix = format!("{}@", release.version);
    let entries = std::fs::read_dir(home).with_context(|| format!("cannot read {}", home.display()))?;
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            remove_tree(&entry.path())?;
        }
    }
    Ok(())
}

fn python(interpreter: &Interpreter) -> Command {
    let mut command = test::python(&interpreter.path);
    command.env(NO_JIT.0, NO_JIT.1);
    command
}

/// Compiles what was installed to the bytecode of an interpreter, or each process would do it again.
fn compile(interpreter: &Interpreter, folder: &Path) -> Result<()> {
    let key = hash::strings(&[&interpreter.participant.banner, &interpreter.participant.implementation]);
    let stamp = folder.join(format!(".compiled-{}", &key[..12]));
    if stamp.exists() {
        return Ok(());
    }
    let mut command = python(interpreter);
    command.env_remove("PYTHONDONTWRITEBYTECODE").args(["-m", "compileall", "-q"]).arg(folder);
    let step = step::Step::start(format!("compile the packages to bytecode of {}", interpreter.name()));
    // Some packages have files for other versions of Python, and compileall fails for these.
    let output = command.output().with_context(|| format!("cannot start {}", interpreter.path.display()))?;
    step.done();
    ensure!(
        output.status.code().is_some(),
        "compileall of {} ended with {}",
        interpreter.name(),
        output.status
    );
    std::fs::write(&stamp, b"").with_context(|| format!("cannot write {}", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_requirements_of_a_version() {
        let folder = std::env::temp_dir().join(format!("xtask-requirements-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        for name in ["2.7-dulwich.txt", "2.7.txt", "3.5.txt", "2.7-x.in"] {
            std::fs::write(folder.join(name), b"").expect("a file");
        }
        let found = requirements(&folder, "2.7").expect("reads");
        assert_eq!(found, [folder.join("2.7.txt"), folder.join("2.7-dulwich.txt")]);
        assert!(requirements(&folder, "3.4").expect("reads").is_empty());
        std::fs::remove_dir_all(&folder).expect("clean up");
        assert!(requirements(&folder, "2.7").expect("no folder, no requirements").is_empty());
    }
}
