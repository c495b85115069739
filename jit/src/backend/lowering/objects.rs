//! Reference counts, type guards, boxing and unboxing.

use super::lower::Lowering;
use super::{Result, backend_error};
use crate::hir::{Heap, Insn, Repr, SideExit, Type, ValueId};
use crate::host::IntLayout;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, types};

impl Lowering<'_> {
    /// `Insn::NewRef`.
    pub fn new_ref(&mut self, value: ValueId) -> Result<ir::Value> {
        let object = self.value(value)?;
        self.incref_object(object)?;
        Ok(object)
    }

    /// Adds a reference to an object that is not NULL.
    pub fn incref_object(&mut self, object: ir::Value) -> Result<()> {
        if self.host.counted_incref != 0 {
            self.call(self.host.counted_incref, &[object], None)?;
            return Ok(());
        }
        let offset = self.host.layout.refcnt;
        let count = self.load(Heap::Refcount, types::I64, object, offset);
        let count = self.builder.ins().iadd_imm_s(count, 1);
        self.store(Heap::Refcount, count, object, offset);
        Ok(())
    }

    /// `Insn::Decref`.
    pub fn decref(&mut self, value: ValueId, pc: u32) -> Result<()> {
        let object = self.value(value)?;
        let done = self.builder.create_block();
        self.decref_then(object, self.kind(value), pc, done)
    }

    /// `Insn::Forget`.
    pub fn forget(&mut self, value: ValueId) -> Result<()> {
        let object = self.value(value)?;
        if self.host.counted_decref != 0 {
            self.call(self.host.counted_decref, &[object], None)?;
            return Ok(());
        }
        let offset = self.host.layout.refcnt;
        let count = self.load(Heap::Refcount, types::I64, object, offset);
        let count = self.builder.ins().iadd_imm_s(count, -1);
        self.store(Heap::Refcount, count, object, offset);
        Ok(())
    }

    /// `Insn::XDecref`.
    pub fn xdecref(&mut self, value: ValueId, pc: u32) -> Result<()> {
        let object = self.value(value)?;
        let present = self.builder.create_block();
        let done = self.builder.create_block();
        self.builder.ins().brif(object, present, &[], done, &[]);
        self.builder.switch_to_block(present);
        self.decref_then(object, self.kind(value).intersect(Type::OBJECT), pc, done)
    }

    /// Releases an object that is not NULL and whose release runs no code, and goes on in `done`.
    pub fn decref_simple(&mut self, object: ir::Value, done: ir::Block) -> Result<()> {
        self.decref_at(object, Type::SIMPLE, None, done)
    }

    /// Releases an object of these kinds and goes on in `done`.
    fn decref_then(&mut self, object: ir::Value, kinds: Type, pc: u32, done: ir::Block) -> Result<()> {
        self.decref_at(object, kinds, Some(pc), done)
    }

    fn decref_at(&mut self, object: ir::Value, kinds: Type, pc: Option<u32>, done: ir::Block) -> Result<()> {
        if self.host.counted_decref != 0 {
            if let Some(pc) = pc {
                self.store_lasti(pc);
            }
            self.call(self.host.counted_decref, &[object], None)?;
            self.builder.ins().jump(done, &[]);
        } else {
            let offset = self.host.layout.refcnt;
            let count = self.load(Heap::Refcount, types::I64, object, offset);
            let count = self.builder.ins().iadd_imm_s(count, -1);
            self.store(Heap::Refcount, count, object, offset);
            let list = self.free_list(kinds);
            let dead = if list.is_some() { self.builder.create_block() } else { self.cold_block() };
            self.builder.ins().brif(count, done, &[], dead, &[]);
            self.builder.switch_to_block(dead);
            if let Some(list) = list
                && !self.put_back(list, kinds, object, done)
            {
                self.builder.switch_to_block(done);
                return Ok(());
            }
            if let Some(pc) = pc {
                // A destructor may look at the frame; what the main path knows of f_lasti is void.
                self.stored_lasti = None;
                self.store_lasti(pc);
                self.stored_lasti = None;
            }
            self.call(self.host.dealloc, &[object], None)?;
            self.builder.ins().jump(done, &[]);
        }
        self.builder.switch_to_block(done);
        Ok(())
    }

    /// Whether a pointer is this object.
    pub fn is_object(&mut self, pointer: ir::Value, address: usize) -> ir::Value {
        let address = self.address(address);
        self.builder.ins().icmp(IntCC::Equal, pointer, address)
    }

    /// `Insn::GuardType`.
    pub fn guard_type(&mut self, value: ValueId, kind: Type, exit: SideExit) -> Result<ir::Value> {
        let object = self.value(value)?;
        self.guard_object(object, self.kind(value), kind, exit)?;
        Ok(object)
    }

    /// Leaves unless an object, which is of the known kinds, is of this one.
    pub fn guard_object(&mut self, object: ir::Value, known: Type, kind: Type, exit: SideExit) -> Result<()> {
        if known.is_subset(kind) {
            return Ok(());
        }
        if kind == Type::NONE {
            let same = self.is_object(object, self.host.none);
            return self.exit_if_zero(same, exit);
        }
        if kind == Type::NULL {
            return self.exit_if(object, exit);
        }
        match kind {
            Type::REAL => return self.guard_either(object, known, [Type::FLOAT, Type::INT], exit),
            Type::SEQUENCE => return self.guard_either(object, known, [Type::LIST, Type::TUPLE], exit),
            _ => {}
        }
        if !kind.is_single() {
            return Err(backend_error(format!("a guard on {kind:?}, which is not one kind")));
        }
        let numbers = Type::INT.union(Type::LONG);
        // On 3.x the two kinds share a type and differ in size.
        let sized = match self.host.layout.int {
            IntLayout::Digits { size, .. } if kind.is_subset(numbers) => Some(size),
            IntLayout::Digits { .. } | IntLayout::Long { .. } => None,
        };
        if sized.is_none() || !known.is_subset(numbers) {
            let expected = (self.host.types)(if sized.is_some() { Type::INT } else { kind });
            if expected == 0 {
                return Err(backend_error(format!("a guard on {kind:?}, which has no type object")));
            }
            let actual = self.load(Heap::Type, types::I64, object, self.host.layout.ob_type);
            let same = self.is_object(actual, expected);
            self.exit_if_zero(same, exit)?;
        }
        if let Some(size) = sized {
            let size = self.load(Heap::Number, types::I64, object, size);
            let shifted = self.builder.ins().iadd_imm_s(size, 2);
            let small =
                if kind == Type::INT { IntCC::UnsignedLessThanOrEqual } else { IntCC::UnsignedGreaterThan };
            let fits = self.builder.ins().icmp_imm_s(small, shifted, 4);
            self.exit_if_zero(fits, exit)?;
        }
        Ok(())
    }

    /// Leaves unless an object, which is of the known kinds, is of one of two, the first of which is that of
    /// a type.
    fn guard_either(
        &mut self,
        object: ir::Value,
        known: Type,
        [first, second]: [Type; 2],
        exit: SideExit,
    ) -> Result<()> {
        let (other, done) = (self.builder.create_block(), self.builder.create_block());
        let is_first = self.is_of_type(object, first);
        self.builder.ins().brif(is_first, done, &[], other, &[]);
        self.builder.switch_to_block(other);
        self.guard_object(object, known.without(first), second, exit)?;
        self.builder.ins().jump(done, &[]);
        self.builder.switch_to_block(done);
        Ok(())
    }

    /// Whether an object is of the type of a kind that has one.
    pub fn is_of_type(&mut self, object: ir::Value, kind: Type) -> ir::Value {
        let ty = self.load(Heap::Type, types::I64, object, self.host.layout.ob_type);
        self.is_object(ty, (self.host.types)(kind))
    }

    /// `Insn::UnboxInt`.
    pub fn unbox_int(&mut self, value: ValueId) -> Result<ir::Value> {
        let object = self.value(value)?;
        if self.kind(value).is_subset(Type::BOOL) {
            let truth = self.is_object(object, self.host.true_);
            return Ok(self.builder.ins().uextend(types::I64, truth));
        }
        self.unbox_int_object(object, self.has_two_digits(value))
    }

    /// The i64 of an object of type INT; of 3.x, whether it is known to have no third digit.
    pub fn unbox_int_object(&mut self, object: ir::Value, has_two_digits: bool) -> Result<ir::Value> {
        match self.host.layout.int {
            IntLayout::Long { value } => Ok(self.load(Heap::Number, types::I64, object, value)),
            IntLayout::Digits { size, digits } => {
                let size = self.load(Heap::Number, types::I64, object, size);
                let low = self.load(Heap::Number, types::I32, object, digits);
                let low = self.builder.ins().uextend(types::I64, low);
                // One digit or none: the size is the sign, and 0 for 0 whatever the digit holds.
                let short = self.builder.ins().imul(low, size);
                let shifted = self.builder.ins().iadd_imm_s(size, 1);
                let is_short = self.builder.ins().icmp_imm_s(IntCC::UnsignedLessThanOrEqual, shifted, 2);
                let long = self.builder.create_block();
                let done = self.builder.create_block();
                let result = self.builder.append_block_param(done, types::I64);
                self.builder.ins().brif(is_short, done, &[short.into()], long, &[]);

                self.builder.switch_to_block(long);
                let high = self.load(Heap::Number, types::I32, object, digits + 4);
                let high = self.builder.ins().uextend(types::I64, high);
                let high = self.builder.ins().ishl_imm_u(high, 30);
                let two = self.builder.ins().bor(low, high);
                let sign = self.builder.ins().sshr_imm_u(size, 63);
                let magnitude = match has_two_digits {
                    true => two,
                    false => self.with_third_digit(object, two, size, sign, digits + 8),
                };
                let flipped = self.builder.ins().bxor(magnitude, sign);
                let signed = self.builder.ins().isub(flipped, sign);
                self.builder.ins().jump(done, &[signed.into()]);

                self.builder.switch_to_block(done);
                Ok(result)
            }
        }
    }

    /// Whether a guard has seen that the object is no longer than two digits.
    fn has_two_digits(&self, value: ValueId) -> bool {
        match *self.function.insn(value) {
            Insn::GuardType(object, Type::INT, _) => !self.kind(object).is_subset(Type::INT),
            _ => false,
        }
    }

    /// The magnitude of an int of two digits or three, of which the first two are given.
    fn with_third_digit(
        &mut self,
        object: ir::Value,
        two: ir::Value,
        size: ir::Value,
        sign: ir::Value,
        offset: i32,
    ) -> ir::Value {
        let flipped = self.builder.ins().bxor(size, sign);
        let count = self.builder.ins().isub(flipped, sign);
        let is_two = self.builder.ins().icmp_imm_s(IntCC::UnsignedLessThanOrEqual, count, 2);
        let third = self.builder.create_block();
        let done = self.builder.create_block();
        let magnitude = self.builder.append_block_param(done, types::I64);
        self.builder.ins().brif(is_two, done, &[two.into()], third, &[]);

        self.builder.switch_to_block(third);
        let digit = self.load(Heap::Number, types::I32, object, offset);
        let digit = self.builder.ins().uextend(types::I64, digit);
        let digit = self.builder.ins().ishl_imm_u(digit, 60);
        let three = self.builder.ins().bor(two, digit);
        self.builder.ins().jump(done, &[three.into()]);

        self.builder.switch_to_block(done);
        magnitude
    }

    /// `Insn::Box`.
    pub fn box_value(&mut self, value: ValueId) -> Result<ir::Value> {
        let unboxed = self.value(value)?;
        match self.function.value(value).repr {
            Repr::Int => self.box_int(unboxed),
            Repr::Float => self.box_float(unboxed),
            Repr::Bool => {
                let (yes, no) = (self.address(self.host.true_), self.address(self.host.false_));
                let object = self.builder.ins().select(unboxed, yes, no);
                self.incref_object(object)?;
                Ok(object)
            }
            repr @ (Repr::Obj | Repr::Status | Repr::None) => {
                Err(backend_error(format!("{value:?}, a {repr:?}, cannot be boxed")))
            }
        }
    }
}
