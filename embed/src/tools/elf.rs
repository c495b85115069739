//! A compiled function as an ELF file in memory: its symbol, how its caller is found, its lines.

use super::function::Function;
use object::Endianness;
use object::elf;
use object::write::Error;
use object::write::elf::{FileHeader, SectionHeader, Sym, Writer};

#[cfg(target_arch = "x86_64")]
const MACHINE: elf::Machine = elf::EM_X86_64;
#[cfg(target_arch = "aarch64")]
const MACHINE: elf::Machine = elf::EM_AARCH64;

/// What the symbol is called: like no function in C.
pub fn name(function: &Function<'_>) -> String {
    format!("py::{}", function.name.replace('\0', ""))
}

/// The file. The code stays where it is; `frame` is the content of `.eh_frame`, `debug` that of other
/// sections.
pub fn object(
    function: &Function<'_>,
    frame: &[u8],
    debug: &[(&'static str, Vec<u8>)],
) -> Result<Vec<u8>, Error> {
    let symbol = name(function);
    let mut bytes = Vec::new();
    let endian = if cfg!(target_endian = "big") { Endianness::Big } else { Endianness::Little };
    let mut writer = Writer::new(endian, true, &mut bytes);
    let contents: Vec<(&[u8], elf::SectionFlags, &[u8])> = [(&b".eh_frame"[..], elf::SHF_ALLOC, frame)]
        .into_iter()
        .chain(debug.iter().map(|(name, data)| (name.as_bytes(), elf::SectionFlags(0), &data[..])))
        .collect();

    writer.reserve_file_header();
    let text = (writer.reserve_section_index(), writer.add_section_name(b".text"));
    let mut sections = Vec::new();
    for &(name, flags, data) in &contents {
        writer.reserve_section_index();
        sections.push((writer.add_section_name(name), flags, writer.reserve(data.len() as u64, 8), data));
    }
    let symbol = writer.add_string(symbol.as_bytes());
    writer.reserve_symbol_index(Some(text.0));
    writer.reserve_symtab_section_index();
    writer.reserve_strtab_section_index();
    writer.reserve_shstrtab_section_index();
    writer.reserve_symtab();
    writer.reserve_strtab()?;
    writer.reserve_shstrtab()?;
    writer.reserve_section_headers();

    writer.write_file_header(&FileHeader {
        os_abi: elf::ELFOSABI_SYSV,
        abi_version: 0,
        e_type: elf::ET_DYN,
        e_machine: MACHINE,
        e_entry: 0,
        e_flags: elf::FileFlags(0),
    })?;
    for &(_, _, offset, data) in &sections {
        writer.pad_until(offset);
        writer.write(data);
    }
    let (address, size) = (function.address() as u64, function.code.len() as u64);
    writer.write_null_symbol();
    writer.write_symbol(&Sym {
        section: Some(text.0.0),
        st_name: writer.string_offset(Some(symbol)),
        st_info: elf::SymbolInfo::new(elf::STB_GLOBAL, elf::STT_FUNC),
        st_other: elf::SymbolOther(0),
        st_shndx: elf::SHN_UNDEF,
        st_value: address,
        st_size: size,
    });
    writer.write_strtab();
    writer.write_shstrtab();

    writer.write_null_section_header();
    let section = |name, sh_type, sh_flags, sh_addr, sh_offset, sh_size| SectionHeader {
        sh_name: name,
        sh_type,
        sh_flags,
        sh_addr,
        sh_offset,
        sh_size,
        sh_link: 0,
        sh_info: 0,
        sh_addralign: 1,
        sh_entsize: 0,
    };
    let (name, flags) = (writer.section_name_offset(Some(text.1)), elf::SHF_ALLOC | elf::SHF_EXECINSTR);
    writer.write_section_header(&section(name, elf::SHT_NOBITS, flags, address, 0, size));
    for (name, flags, offset, data) in sections {
        let name = writer.section_name_offset(Some(name));
        let header = section(name, elf::SHT_PROGBITS, flags, 0, offset, data.len() as u64);
        writer.write_section_header(&header);
    }
    writer.write_symtab_section_header(1);
    writer.write_strtab_section_header();
    writer.write_shstrtab_section_header();
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::read::elf::ElfFile64;
    use object::{Object, ObjectSection, ObjectSymbol};

    #[test]
    fn the_file_describes_the_code_where_it_is() {
        let code = [0x90, 0xc3];
        let function = Function { name: "f\0g", file: "/x.py", first_line: 1, code: &code, lines: &[] };
        let debug = [(".debug_line", vec![1, 2, 3]), (".debug_info", vec![4])];
        let bytes = object(&function, &[5; 9], &debug).unwrap();
        let file = ElfFile64::<Endianness>::parse(&bytes[..]).unwrap();
        let symbol = file.symbols().find(|symbol| symbol.is_definition()).unwrap();
        let address = function.address() as u64;
        assert_eq!((symbol.name(), symbol.address(), symbol.size()), (Ok("py::fg"), address, 2));
        let text = file.section_by_name(".text").unwrap();
        assert_eq!((text.address(), text.size()), (address, 2));
        for (name, data) in [(".eh_frame", &[5; 9][..]), (".debug_line", &[1, 2, 3]), (".debug_info", &[4])] {
            assert_eq!(file.section_by_name(name).unwrap().data(), Ok(data), "{name}");
        }
    }
}
