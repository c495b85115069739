//! The layouts of C's structs as a compiler chose them, read from the debugging information of what it
//! compiled.

use crate::prereqs;
use anyhow::{Context, Result, bail};
use gimli::constants as dw;
use gimli::{DebuggingInformationEntry, EndianSlice, NativeEndian, UnitOffset};
use object::{Object, ObjectSection};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::process::Command;

type Slice<'a> = EndianSlice<'a, NativeEndian>;
type Entry<'a> = DebuggingInformationEntry<Slice<'a>>;

/// Where in a struct a member is, in bits: bit-fields are members, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From the beginning of the struct.
    pub offset: u64,
    /// Its own size.
    pub size: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.offset % 8, self.size % 8) {
            (0, 0) => write!(f, "{} bytes at {}", self.size / 8, self.offset / 8),
            (bit, _) => write!(f, "{} bits at {} and {bit} bits", self.size, self.offset / 8),
        }
    }
}

/// One struct or union.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// `sizeof`, in bytes.
    pub size: u64,
    /// Its members by name; those of a nameless struct inside it are called `outer.inner`.
    pub members: BTreeMap<String, Place>,
}

/// Every struct and union of one compilation.
#[derive(Debug, Default)]
pub struct Layouts {
    structs: BTreeMap<String, Layout>,
    typedefs: BTreeMap<String, String>,
}

impl Layouts {
    /// Compiles a C source with the headers of `include`, if any, and reads what the compiler says about it.
    /// `scratch` is a folder that exists; a file called `name` is left there.
    pub fn compile(source: &str, include: Option<&Path>, scratch: &Path, name: &str) -> Result<Layouts> {
        let (text, library) = (scratch.join(format!("{name}.c")), scratch.join(format!("{name}.so")));
        std::fs::write(&text, source).with_context(|| format!("cannot write {}", text.display()))?;
        let mut command = Command::new(prereqs::compiler());
        // What is not used is of interest all the same; a library, because there the sections refer to one
        // another.
        command.args([
            "-w",
            "-g",
            "-fno-eliminate-unused-debug-types",
            "-gz=none",
            "-fPIC",
            "-shared",
            "-nostdlib",
        ]);
        command.args(include.map(|folder| format!("-I{}", folder.display())));
        command.arg("-o").arg(&library).arg(&text);
        let output = command.output().context("cannot run the C compiler")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let errors: Vec<&str> = said.lines().filter(|l| l.contains("error:")).take(8).collect();
            bail!("{} does not compile:\n{}", text.display(), errors.join("\n"));
        }
        Layouts::read(&library)
    }

    /// Reads a library with debugging information in it.
    fn read(library: &Path) -> Result<Layouts> {
        let data = std::fs::read(library).with_context(|| format!("cannot read {}", library.display()))?;
        let file = object::File::parse(&*data)?;
        let section = |id: gimli::SectionId| -> Result<Slice<'_>> {
            let data = file.section_by_name(id.name()).map(|s| s.data()).transpose()?;
            Ok(EndianSlice::new(data.unwrap_or_default(), NativeEndian))
        };
        let dwarf = gimli::Dwarf::load(section)?;
        let mut layouts = Layouts::default();
        let mut headers = dwarf.units();
        while let Some(header) = headers.next()? {
            let unit = dwarf.unit(header)?;
            Reader { dwarf: &dwarf, unit: &unit }.all(&mut layouts)?;
        }
        if layouts.structs.is_empty() {
            bail!("no debugging information in {}", library.display());
        }
        Ok(layouts)
    }

    /// The structs and unions: `struct x` and `union x`, those without such a name by that of their typedef.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Layout)> {
        self.structs.iter().map(|(name, layout)| (name.as_str(), layout))
    }

    /// One of them, by its name or by that of a typedef.
    pub fn get(&self, name: &str) -> Option<&Layout> {
        let name = self.typedefs.get(name).map_or(name, String::as_str);
        self.structs.get(name)
    }
}

/// The debugging information of one compilation.
struct Reader<'a, 'u> {
    dwarf: &'u gimli::Dwarf<Slice<'a>>,
    unit: &'u gimli::Unit<Slice<'a>>,
}

