//! SHA-256 of files and of build inputs, and what is said when one is not the pinned one.

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;

/// The SHA-256 of a file, in hexadecimal.
pub fn file(path: &Path) -> Result<String> {
    let mut file = std::fs::File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let n = file.read(&mut buffer).with_context(|| format!("cannot read {}", path.display()))?;
        if n == 0 {
            return Ok(hex(hasher));
        }
        hasher.update(&buffer[..n]);
    }
}

/// The SHA-256 of several strings; their borders count.
pub fn strings<S: AsRef<[u8]>>(parts: &[S]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.as_ref().len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hex(hasher)
}

/// Fails, naming both hashes, unless the file has the expected one.
pub fn verify(path: &Path, expected: &str) -> Result<()> {
    let found = file(path)?;
    if found != expected {
        bail!("wrong SHA-256 for {}\n  expected {expected}\n  found    {found}", path.display());
    }
    Ok(())
}

fn hex(hasher: Sha256) -> String {
    hasher.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_and_wrong_hashes() {
        let path = std::env::temp_dir().join(format!("xtask-hash-{}", std::process::id()));
        std::fs::write(&path, b"abc").expect("a temporary file");
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(file(&path).expect("hash"), abc);
        verify(&path, abc).expect("the right hash");
        let wrong = "0".repeat(64);
        let message = verify(&path, &wrong).expect_err("a wrong hash").to_string();
        assert!(message.contains(abc) && message.contains(&wrong), "{message}");
        assert!(path.exists(), "a wrong hash deletes nothing");
        std::fs::remove_file(&path).expect("clean up");
    }

    #[test]
    fn borders_count() {
        assert_ne!(strings(&["ab", "c"]), strings(&["a", "bc"]));
    }
}
