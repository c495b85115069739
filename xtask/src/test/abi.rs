//! Whether a C extension that was compiled for stock fits: the layout of every struct of the public headers,
//! and the sizes in the type objects.

use super::Pair;
use super::layouts::{Layout, Layouts};
use super::process;
use anyhow::{Context, Result, bail, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(300);

/// Headers that are not compiled, each with its reason.
const LEFT_OUT: &[(&str, &str)] = &[
    ("py_curses.h", "includes the headers of curses, which need not be installed"),
    ("pyexpat.h", "wants the headers of expat, which CPython does not install"),
    ("pymactoolbox.h", "is for macOS"),
];

/// A struct that may have one member more than stock's, at its end.
struct Grown {
    name: &'static str,
    member: &'static str,
    why: &'static str,
}

const GROWN: &[Grown] = &[Grown {
    name: "struct _is",
    member: "eval_frame",
    why: "PEP 523 puts it at the end of PyInterpreterState, where JITs set it; only CPython makes these, and an \
          extension that knows nothing of it finds every other member where it was",
}];

/// Fails when a struct of stock's headers has another size in ours, or a member in another place.
pub fn structs(pair: &Pair, scratch: &Path) -> Result<()> {
    let (stock, ours) = layouts(pair, scratch)?;
    for name in ["PyObject", "PyTypeObject", "PyFrameObject", "PyCodeObject", "PyThreadState"] {
        ensure!(stock.get(name).is_some(), "{name} is not among the structs of stock's headers");
    }
    judge(struct_differences(&stock, &ours, GROWN))
}

/// Fails when a type object that the headers declare states other sizes than stock's, or when its struct
/// differs from them by another amount than in stock.
pub fn types(pair: &Pair, scratch: &Path) -> Result<()> {
    let (stock, ours) = layouts(pair, scratch)?;
    let names = declared_types(&include(&pair.stock, pair)?)?;
    let sides = [(&pair.stock, &stock), (&pair.ours, &ours)];
    let [a, b] = sides.map(|(python, layouts)| type_sizes(python, layouts, &names, scratch));
    judge(type_differences((&a?, &stock), (&b?, &ours)))
}

fn judge(differences: Vec<String>) -> Result<()> {
    if !differences.is_empty() {
        bail!("{} differences:\n{}", differences.len(), differences.join("\n"));
    }
    Ok(())
}

/// The structs of stock and of ours.
fn layouts(pair: &Pair, scratch: &Path) -> Result<(Layouts, Layouts)> {
    std::fs::create_dir_all(scratch).with_context(|| format!("cannot create {}", scratch.display()))?;
    let folder = include(&pair.stock, pair)?;
    // Stock's on both sides: a header that ours lacks is a difference.
    let source = everything(&folder)?;
    let stock = Layouts::compile(&source, Some(&folder), scratch, "stock")?;
    let ours = Layouts::compile(&source, Some(&include(&pair.ours, pair)?), scratch, "ours")?;
    Ok((stock, ours))
}

/// The folder of installed headers: `include/python3.5m`.
pub fn include(executable: &Path, pair: &Pair) -> Result<PathBuf> {
    let prefix = executable.parent().and_then(Path::parent).context("an executable outside of any bin")?;
    let folder = prefix.join("include");
    let entries = std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let wanted = format!("python{}", pair.version.short());
    let found = entries.flatten().map(|e| e.path()).find(|path| {
        path.join("Python.h").exists()
            && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&wanted))
    });
    found.with_context(|| format!("no {wanted}*/Python.h in {}", folder.display()))
}

/// The headers of a folder that are compiled.
fn headers(folder: &Path) -> Result<BTreeSet<String>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let names = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned());
    let wanted =
        |name: &String| name.ends_with(".h") && !LEFT_OUT.iter().any(|(left_out, _)| name == left_out);
    Ok(names.filter(wanted).collect())
}

/// A C source that includes every header.
fn everything(folder: &Path) -> Result<String> {
    // What others need without including it.
    let first = ["Python.h".to_string(), "node.h".to_string()];
    let all =
        first.iter().chain(headers(folder)?.iter()).map(|name| format!("#include <{name}>\n")).collect();
    Ok(all)
}

/// What of stock's structs is not the same in ours.
fn struct_differences(stock: &Layouts, ours: &Layouts, grown: &[Grown]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, theirs) in stock.iter() {
        let Some(own) = ours.get(name) else {
            found.push(format!("{name}: ours has none"));
            continue;
        };
        match grown.iter().find(|grown| grown.name == name) {
            Some(grown) => found.extend(growth_complaint(grown, theirs, own)),
            None if theirs.size != own.size => {
                found.push(format!("{name}: {} bytes on stock, {} on ours", theirs.size, own.size));
            }
            None => {}
        }
        for (member, place) in &theirs.members {
            match own.members.get(member) {
                Some(other) if other == place => {}
                Some(other) => found.push(format!("{name}.{member}: {place} on stock, {other} on ours")),
                None => found.push(format!("{name}.{member}: ours has none")),
            }
        }
    }
    let unknown = grown.iter().filter(|grown| stock.get(grown.name).is_none());
    found.extend(unknown.map(|grown| format!("{} may grow, but stock has none", grown.name)));
    found
}

