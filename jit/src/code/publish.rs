//! Puts machine code where it can run: `cranelift-jit` gets the code memory of one function at a time.

use super::{CodeBlock, CodeMemory, is_refusal};
use crate::backend::cranelift::isa;
use crate::backend::{MachineCode, NativeCode, NativeFn};
use crate::error::CompileError;
use cranelift_codegen::ir;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_jit::{BranchProtection, JITBuilder, JITMemoryKind, JITMemoryProvider, JITModule};
use cranelift_module::{Linkage, Module, ModuleError, ModuleResult};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// Publishes machine code in code memory.
pub struct Publisher {
    memory: Arc<CodeMemory>,
    isa: OwnedTargetIsa,
}

impl Publisher {
    /// A publisher for this machine that puts code there.
    pub fn new(memory: Arc<CodeMemory>) -> Result<Publisher, CompileError> {
        Ok(Publisher { memory, isa: isa(&[])? })
    }

    /// Where the code lives.
    pub fn memory(&self) -> &Arc<CodeMemory> {
        &self.memory
    }

    /// Makes code run. Errors are [`CompileError::CodeMemory`] when there is no room for it,
    /// [`CompileError::ExecutableMemory`] when the system allows none, and [`CompileError::Backend`].
    pub fn publish(&self, code: MachineCode) -> Result<NativeCode, CompileError> {
        // A module holds one function, so that it can be freed by itself; only its block of
        // code memory outlives this call.
        let memory = FunctionMemory::new(&self.memory);
        let block = memory.block();
        let mut builder = JITBuilder::with_isa(self.isa.clone(), cranelift_module::default_libcall_names());
        builder.memory_provider(Box::new(memory));
        let mut module = JITModule::new(builder);
        // Nobody calls it by its signature in here.
        let signature = ir::Signature::new(self.isa.default_call_conv());
        let id = module.declare_function(&code.name, Linkage::Local, &signature).map_err(refused)?;
        module.define_function_bytes(id, code.alignment.into(), &code.bytes, &[]).map_err(refused)?;
        module.finalize_definitions().map_err(refused)?;
        let address = module.get_finalized_function(id);
        drop(module);
        let block = block.take().ok_or_else(|| CompileError::Backend("the code has no memory".to_owned()))?;
        // SAFETY: a backend generated the code at this address with exactly this signature, it is
        // published, and `block`, which `NativeCode` keeps, holds it.
        let function = unsafe { std::mem::transmute::<*const u8, NativeFn>(address) };
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

fn refused(error: ModuleError) -> CompileError {
    match error {
        ModuleError::Allocation { err } if is_refusal(&err) => {
            CompileError::ExecutableMemory(err.to_string())
        }
        ModuleError::Allocation { err } => CompileError::CodeMemory(err.to_string()),
        error => CompileError::Backend(error.to_string()),
    }
}

/// The block of a function under construction, outliving the module that fills it.
#[derive(Clone, Default)]
struct BlockSlot(Arc<Mutex<Option<CodeBlock>>>);

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
struct FunctionMemory {
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
