//! The servers of the distribution that stacks rest on: found, or why they are not, and started where nobody
//! else sees them.

use super::daemon::Daemon;
use super::table::Need;
use crate::dirs::Dirs;
use crate::step;
use crate::test::{distribution, process};
use anyhow::{Context, Result, bail};
use rustix::process::Signal;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who the user and the superuser of every database is.
const USER: &str = "stack";

/// Where the programs of a need are, or what is lacking.
pub fn find(dirs: &Dirs, need: Need, may_install: bool) -> Result<PathBuf, String> {
    let (program, package) = match need {
        Need::Database => ("initdb", "postgresql"),
        Need::Redis => ("redis-server", "redis-server"),
    };
    distribution::program(dirs, program, package, may_install)
}

/// A server of one stack; it is stopped when it goes.
pub struct Service {
    _daemon: Daemon,
    /// Where its programs are.
    programs: PathBuf,
    /// Where its socket is.
    folder: PathBuf,
    need: Need,
}

impl Service {
    /// Starts it below `scratch`, whose path has to be short: sockets are there.
    pub fn start(need: Need, programs: &Path, scratch: &Path) -> Result<Service> {
        let folder = scratch.join(format!("{need:?}").to_lowercase());
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let mut command;
        let end = match need {
            Need::Database => {
                let owner = owner()?;
                if let Some((user, group)) = owner {
                    chown(&folder, Some(user), Some(group)).context("cannot give a folder away")?;
                }
                let mut initdb = run_as(&programs.join("initdb"), owner);
                initdb.args(["--no-sync", "-A", "trust", "-E", "UTF8", "--locale=C", "-U", USER, "-D"]);
                process::succeed(initdb.arg(folder.join("data")), &scratch.join("output"), PATIENCE)?;
                command = run_as(&programs.join("postgres"), owner);
                command
                    .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "jit=off", "-k"])
                    .arg(&folder);
                command.arg("-D").arg(folder.join("data"));
                // Connections are ended, not waited for.
                Signal::INT
            }
            Need::Redis => {
                command = run_as(&programs.join("redis-server"), None);
                command.args(["--port", "0", "--save", "", "--appendonly", "no", "--databases", "4"]);
                command.arg("--dir").arg(&folder).arg("--unixsocket").arg(folder.join("socket"));
                Signal::TERM
            }
        };
        let mut daemon = Daemon::start(&mut command, &scratch.join(format!("{need:?}.log")), end)?;
        let started = Instant::now();
        loop {
            let socket = match need {
                Need::Database => folder.join("data/postmaster.pid"),
                Need::Redis => folder.join("socket"),
            };
            let said = std::fs::read_to_string(&socket).unwrap_or_default();
            if socket.exists() && (need == Need::Redis || said.contains("ready")) {
                break;
            }
            if let Some(how) = daemon.ended() {
                bail!("the server of {need:?} has ended: {how}");
            }
            if started.elapsed() > PATIENCE {
                bail!("the server of {need:?} is not ready: {}", daemon.last_words());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Service { _daemon: daemon, programs: programs.to_path_buf(), folder, need })
    }

    /// What a side has for itself: a database of its own, and the environment that names it.
    pub fn part(&self, name: &str, number: usize, scratch: &Path) -> Result<Vec<(&'static str, String)>> {
        let folder = self.folder.display();
        match self.need {
            Need::Database => {
                let mut create = run_as(&self.programs.join("createdb"), None);
                create.arg("-h").arg(&self.folder).args(["-U", USER, name]);
                process::succeed(&mut create, &scratch.join("output"), PATIENCE)?;
                Ok(vec![
                    ("STACK_DATABASE", format!("postgresql://{USER}@/{name}?host={folder}")),
                    ("STACK_DATABASE_NAME", name.to_string()),
                    ("STACK_DATABASE_HOST", folder.to_string()),
                ])
            }
            Need::Redis => {
                Ok(vec![("STACK_REDIS", format!("redis+socket://{folder}/socket?virtual_host={number}"))])
            }
        }
    }
}

/// Whom PostgreSQL runs as where this is root, whom it refuses.
fn owner() -> Result<Option<(u32, u32)>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    distribution::user("postgres").map(Some)
}

fn run_as(program: &Path, owner: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    step::clean_environment(&mut command);
    command.env("LC_ALL", "C.UTF-8").current_dir("/");
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command
}
