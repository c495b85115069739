//! The operands that an instruction was seen with.

use super::Distribution;
use crate::hir::Type;

/// The kinds of the topmost operands of an instruction, seen together: `[TOS, second, third]`.
pub type Operands = [Type; 3];

/// What the operands of an instruction were. Those of one execution are seen together: an operation has ways
/// for some of them, and the likeliest comes first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperandsSeen {
    seen: Distribution<Packed, 4>,
    /// Kinds besides those: of operands not told apart any more, or only expected.
    besides: Packed,
}

/// The kinds of operands, in little room: there are some for each instruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Packed([u32; 3]);

impl Packed {
    fn of(operands: Operands) -> Packed {
        Packed(operands.map(Type::kind_bits))
    }

    fn unpacked(self) -> Operands {
        self.0.map(Type::of_kind_bits)
    }

    fn union(self, other: Packed) -> Packed {
        let [a, b, c] = self.0;
        let [x, y, z] = other.0;
        Packed([a | x, b | y, c | z])
    }
}

impl OperandsSeen {
    /// Counts these.
    pub fn add(&mut self, operands: Operands) {
        let packed = Packed::of(operands);
        self.seen.add(packed);
        if self.seen.count(&packed) == 0 {
            self.besides = self.besides.union(packed);
        }
    }

    /// These are to be expected too.
    pub fn expect(&mut self, operands: Operands) {
        self.besides = self.besides.union(Packed::of(operands));
    }

    /// All kinds that the operand `depth` below the top was seen to have.
    pub fn kinds(&self, depth: usize) -> Type {
        let seen = self.seen.by_frequency().into_iter().map(|(operands, _)| *operands);
        seen.fold(self.besides, Packed::union).unpacked()[depth]
    }

    /// The operands that were seen most often, if they were at least half of the time.
    pub fn likely(&self) -> Option<Operands> {
        let &(operands, count) = self.seen.by_frequency().first()?;
        (count.saturating_mul(2) >= self.seen.total()).then(|| operands.unpacked())
    }

    /// How often any were seen.
    pub fn total(&self) -> u32 {
        self.seen.total()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Type = Type::EMPTY;

    #[test]
    fn the_likely_ones_are_half_of_all() {
        let mut seen = OperandsSeen::default();
        assert_eq!(seen.likely(), None);
        seen.add([Type::INT, Type::LIST, NONE]);
        seen.add([Type::STR, Type::DICT, NONE]);
        assert_eq!(seen.likely(), Some([Type::INT, Type::LIST, NONE]), "the first of two");
        seen.add([Type::STR, Type::DICT, NONE]);
        assert_eq!(seen.likely(), Some([Type::STR, Type::DICT, NONE]));
        seen.add([Type::INT, Type::DICT, NONE]);
        seen.add([Type::INT, Type::TUPLE, NONE]);
        assert_eq!((seen.likely(), seen.total()), (None, 5));
    }

    #[test]
    fn kinds_are_of_all() {
        let mut seen = OperandsSeen::default();
        for kind in [Type::INT, Type::FLOAT, Type::LONG, Type::STR, Type::LIST, Type::LIST] {
            seen.add([kind, Type::INT, NONE]);
        }
        let all = Type::any_of(&[Type::INT, Type::FLOAT, Type::LONG, Type::STR, Type::LIST]);
        assert_eq!([0, 1, 2].map(|depth| seen.kinds(depth)), [all, Type::INT, NONE]);
        assert_eq!(seen.total(), 6);
        seen.expect([Type::TYPE, NONE, NONE]);
        assert_eq!((seen.kinds(0), seen.total()), (all.union(Type::TYPE), 6));
    }
}
