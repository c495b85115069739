//! `tidy`: the house rules that no compiler checks, and the format.

mod arrows;
mod process;
mod rooms;
mod workflows;

use crate::dirs::Dirs;
use crate::series;
use crate::versions::Table;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;

const MAX_LINES: usize = 800;

/// Code is what `cargo fmt` makes it.
const MAX_COLUMNS: usize = 110;

/// How far above an `unsafe` block its `// SAFETY:` may begin.
const SAFETY_REACH: usize = 12;

/// Rules that another part of the tool checks: everything that breaks them.
pub type Complaints = fn(&Dirs) -> Result<Vec<String>>;

/// Runs the verb.
pub fn run(dirs: &Dirs, others: Complaints) -> Result<()> {
    check(dirs, others)?;
    println!("tidy");
    Ok(())
}

/// Fails with every broken rule at once.
pub fn check(dirs: &Dirs, others: Complaints) -> Result<()> {
    let mut complaints = Vec::new();
    let mut files = Vec::new();
    for path in rust_files(dirs)? {
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = path.strip_prefix(&dirs.root).unwrap_or(&path).display().to_string();
        complaints.extend(rust_complaints(&text).into_iter().map(|c| format!("{name}{c}")));
        files.push((name, text));
    }
    complaints.extend(process::complaints(dirs, &files)?);
    let table = Table::load(dirs)?;
    for release in table.all() {
        for member in series::load(dirs, release)? {
            let name = format!("{}/{}", release.series, member.name());
            complaints.extend(header_complaint(&member.parse()?.header).map(|c| format!("{name}: {c}")));
        }
    }
    complaints.extend(others(dirs)?);
    complaints.extend(rooms::complaints(dirs)?);
    complaints.extend(workflows::complaints(dirs)?);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).current_dir(&dirs.root).args(["fmt", "--all", "--check"]).output();
    match output {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let files: Vec<&str> = said.lines().filter(|l| l.starts_with("Diff in ")).take(5).collect();
            let why = String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or("").to_string();
            complaints.push(format!("not formatted (`cargo fmt`): {} {why}", files.join("; ")));
        }
        Err(e) => complaints.push(format!("cannot run cargo fmt: {e}")),
    }
    if !complaints.is_empty() {
        bail!("{} complaints:\n{}", complaints.len(), complaints.join("\n"));
    }
    Ok(())
}

