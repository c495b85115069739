//! An interpreter that is started once and forks for every program.

use crate::test::{Output, python};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::Duration;

const SOURCE: &str = include_str!("server.py");

/// The memory a program may use; one that needs more is not what is looked for.
const MEMORY: &str = "3000000";

/// What a program is told about where it runs, and what starts it.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// The executable.
    pub executable: PathBuf,
    /// Its environment beyond the clean one.
    pub env: Vec<(&'static str, &'static str)>,
}

/// The running server; it ends when it is dropped.
pub struct Server {
    recipe: Recipe,
    folder: PathBuf,
    process: Option<(Child, ChildStdin, BufReader<ChildStdout>)>,
}

impl Server {
    /// A server that will start when it is first used; what programs print goes to files below `folder`.
    pub fn new(recipe: Recipe, folder: &Path) -> Server {
        Server { recipe, folder: folder.to_path_buf(), process: None }
    }

    /// Runs one program. It is killed after `limit` of processor time, which shows as `timeout`.
    pub fn run(&mut self, program: &Path, limit: Duration) -> Result<Output> {
        let (out, err) = (self.folder.join("stdout"), self.folder.join("stderr"));
        std::fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot create {}", self.folder.display()))?;
        for path in [&out, &err] {
            std::fs::write(path, b"").with_context(|| format!("cannot write {}", path.display()))?;
        }
        let line = format!(
            "{} {} {} {}\n",
            program.display(),
            out.display(),
            err.display(),
            limit.as_secs_f64().max(0.1)
        );
        let status = match self.ask(&line) {
            Ok(status) => status,
            Err(e) => {
                self.stop();
                return Err(e);
            }
        };
        let status = std::process::ExitStatus::from_raw(status);
        let end = match (status.code(), status.signal()) {
            (Some(code), _) => format!("exit {code}"),
            // SIGALRM and SIGPROF.
            (None, Some(14 | 27)) => "timeout".to_string(),
            (None, Some(signal)) => format!("signal {signal}"),
            (None, None) => status.to_string(),
        };
        let read = |path: &Path| -> Result<String> {
            let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            Ok(without_addresses(&String::from_utf8_lossy(&bytes)))
        };
        Ok(Output { stdout: read(&out)?, stderr: read(&err)?, end })
    }

    fn ask(&mut self, line: &str) -> Result<i32> {
        let executable = self.recipe.executable.display().to_string();
        if self.process.is_none() {
            self.process = Some(self.start()?);
        }
        let Some((_, input, output)) = &mut self.process else { bail!("{executable} is not running") };
        input.write_all(line.as_bytes()).with_context(|| format!("{executable} does not listen"))?;
        let mut answer = String::new();
        output.read_line(&mut answer).with_context(|| format!("{executable} does not answer"))?;
        answer.trim().parse().with_context(|| format!("{executable} (the server) ended: `{}`", answer.trim()))
    }

    fn start(&self) -> Result<(Child, ChildStdin, BufReader<ChildStdout>)> {
        // Tracebacks name it, so it is at the same place for all of a worker.
        let script = self.folder.parent().unwrap_or(&self.folder).join("server.py");
        std::fs::write(&script, SOURCE).with_context(|| format!("cannot write {}", script.display()))?;
        let log = self.folder.join("server.log");
        let log = std::fs::File::create(&log).with_context(|| format!("cannot create {}", log.display()))?;
        let mut command = python(Path::new("/bin/sh"));
        command.args(["-c", &format!("ulimit -c 0; ulimit -v {MEMORY}; exec \"$0\" \"$@\"")]);
        // Ctrl-C is for the tool: it stops after the programs it is at.
        command.arg(&self.recipe.executable).arg("-u").arg(&script).process_group(0);
        command.envs(self.recipe.env.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut child =
            command.spawn().with_context(|| format!("cannot start {}", self.recipe.executable.display()))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok((child, input, BufReader::new(output))),
            _ => bail!("a server without pipes"),
        }
    }

    fn stop(&mut self) {
        if let Some((mut child, input, _)) = self.process.take() {
            drop(input);
            // It may have ended by itself, and then neither is possible.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Addresses differ from run to run, whoever runs.
fn without_addresses(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("0x") {
        let digits = rest[at + 2..].bytes().take_while(u8::is_ascii_hexdigit).count();
        clean.push_str(&rest[..at + 2]);
        clean.push_str(if digits >= 6 { ADDRESS } else { &rest[at + 2..at + 2 + digits] });
        rest = &rest[at + 2 + digits..];
    }
    clean + rest
}

/// What an address is shown as.
pub const ADDRESS: &str = "(address)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_go() {
        assert_eq!(without_addresses("<A at 0x7f12ab34cd> 0x10 0x"), "<A at 0x(address)> 0x10 0x");
    }
}
