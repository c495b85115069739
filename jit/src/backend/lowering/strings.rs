//! Strings: their characters, which there is one object of each as long as they are plain, and whether two
//! are equal.

use super::lower::Lowering;
use super::{Result, backend_error};
use crate::hir::{Heap, SideExit, Type, ValueId};
use crate::host::StringLayout;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, types};

impl Lowering<'_> {
    fn strings(&self) -> Result<StringLayout> {
        self.host.strings.ok_or_else(|| backend_error("the host does not say how strings are laid out"))
    }

    /// `Insn::StringItem`.
    pub fn string_item(
        &mut self,
        kind: Type,
        string: ValueId,
        index: ValueId,
        exit: SideExit,
    ) -> Result<ir::Value> {
        let layout = self.strings()?;
        let string = self.value(string)?;
        let position = self.checked_position(string, index, exit)?;
        let done = self.builder.create_block();
        let result = self.builder.append_block_param(done, types::I64);
        let mut is_plain = kind == Type::STR;
        if let (true, Some((flags, mask))) = (is_plain, layout.plain) {
            let (plain, other) = (self.builder.create_block(), self.cold_block());
            let flags = self.load(Heap::Sequence, types::I32, string, flags);
            let flags = self.builder.ins().band_imm_u(flags, i64::from(mask));
            let all = self.builder.ins().icmp_imm_u(IntCC::Equal, flags, i64::from(mask));
            self.builder.ins().brif(all, plain, &[], other, &[]);
            self.builder.switch_to_block(plain);
            self.plain_item(&layout, string, position, done)?;
            self.builder.switch_to_block(other);
            is_plain = false;
        } else if is_plain {
            self.plain_item(&layout, string, position, done)?;
        }
        if !is_plain {
            let item = self.call_for(layout.item, &[string, position], types::I64)?;
            self.exit_if_zero(item, exit)?;
            self.builder.ins().jump(done, &[item.into()]);
        }
        self.builder.switch_to_block(done);
        Ok(result)
    }

    /// Goes on in `done` with the character at a position of a string that has a byte for each.
    fn plain_item(
        &mut self,
        layout: &StringLayout,
        string: ir::Value,
        position: ir::Value,
        done: ir::Block,
    ) -> Result<()> {
        let byte = self.byte_at(string, position, layout.characters);
        let item = self.character(layout, byte)?;
        self.builder.ins().jump(done, &[item.into()]);
        Ok(())
    }

    /// The byte at a position, as i64.
    fn byte_at(&mut self, string: ir::Value, position: ir::Value, offset: i32) -> ir::Value {
        let place = self.builder.ins().iadd(string, position);
        let byte = self.load(Heap::Items, types::I8, place, offset);
        self.builder.ins().uextend(types::I64, byte)
    }

    /// `Insn::ByteItem`.
    pub fn byte_item(&mut self, bytes: ValueId, index: ValueId, exit: SideExit) -> Result<ir::Value> {
        let layout = self.strings()?;
        let bytes = self.value(bytes)?;
        let position = self.checked_position(bytes, index, exit)?;
        Ok(self.byte_at(bytes, position, layout.bytes))
    }

    /// `Insn::CodeOf`.
    pub fn code_of(&mut self, string: ValueId, exit: SideExit) -> Result<ir::Value> {
        let layout = self.strings()?;
        let string = self.value(string)?;
        if layout.plain.is_some() {
            let code = self.call_for(layout.code, &[string], types::I64)?;
            self.exit_if_negative(code, exit)?;
            return Ok(code);
        }
        let size = self.load(Heap::Sequence, types::I64, string, self.host.layout.ob_size);
        let is_one = self.builder.ins().icmp_imm_s(IntCC::Equal, size, 1);
        self.exit_if_zero(is_one, exit)?;
        let first = self.int(0);
        Ok(self.byte_at(string, first, layout.characters))
    }

    /// `Insn::CharacterOf`.
    pub fn character_of(&mut self, code: ValueId, exit: SideExit) -> Result<ir::Value> {
        let layout = self.strings()?;
        let code = self.value(code)?;
        let is_shared = self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThan, code, 256);
        self.exit_if_zero(is_shared, exit)?;
        self.character(&layout, code)
    }

    /// The string of one character that is shared; a new reference.
    fn character(&mut self, layout: &StringLayout, code: ir::Value) -> Result<ir::Value> {
        let offset = self.builder.ins().ishl_imm_u(code, 3);
        let table = self.address(layout.table);
        let entry = self.builder.ins().iadd(table, offset);
        let item = self.load(Heap::Cell, types::I64, entry, 0);
        self.incref_object(item)?;
        Ok(item)
    }

    /// `Insn::StringEqual`.
    pub fn string_equal(&mut self, a: ValueId, b: ValueId) -> Result<ir::Value> {
        let layout = self.strings()?;
        let (a, b) = (self.value(a)?, self.value(b)?);
        let done = self.builder.create_block();
        let result = self.builder.append_block_param(done, types::I8);
        let (yes, no) = (self.truth(true), self.truth(false));
        let other = self.builder.create_block();
        let same = self.builder.ins().icmp(IntCC::Equal, a, b);
        self.builder.ins().brif(same, done, &[yes.into()], other, &[]);
        self.builder.switch_to_block(other);
        if layout.plain.is_none() {
            // Every string has its length and its first byte; that of an empty one is 0.
            for (heap, ty, offset) in [
                (Heap::Sequence, types::I64, self.host.layout.ob_size),
                (Heap::Items, types::I8, layout.characters),
            ] {
                let (x, y) = (self.load(heap, ty, a, offset), self.load(heap, ty, b, offset));
                let alike = self.builder.ins().icmp(IntCC::Equal, x, y);
                let next = self.builder.create_block();
                self.builder.ins().brif(alike, next, &[], done, &[no.into()]);
                self.builder.switch_to_block(next);
            }
        }
        let equal = self.call_for(layout.equal, &[a, b], types::I64)?;
        let equal = self.builder.ins().icmp_imm_s(IntCC::NotEqual, equal, 0);
        self.builder.ins().jump(done, &[equal.into()]);
        self.builder.switch_to_block(done);
        Ok(result)
    }

    fn truth(&mut self, truth: bool) -> ir::Value {
        self.builder.ins().iconst(types::I8, i64::from(truth))
    }
}
