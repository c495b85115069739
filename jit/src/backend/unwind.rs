//! How a debugger gets from compiled code to its caller.

use cranelift_codegen::gimli::write::{
    Address, CallFrameInstruction, CommonInformationEntry, EhFrame, EndianVec, Error, FrameDescriptionEntry,
    FrameTable, Writer,
};
use cranelift_codegen::gimli::{RunTimeEndian, X86_64};
use cranelift_codegen::isa::unwind::systemv::UnwindInfo;

/// Where compiled code keeps its caller's registers, instruction by instruction.
#[derive(Clone)]
pub struct Unwind {
    /// What holds when it is called.
    pub(super) convention: CommonInformationEntry,
    /// What its instructions change.
    pub(super) rules: Rules,
}

/// What instructions change of where registers are kept.
#[derive(Clone)]
pub(super) enum Rules {
    /// As Cranelift says.
    Cranelift(UnwindInfo),
    /// As the baseline has it.
    Baseline {
        /// Where its frame begins, register by register.
        pushed: [u32; 7],
        /// Where the frame has ended again.
        popped: u32,
        /// Bytes of code.
        length: u32,
    },
}

impl Rules {
    fn entry(&self, address: Address) -> FrameDescriptionEntry {
        match self {
            Rules::Cranelift(rules) => rules.to_fde(address),
            Rules::Baseline { pushed: [base, moved, saved @ ..], popped, length } => {
                let mut entry = FrameDescriptionEntry::new(address, *length);
                entry.add_instruction(*base, CallFrameInstruction::CfaOffset(16));
                entry.add_instruction(*base, CallFrameInstruction::Offset(X86_64::RBP, -16));
                entry.add_instruction(*moved, CallFrameInstruction::CfaRegister(X86_64::RBP));
                let registers = [X86_64::RBX, X86_64::R12, X86_64::R13, X86_64::R14, X86_64::R15];
                for ((&at, register), place) in saved.iter().zip(registers).zip(3..) {
                    entry.add_instruction(at, CallFrameInstruction::Offset(register, -8 * place));
                }
                entry.add_instruction(*popped, CallFrameInstruction::Cfa(X86_64::RSP, 8));
                entry
            }
        }
    }
}

impl Unwind {
    /// The same as the content of a section `.eh_frame`, for the code being at an address.
    pub fn eh_frame(&self, address: usize) -> Result<Vec<u8>, Error> {
        let mut table = FrameTable::default();
        let convention = table.add_cie(self.convention.clone());
        table.add_fde(convention, self.rules.entry(Address::Constant(address as u64)));
        let endian = if cfg!(target_endian = "big") { RunTimeEndian::Big } else { RunTimeEndian::Little };
        let mut section = EhFrame(EndianVec::new(endian));
        table.write_eh_frame(&mut section)?;
        // A length of zero ends it.
        section.write_u32(0)?;
        Ok(section.0.into_vec())
    }
}
