//! References, kinds, and the numbers in objects.

use super::calls::tell;
use super::machine::{Machine, Outcome, only_if};
use super::memory::item;
use crate::hir::{Repr, SideExit, Type, ValueId};
use crate::host::{FreeList, IntLayout, SmallInts};

/// Kinds that die without running code, as far as they have type objects of their own.
const NUMBERS_AND_TEXTS: [Type; 5] = [Type::INT, Type::LONG, Type::FLOAT, Type::STR, Type::UNICODE];

impl Machine<'_> {
    /// The type of an object, borrowed.
    pub fn type_of(&self, object: u64) -> u64 {
        self.load(object, self.program.host.layout.ob_type)
    }

    /// Whether an object is of the type of a kind.
    pub fn is_of_type(&self, object: u64, kind: Type) -> bool {
        self.type_of(object) == (self.program.host.types)(kind) as u64
    }

    /// Whether an object is `True`.
    pub fn is_true(&self, object: u64) -> bool {
        object == self.program.host.true_ as u64
    }

    /// `Insn::NewRef`, for whoever wants a reference of their own.
    pub fn new_ref(&self, object: u64) -> u64 {
        let host = &self.program.host;
        if host.counted_incref != 0 {
            tell(host.counted_incref, object);
        } else {
            let count = self.load(object, host.layout.refcnt);
            self.store(object, host.layout.refcnt, count.wrapping_add(1));
        }
        object
    }

    /// `Insn::Forget`.
    pub fn forget(&self, object: u64) {
        let host = &self.program.host;
        if host.counted_decref != 0 {
            tell(host.counted_decref, object);
        } else {
            let count = self.load(object, host.layout.refcnt);
            self.store(object, host.layout.refcnt, count.wrapping_sub(1));
        }
    }

    /// Releases an object, if there is one, whose release runs no code.
    pub fn release_simple(&self, object: u64) {
        if object != 0 {
            self.release(object, Type::SIMPLE, None);
        }
    }

    /// Releases an object of these kinds, with `f_lasti` at an offset where that may run code.
    #[inline(never)]
    pub fn release(&self, object: u64, kinds: Type, pc: Option<u32>) {
        let host = &self.program.host;
        if host.counted_decref != 0 {
            pc.into_iter().for_each(|pc| self.set_lasti(pc));
            return tell(host.counted_decref, object);
        }
        self.forget(object);
        if self.load(object, host.layout.refcnt) == 0 {
            if let Some(list) = self.free_list(kinds)
                && self.put_back(list, kinds, object)
            {
                return;
            }
            pc.into_iter().for_each(|pc| self.set_lasti(pc));
            tell(host.dealloc, object);
        }
    }

    /// `Insn::DecrefShared`.
    pub fn decref_shared(&self, object: u64, exit: SideExit) -> Outcome<()> {
        if object == 0 {
            return Ok(());
        }
        let host = &self.program.host;
        let is_last = self.load(object, host.layout.refcnt) == 1;
        if is_last && !self.dies_quietly(object) {
            return Err(exit);
        }
        self.release(object, Type::OBJECT, None);
        Ok(())
    }

    fn dies_quietly(&self, object: u64) -> bool {
        let types = self.program.host.types;
        NUMBERS_AND_TEXTS.into_iter().any(|kind| types(kind) != 0 && self.is_of_type(object, kind))
    }

    /// Whether an object is of a single kind, which its value may say already.
    pub fn is_of_kind(&self, value: ValueId, kind: Type) -> bool {
        let host = &self.program.host;
        let object = self.get(value);
        if self.program.function.value(value).ty.is_subset(kind) {
            return true;
        }
        match (kind, host.layout.int) {
            (Type::NONE, _) => object == host.none as u64,
            (Type::NULL, _) => object == 0,
            (Type::REAL, _) => self.is_of_type(object, Type::FLOAT) || self.is_of_kind(value, Type::INT),
            (Type::SEQUENCE, _) => {
                self.is_of_type(object, Type::LIST) || self.is_of_type(object, Type::TUPLE)
            }
            // On 3.x the two kinds have one type.
            (Type::INT | Type::LONG, IntLayout::Digits { size, .. }) => {
                let is_short = || (self.load(object, size) as i64).unsigned_abs() <= 2;
                self.is_of_type(object, Type::INT) && is_short() == (kind == Type::INT)
            }
            _ => self.is_of_type(object, kind),
        }
    }

    /// `Insn::UnboxInt`.
    pub fn unbox_int(&self, value: ValueId) -> i64 {
        let object = self.get(value);
        if self.program.function.value(value).ty.is_subset(Type::BOOL) {
            return i64::from(self.is_true(object));
        }
        match self.program.host.layout.int {
            IntLayout::Long { value } => self.load(object, value) as i64,
            IntLayout::Digits { size, digits } => {
                let size = self.load(object, size) as i64;
                let magnitude = (0..size.unsigned_abs() as i32).rev().fold(0_u64, |magnitude, index| {
                    magnitude << 30 | u64::from(self.load_int(object, digits + 4 * index) as u32)
                });
                (magnitude as i64).wrapping_mul(size.signum())
            }
        }
    }

    /// `Insn::UnboxReal`.
    pub fn unbox_real(&self, value: ValueId, exit: SideExit) -> Outcome<f64> {
        let object = self.get(value);
        if self.is_of_type(object, Type::FLOAT) {
            return Ok(f64::from_bits(self.load(object, self.program.host.layout.float_value)));
        }
        let int = self.unbox_int(value);
        only_if(int.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS, exit)?;
        Ok(int as f64)
    }

    /// `Insn::Box`.
    pub fn boxed(&self, value: ValueId) -> u64 {
        let host = &self.program.host;
        match self.program.function.value(value).repr {
            Repr::Int => self.boxed_int(self.int(value)),
            Repr::Float => self.boxed_float(self.float(value)),
            Repr::Bool => self.new_ref(if self.truth(value) { host.true_ } else { host.false_ } as u64),
            Repr::Obj | Repr::Status | Repr::None => unreachable!("{value:?} is no number"),
        }
    }

    fn boxed_float(&self, value: f64) -> u64 {
        let host = &self.program.host;
        match self.program.free_numbers.and_then(|lists| self.take(lists.floats, Type::FLOAT)) {
            Some(object) => {
                self.store(object, host.layout.float_value, value.to_bits());
                object
            }
            None => {
                // SAFETY: the host says that this is what is there.
                let make = unsafe { std::mem::transmute::<usize, extern "C" fn(f64) -> u64>(host.box_float) };
                make(value)
            }
        }
    }

    fn boxed_int(&self, value: i64) -> u64 {
        let host = &self.program.host;
        let list = self.program.free_numbers.and_then(|lists| lists.ints);
        if host.counted_incref == 0 {
            if let Some(SmallInts { first, count, table }) = host.small_ints
                && (first..first + count).contains(&value)
            {
                return self.new_ref(self.load(item(table as u64, (value - first) as u64), 0));
            }
            if let (Some(list), IntLayout::Long { value: field }) = (list, host.layout.int)
                && let Some(object) = self.take(list, Type::INT)
            {
                self.store(object, field, value as u64);
                return object;
            }
            if let (Some(list), IntLayout::Digits { size, digits }) = (list, host.layout.int)
                && value.unsigned_abs() < 1 << 30
                && let Some(object) = self.take(list, Type::INT)
            {
                self.store(object, size, value.signum() as u64);
                self.store_int(object, digits, value.unsigned_abs() as i32);
                return object;
            }
        }
        // SAFETY: the host says that this is what is there.
        let make = unsafe { std::mem::transmute::<usize, extern "C" fn(i64) -> u64>(host.box_int) };
        make(value)
    }

    /// An object of a list, with one reference, if there is one.
    fn take(&self, list: FreeList, kind: Type) -> Option<u64> {
        let host = &self.program.host;
        let object = self.load(list.first as u64, 0);
        if object == 0 {
            return None;
        }
        self.store(list.first as u64, 0, self.type_of(object));
        list.counted.iter().for_each(|(count, _)| {
            self.add_to_int(*count, -1);
        });
        self.store(object, host.layout.ob_type, (host.types)(kind) as u64);
        self.store(object, host.layout.refcnt, 1);
        Some(object)
    }

    /// The list that unused objects of these kinds are put back to, if that is one.
    fn free_list(&self, kinds: Type) -> Option<FreeList> {
        let lists = self.program.free_numbers?;
        match kinds {
            Type::FLOAT => Some(lists.floats),
            Type::INT => lists.ints,
            _ => None,
        }
    }

    /// Puts an object of these kinds without references back to its list, unless that is full or not for such
    /// an object; whether it has.
    fn put_back(&self, list: FreeList, kinds: Type, object: u64) -> bool {
        if let (Type::INT, IntLayout::Digits { size, .. }) = (kinds, self.program.host.layout.int)
            && !matches!(self.load(object, size) as i64, -1 | 1)
        {
            return false;
        }
        if let Some((count, most)) = list.counted {
            if self.load_int(count as u64, 0) >= most {
                return false;
            }
            self.add_to_int(count, 1);
        }
        let next = self.load(list.first as u64, 0);
        self.store(object, self.program.host.layout.ob_type, next);
        self.store(list.first as u64, 0, object);
        true
    }
}
