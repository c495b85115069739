//! The instructions of x86-64 that the emitter uses, as bytes.

/// A general register by its number: `rax` is 0, `r15` 15.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reg(pub u8);

/// A floating-point register by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Xmm(pub u8);

pub const RAX: Reg = Reg(0);
pub const RCX: Reg = Reg(1);
pub const RDX: Reg = Reg(2);
pub const RBX: Reg = Reg(3);
pub const RSP: Reg = Reg(4);
pub const RBP: Reg = Reg(5);
pub const RSI: Reg = Reg(6);
pub const RDI: Reg = Reg(7);
pub const R8: Reg = Reg(8);
pub const R9: Reg = Reg(9);
pub const R11: Reg = Reg(11);
pub const R12: Reg = Reg(12);
pub const R13: Reg = Reg(13);
pub const R14: Reg = Reg(14);
pub const R15: Reg = Reg(15);

/// A place in memory: a base register and an offset from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mem(pub Reg, pub i32);

/// How much of a register or of memory is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// A byte; what is above it becomes zero when it is loaded.
    Byte,
    /// 32 bits; what is above them becomes zero.
    Long,
    /// 64 bits.
    Quad,
}

/// The operations that share a scheme of encoding, by their number in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alu {
    Add = 0,
    Or = 1,
    And = 4,
    Sub = 5,
    Xor = 6,
    Cmp = 7,
}

/// Shifts by their number in the encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    Left = 4,
    /// Keeping the sign.
    Right = 7,
}

/// Arithmetic on doubles, by opcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sse {
    Add = 0x58,
    Mul = 0x59,
    Sub = 0x5c,
    Div = 0x5e,
}

/// A condition by its number in the encoding; the next or former number is its contrary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition(pub u8);

impl Condition {
    pub const OVERFLOW: Condition = Condition(0x0);
    pub const BELOW: Condition = Condition(0x2);
    pub const ABOVE_OR_EQUAL: Condition = Condition(0x3);
    pub const EQUAL: Condition = Condition(0x4);
    pub const NOT_EQUAL: Condition = Condition(0x5);
    pub const BELOW_OR_EQUAL: Condition = Condition(0x6);
    pub const ABOVE: Condition = Condition(0x7);
    pub const UNORDERED: Condition = Condition(0xa);
    pub const ORDERED: Condition = Condition(0xb);
    pub const LESS: Condition = Condition(0xc);
    pub const GREATER_OR_EQUAL: Condition = Condition(0xd);
    pub const LESS_OR_EQUAL: Condition = Condition(0xe);
    pub const GREATER: Condition = Condition(0xf);

    /// What holds where this does not.
    pub fn contrary(self) -> Condition {
        Condition(self.0 ^ 1)
    }
}

/// Code under construction: bytes, and jumps to places that are not known yet.
#[derive(Default)]
pub struct Assembler {
    /// What there is.
    pub bytes: Vec<u8>,
    /// Where each label is.
    labels: Vec<Option<u32>>,
    /// Distances to be filled in: where, and to which label.
    jumps: Vec<(u32, u32)>,
}

/// A place in the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(pub u32);

