//! Where each value of a function is needed, and which of them have a place on the stack.
//!
//! Positions are numbers of instructions in the order in which blocks were filled: code runs in that order,
//! but for loops. An exit is where the branch to it is.

use super::linear::{Block, Inst, Linear, Value};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What is known of a value.
#[derive(Clone, Copy, Debug)]
pub struct Lifetime {
    /// Where it is defined.
    block: Block,
    /// The position of its definition; of a parameter, that of the first jump that gives it.
    start: u32,
    /// The last position where it is needed.
    end: u32,
    /// The last instruction of its block that uses it.
    pub last_use: u32,
    /// How many uses it has.
    pub uses: u32,
    /// It is used in other blocks, too.
    pub crosses: bool,
    /// Its place on the stack: there from its definition on.
    pub slot: Option<u32>,
}

/// Of all values of a function.
pub struct Lifetimes {
    /// By value.
    values: Vec<Lifetime>,
    /// How many branches lead to each block.
    pub entered: Vec<u32>,
    /// Places on the stack.
    pub slots: u32,
}

impl Lifetimes {
    /// Finds them; `is_kept` says which values need no place.
    pub fn new(function: &Linear, is_kept: impl Fn(Value) -> bool) -> Lifetimes {
        let nowhere = Lifetime {
            block: Block(u32::MAX),
            start: 0,
            end: 0,
            last_use: 0,
            uses: 0,
            crosses: false,
            slot: None,
        };
        let mut found = Lifetimes {
            values: vec![nowhere; function.types.len()],
            entered: vec![0; function.blocks.len()],
            slots: 0,
        };
        found.find_definitions(function);
        let loops = found.find_uses(function);
        found.stretch(&loops);
        found.assign(function, is_kept);
        found
    }

    /// That of a value.
    pub fn of(&self, value: Value) -> &Lifetime {
        &self.values[value.0 as usize]
    }

    fn of_mut(&mut self, value: Value) -> &mut Lifetime {
        &mut self.values[value.0 as usize]
    }

    fn find_definitions(&mut self, function: &Linear) {
        for &block in &function.order {
            let data = &function.blocks[block.0 as usize];
            for &parameter in &data.parameters {
                let lifetime = self.of_mut(parameter);
                (lifetime.block, lifetime.start, lifetime.end) = (block, data.insts.0, data.insts.0);
                lifetime.crosses = true;
            }
            for at in data.insts.0..data.insts.1 {
                for value in function.insts[at as usize].defines().into_iter().flatten() {
                    let lifetime = self.of_mut(value);
                    (lifetime.block, lifetime.start, lifetime.end, lifetime.last_use) = (block, at, at, at);
                }
            }
        }
    }

    /// Also the loops, from the position of the first instruction to that of the jump back.
    fn find_uses(&mut self, function: &Linear) -> Vec<(u32, u32)> {
        let mut loops = Vec::new();
        let mut exits = vec![None; function.blocks.len()];
        for (index, &block) in function.order.iter().enumerate() {
            let (first, end) = function.blocks[block.0 as usize].insts;
            let is_exit = function.exits_from.is_some_and(|exits| index >= exits);
            let at_branch: u32 = exits[block.0 as usize].unwrap_or(first);
            for at in first..end {
                let position = if is_exit { at_branch } else { at };
                let inst = &function.insts[at as usize];
                inst.each_use(function, |value| {
                    let lifetime = self.of_mut(value);
                    lifetime.uses += 1;
                    lifetime.end = lifetime.end.max(position);
                    if lifetime.block == block { lifetime.last_use = at } else { lifetime.crosses = true }
                });
                inst.each_target(function, |target| {
                    self.entered[target.0 as usize] += 1;
                    let data = &function.blocks[target.0 as usize];
                    for &parameter in &data.parameters {
                        let lifetime = self.of_mut(parameter);
                        lifetime.start = lifetime.start.min(position);
                        lifetime.end = lifetime.end.max(position);
                    }
                    if !is_exit && data.insts.0 <= at {
                        loops.push((data.insts.0, at));
                    }
                    let known = exits[target.0 as usize].map_or(position, |known: u32| known.max(position));
                    exits[target.0 as usize] = Some(known);
                });
            }
        }
        loops
    }

    /// What a loop uses that was there before is needed until its end.
    fn stretch(&mut self, loops: &[(u32, u32)]) {
        let mut is_done = loops.is_empty();
        while !is_done {
            is_done = true;
            for lifetime in &mut self.values {
                for &(first, last) in loops {
                    if lifetime.start < first && lifetime.end >= first && lifetime.end < last {
                        lifetime.end = last;
                        is_done = false;
                    }
                }
            }
        }
    }