/// Whether a struct has grown by the one member it may grow by, behind all that stock has.
fn growth_complaint(grown: &Grown, stock: &Layout, ours: &Layout) -> Option<String> {
    let more: Vec<_> = ours.members.iter().filter(|(name, _)| !stock.members.contains_key(*name)).collect();
    let only = match more[..] {
        [(name, place)] => name == grown.member && place.offset >= 8 * stock.size,
        _ => false,
    };
    if only {
        return None;
    }
    let more: Vec<String> = more.iter().map(|(name, place)| format!("{name}, {place}")).collect();
    Some(format!(
        "{}: has `{}` more than stock; it may have {} behind stock's {} bytes, and nothing else: {}",
        grown.name,
        more.join("; "),
        grown.member,
        stock.size,
        grown.why
    ))
}

/// The type objects that the headers of a folder declare.
fn declared_types(folder: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for header in headers(folder)? {
        let path = folder.join(header);
        let text = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        names.extend(declared_types_in(&String::from_utf8_lossy(&text)));
    }
    ensure!(names.contains("PyCode_Type"), "PyCode_Type is not declared in {}", folder.display());
    Ok(names)
}

fn declared_types_in(header: &str) -> Vec<String> {
    let declarations = header.split("PyAPI_DATA(PyTypeObject)").skip(1);
    let names = declarations.filter_map(|rest| rest.split_once(';')).flat_map(|(names, _)| names.split(','));
    names.map(|name| name.trim().to_string()).filter(|name| name.ends_with("_Type")).collect()
}

/// `PyX_Type` is the type of what a `PyXObject` describes.
fn struct_of(type_name: &str) -> Option<String> {
    type_name.strip_suffix("_Type").map(|base| format!("{base}Object"))
}

/// `tp_basicsize` and `tp_itemsize`; none of a type that is declared only.
type Sizes = BTreeMap<String, Option<(i64, i64)>>;

/// What the type objects of a running interpreter say. Read from memory, as one that nobody has used yet
/// cannot be asked in Python.
fn type_sizes(python: &Path, layouts: &Layouts, names: &BTreeSet<String>, scratch: &Path) -> Result<Sizes> {
    let layout = layouts.get("PyTypeObject").context("no PyTypeObject in the headers")?;
    let offset = |member: &str| -> Result<u64> {
        let place = layout.members.get(member).with_context(|| format!("PyTypeObject has no {member}"))?;
        Ok(place.offset / 8)
    };
    let code = format!(
        "
import ctypes, sys
for name in sys.argv[1:]:
    try:
        address = ctypes.addressof(ctypes.c_char.in_dll(ctypes.pythonapi, name))
    except ValueError:
        print(name + ' is not there')
        continue
    sizes = [ctypes.c_ssize_t.from_address(address + offset).value for offset in ({}, {})]
    print('%s %d %d' % (name, sizes[0], sizes[1]))
",
        offset("tp_basicsize")?,
        offset("tp_itemsize")?
    );
    let mut command = process::python(python);
    command.args(["-c", &code]).args(names);
    let output = process::run(&mut command, scratch, LIMIT)?;
    ensure!(
        output.end == "exit 0",
        "the type objects cannot be read ({}):\n{}",
        output.end,
        output.stderr.trim()
    );
    let sizes = parse_sizes(&output.stdout);
    ensure!(sizes.len() == names.len(), "{} types asked for, {} answers", names.len(), sizes.len());
    Ok(sizes)
}

fn parse_sizes(text: &str) -> Sizes {
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let name = words.next()?.to_string();
        let sizes = words.next().and_then(|n| n.parse().ok()).zip(words.next().and_then(|n| n.parse().ok()));
        Some((name, sizes))
    };
    text.lines().filter_map(line).collect()
}

