//! Which file of a crate uses which other: every path in the code, resolved to the file that has what it
//! names.

use anyhow::{Context, Result, anyhow};
use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use syn::visit::{self, Visit};

/// The names of modules from the crate's root; that of the root is empty.
pub type Module = Vec<String>;

/// One use of something, and where that is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    /// The module that uses something.
    pub from: Module,
    /// What it says it uses.
    pub path: String,
    /// The module that has that, through re-exports.
    pub to: Module,
}

/// The modules of a crate, and what each says of others.
#[derive(Default)]
pub struct Crate {
    modules: BTreeMap<Module, Said>,
    /// A module whose arrows do not count, neither from it nor to it.
    list: Option<Module>,
}

/// What a module says.
#[derive(Default)]
struct Said {
    /// Paths in the code, from the crate's root.
    uses: BTreeSet<Module>,
    /// What is found in the module under a name, but is elsewhere.
    exports: BTreeMap<String, Module>,
    /// Modules that are there for tests only.
    tests: BTreeSet<String>,
}

impl Crate {
    /// Reads the sources under a folder; `root` is the name of the file at the top of them.
    pub fn read(folder: &Path, root: &str) -> Result<Crate> {
        let mut sources = Vec::new();
        collect(folder, &mut Vec::new(), root, &mut sources)?;
        Crate::parse(sources.iter().map(|(module, text)| (module.clone(), text.as_str())))
    }

    /// From the text of each module.
    pub fn parse<'a>(sources: impl IntoIterator<Item = (Module, &'a str)>) -> Result<Crate> {
        let mut found = Crate::default();
        for (module, text) in sources {
            let name = module.join("::");
            let file = syn::parse_file(text).map_err(|e| anyhow!("cannot read the module {name}: {e}"))?;
            let mut reader = Reader::new(module.clone());
            // Names first, as they may be used before they are imported.
            reader.visit_file(&file);
            reader.pass = Pass::Paths;
            reader.visit_file(&file);
            found.modules.insert(module, reader.said);
        }
        let is_test = |module: &Module| {
            (0..module.len()).any(|end| {
                found.modules.get(&module[..end]).is_some_and(|above| above.tests.contains(&module[end]))
            })
        };
        let tests: Vec<Module> = found.modules.keys().filter(|module| is_test(module)).cloned().collect();
        for module in tests {
            found.modules.remove(&module);
        }
        Ok(found)
    }

    /// The same without the arrows of a module at the top that has no code.
    pub fn without(mut self, list: Option<&str>) -> Crate {
        self.list = list.map(|name| vec![name.to_owned()]);
        self
    }

    /// Every arrow between two different modules, in order.
    pub fn arrows(&self) -> Vec<Arrow> {
        let mut arrows = BTreeSet::new();
        for (from, said) in &self.modules {
            for path in &said.uses {
                let to = self.resolve(path);
                let is_counted = |end: &Module| self.list.as_ref() != Some(end);
                if to != *from && is_counted(from) && is_counted(&to) {
                    arrows.insert(Arrow { from: from.clone(), path: path.join("::"), to });
                }
            }
        }
        arrows.into_iter().collect()
    }

    /// The module that has what a path names.
    fn resolve(&self, path: &[String]) -> Module {
        let mut path = path.to_vec();
        // Every step goes through a re-export; there are no more of them in a row than this.
        for _ in 0..8 {
            let end =
                (0..=path.len()).rev().find(|&end| self.modules.contains_key(&path[..end])).unwrap_or(0);
            let (module, rest) = path.split_at(end);
            let (Some(said), Some(name)) = (self.modules.get(module), rest.first()) else {
                return module.to_vec();
            };
            match said.exports.get(name) {
                Some(elsewhere) => path = [elsewhere, &rest[1..]].concat(),
                None => return module.to_vec(),
            }
        }
        path
    }

    /// Groups of modules that use each other in a circle.
    pub fn circles(&self) -> Vec<BTreeSet<Module>> {
        let mut next: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
        for arrow in self.arrows() {
            next.entry(arrow.from).or_default().insert(arrow.to);
        }
        let reach = |start: &Module| {
            let (mut seen, mut waiting) = (BTreeSet::new(), vec![start]);
            while let Some(one) = waiting.pop() {
                for other in next.get(one).into_iter().flatten() {
                    if seen.insert(other.clone()) {
                        waiting.push(other);
                    }
                }
            }
            seen
        };
        let reached: BTreeMap<&Module, BTreeSet<Module>> = next.keys().map(|one| (one, reach(one))).collect();
        let mut circles = BTreeSet::new();
        for (one, all) in reached.iter().filter(|(one, all)| all.contains(**one)) {
            let back = |other: &&Module| reached.get(*other).is_some_and(|its| its.contains(*one));
            circles.insert(all.iter().filter(back).cloned().collect());
        }
        circles.into_iter().collect()
    }
}

