//! What HIR says that values are, held against what is there: code that rests on what is not so is found
//! where that begins.

use super::machine::Machine;
use crate::hir::{Repr, Type, ValueId};
use crate::host::Host;

/// The types of the kinds that have one.
pub(super) struct Kinds {
    /// Type objects, and the kinds that have them.
    known: Vec<(u64, Type)>,
    /// What an object of another type may be.
    others: Type,
}

impl Kinds {
    /// As a host has them.
    pub fn of(host: &Host) -> Kinds {
        let mut kinds = Kinds { known: Vec::new(), others: Type::OTHER };
        for &kind in Type::KINDS.iter().filter(|kind| !Type::NULL.union(Type::OTHER).may_be(**kind)) {
            match (host.types)(kind) as u64 {
                0 => kinds.others = kinds.others.union(kind),
                address => match kinds.known.iter_mut().find(|(known, _)| *known == address) {
                    Some((_, shared)) => *shared = shared.union(kind),
                    None => kinds.known.push((address, kind)),
                },
            }
        }
        kinds
    }

    /// What an object of a type may be.
    fn of_type(&self, ty: u64) -> Type {
        self.known.iter().find(|(known, _)| *known == ty).map_or(self.others, |(_, kinds)| *kinds)
    }
}

impl Machine<'_> {
    /// Ends the program unless an object is what HIR says of the value that it is.
    pub fn check_claim(&self, id: ValueId, object: u64) {
        let value = self.program.function.value(id);
        let is_open = value.ty == Type::ANY || (value.ty == Type::OBJECT && object != 0);
        if value.repr == Repr::Obj && !is_open && !self.may_be(object, value.ty) {
            self.refute_claim(id, object);
        }
    }

    /// Says what is wrong, in the terms of dumps.
    #[cold]
    #[inline(never)]
    fn refute_claim(&self, id: ValueId, object: u64) -> ! {
        let program = self.program;
        let value = program.function.value(id);
        let mut insn = value.insn.clone();
        insn.each_operand(|operand| *operand = program.originals[operand.index()]);
        let id = program.originals[id.index()];
        panic!("{}: {id:?} = {insn}: {object:#x} is not {:?}", program.function.name, value.ty);
    }

    fn may_be(&self, object: u64, ty: Type) -> bool {
        let is_it = ty.object().is_none_or(|address| address as u64 == object);
        let kinds = ty.kinds();
        match object {
            0 => kinds.may_be(Type::NULL),
            object if object == self.program.host.none as u64 => is_it && kinds.may_be(Type::NONE),
            object => is_it && kinds.may_be(self.program.kinds.of_type(self.type_of(object))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::machine::evaluate;
    use super::super::prepare::prepare;
    use super::*;
    use crate::backend::BackendOptions;
    use crate::bytecode::Version;
    use crate::hir::parse;

    /// Runs code whose only claim is that local 0 is a float, where it is an object of the type of a kind, or
    /// NULL.
    fn claims_float(kind: Option<Type>) {
        let text = "f (f.py:1): 1 locals\nentry 0: b0 at 0\n\nb0():\n    v0: float = LoadLocal 0\n    Return v0 at 0\n";
        let function = parse(text).expect("the text is right");
        let host = Host::made_up(Version::V27);
        let prepared = prepare(&function, &host, &BackendOptions::default()).expect("can be evaluated");
        let object = kind.map(|kind| [1, (host.types)(kind) as u64, 0]);
        let mut frame = [0_u64; 64];
        frame[host.layout.frame_locals as usize / 8] =
            object.as_ref().map_or(0, |words| words.as_ptr() as u64);
        let mut buffer = [0];
        let (frame, thread) = (frame.as_mut_ptr().cast(), std::ptr::null_mut());
        // SAFETY: all that the code reads is there.
        unsafe { evaluate(frame, thread, 0, buffer.as_mut_ptr(), &prepared.program) };
    }

    #[test]
    fn what_is_so_can_be_claimed() {
        claims_float(Some(Type::FLOAT));
    }

    #[test]
    #[should_panic(expected = "is not float")]
    fn what_is_of_another_kind_is_found() {
        claims_float(Some(Type::STR));
    }

    #[test]
    #[should_panic(expected = "0x0 is not float")]
    fn null_is_no_object() {
        claims_float(None);
    }

    #[test]
    fn kinds_are_told_by_their_types() {
        let types = |kind: Type| match kind {
            Type::INT | Type::LONG => 8,
            Type::FLOAT => 16,
            _ => 0,
        };
        let kinds = Kinds::of(&Host { types, ..Host::made_up(Version::V35) });
        assert_eq!(kinds.of_type(8), Type::INT.union(Type::LONG));
        assert_eq!(kinds.of_type(16), Type::FLOAT);
        assert!(kinds.of_type(24).may_be(Type::OTHER) && kinds.of_type(24).may_be(Type::LIST));
        assert!(!kinds.of_type(24).may_be(Type::FLOAT.union(Type::NULL)));
    }
}
