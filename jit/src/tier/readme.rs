//! Whether README says of the interpreter's options what their table says.

use super::options::TABLE;
use std::path::Path;

/// A row of README's table.
fn row(flag: &str, name: &str, takes: &str, default: &str, meaning: &str) -> String {
    format!("| `{flag}` | `{name}` | {takes} | {default} | {meaning} |")
}

#[test]
fn readme_has_every_option_and_no_other() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let text = std::fs::read_to_string(path).expect("README.md is there");
    let found: Vec<&str> = text.lines().filter(|line| line.contains("| `PYJION")).collect();
    let expected: Vec<String> =
        TABLE.iter().map(|o| row(o.flag, o.name, o.takes, o.default, o.meaning)).collect();
    assert_eq!(found, expected, "the table of README, by jit/src/tier/options.rs:\n{}", expected.join("\n"));
}
