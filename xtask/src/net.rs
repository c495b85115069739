//! Downloads one file: `curl` where there is one, Python's own `urllib` otherwise; neither waits long for a
//! dead host.

use crate::step::Step;
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Seconds to wait for a host to answer. Machines without a way out should find that out quickly.
const CONNECT_SECONDS: &str = "8";

const PYTHON_DOWNLOAD: &str = "
import shutil, socket, sys, urllib.request
socket.setdefaulttimeout(float(sys.argv[3]))
try:
    with urllib.request.urlopen(sys.argv[1]) as r, open(sys.argv[2], 'wb') as f:
        shutil.copyfileobj(r, f)
except Exception as e:
    sys.exit(str(e))
";

/// Downloads `url` to `to`, which is removed again if that fails.
pub fn download(url: &str, to: &Path) -> Result<()> {
    let mut command = if which("curl") {
        let mut c = Command::new("curl");
        c.args(["-fsSL", "--connect-timeout", CONNECT_SECONDS, "--speed-limit", "500", "--speed-time", "20"]);
        c.arg("-o").arg(to).arg(url);
        c
    } else {
        let mut c = Command::new("python3");
        c.args(["-c", PYTHON_DOWNLOAD, url]).arg(to).arg(CONNECT_SECONDS);
        c
    };
    run_download(&format!("download {url}"), &mut command, to)
}

/// Lets apt's own downloader fetch and verify a file.
pub fn apt_download(url: &str, to: &Path, sha256: &str) -> Result<()> {
    let mut command = Command::new(APT_HELPER);
    command.args(["-o", "Acquire::http::Timeout=8", "-o", "Acquire::https::Timeout=8"]);
    command.args(["-o", "Acquire::Retries=0", "download-file", url]).arg(to).arg(format!("SHA256:{sha256}"));
    run_download(&format!("download {url} with apt"), &mut command, to)
}

const APT_HELPER: &str = "/usr/lib/apt/apt-helper";

/// The repositories this machine's apt is configured for; empty where there is no apt.
pub fn apt_repositories() -> Vec<String> {
    if !Path::new(APT_HELPER).exists() {
        return Vec::new();
    }
    let output = Command::new("apt-get").args(["indextargets", "--format", "$(REPO_URI)"]).output();
    let mut uris: Vec<String> = Vec::new();
    if let Ok(output) = output {
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            if !line.is_empty() && !uris.iter().any(|u| u == line) {
                uris.push(line.to_string());
            }
        }
    }
    uris
}

fn run_download(title: &str, command: &mut Command, to: &Path) -> Result<()> {
    let mut step = Step::start(title);
    let result = wait(command, to, &mut step);
    match &result {
        Ok(()) => step.done(),
        Err(_) => {
            step.failed();
            // Half a download is of use to nobody; that it may not exist is fine.
            let _ = std::fs::remove_file(to);
        }
    }
    result
}

fn wait(command: &mut Command, to: &Path, step: &mut Step) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = child.with_context(|| format!("cannot start {program}"))?;
    loop {
        if child.try_wait()?.is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
        let size = std::fs::metadata(to).map(|m| m.len()).unwrap_or(0);
        step.note(&format!("{:.1} MB", size as f64 / 1e6));
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        let said = complaint(&String::from_utf8_lossy(&output.stderr));
        bail!("{said} ({program}, {})", output.status);
    }
    Ok(())
}

/// The line of a program's complaints that says most: apt gives its reason before it says that it failed.
fn complaint(stderr: &str) -> String {
    let lines = || stderr.lines().map(str::trim).filter(|l| !l.is_empty());
    let reason = lines().find(|l| l.starts_with("E: ") || l.starts_with("W: "));
    reason.or(lines().next_back()).unwrap_or("it said nothing").to_string()
}

/// Whether a program is on the PATH.
pub fn which(program: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else { return false };
    std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_quoted() {
        let apt = "E: Failed to fetch http://x/y  Could not resolve 'x'\n\nE: Download Failed\n";
        assert_eq!(complaint(apt), "E: Failed to fetch http://x/y  Could not resolve 'x'");
        assert_eq!(complaint("a warning\ncurl: (6) no\n\n"), "curl: (6) no");
        assert_eq!(complaint(""), "it said nothing");
    }
}
