//! Removes what computes nothing that anybody needs.

use super::cfg::Cfg;
use super::prune::retain_params;
use crate::hir::{Function, Insn, Need, Stage, StateId, ValueId};

/// Runs the pass. In the final stage a frame state needs only the locals it writes.
pub fn run(function: &mut Function, stage: Stage) {
    let cfg = Cfg::new(function);
    let mut live = vec![false; function.values.len()];
    let mut work: Vec<ValueId> = Vec::new();
    let mut seen = vec![false; function.states.len()];
    for block in &cfg.order {
        for value in &function.block(*block).insns {
            if is_needed(function.insn(*value), stage) {
                work.push(*value);
            }
        }
        if let (Stage::Built, Some(state)) = (stage, function.block(*block).entry_state) {
            uses_of_state(function, state, stage, &mut seen, &mut work);
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
            _ => insn.each_use(|operand, _| work.push(operand)),
        }
        if let Some(exit) = insn.side_exit() {
            uses_of_state(function, exit.state, stage, &mut seen, &mut work);
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

/// What a state needs that was not seen before.
fn uses_of_state(
    function: &Function,
    state: StateId,
    stage: Stage,
    seen: &mut [bool],
    work: &mut Vec<ValueId>,
) {
    for state in function.frames(state) {
        if std::mem::replace(&mut seen[state.index()], true) {
            return;
        }
        let state = function.state(state);
        work.extend(state.operands.iter().flat_map(|o| o.values()));
        work.extend(&state.released);
        work.extend(
            state.inlined.iter().flat_map(|inlined| [Some(inlined.function), inlined.instance]).flatten(),
        );
        match stage {
            Stage::Final if state.inlined.is_none() => {
                work.extend(state.stale.iter().map(|stale| state.locals[stale.slot as usize]));
            }
            Stage::Built | Stage::Final => work.extend(&state.locals),
        }
    }
}

/// Whether an instruction must stay even when nobody uses its result.
fn is_needed(insn: &Insn, stage: Stage) -> bool {
    match insn.facts().need {
        Need::Always => true,
        Need::ForResult => false,
        Need::BeforeFinal => stage == Stage::Final,
    }
}
