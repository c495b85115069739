//! A function in HIR: blocks of instructions, frame states, entries.

use super::attribute::{AttributeSite, GlobalSite};
use super::effects::Runs;
use super::frame_state::{FrameState, MAX_INLINED};
use super::insn::{BlockId, Insn, StateId, ValueId};
use super::types::{Repr, Type};
use smallvec::SmallVec;

/// An instruction and what is known of its result.
#[derive(Clone, Debug)]
pub struct Value {
    /// What defines it.
    pub insn: Insn,
    /// How it is held.
    pub repr: Repr,
    /// Its possible kinds (for unboxed values: the kind they box to).
    pub ty: Type,
    /// The byte offset of the instruction that it was built for, for profilers and debuggers; nothing for
    /// what belongs to the instructions before it.
    pub pc: Option<u32>,
}

/// A basic block.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Its parameters (`Insn::Param`).
    pub params: Vec<ValueId>,
    /// Its instructions; the last one is the terminator.
    pub insns: Vec<ValueId>,
    /// The frame at its start, in terms of its parameters and dominating values, for edges
    /// that need an exit. Blocks the builder split off have none.
    pub entry_state: Option<StateId>,
    /// Rarely executed: keep it out of the way of the rest.
    pub cold: bool,
}

/// Where a frame can be entered.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Byte offset of the first instruction executed.
    pub pc: u32,
    /// Operand stack depth the frame must have.
    pub depth: u32,
    /// The block stack the frame must have.
    pub blocks: Vec<super::FrameBlock>,
    /// Where it starts; a block without parameters and without predecessors.
    pub block: BlockId,
}

/// Code that is inlined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlinedCode {
    /// For dumps: name and place of the code object.
    pub name: String,
    /// `co_nlocals`
    pub locals: u32,
    /// `co_stacksize`
    pub stack_size: u32,
}

/// A code object that compiled code calls without asking how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectCallee {
    /// Its address.
    pub code: usize,
    /// The address of the word that has that as long as the code is there, and then 0.
    pub life: usize,
    /// What the host knows of it: where [`DirectCallLayout`](crate::host::DirectCallLayout) says what is.
    pub state: usize,
    /// `co_argcount`: there are no other parameters.
    pub parameters: u32,
    /// Parameters, from the first on, that are never bound again: a frame borrows their arguments.
    pub lent: u32,
    /// `co_nlocals`
    pub locals: u32,
    /// Cells that its frames make.
    pub cells: u32,
    /// Cells that it takes from the function's closure, after these.
    pub frees: u32,
}

impl DirectCallee {
    /// Whether a frame of it owns variables that are to be released when it ends.
    pub fn owns_variables(&self) -> bool {
        self.locals + self.cells > self.lent
    }
}

/// Parameters at most of a function that is called straight away.
pub const MAX_ARGUMENTS: usize = 32;

/// The same where arguments are given by name.
pub const MAX_NAMED: usize = MAX_ARGUMENTS / 2;

/// A function under compilation.
#[derive(Clone, Debug, Default)]
pub struct Function {
    /// For dumps: name and place of the code object.
    pub name: String,
    /// All values ever made, dead ones included.
    pub values: Vec<Value>,
    /// Blocks, in reverse postorder as far as the builder knows.
    pub blocks: Vec<Block>,
    /// Frame states.
    pub states: Vec<FrameState>,
    /// Entries; the entry index of `NativeFn` counts these.
    pub entries: Vec<Entry>,
    /// `co_nlocals`.
    pub locals: u32,
    /// `co_stacksize`; nobody knows it of HIR that is made by hand.
    pub stack_size: Option<u32>,
    /// Offsets at which speculation has failed before.
    pub no_speculation: rustc_hash::FxHashSet<u32>,
    /// Offsets of loops that guards were taken out of for nothing before.
    pub no_hoisting: rustc_hash::FxHashSet<u32>,
    /// Addresses of constants that boxing their number finds again: small ints.
    pub unique: Vec<usize>,
    /// Names of globals whose values have slots after the locals: addresses of interned strs.
    pub tracked: Vec<usize>,
    /// Attributes that are looked for in line.
    pub attributes: Vec<AttributeSite>,
    /// Globals that are looked for in line.
    pub globals: Vec<GlobalSite>,
    /// Code of which frames are inlined.
    pub inlined: Vec<InlinedCode>,
    /// Code that is called straight away.
    pub direct: Vec<DirectCallee>,
    /// Inline caches of helpers; they live as long as the compiled code.
    pub caches: Vec<Box<Cache>>,
    /// What makes them.
    pub new_cache: NewCache,
    /// [`Value::pc`] of values to come.
    pub position: Option<u32>,
}

/// Memory for what a helper remembers at one site, zeroed at first. Helpers say what is in it, and assert
/// that it fits.
pub type Cache = [u64; 4];

/// Makes a zeroed inline cache. It never moves: code has its address.
#[derive(Clone, Copy, Debug)]
pub struct NewCache(pub fn() -> Box<Cache>);

impl Default for NewCache {
    fn default() -> NewCache {
        NewCache(Box::default)
    }
}

impl Function {
    /// Adds what an instruction, other than a parameter, computes, without placing it in a block.
    pub fn add_value(&mut self, insn: Insn, ty: Type) -> ValueId {
        let (repr, ty) = (insn.facts().repr, insn.says_of(ty));
        self.push_value(Value { insn, repr, ty, pc: self.position })
    }

    /// Adds what may become a parameter of a block.
    pub fn new_param(&mut self, repr: Repr, ty: Type) -> ValueId {
        self.push_value(Value { insn: Insn::Param, repr, ty, pc: self.position })
    }