impl Assembler {
    /// Room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Assembler {
        Assembler { bytes: Vec::with_capacity(bytes), ..Assembler::default() }
    }

    /// A label for a place to come.
    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() as u32 - 1)
    }

    /// The label is here.
    pub fn bind(&mut self, label: Label) {
        self.labels[label.0 as usize] = Some(self.here());
    }

    /// Bytes so far.
    pub fn here(&self) -> u32 {
        self.bytes.len() as u32
    }

    /// Fills in all distances; false if a label is nowhere.
    #[must_use]
    pub fn link(&mut self) -> bool {
        for (at, label) in std::mem::take(&mut self.jumps) {
            let Some(target) = self.labels[label as usize] else { return false };
            let distance = (target as i32).wrapping_sub(at as i32 + 4);
            self.bytes[at as usize..at as usize + 4].copy_from_slice(&distance.to_le_bytes());
        }
        true
    }

    fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    fn word(&mut self, word: i32) {
        self.bytes.extend_from_slice(&word.to_le_bytes());
    }

    /// The prefix for 64 bits and for registers from 8 on; `byte` where a register is a byte's, which takes a
    /// prefix from 4 on.
    fn prefix(&mut self, wide: bool, reg: u8, base: u8, byte: Option<u8>) {
        let rex = 0x40 | u8::from(wide) << 3 | (reg >> 3) << 2 | base >> 3;
        if rex != 0x40 || byte.is_some_and(|register| register >= 4) {
            self.byte(rex);
        }
    }

    fn registers(&mut self, reg: u8, other: u8) {
        self.byte(0xc0 | (reg & 7) << 3 | other & 7);
    }

    fn memory(&mut self, reg: u8, Mem(base, offset): Mem) {
        let low = (reg & 7) << 3 | base.0 & 7;
        let is_short = i8::try_from(offset).is_ok();
        let mode = match offset {
            0 if base.0 & 7 != RBP.0 => 0x00,
            _ if is_short => 0x40,
            _ => 0x80,
        };
        self.byte(mode | low);
        if base.0 & 7 == RSP.0 {
            self.byte(0x24);
        }
        match mode {
            0x00 => {}
            0x40 => self.byte(offset as u8),
            _ => self.word(offset),
        }
    }

    /// `to = from`
    pub fn mov(&mut self, to: Reg, from: Reg) {
        if to != from {
            self.prefix(true, from.0, to.0, None);
            self.byte(0x89);
            self.registers(from.0, to.0);
        }
    }

    /// `to = from`, 32 bits of it.
    pub fn mov_long(&mut self, to: Reg, from: Reg) {
        self.prefix(false, from.0, to.0, None);
        self.byte(0x89);
        self.registers(from.0, to.0);
    }

    /// `to = number`; flags stay.
    pub fn number(&mut self, to: Reg, number: i64) {
        if u32::try_from(number).is_ok() {
            self.prefix(false, 0, to.0, None);
            self.byte(0xb8 | to.0 & 7);
            self.word(number as i32);
        } else if let Ok(small) = i32::try_from(number) {
            self.prefix(true, 0, to.0, None);
            self.byte(0xc7);
            self.registers(0, to.0);
            self.word(small);
        } else {
            self.prefix(true, 0, to.0, None);
            self.byte(0xb8 | to.0 & 7);
            self.bytes.extend_from_slice(&number.to_le_bytes());
        }
    }

    /// `to = [from]`
    pub fn load(&mut self, width: Width, to: Reg, from: Mem) {
        self.prefix(width == Width::Quad, to.0, from.0.0, None);
        match width {
            Width::Byte => self.bytes.extend_from_slice(&[0x0f, 0xb6]),
            Width::Long | Width::Quad => self.byte(0x8b),
        }
        self.memory(to.0, from);
    }

    /// `[to] = from`
    pub fn store(&mut self, width: Width, to: Mem, from: Reg) {
        let byte = (width == Width::Byte).then_some(from.0);
        self.prefix(width == Width::Quad, from.0, to.0.0, byte);
        self.byte(if width == Width::Byte { 0x88 } else { 0x89 });
        self.memory(from.0, to);
    }

    /// `[to] = number`, extended by its sign.
    pub fn store_number(&mut self, width: Width, to: Mem, number: i32) {
        self.prefix(width == Width::Quad, 0, to.0.0, None);
        self.byte(if width == Width::Byte { 0xc6 } else { 0xc7 });
        self.memory(0, to);
        match width {
            Width::Byte => self.byte(number as u8),
            Width::Long | Width::Quad => self.word(number),
        }
    }

    /// `to = address of from`
    pub fn address(&mut self, to: Reg, from: Mem) {
        self.prefix(true, to.0, from.0.0, None);
        self.byte(0x8d);
        self.memory(to.0, from);
    }

    /// `to op= from`; flags.
    pub fn alu(&mut self, op: Alu, width: Width, to: Reg, from: Reg) {
        self.prefix(width == Width::Quad, from.0, to.0, None);
        self.byte((op as u8) << 3 | 1);
        self.registers(from.0, to.0);
    }

    /// `to op= number`; flags.
    pub fn alu_number(&mut self, op: Alu, width: Width, to: Reg, number: i32) {
        self.prefix(width == Width::Quad, 0, to.0, None);
        let is_short = i8::try_from(number).is_ok();
        self.byte(if is_short { 0x83 } else { 0x81 });
        self.registers(op as u8, to.0);
        if is_short { self.byte(number as u8) } else { self.word(number) }
    }

    /// `[to] op= number`; flags.
    pub fn alu_memory_number(&mut self, op: Alu, width: Width, to: Mem, number: i32) {
        self.prefix(width == Width::Quad, 0, to.0.0, None);
        let is_short = i8::try_from(number).is_ok();
        match (width, is_short) {
            (Width::Byte, _) => self.byte(0x80),
            (Width::Long | Width::Quad, true) => self.byte(0x83),
            (Width::Long | Width::Quad, false) => self.byte(0x81),
        }
        self.memory(op as u8, to);
        if is_short || width == Width::Byte { self.byte(number as u8) } else { self.word(number) }
    }

    /// `[to] op= from`; flags.
    pub fn alu_memory(&mut self, op: Alu, width: Width, to: Mem, from: Reg) {
        let byte = (width == Width::Byte).then_some(from.0);
        self.prefix(width == Width::Quad, from.0, to.0.0, byte);
        self.byte((op as u8) << 3 | u8::from(width != Width::Byte));
        self.memory(from.0, to);
    }

    /// Flags of `a & a`.
    pub fn test(&mut self, width: Width, a: Reg) {
        let byte = (width == Width::Byte).then_some(a.0);
        self.prefix(width == Width::Quad, a.0, a.0, byte);
        self.byte(if width == Width::Byte { 0x84 } else { 0x85 });
        self.registers(a.0, a.0);
    }

    /// `to *= from`; overflow.
    pub fn multiply(&mut self, to: Reg, from: Reg) {
        self.prefix(true, to.0, from.0, None);
        self.bytes.extend_from_slice(&[0x0f, 0xaf]);
        self.registers(to.0, from.0);
    }

    /// `to = from * number`
    pub fn multiply_number(&mut self, to: Reg, from: Reg, number: i32) {
        self.prefix(true, to.0, from.0, None);
        self.byte(0x69);
        self.registers(to.0, from.0);
        self.word(number);
    }

    /// `rax, rdx = rax / by, rax % by`
    pub fn divide(&mut self, by: Reg) {
        self.bytes.extend_from_slice(&[0x48, 0x99]);
        self.prefix(true, 0, by.0, None);
        self.byte(0xf7);
        self.registers(7, by.0);
    }

    /// `a = -a`
    pub fn negate(&mut self, a: Reg) {
        self.prefix(true, 0, a.0, None);
        self.byte(0xf7);
        self.registers(3, a.0);
    }

    /// `a = !a`
    pub fn complement(&mut self, a: Reg) {
        self.prefix(true, 0, a.0, None);
        self.byte(0xf7);
        self.registers(2, a.0);
    }

    /// Shifts by `cl`.
    pub fn shift(&mut self, shift: Shift, a: Reg) {
        self.prefix(true, 0, a.0, None);
        self.byte(0xd3);
        self.registers(shift as u8, a.0);
    }

    /// Shifts by a number.
    pub fn shift_number(&mut self, shift: Shift, a: Reg, by: u8) {
        self.prefix(true, 0, a.0, None);
        self.byte(0xc1);
        self.registers(shift as u8, a.0);
        self.byte(by);
    }

    /// `to = 1` where the condition holds, else 0.
    pub fn set(&mut self, condition: Condition, to: Reg) {
        self.prefix(false, 0, to.0, Some(to.0));
        self.bytes.extend_from_slice(&[0x0f, 0x90 | condition.0]);
        self.registers(0, to.0);
        self.prefix(false, to.0, to.0, Some(to.0));
        self.bytes.extend_from_slice(&[0x0f, 0xb6]);
        self.registers(to.0, to.0);
    }

    /// `to = from` where the condition holds.
    pub fn mov_if(&mut self, condition: Condition, to: Reg, from: Reg) {
        self.prefix(true, to.0, from.0, None);
        self.bytes.extend_from_slice(&[0x0f, 0x40 | condition.0]);
        self.registers(to.0, from.0);
    }

    /// Goes to a label.
    pub fn jump(&mut self, to: Label) {
        self.byte(0xe9);
        self.jumps.push((self.here(), to.0));
        self.word(0);
    }

    /// Goes to a label where the condition holds.
    pub fn jump_if(&mut self, condition: Condition, to: Label) {
        self.bytes.extend_from_slice(&[0x0f, 0x80 | condition.0]);
        self.jumps.push((self.here(), to.0));
        self.word(0);
    }

    /// Calls what a register points to.
    pub fn call(&mut self, target: Reg) {
        self.prefix(false, 0, target.0, None);
        self.byte(0xff);
        self.registers(2, target.0);
    }

    /// Pushes a register.
    pub fn push(&mut self, a: Reg) {
        self.prefix(false, 0, a.0, None);
        self.byte(0x50 | a.0 & 7);
    }

    /// Pushes what is in memory.
    pub fn push_memory(&mut self, from: Mem) {
        self.prefix(false, 0, from.0.0, None);
        self.byte(0xff);
        self.memory(6, from);
    }

    /// Pops into a register.
    pub fn pop(&mut self, a: Reg) {
        self.prefix(false, 0, a.0, None);
        self.byte(0x58 | a.0 & 7);
    }

    /// Pops into memory.
    pub fn pop_memory(&mut self, to: Mem) {
        self.prefix(false, 0, to.0.0, None);
        self.byte(0x8f);
        self.memory(0, to);
    }

    /// Returns.
    pub fn ret(&mut self) {
        self.byte(0xc3);
    }

    /// `rsp -= number`; where that number is, to be filled in.
    pub fn reserve(&mut self) -> usize {
        self.bytes.extend_from_slice(&[0x48, 0x81, 0xec]);
        self.word(0);
        self.bytes.len() - 4
    }

    fn sse(&mut self, mandatory: u8, wide: bool, opcode: u8, reg: u8, other: u8) {
        self.byte(mandatory);
        self.prefix(wide, reg, other, None);
        self.bytes.extend_from_slice(&[0x0f, opcode]);
        self.registers(reg, other);
    }

    /// `to = from`
    pub fn mov_double(&mut self, to: Xmm, from: Xmm) {
        if to != from {
            self.prefix(false, to.0, from.0, None);
            self.bytes.extend_from_slice(&[0x0f, 0x28]);
            self.registers(to.0, from.0);
        }
    }

    /// `to = [from]`
    pub fn load_double(&mut self, to: Xmm, from: Mem) {
        self.byte(0xf2);
        self.prefix(false, to.0, from.0.0, None);
        self.bytes.extend_from_slice(&[0x0f, 0x10]);
        self.memory(to.0, from);
    }

    /// `[to] = from`
    pub fn store_double(&mut self, to: Mem, from: Xmm) {
        self.byte(0xf2);
        self.prefix(false, from.0, to.0.0, None);
        self.bytes.extend_from_slice(&[0x0f, 0x11]);
        self.memory(from.0, to);
    }

    /// The bits of a general register.
    pub fn double_of_bits(&mut self, to: Xmm, from: Reg) {
        self.sse(0x66, true, 0x6e, to.0, from.0);
    }

    /// `to op= from`
    pub fn arithmetic(&mut self, op: Sse, to: Xmm, from: Xmm) {
        self.sse(0xf2, false, op as u8, to.0, from.0);
    }

    /// `to ^= from`, bit by bit.
    pub fn xor_double(&mut self, to: Xmm, from: Xmm) {
        self.sse(0x66, false, 0x57, to.0, from.0);
    }

    /// `to &= from`, bit by bit.
    pub fn and_double(&mut self, to: Xmm, from: Xmm) {
        self.sse(0x66, false, 0x54, to.0, from.0);
    }

    /// `to` = the square root of `from`.
    pub fn square_root(&mut self, to: Xmm, from: Xmm) {
        self.sse(0xf2, false, 0x51, to.0, from.0);
    }

    /// `to = from`, truncated; the least int where that is none.
    pub fn int_of_double(&mut self, to: Reg, from: Xmm) {
        self.sse(0xf2, true, 0x2c, to.0, from.0);
    }

    /// Flags of a comparison, as of unsigned numbers; unordered sets all of them.
    pub fn compare_doubles(&mut self, a: Xmm, b: Xmm) {
        self.sse(0x66, false, 0x2e, a.0, b.0);
    }

    /// `to = from`, an int.
    pub fn double_of_int(&mut self, to: Xmm, from: Reg) {
        self.sse(0xf2, true, 0x2a, to.0, from.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What one instruction becomes, in hexadecimal.
    fn bytes(write: impl FnOnce(&mut Assembler)) -> String {
        let mut assembler = Assembler::default();
        write(&mut assembler);
        assembler.bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    // As binutils has them.
    #[test]
    fn general_registers() {
        assert_eq!(bytes(|a| a.mov(RBX, R12)), "4c89e3");
        assert_eq!(bytes(|a| a.mov_long(R9, RSI)), "4189f1");
        assert_eq!(bytes(|a| a.number(Reg(10), 0x1234_5678_9abc)), "49babc9a785634120000");
        assert_eq!(bytes(|a| a.number(RAX, 5)), "b805000000");
        assert_eq!(bytes(|a| a.number(R14, -2)), "49c7c6feffffff");
        assert_eq!(bytes(|a| a.alu(Alu::Add, Width::Quad, RCX, R8)), "4c01c1");
        assert_eq!(bytes(|a| a.alu_number(Alu::Cmp, Width::Long, R11, 0x7f)), "4183fb7f");
        assert_eq!(bytes(|a| a.test(Width::Long, RAX)), "85c0");
        assert_eq!(bytes(|a| a.multiply(RSI, R15)), "490faff7");
        assert_eq!(bytes(|a| a.negate(R9)), "49f7d9");
        assert_eq!(bytes(|a| a.shift_number(Shift::Right, R8, 3)), "49c1f803");
        assert_eq!(bytes(|a| a.mov_if(Condition::NOT_EQUAL, RAX, R14)), "490f45c6");
        assert_eq!(bytes(|a| a.call(RAX)), "ffd0");
    }

    #[test]
    fn memory() {
        assert_eq!(bytes(|a| a.load(Width::Byte, RDI, Mem(R12, 0x10))), "410fb67c2410");
        assert_eq!(bytes(|a| a.load(Width::Long, RAX, Mem(R13, 0))), "418b4500");
        assert_eq!(bytes(|a| a.load(Width::Quad, R8, Mem(RBP, -0x58))), "4c8b45a8");
        assert_eq!(bytes(|a| a.store(Width::Byte, Mem(RDX, 7), RSI)), "40887207");
        assert_eq!(bytes(|a| a.store_number(Width::Quad, Mem(RAX, 0x200), -1)), "48c78000020000ffffffff");
        assert_eq!(bytes(|a| a.address(RSP, Mem(RBP, -0x28))), "488d65d8");
        assert_eq!(
            bytes(|a| a.alu_memory_number(Alu::Sub, Width::Quad, Mem(R12, 0), 0x400)),
            "49812c2400040000"
        );
        assert_eq!(bytes(|a| a.alu_memory(Alu::Cmp, Width::Quad, Mem(RDI, 8), R9)), "4c394f08");
        assert_eq!(bytes(|a| a.push_memory(Mem(RBP, 0x18))), "ff7518");
        assert_eq!(bytes(|a| a.pop_memory(Mem(R12, 0x18))), "418f442418");
    }

    #[test]
    fn doubles() {
        assert_eq!(bytes(|a| a.store_double(Mem(RBP, 0x10), Xmm(9))), "f2440f114d10");
        assert_eq!(bytes(|a| a.arithmetic(Sse::Add, Xmm(1), Xmm(8))), "f2410f58c8");
        assert_eq!(bytes(|a| a.compare_doubles(Xmm(10), Xmm(2))), "66440f2ed2");
        assert_eq!(bytes(|a| a.double_of_int(Xmm(3), R9)), "f2490f2ad9");
        assert_eq!(bytes(|a| a.int_of_double(R9, Xmm(3))), "f24c0f2ccb");
        assert_eq!(bytes(|a| a.square_root(Xmm(1), Xmm(8))), "f2410f51c8");
        assert_eq!(bytes(|a| a.and_double(Xmm(1), Xmm(8))), "66410f54c8");
    }

    #[test]
    fn jumps_are_linked() {
        let mut assembler = Assembler::default();
        let (back, ahead) = (assembler.label(), assembler.label());
        assembler.bind(back);
        assembler.jump_if(Condition::EQUAL.contrary(), ahead);
        assembler.jump(back);
        assembler.bind(ahead);
        assert!(assembler.link());
        assert_eq!(assembler.bytes, [0x0f, 0x85, 5, 0, 0, 0, 0xe9, 0xf5, 0xff, 0xff, 0xff]);
        let nowhere = assembler.label();
        assembler.jump(nowhere);
        assert!(!assembler.link());
    }
}
