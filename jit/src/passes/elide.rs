//! Leaves out references to what something else keeps alive for as long as they are held.
//!
//! A reference that is taken and released again while nothing runs and nothing of what keeps its object alive
//! is written is of no use: the object cannot die, so that its release would do nothing but count. Exits on
//! the way take one for the interpreter. So is one that a local gets which has the object already.

use super::cfg;
use crate::hir::{BlockId, Function, Heap, Heaps, Insn, Ownership, StateId, Type, ValueId};
use rustc_hash::FxHashSet;

/// Instructions that are looked at for one reference. There are few between where it is taken and where it is
/// released, if nothing runs.
const MAX_DISTANCE: usize = 256;

/// Runs the pass; whether it has changed anything.
pub fn run(function: &mut Function) -> bool {
    let order = function.reverse_postorder();
    let mut elision = Elision { replacement: vec![None; function.values.len()], gone: FxHashSet::default() };
    let stores: FxHashSet<ValueId> =
        order.iter().flat_map(|block| stores_of_same(function, *block)).collect();
    for block in &order {
        for index in 0..function.block(*block).insns.len() {
            if !stores.contains(&function.block(*block).insns[index]) {
                elision.consider(function, *block, index);
            }
        }
    }
    // What locals get that have it: the last first, as each is in the way of those before it.
    for block in order.iter().filter(|_| !stores.is_empty()) {
        for index in (0..function.block(*block).insns.len()).rev() {
            let value = function.block(*block).insns[index];
            let is_store = stores.contains(&value) && !elision.gone.contains(&value);
            if is_store && !elision.may_be_written(function, *block, index) {
                elision.consider(function, *block, index);
            }
        }
    }
    if elision.gone.is_empty() {
        return false;
    }
    cfg::substitute(function, &elision.replacement);
    for block in order {
        function.blocks[block.index()].insns.retain(|value| !elision.gone.contains(value));
    }
    true
}

/// What a block stores in locals that have the object already.
fn stores_of_same(function: &Function, block: BlockId) -> impl Iterator<Item = ValueId> {
    function.block(block).insns.iter().filter_map(|insn| match *function.insn(*insn) {
        Insn::SetLocal { value, .. } if is_store_of_same(function, *insn) => Some(value),
        _ => None,
    })
}

/// Whether an instruction stores in a local what that has already.
fn is_store_of_same(function: &Function, insn: ValueId) -> bool {
    match *function.insn(insn) {
        Insn::SetLocal { slot, value, old, .. } => {
            slot < function.locals && function.same_object(old) == function.same_object(value)
        }
        _ => false,
    }
}

struct Elision {
    /// What stands for a reference that is left out.
    replacement: Vec<Option<ValueId>>,
    /// Instructions that are left out.
    gone: FxHashSet<ValueId>,
}

/// What keeps an object alive.
struct Support {
    /// What holds references to it, and to what holds those.
    heaps: Heaps,
    /// References of the code itself.
    owners: Vec<ValueId>,
}

/// Where a reference is held, and what becomes of it.
#[derive(Default)]
struct Life {
    /// It, under guards.
    names: Vec<ValueId>,
    /// The instructions that release it, or see to it that another reference is there.
    releases: Vec<ValueId>,
    /// The states that may have it.
    states: Vec<StateId>,
}

impl Elision {
    /// Whether locals may have been written from outside before an instruction, which the code has not looked
    /// at yet: so it does where it looks at tracing.
    fn may_be_written(&self, function: &Function, block: BlockId, index: usize) -> bool {
        let before = function.block(block).insns[..index].iter().rev();
        for value in before.filter(|value| !self.gone.contains(value)) {
            let insn = function.insn(*value);
            if let Insn::CheckTracing(_) = insn {
                return false;
            }
            if function.runs_code(insn) {
                break;
            }
        }
        true
    }

    /// Leaves a reference out that this instruction takes, if that can be done.
    fn consider(&mut self, function: &mut Function, block: BlockId, index: usize) {
        let value = function.block(block).insns[index];
        let Insn::NewRef(object) = *function.insn(value) else { return };
        let Some(support) = self.support(function, object) else { return };
        let Some(life) = self.life(function, (block, index + 1), value, &support) else { return };
        for state in life.states {
            disown(function, state, &life.names);
        }
        self.replacement[value.index()] = Some(object);
        self.gone.insert(value);
        self.gone.extend(life.releases);
    }

