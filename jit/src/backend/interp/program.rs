//! A function that is ready to be evaluated, with all that its evaluation wants to know.

use super::claims::Kinds;
use super::pool::Pool;
use crate::exit::{Contents, Suspension};
use crate::hir::{ExitReason, Function, SideExit, StateId, ValueId};
use crate::host::{FreeNumbers, Host};
use std::collections::HashMap;

/// A function that is ready to be evaluated.
pub(super) struct Program {
    pub function: Function,
    pub host: Host,
    /// Where numbers are taken from and put back to.
    pub free_numbers: Option<FreeNumbers>,
    /// As [`BackendOptions`](crate::backend::BackendOptions) has it.
    pub valid_flag: usize,
    /// As [`BackendOptions`](crate::backend::BackendOptions) has it.
    pub bytecode_counter: usize,
    /// The exits that can be taken.
    pub exits: HashMap<(StateId, ExitReason), Left>,
    /// The yields that need no exit.
    pub suspensions: HashMap<ValueId, Suspension>,
    /// What the type of an object says of its kind.
    pub kinds: Kinds,
    /// Memory for the values of a frame.
    pub pool: Pool,
    /// Where that has the marks of tracked names, and how many words of them.
    pub marks: (usize, usize),
    /// Where it has room for the arguments of an edge.
    pub arguments: usize,
}

/// An exit that can be taken.
pub(super) struct Left {
    /// Its number.
    pub number: u64,
    /// What it leaves in the buffer.
    pub contents: Contents,
}

impl Program {
    /// What is to be done at an exit.
    pub fn exit(&self, exit: SideExit) -> Option<&Left> {
        self.exits.get(&(exit.state, exit.reason))
    }
}

// The code that refers to it is run on any thread.
const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<Program>();
};
