//! How a debugger gets from compiled code to its caller.

use cranelift_codegen::gimli::RunTimeEndian;
use cranelift_codegen::gimli::write::{
    Address, CommonInformationEntry, EhFrame, EndianVec, Error, FrameTable, Writer,
};
use cranelift_codegen::isa::unwind::systemv::UnwindInfo;

/// Where compiled code keeps its caller's registers, instruction by instruction.
pub struct Unwind {
    /// What holds when it is called.
    pub(super) convention: CommonInformationEntry,
    /// What its instructions change.
    pub(super) rules: UnwindInfo,
}

impl Unwind {
    /// The same as the content of a section `.eh_frame`, for the code being at an address.
    pub fn eh_frame(&self, address: usize) -> Result<Vec<u8>, Error> {
        let mut table = FrameTable::default();
        let convention = table.add_cie(self.convention.clone());
        table.add_fde(convention, self.rules.to_fde(Address::Constant(address as u64)));
        let endian = if cfg!(target_endian = "big") { RunTimeEndian::Big } else { RunTimeEndian::Little };
        let mut section = EhFrame(EndianVec::new(endian));
        table.write_eh_frame(&mut section)?;
        // A length of zero ends it.
        section.write_u32(0)?;
        Ok(section.0.into_vec())
    }
}
