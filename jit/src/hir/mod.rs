//! The high-level intermediate representation: SSA with block parameters and frame states.

mod attribute;
mod builtin;
mod dominators;
mod effects;
mod element;
mod frame_state;
mod function;
mod helper;
mod insn;
mod text;
mod types;
mod verify;

pub use attribute::{Attribute, AttributeSite, Binding, GlobalPlace, GlobalSite, Place};
pub use builtin::{Builtin, Owner};
pub use dominators::Dominators;
pub use effects::{Facts, Heap, Heaps, Need, Ownership, Runs};
pub use element::Element;
pub use frame_state::{
    FrameBlock, FrameState, Inlined, Lacks, MAX_BOUND, MAX_INLINED, NO_HANDLER, Operand, PC_IN_FRAME, Resume,
    Stale,
};
pub use function::{
    Block, Cache, DirectCallee, Entry, Function, InlinedCode, MAX_ARGUMENTS, MAX_NAMED, NewCache, Value,
};
pub use helper::{CALL_UNINTERRUPTED, Convention, Helper, Signature};
pub use insn::{BlockId, Edge, ExitReason, Insn, Seen, SideExit, StateId, Use, ValueId, Want};
pub use text::parse;
pub use types::{Repr, Type};
pub use verify::{Stage, verify};
