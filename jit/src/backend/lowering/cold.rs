//! Which blocks are kept out of the way of the rest.

use crate::hir::{BlockId, Function};
use smallvec::SmallVec;

/// By block, whether it is cold: said to be, or only reached from such. `order` is the function's reverse
/// postorder, with the `predecessors` in that.
pub fn cold_blocks(
    function: &Function,
    order: &[BlockId],
    predecessors: &[SmallVec<[BlockId; 2]>],
) -> Vec<bool> {
    let mut is_cold = vec![false; function.blocks.len()];
    let mut is_done = vec![false; function.blocks.len()];
    for block in order {
        // Those that come later jump backwards, from where it leads.
        let mut before =
            predecessors[block.index()].iter().filter(|before| is_done[before.index()]).peekable();
        let is_only_reached_so = before.peek().is_some() && before.all(|before| is_cold[before.index()]);
        is_cold[block.index()] = function.block(*block).cold || is_only_reached_so;
        is_done[block.index()] = true;
    }
    is_cold
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hir::{Insn, Type};

    #[test]
    fn what_is_only_reached_from_cold_blocks_is_cold() {
        let mut function = crate::hir::parse(
            "f: 0 locals
entry 0: b0 at 0

b0():
    v0: i1 = Bool true
    Branch v0 ? b1() : b2()

b1() cold:
    Jump b3()

b3():
    Branch v0 ? b3() : b4()

b4():
    Jump b5()

b2():
    Jump b5()

b5():
    v5: object = LoadLocal 0
    Return v5 at 0
",
        )
        .expect("the text is right");
        let cold = |function: &Function| {
            let order = function.reverse_postorder();
            cold_blocks(function, &order, &function.predecessors(&order))
        };
        assert_eq!(cold(&function), [false, true, false, true, true, false]);
        // A way into the loop that is not cold.
        let condition = function.blocks[0].insns[0];
        let jump = function
            .add_value(Insn::Jump(crate::hir::Edge { target: BlockId(3), args: Vec::new() }), Type::EMPTY);
        function.blocks[2].insns = vec![condition, jump];
        assert_eq!(cold(&function), [false, true, false, false, false, false]);
    }
}
