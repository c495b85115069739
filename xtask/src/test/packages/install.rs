//! Installs what a suite needs into a folder of its own, with the bundled pip; done once, for both
//! interpreters.

use super::super::{Pair, abi, process};
use super::table::{Builder, Suite};
use crate::dirs::{Dirs, remove_tree};
use crate::stamp::Lock;
use crate::{cpython, hash, pip, step};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What pip needs besides: wheel lets it keep what it compiled, some packages ask setuptools_scm for
/// their version, and a setuptools that is as new as they want it.
const TOOLS: [&str; 3] = ["wheel==0.33.6", "setuptools_scm==3.3.3", "setuptools==41.2.0"];

/// What was installed.
pub struct Installation {
    /// For `PYTHONPATH`.
    pub site: PathBuf,
    /// The unpacked source archive with the tests; empty when the suite has none.
    pub source: PathBuf,
}

/// The installation of a suite; made when it is not there yet or when its requirements have changed.
pub fn ensure(
    dirs: &Dirs,
    pair: &Pair,
    suite: &Suite,
    requirements: &[String],
    offline: bool,
) -> Result<Installation> {
    let sources = [suite.source.join(" "), suite.sdist.clone().unwrap_or_default()];
    let python = match suite.built_by {
        Builder::Stock => &pair.stock,
        Builder::Ours => &pair.ours,
    };
    let tools: Vec<&str> = TOOLS.into_iter().chain(suite.build.iter().map(String::as_str)).collect();
    let mut parts = vec![requirements.join(" "), sources[0].clone(), sources[1].clone(), tools.join(" ")];
    if suite.built_by == Builder::Ours {
        // Stock's headers never change; these do, and then what was built with them is of another
        // interpreter.
        parts.push(headers(pair)?);
    }
    let key = hash::strings(&parts);
    let home = dirs.target.join("test/packages").join(pair.version.to_string());
    let folder = home.join("installed").join(format!("{}@{}", suite.name, &key[..12]));
    let _lock = Lock::take(&home)?;
    let found = Installation { site: folder.join("site"), source: folder.join("source") };
    if folder.exists() {
        return Ok(found);
    }
    if offline {
        bail!("not installed yet, and --offline forbids to download it");
    }
    let log = dirs.logs().join(format!("packages-{}-{}.log", pair.version, suite.name));
    let folder_of_tools = home.join(format!("tools@{}", &hash::strings(&[tools.join(" ")])[..12]));
    let pip = Pip { pair, python, tools: folder_of_tools, log: step::fresh_log(log) };
    pip.prepare(&tools)?;
    let partial = folder.with_extension("partial");
    remove_tree(&partial)?;
    for part in ["site", "source", "archive"] {
        let part = partial.join(part);
        std::fs::create_dir_all(&part).with_context(|| format!("cannot create {}", part.display()))?;
    }
    let target = partial.join("site").to_string_lossy().into_owned();
    let mut args: Vec<&str> = vec!["install", "--no-deps", "--no-compile", "--target", &target];
    let from_source = suite.source.join(",");
    if !from_source.is_empty() {
        args.extend(["--no-binary", &from_source]);
    }
    args.extend(requirements.iter().map(String::as_str));
    pip.run(&format!("install {} for CPython {}", suite.name, pair.version), &args)?;
    if let Some(sdist) = &suite.sdist {
        let archive = partial.join("archive");
        let to = archive.to_string_lossy().into_owned();
        pip.run(
            &format!("download the tests of {sdist}"),
            &["download", "--no-deps", "--no-binary", ":all:", "--dest", &to, sdist],
        )?;
        let mut files = std::fs::read_dir(&archive)?.flatten().map(|e| e.path());
        let file = files.next().with_context(|| format!("pip has downloaded nothing for {sdist}"))?;
        cpython::unpack(&file, &partial.join("source"))?;
    }
    std::fs::rename(&partial, &folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(found)
}

/// A hash over our headers.
fn headers(pair: &Pair) -> Result<String> {
    let folder = abi::include(&pair.ours, pair)?;
    let entries = std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    let hashes = paths.iter().map(|path| hash::file(path)).collect::<Result<Vec<_>>>()?;
    Ok(hash::strings(&hashes))
}

/// An interpreter with its bundled pip and setuptools, which are not installed into it.
struct Pip<'a> {
    pair: &'a Pair,
    python: &'a Path,
    tools: PathBuf,
    log: PathBuf,
}

impl Pip<'_> {
    /// Unpacks the bundled pip and setuptools.
    fn prepare(&self, tools: &[&str]) -> Result<()> {
        if self.tools.exists() {
            return Ok(());
        }
        let partial = self.tools.with_extension("partial");
        remove_tree(&partial)?;
        let bundled = bundled(self.pair)?;
        let entries =
            std::fs::read_dir(&bundled).with_context(|| format!("cannot read {}", bundled.display()))?;
        for wheel in entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "whl"))
        {
            let mut unzip = process::python(self.python);
            unzip.args(["-m", "zipfile", "-e"]).arg(&wheel).arg(&partial);
            step::run("unpack the bundled pip", &mut unzip, &self.log)?;
        }
        let target = partial.to_string_lossy().into_owned();
        let mut args = vec!["install", "--upgrade", "--no-deps", "--no-compile", "--target", &target];
        args.extend(tools);
        self.pip(&partial, "install the tools of pip", &args)?;
        std::fs::rename(&partial, &self.tools)
            .with_context(|| format!("cannot create {}", self.tools.display()))
    }

    fn run(&self, title: &str, args: &[&str]) -> Result<()> {
        self.pip(&self.tools, title, args)
    }

    fn pip(&self, tools: &Path, title: &str, args: &[&str]) -> Result<()> {
        let mut command: Command = process::python(self.python);
        command.env("PYTHONPATH", tools).env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
        if let Some(index) = pip::index_url() {
            command.env("PIP_INDEX_URL", index);
        }
        command.args(["-m", "pip"]).args(args);
        if self.pair.version.major == 2 {
            command.arg("--no-build-isolation");
        }
        step::run(title, &mut command, &self.log)
    }
}

fn bundled(pair: &Pair) -> Result<PathBuf> {
    let prefix = pair.stock.parent().and_then(Path::parent).context("stock is in no bin directory")?;
    Ok(prefix.join(format!("lib/python{}/ensurepip/_bundled", pair.version.short())))
}
