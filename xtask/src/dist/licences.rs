//! The licences of everything that is inside: of this project, CPython, the crates, and the libraries.

use super::libraries::Bundled;
use super::tool;
use crate::dirs::Dirs;
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    manifest_path: PathBuf,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Deserialize)]
struct DependencyKind {
    kind: Option<String>,
}

/// Writes them into `licences`. CPython's own lies in its standard library, those of pip's parts with them.
pub fn collect(dirs: &Dirs, tree: &Path, libraries: &[Bundled]) -> Result<()> {
    let folder = tree.join("licences");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    put(&dirs.root.join("LICENSE"), &folder.join("pyjion.txt"))?;
    for library in libraries {
        let package = library.package.split(' ').next().unwrap_or_default();
        let from = Path::new("/usr/share/doc").join(package).join("copyright");
        ensure!(!package.is_empty() && from.exists(), "the licence of {} is not known", library.name);
        put(&from, &folder.join(format!("{package}.txt")))?;
    }
    crates(dirs, &folder)
}

/// One file with the licence of each crate that is linked in.
fn crates(dirs: &Dirs, folder: &Path) -> Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["metadata", "--format-version", "1", "--filter-platform", "x86_64-unknown-linux-gnu"]);
    let said = tool::run(cargo.current_dir(&dirs.root))?;
    let metadata: Metadata = serde_json::from_str(&said).context("cargo metadata says something else")?;
    let mut text = String::from("The crates that the JIT is made of, with their licences.\n");
    for package in linked(&metadata)? {
        let id = package.license.as_deref().unwrap_or("see below");
        text.push_str(&format!("\n==== {} {}: {id}\n", package.name, package.version));
        let home = package.manifest_path.parent().context("a manifest outside of any folder")?;
        let entries = std::fs::read_dir(home).with_context(|| format!("cannot read {}", home.display()))?;
        let is_licence = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
            path.is_file() && ["LICEN", "COPYING", "NOTICE"].iter().any(|start| name.starts_with(start))
        };
        let mut files: Vec<PathBuf> =
            entries.flatten().map(|entry| entry.path()).filter(is_licence).collect();
        files.sort();
        for file in files {
            let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            text.push_str(&format!("\n{}\n", String::from_utf8_lossy(&bytes).trim_end()));
        }
    }
    let path = folder.join("crates.txt");
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// What the Rust side depends on when it runs; not what only builds it.
fn linked(metadata: &Metadata) -> Result<Vec<&Package>> {
    let package = |id: &str| metadata.packages.iter().find(|package| package.id == id);
    let root = metadata.packages.iter().find(|package| package.name == "pyjion-embed");
    let mut open = vec![root.context("there is no pyjion-embed")?];
    let mut found: Vec<&Package> = Vec::new();
    while let Some(next) = open.pop() {
        if found.iter().any(|known| known.id == next.id) {
            continue;
        }
        found.push(next);
        let node = metadata.resolve.nodes.iter().find(|node| node.id == next.id);
        let normal = |dependency: &&Dependency| dependency.dep_kinds.iter().any(|kind| kind.kind.is_none());
        let dependencies = node.map(|node| node.deps.iter().filter(normal)).into_iter().flatten();
        open.extend(dependencies.filter_map(|dependency| package(&dependency.pkg)));
    }
    found.retain(|package| !package.name.starts_with("pyjion-"));
    found.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Ok(found)
}

fn put(from: &Path, to: &Path) -> Result<()> {
    std::fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}
