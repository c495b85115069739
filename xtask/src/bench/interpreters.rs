//! The interpreters that take part: stock, ours, and whatever else was named.

use super::Args;
use super::results::{Participant, STOCK};
use crate::build_python;
use crate::dirs::{Dirs, Flavour};
use crate::hash;
use crate::plan::{Options, Plan};
use crate::test;
use crate::versions::Release;
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Ours.
pub const OURS: &str = "pyjion";

/// Says what an interpreter is; runs on every Python since 2.6.
const WHO: &str = r#"
import json, platform, sys
try:
    import sysconfig
    flags = [sysconfig.get_config_var(name) or "" for name in ("CC", "OPT", "CFLAGS", "CONFIG_ARGS")]
except ImportError:
    flags = []
try:
    import pyjion
    jit = True
except ImportError:
    jit = False
print(json.dumps({
    "banner": " ".join(sys.version.split()),
    "implementation": platform.python_implementation(),
    "flags": " | ".join(flag for flag in flags if flag),
    "jit": jit,
}))
"#;

/// `NAME=PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Against {
    /// What it is called in the results.
    pub name: String,
    /// Its executable.
    pub path: PathBuf,
}

impl FromStr for Against {
    type Err = String;

    fn from_str(text: &str) -> Result<Against, String> {
        let form = || format!("`{text}` is not NAME=PATH, as in pypy=/usr/bin/pypy");
        let (name, path) = text.split_once('=').ok_or_else(form)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if name.is_empty() || path.is_empty() {
            return Err(form());
        }
        if !name.chars().all(plain) {
            return Err(format!("the name `{name}` must be of letters, digits and _-."));
        }
        if [STOCK, OURS, "pyjion-off"].contains(&name) {
            return Err(format!("`{name}` takes part anyway; give the other interpreter another name"));
        }
        Ok(Against { name: name.into(), path: path.into() })
    }
}

/// One that takes part.
pub struct Interpreter {
    /// What the results say of it.
    pub participant: Participant,
    /// Its executable.
    pub path: PathBuf,
    /// The source tree of the CPython that it is or is compared with.
    pub source: PathBuf,
    /// What its environment has beside the usual.
    pub env: Vec<(&'static str, &'static str)>,
}

impl Interpreter {
    /// What it is called in the results.
    pub fn name(&self) -> &str {
        &self.participant.name
    }
}

#[derive(Deserialize)]
struct Who {
    banner: String,
    implementation: String,
    flags: String,
    jit: bool,
}

/// Those of one version, stock first; they are built unless `--skip-build` says otherwise.
pub fn all(dirs: &Dirs, args: &Args, release: &Release) -> Result<Vec<Interpreter>> {
    let mut options = Options::plain(&args.common);
    options.pgo = args.pgo;
    let ready = |flavour| {
        let plan = Plan::new(dirs, release, flavour, &options);
        let path = if args.skip_build { plan.executable() } else { build_python::build(&plan)? };
        ensure!(path.exists(), "{} is not there; run without --skip-build", path.display());
        Ok((path, plan.tree()))
    };
    let (stock, source) = ready(Flavour::Stock)?;
    let (ours, _) = ready(Flavour::Pyjion)?;
    let version = release.version.to_string();
    let mut all = vec![interpreter(dirs, STOCK, &version, &stock, &source, Vec::new())?];
    all.push(match args.off {
        false => interpreter(dirs, OURS, &version, &ours, &source, Vec::new())?,
        true => interpreter(dirs, "pyjion-off", &version, &ours, &source, vec![("PYJION", "0")])?,
    });
    for other in &args.against {
        let path = std::path::absolute(&other.path).unwrap_or_else(|_| other.path.clone());
        ensure!(path.is_file(), "--against {}: {} is not a file", other.name, path.display());
        ensure!(
            !all.iter().any(|i| i.name() == other.name),
            "--against: two interpreters are called {}",
            other.name
        );
        all.push(interpreter(dirs, &other.name, &version, &path, &source, Vec::new())?);
    }
    Ok(all)
}

/// Stock and ours of one version, as they are.
pub fn pair(
    dirs: &Dirs,
    release: &Release,
    stock: &Path,
    ours: &Path,
    source: &Path,
) -> Result<Vec<Interpreter>> {
    let version = release.version.to_string();
    Ok(vec![
        interpreter(dirs, STOCK, &version, stock, source, Vec::new())?,
        interpreter(dirs, OURS, &version, ours, source, Vec::new())?,
    ])
}

/// A text without the path of the checkout: results are read elsewhere, too.
fn portable(dirs: &Dirs, text: &str) -> String {
    text.replace(&format!("{}/", dirs.root.display()), "")
}

fn interpreter(
    dirs: &Dirs,
    name: &str,
    version: &str,
    path: &Path,
    source: &Path,
    env: Vec<(&'static str, &'static str)>,
) -> Result<Interpreter> {
    let who = who(path).with_context(|| format!("{name} is no interpreter that can be measured"))?;
    let participant = Participant {
        name: name.into(),
        version: version.into(),
        path: portable(dirs, &path.display().to_string()),
        sha256: hash::file(path)?,
        banner: who.banner,
        implementation: who.implementation,
        flags: portable(dirs, &who.flags),
        jit: who.jit,
    };
    Ok(Interpreter { participant, path: path.into(), source: source.into(), env })
}

fn who(path: &Path) -> Result<Who> {
    let mut command = test::python(path);
    let output = command.args(["-c", WHO]).output();
    let output = output.with_context(|| format!("cannot start {}", path.display()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        bail!("{} ({}): {}", path.display(), output.status, said.trim().lines().last().unwrap_or(""));
    }
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("{} does not run Python programs", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_named() {
        let found: Against = "pypy=/opt/a=b/pypy".parse().expect("parses");
        assert_eq!((found.name.as_str(), found.path.as_path()), ("pypy", Path::new("/opt/a=b/pypy")));
        for bad in ["pypy", "=x", "x=", "a b=x", "stock=/x", "pyjion=/x"] {
            assert!(bad.parse::<Against>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_no_python_is_refused() {
        assert!(who(Path::new("/bin/true")).is_err());
        let error = who(Path::new("/nowhere/python")).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(error.contains("/nowhere/python"), "{error}");
    }
}
