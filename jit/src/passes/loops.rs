//! Loops: who jumps back to a header, from which blocks, and what these write.

use super::cfg::Cfg;
use crate::hir::{BlockId, Dominators, Function, Heap, Heaps, Insn};

/// A loop, or that part of it from which certain jumps lead back to the header.
#[derive(Clone, Debug)]
pub struct Loop {
    /// Where each turn begins.
    pub header: BlockId,
    /// Who jumps back there.
    pub latches: Vec<BlockId>,
    /// The header, and the blocks on the ways from there to a latch.
    pub body: Vec<BlockId>,
    /// What is written on these ways, with what code that may run there can write.
    pub writes: Heaps,
    /// Whether such code may run there.
    pub runs_code: bool,
}

impl Loop {
    /// The ways from a header that it dominates back to it, one for each jump, without those on which the
    /// bytecode leaves its loop and comes to that again: two loops may have one header, where a frame is
    /// entered at the inner.
    pub fn turns(function: &Function, cfg: &Cfg, dominators: &Dominators, header: BlockId) -> Vec<Loop> {
        let depth = |block: BlockId| {
            let state = function.block(block).entry_state?;
            Some(function.outermost(state).blocks.len())
        };
        let least = depth(header);
        let mut turns: Vec<Loop> = Vec::new();
        for latch in &cfg.predecessors[header.index()] {
            let is_new = turns.iter().all(|turn| !turn.latches.contains(latch));
            if is_new && dominators.dominates(header, *latch) {
                let turn = Loop::turn(function, cfg, header, *latch);
                if turn.body.iter().all(|block| depth(*block).is_none() || depth(*block) >= least) {
                    turns.push(turn);
                }
            }
        }
        turns
    }

    fn turn(function: &Function, cfg: &Cfg, header: BlockId, latch: BlockId) -> Loop {
        let mut body = vec![header];
        let mut work = vec![latch];
        while let Some(block) = work.pop() {
            if !body.contains(&block) {
                body.push(block);
                work.extend(&cfg.predecessors[block.index()]);
            }
        }
        let mut turn = Loop { header, latches: vec![latch], body, writes: Heaps::NONE, runs_code: false };
        for block in &turn.body {
            for value in &function.block(*block).insns {
                let insn = function.insn(*value);
                turn.writes = turn.writes.union(written(function, insn));
                turn.runs_code |= function.runs_code(insn);
            }
        }
        turn
    }

    /// All these ways together, if there are any.
    pub fn of<'a>(turns: impl IntoIterator<Item = &'a Loop>) -> Option<Loop> {
        let mut turns = turns.into_iter();
        let mut all = turns.next()?.clone();
        for turn in turns {
            all.latches.extend(&turn.latches);
            all.writes = all.writes.union(turn.writes);
            all.runs_code |= turn.runs_code;
            for block in &turn.body {
                if !all.body.contains(block) {
                    all.body.push(*block);
                }
            }
        }
        Some(all)
    }
}

/// What may be different after an instruction.
fn written(function: &Function, insn: &Insn) -> Heaps {
    let writes = insn.facts().writes;
    match insn {
        _ if function.runs_code(insn) => writes.union(Heaps::REACHABLE),
        // A tracked name is bound in the globals.
        Insn::SetLocal { slot, .. } if *slot >= function.locals => {
            writes.union(Heaps::of(&[Heap::Globals, Heap::Attributes]))
        }
        _ => writes,
    }
}
