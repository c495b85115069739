//! Counts references: each owned one is consumed exactly once on every path, exits included.
//!
//! A reference is named by the value that it came with, under guards: the result of an instruction that gives
//! one, or a parameter that somebody behind consumes. At each place a set of them is *held*. What an
//! instruction steals, an edge hands over to such a parameter, or an exit that is taken leaves to the
//! interpreter, must be held, and is not held any more; where the frame ends or is left, none may be over.
//! Where a value is known to be NULL it is no reference, and may be consumed or not.
//!
//! Before write-back, boxes are virtual: objects are made of them only where some are needed, so that these
//! are not counted, neither are those of locals, which `SetLocal` takes and releases.

use super::super::effects::Ownership;
use super::super::function::Function;
use super::super::insn::{BlockId, Insn, StateId, ValueId};
use super::super::types::{Repr, Type};
use super::{Stage, ensure};
use std::collections::{BTreeMap, HashSet};

/// Checks a function that keeps all the other rules; the error names block and instruction.
pub(super) fn check(function: &Function, stage: Stage, order: &[BlockId]) -> Result<(), String> {
    let owned_params = owned_params(function, order);
    let counter = Counter { function, stage, owned_params };
    let mut at_entry: Vec<Option<Held>> = vec![None; function.blocks.len()];
    for entry in &function.entries {
        at_entry[entry.block.index()] = Some(Held::default());
    }
    let mut changed = true;
    while changed {
        changed = false;
        for block in order {
            let Some(held) = at_entry[block.index()].clone() else { continue };
            for (target, arriving) in counter.block(*block, held)? {
                match &mut at_entry[target.index()] {
                    Some(known) => {
                        changed |= known
                            .meet(arriving)
                            .map_err(|rule| format!("{block:?}: on the way to {target:?}: {rule}"))?;
                    }
                    unknown => {
                        *unknown = Some(arriving);
                        changed = true;
                    }
                }
            }
        }
    }
    Ok(())
}

/// The references held at a place, and whether each is known to be NULL.
#[derive(Clone, Debug, Default)]
struct Held(BTreeMap<ValueId, bool>);

impl Held {
    /// Adds a new reference; the error says that a former one of this name, of the last turn of a loop, is
    /// there.
    fn add(&mut self, reference: ValueId) -> Result<(), String> {
        match self.0.insert(reference, false) {
            Some(false) => Err(format!("{reference:?} is left over from the turn before")),
            Some(true) | None => Ok(()),
        }
    }

    /// Takes a reference; the error says that it is not there.
    fn take(&mut self, reference: ValueId) -> Result<(), String> {
        let held = self.0.remove(&reference).is_some();
        ensure(held, || format!("{reference:?} is no reference that is held here"))
    }

    fn is_null(&mut self, reference: ValueId) {
        if let Some(null) = self.0.get_mut(&reference) {
            *null = true;
        }
    }

    fn must_be_empty(&self) -> Result<(), String> {
        match self.0.iter().find(|(_, null)| !**null) {
            Some((reference, _)) => Err(format!("{reference:?} is left over: nobody releases it")),
            None => Ok(()),
        }
    }

    /// What is held where another path arrives; whether that is more than it was.
    fn meet(&mut self, other: Held) -> Result<bool, String> {
        let missing = |there: &Held, (reference, null): (&ValueId, &bool)| {
            (!null && !there.0.contains_key(reference)).then_some(*reference)
        };
        let one_path_only = other.0.iter().find_map(|held| missing(self, held));
        let one_path_only = one_path_only.or_else(|| self.0.iter().find_map(|held| missing(&other, held)));
        if let Some(reference) = one_path_only {
            return Err(format!("{reference:?} is held on some paths only"));
        }
        let mut changed = false;
        for (reference, null) in other.0 {
            // Where it is not known, it was NULL and has been forgotten.
            if let Some(known) = self.0.get_mut(&reference) {
                changed |= std::mem::replace(known, *known && null) && !null;
            }
        }
        Ok(changed)
    }
}

