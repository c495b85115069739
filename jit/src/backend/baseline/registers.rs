//! Which registers hold which values, and what is on the stack.

use super::emit::{DOUBLES, Emitter, GENERAL, NOWHERE, PINNED, SAVED};
use super::linear::{Block, Ty, Value};
use super::x64::{Mem, R11, R14, R15, RBP, Reg, Width, Xmm};

/// The number of a double's register: those of general ones are below.
pub(super) const FIRST_DOUBLE: u8 = 16;

/// Registers that can hold values, by number.
const NUMBERS: usize = (FIRST_DOUBLE + DOUBLES) as usize;

/// What registers hold, by number.
#[derive(Clone, Copy)]
pub(super) struct Registers {
    values: [Value; NUMBERS],
    /// Which of them hold any: a bit for each.
    held: u32,
}

impl Registers {
    /// Nothing.
    pub(super) const EMPTY: Registers = Registers { values: [Value(0); NUMBERS], held: 0 };

    fn get(&self, register: u8) -> Option<Value> {
        (self.held >> register & 1 != 0).then(|| self.values[register as usize])
    }

    /// Has a register hold a value; what it held before.
    fn put(&mut self, register: u8, value: Value) -> Option<Value> {
        let former = self.get(register);
        self.values[register as usize] = value;
        self.held |= 1 << register;
        former
    }

    fn take(&mut self, register: u8) -> Option<Value> {
        let former = self.get(register);
        self.held &= !(1 << register);
        former
    }

    /// All that are held, with the numbers of their registers.
    fn all(&self) -> impl Iterator<Item = (u8, Value)> {
        let Registers { values, mut held } = *self;
        std::iter::from_fn(move || {
            let register = held.trailing_zeros();
            let value = *values.get(register as usize)?;
            held &= held - 1;
            Some((register as u8, value))
        })
    }

    /// What others than these hold.
    fn without(&self, registers: u32) -> Registers {
        Registers { held: self.held & !registers, ..*self }
    }

    /// Those that others have use for.
    fn retained(&self, mut is_wanted: impl FnMut(Value) -> bool) -> Registers {
        let unwanted = self.all().filter(|&(_, value)| !is_wanted(value));
        Registers { held: unwanted.fold(self.held, |held, (register, _)| held & !(1 << register)), ..*self }
    }
}

