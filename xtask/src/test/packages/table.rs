//! `ci/packages.toml`: which packages are tested, with what, and how.

use crate::dirs::Dirs;
use crate::versions::Version;
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Packages {
    groups: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    #[serde(rename = "suite")]
    suites: Vec<Suite>,
}

/// The tests of one package.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// What it is called in reports.
    pub name: String,
    /// The CPythons it is run on, like `2.7`.
    pub versions: Vec<String>,
    /// Requirements, or names of groups.
    pub install: Vec<String>,
    /// Packages built from source even where there is a wheel.
    #[serde(default)]
    pub source: Vec<String>,
    /// What else pip needs at hand to build them.
    #[serde(default)]
    pub build: Vec<String>,
    /// Whose pip installs, and so against whose headers they are built.
    #[serde(default)]
    pub built_by: Builder,
    /// The requirement whose source archive has the tests.
    pub sdist: Option<String>,
    /// What is copied from that archive.
    #[serde(default)]
    pub tests: Vec<String>,
    /// A script of ours in `ci/packages` that is put beside the tests.
    pub script: Option<String>,
    /// How the tests are run.
    pub run: Runner,
    /// For the runner.
    pub args: Vec<String>,
    /// Where the tests run, below the copy.
    #[serde(default)]
    pub folder: String,
    /// How long stock may take.
    #[serde(default = "ten_minutes")]
    pub seconds: u64,
    /// Tests that are not compared.
    #[serde(default)]
    pub exclude: Vec<Exclusion>,
}

fn ten_minutes() -> u64 {
    600
}

/// The interpreter that installs a suite.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Builder {
    /// Stock: then ours shows that it can use what was built for stock.
    #[default]
    Stock,
    /// Ours: then both show that what was built for ours can be used.
    Ours,
}

/// What runs the tests.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Runner {
    /// pytest.
    Pytest,
    /// A script that uses unittest.
    Unittest,
    /// A script of which each line that it prints is compared.
    Script,
}

impl Runner {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Runner::Pytest => "pytest",
            Runner::Unittest => "unittest",
            Runner::Script => "script",
        }
    }
}

/// Tests that are not compared.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// The name of a test, or the beginning of the names of several when it ends in `*`.
    pub test: String,
    /// Only on these versions; on all when empty.
    #[serde(default)]
    pub versions: Vec<String>,
    /// Why: what makes its outcome not comparable.
    pub why: String,
}

impl Exclusion {
    /// Whether it applies to a test.
    pub fn covers(&self, version: Version, test: &str) -> bool {
        let here = self.versions.is_empty() || self.versions.contains(&version.short());
        here && match self.test.strip_suffix('*') {
            Some(beginning) => test.starts_with(beginning),
            None => test == self.test,
        }
    }
}

impl Suite {
    /// One that has no tests.
    pub fn of_nothing(name: &str) -> Suite {
        Suite {
            name: name.to_string(),
            versions: Vec::new(),
            install: Vec::new(),
            source: Vec::new(),
            build: Vec::new(),
            built_by: Builder::Stock,
            sdist: None,
            tests: Vec::new(),
            script: None,
            run: Runner::Script,
            args: Vec::new(),
            folder: String::new(),
            seconds: ten_minutes(),
            exclude: Vec::new(),
        }
    }
}

impl Packages {
    /// Reads and checks the table of this checkout.
    pub fn load(dirs: &Dirs) -> Result<Packages> {
        let path = dirs.root.join("ci/packages.toml");
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Packages::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    fn parse(text: &str) -> Result<Packages> {
        let packages: Packages = toml::from_str(text)?;
        for suite in &packages.suites {
            let name = &suite.name;
            ensure!(suite.sdist.is_some() != suite.tests.is_empty(), "{name}: sdist and tests go together");
            ensure!(
                suite.exclude.iter().all(|e| !e.why.trim().is_empty()),
                "{name}: excluded without reason"
            );
            for version in &suite.versions {
                packages.requirements(suite, version)?;
            }
        }
        Ok(packages)
    }

    /// The suites for a version.
    pub fn suites(&self, version: Version) -> impl Iterator<Item = &Suite> {
        self.suites.iter().filter(move |s| s.versions.contains(&version.short()))
    }

    /// Everything a suite needs installed, groups resolved.
    pub fn requirements(&self, suite: &Suite, version: &str) -> Result<Vec<String>> {
        let mut all = Vec::new();
        for item in &suite.install {
            match self.groups.get(item) {
                Some(group) => match group.get(version) {
                    Some(members) => all.extend(members.iter().cloned()),
                    None => bail!("{}: the group {item} has nothing for {version}", suite.name),
                },
                None => all.push(item.clone()),
            }
        }
        for requirement in all.iter().chain(&suite.sdist).chain(&suite.build) {
            ensure!(requirement.contains("=="), "{}: {requirement} names no exact version", suite.name);
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_this_checkout_is_valid() {
        let packages = Packages::parse(include_str!("../../../../ci/packages.toml")).expect("parses");
        let version: Version = "2.7.18".parse().expect("a version");
        assert!(packages.suites(version).any(|s| s.name == "six"));
    }

    #[test]
    fn what_is_not_pinned_is_refused() {
        let table = |install: &str, more: &str| {
            Packages::parse(&format!(
                "[groups.g]\n'2.7' = ['a==1']\n[[suite]]\nname='x'\nversions=['2.7']\ninstall=['{install}']\n\
                 run='pytest'\nargs=[]\n{more}"
            ))
        };
        assert!(table("g", "").is_ok());
        assert!(table("a", "").is_err());
        assert!(table("g", "sdist='a==1'").is_err(), "an archive of which nothing is taken");
        assert!(table("g", "exclude=[{test='t', why=' '}]").is_err());
        assert!(table("g", "built_by='ours'\nbuild=['b==1']").is_ok());
        assert!(table("g", "build=['b']").is_err());
    }

    #[test]
    fn exclusions_cover_what_they_name() {
        let version: Version = "2.7.18".parse().expect("a version");
        let exclusion = |test: &str, versions: &[&str]| Exclusion {
            test: test.into(),
            versions: versions.iter().map(|v| v.to_string()).collect(),
            why: "speed".into(),
        };
        assert!(exclusion("a::b", &[]).covers(version, "a::b"));
        assert!(!exclusion("a::b", &[]).covers(version, "a::b2"));
        assert!(exclusion("a::*", &["2.7"]).covers(version, "a::b2"));
        assert!(!exclusion("a::*", &["3.5"]).covers(version, "a::b2"));
    }
}