    fn push_value(&mut self, value: Value) -> ValueId {
        self.values.push(value);
        ValueId(self.values.len() as u32 - 1)
    }

    /// Has another instruction make a value of the same kinds.
    pub fn redefine(&mut self, value: ValueId, insn: Insn) {
        let Value { ty, insn: former, .. } = &mut self.values[value.index()];
        *ty = insn.says_of(*ty);
        *former = insn;
    }

    /// Adds a parameter to a block.
    pub fn add_param(&mut self, block: BlockId, repr: Repr, ty: Type) -> ValueId {
        let value = self.new_param(repr, ty);
        self.blocks[block.index()].params.push(value);
        value
    }

    /// Adds a frame state.
    pub fn add_state(&mut self, state: FrameState) -> StateId {
        self.states.push(state);
        StateId(self.states.len() as u32 - 1)
    }

    /// Adds an empty block.
    pub fn add_block(&mut self) -> BlockId {
        self.blocks.push(Block::default());
        BlockId(self.blocks.len() as u32 - 1)
    }

    /// Slots that frame states list: the locals, then the tracked names.
    pub fn slots(&self) -> usize {
        self.locals as usize + self.tracked.len()
    }

    /// The name whose value is in this slot; none for a local.
    pub fn tracked_name(&self, slot: u32) -> Option<usize> {
        let index = (slot as usize).checked_sub(self.locals as usize)?;
        self.tracked.get(index).copied()
    }

    /// Adds a zeroed inline cache; its address is what helpers take.
    pub fn add_cache(&mut self) -> i64 {
        self.caches.push((self.new_cache.0)());
        self.caches.last().expect("just pushed").as_ptr() as i64
    }

    /// The value's definition.
    pub fn value(&self, value: ValueId) -> &Value {
        &self.values[value.index()]
    }

    /// The instruction that defines a value.
    pub fn insn(&self, value: ValueId) -> &Insn {
        &self.values[value.index()].insn
    }

    /// Whether code other than this function's can run during an instruction: it may look at the frame,
    /// rebind names, and change all that can be reached.
    pub fn runs_code(&self, insn: &Insn) -> bool {
        match insn.facts().runs {
            Runs::Nothing => false,
            Runs::Anything => true,
            Runs::Release(object) => !self.value(object).ty.is_simple(),
        }
    }

    /// The value under guards: the same object, of which less is known, and the same reference.
    pub fn unguarded(&self, mut value: ValueId) -> ValueId {
        while let Some(operand) = self.insn(value).refined() {
            value = operand;
        }
        value
    }

    /// The value under guards and references of its own: the same object.
    pub fn same_object(&self, mut value: ValueId) -> ValueId {
        loop {
            value = self.unguarded(value);
            match self.insn(value) {
                Insn::NewRef(object) | Insn::Adopt(object) => value = *object,
                _ => return value,
            }
        }
    }

    /// A block.
    pub fn block(&self, block: BlockId) -> &Block {
        &self.blocks[block.index()]
    }

    /// A frame state.
    pub fn state(&self, state: StateId) -> &FrameState {
        &self.states[state.index()]
    }

    /// The states of the frames that are there at a state: its own, that of its caller, and so on.
    pub fn frames(&self, state: StateId) -> impl Iterator<Item = StateId> + '_ {
        let caller = |state: &StateId| Some(self.states.get(state.index())?.inlined.as_ref()?.caller);
        std::iter::successors(Some(state), caller).take(MAX_INLINED + 1)
    }

    /// The state of the frame that runs at a state.
    pub fn outermost(&self, state: StateId) -> &FrameState {
        self.state(self.frames(state).last().unwrap_or(state))
    }

    /// Ids of all blocks.
    pub fn block_ids(&self) -> impl Iterator<Item = BlockId> + use<> {
        (0..self.blocks.len() as u32).map(BlockId)
    }

    /// The terminator of a block.
    pub fn terminator(&self, block: BlockId) -> &Insn {
        let last = self.blocks[block.index()].insns.last().expect("blocks end in a terminator");
        self.insn(*last)
    }

    /// By block: those that jump to it, as often as they do, of these in this order.
    pub fn predecessors(&self, order: &[BlockId]) -> Vec<SmallVec<[BlockId; 2]>> {
        let mut predecessors = vec![SmallVec::new(); self.blocks.len()];
        for block in order {
            for edge in self.terminator(*block).edges() {
                predecessors[edge.target.index()].push(*block);
            }
        }
        predecessors
    }

    /// The blocks that a block can jump to, in the order of its edges.
    fn targets(&self, block: BlockId) -> SmallVec<[BlockId; 2]> {
        self.terminator(block).edges().iter().map(|edge| edge.target).collect()
    }

    /// Blocks reachable from the entries, in reverse postorder.
    pub fn reverse_postorder(&self) -> Vec<BlockId> {
        let mut seen = vec![false; self.blocks.len()];
        let mut order = Vec::with_capacity(self.blocks.len());
        let mut work: Vec<(BlockId, SmallVec<[BlockId; 2]>)> = Vec::new();
        for entry in self.entries.iter().rev() {
            if std::mem::replace(&mut seen[entry.block.index()], true) {
                continue;
            }
            work.push((entry.block, self.targets(entry.block)));
            while let Some((block, left)) = work.last_mut() {
                // Visiting the last edge first puts the first edge's target next in the order.
                match left.pop() {
                    Some(target) if std::mem::replace(&mut seen[target.index()], true) => {}
                    Some(target) => work.push((target, self.targets(target))),
                    None => {
                        order.push(*block);
                        work.pop();
                    }
                }
            }
        }
        order.reverse();
        order
    }
}
