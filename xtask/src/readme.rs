//! Whether README says of the interpreter's options what their table says.

use crate::dirs::Dirs;
use crate::options::TABLE;

/// A row of README's table.
fn row(flag: &str, name: &str, takes: &str, default: &str, meaning: &str) -> String {
    format!("| `{flag}` | `{name}` | {takes} | {default} | {meaning} |")
}

#[test]
fn readme_has_every_option_and_no_other() {
    let path = Dirs::find().expect("a checkout").root.join("README.md");
    let text = std::fs::read_to_string(path).expect("README.md is there");
    let found: Vec<&str> = text.lines().filter(|line| line.contains("| `PYJION")).collect();
    let expected: Vec<String> =
        TABLE.iter().map(|o| row(o.flag, o.name, o.takes, o.default, o.meaning)).collect();
    assert_eq!(found, expected, "the table of README, by embed/src/options.rs:\n{}", expected.join("\n"));
}
