//! What changes in the process stands in one list: nothing of it is anywhere else without a reason, and each
//! room keeps to its own parts.

use super::rooms::LIST;
use crate::dirs::Dirs;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::Path;

/// The crate that has the list, and the list.
const FOLDER: &str = "embed/src";

/// How far above a static its `// APART:` may begin.
const REACH: usize = 4;

/// What statics are made of that change more than once. Names are interned once.
const CHANGING: [&str; 5] = ["Gil<", "Mutex<", "RwLock<", "Atomic", "UnsafeCell"];
const SET_ONCE: [&str; 1] = ["Gil<Name>"];

/// Everything that breaks the rules, one line each; the files are those of the whole project.
pub fn complaints(dirs: &Dirs, files: &[(String, String)]) -> Result<Vec<String>> {
    let path = dirs.root.join(FOLDER).join(LIST).with_extension("rs");
    let list = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let parts = parts(&list);
    if parts.is_empty() {
        bail!("{} has no parts: its reader is broken", path.display());
    }
    let mut found = Vec::new();
    if list.lines().any(|line| line.trim_start().starts_with("fn ") || line.contains(" fn ")) {
        found.push(format!("{}: a list has no functions", path.display()));
    }
    for (name, text) in files {
        let Ok(below) = Path::new(name).strip_prefix(FOLDER) else { continue };
        let room = below.components().next().map(|part| part.as_os_str().to_string_lossy().into_owned());
        let room = room.unwrap_or_default();
        if below.file_stem().is_some_and(|stem| stem == LIST) && below.components().count() == 1 {
            continue;
        }
        found.extend(uses(text, &parts, &room).into_iter().map(|c| format!("{name}{c}")));
        found.extend(statics(text).into_iter().map(|c| format!("{name}{c}")));
    }
    Ok(found)
}

/// The parts of a list, and the room that each is of.
fn parts(list: &str) -> BTreeMap<&str, &str> {
    let fields = list.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(": "));
    fields
        .filter(|(name, _)| !name.contains(' '))
        .filter_map(|(name, kind)| {
            let (room, _) = kind.strip_prefix("Gil<").unwrap_or(kind).split_once("::")?;
            Some((name, room))
        })
        .collect()
}

/// Parts that are used in another room than their own.
fn uses(text: &str, parts: &BTreeMap<&str, &str>, room: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (i, line) in text.lines().enumerate() {
        for after in line.split(concat!("PROC", "ESS.")).skip(1) {
            let name = after.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("");
            if parts.get(name) != Some(&room) {
                found.push(format!(":{}: `{name}` is no part of the room `{room}`", i + 1));
            }
        }
    }
    found
}

/// Statics that change and do not say why they are not in the list.
fn statics(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let code = line.trim_start().trim_start_matches("pub ");
        let changes = match code.strip_prefix("static ") {
            Some(rest) => {
                let of = |kinds: &[&str]| kinds.iter().any(|kind| rest.contains(kind));
                rest.starts_with("mut ") || of(&CHANGING) && !of(&SET_ONCE)
            }
            None => code.starts_with(concat!("thread_", "local!")),
        };
        let from = i.saturating_sub(REACH);
        if changes && !lines[from..i].iter().any(|line| line.contains("// APART: ")) {
            found.push(format!(":{}: not in the list `{LIST}.rs`, and no APART comment says why", i + 1));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: &str =
        "pub struct P {\n    pub hooks: Gil<py::hooks::Hooks>,\n    pub worker: compile::Worker,\n}\n";

    #[test]
    fn parts_are_of_rooms() {
        let expected = BTreeMap::from([("hooks", "py"), ("worker", "compile")]);
        assert_eq!(parts(PARTS), expected);
    }

    #[test]
    fn parts_are_used_in_their_room() {
        let parts = parts(PARTS);
        let text = concat!("f(PROC", "ESS.hooks.x)");
        assert!(uses(text, &parts, "py").is_empty());
        assert_eq!(uses(text, &parts, "run").len(), 1);
        assert_eq!(uses(concat!("PROC", "ESS.other"), &parts, "py").len(), 1);
    }

    #[test]
    fn statics_that_change_have_a_reason() {
        assert_eq!(statics("static A: Gil<Cell<u8>> = x;").len(), 1);
        assert_eq!(statics("pub static A: Mutex<u8> = x;").len(), 1);
        assert_eq!(statics("static mut A: u8 = 0;").len(), 1);
        assert_eq!(statics(concat!("thread_", "local! {")).len(), 1);
        assert!(statics("// APART: learnt once.\nstatic A: AtomicUsize = x;").is_empty());
        assert!(
            statics("static A: OnceLock<u8> = x;\nstatic B: Gil<Name> = y;\nconst C: u8 = 0;").is_empty()
        );
    }
}
