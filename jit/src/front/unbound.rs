//! Where variables may be unbound, and the loops that are peeled for it.
//!
//! What is unbound before the first turn of a loop, its own variable for one, may be a number or NULL
//! throughout, and so has an object on every turn; behind a first turn of its own it is a number.

use crate::bytecode::{Bytecode, CodeDesc, Instruction, Op};
use crate::feedback::Feedback;
use crate::hir::Type;

/// Variables that are looked at: those of the first slots.
const SLOTS: u32 = u64::BITS;

/// Bytes of bytecode of a loop beyond which a copy of it costs too much, as compiling does as a whole.
const MOST: u32 = 512;

/// What is known of the variables of code with loops to be peeled; nothing of others.
#[derive(Default)]
pub(super) struct Unbound {
    /// Those that may be unbound before each instruction, by the slots' bits.
    before: Vec<u64>,
    /// The headers of those loops, in ascending order.
    peeled: Vec<u32>,
}

impl Unbound {
    /// Loops inside others are peeled, and those of which `is_worthwhile` says that it pays.
    pub(super) fn of(code: &CodeDesc, bytecode: &Bytecode, is_worthwhile: impl Fn(u32) -> bool) -> Unbound {
        let inner = inner_headers(bytecode);
        let headers = bytecode.loop_headers().iter().copied();
        let peeled: Vec<u32> =
            headers.filter(|header| inner.contains(header) || is_worthwhile(*header)).collect();
        if peeled.is_empty() {
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
        Unbound { before, peeled }
    }

    /// Whether a loop is peeled where a variable may be unbound.
    pub(super) fn is_peeled(&self, header: u32) -> bool {
        self.peeled.binary_search(&header).is_ok()
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

/// Whether a loop is short, and numbers were seen to be computed with in it.
pub(super) fn is_worth_a_turn(bytecode: &Bytecode, feedback: &Feedback, header: u32) -> bool {
    let is_number = |pc, depth| {
        let kinds = feedback.kinds(pc, depth);
        kinds != Type::EMPTY && kinds.union(Type::REAL) == Type::REAL
    };
    let body = bytecode.loop_body(header);
    body.last().is_some_and(|last| last.pc - header <= MOST)
        && body.iter().any(|Instruction { pc, op, .. }| {
            matches!(op, Op::Binary { .. }) && is_number(*pc, 0) && is_number(*pc, 1)
        })
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
        let unbound = Unbound::of(&assembled.code, &bytecode, |_| false);
        let at = |label: &str| {
            let pc = assembled.labels[label];
            (0..4).map(|slot| unbound.may_be(&bytecode, pc, slot)).collect::<Vec<bool>>()
        };
        assert_eq!(at("outer"), [false, true, true, true]);
        assert_eq!(at("inner"), [false, false, true, true]);
        assert_eq!(at("turn"), [false; 4]);
        let is_peeled = |label: &str| unbound.is_peeled(assembled.labels[label]);
        assert!(is_peeled("inner") && !is_peeled("outer"));
    }

    const SIMPLE: &str = "
        .args n
              SETUP_LOOP end; LOAD_FAST n; GET_ITER
        head: FOR_ITER out; STORE_FAST i
              LOAD_FAST i; LOAD_FAST i
        sum:  BINARY_ADD; STORE_FAST j
              JUMP_ABSOLUTE head
        out:  POP_BLOCK
        end:  LOAD_CONST (None); RETURN_VALUE";

    #[test]
    fn other_loops_are_peeled_where_it_pays() {
        let assembled = assemble(Version::V27, SIMPLE).unwrap();
        let bytecode = decode(&assembled.code).unwrap();
        let head = assembled.labels["head"];
        for pays in [false, true] {
            let unbound = Unbound::of(&assembled.code, &bytecode, |header| pays && header == head);
            assert_eq!(unbound.is_peeled(head), pays);
            assert_eq!(unbound.may_be(&bytecode, head, 1), pays);
        }
    }

    #[test]
    fn it_pays_where_numbers_were_computed_with() {
        let assembled = assemble(Version::V27, SIMPLE).unwrap();
        let bytecode = decode(&assembled.code).unwrap();
        let pays_for = |kinds: [Type; 3]| {
            let mut feedback = Feedback::new();
            feedback.record(assembled.labels["sum"], kinds);
            is_worth_a_turn(&bytecode, &feedback, assembled.labels["head"])
        };
        assert!(pays_for([Type::INT, Type::FLOAT, Type::EMPTY]));
        assert!(!pays_for([Type::INT, Type::LIST, Type::EMPTY]));
        assert!(!is_worth_a_turn(&bytecode, &Feedback::new(), assembled.labels["head"]));
    }
}
