//! Which blocks every path from an entry to a block goes through.

use super::function::Function;
use super::insn::BlockId;

/// The dominator tree of the reachable blocks. All entries hang below one imaginary root.
#[derive(Clone, Debug)]
pub struct Dominators {
    /// By block: first number and size of its subtree in a preorder numbering of the tree;
    /// size 0 for unreachable blocks.
    subtrees: Vec<(u32, u32)>,
    /// By block: its immediate dominator, none for entries and other children of the root.
    parents: Vec<Option<BlockId>>,
}

impl Dominators {
    /// Computes the tree; `order` is the function's reverse postorder.
    pub fn new(function: &Function, order: &[BlockId]) -> Dominators {
        // By position in the order, from 1 on; 0 is the root.
        let idoms = immediate_dominators(function, order);
        let mut sizes = vec![1u32; idoms.len()];
        for position in (1..idoms.len()).rev() {
            sizes[idoms[position]] += sizes[position];
        }
        let mut subtrees = vec![(0, 0); function.blocks.len()];
        let mut parents = vec![None; function.blocks.len()];
        // By position: the number the next child gets.
        let mut next = vec![1u32; idoms.len()];
        for (position, block) in (1..).zip(order) {
            let parent = idoms[position];
            let number = next[parent];
            next[parent] += sizes[position];
            next[position] = number + 1;
            subtrees[block.index()] = (number, sizes[position]);
            parents[block.index()] = parent.checked_sub(1).map(|index| order[index]);
        }
        Dominators { subtrees, parents }
    }

    /// Does every path from an entry to `below` go through `above`? A reachable block dominates
    /// itself; unreachable ones neither dominate nor are dominated.
    pub fn dominates(&self, above: BlockId, below: BlockId) -> bool {
        let (first, size) = self.subtrees[above.index()];
        let (number, reachable) = self.subtrees[below.index()];
        reachable != 0 && (first..first + size).contains(&number)
    }

    /// The closest other block that dominates `block`.
    pub fn parent(&self, block: BlockId) -> Option<BlockId> {
        self.parents[block.index()]
    }
}

/// The algorithm of Cooper, Harvey and Kennedy.
fn immediate_dominators(function: &Function, order: &[BlockId]) -> Vec<usize> {
    let mut positions = vec![0; function.blocks.len()];
    for (position, block) in (1..).zip(order) {
        positions[block.index()] = position;
    }
    let predecessors = function.predecessors(order);
    let mut is_entry = vec![false; order.len() + 1];
    for entry in &function.entries {
        is_entry[positions[entry.block.index()]] = true;
    }
    let mut idoms: Vec<Option<usize>> = vec![None; order.len() + 1];
    idoms[0] = Some(0);
    let mut changed = true;
    while changed {
        changed = false;
        for (position, block) in (1..).zip(order) {
            let before = predecessors[block.index()].iter().map(|before| positions[before.index()]);
            let root = is_entry[position].then_some(0);
            let known = root.into_iter().chain(before).filter(|before| idoms[*before].is_some());
            let new = known.reduce(|a, b| common(&idoms, a, b));
            if new != idoms[position] {
                idoms[position] = new;
                changed = true;
            }
        }
    }
    idoms.into_iter().map(|idom| idom.expect("reachable blocks have a visited predecessor")).collect()
}

/// The closest dominator that two positions share.
fn common(idoms: &[Option<usize>], mut a: usize, mut b: usize) -> usize {
    while a != b {
        let later = if a > b { &mut a } else { &mut b };
        *later = idoms[*later].expect("dominators of visited blocks are visited");
    }
    a
}

#[cfg(test)]
mod tests {
    use super::super::{Edge, Entry, Insn, Type};
    use super::*;

    /// A function with a block per element of `successors`, entered at `entries`.
    fn graph(successors: &[&[u32]], entries: &[u32]) -> Function {
        let mut function = Function::default();
        for targets in successors {
            let block = function.add_block();
            let edge = |target: u32| Edge { target: BlockId(target), args: Vec::new() };
            let condition = function.add_value(Insn::Bool(true), Type::BOOL);
            let insn = match **targets {
                [] => Insn::Return(condition, 0),
                [target] => Insn::Jump(edge(target)),
                [then, otherwise] => Insn::Branch { condition, then: edge(then), otherwise: edge(otherwise) },
                _ => panic!("at most two successors"),
            };
            let last = function.add_value(insn, Type::EMPTY);
            function.blocks[block.index()].insns = vec![condition, last];
        }
        for block in entries {
            function.entries.push(Entry { pc: 0, depth: 0, blocks: Vec::new(), block: BlockId(*block) });
        }
        function
    }

    fn parents(successors: &[&[u32]], entries: &[u32]) -> Vec<Option<u32>> {
        let function = graph(successors, entries);
        let order = function.reverse_postorder();
        let dominators = Dominators::new(&function, &order);
        let naive = |above: u32, below: u32| {
            let mut at = Some(BlockId(below));
            while at.is_some_and(|block| block != BlockId(above)) {
                at = at.and_then(|block| dominators.parent(block));
            }
            at.is_some()
        };
        for above in order.iter().map(|b| b.0) {
            for below in order.iter().map(|b| b.0) {
                assert_eq!(dominators.dominates(BlockId(above), BlockId(below)), naive(above, below));
            }
        }
        function.block_ids().map(|b| dominators.parent(b).map(|p| p.0)).collect()
    }

    #[test]
    fn diamonds_and_loops() {
        assert_eq!(parents(&[&[1, 2], &[3], &[3], &[]], &[0]), [None, Some(0), Some(0), Some(0)]);
        // 1 is a loop header, 2 its body with an inner branch, 5 the exit.
        let looped: &[&[u32]] = &[&[1], &[2, 5], &[3, 4], &[4], &[1], &[]];
        assert_eq!(parents(looped, &[0]), [None, Some(0), Some(1), Some(2), Some(2), Some(1)]);
    }

    #[test]
    fn a_second_entry_into_a_loop() {
        let looped: &[&[u32]] = &[&[1], &[2, 3], &[1], &[], &[2]];
        assert_eq!(parents(looped, &[0]), [None, Some(0), Some(1), Some(1), None]);
        assert_eq!(parents(looped, &[0, 4]), [None, None, None, Some(1), None]);
    }

    #[test]
    fn unreachable_blocks_dominate_nothing() {
        let function = graph(&[&[], &[0]], &[0]);
        let dominators = Dominators::new(&function, &function.reverse_postorder());
        assert!(dominators.dominates(BlockId(0), BlockId(0)));
        assert!(!dominators.dominates(BlockId(1), BlockId(0)));
        assert!(!dominators.dominates(BlockId(0), BlockId(1)));
        assert!(!dominators.dominates(BlockId(1), BlockId(1)));
    }
}
