//! `ci-matrix`: the jobs of public CI, made from `versions.toml` so that the two never disagree.

use crate::dirs::Dirs;
use crate::versions::Table;
use anyhow::Result;

/// The systems each version is tested on.
const SYSTEMS: &[&str] = &["ubuntu-22.04", "ubuntu-24.04"];

/// Prints the matrix as one line of JSON.
pub fn run(dirs: &Dirs) -> Result<()> {
    let table = Table::load(dirs)?;
    let versions: Vec<String> = table.supported().map(|r| r.version.to_string()).collect();
    println!("{}", matrix(&versions, SYSTEMS));
    Ok(())
}

/// Versions and systems are plain words, so nothing in them needs escaping.
fn matrix(versions: &[String], systems: &[&str]) -> String {
    let jobs: Vec<String> = versions
        .iter()
        .flat_map(|v| systems.iter().map(move |s| format!(r#"{{"version":"{v}","os":"{s}"}}"#)))
        .collect();
    format!(r#"{{"include":[{}]}}"#, jobs.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_on_every_system() {
        let line = matrix(&["2.7.18".into()], &["a", "b"]);
        assert_eq!(line, r#"{"include":[{"version":"2.7.18","os":"a"},{"version":"2.7.18","os":"b"}]}"#);
    }
}
