//! Puts machine code where it can run.

use super::{CodeMemory, is_refusal};
use crate::backend::{MachineCode, NativeCode, NativeFn};
use crate::error::CompileError;
use std::io;
use std::sync::Arc;

impl CodeMemory {
    /// Makes code run. Errors are [`CompileError::CodeMemory`] when there is no room for it, and
    /// [`CompileError::ExecutableMemory`] when the system allows none.
    pub fn publish(self: &Arc<CodeMemory>, code: MachineCode) -> Result<NativeCode, CompileError> {
        let mut block = self.reserve(code.bytes.len(), code.alignment as usize).map_err(refused)?;
        // SAFETY: the block is as large, nobody else has it, and it is writable until it is published.
        unsafe { block.as_ptr().copy_from_nonoverlapping(code.bytes.as_ptr(), code.bytes.len()) };
        block.publish().map_err(refused)?;
        // SAFETY: a backend generated the code at this address with exactly this signature, it is
        // published, and `block`, which `NativeCode` keeps, holds it.
        let function = unsafe { std::mem::transmute::<*mut u8, NativeFn>(block.as_ptr()) };
        Ok(NativeCode {
            function,
            size: code.bytes.len(),
            exits: code.exits,
            buffer_words: code.buffer_words,
            is_provisional: code.is_provisional,
            // The code goes before what it refers to.
            memory: Box::new((block, code.keeps)),
            description: code.description,
        })
    }
}

fn refused(error: io::Error) -> CompileError {
    if is_refusal(&error) {
        CompileError::ExecutableMemory(error.to_string())
    } else {
        CompileError::CodeMemory(error.to_string())
    }
}