fn rust_files(dirs: &Dirs) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = ["xtask", "jit", "embed"].iter().map(|c| dirs.root.join(c)).collect();
    while let Some(folder) = folders.pop() {
        let entries =
            std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for path in entries.flatten().map(|e| e.path()) {
            if path.is_dir() && path.file_name().is_none_or(|n| n != "target") {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Everything wrong with one Rust file, each starting with `:LINE:` or `:`.
fn rust_complaints(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    if lines.len() > MAX_LINES {
        found.push(format!(": {} lines; split it (at most {MAX_LINES})", lines.len()));
    }
    if !lines.first().is_some_and(|l| l.starts_with("//! ")) {
        found.push(":1: begin with a `//!` sentence that says what the file is for".into());
    }
    for (i, line) in lines.iter().enumerate() {
        let (code, comment) = line.split_once("//").unwrap_or((line, ""));
        // Spelt apart, so that this file passes its own check.
        for word in [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")] {
            if comment.split(|c: char| !c.is_alphanumeric()).any(|w| w == word) {
                found.push(format!(":{}: `{word}`: open an issue instead", i + 1));
            }
        }
        for call in [concat!("todo", "!("), concat!("unimplemented", "!(")] {
            if code.contains(call) {
                found.push(format!(":{}: `{call}`", i + 1));
            }
        }
        for place in [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/wo", "rk/")] {
            if line.contains(place) {
                found.push(format!(":{}: a path of one particular machine", i + 1));
            }
        }
        if opens_unsafe(code) && !has_safety(&lines, i) {
            found.push(format!(":{}: `unsafe` without a SAFETY comment", i + 1));
        }
        if is_wide(line) {
            found.push(format!(":{}: a comment of more than {MAX_COLUMNS} columns", i + 1));
        }
        if runs_on(line, lines.get(i + 1).copied()) {
            found.push(format!(
                ":{}: a sentence that runs on at the next item: one item, one sentence",
                i + 1
            ));
        }
    }
    found
}

/// Whether a comment is too wide; a row of a table is one line.
fn is_wide(line: &str) -> bool {
    let text = line.trim_start();
    text.starts_with("//") && line.chars().count() > MAX_COLUMNS && !text.contains("! |")
}

/// Whether a line is the last of an item's documentation, in the middle of a sentence.
fn runs_on(line: &str, next: Option<&str>) -> bool {
    let is_documentation = |line: &str| line.trim_start().starts_with("///");
    is_documentation(line) && line.ends_with(',') && !next.is_some_and(is_documentation)
}

fn opens_unsafe(code: &str) -> bool {
    let opens = |rest: &str| {
        let rest = rest.trim_start();
        rest.starts_with('{') || rest.starts_with("impl")
    };
    let word = concat!("uns", "afe");
    let mut from = 0;
    while let Some(at) = code[from..].find(word) {
        let at = from + at;
        let before = code[..at].chars().next_back();
        let inside_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '"' || c == '`');
        if !inside_word && opens(&code[at + word.len()..]) {
            return true;
        }
        from = at + word.len();
    }
    false
}

fn has_safety(lines: &[&str], at: usize) -> bool {
    let from = at.saturating_sub(SAFETY_REACH);
    lines[from..=at].iter().any(|l| l.contains("SAFETY:") || l.contains("# Safety"))
        // Also right inside the block.
        || lines.get(at + 1).is_some_and(|l| l.contains("SAFETY:"))
}

/// A header says in one line what the patch does and, below, why.
fn header_complaint(header: &str) -> Option<&'static str> {
    let lines: Vec<&str> = header.lines().filter(|l| !l.trim().is_empty()).collect();
    match lines.len() {
        0 => Some("has no header"),
        1 => Some("its header does not say why"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(body: &str) -> Vec<String> {
        rust_complaints(&format!("//! A file.\n{body}"))
    }

    #[test]
    fn rules_of_rust_files() {
        assert!(complaints("fn f() {}\n").is_empty());
        assert_eq!(rust_complaints("fn f() {}\n").len(), 1);
        assert_eq!(complaints(&format!("// {}: later\n", concat!("TO", "DO"))).len(), 1);
        assert_eq!(complaints(&format!("fn f() {{ {}) }}\n", concat!("todo", "!("))).len(), 1);
        assert_eq!(complaints(&"\n".repeat(MAX_LINES)).len(), 1);
        let wide = "/// wide".repeat(MAX_COLUMNS);
        assert_eq!(complaints(&format!("{wide}\n")).len(), 1);
        assert!(complaints(&format!("//! | {wide} |\n")).is_empty());
    }

    #[test]
    fn safety_comments() {
        let block = concat!("uns", "afe { f() }\n");
        assert_eq!(complaints(block).len(), 1);
        assert!(complaints(&format!("// SAFETY: it is fine\n{block}")).is_empty());
        assert!(complaints(concat!("uns", "afe extern \"C\" fn f() {}\n")).is_empty());
        assert!(complaints(concat!("#![warn(", "uns", "afe_op_in_unsafe_fn)]\n")).is_empty());
    }

    #[test]
    fn one_item_has_one_sentence() {
        assert_eq!(complaints("/// So many,\nconst A: u8 = 1;\n/// and more.\nconst B: u8 = 2;\n").len(), 1);
        assert!(complaints("/// So many,\n/// and more.\nconst A: u8 = 1;\n").is_empty());
        assert!(complaints("// So many,\nconst A: u8 = 1;\n").is_empty());
    }

    #[test]
    fn headers_say_what_and_why() {
        assert!(header_complaint("").is_some());
        assert!(header_complaint("Subject: x\n").is_some());
        assert!(header_complaint("Subject: x\n\nBecause.\n").is_none());
    }
}
