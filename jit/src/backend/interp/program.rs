//! A function that is ready to be evaluated, with all that its evaluation wants to know.

use super::claims::Kinds;
use super::pool::Pool;
use crate::exit::{Contents, Suspension};
use crate::hir::{ExitReason, Function, StateId, ValueId};
use crate::host::{FreeNumbers, FreeTuples, Host};
use std::collections::HashMap;

/// A function that is ready to be evaluated.
pub(super) struct Program {
    /// What is evaluated, without what only builds it.
    pub function: Function,
    /// The numbers that its values had in the function that it was made of.
    pub originals: Vec<ValueId>,
    pub host: Host,
    /// Where numbers are taken from and put back to.
    pub free_numbers: Option<FreeNumbers>,
    /// Where tuples are taken from.
    pub free_tuples: Option<FreeTuples>,
    /// As [`BackendOptions`](crate::backend::BackendOptions) has it.
    pub valid_flag: usize,
    /// Where the base of the tickets is; 0 for none.
    pub ticket: usize,
    /// As [`BackendOptions`](crate::backend::BackendOptions) has it.
    pub bytecode_counter: usize,
    /// The exits that can be taken.
    pub exits: HashMap<(StateId, ExitReason), Left>,
    /// What exits leave in the buffer, each once.
    pub contents: Vec<Contents>,
    /// The yields that need no exit.
    pub yields: HashMap<ValueId, Yield>,
    /// What `f_lasti` is to hold where a loop goes on, by the state that its check names.
    pub turns: HashMap<StateId, u32>,
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
#[derive(Clone, Copy)]
pub(super) struct Left {
    /// Its number.
    pub number: u32,
    /// Which of the contents it leaves.
    pub contents: u32,
}

/// A yield that needs no exit.
pub(super) struct Yield {
    pub suspension: Suspension,
    /// The frame's blocks, as it has them.
    pub blocks: Vec<[i32; 3]>,
}

// The code that refers to it is run on any thread.
const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<Program>();
};
