//! Uses again what was found or checked before, where nothing that it depends on can have changed.

use super::cfg::{self, Cfg};
use crate::hir::{BlockId, Dominators, ExitReason, Function, Heap, Heaps, Insn, SideExit, Type, ValueId};

/// Results that are remembered at one time: the latest.
const MAX_KNOWN: usize = 64;

/// Runs the pass; whether it has changed anything.
pub fn run(function: &mut Function) -> bool {
    let cfg = Cfg::new(function);
    let mut replacement: Vec<Option<ValueId>> = vec![None; function.values.len()];
    let mut gone = vec![false; function.values.len()];
    let mut at_end: Vec<Option<Known>> = vec![None; function.blocks.len()];
    let mut is_changed = false;
    let mut dominators = None;
    for block in &cfg.order {
        let before = &cfg.predecessors[block.index()];
        let mut known = if before.iter().all(|before| at_end[before.index()].is_some()) {
            Known::where_all_meet(before, &at_end)
        } else {
            let dominators = dominators.get_or_insert_with(|| Dominators::new(function, &cfg.order));
            let (ahead, behind): (Vec<BlockId>, Vec<BlockId>) =
                before.iter().partition(|before| at_end[before.index()].is_some());
            match behind.iter().all(|behind| dominators.dominates(*block, *behind)) {
                true => Known::where_all_meet(&ahead, &at_end).in_loop(function),
                false => Known::default(),
            }
        };
        for index in 0..function.block(*block).insns.len() {
            let value = function.block(*block).insns[index];
            if known.step(function, &mut replacement, value) {
                gone[value.index()] = true;
                is_changed = true;
            }
        }
        at_end[block.index()] = Some(known);
    }
    if is_changed {
        cfg::substitute(function, &replacement);
        for block in cfg.order {
            function.blocks[block.index()].insns.retain(|value| !gone[value.index()]);
        }
    }
    is_changed
}

/// What is known at a place.
#[derive(Clone, Default)]
struct Known {
    /// Instructions that would have the same result again, and the memory that this depends on.
    results: Vec<(ValueId, Heaps)>,
    /// Tracing is off: nothing has run since that was seen.
    is_untraced: bool,
    /// So many frames can be called on top of this one, likewise.
    callable: u32,
}

impl Known {
    /// What was known at the end of all these blocks.
    fn where_all_meet(before: &[BlockId], at_end: &[Option<Known>]) -> Known {
        let mut ends = before.iter().filter_map(|block| at_end[block.index()].as_ref());
        let Some(first) = ends.next() else { return Known::default() };
        ends.fold(first.clone(), |mut known, other| {
            // What both have seen was computed before the ways parted.
            known.results.retain(|result| other.results.contains(result));
            known.is_untraced &= other.is_untraced;
            known.callable = known.callable.min(other.callable);
            known
        })
    }

    /// What of it is known on every turn of a loop that begins there: a turn may have run code, for pending
    /// work. Numbers that need no memory are made again at no cost.
    fn in_loop(mut self, function: &Function) -> Known {
        self.results
            .retain(|(value, reads)| reads.is_empty() && !matches!(function.insn(*value), Insn::Int(_)));
        Known { results: self.results, ..Known::default() }
    }

    /// One instruction; whether it can go, replaced or not.
    fn step(&mut self, function: &mut Function, replacement: &mut [Option<ValueId>], value: ValueId) -> bool {
        let insn = function.insn(value);
        if let Insn::CheckTracing(_) = insn {
            return std::mem::replace(&mut self.is_untraced, true);
        }
        if let Insn::CheckCalls { frames, .. } = *insn {
            let is_known = frames <= self.callable;
            self.callable = self.callable.max(frames);
            return is_known;
        }
        let bare = |v: ValueId| cfg::unguarded(function, replacement, v);
        if let Insn::GuardNotNull(of, _) | Insn::NotNull(of) = *insn
            && let Insn::SwapAttribute { .. } = function.insn(of)
        {
            let kinds = function.value(of).ty.intersect(function.value(value).ty);
            function.values[value.index()].ty = kinds;
            return false;
        }
        if let Some(reads) = depends_on(function, insn) {
            let earlier = self.results.iter().find(|(earlier, _)| {
                let earlier = function.insn(*earlier);
                is_same(earlier, insn, |a, b| cfg::resolve(replacement, a) == cfg::resolve(replacement, b))
                    || is_same_object(earlier, insn, |a, b| bare(a) == bare(b))
            });
            if let Some(&(earlier, _)) = earlier {
                if let Insn::GuardBool(_, _, exit) = *insn
                    && !self.is_untraced
                    && function.state(exit.state).inlined.is_none()
                {
                    // Stores that follow are left out where it is known that nobody has written the locals.
                    let exit = SideExit { reason: ExitReason::Tracing, ..exit };
                    function.redefine(value, Insn::CheckTracing(exit));
                    self.is_untraced = true;
                    return false;
                }
                replacement[value.index()] = Some(earlier);
                return true;
            }
            if self.results.len() == MAX_KNOWN {
                self.results.remove(0);
            }
            self.results.push((value, reads));
            return false;
        }
        if function.runs_code(insn) {
            self.is_untraced = false;
            self.callable = 0;
            self.results.retain(|(_, reads)| !reads.meets(Heaps::REACHABLE));
            return false;
        }
        let mut of_former = None;
        if let Insn::SwapAttribute { site, object, .. } = *insn {
            let is_it = |known: ValueId| match *function.insn(known) {
                Insn::FindAttribute { site: known, object: of } => known == site && bare(of) == bare(object),
                _ => false,
            };
            let is_remembered = |found: ValueId| self.results.iter().any(|(known, _)| *known == found);
            let mut kinds = self.results.iter().filter_map(|(known, _)| match *function.insn(*known) {
                Insn::GuardType(_, kind, _) => {
                    let found = bare(*known);
                    (is_it(found) && is_remembered(found)).then_some(kind)
                }
                _ => None,
            });
            of_former = kinds.next_back();
        }
        let writes = insn.facts().writes;
        if !writes.is_empty() {
            self.results.retain(|(_, reads)| !reads.meets(writes));
        }
        if let Some(kind) = of_former {
            // Nothing if it was not stored in line.
            function.values[value.index()].ty = kind.union(Type::NULL);
        }
        false
    }
}

