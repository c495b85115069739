//! Where variables may be unbound, and which loops are inside others: no more than a hint for what to peel.

use crate::bytecode::{Bytecode, CodeDesc, Instruction, Op};

/// Variables that are looked at: those of the first slots.
const SLOTS: u32 = u64::BITS;

/// What is known of the variables of code with loops inside loops; nothing of others.
#[derive(Default)]
pub(super) struct Unbound {
    /// Those that may be unbound before each instruction, by the slots' bits.
    before: Vec<u64>,
    /// The headers of loops inside others, in ascending order.
    inner: Vec<u32>,
}

impl Unbound {
    pub(super) fn of(code: &CodeDesc, bytecode: &Bytecode) -> Unbound {
        let inner = inner_headers(bytecode);
        if inner.is_empty() {
            return Unbound::default();
        }
        let mut before = vec![0; bytecode.instructions.len()];
        before[0] = bits_below(code.locals) & !bits_below(code.arguments);
        let mut changed = true;
        while changed {
            changed = false;
            for index in 0..before.len() {
                changed |= spread(bytecode, &mut before, index);
            }
        }
        Unbound { before, inner }
    }

    /// Whether a loop is inside another.
    pub(super) fn is_inner(&self, header: u32) -> bool {
        self.inner.binary_search(&header).is_ok()
    }

    /// Whether the variable may be unbound before an instruction.
    pub(super) fn may_be(&self, bytecode: &Bytecode, pc: u32, slot: u32) -> bool {
        let before = bytecode.index_of(pc).and_then(|index| self.before.get(index));
        slot < SLOTS && before.is_some_and(|bits| bits >> slot & 1 != 0)
    }
}

fn bits_below(count: u32) -> u64 {
    if count >= SLOTS { u64::MAX } else { (1 << count) - 1 }
}

/// Adds what may be unbound after an instruction to what may be before those that may be next; whether that
/// is more than was there.
fn spread(bytecode: &Bytecode, before: &mut [u64], index: usize) -> bool {
    let Instruction { op, .. } = bytecode.instructions[index];
    let bit = |slot: u32| if slot < SLOTS { 1 << slot } else { 0 };
    let after = match op {
        Op::StoreFast(slot) => before[index] & !bit(slot),
        Op::DeleteFast(slot) => before[index] | bit(slot),
        _ => before[index],
    };
    let ends = matches!(op, Op::Jump(_) | Op::ContinueLoop(_) | Op::ReturnValue | Op::RaiseVarargs(_));
    // Of what a block's handler finds, what was there when the block began is near enough.
    let leads_to = op.leads_to().and_then(|to| bytecode.index_of(to));
    let next = (!ends && index + 1 < before.len()).then_some(index + 1);
    let mut changed = false;
    for to in leads_to.into_iter().chain(next) {
        let union = before[to] | after;
        changed |= std::mem::replace(&mut before[to], union) != union;
    }
    changed
}

fn inner_headers(bytecode: &Bytecode) -> Vec<u32> {
    let headers = bytecode.loop_headers();
    let last = |header: u32| bytecode.loop_body(header).last().map_or(0, |jump| jump.pc);
    let loops: Vec<(u32, u32)> = headers.iter().map(|header| (*header, last(*header))).collect();
    let is_inner = |of: &u32| loops.iter().any(|(header, last)| header < of && of < last);
    headers.iter().copied().filter(is_inner).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytecode::assembler::assemble;
    use crate::bytecode::{Version, decode};

    /// ```python
    /// for i in n:
    ///     for j in i:
    ///         k = j
    /// ```
    const NESTED: &str = "
        .args n
                SETUP_LOOP end; LOAD_FAST n; GET_ITER
        outer:  FOR_ITER out; STORE_FAST i
                SETUP_LOOP inside; LOAD_FAST i; GET_ITER
        inner:  FOR_ITER through; STORE_FAST j
                LOAD_FAST j; STORE_FAST k
        turn:   JUMP_ABSOLUTE inner
        through: POP_BLOCK
        inside: JUMP_ABSOLUTE outer
        out:    POP_BLOCK
        end:    LOAD_CONST (None); RETURN_VALUE";

    #[test]
    fn what_an_inner_loop_binds_may_be_unbound_where_it_begins_but_not_where_it_goes_round() {
        let assembled = assemble(Version::V35, NESTED).unwrap();
        let bytecode = decode(&assembled.code).unwrap();
        let unbound = Unbound::of(&assembled.code, &bytecode);
        let at = |label: &str| {
            let pc = assembled.labels[label];
            (0..4).map(|slot| unbound.may_be(&bytecode, pc, slot)).collect::<Vec<bool>>()
        };
        assert_eq!(at("outer"), [false, true, true, true]);
        assert_eq!(at("inner"), [false, false, true, true]);
        assert_eq!(at("turn"), [false; 4]);
        let is_inner = |label: &str| unbound.is_inner(assembled.labels[label]);
        assert!(is_inner("inner") && !is_inner("outer"));
    }

    #[test]
    fn nothing_is_known_of_code_without_loops_in_loops() {
        let code = ".args n\n SETUP_LOOP end; LOAD_FAST n; GET_ITER
                   head: FOR_ITER out; STORE_FAST i; JUMP_ABSOLUTE head
                   out: POP_BLOCK
                   end: LOAD_CONST (None); RETURN_VALUE";
        let assembled = assemble(Version::V27, code).unwrap();
        let bytecode = decode(&assembled.code).unwrap();
        let unbound = Unbound::of(&assembled.code, &bytecode);
        assert!(!unbound.may_be(&bytecode, assembled.labels["head"], 1));
        assert!(!unbound.is_inner(assembled.labels["head"]));
    }
}