/// The sources below a folder whose modules are below `above`.
fn collect(folder: &Path, above: &mut Module, root: &str, found: &mut Vec<(Module, String)>) -> Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            above.push(stem);
            collect(&path, above, root, found)?;
            above.pop();
        } else if path.extension().is_some_and(|e| e == "rs") {
            let is_folder = stem == "mod" || (above.is_empty() && path.ends_with(root));
            let module = if is_folder { above.clone() } else { [above.as_slice(), &[stem]].concat() };
            let text = std::fs::read_to_string(&path);
            found.push((module, text.with_context(|| format!("cannot read {}", path.display()))?));
        }
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq)]
enum Pass {
    Names,
    Paths,
}

/// Walks over a file.
struct Reader {
    module: Module,
    /// Modules in the file, around the place.
    inline: Vec<String>,
    /// What names mean in the whole file: imports and modules below.
    names: BTreeMap<String, Module>,
    pass: Pass,
    said: Said,
}

impl Reader {
    fn new(module: Module) -> Reader {
        Reader {
            module,
            inline: Vec::new(),
            names: BTreeMap::new(),
            pass: Pass::Names,
            said: Said::default(),
        }
    }

    /// A path from the crate's root; nothing when it is of another crate, or of this module.
    fn absolute(&self, path: &[String]) -> Option<Module> {
        let here = [self.module.as_slice(), &self.inline].concat();
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([here.as_slice(), rest].concat()),
            "super" => {
                let ups = path.iter().take_while(|name| *name == "super").count();
                let base = here.get(..here.len().checked_sub(ups)?)?;
                Some([base, &path[ups..]].concat())
            }
            name => self.names.get(name).map(|meant| [meant.as_slice(), rest].concat()),
        }
    }

    fn note(&mut self, path: &[String]) {
        if let Some(path) = self.absolute(path) {
            self.said.uses.insert(path);
        }
    }

    /// The leaves of what a `use` brings in: a path, and the name it gets here; nothing for a glob.
    fn leaves(tree: &syn::UseTree, before: &[String], found: &mut Vec<(Module, Option<String>)>) {
        let with = |name: &dyn ToString| [before, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => Reader::leaves(&path.tree, &with(&path.ident), found),
            syn::UseTree::Name(name) if name.ident == "self" => {
                found.push((before.to_vec(), before.last().cloned()));
            }
            syn::UseTree::Name(name) => found.push((with(&name.ident), Some(name.ident.to_string()))),
            syn::UseTree::Rename(name) => {
                let path = if name.ident == "self" { before.to_vec() } else { with(&name.ident) };
                found.push((path, Some(name.rename.to_string())));
            }
            syn::UseTree::Glob(_) => found.push((before.to_vec(), None)),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    Reader::leaves(tree, before, found);
                }
            }
        }
    }
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let name = item.ident.to_string();
        if is_for_tests(&item.attrs) {
            self.said.tests.insert(name);
            return;
        }
        if item.content.is_none() {
            let path = [self.module.as_slice(), &self.inline, std::slice::from_ref(&name)].concat();
            self.names.insert(name, path);
        } else {
            self.inline.push(name);
            visit::visit_item_mod(self, item);
            self.inline.pop();
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let mut leaves = Vec::new();
        Reader::leaves(&item.tree, &[], &mut leaves);
        let exports = !matches!(item.vis, syn::Visibility::Inherited) && self.inline.is_empty();
        for (path, name) in leaves {
            let Some(absolute) = self.absolute(&path) else { continue };
            match (self.pass, name) {
                (Pass::Names, Some(name)) => {
                    self.names.insert(name.clone(), absolute.clone());
                    // Modules below may use what is private here.
                    if self.inline.is_empty() {
                        self.said.exports.insert(name, absolute);
                    }
                }
                // Who finds it here uses it, not this module.
                (Pass::Paths, _) if !exports => {
                    self.said.uses.insert(absolute);
                }
                _ => {}
            }
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if self.pass == Pass::Paths && path.leading_colon.is_none() {
            let names: Module = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            if names.len() > 1 {
                self.note(&names);
            }
        }
        visit::visit_path(self, path);
    }

    /// `pub(in crate::runtime)` uses nothing.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    /// What is handed to a macro, or stands in one, is no code yet: whatever looks like a path is taken for
    /// one.
    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        if self.pass == Pass::Paths {
            for path in paths_in(item.tokens.clone()) {
                self.note(&path);
            }
        }
        visit::visit_macro(self, item);
    }
}