/// The memory that the result of an instruction depends on, if the same instruction would have the same
/// result while that does not change.
pub fn depends_on(function: &Function, insn: &Insn) -> Option<Heaps> {
    match insn {
        Insn::GuardNotNull(..) | Insn::UnboxInt(_) | Insn::UnboxFloat(_) | Insn::UnboxReal(..) => {
            Some(Heaps::NONE)
        }
        Insn::Int(_) | Insn::IntCompare(..) | Insn::GuardBool(..) => Some(Heaps::NONE),
        Insn::GuardType(_, kind, _) => {
            // An object has its type for ever, as far as it is none of ours.
            Some(if kind.has_guard() { Heaps::NONE } else { Heaps::of(&[Heap::Type]) })
        }
        Insn::GuardIs(..) | Insn::GuardArray(..) => Some(Heaps::NONE),
        Insn::GuardCode { .. } | Insn::GuardGlobals(..) => Some(Heaps::of(&[Heap::Type, Heap::World])),
        Insn::FindAttribute { .. } => {
            Some(Heaps::of(&[Heap::Type, Heap::Classes, Heap::Attributes, Heap::Globals, Heap::World]))
        }
        Insn::FindGlobal(_) => Some(Heaps::of(&[Heap::Globals, Heap::Attributes, Heap::Frame])),
        Insn::CellContent(_) => Some(Heaps::of(&[Heap::Content])),
        // Nobody changes a tuple that others may have.
        Insn::SequenceAt { kind: Type::TUPLE, .. } | Insn::SequenceItem { kind: Type::TUPLE, .. } => {
            Some(Heaps::NONE)
        }
        Insn::SequenceLen(sequence) if function.value(*sequence).ty == Type::TUPLE => Some(Heaps::NONE),
        Insn::SequenceAt { .. } | Insn::SequenceItem { .. } => {
            Some(Heaps::of(&[Heap::Sequence, Heap::Items]))
        }
        Insn::SequenceLen(_) => Some(Heaps::of(&[Heap::Sequence])),
        Insn::TypeOf(_) | Insn::ClassOf(_) => Some(Heaps::of(&[Heap::Type, Heap::Attributes])),
        _ => None,
    }
}

/// Whether two instructions with operands that are the same compute the same.
fn is_same(a: &Insn, b: &Insn, same: impl Fn(ValueId, ValueId) -> bool) -> bool {
    match (a, b) {
        (Insn::GuardNotNull(a, _), Insn::GuardNotNull(b, _))
        | (Insn::UnboxInt(a), Insn::UnboxInt(b))
        | (Insn::UnboxFloat(a), Insn::UnboxFloat(b))
        | (Insn::UnboxReal(a, _), Insn::UnboxReal(b, _))
        | (Insn::SequenceLen(a), Insn::SequenceLen(b))
        | (Insn::TypeOf(a), Insn::TypeOf(b))
        | (Insn::ClassOf(a), Insn::ClassOf(b)) => same(*a, *b),
        (Insn::GuardType(a, kind, _), Insn::GuardType(b, other, _)) => kind == other && same(*a, *b),
        (Insn::GuardArray(a, element, _), Insn::GuardArray(b, other, _)) => element == other && same(*a, *b),
        (Insn::GuardIs(a, address, _), Insn::GuardIs(b, other, _)) => address == other && same(*a, *b),
        (Insn::GuardCode { object: a, code, .. }, Insn::GuardCode { object: b, code: other, .. }) => {
            code == other && same(*a, *b)
        }
        (Insn::GuardGlobals(a, _), Insn::GuardGlobals(b, _)) => same(*a, *b),
        (Insn::Int(a), Insn::Int(b)) => a == b,
        (Insn::CellContent(a), Insn::CellContent(b)) => a == b,
        (Insn::IntCompare(op, a, b), Insn::IntCompare(other, c, d)) => {
            op == other && same(*a, *c) && same(*b, *d)
        }
        (Insn::GuardBool(a, expected, _), Insn::GuardBool(b, other, _)) => expected == other && same(*a, *b),
        (
            Insn::SequenceAt { kind, container: a, index: i },
            Insn::SequenceAt { kind: other, container: b, index: j },
        )
        | (
            Insn::SequenceItem { kind, container: a, index: i, .. },
            Insn::SequenceItem { kind: other, container: b, index: j, .. },
        ) => kind == other && same(*a, *b) && same(*i, *j),
        _ => false,
    }
}

/// Whether two instructions with operands that are the same object, however much of that is known, find the
/// same.
fn is_same_object(a: &Insn, b: &Insn, same: impl Fn(ValueId, ValueId) -> bool) -> bool {
    match (a, b) {
        (Insn::FindGlobal(site), Insn::FindGlobal(other)) => site == other,
        (Insn::FindAttribute { site, object: a }, Insn::FindAttribute { site: other, object: b }) => {
            site == other && same(*a, *b)
        }
        _ => false,
    }
}
