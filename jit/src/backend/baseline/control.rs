//! Calls, jumps and branches.

use super::emit::{ARGUMENTS, DOUBLES, Emitter, NOWHERE, PINNED, Refusal};
use super::linear::{Block, Inst, Range, Ty, Value};
use super::registers::FIRST_DOUBLE;
use super::x64::{Alu, Condition, Mem, R11, RAX, RSP, Reg, Width, Xmm};
use smallvec::SmallVec;

impl Emitter<'_> {
    pub(super) fn call(
        &mut self,
        to: Option<Value>,
        address: usize,
        arguments: Range,
    ) -> Result<(), Refusal> {
        let function = self.function;
        let arguments = function.in_range(arguments);
        let is_double = |value: &Value| function.types[value.0 as usize] == Ty::F64;
        type Arguments = SmallVec<[Value; ARGUMENTS.len()]>;
        let doubles: Arguments = arguments.iter().copied().filter(is_double).collect();
        let general: Arguments = arguments.iter().copied().filter(|value| !is_double(value)).collect();
        if general.len() > ARGUMENTS.len() || doubles.len() > 4 {
            return Err("a call with many arguments");
        }
        for (index, &value) in doubles.iter().enumerate() {
            let register = self.double(value);
            self.assembler.mov_double(Xmm(DOUBLES + index as u8), register);
        }
        for index in 0..doubles.len() as u8 {
            self.assembler.mov_double(Xmm(index), Xmm(DOUBLES + index));
        }
        let register_of = |emitter: &Self, value: Value| {
            let pinned = PINNED.iter().find(|(pinned, _)| *pinned == value).map(|(_, register)| *register);
            let known = emitter.at[value.0 as usize];
            pinned.or((known != NOWHERE).then_some(Reg(known)))
        };
        let mut moves = SmallVec::<[(Reg, Reg); ARGUMENTS.len()]>::new();
        let mut loads = SmallVec::<[(Reg, Value); ARGUMENTS.len()]>::new();
        for (&register, &value) in ARGUMENTS.iter().zip(&general) {
            match register_of(self, value) {
                Some(from) if from == register => {}
                Some(from) => moves.push((register, from)),
                None => loads.push((register, value)),
            }
        }
        // What is moved to a register must not be moved from it later. Those that stay where they are are in
        // nobody's way: each register is the place of one argument.
        while !moves.is_empty() {
            let ready = moves.iter().position(|(to, _)| moves.iter().all(|(_, from)| from != to));
            match ready {
                Some(index) => {
                    let (to, from) = moves.swap_remove(index);
                    self.assembler.mov(to, from);
                }
                None => {
                    // A circle: one of them waits elsewhere.
                    let (_, from) = moves[0];
                    self.assembler.mov(R11, from);
                    moves.iter_mut().filter(|(_, other)| *other == from).for_each(|(_, other)| *other = R11);
                }
            }
        }
        for (register, value) in loads {
            match (self.constants[value.0 as usize], self.place(value)) {
                (Some(bits), _) => self.assembler.number(register, bits),
                (None, Some(place)) => self.assembler.load(Width::Quad, register, place),
                (None, None) => return Err("an argument that is nowhere"),
            }
        }
        self.assembler.number(RAX, address as i64);
        self.assembler.call(RAX);
        self.forget_what_calls_change();
        if let Some(to) = to.filter(|&to| self.uses(to) > 0) {
            if self.ty(to) == Ty::F64 {
                self.hold_double(Xmm(0), to)
            } else {
                self.hold(RAX, to)
            }
            self.store_if_placed(to);
        }
        Ok(())
    }

    /// Gives a block its arguments. Flags stay.
    pub(super) fn pass(&mut self, block: Block, arguments: Range) {
        let function = self.function;
        let parameters = &function.blocks[block.0 as usize].parameters;
        let arguments = function.in_range(arguments);
        let is_read_later = |index: usize| {
            arguments[index + 1..]
                .iter()
                .any(|later| *later != arguments[index] && *later == parameters[index])
                || self.shares_place(parameters[index], &arguments[index + 1..])
        };
        if (0..arguments.len()).any(is_read_later) {
            // One place is that of another's argument: all are read before any is written.
            for &argument in arguments {
                if let Some(bits) = self.constants[argument.0 as usize] {
                    self.assembler.number(R11, bits);
                    self.assembler.push(R11);
                } else if let Some(place) = self.place(argument) {
                    self.assembler.push_memory(place);
                } else {
                    let register = self.at[argument.0 as usize];
                    if register >= FIRST_DOUBLE && register != NOWHERE {
                        self.assembler.push(R11);
                        self.assembler.store_double(Mem(RSP, 0), Xmm(register - FIRST_DOUBLE));
                    } else {
                        let register = self.general(argument);
                        self.assembler.push(register);
                    }
                }
            }
            for &parameter in parameters.iter().rev() {
                match self.place(parameter) {
                    Some(place) => self.assembler.pop_memory(place),
                    None => self.assembler.pop(R11),
                }
            }
            return;
        }
        for (&parameter, &argument) in parameters.iter().zip(arguments) {
            let Some(to) = self.place(parameter).filter(|_| parameter != argument) else { continue };
            if self.place(argument) == Some(to) {
                continue;
            }
            self.locked = 0;
            if self.ty(parameter) == Ty::F64 {
                let register = self.double(argument);
                self.assembler.store_double(to, register);
            } else if let Some(number) = self.number(argument) {
                self.assembler.store_number(Width::Quad, to, number);
            } else {
                let register = self.general(argument);
                self.assembler.store(Width::Quad, to, register);
            }
        }
    }

    pub(super) fn shares_place(&self, parameter: Value, arguments: &[Value]) -> bool {
        let place = self.place(parameter);
        place.is_some()
            && arguments.iter().any(|&argument| argument != parameter && self.place(argument) == place)
    }

    pub(super) fn jump(&mut self, block: Block, arguments: Range, next: Option<Block>) {
        self.pass(block, arguments);
        self.bequeath(block);
        if next != Some(block) {
            self.assembler.jump(self.labels[block.0 as usize]);
        }
    }

    /// Branches by the flags.
    pub(super) fn branch(&mut self, condition: Condition, inst: Inst, next: Option<Block>) {
        let Inst::Branch { then, then_arguments, otherwise, otherwise_arguments, .. } = inst else { return };
        self.locked = 0;
        let (to_then, to_otherwise) = (self.labels[then.0 as usize], self.labels[otherwise.0 as usize]);
        if then_arguments.count == 0 {
            self.bequeath(then);
            if next == Some(then) && otherwise_arguments.count == 0 {
                self.bequeath(otherwise);
                self.assembler.jump_if(condition.contrary(), to_otherwise);
                return;
            }
            self.assembler.jump_if(condition, to_then);
            self.jump(otherwise, otherwise_arguments, next);
            return;
        }
        let apart = self.assembler.label();
        self.assembler.jump_if(condition.contrary(), apart);
        let registers = self.registers;
        self.pass(then, then_arguments);
        self.bequeath(then);
        self.assembler.jump(to_then);
        self.assembler.bind(apart);
        self.restore(&registers);
        self.jump(otherwise, otherwise_arguments, next);
    }

    pub(super) fn switch(&mut self, index: Value, blocks: Range) {
        let index = self.general(index);
        let blocks = self.function.in_range(blocks);
        for (number, block) in blocks.iter().enumerate().skip(1) {
            self.assembler.alu_number(Alu::Cmp, Width::Long, index, number as i32);
            self.assembler.jump_if(Condition::EQUAL, self.labels[block.0 as usize]);
        }
        if let Some(first) = blocks.first() {
            self.assembler.jump(self.labels[first.0 as usize]);
        }
    }
}