/// Paths of several names in tokens.
fn paths_in(tokens: TokenStream) -> Vec<Module> {
    let mut found = Vec::new();
    let mut path = Module::new();
    let mut colons = 0;
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
            TokenTree::Ident(name) => {
                if colons != 2 {
                    found.push(std::mem::take(&mut path));
                }
                path.push(name.to_string());
                colons = 0;
            }
            other => {
                found.push(std::mem::take(&mut path));
                colons = 0;
                if let TokenTree::Group(group) = other {
                    found.extend(paths_in(group.stream()));
                }
            }
        }
    }
    found.push(path);
    found.retain(|path| path.len() > 1);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(name: &str) -> Module {
        name.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }

    /// The arrows of a crate of these modules.
    fn read(sources: &[(&str, &str)]) -> Crate {
        Crate::parse(sources.iter().map(|&(name, text)| (module(name), text))).expect("it parses")
    }

    fn arrows(sources: &[(&str, &str)]) -> Vec<(String, String)> {
        read(sources).arrows().into_iter().map(|a| (a.from.join("::"), a.to.join("::"))).collect()
    }

    /// What the module `a` is found to use, where `b` and `b::c` are there.
    fn uses(text: &str) -> Vec<String> {
        let root = "mod a; mod b;";
        let sources = [("", root), ("a", text), ("b", "pub mod c;"), ("b::c", "pub fn f() {}")];
        arrows(&sources).into_iter().filter(|(from, _)| from == "a").map(|(_, to)| to).collect()
    }

    #[test]
    fn paths_of_every_kind_are_arrows() {
        for text in [
            "use crate::b::c;",
            "use crate::b::{c::f};",
            "use super::b::c::f as g;",
            "use crate::b::c::*;",
            "fn g() { crate::b::c::f() }",
            "fn g(x: crate::b::c::T) {}",
            "fn g() { let x = 1; if x == 1 { super::b::c::f(); } }",
            "fn g() { println!(\"{}\", crate::b::c::f()) }",
            "macro_rules! g { () => { crate::b::c::f() } }",
            "mod inner { fn g() { super::super::b::c::f() } }",
            "mod inner { use super::super::b::c::f; }",
        ] {
            assert_eq!(uses(text), ["b::c"], "{text}");
        }
    }

    #[test]
    fn a_module_that_was_imported_is_followed() {
        let found = uses("use crate::b;\nfn g() { b::c::f() }");
        assert_eq!(found, ["b", "b::c"]);
    }

    #[test]
    fn comments_tests_and_other_crates_are_no_arrows() {
        for text in [
            "//! [crate::b::c]\n",
            "// crate::b::c\n",
            "/// See [`crate::b::c::f`].\nfn g() {}",
            "use std::fmt;\nfn g() { anyhow::bail!(\"crate::b\") }",
            "#[cfg(test)]\nmod tests { use crate::b::c; }",
            "pub(in crate::b) fn g() {}",
            "fn b() {}\nfn g() { b() }",
        ] {
            assert!(uses(text).is_empty(), "{text}: {:?}", uses(text));
        }
    }

    #[test]
    fn whoever_uses_an_export_uses_what_is_exported() {
        let sources = [
            ("", "mod a; mod b;"),
            ("a", "use crate::b::f;"),
            ("b", "mod c; pub use c::f;"),
            ("b::c", "pub fn f() {}"),
        ];
        assert_eq!(arrows(&sources), [("a".to_owned(), "b::c".to_owned())]);
    }

    #[test]
    fn files_for_tests_are_left_out() {
        let sources =
            [("", "mod a; #[cfg(test)] mod tests;"), ("a", ""), ("tests", "use crate::a::x;\nmod deep;")];
        assert!(arrows(&sources).is_empty());
    }

    #[test]
    fn circles_are_found_whole() {
        let crate_ = read(&[
            ("", "mod a; mod b; mod c; mod d;"),
            ("a", "use crate::b::of_b;"),
            ("b", "use crate::c::of_c;"),
            ("c", "use crate::a::of_a; use crate::d::of_d;"),
            ("d", ""),
        ]);
        let circle: BTreeSet<Module> = ["a", "b", "c"].map(module).into();
        assert_eq!(crate_.circles(), [circle]);
        let without = read(&[("", ""), ("a", "use crate::b::of_b;"), ("b", "")]);
        assert!(without.circles().is_empty());
    }

    #[test]
    fn text_that_is_no_rust_is_an_error() {
        assert!(Crate::parse([(module("a"), "fn {")]).is_err());
    }
}
