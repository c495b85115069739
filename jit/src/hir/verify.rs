//! The rules every function in HIR keeps, checked after construction and after passes.

mod insn;
mod refs;
mod state;

use super::dominators::Dominators;
use super::function::Function;
use super::insn::{BlockId, Edge, Insn, ValueId};
use super::types::Repr;
use crate::error::CompileError;

/// How far a function is on its way; some rules change on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// As built, before `passes::writeback`: `SetLocal` may occur, all locals of frame states count.
    Built,
    /// After it: no `SetLocal`, only stale locals of frame states count.
    Final,
}

/// Checks a function; the error names the block, the value and the rule that is broken.
///
/// Only what is reachable from the entries has to keep the rules. That references are counted takes as long
/// as all the rest.
pub fn verify(function: &Function, stage: Stage, count_references: bool) -> Result<(), CompileError> {
    check(function, stage, count_references).map_err(CompileError::Verify)
}

fn check(function: &Function, stage: Stage, count_references: bool) -> Result<(), String> {
    check_shape(function)?;
    let order = function.reverse_postorder();
    check_entries(function, &order)?;
    let dominators = Dominators::new(function, &order);
    let definitions = definitions(function, &order)?;
    let verifier = Verifier { function, stage, dominators, definitions };
    for block in &order {
        let block = *block;
        for param in &function.block(block).params {
            let repr = function.value(*param).repr;
            ensure(repr != Repr::None, || format!("{block:?}: parameter {param:?} has no representation"))?;
        }
        for (index, value) in function.block(block).insns.iter().enumerate() {
            verifier
                .check_insn(block, index, *value)
                .map_err(|rule| format!("{block:?}: {value:?} `{}`: {rule}", function.insn(*value)))?;
        }
    }
    if count_references { refs::check(function, stage, &order) } else { Ok(()) }
}

fn ensure(holds: bool, message: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(message()) }
}

/// Blocks are lists of existing values that end in their only terminator; edges lead to blocks.
fn check_shape(function: &Function) -> Result<(), String> {
    let mut seen = vec![false; function.blocks.len()];
    let mut work = Vec::new();
    for (index, entry) in function.entries.iter().enumerate() {
        let exists = entry.block.index() < function.blocks.len();
        ensure(exists, || format!("entry {index}: there is no block {:?}", entry.block))?;
        work.push(entry.block);
    }
    while let Some(id) = work.pop() {
        if std::mem::replace(&mut seen[id.index()], true) {
            continue;
        }
        let block = function.block(id);
        for value in block.params.iter().chain(&block.insns) {
            let exists = value.index() < function.values.len();
            ensure(exists, || format!("{id:?}: there is no value {value:?}"))?;
        }
        for param in &block.params {
            let is_param = matches!(function.insn(*param), Insn::Param);
            ensure(is_param, || format!("{id:?}: parameter {param:?} is defined by an instruction"))?;
        }
        let Some((last, others)) = block.insns.split_last() else {
            return Err(format!("{id:?}: the block is empty"));
        };
        for value in others {
            let insn = function.insn(*value);
            ensure(!insn.is_terminator(), || {
                format!("{id:?}: {value:?} `{insn}`: a terminator is not the last instruction")
            })?;
        }
        let terminator = function.insn(*last);
        ensure(terminator.is_terminator(), || {
            format!("{id:?}: {last:?} `{terminator}`: the last instruction is not a terminator")
        })?;
        for edge in terminator.edges() {
            ensure(edge.target.index() < function.blocks.len(), || {
                format!("{id:?}: {last:?} `{terminator}`: there is no block {:?}", edge.target)
            })?;
            work.push(edge.target);
        }
    }
    Ok(())
}

/// Entries start blocks that nothing else leads to.
fn check_entries(function: &Function, order: &[BlockId]) -> Result<(), String> {
    for (index, entry) in function.entries.iter().enumerate() {
        let block = entry.block;
        let params = &function.block(block).params;
        ensure(params.is_empty(), || format!("{block:?}: entry {index} has parameters {params:?}"))?;
    }
    for from in order {
        for edge in function.terminator(*from).edges() {
            let entry = function.entries.iter().position(|entry| entry.block == edge.target);
            if let Some(index) = entry {
                return Err(format!("{:?}: entry {index} has the predecessor {from:?}", edge.target));
            }
        }
    }
    Ok(())
}

