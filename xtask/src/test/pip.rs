//! Whether people get their packages: pip is there and is the one that is bundled, in virtual environments,
//! too, where the JIT is on, and it takes the newest wheels that there are for this version.

use super::process::{self, Output};
use super::{Args, Pair, Tally};
use crate::dirs::{Dirs, remove_tree};
use crate::versions::Release;
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(600);

/// The last releases with a wheel for a version. There will be no others.
struct Last {
    python: &'static str,
    /// Its wheels are for manylinux1.
    numpy: &'static str,
    /// Wheels for manylinux2010: CPython's own pip of that time takes older ones, or none.
    cryptography: &'static str,
}

const LAST: &[Last] = &[
    Last {
        python: "2.7",
        numpy: "1.16.6",
        cryptography: "cryptography-3.3.2-cp27-cp27mu-manylinux2010_x86_64.whl",
    },
    Last {
        python: "3.5",
        numpy: "1.18.5",
        cryptography: "cryptography-3.2.1-cp35-abi3-manylinux2010_x86_64.whl",
    },
    Last {
        python: "3.4",
        numpy: "1.15.4",
        cryptography: "cryptography-2.8-cp34-abi3-manylinux2010_x86_64.whl",
    },
];

/// Works in an environment with a numpy in it.
const USE: &str = "
import sys, numpy, pyjion
def total(n):
    t = 0
    for i in range(n):
        t += i
    return t
for i in range(30):
    total(100)
pyjion.compile(total)
sys.stdout.write('%s %s %s %d %d' % (
    numpy.__version__, pyjion.status()['enabled'], pyjion.info(total)['state'], numpy.arange(5).sum(), total(5)))
";

/// Runs the checks on one version.
pub fn run(dirs: &Dirs, args: &Args, release: &Release, pair: &Pair, tally: &mut Tally) -> Result<()> {
    let name = |what: &str| format!("pip {} {what}", pair.version.short());
    if args.common.offline {
        tally.skip(&name("and its wheels"), "--offline forbids to download any");
        return Ok(());
    }
    let scratch = dirs.target.join("test").join(format!("pip-{}", pair.version));
    remove_tree(&scratch)?;
    std::fs::create_dir_all(&scratch).with_context(|| format!("cannot create {}", scratch.display()))?;
    let bundled = release.bundled.iter().find(|wheel| wheel.name() == "pip").map(|wheel| wheel.version());
    let house = House { pair, scratch: &scratch, bundled: bundled.unwrap_or_default() };
    let checks: [(&str, &dyn Fn() -> Result<()>); 3] = [
        ("is the bundled one", &|| house.is_bundled(&pair.ours)),
        ("is bundled for virtual environments and installs numpy there", &|| house.environment()),
        ("takes the newest wheels", &|| house.newest()),
    ];
    for (what, check) in checks {
        match check() {
            Ok(()) => tally.pass(&name(what)),
            Err(e) => tally.fail(&name(what), &format!("{e:#}")),
        }
    }
    remove_tree(&scratch)
}

struct House<'a> {
    pair: &'a Pair,
    scratch: &'a Path,
    bundled: &'a str,
}

impl House<'_> {
    fn succeed(&self, command: &mut Command) -> Result<Output> {
        process::succeed(command, &self.scratch.join("output"), LIMIT)
    }

    fn last(&self) -> Result<&'static Last> {
        let short = self.pair.version.short();
        LAST.iter()
            .find(|last| last.python == short)
            .with_context(|| format!("no wheels of {short} are known"))
    }

    /// What `-m pip --version` says; it is below the prefix of the interpreter.
    fn is_bundled(&self, python: &Path) -> Result<()> {
        let mut command = process::python(python);
        command.args(["-m", "pip", "--version"]);
        let said = self.succeed(&mut command)?.stdout;
        let prefix = python.parent().and_then(Path::parent).context("it is in no bin directory")?;
        let place = format!("pip {} from {}", self.bundled, prefix.display());
        ensure!(said.starts_with(&place), "expected `{place}…`, got `{}`", said.trim());
        Ok(())
    }

    fn environment(&self) -> Result<()> {
        let home = self.scratch.join("environment");
        self.create(&home)?;
        let python = home.join("bin/python");
        self.is_bundled(&python)?;
        let mut install = process::python(&python);
        self.succeed(install.args(["-m", "pip", "install", "numpy"]))?;
        let said = self.succeed(process::python(&python).args(["-c", USE]))?.stdout;
        let wanted = format!("{} True native 10 10", self.last()?.numpy);
        ensure!(said == wanted, "expected `{wanted}`, got `{said}`");
        Ok(())
    }

    /// A virtual environment, with `venv`, or where there is none yet with the package `virtualenv`.
    fn create(&self, home: &Path) -> Result<()> {
        if self.pair.version.major == 3 {
            let mut venv = process::python(&self.pair.ours);
            self.succeed(venv.args(["-m", "venv"]).arg(home))?;
            return Ok(());
        }
        let packages = self.scratch.join("virtualenv");
        let mut install = process::python(&self.pair.ours);
        self.succeed(install.args(["-m", "pip", "install", "virtualenv", "--target"]).arg(&packages))?;
        let mut virtualenv = process::python(&self.pair.ours);
        virtualenv
            .env("PYTHONPATH", &packages)
            .env("VIRTUALENV_OVERRIDE_APP_DATA", self.scratch.join("data"));
        self.succeed(virtualenv.args(["-m", "virtualenv"]).arg(home))?;
        Ok(())
    }

    fn newest(&self) -> Result<()> {
        let wanted = self.last()?.cryptography;
        let folder = self.scratch.join("wheels");
        let mut download = process::python(&self.pair.ours);
        download.args(["-m", "pip", "download", "--no-deps", "--dest"]).arg(&folder).arg("cryptography");
        self.succeed(&mut download)?;
        let entries =
            std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        let files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        if !files.iter().any(|path| path.ends_with(wanted)) {
            bail!("{wanted} was expected, not {files:?}");
        }
        Ok(())
    }
}
