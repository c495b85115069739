//! Numbers made and released in line: small ints are there, others come from the interpreter's lists of
//! unused ones.

use super::Result;
use super::backend_error;
use super::lower::Lowering;
use crate::hir::{Heap, SideExit, Type, ValueId};
use crate::host::{FreeList, IntLayout, SmallInts};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, types};

/// Ints of 3.x that have one digit are below this, as are the digits.
const DIGIT: i64 = 1 << 30;

/// Doubles hold every int up to this magnitude.
const EXACT_IN_DOUBLE: i64 = 1 << 53;

impl Lowering<'_> {
    /// `Insn::UnboxReal`.
    pub fn unbox_real(&mut self, value: ValueId, exit: SideExit) -> Result<ir::Value> {
        let object = self.value(value)?;
        let (float, int) = (self.builder.create_block(), self.builder.create_block());
        let done = self.builder.create_block();
        let result = self.builder.append_block_param(done, types::F64);
        let is_float = self.is_of_type(object, Type::FLOAT);
        self.builder.ins().brif(is_float, float, &[], int, &[]);

        self.builder.switch_to_block(float);
        let double = self.load(Heap::Number, types::F64, object, self.host.layout.float_value);
        self.builder.ins().jump(done, &[double.into()]);

        self.builder.switch_to_block(int);
        let int = self.unbox_int_object(object, false)?;
        let shifted = self.builder.ins().iadd_imm_s(int, EXACT_IN_DOUBLE);
        let most = 2 * EXACT_IN_DOUBLE;
        let is_exact = self.builder.ins().icmp_imm_s(IntCC::UnsignedLessThanOrEqual, shifted, most);
        self.exit_if_zero(is_exact, exit)?;
        let double = self.builder.ins().fcvt_from_sint(types::F64, int);
        self.builder.ins().jump(done, &[double.into()]);
        self.builder.switch_to_block(done);
        Ok(result)
    }

    /// `Insn::HasType`.
    pub fn has_type(&mut self, value: ValueId, kind: Type) -> Result<ir::Value> {
        let expected = (self.host.types)(kind);
        if expected == 0 {
            return Err(backend_error(format!("a test for {kind:?}, which has no type object")));
        }
        let object = self.value(value)?;
        let ty = self.load(Heap::Type, types::I64, object, self.host.layout.ob_type);
        Ok(self.is_object(ty, expected))
    }

    /// A new reference to an exact float.
    pub fn box_float(&mut self, value: ir::Value) -> Result<ir::Value> {
        let Some(lists) = self.free_numbers else {
            return self.call_for(self.host.box_float, &[value], types::I64);
        };
        let done = self.builder.create_block();
        let result = self.builder.append_block_param(done, types::I64);
        let field = self.host.layout.float_value;
        let made = self.cold_block();
        self.take(lists.floats, Type::FLOAT, &[(value, field)], made, done);
        self.made_by(self.host.box_float, value, made, done)?;
        Ok(result)
    }

    /// A new reference to an exact int.
    pub fn box_int(&mut self, value: ir::Value) -> Result<ir::Value> {
        let list = self.free_numbers.and_then(|lists| lists.ints);
        if self.host.counted_incref != 0 || (list.is_none() && self.host.small_ints.is_none()) {
            return self.call_for(self.host.box_int, &[value], types::I64);
        }
        let done = self.builder.create_block();
        let result = self.builder.append_block_param(done, types::I64);
        if let Some(SmallInts { first, count, table }) = self.host.small_ints {
            let (small, large) = (self.builder.create_block(), self.builder.create_block());
            let index = self.builder.ins().iadd_imm_s(value, -first);
            let is_small = self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThan, index, count);
            self.builder.ins().brif(is_small, small, &[], large, &[]);
            self.builder.switch_to_block(small);
            let table = self.address(table);
            let offset = self.builder.ins().ishl_imm_u(index, 3);
            let entry = self.builder.ins().iadd(table, offset);
            let object = self.load(Heap::Cell, types::I64, entry, 0);
            self.incref_object(object)?;
            self.builder.ins().jump(done, &[object.into()]);
            self.builder.switch_to_block(large);
        }
        let made = match list {
            Some(_) => self.cold_block(),
            None => self.builder.create_block(),
        };
        match (list, self.host.layout.int) {
            (Some(list), IntLayout::Long { value: field }) => {
                self.take(list, Type::INT, &[(value, field)], made, done);
            }
            (Some(list), IntLayout::Digits { size, digits }) => {
                let (sign, digit) = self.only_digit(value, made);
                self.take(list, Type::INT, &[(sign, size), (digit, digits)], made, done);
            }
            (None, _) => {
                self.builder.ins().jump(made, &[]);
            }
        }
        self.made_by(self.host.box_int, value, made, done)?;
        Ok(result)
    }

    /// The size and the one digit of an int that is not 0; goes to another block where it has more.
    fn only_digit(&mut self, value: ir::Value, more: ir::Block) -> (ir::Value, ir::Value) {
        let sign = self.builder.ins().sshr_imm_u(value, 63);
        let flipped = self.builder.ins().bxor(value, sign);
        let magnitude = self.builder.ins().isub(flipped, sign);
        let is_one = self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThan, magnitude, DIGIT);
        self.only_if(is_one, true, more);
        let one = self.int(1);
        (self.builder.ins().bor(sign, one), self.builder.ins().ireduce(types::I32, magnitude))
    }

    /// Has a function make an object of a number, and goes on with it in `done`.
    fn made_by(&mut self, make: usize, value: ir::Value, made: ir::Block, done: ir::Block) -> Result<()> {
        self.builder.switch_to_block(made);
        let object = self.call_for(make, &[value], types::I64)?;
        self.builder.ins().jump(done, &[object.into()]);
        self.builder.switch_to_block(done);
        Ok(())
    }

    /// Takes an object from a list and goes on with it in `done`, or else in `none`.
    fn take(
        &mut self,
        list: FreeList,
        kind: Type,
        fields: &[(ir::Value, i32)],
        none: ir::Block,
        done: ir::Block,
    ) {
        let taken = self.builder.create_block();
        let first = self.address(list.first);
        let object = self.load(Heap::Cell, types::I64, first, 0);
        self.builder.ins().brif(object, taken, &[], none, &[]);

        self.builder.switch_to_block(taken);
        let next = self.load(Heap::Type, types::I64, object, self.host.layout.ob_type);
        self.store(Heap::Cell, next, first, 0);
        if let Some((count, _)) = list.counted {
            self.add_to_count(count, -1);
        }
        let ty = self.address((self.host.types)(kind));
        self.store(Heap::Type, ty, object, self.host.layout.ob_type);
        let one = self.int(1);
        self.store(Heap::Refcount, one, object, self.host.layout.refcnt);
        for (value, field) in fields {
            self.store(Heap::Number, *value, object, *field);
        }
        self.builder.ins().jump(done, &[object.into()]);
    }

    /// The list that unused objects of these kinds are put back to, if that is one.
    pub fn free_list(&self, kinds: Type) -> Option<FreeList> {
        let lists = self.free_numbers?;
        match kinds {
            Type::FLOAT => Some(lists.floats),
            Type::INT => lists.ints,
            _ => None,
        }
    }

    /// Puts an object of these kinds without references back to its list and goes on in `done`; whether that
    /// can be impossible, as the list is full or not for such an object, which is where construction goes on.
    pub fn put_back(&mut self, list: FreeList, kinds: Type, object: ir::Value, done: ir::Block) -> bool {
        let mut full = None;
        if let (Type::INT, IntLayout::Digits { size, .. }) = (kinds, self.host.layout.int) {
            let none = self.cold_block();
            let size = self.load(Heap::Number, types::I64, object, size);
            let next = self.builder.ins().iadd_imm_s(size, 1);
            let others = self.builder.ins().band_imm_s(next, !2);
            self.only_if(others, false, none);
            full = Some(none);
        }
        if let Some((count, most)) = list.counted {
            let address = self.address(count);
            let kept = self.load(Heap::Cell, types::I32, address, 0);
            let room = self.builder.create_block();
            let none = full.unwrap_or_else(|| self.cold_block());
            let is_room = self.builder.ins().icmp_imm_s(IntCC::SignedLessThan, kept, i64::from(most));
            self.builder.ins().brif(is_room, room, &[], none, &[]);
            self.builder.switch_to_block(room);
            self.add_to_count(count, 1);
            full = Some(none);
        }
        let first = self.address(list.first);
        let next = self.load(Heap::Cell, types::I64, first, 0);
        self.store(Heap::Type, next, object, self.host.layout.ob_type);
        self.store(Heap::Cell, object, first, 0);
        self.builder.ins().jump(done, &[]);
        if let Some(full) = full {
            self.builder.switch_to_block(full);
        }
        full.is_some()
    }

    /// Adds to a C int at an address.
    pub fn add_to_count(&mut self, count: usize, more: i64) {
        let address = self.address(count);
        self.add_to_int(address, 0, more);
    }
}
