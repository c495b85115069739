//! Linear instructions to machine code, in one pass.
//!
//! A value that is used beyond its block, or beyond a call, is stored to its place on the stack as soon as it
//! is computed. Registers are a cache: what they hold can be forgotten at any time, but for values that have
//! no place, which get one when their register is wanted. A block that is entered from one place alone begins
//! with what the registers held there.
//!
//! `rbx`, `r12` and `r13` are the frame, the thread and the exit buffer; `r11` and `xmm8` up are for the
//! emitter.

use super::lifetimes::Lifetimes;
use super::linear::{Binary, Block, Checked, Float, FloatOrder, Inst, Linear, Order, Ty, Value};
use super::registers::Registers;
use super::x64::{
    Alu, Assembler, Condition, Label, Mem, R8, R9, R11, R12, R13, R14, R15, RAX, RBP, RBX, RCX, RDI, RDX,
    RSI, RSP, Reg, Shift, Sse, Width, Xmm,
};

/// The parameters of compiled code by value, and where they are for good.
pub(super) const PINNED: [(Value, Reg); 3] = [(Value(0), RBX), (Value(1), R12), (Value(3), R13)];

/// The entry index, which is in this register at first.
const ENTRY: (Value, Reg) = (Value(2), RDX);

/// Registers for values, those that calls leave alone last.
pub(super) const GENERAL: [Reg; 10] = [RAX, RCX, RDX, RSI, RDI, R8, R9, Reg(10), R14, R15];

/// Those for doubles; calls leave none alone.
pub(super) const DOUBLES: u8 = 8;

/// Where arguments go.
pub(super) const ARGUMENTS: [Reg; 6] = [RDI, RSI, RDX, RCX, R8, R9];

/// Bytes of saved registers below `rbp`.
pub(super) const SAVED: i32 = 40;

/// No register.
pub(super) const NOWHERE: u8 = u8::MAX;

/// What was emitted.
pub struct Emitted {
    /// Machine code, of the type `NativeFn`.
    pub bytes: Vec<u8>,
    /// From which offset on it is of which bytecode.
    pub places: Vec<(u32, Option<u32>)>,
    /// Bytes of stack that it takes.
    pub stack: u32,
    /// Where `rbp` is pushed, where it is set, and where `rbx` and `r12` to `r15` are pushed: the ends of
    /// these.
    pub pushed: [u32; 7],
    /// Where the last of them is popped.
    pub popped: u32,
}

/// Why a function cannot be emitted.
pub type Refusal = &'static str;

/// Emits a function.
pub fn emit(function: &Linear) -> Result<Emitted, Refusal> {
    let mut constants = vec![None; function.types.len()];
    for inst in &function.insts {
        if let Inst::Const { to, bits } = *inst {
            constants[to.0 as usize] = Some(bits);
        }
    }
    let is_kept = |value: Value| {
        constants[value.0 as usize].is_some() || PINNED.iter().any(|(pinned, _)| *pinned == value)
    };
    let lifetimes = Lifetimes::new(function, is_kept);
    let mut assembler = Assembler::with_capacity(function.insts.len() * 6);
    let labels = function.blocks.iter().map(|_| assembler.label()).collect();
    let epilogue = assembler.label();
    let mut emitter = Emitter {
        function,
        slots: lifetimes.slots,
        lifetimes,
        constants,
        assembler,
        labels,
        epilogue,
        registers: Registers::EMPTY,
        at: vec![NOWHERE; function.types.len()],
        spilled: vec![None; function.types.len()],
        inherited: vec![None; function.blocks.len()],
        bequeathed: Vec::with_capacity(function.blocks.len()),
        locked: 0,
        turn: 0,
        now: 0,
    };
    emitter.function()
}

pub(super) struct Emitter<'a> {
    pub(super) function: &'a Linear,
    pub(super) lifetimes: Lifetimes,
    pub(super) constants: Vec<Option<i64>>,
    pub(super) assembler: Assembler,
    pub(super) labels: Vec<Label>,
    pub(super) epilogue: Label,
    pub(super) registers: Registers,
    /// By value: its register, doubles from 16 on.
    pub(super) at: Vec<u8>,
    /// By value: the place that it got when its register was wanted.
    pub(super) spilled: Vec<Option<u32>>,
    /// By block: which of these its registers hold at its beginning, if it is entered from one place.
    pub(super) inherited: Vec<Option<u32>>,
    /// What registers held at jumps to such blocks.
    pub(super) bequeathed: Vec<Registers>,
    /// Places on the stack.
    pub(super) slots: u32,
    /// General registers, and doubles from 16 on, that this instruction uses.
    pub(super) locked: u32,
    /// Which register was forgotten last.
    pub(super) turn: usize,
    /// The instruction.
    pub(super) now: u32,
}

