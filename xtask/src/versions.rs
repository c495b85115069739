//! The table of CPythons in `versions.toml`, and how a version is written on the command line.

use crate::dirs::Dirs;
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::fmt;
use std::str::FromStr;

/// A full CPython version such as 2.7.18.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Version {
    /// 2 or 3.
    pub major: u8,
    /// The 7 of 2.7.18.
    pub minor: u8,
    /// The 18 of 2.7.18.
    pub micro: u8,
}

impl Version {
    /// `2.7`: what CPython puts into the names of its directories and executables.
    pub fn short(self) -> String {
        format!("{}.{}", self.major, self.minor)
    }

    /// The options by which `make install` makes bytecode, once for each.
    pub fn bytecode(self) -> &'static [&'static [&'static str]] {
        match (self.major, self.minor) {
            // Before, -OO had the same names as -O.
            (2, _) | (3, ..=4) => &[&[], &["-O"]],
            _ => &[&[], &["-O"], &["-OO"]],
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.micro)
    }
}

impl FromStr for Version {
    type Err = anyhow::Error;

    fn from_str(s: &str) -> Result<Version> {
        let parts: Vec<Option<u8>> = s
            .split('.')
            .map(|p| if p.bytes().all(|b| b.is_ascii_digit()) { p.parse().ok() } else { None })
            .collect();
        match parts[..] {
            [Some(major), Some(minor), Some(micro)] => Ok(Version { major, minor, micro }),
            _ => bail!("`{s}` is not a version like 2.7.18"),
        }
    }
}

impl TryFrom<String> for Version {
    type Error = anyhow::Error;

    fn try_from(s: String) -> Result<Version> {
        s.parse()
    }
}

/// Whether `all` and the CI matrix include a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Tested on every change.
    Supported,
    /// Built when asked for by name.
    Experimental,
}

/// An extension module that cannot be built today, and what that costs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// The module.
    pub module: String,
    /// What its absence means to a user.
    pub cost: String,
}

/// A wheel of the package index.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wheel {
    /// Its file name, `NAME-VERSION-PYTHON-ABI-PLATFORM.whl`.
    #[serde(rename = "wheel")]
    pub file: String,
    /// Its hash.
    pub sha256: String,
}

impl Wheel {
    /// The part of the file name with this number.
    fn part(&self, index: usize) -> &str {
        self.file.trim_end_matches(".whl").split('-').nth(index).unwrap_or_default()
    }

    /// The project.
    pub fn name(&self) -> &str {
        self.part(0)
    }

    /// Its version.
    pub fn version(&self) -> &str {
        self.part(1)
    }

    /// The Pythons that it is for.
    pub fn pythons(&self) -> &str {
        self.part(2)
    }
}

/// All that is pinned about one CPython.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Its version.
    pub version: Version,
    /// Built when no version is named.
    #[serde(default)]
    pub default: bool,
    /// Part of `all` or not.
    pub state: State,
    /// Of upstream's `.tgz`.
    pub sha256: String,
    /// Path of a bit-identical archive below a Debian mirror.
    pub debian: Option<String>,
    /// The release tag.
    pub git_tag: String,
    /// The commit the release tag must name.
    pub git_commit: String,
    /// Files that a filtered git copy may lack.
    #[serde(default)]
    pub git_absent: Vec<String>,
    /// The folder of patches beside `versions.toml`.
    pub series: String,
    /// Arguments for `configure`.
    pub configure: Vec<String>,
    /// More arguments for `configure` in a profile-guided build.
    #[serde(default)]
    pub configure_pgo: Vec<String>,
    /// `CFLAGS` for `configure`.
    pub cflags: String,
    /// The C file with CPython's own `main`.
    pub main: String,
    /// What `ensurepip` installs, in this order; nothing where it is left as it is.
    #[serde(default)]
    pub bundled: Vec<Wheel>,
    /// What cannot be built today.
    #[serde(default)]
    pub missing: Vec<Missing>,
}

impl Release {
    /// The name of upstream's archive.
    pub fn archive_name(&self) -> String {
        format!("Python-{}.tgz", self.version)
    }

    /// What makes this source this source, whichever way it was obtained.
    pub fn identity(&self) -> String {
        format!("{} {} {}", self.version, self.sha256, self.git_commit)
    }
}

/// `versions.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    #[serde(rename = "version")]
    releases: Vec<Release>,
}