impl Emitter<'_> {
    pub(super) fn ty(&self, value: Value) -> Ty {
        self.function.types[value.0 as usize]
    }

    pub(super) fn uses(&self, value: Value) -> u32 {
        self.lifetimes.of(value).uses
    }

    /// A constant that fits instructions.
    pub(super) fn number(&self, value: Value) -> Option<i32> {
        match self.ty(value) {
            Ty::F64 => None,
            Ty::I8 | Ty::I32 | Ty::I64 => {
                self.constants[value.0 as usize].and_then(|bits| i32::try_from(bits).ok())
            }
        }
    }

    /// Nobody needs the value after this instruction.
    pub(super) fn is_last_use(&self, value: Value) -> bool {
        let lifetime = self.lifetimes.of(value);
        !lifetime.crosses && lifetime.last_use <= self.now
    }

    pub(super) fn place(&self, value: Value) -> Option<Mem> {
        let slot = self.lifetimes.of(value).slot.or(self.spilled[value.0 as usize])?;
        let below = self.function.stack_bytes as i32 + (slot as i32 + 1) * 8;
        Some(Mem(RBP, -SAVED - below))
    }

    pub(super) fn hold(&mut self, register: Reg, value: Value) {
        self.hold_in(register.0, value);
    }

    pub(super) fn hold_double(&mut self, register: Xmm, value: Value) {
        self.hold_in(register.0 + FIRST_DOUBLE, value);
    }

    fn hold_in(&mut self, register: u8, value: Value) {
        if let Some(former) = self.registers.put(register, value) {
            self.at[former.0 as usize] = NOWHERE;
        }
        self.at[value.0 as usize] = register;
        self.locked |= 1 << register;
    }

    /// What a register holds, which it does no longer.
    fn forget(&mut self, register: u8) -> Option<Value> {
        let value = self.registers.take(register)?;
        self.at[value.0 as usize] = NOWHERE;
        Some(value)
    }

    /// Calls leave two registers alone.
    pub(super) fn forget_what_calls_change(&mut self) {
        let changed = self.registers.without(1 << R14.0 | 1 << R15.0);
        for (register, _) in changed.all() {
            self.forget(register);
        }
    }

    pub(super) fn forget_all(&mut self) {
        for (_, value) in std::mem::replace(&mut self.registers, Registers::EMPTY).all() {
            self.at[value.0 as usize] = NOWHERE;
        }
    }

    pub(super) fn restore(&mut self, registers: &Registers) {
        self.forget_all();
        self.registers = *registers;
        for (register, value) in registers.all() {
            self.at[value.0 as usize] = register;
        }
    }

    /// Keeps what the registers hold for a block that is entered from here alone.
    pub(super) fn bequeath(&mut self, block: Block) {
        if self.lifetimes.entered[block.0 as usize] == 1 {
            let registers = self.registers.retained(|value| self.lifetimes.of(value).crosses);
            self.inherited[block.0 as usize] = Some(self.bequeathed.len() as u32);
            self.bequeathed.push(registers);
        }
    }

    /// Makes a register free: what it holds is on the stack from now on, if anybody needs it.
    pub(super) fn evict(&mut self, register: Reg) {
        let Some(value) = self.forget(register.0) else { return };
        if self.must_be_spilled(value) {
            self.spill(value);
            if let Some(place) = self.place(value) {
                self.assembler.store(Width::Quad, place, register);
            }
        }
    }

    pub(super) fn must_be_spilled(&self, value: Value) -> bool {
        let lifetime = self.lifetimes.of(value);
        // While an instruction is at its last use, that may still be to come.
        let is_needed = lifetime.crosses || lifetime.last_use >= self.now;
        let is_elsewhere = self.constants[value.0 as usize].is_some() || self.place(value).is_some();
        lifetime.uses > 0 && is_needed && !is_elsewhere
    }

    pub(super) fn spill(&mut self, value: Value) {
        self.spilled[value.0 as usize] = Some(self.slots);
        self.slots += 1;
    }

    /// A general register that nobody uses in this instruction.
    pub(super) fn free_general(&mut self) -> Reg {
        let free = |register: &&Reg| self.locked & 1 << register.0 == 0;
        let held = |register: &Reg| self.registers.get(register.0);
        let empty = GENERAL.iter().filter(free).find(|register| {
            held(register)
                .is_none_or(|value| self.is_last_use(value) && self.lifetimes.of(value).last_use < self.now)
        });
        if let Some(&register) = empty {
            self.evict(register);
            return register;
        }
        for _ in 0..GENERAL.len() {
            self.turn = (self.turn + 1) % GENERAL.len();
            let register = GENERAL[self.turn];
            if self.locked & 1 << register.0 == 0 {
                self.evict(register);
                return register;
            }
        }
        // Ten registers are more than an instruction uses.
        R11
    }

    pub(super) fn free_double(&mut self) -> Xmm {
        let empty = (0..DOUBLES).find(|register| {
            let number = register + FIRST_DOUBLE;
            self.locked & 1 << number == 0 && self.registers.get(number).is_none()
        });
        let chosen = empty.unwrap_or_else(|| {
            loop {
                self.turn += 1;
                let register = (self.turn % DOUBLES as usize) as u8;
                if self.locked & 1 << (register + FIRST_DOUBLE) == 0 {
                    break register;
                }
            }
        });
        if let Some(value) = self.forget(chosen + FIRST_DOUBLE)
            && self.must_be_spilled(value)
        {
            self.spill(value);
            if let Some(place) = self.place(value) {
                self.assembler.store_double(place, Xmm(chosen));
            }
        }
        Xmm(chosen)
    }

    /// The register of a value, loaded if it is in none.
    pub(super) fn general(&mut self, value: Value) -> Reg {
        if let Some((_, register)) = PINNED.iter().find(|(pinned, _)| *pinned == value) {
            return *register;
        }
        let known = self.at[value.0 as usize];
        if known != NOWHERE {
            self.locked |= 1 << known;
            return Reg(known);
        }
        let register = self.free_general();
        match (self.constants[value.0 as usize], self.place(value)) {
            (Some(bits), _) => self.assembler.number(register, bits),
            (None, Some(place)) => self.assembler.load(Width::Quad, register, place),
            (None, None) => debug_assert!(false, "{value:?} is nowhere"),
        }
        self.hold(register, value);
        register
    }

    pub(super) fn double(&mut self, value: Value) -> Xmm {
        let known = self.at[value.0 as usize];
        if known != NOWHERE {
            self.locked |= 1 << known;
            return Xmm(known - FIRST_DOUBLE);
        }
        let register = self.free_double();
        match (self.constants[value.0 as usize], self.place(value)) {
            (Some(0), _) => self.assembler.xor_double(register, register),
            (Some(bits), _) => {
                self.assembler.number(R11, bits);
                self.assembler.double_of_bits(register, R11);
            }
            (None, Some(place)) => self.assembler.load_double(register, place),
            (None, None) => debug_assert!(false, "{value:?} is nowhere"),
        }
        self.hold_double(register, value);
        register
    }

    /// A register for a value that is about to be computed.
    pub(super) fn new_general(&mut self, value: Value) -> Reg {
        let register = self.free_general();
        self.hold(register, value);
        register
    }

    pub(super) fn new_double(&mut self, value: Value) -> Xmm {
        let register = self.free_double();
        self.hold_double(register, value);
        register
    }

    /// The same, which has another value at first: in the register of that where nobody needs it any more.
    pub(super) fn own_general(&mut self, value: Value, from: Value) -> Reg {
        let register = self.general(from);
        let is_ours = self.at[from.0 as usize] == register.0;
        if is_ours && self.is_last_use(from) {
            self.hold(register, value);
            return register;
        }
        let own = self.new_general(value);
        self.assembler.mov(own, register);
        own
    }

    /// The same; `other` is used after it.
    pub(super) fn own_double(&mut self, value: Value, from: Value, other: Xmm) -> Xmm {
        let register = self.double(from);
        if register != other && self.is_last_use(from) {
            self.hold_double(register, value);
            return register;
        }
        let own = self.new_double(value);
        self.assembler.mov_double(own, register);
        own
    }

    /// Stores a value that was just computed, if it has a place. Flags stay.
    pub(super) fn store_if_placed(&mut self, value: Value) {
        let Some(place) = self.place(value) else { return };
        let register = self.at[value.0 as usize];
        if register < FIRST_DOUBLE {
            self.assembler.store(Width::Quad, place, Reg(register));
        } else if register != NOWHERE {
            self.assembler.store_double(place, Xmm(register - FIRST_DOUBLE));
        }
    }

    /// Where an offset from a value is.
    pub(super) fn memory(&mut self, base: Value, offset: i32) -> Mem {
        match self.constants[base.0 as usize] {
            Some(bits) if self.at[base.0 as usize] == NOWHERE => {
                self.assembler.number(R11, bits);
                Mem(R11, offset)
            }
            _ => Mem(self.general(base), offset),
        }
    }
}
