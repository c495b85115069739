//! The processes that this one comes from, as far as the kernel tells of them.

use std::fs;
use std::path::{Path, PathBuf};

/// Generations looked at.
const MOST: usize = 64;

/// Whether a process that this one comes from ran the same executable, and began with this variable in
/// its environment. Where the kernel does not tell (no /proc, another user's process, a parent that has
/// ended), the answer is no.
pub fn had(name: &str, value: &str) -> bool {
    let Ok(executable) = fs::read_link("/proc/self/exe") else { return false };
    let wanted = format!("{name}={value}");
    let mut process = "self".to_owned();
    for _ in 0..MOST {
        let Some(parent) = parent(&process) else { return false };
        let place = Path::new("/proc").join(&parent);
        if fs::read_link(place.join("exe")).is_ok_and(|path: PathBuf| path == executable)
            && fs::read(place.join("environ")).is_ok_and(|all| {
                all.split(|byte| *byte == 0).any(|one| String::from_utf8_lossy(one) == wanted)
            })
        {
            return true;
        }
        process = parent;
    }
    false
}

/// The number of a process's parent.
fn parent(process: &str) -> Option<String> {
    let text = fs::read(format!("/proc/{process}/stat")).ok()?;
    parent_in(&String::from_utf8_lossy(&text))
}

/// The fourth field of proc(5)'s `stat`. The second is a name in parentheses, which may have any in it.
fn parent_in(stat: &str) -> Option<String> {
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_ascii_whitespace().nth(1).filter(|parent| *parent != "0").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_are_found_behind_any_name() {
        assert_eq!(parent_in("12 (a) S 7 12 12 0"), Some("7".to_owned()));
        assert_eq!(parent_in("12 (a) R 8 (b) S 7 12"), Some("7".to_owned()));
        assert_eq!(parent_in("1 (init) S 0 1 1"), None);
        assert_eq!(parent_in(""), None);
    }
}
