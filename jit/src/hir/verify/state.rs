//! The rules of frame states: what an exit hands over is there, and frames fit the code that they are of.

use super::super::frame_state::{FrameState, Inlined, MAX_INLINED, PC_IN_FRAME, Resume};
use super::super::insn::{BlockId, Insn, StateId, ValueId};
use super::super::types::Repr;
use super::{Stage, Verifier, ensure};

impl Verifier<'_> {
    /// The state of an exit at this place, and those of its callers.
    pub(super) fn check_state(&self, block: BlockId, index: usize, id: StateId) -> Result<(), String> {
        let states: Vec<StateId> = self.function.frames(id).collect();
        for (depth, id) in states.iter().enumerate() {
            let caller = |rule| if depth == 0 { rule } else { format!("caller {id:?}: {rule}") };
            let state =
                self.function.states.get(id.index()).ok_or_else(|| caller("does not exist".to_string()))?;
            self.check_resume(state, depth == 0).map_err(caller)?;
            self.check_frame(block, index, state).map_err(caller)?;
            if let Some(inlined) = &state.inlined {
                ensure(depth < MAX_INLINED, || "too many frames are inlined".to_string())?;
                self.check_inlined(block, index, state, inlined).map_err(caller)?;
            }
        }
        Ok(())
    }

    fn check_resume(&self, state: &FrameState, is_innermost: bool) -> Result<(), String> {
        let is_call = state.resume.called_with().is_some();
        ensure(is_call != is_innermost, || {
            if is_call { "calls nobody".to_string() } else { "calls by no call".to_string() }
        })?;
        let taken = match state.resume {
            Resume::At | Resume::Throw => return Ok(()),
            Resume::Yield | Resume::YieldFrom => {
                return ensure(!state.operands.is_empty(), || "yields without an operand".to_string());
            }
            Resume::Release { .. } => 0,
            Resume::Call { operands, .. } | Resume::Operation { operands, .. } => operands as usize,
        };
        ensure(state.pc != PC_IN_FRAME, || "its instruction is not known".to_string())?;
        ensure(taken <= state.operands.len(), || {
            format!("takes {taken} of {} operands", state.operands.len())
        })
    }

    fn check_inlined(
        &self,
        block: BlockId,
        index: usize,
        state: &FrameState,
        inlined: &Inlined,
    ) -> Result<(), String> {
        let of_function = |rule| format!("function {:?}: {rule}", inlined.function);
        self.check_state_value(block, index, inlined.function).map_err(of_function)?;
        let repr = self.function.value(inlined.function).repr;
        ensure(repr == Repr::Obj, || of_function(format!("is {repr}, not an object")))?;
        if let Some(instance) = inlined.instance {
            let of_instance = |rule| format!("instance {instance:?}: {rule}");
            self.check_state_value(block, index, instance).map_err(of_instance)?;
            let repr = self.function.value(instance).repr;
            ensure(repr == Repr::Obj, || of_instance(format!("is {repr}, not an object")))?;
        }
        let Some(code) = self.function.inlined.get(inlined.code as usize) else {
            return Err(format!("there is no inlined code {}", inlined.code));
        };
        ensure(state.operands.len() <= code.stack_size as usize, || {
            format!("{} operands of {}", state.operands.len(), code.stack_size)
        })?;
        ensure(state.pc != PC_IN_FRAME, || "its instruction is not known".to_string())?;
        ensure(!matches!(state.resume, Resume::Yield | Resume::YieldFrom), || "yields".to_string())?;
        for slot in &inlined.owned {
            let Some(value) = state.locals.get(*slot as usize) else {
                return Err(format!("owns local {slot} of {}", state.locals.len()));
            };
            let repr = self.function.value(*value).repr;
            ensure(repr == Repr::Obj, || format!("local {slot}: {repr} is never owned"))?;
        }
        Ok(())
    }

    /// Operands and locals of a frame.
    fn check_frame(&self, block: BlockId, index: usize, state: &FrameState) -> Result<(), String> {
        let slots = match &state.inlined {
            None => self.function.slots(),
            Some(Inlined { code, .. }) => match self.function.inlined.get(*code as usize) {
                Some(code) => code.locals as usize,
                None => return Err(format!("there is no inlined code {code}")),
            },
        };
        ensure(state.locals.len() == slots, || format!("{} locals of {slots}", state.locals.len()))?;
        for operand in &state.operands {
            let value = operand.value;
            self.check_state_value(block, index, value)
                .map_err(|rule| format!("operand {value:?}: {rule}"))?;
            if operand.owned {
                let repr = self.function.value(value).repr;
                ensure(repr == Repr::Obj, || format!("operand {value:?}: {repr} is never owned"))?;
                let constant = matches!(self.function.insn(value), Insn::Object(_));
                ensure(!constant, || format!("operand {value:?}: a constant is never owned"))?;
            }
            if let Some(receiver) = operand.receiver {
                self.check_use(block, index, receiver)
                    .map_err(|rule| format!("receiver {receiver:?}: {rule}"))?;
                let repr = self.function.value(receiver).repr;
                ensure(repr == Repr::Obj, || format!("receiver {receiver:?} is {repr}, not an object"))?;
            }
            if let Some(class) = operand.class {
                ensure(operand.receiver.is_some(), || format!("class {class:?}: of nothing to be bound"))?;
                self.check_use(block, index, class).map_err(|rule| format!("class {class:?}: {rule}"))?;
                let repr = self.function.value(class).repr;
                ensure(repr == Repr::Obj, || format!("class {class:?} is {repr}, not an object"))?;
            }
        }
        let is_releasing = matches!(state.resume, Resume::Release { .. });
        ensure(is_releasing || state.released.is_empty(), || "releases something".to_string())?;
        for value in &state.released {
            self.check_state_value(block, index, *value)
                .map_err(|rule| format!("released {value:?}: {rule}"))?;
            let repr = self.function.value(*value).repr;
            ensure(repr == Repr::Obj, || format!("released {value:?}: {repr} is never owned"))?;
        }
        for slot in self.live_slots(state)? {
            self.check_state_value(block, index, state.locals[slot])
                .map_err(|rule| format!("local {slot}: {rule}"))?;
        }
        Ok(())
    }

    /// The slots whose values an exit may need.
    fn live_slots(&self, state: &FrameState) -> Result<Vec<usize>, String> {
        let all = || (0..state.locals.len()).collect();
        match self.stage {
            _ if state.inlined.is_some() && !state.stale.is_empty() => {
                Err("has stale slots, being inlined".to_string())
            }
            Stage::Final if state.inlined.is_some() => Ok(all()),
            Stage::Built if state.stale.is_empty() => Ok(all()),
            Stage::Built => Err("has stale slots before write-back".to_string()),
            Stage::Final => {
                let slots: Vec<usize> = state.stale.iter().map(|stale| stale.slot as usize).collect();
                match slots.iter().find(|slot| **slot >= state.locals.len()) {
                    Some(slot) => Err(format!("there is no local {slot}")),
                    None => Ok(slots),
                }
            }
        }
    }

    fn check_state_value(&self, block: BlockId, index: usize, value: ValueId) -> Result<(), String> {
        self.check_use(block, index, value)?;
        let repr = self.function.value(value).repr;
        ensure(!matches!(repr, Repr::Status | Repr::None), || format!("{value:?} is {repr}, not an object"))
    }
}
