//! Removes block parameters that always receive one value (trivial phis).

use super::cfg::{self, Cfg};
use super::unbox;
use crate::hir::{BlockId, Function, ValueId};

/// Which trivial parameters stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Those of loop headers that the loop wants unboxed: the unboxing pass turns their
    /// entry edge into the one place where the value is guarded.
    WantedByLoops,
    /// None.
    Nothing,
}

/// Runs the pass to its fixpoint; whether it has changed anything.
pub fn run(function: &mut Function, keep: Keep) -> bool {
    let cfg = Cfg::new(function);
    let wanted = match keep {
        Keep::WantedByLoops if cfg.order.iter().any(|block| cfg.is_loop_header(*block)) => {
            unbox::wanted_kinds(function, &cfg)
        }
        Keep::WantedByLoops | Keep::Nothing => Default::default(),
    };
    let mut replacement: Vec<Option<ValueId>> = vec![None; function.values.len()];
    let mut changed = true;
    while changed {
        changed = false;
        for block in &cfg.order {
            let header = cfg.is_loop_header(*block);
            for index in 0..function.block(*block).params.len() {
                let param = function.block(*block).params[index];
                if replacement[param.index()].is_some() || (header && wanted.contains_key(&param)) {
                    continue;
                }
                if let Some(value) = sole_source(function, &cfg, &replacement, *block, index) {
                    replacement[param.index()] = Some(value);
                    changed = true;
                }
            }
        }
    }
    if replacement.iter().all(Option::is_none) {
        return false;
    }
    cfg::substitute(function, &replacement);
    for block in cfg.order {
        let params = function.block(block).params.clone();
        let kept = |index: &usize| replacement[params[*index].index()].is_none();
        let keep: Vec<usize> = (0..params.len()).filter(kept).collect();
        retain_params(function, &cfg.predecessors[block.index()], block, &keep);
    }
    true
}

/// Drops all parameters of a block but those at the given indices, and their arguments.
pub fn retain_params(function: &mut Function, predecessors: &[BlockId], block: BlockId, keep: &[usize]) {
    let params = function.block(block).params.clone();
    if keep.len() == params.len() {
        return;
    }
    function.blocks[block.index()].params = keep.iter().map(|i| params[*i]).collect();
    let mut sorted: Vec<BlockId> = predecessors.to_vec();
    sorted.sort();
    sorted.dedup();
    for predecessor in sorted {
        let last = *function.block(predecessor).insns.last().expect("blocks end in a terminator");
        for edge in function.values[last.index()].insn.edges_mut() {
            if edge.target == block {
                edge.args = keep.iter().map(|i| edge.args[*i]).collect();
            }
        }
    }
}

/// The one value that all edges pass for a parameter, itself aside. Edges that pass differently
/// guarded forms of one value count as passing that value.
fn sole_source(
    function: &Function,
    cfg: &Cfg,
    replacement: &[Option<ValueId>],
    block: BlockId,
    index: usize,
) -> Option<ValueId> {
    let param = function.block(block).params[index];
    let mut exact: Option<ValueId> = None;
    let mut base: Option<ValueId> = None;
    let mut exact_agrees = true;
    for predecessor in &cfg.predecessors[block.index()] {
        for edge in function.terminator(*predecessor).edges() {
            if edge.target != block {
                continue;
            }
            let value = cfg::resolve(replacement, edge.args[index]);
            let under = cfg::unguarded(function, replacement, value);
            if under == param {
                continue;
            }
            exact_agrees &= exact.is_none_or(|e| e == value);
            exact = Some(value);
            if base.is_some_and(|b| b != under) {
                return None;
            }
            base = Some(under);
        }
    }
    if exact_agrees {
        return exact;
    }
    // Whoever uses the parameter may rely on what its guarded forms are known to be.
    base.filter(|base| function.value(*base).ty.is_subset(function.value(param).ty))
}
