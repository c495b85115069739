//! Where the time of programs went, as `bench --profile NAME --json` wrote it, beside the results of a run.

use super::interpreters::OURS;
use super::results::Run;
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::path::Path;

/// What of a profile is shown beside the results.
#[derive(Deserialize)]
struct Profile {
    program: String,
    version: String,
    /// Shares of the samples.
    categories: Map<String, Value>,
}

/// Adds the profiles of a file to the programs that they are of.
pub fn add(run: &mut Run, path: &Path) -> Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    add_text(run, &text).with_context(|| format!("in {}", path.display()))
}

fn add_text(run: &mut Run, text: &str) -> Result<()> {
    let profiles: Vec<Profile> =
        serde_json::from_str(text).context("it is not a file that `bench --profile NAME --json` wrote")?;
    for profile in profiles {
        let mut found = false;
        let of =
            |p: &&mut super::results::Measured| p.name == profile.program && p.version == profile.version;
        for program in run.programs.iter_mut().filter(of) {
            let ours = program.outcomes.iter_mut().filter(|(name, _)| name == OURS);
            for (_, outcome) in ours {
                outcome.profile = profile.categories.clone();
                found = true;
            }
        }
        ensure!(found, "the run has no program {} on {}", profile.program, profile.version);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::figures::tests::{measured, run};
    use super::*;

    #[test]
    fn a_profile_finds_its_program() {
        let mut run = run(vec![measured("own", "g", "fib", &[1.0], &[1.0])]);
        let text = |name: &str| {
            format!(
                r#"[{{"program": "{name}", "version": "2.7.18", "samples": 9, "categories": {{"native": 0.75}}}}]"#
            )
        };
        add_text(&mut run, &text("fib")).expect("adds");
        assert_eq!(run.programs[0].outcomes[1].1.profile["native"], 0.75);
        assert!(run.programs[0].outcomes[0].1.profile.is_empty());
        assert!(add_text(&mut run, &text("fob")).is_err());
        assert!(add_text(&mut run, "{}").is_err());
    }
}
