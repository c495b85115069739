//! Yields that need no exit: compiled code leaves the frame as the interpreter would.

use super::ticket;
use crate::hir::{Entry, ExitReason, Function, Insn, Lacks, Repr, Resume, SideExit, Type, ValueId};

/// What a suspended frame gets.
pub struct Suspension {
    /// Locals whose memory may lack the object of their number.
    pub fills: Vec<(u32, ValueId)>,
    /// What `f_lasti` is left at.
    pub lasti: i32,
    /// The operand stack from the bottom, the value yielded on top: there is that at least.
    pub operands: Vec<Suspended>,
    /// What is to be added to the [base](ticket::base) of the version's tickets, if the frame is given one.
    pub place: Option<u64>,
}

/// Where the object of an operand comes from.
#[derive(Clone, Copy)]
pub enum Suspended {
    /// An owned reference.
    Owned(ValueId),
    /// A borrowed one to something that is not NULL.
    Borrowed(ValueId),
    /// No object.
    Null,
    /// A number that nothing else in the frame shares.
    Number(ValueId),
    /// What a local holds.
    Local(u32),
}

/// What to do for a yield; `None` if it takes an exit. That knows which numbers share an object even
/// if they are constants or were copied, and binds names.
pub fn without_exit(function: &Function, exit: SideExit) -> Option<Suspension> {
    let state = function.state(exit.state);
    let lasti = match state.resume {
        Resume::Yield => state.pc as i32,
        Resume::YieldFrom => state.pc as i32 - 1,
        Resume::At | Resume::Throw | Resume::Release { .. } => return None,
        Resume::Call { .. } | Resume::Operation { .. } => return None,
    };
    if exit.reason != ExitReason::Yield || state.operands.is_empty() {
        return None;
    }
    let is_variable = |value: ValueId| {
        let is_number = matches!(function.value(value).repr, Repr::Int | Repr::Float);
        is_number && !matches!(function.insn(value), Insn::Int(_) | Insn::Float(_))
    };
    let mut fills = Vec::new();
    let mut holders: Vec<(ValueId, u32)> = Vec::new();
    for stale in &state.stale {
        let value = function.same_object(*state.locals.get(stale.slot as usize)?);
        let is_shared = holders.iter().any(|(known, _)| *known == value);
        if function.tracked_name(stale.slot).is_some() || !is_variable(value) || is_shared {
            return None;
        }
        holders.push((value, stale.slot));
        match stale.lacks {
            Lacks::No => {}
            Lacks::Yes | Lacks::Told => fills.push((stale.slot, value)),
        }
    }
    let mut numbers = Vec::new();
    let operands = state.operands.iter().map(|operand| {
        if operand.receiver.is_some() {
            return None;
        }
        let value = function.same_object(operand.value);
        let source = match function.value(value).repr {
            Repr::Obj if matches!(function.insn(value), Insn::Null) => Suspended::Null,
            Repr::Obj if operand.owned => Suspended::Owned(value),
            // More is known of it under guards.
            Repr::Obj if !function.value(operand.value).ty.may_be(Type::NULL) => Suspended::Borrowed(value),
            Repr::Int | Repr::Float if is_variable(value) => {
                match holders.iter().find(|(known, _)| *known == value) {
                    Some((_, slot)) => Suspended::Local(*slot),
                    None if numbers.contains(&value) => return None,
                    None => {
                        numbers.push(value);
                        Suspended::Number(value)
                    }
                }
            }
            Repr::Bool => Suspended::Number(value),
            Repr::Obj | Repr::Int | Repr::Float | Repr::Status | Repr::None => return None,
        };
        Some(source)
    });
    let operands = operands.collect::<Option<Vec<_>>>()?;
    let is_next = |entry: &Entry| {
        state.resume == Resume::Yield
            && (entry.pc as i32, entry.depth as usize) == (lasti + 1, operands.len())
            && entry.blocks == state.blocks
    };
    let place = function.entries.iter().position(is_next).and_then(|entry| ticket::place(entry, lasti));
    Some(Suspension { fills, operands, lasti, place })
}
