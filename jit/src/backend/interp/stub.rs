//! The machine code of a program: it goes to the evaluator, with the program as one more argument.

use super::Result;
use super::machine::evaluate;
use super::program::Program;
use crate::error::CompileError;

/// Code of the type [`NativeFn`](crate::backend::NativeFn) that runs a program, for as long as that is where
/// it is.
pub(super) fn bytes(program: &Program) -> Result<Vec<u8>> {
    let program = &raw const *program as u64;
    let evaluate = evaluate as *const () as u64;
    if cfg!(target_arch = "x86_64") {
        // mov r8, program; mov rax, evaluate; jmp rax
        let (program, evaluate) = (program.to_le_bytes(), evaluate.to_le_bytes());
        Ok([&[0x49, 0xb8], &program[..], &[0x48, 0xb8], &evaluate, &[0xff, 0xe0]].concat())
    } else if cfg!(target_arch = "aarch64") {
        // ldr x4, program; ldr x16, evaluate; br x16; nop
        let code = [0x5800_0084_u32, 0x5800_00b0, 0xd61f_0200, 0xd503_201f].map(u32::to_le_bytes);
        Ok([code.as_flattened(), &program.to_le_bytes(), &evaluate.to_le_bytes()].concat())
    } else {
        Err(CompileError::Backend("there is no stub for this machine".to_owned()))
    }
}