    /// What keeps an object alive besides the reference in question; nothing if that is not known.
    fn support(&self, function: &Function, object: ValueId) -> Option<Support> {
        let mut heaps = Heaps::NONE;
        let mut owners = Vec::new();
        let mut value = object;
        loop {
            value = cfg::unguarded(function, &self.replacement, value);
            let insn = function.insn(value);
            let held = match insn {
                Insn::Object(_) => break,
                Insn::LoadLocal(_) => &[Heap::Locals][..],
                // That of a local, or one that the code has a reference to.
                Insn::Param => {
                    owners.push(value);
                    &[Heap::Locals]
                }
                Insn::FindAttribute { .. } => {
                    &[Heap::Attributes, Heap::Classes, Heap::Globals, Heap::World, Heap::Type]
                }
                Insn::CellContent(_) => &[Heap::Content],
                Insn::FindGlobal(_) => &[Heap::Globals, Heap::Attributes, Heap::Frame],
                // A tuple has its items for as long as it is there.
                Insn::SequenceItem { kind: Type::TUPLE, .. } | Insn::SequenceAt { kind: Type::TUPLE, .. } => {
                    &[]
                }
                Insn::SequenceItem { .. } | Insn::SequenceAt { .. } => &[Heap::Items, Heap::Sequence],
                Insn::TypeOf(_) | Insn::ClassOf(_) => &[Heap::Type, Heap::Attributes],
                Insn::Box(_) | Insn::Null => return None,
                _ if insn.facts().result == Ownership::Owned => {
                    owners.push(value);
                    &[]
                }
                _ => return None,
            };
            heaps = heaps.union(Heaps::of(held));
            value = match insn {
                Insn::FindAttribute { object, .. } | Insn::TypeOf(object) | Insn::ClassOf(object) => *object,
                Insn::SequenceItem { container, .. } | Insn::SequenceAt { container, .. } => *container,
                _ => break,
            };
        }
        Some(Support { heaps, owners })
    }

    /// Follows a reference from where it is taken to where it is released on every path; nothing if it goes
    /// elsewhere, or what else keeps its object alive may not do so all the way.
    fn life(
        &self,
        function: &Function,
        from: (BlockId, usize),
        reference: ValueId,
        support: &Support,
    ) -> Option<Life> {
        let mut life = Life { names: vec![reference], ..Life::default() };
        let mut seen = vec![from.0];
        let mut work = vec![from];
        let mut distance = 0;
        while let Some((block, start)) = work.pop() {
            let block = function.block(block);
            let mut is_released = false;
            for &value in &block.insns[start..] {
                distance += 1;
                if distance > MAX_DISTANCE {
                    return None;
                }
                if self.gone.contains(&value) {
                    continue;
                }
                let insn = function.insn(value);
                let (mut is_used, mut is_stolen, mut is_orphaned) = (false, false, false);
                insn.each_use(|operand, how| {
                    if life.names.contains(&operand) {
                        is_used = true;
                        is_stolen |= how.steals;
                    } else if how.steals {
                        is_orphaned |= support.owners.contains(&function.unguarded(operand));
                    }
                });
                life.states.extend(insn.side_exit().map(|exit| exit.state));
                if let Insn::GuardShared(..) = insn
                    && is_used
                {
                    // It is shared with what keeps the object alive.
                    life.releases.push(value);
                    continue;
                }
                let is_release = matches!(
                    insn,
                    Insn::Decref(..) | Insn::XDecref(..) | Insn::DecrefShared(..) | Insn::Forget(_)
                ) || is_store_of_same(function, value);
                if is_stolen && is_release {
                    life.releases.push(value);
                    is_released = true;
                    break;
                }
                let is_looked_at = is_used
                    && (is_stolen
                        || insn.is_terminator()
                        || matches!(
                            insn,
                            Insn::Call { .. } | Insn::CallStack { .. } | Insn::CallMethod { .. }
                        ));
                if is_looked_at
                    || is_orphaned
                    || function.runs_code(insn)
                    || insn.facts().writes.meets(support.heaps)
                {
                    return None;
                }
                if insn.refined().is_some_and(|of| life.names.contains(&of)) {
                    life.names.push(value);
                }
            }
            if is_released {
                continue;
            }
            let terminator = block.insns.last().map(|value| function.insn(*value))?;
            if matches!(terminator, Insn::Return(..)) {
                return None;
            }
            for edge in terminator.edges() {
                if edge.target == from.0 {
                    return None;
                }
                if !seen.contains(&edge.target) {
                    seen.push(edge.target);
                    work.push((edge.target, 0));
                    life.states.extend(function.block(edge.target).entry_state);
                }
            }
        }
        let is_handed_over = life.states.iter().flat_map(|state| function.frames(*state)).any(|state| {
            let state = function.state(state);
            let classes = state.operands.iter().filter_map(|operand| operand.class);
            let instance = state.inlined.as_ref().and_then(|inlined| inlined.instance);
            classes.chain(instance).any(|always_owned| life.names.contains(&always_owned))
        });
        (!is_handed_over).then_some(life)
    }
}

/// The frames at a state are not handed a reference any more: an exit takes one.
fn disown(function: &mut Function, state: StateId, names: &[ValueId]) {
    let frames: Vec<StateId> = function.frames(state).collect();
    for frame in frames {
        let state = &mut function.states[frame.index()];
        for operand in &mut state.operands {
            if names.contains(&operand.value) {
                operand.owned = false;
            }
            if operand.receiver.is_some_and(|receiver| names.contains(&receiver)) {
                operand.owns_receiver = false;
            }
        }
        state.released.retain(|value| !names.contains(value));
        if let Some(inlined) = &mut state.inlined {
            let locals = &state.locals;
            inlined.owned.retain(|slot| !names.contains(&locals[*slot as usize]));
            inlined.owns_function &= !names.contains(&inlined.function);
        }
    }
}
