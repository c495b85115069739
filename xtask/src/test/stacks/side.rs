//! One stack on one interpreter: what it runs with, what of it runs, and what it says of itself.

use super::client::Question;
use super::daemon::Daemon;
use super::memory;
use super::services::Service;
use super::table::{Load, Stack};
use super::tree::Usage;
use crate::test::process::{self, Output};
use anyhow::{Context, Result, bail, ensure};
use rustix::process::Signal;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wait4::Wait4;

/// How long daemons may take until they answer.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long a program may take that asks for lots.
const LIMIT: Duration = Duration::from_secs(600);

/// How often a worker is asked what it is: there may be several behind one port.
const ASKED: usize = 30;

/// One of the two.
pub struct Side<'a> {
    stack: &'a Stack,
    python: &'a Path,
    environment: Vec<(String, String)>,
    /// What stands in braces in the arguments.
    words: BTreeMap<&'static str, String>,
    folder: PathBuf,
    port: u16,
    daemons: Vec<Daemon>,
}

/// Where a side finds what it needs.
pub struct Places<'a> {
    /// The programs of stacks.
    pub apps: &'a Path,
    /// What is installed.
    pub site: &'a Path,
    /// A folder for it alone.
    pub folder: &'a Path,
}

impl<'a> Side<'a> {
    /// Starts what runs all the time, and waits until it answers; `number` is another one for each side.
    pub fn start(
        stack: &'a Stack,
        python: &'a Path,
        mode: &[(&str, &str)],
        places: &Places<'_>,
        services: &[Service],
        number: usize,
    ) -> Result<Side<'a>> {
        let folder = places.folder.to_path_buf();
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let port = free_port()?;
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let words = BTreeMap::from([
            ("{port}", port.to_string()),
            ("{site}", text(places.site)),
            ("{apps}", text(places.apps)),
            ("{run}", text(&folder)),
        ]);
        let mut side =
            Side { stack, python, environment: Vec::new(), words, folder, port, daemons: Vec::new() };
        let mut environment = vec![
            ("STACK_SITE", text(places.site)),
            ("STACK_PORT", port.to_string()),
            ("PYTHONPATH", text(places.apps)),
            ("HOME", text(&side.folder)),
            ("TMPDIR", text(&side.folder)),
            // Celery runs as root only when told that this is meant.
            ("C_FORCE_ROOT", "1".to_string()),
        ];
        for service in services {
            environment.extend(service.part(&format!("side{number}"), number, &side.folder)?);
        }
        environment.extend(stack.environment.iter().map(|(name, value)| (*name, side.fill(value))));
        side.environment = environment.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        if let Some(setup) = stack.setup {
            process::succeed(&mut side.command(setup), &side.folder.join("output"), LIMIT)?;
        }
        side.environment.extend(mode.iter().map(|(name, value)| (name.to_string(), value.to_string())));
        for (index, arguments) in stack.daemons.iter().enumerate() {
            let mut command = side.command(arguments);
            let log = side.folder.join(format!("daemon-{index}.log"));
            side.daemons.push(Daemon::start(&mut command, &log, Signal::TERM)?);
        }
        side.wait()?;
        Ok(side)
    }

    fn fill(&self, text: &str) -> String {
        self.words.iter().fold(text.to_string(), |text, (word, value)| text.replace(word, value))
    }

    /// A command of the interpreter, or of what is installed, with these arguments.
    fn command(&self, arguments: &[&str]) -> Command {
        let arguments: Vec<String> = arguments.iter().map(|argument| self.fill(argument)).collect();
        let is_program = arguments.first().is_some_and(|first| first.starts_with('/'));
        let mut command = match is_program {
            true => process::python(Path::new(&arguments[0])),
            false => process::python(self.python),
        };
        command.args(&arguments[usize::from(is_program)..]);
        self.dress(&mut command);
        command
    }

    fn dress(&self, command: &mut Command) {
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.current_dir(&self.words["{apps}"]);
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    fn wait(&mut self) -> Result<()> {
        if !matches!(self.stack.load, Load::Http { .. }) {
            // Programs wait by themselves.
            return Ok(());
        }
        let started = Instant::now();
        while Question::get("/worker").ask(self.port).status != Some(200) {
            self.check()?;
            if started.elapsed() > PATIENCE {
                bail!("it does not answer: {}", self.last_words());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Fails where something that runs all the time has ended.
    pub fn check(&mut self) -> Result<()> {
        for daemon in &mut self.daemons {
            if let Some(how) = daemon.ended() {
                bail!("it has ended: {how}");
            }
        }
        Ok(())
    }

    /// The end of all that it has said.
    pub fn last_words(&self) -> String {
        self.daemons.iter().map(Daemon::last_words).collect::<Vec<_>>().join("\n")
    }

    /// What the daemons use.
    pub fn usage(&self) -> Usage {
        Usage::of(self.daemons.iter().map(Daemon::id))
    }

    /// Where the memory of the daemons is.
    pub fn memory(&self) -> memory::Places {
        memory::Places::of(self.usage().processes.iter())
    }

    /// Runs a program; what is said of it is its processor time and memory.
    pub fn script(&self, file: &str, arguments: &[String]) -> Result<(Output, f64, u64)> {
        let (out, err) = (self.folder.join("script.out"), self.folder.join("script.err"));
        let create = |path: &Path| {
            std::fs::File::create(path).with_context(|| format!("cannot create {}", path.display()))
        };
        let mut limited = process::python(Path::new("timeout"));
        limited.args(["-k", "5", &LIMIT.as_secs().to_string()]).arg(self.python).arg(file).args(arguments);
        self.dress(&mut limited);
        limited.stdin(Stdio::null()).stdout(create(&out)?).stderr(create(&err)?);
        let mut child = limited.spawn().context("cannot start timeout")?;
        let used = child.wait4().context("lost track of a program")?;
        let read = |path: &Path| -> Result<String> {
            let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        };
        let end = match used.status.success() {
            true => "exit 0".to_string(),
            false => used.status.to_string(),
        };
        let processor = (used.rusage.utime + used.rusage.stime).as_secs_f64();
        Ok((Output { stdout: read(&out)?, stderr: read(&err)?, end }, processor, used.rusage.maxrss / 1024))
    }

    /// What the workers say of themselves, one object for each that has answered.
    pub fn workers(&self) -> Result<Vec<Value>> {
        let said: Vec<String> = match self.stack.load {
            Load::Http { .. } => (0..ASKED).map(|_| Question::get("/worker").ask(self.port).body).collect(),
            Load::Script { file, .. } => {
                let (output, ..) = self.script(file, &["worker".to_string()])?;
                ensure!(output.end == "exit 0", "{}\n{}", output.end, process::tail(&output.stderr));
                output.stdout.lines().map(str::to_string).collect()
            }
        };
        let mut workers = BTreeMap::new();
        for text in said {
            let worker: Value =
                serde_json::from_str(&text).with_context(|| format!("a worker says {text}"))?;
            workers.insert(worker["pid"].as_u64(), worker);
        }
        Ok(workers.into_values().collect())
    }
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("there is no free port")?;
    Ok(listener.local_addr().context("a port without a number")?.port())
}
