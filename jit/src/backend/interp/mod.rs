//! Final HIR evaluated, instruction by instruction: the second opinion on what the other backends make of it.
//!
//! Its machine code is a stub that has `machine` evaluate a `program`. What each instruction does is written
//! from what the table of instructions says of it, not from how it is lowered: where code of this backend and
//! of another differ, one of the two is wrong. It is as slow as that is.
//!
//! Between the stub and what it calls, nothing owns what has to be dropped: a thread may be unwound through
//! it by force.

mod arrays;
mod attributes;
mod calls;
mod claims;
mod compact;
mod containers;
mod dicts;
mod exits;
mod frame;
mod machine;
mod memory;
mod numbers;
mod objects;
mod pool;
mod prepare;
mod program;
mod step;
mod strings;
mod stub;

use super::{Backend, BackendOptions, Description, MachineCode, Position};
use crate::error::CompileError;
use crate::hir::Function;
use crate::host::Host;
use prepare::Prepared;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Result of everything that can refuse a function.
type Result<T> = std::result::Result<T, CompileError>;

/// Has HIR evaluated.
#[derive(Default)]
pub struct InterpBackend;

impl Backend for InterpBackend {
    fn generate(&mut self, function: Function, host: &Host, options: &BackendOptions) -> Result<MachineCode> {
        let Prepared { program, exits, buffer_words } = prepare::prepare(&function, host, options)?;
        let program = Arc::new(program);
        Ok(MachineCode {
            name: function.name.clone(),
            bytes: stub::bytes(&program)?,
            alignment: 16,
            exits,
            buffer_words,
            is_provisional: false,
            keeps: Some(program),
            texts: BTreeMap::new(),
            // All bytecodes have the same code, and its caller is that of what it calls.
            description: options
                .describe
                .then(|| Description { positions: vec![Position { offset: 0, pc: None }], unwind: None }),
        })
    }
}