impl Emitter<'_> {
    fn function(&mut self) -> Result<Emitted, Refusal> {
        let function = self.function;
        let mut pushed = [0; 7];
        self.assembler.push(RBP);
        pushed[0] = self.assembler.here();
        self.assembler.mov(RBP, RSP);
        pushed[1] = self.assembler.here();
        for (end, register) in pushed[2..].iter_mut().zip([RBX, R12, R13, R14, R15]) {
            self.assembler.push(register);
            *end = self.assembler.here();
        }
        let reserved = self.assembler.reserve();
        for ((_, to), from) in PINNED.into_iter().zip([RDI, RSI, RCX]) {
            self.assembler.mov(to, from);
        }
        self.hold(ENTRY.1, ENTRY.0);
        self.store_if_placed(ENTRY.0);

        let is_cold = |block: &Block| function.blocks[block.0 as usize].is_cold;
        let warm = function.order.iter().copied().filter(|block| !is_cold(block));
        let order: Vec<Block> = warm.chain(function.order.iter().copied().filter(is_cold)).collect();
        let mut places = vec![(0, None)];
        for (index, &block) in order.iter().enumerate() {
            self.block(block, order.get(index + 1).copied(), index == 0, &mut places)?;
        }
        self.assembler.bind(self.epilogue);
        self.assembler.address(RSP, Mem(RBP, -SAVED));
        for register in [R15, R14, R13, R12, RBX, RBP] {
            self.assembler.pop(register);
        }
        let popped = self.assembler.here();
        self.assembler.ret();
        if !self.assembler.link() {
            return Err("a branch to a block that was never filled");
        }
        // The return address and six registers were pushed: seven words, and one more keeps calls aligned.
        let stack = (self.slots * 8 + self.function.stack_bytes).next_multiple_of(16) + 8;
        self.assembler.bytes[reserved..reserved + 4].copy_from_slice(&stack.to_le_bytes());
        Ok(Emitted {
            bytes: std::mem::take(&mut self.assembler.bytes),
            places,
            stack: stack + SAVED as u32 + 16,
            pushed,
            popped,
        })
    }

    fn block(
        &mut self,
        block: Block,
        next: Option<Block>,
        is_first: bool,
        places: &mut Vec<(u32, Option<u32>)>,
    ) -> Result<(), Refusal> {
        let function = self.function;
        if !is_first {
            let inherited = self.inherited[block.0 as usize];
            let registers = inherited.map_or(Registers::EMPTY, |index| self.bequeathed[index as usize]);
            self.restore(&registers);
        }
        self.assembler.bind(self.labels[block.0 as usize]);
        let (first, end) = function.blocks[block.0 as usize].insts;
        let mut place = function.places.partition_point(|(at, _)| *at <= first).saturating_sub(1);
        let mut at = first;
        while at < end {
            while let Some(&(_, pc)) = function.places.get(place).filter(|(from, _)| *from <= at) {
                let here = self.assembler.here();
                match places.last_mut() {
                    Some(last) if last.0 == here => last.1 = pc,
                    Some(last) if last.1 == pc => {}
                    _ => places.push((here, pc)),
                }
                place += 1;
            }
            self.now = at;
            self.locked = 0;
            at += self.inst(at, end, next)?;
        }
        Ok(())
    }

    /// Emits the instruction there, with some of those after it if they are better done together; how many.
    fn inst(&mut self, at: u32, end: u32, next: Option<Block>) -> Result<u32, Refusal> {
        let function = self.function;
        let inst = function.insts[at as usize];
        let following = |by: u32| (at + by < end).then(|| function.insts[(at + by) as usize]);
        if inst.is_pure() && inst.defines().into_iter().flatten().all(|value| self.uses(value) == 0) {
            return Ok(1);
        }
        match inst {
            Inst::Const { .. } => {}
            Inst::Load { to, base, offset } => {
                if let Some(taken) = self.fused_load(at, end, next) {
                    return Ok(taken);
                }
                let from = self.memory(base, offset);
                match self.ty(to) {
                    Ty::F64 => {
                        let register = self.new_double(to);
                        self.assembler.load_double(register, from);
                    }
                    ty => {
                        let register = self.new_general(to);
                        self.assembler.load(width(ty), register, from);
                    }
                }
                self.store_if_placed(to);
            }
            Inst::Store { value, base, offset } => self.store(value, base, offset),
            Inst::Binary { op, to, a, b } => match self.number(b) {
                Some(number) if op != Binary::Divide && op != Binary::UnsignedMin => {
                    self.binary_number(op, to, a, number);
                }
                _ => self.binary(op, to, a, b),
            },
            Inst::BinaryNumber { op, to, a, number } => match i32::try_from(number) {
                Ok(small) => self.binary_number(op, to, a, small),
                Err(_) => {
                    let register = self.own_general(to, a);
                    self.assembler.number(R11, number);
                    self.alu_or_multiply(op, to, register, R11)?;
                    self.store_if_placed(to);
                }
            },
            Inst::Checked { op, to, overflow, a, b } => {
                self.checked(op, to, a, b);
                return Ok(self.finish_condition(Condition::OVERFLOW, overflow, following(1), next));
            }
            Inst::Negate { to, a } => {
                let register = self.own_general(to, a);
                self.assembler.negate(register);
                self.store_if_placed(to);
            }
            Inst::Complement { to, a } => {
                let register = self.own_general(to, a);
                self.assembler.complement(register);
                self.store_if_placed(to);
            }
            Inst::Compare { order, to, a, b } => {
                let condition = match self.number(b) {
                    Some(number) => self.compare_number(order, a, number),
                    None => {
                        let (left, right) = (self.general(a), self.general(b));
                        self.assembler.alu(Alu::Cmp, wide(self.ty(a)), left, right);
                        condition(order)
                    }
                };
                return Ok(self.finish_condition(condition, to, following(1), next));
            }
            Inst::CompareNumber { order, to, a, number } => {
                let condition = match i32::try_from(number) {
                    Ok(number) => self.compare_number(order, a, number),
                    Err(_) => {
                        let left = self.general(a);
                        self.assembler.number(R11, number);
                        self.assembler.alu(Alu::Cmp, wide(self.ty(a)), left, R11);
                        condition(order)
                    }
                };
                return Ok(self.finish_condition(condition, to, following(1), next));
            }
            Inst::Float { op, to, a, b } => {
                let right = self.double(b);
                let register = self.own_double(to, a, right);
                let op = match op {
                    Float::Add => Sse::Add,
                    Float::Sub => Sse::Sub,
                    Float::Mul => Sse::Mul,
                    Float::Div => Sse::Div,
                };
                self.assembler.arithmetic(op, register, right);
                self.store_if_placed(to);
            }
            Inst::FloatNegate { to, a } => {
                let sign = Xmm(DOUBLES);
                let register = self.own_double(to, a, sign);
                self.assembler.number(R11, i64::MIN);
                self.assembler.double_of_bits(sign, R11);
                self.assembler.xor_double(register, sign);
                self.store_if_placed(to);
            }
            Inst::FloatMagnitude { to, a } => {
                let rest = Xmm(DOUBLES);
                let register = self.own_double(to, a, rest);
                self.assembler.number(R11, i64::MAX);
                self.assembler.double_of_bits(rest, R11);
                self.assembler.and_double(register, rest);
                self.store_if_placed(to);
            }
            Inst::SquareRoot { to, a } => {
                let from = self.double(a);
                let register = self.new_double(to);
                self.assembler.square_root(register, from);
                self.store_if_placed(to);
            }
            Inst::IntOfFloat { to, a } => {
                let from = self.double(a);
                let register = self.new_general(to);
                self.assembler.int_of_double(register, from);
                self.store_if_placed(to);
            }
            Inst::FloatCompare { order, to, a, b } => {
                if let Some(condition) = self.compare_doubles(order, to, a, b) {
                    return Ok(self.finish_condition(condition, to, following(1), next));
                }
            }
            Inst::FloatOfInt { to, a } => {
                let from = self.general(a);
                let register = self.new_double(to);
                self.assembler.double_of_int(register, from);
                self.store_if_placed(to);
            }
            Inst::Resize { to, a } => {
                let from = self.general(a);
                let register = self.new_general(to);
                match self.ty(to) {
                    Ty::I64 => self.assembler.mov(register, from),
                    Ty::I32 | Ty::I8 | Ty::F64 => self.assembler.mov_long(register, from),
                }
                self.store_if_placed(to);
            }
            Inst::Select { to, condition, a, b } => {
                let (chosen, other) = (self.general(a), self.general(b));
                let tested = self.general(condition);
                let register = self.new_general(to);
                self.assembler.mov(register, other);
                self.assembler.test(wide(self.ty(condition)), tested);
                self.assembler.mov_if(Condition::NOT_EQUAL, register, chosen);
                self.store_if_placed(to);
            }
            Inst::StackAddress { to, offset } => {
                let register = self.new_general(to);
                let from = Mem(RBP, -SAVED - self.function.stack_bytes as i32 + offset);
                self.assembler.address(register, from);
                self.store_if_placed(to);
            }
            Inst::Call { to, address, arguments } => self.call(to, address, arguments)?,
            Inst::Jump { block, arguments } => self.jump(block, arguments, next),
            Inst::Branch { condition, .. } => {
                let tested = self.general(condition);
                self.assembler.test(wide(self.ty(condition)), tested);
                self.branch(Condition::NOT_EQUAL, inst, next);
            }
            Inst::Switch { index, blocks } => self.switch(index, blocks),
            Inst::Return { value } => {
                match self.constants[value.0 as usize] {
                    Some(bits) => self.assembler.number(RAX, bits),
                    None => {
                        let register = self.general(value);
                        self.assembler.mov(RAX, register);
                    }
                }
                self.assembler.jump(self.epilogue);
            }
        }
        Ok(1)
    }

    fn store(&mut self, value: Value, base: Value, offset: i32) {
        let ty = self.ty(value);
        if ty == Ty::F64 {
            let register = self.double(value);
            let to = self.memory(base, offset);
            return self.assembler.store_double(to, register);
        }
        if self.at[value.0 as usize] == NOWHERE
            && let Some(number) = self.number(value)
        {
            let to = self.memory(base, offset);
            return self.assembler.store_number(width(ty), to, number);
        }
        let register = self.general(value);
        let to = self.memory(base, offset);
        self.assembler.store(width(ty), to, register);
    }

    fn binary(&mut self, op: Binary, to: Value, a: Value, b: Value) {
        match op {
            Binary::Divide => return self.divide(to, a, b),
            Binary::ShiftLeft | Binary::ShiftRight => return self.shift(op, to, a, b),
            Binary::Add
            | Binary::Sub
            | Binary::Mul
            | Binary::And
            | Binary::Or
            | Binary::Xor
            | Binary::UnsignedMin => {}
        }
        let right = self.general(b);
        let left = self.general(a);
        // The right operand must survive until it is used.
        let register = if a == b {
            let own = self.new_general(to);
            self.assembler.mov(own, left);
            own
        } else {
            self.own_general(to, a)
        };
        match op {
            Binary::UnsignedMin => {
                self.assembler.alu(Alu::Cmp, Width::Quad, register, right);
                self.assembler.mov_if(Condition::ABOVE, register, right);
            }
            Binary::Mul => self.assembler.multiply(register, right),
            _ => {
                if let Some(alu) = alu(op) {
                    self.assembler.alu(alu, wide(self.ty(to)), register, right);
                }
            }
        }
        self.store_if_placed(to);
    }

    fn alu_or_multiply(&mut self, op: Binary, to: Value, register: Reg, right: Reg) -> Result<(), Refusal> {
        match (op, alu(op)) {
            (Binary::Mul, _) => self.assembler.multiply(register, right),
            (_, Some(alu)) => self.assembler.alu(alu, wide(self.ty(to)), register, right),
            (_, None) => return Err("a large number in a shift or division"),
        }
        Ok(())
    }

    fn binary_number(&mut self, op: Binary, to: Value, a: Value, number: i32) {
        if op == Binary::Mul {
            let from = self.general(a);
            let register = self.new_general(to);
            self.assembler.multiply_number(register, from, number);
            return self.store_if_placed(to);
        }
        let register = self.own_general(to, a);
        match op {
            Binary::ShiftLeft => self.assembler.shift_number(Shift::Left, register, number as u8 & 63),
            Binary::ShiftRight => self.assembler.shift_number(Shift::Right, register, number as u8 & 63),
            _ => {
                if let Some(alu) = alu(op) {
                    self.assembler.alu_number(alu, wide(self.ty(to)), register, number);
                }
            }
        }
        self.store_if_placed(to);
    }

    fn checked(&mut self, op: Checked, to: Value, a: Value, b: Value) {
        let right = self.general(b);
        let register = if a == b {
            let own = self.new_general(to);
            self.assembler.mov(own, right);
            own
        } else {
            self.own_general(to, a)
        };
        match op {
            Checked::Add => self.assembler.alu(Alu::Add, Width::Quad, register, right),
            Checked::Sub => self.assembler.alu(Alu::Sub, Width::Quad, register, right),
            Checked::Mul => self.assembler.multiply(register, right),
        }
        self.store_if_placed(to);
    }

    fn divide(&mut self, to: Value, a: Value, b: Value) {
        let divisor = self.general(b);
        self.assembler.mov(R11, divisor);
        let dividend = self.general(a);
        // What is read is still there when its register has been given up.
        self.evict(RDX);
        self.evict(RAX);
        self.assembler.mov(RAX, dividend);
        self.assembler.divide(R11);
        self.hold(RAX, to);
        self.store_if_placed(to);
    }

    fn shift(&mut self, op: Binary, to: Value, a: Value, b: Value) {
        let (from, by) = (self.general(a), self.general(b));
        self.assembler.mov(R11, from);
        self.evict(RCX);
        self.assembler.mov(RCX, by);
        self.locked |= 1 << RCX.0;
        let register = self.new_general(to);
        self.assembler.mov(register, R11);
        let shift = if op == Binary::ShiftLeft { Shift::Left } else { Shift::Right };
        self.assembler.shift(shift, register);
        self.store_if_placed(to);
    }

    fn compare_number(&mut self, order: Order, a: Value, number: i32) -> Condition {
        let left = self.general(a);
        let width = wide(self.ty(a));
        match (number, order) {
            (0, Order::Equal | Order::NotEqual) => self.assembler.test(width, left),
            _ => self.assembler.alu_number(Alu::Cmp, width, left, number),
        }
        condition(order)
    }

    /// Compares doubles; the condition to look at, or none where the result has been made.
    fn compare_doubles(&mut self, order: FloatOrder, to: Value, a: Value, b: Value) -> Option<Condition> {
        let (left, right) = (self.double(a), self.double(b));
        let condition = match order {
            FloatOrder::Less | FloatOrder::LessOrEqual => {
                self.assembler.compare_doubles(right, left);
                if order == FloatOrder::Less { Condition::ABOVE } else { Condition::ABOVE_OR_EQUAL }
            }
            FloatOrder::Greater | FloatOrder::GreaterOrEqual => {
                self.assembler.compare_doubles(left, right);
                if order == FloatOrder::Greater { Condition::ABOVE } else { Condition::ABOVE_OR_EQUAL }
            }
            FloatOrder::Equal | FloatOrder::NotEqual => {
                self.assembler.compare_doubles(left, right);
                let register = self.new_general(to);
                let (whether, together, alu) = match order {
                    FloatOrder::Equal => (Condition::EQUAL, Condition::ORDERED, Alu::And),
                    _ => (Condition::NOT_EQUAL, Condition::UNORDERED, Alu::Or),
                };
                self.assembler.set(whether, register);
                self.assembler.set(together, R11);
                self.assembler.alu(alu, Width::Long, register, R11);
                self.store_if_placed(to);
                return None;
            }
        };
        Some(condition)
    }

    /// A condition was computed: branches by it if that is all that is done with it, else makes a value of
    /// it. How many instructions that were.
    fn finish_condition(
        &mut self,
        condition: Condition,
        to: Value,
        following: Option<Inst>,
        next: Option<Block>,
    ) -> u32 {
        if let Some(inst @ Inst::Branch { condition: tested, .. }) = following
            && tested == to
            && self.uses(to) == 1
        {
            self.now += 1;
            self.branch(condition, inst, next);
            return 2;
        }
        if self.uses(to) > 0 {
            let register = self.new_general(to);
            self.assembler.set(condition, register);
            self.store_if_placed(to);
        }
        1
    }

    /// A load whose value is only changed by a number and stored again, or only compared: in memory. How many
    /// instructions that were; none if it is another one.
    fn fused_load(&mut self, at: u32, end: u32, next: Option<Block>) -> Option<u32> {
        let function = self.function;
        let get = |at: u32| (at < end).then(|| function.insts[at as usize]);
        let Inst::Load { to: loaded, base, offset } = function.insts[at as usize] else { return None };
        if self.uses(loaded) != 1 || self.lifetimes.of(loaded).crosses || self.ty(loaded) == Ty::F64 {
            return None;
        }
        let width = width(self.ty(loaded));
        let mut second = at + 1;
        while let Some(Inst::Const { .. }) = get(second) {
            second += 1;
        }
        match get(second)? {
            Inst::BinaryNumber { op: Binary::Add, to: changed, a, number } if a == loaded => {
                let number = i32::try_from(number).ok()?;
                let third = second + 1;
                let stored = Inst::Store { value: changed, base, offset };
                if get(third)? != stored || self.lifetimes.of(changed).crosses {
                    return None;
                }
                let branch = get(third + 1)
                    .filter(|inst| matches!(inst, Inst::Branch { condition, .. } if *condition == changed));
                match (self.uses(changed), branch) {
                    (1, _) => {
                        let memory = self.memory(base, offset);
                        self.assembler.alu_memory_number(Alu::Add, width, memory, number);
                        Some(third + 1 - at)
                    }
                    (2, Some(inst)) => {
                        let memory = self.memory(base, offset);
                        self.assembler.alu_memory_number(Alu::Add, width, memory, number);
                        self.now = third + 1;
                        self.branch(Condition::NOT_EQUAL, inst, next);
                        Some(third + 2 - at)
                    }
                    _ => None,
                }
            }
            Inst::Compare { order, to, a, b } if a == loaded => {
                match self.number(b) {
                    Some(number) => {
                        let memory = self.memory(base, offset);
                        self.assembler.alu_memory_number(Alu::Cmp, width, memory, number);
                    }
                    None => {
                        let right = self.general(b);
                        let memory = self.memory(base, offset);
                        self.assembler.alu_memory(Alu::Cmp, width, memory, right);
                    }
                }
                self.now = second;
                let taken = self.finish_condition(condition(order), to, get(second + 1), next);
                Some(second + taken - at)
            }
            Inst::CompareNumber { order, to, a, number } if a == loaded => {
                let number = i32::try_from(number).ok()?;
                let memory = self.memory(base, offset);
                self.assembler.alu_memory_number(Alu::Cmp, width, memory, number);
                self.now = second;
                let taken = self.finish_condition(condition(order), to, get(second + 1), next);
                Some(second + taken - at)
            }
            _ => None,
        }
    }
}

