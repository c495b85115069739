//! Side exits: numbers instead of objects that nobody has made, and what the exit has to fill.

use super::boxes::Rewriter;
use super::slots::{Memory, virtual_value};
use crate::hir::{FrameState, Lacks, SideExit, Stale, ValueId};

impl Rewriter<'_> {
    /// The exit with the frame state as it is here: unboxed values for virtual operands, and the
    /// slots to fill. `made` names an operand that has been made an object already.
    pub(super) fn complete(&mut self, exit: SideExit, made: Option<(ValueId, ValueId)>) -> SideExit {
        let states = self.function.frames(exit.state).map(|state| self.function.state(state).clone());
        let mut states: Vec<FrameState> = states.collect();
        for state in &mut states {
            for operand in &mut state.operands {
                if let Some((before, after)) = made
                    && operand.value == before
                {
                    operand.value = after;
                    operand.owned = true;
                    continue;
                }
                if let Some(inner) = self.virtual_object(operand.value) {
                    operand.value = inner;
                    operand.owned = false;
                }
            }
            state.released.retain(|value| self.virtual_object(*value).is_none());
            if let Some(inlined) = &mut state.inlined {
                for (slot, local) in (0..).zip(&mut state.locals) {
                    if let Some(inner) = self.virtual_object(*local) {
                        *local = inner;
                        inlined.owned.retain(|owned| *owned != slot);
                    }
                }
            }
        }
        let Some(mut state) = states.pop() else { return exit };
        state.stale.clear();
        let in_operands = |inner: ValueId| {
            let is_operand = |state: &FrameState| state.operands.iter().any(|operand| operand.value == inner);
            is_operand(&state)
                || states.iter().any(|state| is_operand(state) || state.locals.contains(&inner))
        };
        let mut stale = Vec::new();
        for (slot, memory) in self.slots.memory.iter().enumerate() {
            let Some(inner) = virtual_value(self.function, self.slots.current[slot]) else { continue };
            // What a slot holds is also where operands with its number find their object.
            if !memory.is_held() || in_operands(inner) {
                stale.push((slot, inner));
            }
        }
        for (slot, inner) in stale {
            state.locals[slot] = inner;
            let lacks = match self.slots.memory[slot] {
                Memory::Holds | Memory::Droppable => Lacks::No,
                Memory::Lacks => Lacks::Yes,
                Memory::Unknown => Lacks::Told,
            };
            state.stale.push(Stale { slot: slot as u32, lacks });
        }
        let mut completed = self.function.add_state(state);
        for mut state in states.into_iter().rev() {
            state.inlined.iter_mut().for_each(|inlined| inlined.caller = completed);
            completed = self.function.add_state(state);
        }
        SideExit { state: completed, reason: exit.reason }
    }
}
