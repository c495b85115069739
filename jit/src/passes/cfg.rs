//! Control-flow facts that several passes need.

use crate::hir::{BlockId, Edge, Function, ValueId};
use smallvec::SmallVec;

/// Reachable blocks in order, and who jumps to whom.
pub struct Cfg {
    /// Reachable blocks in reverse postorder.
    pub order: Vec<BlockId>,
    /// Position of each block in `order`; `usize::MAX` when unreachable.
    pub position: Vec<usize>,
    /// Predecessors (with multiplicity), reachable ones only.
    pub predecessors: Vec<SmallVec<[BlockId; 2]>>,
}

impl Cfg {
    /// Computes the facts.
    pub fn new(function: &Function) -> Cfg {
        let order = function.reverse_postorder();
        let mut position = vec![usize::MAX; function.blocks.len()];
        for (index, block) in order.iter().enumerate() {
            position[block.index()] = index;
        }
        let predecessors = function.predecessors(&order);
        Cfg { order, position, predecessors }
    }

    /// True when the edge goes backwards in the order: the target is a loop header.
    pub fn is_back_edge(&self, from: BlockId, to: BlockId) -> bool {
        self.position[from.index()] >= self.position[to.index()]
    }

    /// True when some edge to the block goes backwards.
    pub fn is_loop_header(&self, block: BlockId) -> bool {
        self.predecessors[block.index()].iter().any(|p| self.is_back_edge(*p, block))
    }
}

/// Calls `f` with each edge from a reachable block.
pub fn each_edge(function: &Function, cfg: &Cfg, mut f: impl FnMut(BlockId, &Edge)) {
    for block in &cfg.order {
        for edge in function.terminator(*block).edges() {
            f(*block, edge);
        }
    }
}

/// Replaces uses everywhere: `replacement[v]` stands for `v`, followed to its end.
pub fn substitute(function: &mut Function, replacement: &[Option<ValueId>]) {
    let find = |v: &mut ValueId| *v = resolve(replacement, *v);
    for value in &mut function.values {
        value.insn.each_operand(find);
    }
    for state in &mut function.states {
        state.locals.iter_mut().for_each(find);
        for operand in &mut state.operands {
            find(&mut operand.value);
            operand.receiver.iter_mut().for_each(find);
            operand.class.iter_mut().for_each(find);
        }
        state.released.iter_mut().for_each(find);
        if let Some(inlined) = &mut state.inlined {
            find(&mut inlined.function);
            inlined.instance.iter_mut().for_each(find);
        }
    }
}

/// The value under guards, where values are replaced.
pub fn unguarded(function: &Function, replacement: &[Option<ValueId>], value: ValueId) -> ValueId {
    let mut value = resolve(replacement, value);
    while let Some(operand) = function.insn(value).refined() {
        value = resolve(replacement, operand);
    }
    value
}

/// Follows replacements to the end.
pub fn resolve(replacement: &[Option<ValueId>], mut value: ValueId) -> ValueId {
    while let Some(Some(next)) = replacement.get(value.index()) {
        value = *next;
    }
    value
}