/// What the type objects say otherwise than on stock.
fn type_differences(stock: (&Sizes, &Layouts), ours: (&Sizes, &Layouts)) -> Vec<String> {
    let mut found = Vec::new();
    for (name, theirs) in stock.0 {
        let own = ours.0.get(name).copied().flatten();
        if own != *theirs {
            found
                .push(format!("{name}: (tp_basicsize, tp_itemsize) is {theirs:?} on stock, {own:?} on ours"));
        }
        let (Some(theirs), Some(own), Some(name)) = (theirs, own, struct_of(name)) else { continue };
        let beyond = |layouts: &Layouts, basic: i64| layouts.get(&name).map(|l| l.size as i64 - basic);
        let (a, b) = (beyond(stock.1, theirs.0), beyond(ours.1, own.0));
        if let Some(a) = a
            && Some(a) != b
        {
            found.push(format!("sizeof({name}) - tp_basicsize is {a} on stock, {b:?} on ours"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const STOCK: &str = "
        typedef struct { long refs; int flags : 3; int kind : 4; struct { char a; short b; } inner; } PyThingObject;
        struct _is { void *next; int count; };
        union either { int i; double d; };
    ";

    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Scratch {
            let folder = std::env::temp_dir().join(format!("xtask-abi-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&folder).expect("a directory");
            Scratch(folder)
        }

        /// The structs of `STOCK` with one text in place of another.
        fn with(&self, old: &str, new: &str) -> Layouts {
            assert!(STOCK.contains(old), "{old}");
            Layouts::compile(&STOCK.replace(old, new), None, &self.0, "planted").expect("compiles")
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).expect("clean up");
        }
    }

    #[test]
    fn planted_differences_are_found() {
        let scratch = Scratch::new("structs");
        let stock = scratch.with("long refs", "long refs");
        let differences = |old: &str, new: &str| struct_differences(&stock, &scratch.with(old, new), &[]);
        assert_eq!(differences("long refs", "long refs"), Vec::<String>::new());
        assert_eq!(
            differences("short b; } inner;", "short b; } inner; void *extra;"),
            ["PyThingObject: 16 bytes on stock, 24 on ours"]
        );
        assert_eq!(
            differences("char a; short b;", "short b; char a;"),
            [
                "PyThingObject.inner.a: 1 bytes at 10 on stock, 1 bytes at 12 on ours",
                "PyThingObject.inner.b: 2 bytes at 12 on stock, 2 bytes at 10 on ours",
            ]
        );
        assert_eq!(differences("int flags : 3", "int flags : 2").len(), 2, "one narrower, one moved");
        assert_eq!(
            differences("int count", "short count"),
            ["struct _is.count: 4 bytes at 8 on stock, 2 bytes at 8 on ours"]
        );
        assert_eq!(differences("int count", "int counter"), ["struct _is.count: ours has none"]);
        assert_eq!(differences("union either", "union other"), ["union either: ours has none"]);
    }

    #[test]
    fn only_the_growth_that_is_stated_is_allowed() {
        let scratch = Scratch::new("growth");
        let stock = scratch.with("long refs", "long refs");
        let differences = |new: &str| struct_differences(&stock, &scratch.with("int count;", new), GROWN);
        assert_eq!(differences("int count; void *eval_frame;"), Vec::<String>::new());
        for other in [
            "int count;",
            "int count; void *more;",
            "int count, eval_frame;",
            "int count; void *eval_frame, *more;",
            "void *eval_frame; int count;",
        ] {
            assert!(!differences(other).is_empty(), "{other}");
        }
    }

    #[test]
    fn type_objects_are_compared_with_their_structs() {
        let scratch = Scratch::new("types");
        let (stock, ours) =
            (scratch.with("long refs", "long refs"), scratch.with("long refs", "long refs, more"));
        let sizes = parse_sizes("PyThing_Type 16 0\nPyOther_Type 24 8\nPyGone_Type is not there\n");
        assert_eq!(sizes.len(), 3);
        assert_eq!(type_differences((&sizes, &stock), (&sizes, &stock)), Vec::<String>::new());
        assert_eq!(
            type_differences((&sizes, &stock), (&sizes, &ours)),
            ["sizeof(PyThingObject) - tp_basicsize is 0 on stock, Some(8) on ours"]
        );
        let planted = parse_sizes("PyThing_Type 16 0\nPyOther_Type 24 4\nPyGone_Type is not there\n");
        assert_eq!(type_differences((&sizes, &stock), (&planted, &stock)).len(), 1);
        let both_grown = parse_sizes("PyThing_Type 24 0\nPyOther_Type 24 8\nPyGone_Type is not there\n");
        assert_eq!(type_differences((&sizes, &stock), (&both_grown, &ours)).len(), 1);
    }

    #[test]
    fn declarations_are_found() {
        let header =
            "PyAPI_DATA(PyTypeObject) PyA_Type;\n#define X\nPyAPI_DATA(PyTypeObject) PyB_Type, PyC_Type;\n";
        assert_eq!(declared_types_in(header), ["PyA_Type", "PyB_Type", "PyC_Type"]);
        assert_eq!(struct_of("PyA_Type").as_deref(), Some("PyAObject"));
    }
}
