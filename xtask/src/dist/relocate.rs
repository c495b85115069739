//! What lets a tree be moved: scripts, configuration and certificates are found from where it is.

use super::tree;
use crate::plan::Plan;
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};

/// What `sysconfig` reads: values are as if Python had been configured for where this file is.
const SYSCONFIG: &str = "
import os as _os
_here = _os.path.dirname(_os.path.dirname(_os.path.dirname(_os.path.abspath(__file__))))
for _name, _value in list(build_time_vars.items()):
    if isinstance(_value, str):
        build_time_vars[_name] = _value.replace(_PREFIX, _here)
";

/// At the end of `ssl.py`: OpenSSL looks for certificates where the system has them on which it was built.
const CERTIFICATES: &str = "

def _set_default_verify_paths(self, _set=SSLContext.set_default_verify_paths):
    import os
    _set(self)
    paths = get_default_verify_paths()
    if paths.cafile or paths.capath and os.listdir(paths.capath):
        return
    for name in (
            '/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt',
            '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', '/etc/ssl/ca-bundle.pem', '/etc/ssl/cert.pem'):
        if os.path.exists(name):
            self.load_verify_locations(name)
            break

SSLContext.set_default_verify_paths = _set_default_verify_paths
";

/// Makes all of a tree follow its place.
pub fn all(plan: &Plan<'_>, tree: &Path) -> Result<()> {
    let built = plan.configured.display().to_string();
    let library = tree.join("lib").join(format!("python{}", plan.release.version.short()));
    scripts(&tree.join("bin"))?;
    edit(&library.join("_sysconfigdata.py"), |text| {
        Ok(anonymous(plan, &text) + &SYSCONFIG.replace("_PREFIX", &format!("'{built}'")))
    })?;
    edit(&library.join("ssl.py"), |text| Ok(text + CERTIFICATES))?;
    for path in tree::files(&tree.join("lib/pkgconfig"))?.iter().filter(|path| !path.is_symlink()) {
        edit(path, |text| {
            let line = format!("prefix={built}\n");
            ensure!(text.contains(&line), "it has no `{line}`");
            Ok(text.replacen(&line, "prefix=${pcfiledir}/../..\n", 1))
        })?;
    }
    for path in tree::files(&library)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        if folder.starts_with("config")
            && !path.is_symlink()
            && (name == "Makefile" || name.starts_with("Setup"))
        {
            edit(&path, |text| Ok(anonymous(plan, &text)))?;
        }
        if folder.starts_with("config") && name == plan.library_name() {
            std::fs::remove_file(&path)
                .and_then(|()| std::os::unix::fs::symlink(format!("../../{name}"), &path))
                .with_context(|| format!("cannot create {}", path.display()))?;
        }
    }
    Ok(())
}

/// Without where CPython was built.
fn anonymous(plan: &Plan<'_>, text: &str) -> String {
    let root = plan.options.root.as_deref().unwrap_or(Path::new("/nowhere")).display().to_string();
    let build = plan.tree().display().to_string();
    text.replace(&build, "/usr/src/python").replace(&root, "")
}

/// A script of Python that is one of the shell as well: that finds the interpreter beside it, and to Python
/// it is a text that nobody uses.
const START: &str =
    "#!/bin/sh\n'''exec' \"$(dirname \"$(readlink -f \"$0\")\")/pyjion-python\" \"$0\" \"$@\"\n' '''\n";

fn scripts(bin: &Path) -> Result<()> {
    for path in tree::files(bin)?.iter().filter(|path| !path.is_symlink()) {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let Some(rest) = bytes.strip_prefix(b"#!") else { continue };
        let end = rest.iter().position(|byte| *byte == b'\n').context("a script of one line")?;
        let interpreter = String::from_utf8_lossy(&rest[..end]).into_owned();
        if interpreter.trim_start().starts_with("/bin/sh") {
            continue;
        }
        if !interpreter.contains("python") {
            bail!("{} is run by {interpreter}", path.display());
        }
        let text = [START.as_bytes(), &rest[end + 1..]].concat();
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn edit(path: &PathBuf, with: impl FnOnce(String) -> Result<String>) -> Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let text = with(text).with_context(|| format!("cannot edit {}", path.display()))?;
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    #[test]
    fn scripts_find_the_interpreter_beside_them() {
        let folder = std::env::temp_dir().join(format!("xtask relocate {}", std::process::id()));
        let bin = folder.join("bin");
        std::fs::create_dir_all(&bin).expect("a folder");
        let write = |name: &str, text: &str| {
            let path = bin.join(name);
            std::fs::write(&path, text).expect("a file");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a program");
            path
        };
        write("pyjion-python", "#!/bin/sh\necho run with \"$2\"; tail -n 1 \"$1\"\n");
        let script = write("pip", "#!/nowhere/bin/python2.7\nthe rest\n");
        let other = write("python3-config", "#!/bin/sh\n");
        scripts(&bin).expect("they can be edited");
        let link = folder.join("link");
        std::os::unix::fs::symlink(&script, &link).expect("a link");
        for path in [&script, &link] {
            let output = Command::new(path).arg("a b").output().expect("it runs");
            assert_eq!(String::from_utf8_lossy(&output.stdout), "run with a b\nthe rest\n");
        }
        assert_eq!(std::fs::read_to_string(other).expect("is there"), "#!/bin/sh\n");
        write("perl", "#!/usr/bin/perl\n\n");
        assert!(scripts(&bin).is_err());
        std::fs::remove_dir_all(&folder).expect("clean up");
    }
}