/// Parameters whose reference somebody behind consumes.
fn owned_params(function: &Function, order: &[BlockId]) -> HashSet<ValueId> {
    let mut owned = HashSet::new();
    let mut edges = Vec::new();
    for block in order {
        for value in &function.block(*block).insns {
            let insn = function.insn(*value);
            insn.each_use(|operand, how| {
                if how.steals {
                    owned.insert(function.unguarded(operand));
                }
            });
            if let Some(exit) = insn.side_exit() {
                owned.extend(owned_by_state(function, exit.state));
            }
            edges.extend(insn.edges());
        }
    }
    loop {
        let before = owned.len();
        for edge in edges.iter().rev() {
            for (arg, param) in edge.args.iter().zip(&function.block(edge.target).params) {
                if owned.contains(param) {
                    owned.insert(function.unguarded(*arg));
                }
            }
        }
        if owned.len() == before {
            return owned;
        }
    }
}

/// The references that an exit leaves to the interpreter.
fn owned_by_state(function: &Function, state: StateId) -> impl Iterator<Item = ValueId> + '_ {
    let owned = function.frames(state).flat_map(|state| {
        let state = function.state(state);
        let operands = state.operands.iter().flat_map(|operand| {
            let value = operand.owned.then_some(operand.value);
            value.into_iter().chain(operand.receiver.filter(|_| operand.owns_receiver)).chain(operand.class)
        });
        let of_inlined = state.inlined.iter().flat_map(|inlined| {
            let slots = inlined.owned.iter().map(|slot| state.locals[*slot as usize]);
            let function = (inlined.is_kept && inlined.owns_function).then_some(inlined.function);
            slots.chain(function).chain(inlined.instance)
        });
        operands.chain(of_inlined).chain(state.released.iter().copied())
    });
    owned.map(|value| function.unguarded(value))
}

struct Counter<'a> {
    function: &'a Function,
    stage: Stage,
    owned_params: HashSet<ValueId>,
}

