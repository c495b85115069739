//! The pip of this machine's Python 3: where its package index is, and wheels from there, kept when their
//! hash is right.

use crate::dirs::{Dirs, remove_tree, sweep};
use crate::versions::Wheel;
use crate::{hash, step};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Prints the index that pip uses: what it is configured to, else what it has built in.
const INDEX: &str = "
import ast, subprocess, sys
said = subprocess.run([sys.executable, '-m', 'pip', 'config', 'list'], stdout=subprocess.PIPE).stdout.decode()
settings = dict(line.partition('=')[::2] for line in said.splitlines())
for key in ':env:.index-url', 'install.index-url', 'global.index-url':
    if key in settings:
        print(ast.literal_eval(settings[key]))
        break
else:
    from pip._internal.models.index import PyPI
    print(PyPI.simple_url)
";

/// The address of the index; none where Python 3 has no pip.
pub fn index_url() -> Option<String> {
    let mut python = Command::new("python3");
    step::clean_environment(&mut python);
    let output = python.args(["-c", INDEX]).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let url = String::from_utf8_lossy(&output.stdout).trim().to_string();
    (output.status.success() && url.contains("://")).then_some(url)
}

/// Whether Python 3 has a pip.
pub fn is_at_hand() -> bool {
    let mut command = Command::new("python3");
    command.args(["-m", "pip", "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|s| s.success())
}

/// A command that downloads one requirement as a wheel, without what it depends on, into a folder; `platform`
/// is the last part of the wheel's name.
pub fn download(requirement: &str, platform: &str, to: &Path) -> Command {
    let mut pip = Command::new("python3");
    step::clean_environment(&mut pip);
    pip.args(["-m", "pip", "download", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]);
    pip.args(["--timeout", "15", "--retries", "1", "--platform", platform, "--dest"]);
    pip.arg(to).arg(requirement);
    pip
}

/// A program or library that a wheel brings for one kind of machine, by exactly which wheel.
pub struct Tool {
    /// What it is called in the index.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The middle of the wheel's name.
    pub tag: &'static str,
    /// The last part of the wheel's name.
    pub platform: &'static str,
    /// The hash of the wheel.
    pub sha256: &'static str,
}

impl Tool {
    /// Where it is unpacked, or will be.
    pub fn home(&self, dirs: &Dirs) -> PathBuf {
        dirs.target.join("tools").join(format!("{}-{}", self.name, self.version))
    }

    /// Downloads the wheel and unpacks it, if that was not done before.
    pub fn ensure(&self, dirs: &Dirs) -> Result<PathBuf> {
        let home = self.home(dirs);
        if home.exists() {
            return Ok(home);
        }
        sweep(&dirs.target.join("tools"));
        let partial = home.with_extension(format!("part-{}", std::process::id()));
        let made = self.unpack(dirs, &partial).and_then(|()| {
            std::fs::rename(&partial, &home).with_context(|| format!("cannot create {}", home.display()))
        });
        remove_tree(&partial)?;
        made.map(|()| home)
    }

    fn unpack(&self, dirs: &Dirs, partial: &Path) -> Result<()> {
        let Tool { name, version, tag, platform, sha256 } = self;
        remove_tree(partial)?;
        std::fs::create_dir_all(partial).with_context(|| format!("cannot create {}", partial.display()))?;
        let log = step::fresh_log(dirs.logs().join(format!("{name}.log")));
        let mut pip = download(&format!("{name}=={version}"), platform, partial);
        step::run(&format!("download {name} {version}"), &mut pip, &log)?;
        let wheel = partial.join(format!("{name}-{version}-{tag}-{platform}.whl"));
        hash::verify(&wheel, sha256)?;
        let mut unzip = Command::new("python3");
        step::clean_environment(&mut unzip);
        unzip.args(["-m", "zipfile", "-e"]).arg(&wheel).arg(partial);
        step::run(&format!("unpack {name} {version}"), &mut unzip, &log)?;
        std::fs::remove_file(&wheel).with_context(|| format!("cannot remove {}", wheel.display()))
    }
}

/// Where a wheel is kept.
fn kept(dirs: &Dirs, wheel: &Wheel) -> PathBuf {
    dirs.downloads.join(&wheel.file)
}

/// Whether a wheel need not be downloaded.
pub fn has(dirs: &Dirs, wheel: &Wheel) -> bool {
    kept(dirs, wheel).exists()
}

/// A verified wheel that has no code for one platform; downloaded the first time.
pub fn wheel(dirs: &Dirs, wheel: &Wheel, offline: bool) -> Result<PathBuf> {
    let path = kept(dirs, wheel);
    if path.exists() {
        hash::verify(&path, &wheel.sha256)?;
        return Ok(path);
    }
    let advice = format!("get {} elsewhere and put it into {}", wheel.file, dirs.downloads.display());
    if offline {
        bail!("{} is not here yet and --offline forbids downloading it\nwhat to do: {advice}", wheel.file);
    }
    sweep(&dirs.downloads);
    let partial = path.with_extension(format!("part-{}", std::process::id()));
    let got = obtain(dirs, wheel, &partial).and_then(|found| {
        std::fs::rename(found, &path).with_context(|| format!("cannot create {}", path.display()))
    });
    remove_tree(&partial)?;
    got.with_context(|| format!("cannot obtain {} with pip\nwhat to do: {advice}", wheel.file))?;
    Ok(path)
}

fn obtain(dirs: &Dirs, wheel: &Wheel, partial: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(partial).with_context(|| format!("cannot create {}", partial.display()))?;
    let mut pip = download(&format!("{}=={}", wheel.name(), wheel.version()), "any", partial);
    // Of versions for many Pythons pip would refuse what is not for the one it runs on.
    let python = wheel.pythons().split('.').next().unwrap_or("py3");
    pip.args(["--ignore-requires-python", "--implementation", "py", "--abi", "none", "--python-version"]);
    pip.arg(python.trim_start_matches("py"));
    let log = step::fresh_log(dirs.logs().join(format!("download-{}.log", wheel.name())));
    step::run(&format!("download {}", wheel.file), &mut pip, &log)?;
    let found = partial.join(&wheel.file);
    hash::verify(&found, &wheel.sha256)?;
    Ok(found)
}