/// How much of memory a type is.
fn width(ty: Ty) -> Width {
    match ty {
        Ty::I8 => Width::Byte,
        Ty::I32 => Width::Long,
        Ty::I64 | Ty::F64 => Width::Quad,
    }
}

/// How much of a register is looked at: what is above a byte is zero.
fn wide(ty: Ty) -> Width {
    match ty {
        Ty::I8 | Ty::I32 => Width::Long,
        Ty::I64 | Ty::F64 => Width::Quad,
    }
}

fn alu(op: Binary) -> Option<Alu> {
    match op {
        Binary::Add => Some(Alu::Add),
        Binary::Sub => Some(Alu::Sub),
        Binary::And => Some(Alu::And),
        Binary::Or => Some(Alu::Or),
        Binary::Xor => Some(Alu::Xor),
        Binary::Mul | Binary::ShiftLeft | Binary::ShiftRight | Binary::Divide | Binary::UnsignedMin => None,
    }
}

fn condition(order: Order) -> Condition {
    match order {
        Order::Equal => Condition::EQUAL,
        Order::NotEqual => Condition::NOT_EQUAL,
        Order::Less => Condition::LESS,
        Order::LessOrEqual => Condition::LESS_OR_EQUAL,
        Order::Greater => Condition::GREATER,
        Order::GreaterOrEqual => Condition::GREATER_OR_EQUAL,
        Order::Below => Condition::BELOW,
        Order::BelowOrEqual => Condition::BELOW_OR_EQUAL,
        Order::Above => Condition::ABOVE,
        Order::AboveOrEqual => Condition::ABOVE_OR_EQUAL,
    }
}