/// Where each value is defined: its block, and its index there counted from 1 on, parameters
/// being 0; none for values that no reachable block defines.
fn definitions(function: &Function, order: &[BlockId]) -> Result<Vec<Option<(BlockId, usize)>>, String> {
    let mut definitions = vec![None; function.values.len()];
    for id in order {
        let block = function.block(*id);
        let params = block.params.iter().map(|param| (0, param));
        for (position, value) in params.chain((1..).zip(&block.insns)) {
            if let Some((other, _)) = definitions[value.index()].replace((*id, position)) {
                return Err(format!("{id:?}: {value:?} is already defined in {other:?}"));
            }
        }
    }
    Ok(definitions)
}

struct Verifier<'a> {
    function: &'a Function,
    stage: Stage,
    dominators: Dominators,
    definitions: Vec<Option<(BlockId, usize)>>,
}

impl Verifier<'_> {
    fn check_insn(&self, block: BlockId, index: usize, value: ValueId) -> Result<(), String> {
        let insn = self.function.insn(value);
        for operand in insn.operands() {
            self.check_use(block, index, operand)?;
        }
        if let Some(exit) = insn.side_exit() {
            self.check_state(block, index, exit.state)
                .map_err(|rule| format!("state {:?}: {rule}", exit.state))?;
        }
        for edge in insn.edges() {
            self.check_edge(edge)?;
        }
        if self.stage == Stage::Final && matches!(insn, Insn::SetLocal { .. }) {
            return Err("left over from construction".to_string());
        }
        insn::check(self.function, value)
    }

    /// A value is defined before the instruction at `index`, on every path to it.
    fn check_use(&self, block: BlockId, index: usize, used: ValueId) -> Result<(), String> {
        let Some(definition) = self.definitions.get(used.index()) else {
            return Err(format!("there is no value {used:?}"));
        };
        match *definition {
            None => Err(format!("no reachable block defines {used:?}")),
            Some((home, position)) if home == block => {
                ensure(position <= index, || format!("{used:?} is defined later in its block"))
            }
            Some((home, _)) => ensure(self.dominators.dominates(home, block), || {
                format!("{used:?}, defined in {home:?}, does not dominate its use")
            }),
        }
    }

    fn check_edge(&self, edge: &Edge) -> Result<(), String> {
        let (target, args) = (edge.target, &edge.args);
        let params = &self.function.block(target).params;
        ensure(args.len() == params.len(), || {
            format!("{} arguments for the {} parameters of {target:?}", args.len(), params.len())
        })?;
        for (arg, param) in args.iter().zip(params) {
            let (from, to) = (self.function.value(*arg), self.function.value(*param));
            ensure(from.repr == to.repr, || {
                format!("argument {arg:?} is {}, parameter {param:?} of {target:?} is {}", from.repr, to.repr)
            })?;
            ensure(from.ty.is_subset(to.ty), || {
                format!(
                    "argument {arg:?} may be {:?}, parameter {param:?} of {target:?} only {:?}",
                    from.ty, to.ty
                )
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame_state::{FrameState, Lacks, Operand, Resume, Stale};
    use super::super::function::Entry;
    use super::super::insn::StateId;
    use super::super::insn::{ExitReason, SideExit};
    use super::super::types::Type;
    use super::*;

    /// A function with an entry at its first block.
    fn function(blocks: usize) -> Function {
        let mut function = Function { locals: 1, ..Function::default() };
        for _ in 0..blocks {
            function.add_block();
        }
        let block = BlockId(0);
        function.entries.push(Entry { pc: 0, depth: 0, blocks: Vec::new(), block });
        function
    }

    fn push(function: &mut Function, block: u32, insn: Insn) -> ValueId {
        let ty = if insn.facts().repr == Repr::Obj { Type::OBJECT } else { Type::EMPTY };
        let value = function.add_value(insn, ty);
        function.blocks[block as usize].insns.push(value);
        value
    }

    fn object(function: &mut Function, block: u32) -> ValueId {
        push(function, block, Insn::LoadStack(0))
    }

    fn ret(function: &mut Function, block: u32, value: ValueId) {
        push(function, block, Insn::Return(value, 0));
    }

    fn edge(target: u32, args: &[ValueId]) -> Edge {
        Edge { target: BlockId(target), args: args.to_vec() }
    }

    fn jump(function: &mut Function, block: u32, target: u32, args: &[ValueId]) -> ValueId {
        push(function, block, Insn::Jump(edge(target, args)))
    }

    fn branch(function: &mut Function, block: u32, then: u32, otherwise: u32) {
        let condition = push(function, block, Insn::Bool(true));
        let (then, otherwise) = (edge(then, &[]), edge(otherwise, &[]));
        push(function, block, Insn::Branch { condition, then, otherwise });
    }

    fn exit(function: &mut Function, block: u32, local: ValueId, operands: &[(ValueId, bool)]) -> StateId {
        let state = function.add_state(FrameState {
            pc: 0,
            resume: Resume::At,
            locals: vec![local],
            stale: Vec::new(),
            operands: operands.iter().map(|&(value, owned)| Operand::new(value, owned)).collect(),
            blocks: Vec::new(),
            released: Vec::new(),
            inlined: None,
        });
        let exit = SideExit { state, reason: ExitReason::Uncompiled };
        push(function, block, Insn::Exit(exit));
        state
    }

    fn broken(function: &Function, stage: Stage) -> String {
        match verify(function, stage, true) {
            Ok(()) => String::new(),
            Err(CompileError::Verify(text)) => text,
            Err(error) => panic!("{error}"),
        }
    }

    fn built(function: &Function) -> String {
        broken(function, Stage::Built)
    }

    #[test]
    fn a_loop_with_a_state_passes() {
        let mut f = function(4);
        let local = push(&mut f, 0, Insn::LoadLocal(0));
        jump(&mut f, 0, 1, &[local]);
        let param = f.add_param(BlockId(1), Repr::Obj, Type::ANY);
        branch(&mut f, 1, 2, 3);
        let other = push(&mut f, 2, Insn::LoadLocal(0));
        jump(&mut f, 2, 1, &[other]);
        exit(&mut f, 3, param, &[(local, false)]);
        assert_eq!(built(&f), "");
        assert_eq!(broken(&f, Stage::Final), "");
        assert_eq!(built(&Function::default()), "");
    }

    #[test]
    fn a_block_ends_in_its_only_terminator() {
        let mut f = function(2);
        assert_eq!(built(&f), "b0: the block is empty");
        let value = object(&mut f, 0);
        assert_eq!(built(&f), "b0: v0 `LoadStack 0`: the last instruction is not a terminator");
        ret(&mut f, 0, value);
        assert_eq!(built(&f), "");
        ret(&mut f, 0, value);
        assert_eq!(built(&f), "b0: v1 `Return v0 at 0`: a terminator is not the last instruction");
    }

    #[test]
    fn values_and_blocks_exist() {
        let mut f = function(1);
        jump(&mut f, 0, 7, &[]);
        assert_eq!(built(&f), "b0: v0 `Jump b7()`: there is no block b7");
        f.blocks[0].insns.insert(0, ValueId(9));
        assert_eq!(built(&f), "b0: there is no value v9");
        f.entries[0].block = BlockId(3);
        assert_eq!(built(&f), "entry 0: there is no block b3");
        let mut f = function(1);
        ret(&mut f, 0, ValueId(5));
        assert_eq!(built(&f), "b0: v0 `Return v5 at 0`: there is no value v5");
    }

    #[test]
    fn parameters_are_params() {
        let mut f = function(2);
        jump(&mut f, 0, 1, &[]);
        let value = object(&mut f, 1);
        f.blocks[1].params = f.blocks[1].insns.drain(..).collect();
        ret(&mut f, 1, value);
        assert_eq!(built(&f), "b1: parameter v1 is defined by an instruction");
        f.blocks[1].insns.insert(0, value);
        f.blocks[1].params.clear();
        assert_eq!(built(&f), "");
        f.values[value.index()].insn = Insn::Param;
        assert_eq!(built(&f), "b1: v1 `Param`: a parameter is not an instruction");
    }

    #[test]
    fn a_parameter_has_a_representation() {
        let mut f = function(2);
        let value = object(&mut f, 0);
        let decref = push(&mut f, 0, Insn::Decref(value, 0));
        jump(&mut f, 0, 1, &[decref]);
        f.add_param(BlockId(1), Repr::None, Type::EMPTY);
        let value = object(&mut f, 1);
        ret(&mut f, 1, value);
        assert_eq!(built(&f), "b1: parameter v3 has no representation");
    }

    #[test]
    fn entries_have_neither_parameters_nor_predecessors() {
        let mut f = function(2);
        jump(&mut f, 0, 1, &[]);
        let value = object(&mut f, 1);
        ret(&mut f, 1, value);
        f.entries.push(Entry { pc: 3, depth: 0, blocks: Vec::new(), block: BlockId(1) });
        assert_eq!(built(&f), "b1: entry 1 has the predecessor b0");
        f.entries.remove(0);
        assert_eq!(built(&f), "");
        let param = f.add_param(BlockId(1), Repr::Obj, Type::ANY);
        assert_eq!(built(&f), format!("b1: entry 0 has parameters [{param:?}]"));
    }

    #[test]
    fn a_value_is_defined_once() {
        let mut f = function(2);
        let value = object(&mut f, 0);
        jump(&mut f, 0, 1, &[]);
        f.blocks[1].insns.push(value);
        ret(&mut f, 1, value);
        assert_eq!(built(&f), "b1: v0 is already defined in b0");
    }

    #[test]
    fn definitions_dominate_uses() {
        let mut f = function(5);
        branch(&mut f, 0, 1, 2);
        let one = push(&mut f, 1, Insn::Object(0));
        jump(&mut f, 1, 3, &[]);
        jump(&mut f, 2, 3, &[]);
        ret(&mut f, 3, one);
        assert_eq!(built(&f), "b3: v5 `Return v2 at 0`: v2, defined in b1, does not dominate its use");
        // A use in the defining block or below it is fine.
        f.values[5].insn = Insn::Return(ValueId(6), 0);
        let two = object(&mut f, 3);
        f.blocks[3].insns.swap(0, 1);
        assert_eq!((built(&f), two), (String::new(), ValueId(6)));
        f.blocks[3].insns.insert(0, ValueId(7));
        f.add_value(Insn::NewRef(two), Type::OBJECT);
        assert_eq!(built(&f), "b3: v7 `NewRef v6`: v6 is defined later in its block");
        let unreachable = object(&mut f, 4);
        f.values[7].insn = Insn::NewRef(unreachable);
        assert_eq!(built(&f), "b3: v7 `NewRef v8`: no reachable block defines v8");
    }

    #[test]
    fn a_loop_body_does_not_dominate_what_follows() {
        let mut f = function(4);
        jump(&mut f, 0, 1, &[]);
        branch(&mut f, 1, 2, 3);
        let body = object(&mut f, 2);
        jump(&mut f, 2, 1, &[]);
        ret(&mut f, 3, body);
        assert_eq!(built(&f), "b3: v5 `Return v3 at 0`: v3, defined in b2, does not dominate its use");
    }

    #[test]
    fn unreachable_blocks_may_be_broken() {
        let mut f = function(2);
        let value = object(&mut f, 0);
        ret(&mut f, 0, value);
        ret(&mut f, 1, ValueId(77));
        assert_eq!(built(&f), "");
    }

    #[test]
    fn arguments_match_parameters() {
        let mut f = function(2);
        let value = push(&mut f, 0, Insn::Object(0));
        let last = jump(&mut f, 0, 1, &[]);
        let param = f.add_param(BlockId(1), Repr::Obj, Type::ANY);
        exit(&mut f, 1, param, &[]);
        assert_eq!(built(&f), "b0: v1 `Jump b1()`: 0 arguments for the 1 parameters of b1");
        f.values[last.index()].insn = Insn::Jump(edge(1, &[value]));
        assert_eq!(built(&f), "");
        f.values[param.index()].ty = Type::INT;
        assert_eq!(
            built(&f),
            "b0: v1 `Jump b1(v0)`: argument v0 may be object=0x0, parameter v2 of b1 only int"
        );
        f.values[param.index()].repr = Repr::Int;
        assert_eq!(built(&f), "b0: v1 `Jump b1(v0)`: argument v0 is obj, parameter v2 of b1 is i64");
    }

    #[test]
    fn instructions_follow_their_own_rules() {
        let mut f = function(1);
        let value = push(&mut f, 0, Insn::Int(3));
        ret(&mut f, 0, value);
        assert_eq!(built(&f), "b0: v1 `Return v0 at 0`: v0 is i64, not obj");
    }

    #[test]
    fn no_set_local_at_the_end() {
        let mut f = function(1);
        let value = object(&mut f, 0);
        push(&mut f, 0, Insn::SetLocal { slot: 0, value, old: value, pc: 0 });
        let value = object(&mut f, 0);
        ret(&mut f, 0, value);
        assert_eq!(built(&f), "");
        let text = broken(&f, Stage::Final);
        assert_eq!(text, "b0: v1 `SetLocal 0, v0, v0 at 0`: left over from construction");
    }

    /// Two branches of which only one defines a value that the exit of the other names.
    fn with_foreign_value(names: impl FnOnce(&mut Function, ValueId) -> StateId) -> (Function, StateId) {
        let mut f = function(3);
        branch(&mut f, 0, 1, 2);
        let foreign = object(&mut f, 1);
        ret(&mut f, 1, foreign);
        let state = names(&mut f, foreign);
        (f, state)
    }

    #[test]
    fn locals_of_a_state_dominate_its_exit() {
        let (mut f, state) = with_foreign_value(|f, foreign| exit(f, 2, foreign, &[]));
        let rule =
            "b2: v4 `Exit uncompiled s0`: state s0: local 0: v2, defined in b1, does not dominate its use";
        assert_eq!(built(&f), rule);
        assert_eq!(broken(&f, Stage::Final), "");
        f.states[state.index()].stale = vec![Stale { slot: 0, lacks: Lacks::Told }];
        assert_eq!(broken(&f, Stage::Final), rule);
        let rule = "b2: v4 `Exit uncompiled s0`: state s0: has stale slots before write-back";
        assert_eq!(built(&f), rule);
        f.states[state.index()].stale = vec![Stale { slot: 1, lacks: Lacks::Told }];
        let rule = "b2: v4 `Exit uncompiled s0`: state s0: there is no local 1";
        assert_eq!(broken(&f, Stage::Final), rule);
        f.states[state.index()].locals.clear();
        assert_eq!(built(&f), "b2: v4 `Exit uncompiled s0`: state s0: 0 locals of 1");
    }

    #[test]
    fn operands_of_a_state_dominate_its_exit() {
        let (f, _) = with_foreign_value(|f, foreign| {
            let local = object(f, 2);
            exit(f, 2, local, &[(foreign, false)])
        });
        let rule =
            "b2: v5 `Exit uncompiled s0`: state s0: operand v2: v2, defined in b1, does not dominate its use";
        assert_eq!(built(&f), rule);
        assert_eq!(broken(&f, Stage::Final), rule);
    }

    #[test]
    fn a_state_does_not_name_what_its_exit_defines() {
        let mut f = function(1);
        let local = push(&mut f, 0, Insn::LoadLocal(0));
        let state = exit(&mut f, 0, local, &[]);
        f.blocks[0].insns.pop();
        let side = SideExit { state, reason: ExitReason::TypeGuard };
        let guarded = push(&mut f, 0, Insn::GuardType(local, Type::INT, side));
        let new = push(&mut f, 0, Insn::NewRef(guarded));
        ret(&mut f, 0, new);
        assert_eq!(built(&f), "");
        f.states[state.index()].locals[0] = guarded;
        let rule = "b0: v2 `GuardType v0, int else type_guard s0`: \
                    state s0: local 0: v2 is defined later in its block";
        assert_eq!(built(&f), rule);
        f.states.clear();
        let rule = "b0: v2 `GuardType v0, int else type_guard s0`: state s0: does not exist";
        assert_eq!(built(&f), rule);
    }

    #[test]
    fn only_references_are_owned() {
        let rule = |insn, owned| {
            let mut f = function(1);
            let local = push(&mut f, 0, Insn::LoadLocal(0));
            let value = push(&mut f, 0, insn);
            exit(&mut f, 0, local, &[(value, owned)]);
            let text = built(&f);
            text.strip_prefix("b0: v2 `Exit uncompiled s0`: state s0: operand v1: ")
                .unwrap_or(&text)
                .to_string()
        };
        assert_eq!(rule(Insn::LoadStack(0), true), "");
        assert_eq!(rule(Insn::Int(1), false), "");
        assert_eq!(rule(Insn::Int(1), true), "i64 is never owned");
        assert_eq!(rule(Insn::Object(0), false), "");
        assert_eq!(rule(Insn::Object(0), true), "a constant is never owned");
    }

    #[test]
    fn a_frame_holds_objects() {
        let mut f = function(1);
        let value = push(&mut f, 0, Insn::LoadStack(0));
        let decref = push(&mut f, 0, Insn::Decref(value, 0));
        exit(&mut f, 0, decref, &[]);
        let rule = "b0: v2 `Exit uncompiled s0`: state s0: local 0: v1 is none, not an object";
        assert_eq!(built(&f), rule);
    }

    #[test]
    fn receivers_are_objects() {
        let bound = |owns_receiver: bool, receiver: Insn| {
            let mut f = function(1);
            let callable = push(&mut f, 0, Insn::LoadStack(0));
            let receiver = push(&mut f, 0, receiver);
            let state = exit(&mut f, 0, callable, &[(callable, true)]);
            let operand = &mut f.states[state.index()].operands[0];
            (operand.receiver, operand.owns_receiver) = (Some(receiver), owns_receiver);
            built(&f)
        };
        assert_eq!(bound(true, Insn::LoadStack(1)), "");
        assert_eq!(bound(false, Insn::LoadLocal(0)), "");
        let rule = "b0: v2 `Exit uncompiled s0`: state s0: v1 is no reference that is held here";
        assert_eq!(bound(true, Insn::LoadLocal(0)), rule);
        let rule = "b0: v2 `Exit uncompiled s0`: state s0: receiver v1 is i64, not an object";
        assert_eq!(bound(true, Insn::Int(1)), rule);
    }

    #[test]
    fn the_class_of_a_method_is_an_object() {
        let of = |has_receiver: bool, class: Insn| {
            let mut f = function(1);
            let callable = push(&mut f, 0, Insn::LoadStack(0));
            let class = push(&mut f, 0, class);
            let receiver = push(&mut f, 0, Insn::LoadStack(2));
            let state = exit(&mut f, 0, callable, &[(callable, true)]);
            let operand = &mut f.states[state.index()].operands[0];
            operand.receiver = has_receiver.then_some(receiver);
            operand.class = Some(class);
            built(&f)
        };
        assert_eq!(of(true, Insn::LoadStack(1)), "");
        let rule = "b0: v3 `Exit uncompiled s0`: state s0: class v1: of nothing to be bound";
        assert_eq!(of(false, Insn::LoadStack(1)), rule);
        let rule = "b0: v3 `Exit uncompiled s0`: state s0: class v1 is i64, not an object";
        assert_eq!(of(true, Insn::Int(1)), rule);
    }

    #[test]
    fn a_yield_has_an_operand() {
        let mut f = function(1);
        let value = object(&mut f, 0);
        let state = exit(&mut f, 0, value, &[]);
        f.states[state.index()].resume = Resume::Yield;
        assert_eq!(built(&f), "b0: v1 `Exit uncompiled s0`: state s0: yields without an operand");
    }
}
