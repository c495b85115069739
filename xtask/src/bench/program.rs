//! The programs of `ci/bench`, and which versions each is for.

use crate::dirs::Dirs;
use anyhow::{Context, Result, ensure};
use std::path::PathBuf;

/// A program to measure.
pub struct Program {
    /// The name of its file, without the extension.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    /// The versions (`2.7`) that it is for; all when empty.
    versions: Vec<String>,
}

impl Program {
    /// Whether it runs on a version.
    pub fn is_for(&self, short: &str) -> bool {
        self.versions.is_empty() || self.versions.iter().any(|v| v == short)
    }
}

/// The programs whose name contains `filter`; files that begin with `_` are parts of programs.
pub fn load(dirs: &Dirs, filter: Option<&str>) -> Result<Vec<Program>> {
    let folder = dirs.root.join("ci/bench");
    let entries = std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut programs = Vec::new();
    for path in entries.flatten().map(|e| e.path()) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_program = path.extension().is_some_and(|e| e == "py") && !name.starts_with('_');
        if is_program && filter.is_none_or(|f| name.contains(f)) {
            let text =
                std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            programs.push(Program { name, path, versions: versions(&text) });
        }
    }
    programs.sort_by(|a, b| a.name.cmp(&b.name));
    ensure!(!programs.is_empty(), "no program in {} matches", folder.display());
    Ok(programs)
}

/// What the comment `# versions: 2.7, 3.4` says.
fn versions(text: &str) -> Vec<String> {
    let Some(line) = text.lines().find_map(|line| line.strip_prefix("# versions:")) else {
        return Vec::new();
    };
    line.split([',', ' ']).filter(|v| !v.is_empty()).map(str::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(versions("\"\"\"Text.\"\"\"\n# versions: 3.4, 3.5\nimport x\n"), ["3.4", "3.5"]);
        assert!(versions("import x\n").is_empty());
    }
}