impl Table {
    /// Reads and checks the table of this checkout.
    pub fn load(dirs: &Dirs) -> Result<Table> {
        let path = dirs.patches().join("versions.toml");
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Table::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    /// Reads and checks the text of a table.
    pub fn parse(text: &str) -> Result<Table> {
        let table: Table = toml::from_str(text)?;
        let hex = |s: &str, n| s.len() == n && s.bytes().all(|b| b.is_ascii_hexdigit());
        for r in &table.releases {
            ensure!(hex(&r.sha256, 64), "{}: sha256 must be 64 hexadecimal digits", r.version);
            ensure!(hex(&r.git_commit, 40), "{}: git_commit must be 40 hexadecimal digits", r.version);
            for wheel in &r.bundled {
                ensure!(hex(&wheel.sha256, 64), "{}: sha256 must be 64 hexadecimal digits", wheel.file);
            }
            let names: Vec<&str> = r.bundled.iter().map(Wheel::name).collect();
            let known = names.is_empty() || names == ["setuptools", "pip", "wheel"];
            ensure!(known, "{}: ensurepip cannot be made to install {names:?}", r.version);
        }
        ensure!(
            table.releases.iter().filter(|r| r.default).count() == 1,
            "exactly one version must say `default = true`"
        );
        Ok(table)
    }

    /// Every release, in the order of the file.
    pub fn all(&self) -> &[Release] {
        &self.releases
    }

    /// The supported releases.
    pub fn supported(&self) -> impl Iterator<Item = &Release> {
        self.releases.iter().filter(|r| r.state == State::Supported)
    }

    /// Resolves what was written on the command line: nothing, `all`, `2.7` or `2.7.18`.
    pub fn select(&self, names: &[String]) -> Result<Vec<&Release>> {
        if names.is_empty() {
            return Ok(self.releases.iter().filter(|r| r.default).collect());
        }
        let mut chosen: Vec<&Release> = Vec::new();
        for name in names {
            let found: Vec<&Release> = if name == "all" {
                self.supported().collect()
            } else {
                self.releases
                    .iter()
                    .filter(|r| r.version.to_string() == *name || r.version.short() == *name)
                    .collect()
            };
            if found.is_empty() {
                let known: Vec<String> = self.releases.iter().map(|r| r.version.to_string()).collect();
                bail!(
                    "there is no CPython `{name}` here; known are {} (short forms like 2.7, and all)",
                    known.join(", ")
                );
            }
            for release in found {
                if !chosen.iter().any(|r| r.version == release.version) {
                    chosen.push(release);
                }
            }
        }
        Ok(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        Table::parse(include_str!("../../cpython-patches/versions.toml")).expect("the table parses")
    }

    fn selected(names: &[&str]) -> Result<Vec<String>> {
        let names: Vec<String> = names.iter().map(|s| s.to_string()).collect();
        Ok(table().select(&names)?.iter().map(|r| r.version.to_string()).collect())
    }

    #[test]
    fn versions_parse_and_print() {
        let v: Version = "2.7.18".parse().expect("a version");
        assert_eq!((v.major, v.minor, v.micro), (2, 7, 18));
        assert_eq!(v.to_string(), "2.7.18");
        assert_eq!(v.short(), "2.7");
        for bad in ["", "2", "2.7", "2.7.x", "2.7.18.1", "2.7.+1", "2..7", "2.7.999"] {
            assert!(bad.parse::<Version>().is_err(), "{bad}");
        }
    }

    #[test]
    fn short_forms_select() {
        assert_eq!(selected(&[]).expect("default"), ["2.7.18"]);
        assert_eq!(selected(&["2.7"]).expect("short"), ["2.7.18"]);
        assert_eq!(selected(&["3.5.10", "3.5"]).expect("twice"), ["3.5.10"]);
        assert_eq!(selected(&["all"]).expect("all").len(), 3);
        let error = selected(&["3.6"]).expect_err("unknown").to_string();
        assert!(error.contains("3.6") && error.contains("2.7.18"), "{error}");
    }

    #[test]
    fn parts_of_wheels() {
        let wheel = Wheel { file: "pip-20.3.4-py2.py3-none-any.whl".into(), sha256: String::new() };
        assert_eq!((wheel.name(), wheel.version(), wheel.pythons()), ("pip", "20.3.4", "py2.py3"));
        assert!(table().all().iter().all(|release| release.bundled.len() == 3));
    }

    #[test]
    fn a_short_hash_is_refused() {
        let text = include_str!("../../cpython-patches/versions.toml").replace("da3080e3", "da3080e");
        assert!(Table::parse(&text).is_err());
    }
}