    /// Gives a place to each value that is used beyond its block or beyond a call.
    fn assign(&mut self, function: &Linear, is_kept: impl Fn(Value) -> bool) {
        let mut calls = Vec::with_capacity(function.insts.len() + 1);
        let mut count = 0_u32;
        for inst in &function.insts {
            calls.push(count);
            count += u32::from(matches!(inst, Inst::Call { .. }));
        }
        calls.push(count);
        let first_exit = function.exits_from.and_then(|exits| function.order.get(exits));
        let exits_at = first_exit.map_or(u32::MAX, |block| function.blocks[block.0 as usize].insts.0);
        let mut wanting: Vec<(u32, u32, Value)> = Vec::new();
        let mut of_exits = Vec::new();
        for (index, lifetime) in self.values.iter().enumerate() {
            let value = Value(index as u32);
            let is_used = lifetime.uses > 0 && lifetime.block.0 != u32::MAX;
            let spans_call = || {
                calls[lifetime.last_use as usize] > calls[(lifetime.start as usize + 1).min(calls.len() - 1)]
            };
            if !is_used || is_kept(value) || !(lifetime.crosses || spans_call()) {
                continue;
            }
            let (first, _) = function.blocks[lifetime.block.0 as usize].insts;
            if first >= exits_at {
                of_exits.push(value)
            } else {
                wanting.push((lifetime.start, lifetime.end, value))
            }
        }
        wanting.sort_unstable();
        let mut taken = BinaryHeap::new();
        let mut free = BinaryHeap::new();
        for (start, end, value) in wanting {
            while let Some(&Reverse((last, slot))) = taken.peek()
                && last < start
            {
                taken.pop();
                free.push(Reverse(slot));
            }
            let slot = free.pop().map_or_else(
                || {
                    self.slots += 1;
                    self.slots - 1
                },
                |Reverse(slot)| slot,
            );
            taken.push(Reverse((end, slot)));
            self.of_mut(value).slot = Some(slot);
        }
        self.assign_in_exits(function, &of_exits);
    }

    /// Of exits, one is taken at most: all of them have the same places.
    fn assign_in_exits(&mut self, function: &Linear, values: &[Value]) {
        let parameters = |block: Block| &function.blocks[block.0 as usize].parameters;
        let (base, mut block, mut next) = (self.slots, Block(u32::MAX), 0);
        let most =
            values.iter().map(|&value| parameters(self.of(value).block).len() as u32).max().unwrap_or(0);
        for &value in values {
            let lifetime = self.of_mut(value);
            if lifetime.block != block {
                (block, next) = (lifetime.block, base + most);
            }
            let place = match parameters(block).iter().position(|&parameter| parameter == value) {
                Some(index) => base + index as u32,
                None => {
                    next += 1;
                    next - 1
                }
            };
            lifetime.slot = Some(place);
            self.slots = self.slots.max(place + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::linear::{Binary, Range, Ty};
    use super::*;

    const NONE: Range = Range { start: 0, count: 0 };

    fn number(function: &mut Linear, bits: i64) -> Value {
        let to = function.value(Ty::I64);
        function.push(Inst::Const { to, bits });
        to
    }

    fn sum(function: &mut Linear, a: Value, b: Value) -> Value {
        let to = function.value(Ty::I64);
        function.push(Inst::Binary { op: Binary::Add, to, a, b });
        to
    }

    #[test]
    fn values_share_places_one_after_the_other_but_not_in_loops() {
        let mut function = Linear::default();
        let [first, head, end] = [(); 3].map(|()| function.block());
        function.begin(first);
        let one = number(&mut function, 1);
        let before = sum(&mut function, one, one);
        function.push(Inst::Jump { block: head, arguments: NONE });
        function.begin(head);
        let inside = sum(&mut function, before, one);
        let middle = function.block();
        function.push(Inst::Jump { block: middle, arguments: NONE });
        function.begin(middle);
        let after = sum(&mut function, inside, inside);
        function.push(Inst::Branch {
            condition: after,
            then: head,
            then_arguments: NONE,
            otherwise: end,
            otherwise_arguments: NONE,
        });
        function.begin(end);
        function.push(Inst::Return { value: after });
        let found = Lifetimes::new(&function, |value| value == one);
        let slots = [before, inside, after].map(|value| found.of(value).slot);
        // What was there before the loop is needed by its next turn.
        assert_eq!(slots, [Some(0), Some(1), Some(2)]);
        assert_eq!(found.of(one).slot, None);
        assert_eq!(found.entered, [0, 2, 1, 1]);
    }
}
