//! Whether a thread can be unwound through our functions that surround Python code.
//!
//! CPython 3.x ends a daemon thread that wants the GIL at exit by unwinding its stack by force. Rust
//! aborts the process when that meets a function of the C ABI with something to do on the way, such
//! as to drop a value: with a *landing pad*, of which the unwind tables of the executable know.

use anyhow::{Context, Result, bail};
use gimli::{BaseAddresses, CieOrFde, EhFrame, LittleEndian, UnwindSection};
use object::{Object, ObjectSection, ObjectSymbol, SymbolKind};
use std::collections::{BTreeSet, HashSet};
use std::path::Path;

/// Functions that Python code is run from: all of the runtime's, the evaluator's, and those that stand for
/// native code.
const SURROUNDING: &[&str] = &[
    "pyjion_embed::py::binding::",
    "pyjion_embed::py::dict::",
    "pyjion_embed::py::evaluator::",
    "pyjion_embed::py::handled::",
    "pyjion_embed::py::pending::handle",
    "pyjion_embed::py::stack::",
    "pyjion_embed::run::direct::",
    "pyjion_embed::run::callables::call_",
    "pyjion_embed::run::callables::get_property",
    "pyjion_embed::run::callables::next_of_generator",
    "pyjion_embed::run::closing::",
    "pyjion_embed::run::collecting::call",
    "pyjion_embed::run::dispatch::",
    "pyjion_embed::run::drive::",
    "pyjion_embed::run::enter::attend",
    "pyjion_embed::run::enter::left",
    "pyjion_embed::run::enter::run",
    "pyjion_embed::run::enter::trace_return",
    "pyjion_embed::run::generators::",
    "pyjion_embed::run::inlined::left",
    "pyjion_embed::run::inlined::run",
    "pyjion_embed::run::sending::",
    "pyjion_embed::run::thin::",
    "pyjion_embed::run::thin_frames::",
    "pyjion_embed::state::thin::ThinFrames::make",
    "pyjion_embed::runtime::",
    "pyjion_embed::tier::record::evaluate",
    "pyjion_jit::backend::interp::calls::",
    "pyjion_jit::backend::interp::machine::",
    "pyjion_jit::backend::interp::objects::",
    "pyjion_jit::backend::interp::step::",
];

/// Those of them that make objects of plain data, which runs no Python code.
const MAKING: &[&str] = &["pyjion_embed::runtime::data::boxes::"];

/// Functions without which nothing would have been checked.
const CHECKED: &[&str] = &[
    "pyjion_embed::run::dispatch::eval_frame",
    "pyjion_embed::run::drive::drive",
    "pyjion_embed::runtime::calls::call::call",
    "pyjion_jit::backend::interp::machine::evaluate",
];

/// Fails when a function of the executable that surrounds Python code has landing pads.
pub fn check(executable: &Path) -> Result<()> {
    let data = std::fs::read(executable).with_context(|| format!("cannot read {}", executable.display()))?;
    let file = object::File::parse(&*data)?;
    let with_pads = functions_with_landing_pads(&file)?;
    let mut found = BTreeSet::new();
    let mut culprits = BTreeSet::new();
    for symbol in file.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text) {
        let name = format!("{:#}", rustc_demangle::demangle(symbol.name().unwrap_or_default()));
        let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
        if begins(SURROUNDING) && !begins(MAKING) {
            if with_pads.contains(&symbol.address()) {
                culprits.insert(name.clone());
            }
            found.insert(name);
        }
    }
    if let Some(name) = CHECKED.iter().find(|name| !found.contains(**name)) {
        bail!("no function {name} in {}", executable.display());
    }
    if !culprits.is_empty() {
        let names: Vec<String> = culprits.into_iter().collect();
        bail!("a thread cannot be unwound through {}", names.join(", "));
    }
    Ok(())
}

/// The addresses of the functions whose frame description has a language-specific data area.
fn functions_with_landing_pads(file: &object::File<'_>) -> Result<HashSet<u64>> {
    let section = file.section_by_name(".eh_frame").context("no unwind tables")?;
    let tables = EhFrame::new(section.data()?, LittleEndian);
    let address = |name| file.section_by_name(name).map_or(0, |section| section.address());
    let bases = BaseAddresses::default()
        .set_eh_frame(section.address())
        .set_text(address(".text"))
        .set_got(address(".got"));
    let mut functions = HashSet::new();
    let mut entries = tables.entries(&bases);
    while let Some(entry) = entries.next()? {
        if let CieOrFde::Fde(partial) = entry {
            let description = partial.parse(EhFrame::cie_from_offset)?;
            if description.lsda().is_some() {
                functions.insert(description.initial_address());
            }
        }
    }
    Ok(functions)
}
