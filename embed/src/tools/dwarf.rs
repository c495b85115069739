//! The lines of a compiled function, as debuggers read them.

use super::function::Function;
use gimli::write::{
    Address, AttributeValue, Dwarf, EndianVec, Error, LineProgram, LineString, Sections, Unit,
};
use gimli::{
    DW_AT_comp_dir, DW_AT_decl_file, DW_AT_decl_line, DW_AT_external, DW_AT_high_pc, DW_AT_language,
    DW_AT_low_pc, DW_AT_name, DW_TAG_subprogram, Encoding, Format, LineEncoding, RunTimeEndian,
};

/// The language: that of the program.
const LANGUAGE: gimli::DwLang = gimli::DW_LANG_Python;

/// The sections, by name.
pub fn sections(function: &Function<'_>) -> Result<Vec<(&'static str, Vec<u8>)>, Error> {
    let encoding = Encoding { format: Format::Dwarf32, version: 4, address_size: 8 };
    let start = Address::Constant(function.address() as u64);
    let size = function.code.len() as u64;
    let (directory, file) = match function.file.rsplit_once('/') {
        Some((directory, file)) => (directory, file),
        None => (".", function.file),
    };
    let string = |text: &str| text.bytes().filter(|byte| *byte != 0).collect::<Vec<u8>>();

    let mut program = LineProgram::new(
        encoding,
        LineEncoding::default(),
        LineString::String(string(directory)),
        None,
        LineString::String(string(file)),
        None,
    );
    let directory_id = program.default_directory();
    let file_id = program.add_file(LineString::String(string(file)), directory_id, None);
    program.begin_sequence(Some(start));
    for line in function.lines {
        let row = program.row();
        row.address_offset = line.offset.into();
        row.file = file_id;
        row.line = line.line.into();
        row.discriminator = line.pc.into();
        program.generate_row();
    }
    program.end_sequence(size);

    let mut dwarf = Dwarf::new();
    let id = dwarf.units.add(Unit::new(encoding, program));
    let unit = dwarf.units.get_mut(id);
    let root = unit.root();
    let whole = unit.get_mut(root);
    whole.set(DW_AT_name, AttributeValue::String(string(file)));
    whole.set(DW_AT_comp_dir, AttributeValue::String(string(directory)));
    whole.set(DW_AT_language, AttributeValue::Language(LANGUAGE));
    whole.set(DW_AT_low_pc, AttributeValue::Address(start));
    whole.set(DW_AT_high_pc, AttributeValue::Udata(size));
    let part = unit.add(root, DW_TAG_subprogram);
    let part = unit.get_mut(part);
    part.set(DW_AT_name, AttributeValue::String(string(&super::elf::name(function))));
    part.set(DW_AT_external, AttributeValue::Flag(true));
    part.set(DW_AT_decl_file, AttributeValue::FileIndex(Some(file_id)));
    part.set(DW_AT_decl_line, AttributeValue::Udata(function.first_line.into()));
    part.set(DW_AT_low_pc, AttributeValue::Address(start));
    part.set(DW_AT_high_pc, AttributeValue::Udata(size));

    let endian = if cfg!(target_endian = "big") { RunTimeEndian::Big } else { RunTimeEndian::Little };
    let mut written = Sections::new(EndianVec::new(endian));
    dwarf.write(&mut written)?;
    let mut sections = Vec::new();
    written.for_each(|id, data| {
        if !data.slice().is_empty() {
            sections.push((id.name(), data.slice().to_vec()));
        }
        Ok::<(), Error>(())
    })?;
    Ok(sections)
}
