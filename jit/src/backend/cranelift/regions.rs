//! Which memory compiled code reads and writes, so that a store to one kind leaves what was
//! loaded from another known.
//!
//! Regions are disjoint by construction: different fields, or fields of objects of different
//! types. None is read-only: a call may change any of them, and Cranelift takes it to.

use cranelift_codegen::ir;

/// A kind of memory.
#[derive(Clone, Copy)]
pub(super) enum Region {
    /// Fields of the frame itself: `f_lasti`, the pointer to the operand stack.
    Frame,
    /// `f_localsplus` below the operand stack.
    Locals,
    /// The operand stack.
    Stack,
    /// The exit buffer.
    Buffer,
    /// Reference counts.
    Refcount,
    /// `ob_type`.
    Type,
    /// What is in an int or float.
    Number,
    /// Sizes of lists and tuples and the pointer to a list's items.
    Sequence,
    /// Items of lists and tuples.
    Items,
    /// Fields of iterators.
    Iterator,
    /// What is in the cells that functions share.
    Content,
    /// Cells of the interpreter and of the backend: tickers, flags, counters.
    Cell,
    /// Marks of tracked names.
    Marks,
}

const NAMES: [&str; 13] = [
    "frame", "locals", "stack", "buffer", "refcount", "type", "number", "sequence", "items", "iterator",
    "content", "cell", "marks",
];

/// The memory flags of each region in one function.
pub(super) struct Regions([ir::MemFlagsData; NAMES.len()]);

impl Regions {
    /// Declares the regions in a function.
    pub fn new(function: &mut ir::Function) -> Regions {
        let mut user_id = 0;
        Regions(NAMES.map(|name| {
            let data = ir::AliasRegionData { user_id, description: name.into() };
            user_id += 1;
            let region = function.dfg.alias_regions.insert(data);
            ir::MemFlagsData::trusted().with_alias_region(Some(region))
        }))
    }

    /// Flags for an aligned access that cannot trap.
    pub fn flags(&self, region: Region) -> ir::MemFlagsData {
        self.0[region as usize]
    }
}
