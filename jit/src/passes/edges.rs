//! What passes do on edges: instructions that go there, and the frame that they leave with.

use crate::hir::{BlockId, FrameState, Function, Insn, Operand, Repr, Resume, Type, ValueId};

/// The frame on an edge: the target's entry state with the edge's arguments.
pub fn state_on(function: &mut Function, from: BlockId, target: BlockId, args: &[ValueId]) -> FrameState {
    let state = function.block(target).entry_state.expect("the target has a state");
    let state = function.state(state).clone();
    let params = function.block(target).params.clone();
    let on_edge = |value: ValueId, function: &mut Function| -> ValueId {
        if let Some(index) = params.iter().position(|p| *p == value) {
            let arg = args[index];
            return match function.value(arg).repr {
                Repr::Obj => arg,
                // An earlier parameter of this edge is unboxed already.
                _ => {
                    let ty = function.value(value).ty;
                    insert(function, from, Insn::Box(arg), ty)
                }
            };
        }
        match function.insn(value) {
            Insn::Null => insert(function, from, Insn::Null, Type::NULL),
            _ => value,
        }
    };
    let locals = state.locals.iter().map(|v| on_edge(*v, function)).collect();
    let operands =
        state.operands.iter().map(|o| Operand { value: on_edge(o.value, function), ..*o }).collect();
    let (stale, released) = (Vec::new(), Vec::new());
    FrameState { resume: Resume::At, locals, stale, operands, released, ..state }
}

/// Inserts an instruction before the terminator of a block.
pub fn insert(function: &mut Function, block: BlockId, insn: Insn, ty: Type) -> ValueId {
    let value = function.add_value(insn, ty);
    let insns = &mut function.blocks[block.index()].insns;
    let end = insns.len() - 1;
    insns.insert(end, value);
    value
}
