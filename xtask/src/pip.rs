//! The package index of this machine's own pip, for interpreters whose pip is too old to know where it is today.

use crate::step;
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
