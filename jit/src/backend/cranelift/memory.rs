//! Hands `cranelift-jit` the code memory of one function.

use crate::code::{CodeBlock, CodeMemory};
use cranelift_jit::{BranchProtection, JITMemoryKind, JITMemoryProvider};
use cranelift_module::{ModuleError, ModuleResult};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// The block of a function under construction, outliving the module that fills it.
#[derive(Clone, Default)]
pub(super) struct BlockSlot(Arc<Mutex<Option<CodeBlock>>>);

impl BlockSlot {
    /// Takes the block out.
    pub fn take(&self) -> Option<CodeBlock> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, block: CodeBlock) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(block);
    }
}

/// Memory for a module of one function and no data.
pub(super) struct FunctionMemory {
    memory: Arc<CodeMemory>,
    block: BlockSlot,
}

impl FunctionMemory {
    pub fn new(memory: &Arc<CodeMemory>) -> FunctionMemory {
        FunctionMemory { memory: Arc::clone(memory), block: BlockSlot::default() }
    }

    /// Where the block will be.
    pub fn block(&self) -> BlockSlot {
        self.block.clone()
    }
}

impl JITMemoryProvider for FunctionMemory {
    fn allocate(&mut self, size: usize, align: u64, kind: JITMemoryKind) -> io::Result<*mut u8> {
        if !matches!(kind, JITMemoryKind::Executable) {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "compiled functions have no data"));
        }
        let block = self.memory.reserve(size, align as usize)?;
        let start = block.as_ptr();
        self.block.put(block);
        Ok(start)
    }

    unsafe fn free_memory(&mut self) {
        self.block.take();
    }

    fn finalize(&mut self, _branch_protection: BranchProtection) -> ModuleResult<()> {
        // Branch targets are not enforced in our pages, so the instructions that mark them do nothing.
        let Some(mut block) = self.block.take() else { return Ok(()) };
        block.publish().map_err(|err| ModuleError::Allocation { err })?;
        self.block.put(block);
        Ok(())
    }
}