impl<'a> Reader<'a, '_> {
    fn all(&self, layouts: &mut Layouts) -> Result<()> {
        let mut entries = self.unit.entries();
        while let Some(entry) = entries.next_dfs()? {
            let Some(name) = self.name(entry)? else { continue };
            if let Some(key) = aggregate(entry.tag()).map(|kind| format!("{kind} {name}")) {
                // One that is only declared has no size.
                if entry.has_attr(dw::DW_AT_byte_size) {
                    layouts.structs.insert(key, self.layout(entry)?);
                }
            } else if entry.tag() == dw::DW_TAG_typedef
                && let Some(target) = self.target(entry)?
            {
                match (aggregate(target.tag()), self.name(&target)?) {
                    (Some(_), None) => {
                        layouts.structs.insert(name, self.layout(&target)?);
                    }
                    (Some(kind), Some(tag)) => {
                        layouts.typedefs.insert(name, format!("{kind} {tag}"));
                    }
                    (None, _) => {}
                }
            }
        }
        Ok(())
    }

    fn layout(&self, entry: &Entry<'a>) -> Result<Layout> {
        let mut layout = Layout { size: number(entry, dw::DW_AT_byte_size), ..Layout::default() };
        self.add_members(entry.offset(), 0, "", &mut layout)?;
        Ok(layout)
    }

    fn add_members(&self, of: UnitOffset, base: u64, prefix: &str, layout: &mut Layout) -> Result<()> {
        let mut tree = self.unit.entries_tree(Some(of))?;
        let mut children = tree.root()?.children();
        while let Some(child) = children.next()? {
            let member = child.entry();
            if member.tag() != dw::DW_TAG_member {
                continue;
            }
            let offset = match member.has_attr(dw::DW_AT_data_bit_offset) {
                true => number(member, dw::DW_AT_data_bit_offset),
                false => 8 * number(member, dw::DW_AT_data_member_location),
            };
            let offset = base + offset;
            let name = self.name(member)?.map(|name| format!("{prefix}{name}"));
            let target = self.target(member)?.context("a member without a type")?;
            if aggregate(target.tag()).is_some() && self.name(&target)?.is_none() {
                let inside = name.as_ref().map_or(prefix.to_string(), |name| format!("{name}."));
                self.add_members(target.offset(), offset, &inside, layout)?;
            }
            if let Some(name) = name {
                let size = match member.has_attr(dw::DW_AT_bit_size) {
                    true => number(member, dw::DW_AT_bit_size),
                    false => 8 * self.size(target)?,
                };
                layout.members.insert(name, Place { offset, size });
            }
        }
        Ok(())
    }

    /// The size of a type in bytes.
    fn size(&self, mut entry: Entry<'a>) -> Result<u64> {
        let mut factor = 1;
        loop {
            if entry.has_attr(dw::DW_AT_byte_size) {
                return Ok(factor * number(&entry, dw::DW_AT_byte_size));
            }
            if entry.tag() == dw::DW_TAG_array_type {
                factor *= self.elements(entry.offset())?;
            }
            match self.target(&entry)? {
                Some(target) => entry = target,
                None => bail!("a type of unknown size: {}", entry.tag()),
            }
        }
    }

    /// How many elements an array has: none when it is one whose size is open.
    fn elements(&self, array: UnitOffset) -> Result<u64> {
        let mut product = 1;
        let mut tree = self.unit.entries_tree(Some(array))?;
        let mut children = tree.root()?.children();
        while let Some(child) = children.next()? {
            let range = child.entry();
            product *= match range.attr_value(dw::DW_AT_upper_bound).and_then(|v| v.udata_value()) {
                Some(last) => last + 1,
                None => number(range, dw::DW_AT_count),
            };
        }
        Ok(product)
    }

    /// What an entry refers to as its type.
    fn target(&self, entry: &Entry<'a>) -> Result<Option<Entry<'a>>> {
        match entry.attr_value(dw::DW_AT_type) {
            Some(gimli::AttributeValue::UnitRef(offset)) => Ok(Some(self.unit.entry(offset)?)),
            Some(_) => bail!("a type outside of its unit"),
            None => Ok(None),
        }
    }

    fn name(&self, entry: &Entry<'a>) -> Result<Option<String>> {
        let Some(value) = entry.attr_value(dw::DW_AT_name) else { return Ok(None) };
        let text = self.dwarf.attr_string(self.unit, value)?;
        Ok(Some(text.to_string_lossy().into_owned()))
    }
}

/// What C calls an entry that has members.
fn aggregate(tag: gimli::DwTag) -> Option<&'static str> {
    match tag {
        dw::DW_TAG_structure_type => Some("struct"),
        dw::DW_TAG_union_type => Some("union"),
        _ => None,
    }
}

/// An attribute that stands for 0 where it is missing.
fn number(entry: &Entry<'_>, name: gimli::DwAt) -> u64 {
    entry.attr_value(name).and_then(|value| value.udata_value()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiler_is_understood() {
        let scratch = std::env::temp_dir().join(format!("xtask-layouts-{}", std::process::id()));
        std::fs::create_dir_all(&scratch).expect("a directory");
        let source = "
            struct declared;
            struct named { char c; struct declared *p; const double d[2][3]; };
            typedef struct named alias;
            typedef struct { int flag : 3; int other : 7; alias inner; union { char x; long y; }; char open[]; } nameless;
            union both { int i; struct { short low, high; } halves; int (*f)(void); };
        ";
        let layouts = Layouts::compile(source, None, &scratch, "layouts").expect("compiles");
        std::fs::remove_dir_all(&scratch).expect("clean up");
        let member = |name: &str, member: &str| {
            layouts.get(name).and_then(|layout| layout.members.get(member)).map(Place::to_string)
        };
        assert_eq!(
            layouts.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            ["nameless", "struct named", "union both"]
        );
        assert_eq!(layouts.get("alias"), layouts.get("struct named"));
        assert_eq!(layouts.get("alias").map(|layout| layout.size), Some(64));
        assert_eq!(member("alias", "p").as_deref(), Some("8 bytes at 8"));
        assert_eq!(member("alias", "d").as_deref(), Some("48 bytes at 16"));
        assert_eq!(member("nameless", "other").as_deref(), Some("7 bits at 0 and 3 bits"));
        assert_eq!(member("nameless", "inner").as_deref(), Some("64 bytes at 8"));
        assert_eq!(member("nameless", "y").as_deref(), Some("8 bytes at 72"));
        assert_eq!(member("nameless", "open").as_deref(), Some("0 bytes at 80"));
        assert_eq!(member("union both", "halves.high").as_deref(), Some("2 bytes at 2"));
        assert_eq!(member("union both", "f").as_deref(), Some("8 bytes at 0"));
    }
}
