//! Removes what computes nothing that anybody needs.

use super::cfg::Cfg;
use super::prune::retain_params;
use crate::bytecode::BinaryOp;
use crate::hir::{ExitReason, Function, Helper, Insn, Stage, StateId, ValueId};

/// Runs the pass. In the final stage a frame state needs only the locals it writes.
pub fn run(function: &mut Function, stage: Stage) {
    let cfg = Cfg::new(function);
    let mut live = vec![false; function.values.len()];
    let mut work: Vec<ValueId> = Vec::new();
    for block in &cfg.order {
        for value in &function.block(*block).insns {
            if is_needed(function.insn(*value), stage) {
                work.push(*value);
            }
        }
        if let (Stage::Built, Some(state)) = (stage, function.block(*block).entry_state) {
            uses_of_state(function, state, stage, &mut work);
        }
    }
    // A parameter that is needed needs its arguments; find them by block and index.
    let mut place = vec![None; function.values.len()];
    for block in &cfg.order {
        for (index, param) in function.block(*block).params.iter().enumerate() {
            place[param.index()] = Some((*block, index));
        }
    }
    while let Some(value) = work.pop() {
        if std::mem::replace(&mut live[value.index()], true) {
            continue;
        }
        let insn = function.insn(value);
        if let Some((block, index)) = place[value.index()] {
            for predecessor in &cfg.predecessors[block.index()] {
                for edge in function.terminator(*predecessor).edges() {
                    if edge.target == block {
                        work.push(edge.args[index]);
                    }
                }
            }
        }
        match insn {
            Insn::Jump(_) => {}
            Insn::Branch { condition, .. } => work.push(*condition),
            _ => work.extend(insn.operands()),
        }
        if let Some(exit) = insn.side_exit() {
            uses_of_state(function, exit.state, stage, &mut work);
        }
    }
    for block in &cfg.order {
        let params = function.block(*block).params.clone();
        let keep: Vec<usize> = (0..params.len()).filter(|i| live[params[*i].index()]).collect();
        retain_params(function, &cfg.predecessors[block.index()], *block, &keep);
        function.blocks[block.index()].insns.retain(|v| live[v.index()]);
    }
    for block in function.block_ids() {
        if cfg.position[block.index()] == usize::MAX {
            function.blocks[block.index()] = Default::default();
        }
        if stage == Stage::Final {
            function.blocks[block.index()].entry_state = None;
        }
    }
}

fn uses_of_state(function: &Function, state: StateId, stage: Stage, work: &mut Vec<ValueId>) {
    let state = function.state(state);
    work.extend(state.operands.iter().flat_map(|o| o.values()));
    match stage {
        Stage::Built => work.extend(&state.locals),
        Stage::Final => work.extend(state.stale.iter().map(|stale| state.locals[stale.slot as usize])),
    }
}

/// Whether an instruction must stay even when nobody uses its result.
fn is_needed(insn: &Insn, stage: Stage) -> bool {
    match insn {
        Insn::Param
        | Insn::Object(_)
        | Insn::Int(_)
        | Insn::Float(_)
        | Insn::Bool(_)
        | Insn::Null
        | Insn::LoadLocal(_)
        | Insn::UnboxInt(_)
        | Insn::UnboxFloat(_)
        | Insn::UnboxBool(_)
        | Insn::Box(_)
        | Insn::IntInvert(_)
        | Insn::FloatNeg(_)
        | Insn::IntToFloat(_)
        | Insn::IntCompare(..)
        | Insn::FloatCompare(..)
        | Insn::IntTruth(_)
        | Insn::FloatTruth(_)
        | Insn::SameObject(..)
        | Insn::IsNull(_)
        | Insn::Not(_)
        | Insn::StatusTruth(_)
        | Insn::StatusFailed(_)
        | Insn::NotNull(_)
        | Insn::IterHasNext(..)
        | Insn::SequenceLen(_) => false,
        Insn::Call { helper, .. } => *helper != Helper::NameValue,
        // An overflow nobody would see.
        Insn::IntBinary { op, .. } => !matches!(
            op,
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::And | BinaryOp::Or | BinaryOp::Xor
        ),
        Insn::IntNeg(..) => false,
        // Write-back concludes from a number's type what its slot holds and what it is not the same as, without
        // a use of the guard that the type comes from: what it has seen, stays.
        Insn::GuardType(_, _, exit) => stage == Stage::Final || exit.reason != ExitReason::TypeGuard,
        Insn::StoreLocal { .. }
        | Insn::FillLocal { .. }
        | Insn::ClearLocal(_)
        | Insn::CopyLocal { .. }
        | Insn::FillName { .. }
        | Insn::MarkName { .. }
        | Insn::SetLocal { .. }
        | Insn::LoadStack(_)
        | Insn::NewRef(_)
        | Insn::Decref(..)
        | Insn::XDecref(..)
        | Insn::GuardNotNull(..)
        | Insn::GuardIs(..)
        | Insn::GuardBool(..)
        | Insn::GuardStatus(..)
        | Insn::FloatBinary { .. }
        | Insn::IterTake(..)
        | Insn::RangeTake(_)
        | Insn::SequenceItem { .. }
        | Insn::SequenceAt { .. }
        | Insn::ListStore { .. }
        | Insn::CallStack { .. }
        | Insn::CallMethod { .. }
        | Insn::PeriodicDue
        | Insn::CountBytecode
        | Insn::CheckUnshared(_)
        | Insn::CheckTracing(_)
        | Insn::CheckValid(_)
        | Insn::Jump(_)
        | Insn::Branch { .. }
        | Insn::Return(..)
        | Insn::Exit(_) => true,
    }
}