impl Counter<'_> {
    /// Whether a reference is one to be counted.
    fn counts(&self, reference: ValueId) -> bool {
        let value = self.function.value(reference);
        let is_virtual = || {
            let object = self.function.same_object(reference);
            matches!(self.function.insn(object), Insn::Box(_))
        };
        value.ty != Type::NULL && !(self.stage == Stage::Built && is_virtual())
    }

    /// Walks a block; what is held on the way to each target.
    fn block(&self, block: BlockId, mut held: Held) -> Result<Vec<(BlockId, Held)>, String> {
        for value in &self.function.block(block).insns {
            self.step(*value, &mut held)
                .map_err(|rule| format!("{block:?}: {value:?} `{}`: {rule}", self.function.insn(*value)))?;
        }
        let terminator = self.function.terminator(block);
        let nulls = self.known_null(terminator);
        let edges = terminator.edges();
        let mut targets = Vec::with_capacity(edges.len());
        for (index, edge) in edges.into_iter().enumerate() {
            let mut held = held.clone();
            if let Some((reference, when)) = nulls
                && when == index
            {
                held.is_null(reference);
            }
            let mut arriving = Vec::new();
            for (arg, param) in edge.args.iter().zip(&self.function.block(edge.target).params) {
                if self.function.value(*param).repr != Repr::Obj || !self.owned_params.contains(param) {
                    continue;
                }
                let reference = self.function.unguarded(*arg);
                if self.counts(reference) {
                    let passed = format!("passed to {param:?} of {:?}", edge.target);
                    held.take(reference)
                        .map_err(|rule| format!("{block:?}: `{terminator}`: {rule}, {passed}"))?;
                }
                if self.counts(*param) {
                    arriving.push(*param);
                }
            }
            let added = arriving.into_iter().try_for_each(|param| held.add(param));
            added.map_err(|rule| format!("{block:?}: `{terminator}`: {rule}"))?;
            targets.push((edge.target, held));
        }
        Ok(targets)
    }

    /// The reference that is NULL behind a branch, and the index of the edge where it is.
    fn known_null(&self, terminator: &Insn) -> Option<(ValueId, usize)> {
        let Insn::Branch { condition, .. } = terminator else { return None };
        match self.function.insn(*condition) {
            Insn::IsNull(object) => Some((self.function.unguarded(*object), 0)),
            Insn::Not(condition) => match self.function.insn(*condition) {
                Insn::IsNull(object) => Some((self.function.unguarded(*object), 1)),
                _ => None,
            },
            _ => None,
        }
    }

    fn step(&self, value: ValueId, held: &mut Held) -> Result<(), String> {
        let insn = self.function.insn(value);
        if let Some(exit) = insn.side_exit() {
            let mut left = held.clone();
            if let Insn::GuardNotNull(object, _) = insn {
                left.is_null(self.function.unguarded(*object));
            }
            self.leave(exit.state, left).map_err(|rule| format!("state {:?}: {rule}", exit.state))?;
        }
        let mut verdict = Ok(());
        insn.each_use(|operand, how| {
            let reference = self.function.unguarded(operand);
            if verdict.is_ok() && how.steals && self.counts(reference) {
                verdict = held.take(reference);
            }
        });
        verdict?;
        match insn {
            Insn::Return(..) => held.must_be_empty(),
            _ => {
                let is_new = insn.facts().result == Ownership::Owned && self.counts(value);
                if is_new { held.add(value) } else { Ok(()) }
            }
        }
    }

    /// An exit is taken: the interpreter gets what its state owns, and there is nothing else.
    fn leave(&self, state: StateId, mut held: Held) -> Result<(), String> {
        for reference in owned_by_state(self.function, state) {
            if self.counts(reference) {
                held.take(reference)?;
            }
        }
        held.must_be_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::text::parse;
    use super::super::{Stage, verify};
    use crate::error::CompileError;

    /// What the verifier says of a function with one local whose blocks are as given.
    fn verdict(stage: Stage, blocks: &str) -> String {
        let text = format!("f: 1 locals\nentry 0: b0 at 0\n\n{blocks}");
        match verify(&parse(&text).expect("the text of a test is right"), stage, true) {
            Ok(()) => String::new(),
            Err(CompileError::Verify(rule)) => rule,
            Err(other) => panic!("{other}"),
        }
    }

    fn built(blocks: &str) -> String {
        verdict(Stage::Built, blocks)
    }

    #[test]
    fn a_reference_that_is_returned_passed_on_or_released_is_consumed() {
        let all = "b0():
    v0: object = LoadStack 0
    v1: object = NewRef v0
    Decref v1 at 0
    v2: object = LoadStack 1
    v3: any = CallStack Call@0(v0, v2) [1] at 3
    v4: i1 = IsNull v3
    Branch v4 ? b1() : b2(v3)

b1():
    v5: null = Null
    Return v5 at 3

b2(v6: any):
    v7: object = NotNull v6
    Return v7 at 6
";
        assert_eq!(built(all), "");
    }

    #[test]
    fn a_guard_has_the_reference_of_its_operand() {
        for guard in [
            "NotNull v0",
            "GuardNotNull v0 else unbound s0",
            "GuardType v0, list else type_guard s0",
            "GuardIs v0, 0x10 else type_guard s0",
            "GuardCode v0, 0x10 else callee s0",
            "GuardGlobals v0 else callee s0",
            "GuardArray v0, f64 else type_guard s0",
        ] {
            let blocks = format!(
                "b0():
    v0: object = LoadStack 0
    v1: object = LoadLocal 0
    v2: object = {guard}
    Decref v2 at 0
    v3: null = Null
    Return v3 at 3
    s0 = At 0 [v0 owned] locals {{0: v1}}
"
            );
            assert_eq!(built(&blocks), "", "{guard}");
            let twice = blocks.replace("    v3: null", "    Decref v0 at 0\n    v3: null");
            let rule = "b0: v5 `Decref v0 at 0`: v0 is no reference that is held here";
            assert_eq!(built(&twice), rule, "{guard}");
        }
    }

    #[test]
    fn leaks_are_found() {
        let rule = built("b0():\n    v0: object = LoadStack 0\n    v1: null = Null\n    Return v1 at 0\n");
        assert_eq!(rule, "b0: v2 `Return v1 at 0`: v0 is left over: nobody releases it");
        let exit = "b0():
    v0: object = LoadStack 0
    v1: int = GuardType v0, int else type_guard s0
    Return v1 at 3
    s0 = At 0 [v0] locals {0: v0}
";
        let rule =
            "b0: v1 `GuardType v0, int else type_guard s0`: state s0: v0 is left over: nobody releases it";
        assert_eq!(built(exit), rule);
        assert_eq!(built(&exit.replace("[v0]", "[v0 owned]")), "");
    }

    #[test]
    fn double_releases_are_found() {
        let twice = "b0():
    v0: object = LoadStack 0
    Decref v0 at 0
    Decref v0 at 3
    v1: null = Null
    Return v1 at 3
";
        assert_eq!(built(twice), "b0: v3 `Decref v0 at 3`: v0 is no reference that is held here");
        let borrowed = "b0():\n    v0: object = LoadLocal 0\n    Return v0 at 0\n";
        assert_eq!(built(borrowed), "b0: v1 `Return v0 at 0`: v0 is no reference that is held here");
        let by_an_exit = "b0():
    v0: object = LoadLocal 0
    Exit uncompiled s0
    s0 = At 0 [v0 owned] locals {0: v0}
";
        let rule = "b0: v1 `Exit uncompiled s0`: state s0: v0 is no reference that is held here";
        assert_eq!(built(by_an_exit), rule);
    }

    #[test]
    fn paths_agree_on_what_is_held() {
        let blocks = "b0():
    v0: object = LoadStack 0
    v1: i1 = Bool true
    Branch v1 ? b1() : b2()

b1():
    Decref v0 at 0
    Jump b3()

b2():
    Jump b3()

b3():
    v2: null = Null
    Return v2 at 3
";
        assert_eq!(built(blocks), "b2: on the way to b3: v0 is held on some paths only");
        let rest = "b2():\n    Decref v0 at 0\n    Jump b3()\n\nb3";
        assert_eq!(built(&blocks.replace("b2():\n    Jump b3()\n\nb3", rest)), "");
    }

    #[test]
    fn what_is_null_needs_no_release() {
        let blocks = "b0():
    v0: any = LoadStack 0
    v1: i1 = IsNull v0
    v2: i1 = Not v1
    Branch v2 ? b1() : b2()

b1():
    Decref v0 at 0
    Jump b2()

b2():
    v3: null = Null
    Return v3 at 3
";
        let typed = blocks.replace("Decref", "XDecref");
        assert_eq!(built(&typed), "");
        assert_eq!(
            built(&typed.replace("Branch v2 ? b1() : b2()", "Branch v1 ? b1() : b2()")),
            "b1: on the way to b2: v0 is held on some paths only"
        );
        let guarded = "b0():
    v0: any = CallStack Call@0() [0] at 0
    v1: object = GuardNotNull v0 else exception s0
    Return v1 at 3
    s0 = Throw 0 [] locals {0: v2}
    v2: any = LoadLocal 0
";
        let guarded = guarded.replace("    v2: any = LoadLocal 0\n", "");
        let guarded = guarded.replace("    v0: any = C", "    v2: any = LoadLocal 0\n    v0: any = C");
        assert_eq!(built(&guarded), "");
    }

    #[test]
    fn loops_hold_what_they_began_with() {
        let blocks = "b0():
    v0: object = LoadStack 0
    Jump b1(v0)

b1(v1: object):
    v2: i1 = Bool true
    Branch v2 ? b2() : b3()

b2():
    v3: object = LoadStack 1
    Jump b1(v3)

b3():
    Return v1 at 3
";
        assert_eq!(built(blocks), "b2: `Jump b1(v3)`: v1 is left over from the turn before");
        assert_eq!(built(&blocks.replace("    Jump b1(v3)", "    Decref v1 at 0\n    Jump b1(v3)")), "");
    }

    #[test]
    fn a_slot_gives_up_its_reference_once() {
        let blocks = "b0():
    v0: object = LoadLocal 0
    v1: object = LoadStack 0
    StoreLocal 0, v1
    v2: object = Adopt v0
    Decref v2 at 0
    v3: null = Null
    Return v3 at 3
";
        assert_eq!(verdict(Stage::Final, blocks), "");
        let rule = verdict(Stage::Final, &blocks.replace("    Decref v2 at 0\n", ""));
        assert_eq!(rule, "b0: v4 `Return v3 at 3`: v2 is left over: nobody releases it");
    }

    #[test]
    fn boxes_count_once_they_are_objects() {
        let blocks =
            "b0():\n    v0: i64 = Int 300\n    v1: int = Box v0\n    v2: null = Null\n    Return v2 at 0\n";
        assert_eq!(built(blocks), "");
        let rule = verdict(Stage::Final, blocks);
        assert_eq!(rule, "b0: v3 `Return v2 at 0`: v1 is left over: nobody releases it");
    }
}
