//! What is known of a value: how it is held, which kinds it may have, and perhaps which object or number it
//! is.

use std::fmt;

/// How a value is held in a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Repr {
    /// A `PyObject*`, possibly NULL when its type says so.
    Obj,
    /// An unboxed machine int (i64).
    Int,
    /// An unboxed double.
    Float,
    /// A truth value, 0 or 1 (i8).
    Bool,
    /// A C status: negative when an exception is set (i64).
    Status,
    /// No value.
    None,
}

impl Repr {
    /// What a value held so boxes to.
    pub fn boxed_type(self) -> Type {
        match self {
            Repr::Int => Type::INT,
            Repr::Float => Type::FLOAT,
            Repr::Bool => Type::BOOL,
            Repr::Obj | Repr::Status | Repr::None => Type::OBJECT,
        }
    }
}

/// What a value may be: a set of kinds, and perhaps which object. Kinds are *exact* types: a subclass of
/// `int` is `OTHER`.
///
/// Of NULL there is nothing more to know: what may be either is NULL or the one object. Of a number that is
/// not boxed, it may be known which one it is.
///
/// The class of an object is not among this. It can change, and so can the class that an object has, so that
/// it would hold of a value only as far as nothing runs: so far, those who look at classes in line remember
/// what they saw (`backend/lowering/known.rs`).
///
/// Types are a lattice: [`union`](Type::union) is the least type that has both,
/// [`intersect`](Type::intersect) the greatest that both have.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Type {
    /// One for each kind, and [`IS_OBJECT`] or [`IS_NUMBER`] for what is in `word`.
    bits: u32,
    /// The object's address, or the number.
    word: u64,
}

// Each value has one.
const _: () = assert!(size_of::<Type>() == 16);

/// The bits of kinds.
const KINDS: u32 = (1 << Type::KINDS.len()) - 1;
/// The value is the object at the address that is the word, unless it is NULL.
const IS_OBJECT: u32 = 1 << 30;
/// The value is the number that is the word.
const IS_NUMBER: u32 = 1 << 31;

macro_rules! kinds {
    ($($name:ident = $bit:expr, $text:expr, $doc:expr;)*) => {
        impl Type {
            $(#[doc = $doc] pub const $name: Type = Type::of_bits(1 << $bit);)*
            const TEXTS: &'static [(Type, &'static str)] = &[$((Type::$name, $text)),*];
            /// All kinds, in order.
            pub const KINDS: &'static [Type] = &[$(Type::$name),*];
        }
    };
}

kinds! {
    NULL = 0, "null", "The NULL pointer: an unbound local.";
    NONE = 1, "None", "`None`.";
    BOOL = 2, "bool", "`True` or `False`.";
    INT = 3, "int", "An exact int that can be unboxed: 2.7's `int`; 3.x's of up to two digits, or three when it was boxed from 64 bits.";
    LONG = 4, "long", "An exact int that cannot: 2.7's `long`, 3.x's longer `int`.";
    FLOAT = 5, "float", "An exact `float`.";
    STR = 6, "str", "An exact `str` (bytes on 2.7, text on 3.x).";
    UNICODE = 7, "unicode", "2.7's exact `unicode`, 3.x's exact `bytes`.";
    LIST = 8, "list", "An exact `list`.";
    TUPLE = 9, "tuple", "An exact `tuple`.";
    DICT = 10, "dict", "An exact `dict`.";
    LIST_ITER = 11, "listiterator", "An iterator over a list.";
    TUPLE_ITER = 12, "tupleiterator", "An iterator over a tuple.";
    RANGE_ITER = 13, "rangeiterator", "2.7: over `xrange`; 3.x: over a `range` that fits in C longs.";
    GENERATOR = 14, "generator", "A generator.";
    FUNCTION = 15, "function", "A Python function.";
    METHOD = 16, "method", "A bound (or 2.7 unbound) method.";
    CFUNCTION = 17, "builtin", "A function written in C.";
    TYPE = 18, "type", "An object whose type is `type` itself.";
    INSTANCE = 19, "instance", "2.7: an instance of an old-style class.";
    COMPLEX = 20, "complex", "An exact `complex`.";
    SET = 21, "set", "An exact `set`.";
    ARRAY = 22, "array", "An exact `array.array`.";
    ENUMERATE = 23, "enumerate", "An exact `enumerate`.";
    OTHER = 24, "other", "Everything else.";
}

impl Type {
    const fn of_bits(bits: u32) -> Type {
        Type { bits, word: 0 }
    }

    /// No kind: unreachable, or nothing observed.
    pub const EMPTY: Type = Type::of_bits(0);
    /// Any object, but not NULL.
    pub const OBJECT: Type = Type::of_bits(KINDS - 1);
    /// Any object or NULL.
    pub const ANY: Type = Type::of_bits(KINDS);
    /// Kinds whose deallocation runs no foreign code and frees at most the object itself.
    pub const SIMPLE: Type = Type::any_of(&[
        Type::NULL,
        Type::NONE,
        Type::BOOL,
        Type::INT,
        Type::LONG,
        Type::FLOAT,
        Type::COMPLEX,
        Type::STR,
        Type::UNICODE,
    ]);

    /// Numbers that mixed arithmetic makes a double of.
    pub const REAL: Type = Type::any_of(&[Type::INT, Type::FLOAT]);

    /// Containers that have their items in a row.
    pub const SEQUENCE: Type = Type::any_of(&[Type::LIST, Type::TUPLE]);

    /// Whether a guard can tell that an object is of these kinds: a single one, REAL or SEQUENCE. What is, is
    /// so for ever.
    pub fn has_guard(self) -> bool {
        self.is_single() || self == Type::REAL || self == Type::SEQUENCE
    }

    /// One of these kinds.
    pub const fn any_of(kinds: &[Type]) -> Type {
        let mut bits = 0;
        let mut index = 0;
        while index < kinds.len() {
            bits |= kinds[index].bits & KINDS;
            index += 1;
        }
        Type::of_bits(bits)
    }

    /// The type with this text.
    pub fn named(text: &str) -> Result<Type, String> {
        let (text, word) = text.split_once('=').map_or((text, None), |(text, word)| (text, Some(word)));
        let ty = match text {
            "any" => Type::ANY,
            "object" => Type::OBJECT,
            "empty" => Type::EMPTY,
            _ => text.split('|').try_fold(Type::EMPTY, |ty, name| {
                let kind = Type::TEXTS.iter().find(|(_, text)| *text == name);
                kind.map(|(kind, _)| ty.union(*kind)).ok_or_else(|| format!("there is no kind `{name}`"))
            })?,
        };
        let Some(word) = word else { return Ok(ty) };
        let is_wrong = |_| format!("`{word}` is neither an address nor a number");
        Ok(match word.strip_prefix("0x") {
            Some(address) => ty.at(usize::from_str_radix(address, 16).map_err(is_wrong)?),
            None => ty.with_number(word.parse().map_err(is_wrong)?),
        })
    }

    /// The same, but it is the object at this address.
    pub const fn at(self, address: usize) -> Type {
        Type { bits: self.bits & KINDS | IS_OBJECT, word: address as u64 }.canonical()
    }
    /// The same, but it is this number, which is not boxed.
    pub const fn with_number(self, number: i64) -> Type {
        Type { bits: self.bits & KINDS | IS_NUMBER, word: number as u64 }.canonical()
    }

    /// The address of the object that it is, unless it is NULL.
    pub const fn object(self) -> Option<usize> {
        if self.bits & IS_OBJECT == 0 { None } else { Some(self.word as usize) }
    }
    /// The number that it is.
    pub const fn number(self) -> Option<i64> {
        if self.bits & IS_NUMBER == 0 { None } else { Some(self.word as i64) }
    }

    /// Its kinds, one bit for each.
    pub const fn kind_bits(self) -> u32 {
        self.bits & KINDS
    }
    /// The kinds with these [bits](Type::kind_bits).
    pub const fn of_kind_bits(bits: u32) -> Type {
        Type::of_bits(bits & KINDS)
    }
    /// Its kinds, of which no more is known.
    pub const fn kinds(self) -> Type {
        Type::of_bits(self.bits & KINDS)
    }

    /// Union.
    pub const fn union(self, other: Type) -> Type {
        let kinds = (self.bits | other.bits) & KINDS;
        // What is known of an object is known of NULL or the object.
        let known = match (self.has_no_object(), other.has_no_object()) {
            (true, _) => other,
            (false, true) => self,
            (false, false) if self.is_word_of(other) => self,
            (false, false) => Type::EMPTY,
        };
        Type { bits: known.bits & !KINDS | kinds, ..known }
    }
    /// Intersection.
    pub const fn intersect(self, other: Type) -> Type {
        let kinds = self.bits & other.bits & KINDS;
        if self.has_word() && other.has_word() && !self.is_word_of(other) {
            return Type::of_bits(kinds & Type::NULL.bits);
        }
        let known = if self.has_word() { self } else { other };
        Type { bits: known.bits & !KINDS | kinds, ..known }.canonical()
    }
    /// The same without these kinds.
    pub const fn without(self, kinds: Type) -> Type {
        Type { bits: self.bits & !(kinds.bits & KINDS), ..self }.canonical()
    }
    /// True when whatever is of this type is of the other.
    pub const fn is_subset(self, other: Type) -> bool {
        self.bits & KINDS & !other.bits == 0
            && (self.has_no_object() || !other.has_word() || self.is_word_of(other))
    }
    /// True when something may be of both.
    pub const fn may_be(self, other: Type) -> bool {
        !self.intersect(other).is_empty()
    }
    /// True when nothing is possible.
    pub const fn is_empty(self) -> bool {
        self.bits & KINDS == 0
    }
    /// True for exactly one kind.
    pub const fn is_single(self) -> bool {
        (self.bits & KINDS).is_power_of_two()
    }
    /// Releasing such a value runs no foreign code.
    pub const fn is_simple(self) -> bool {
        self.kinds().is_subset(Type::SIMPLE)
    }
    /// The place of a single kind among all.
    pub const fn index(self) -> usize {
        (self.bits & KINDS).trailing_zeros() as usize
    }

    const fn has_no_object(self) -> bool {
        self.bits & KINDS & !Type::NULL.bits == 0
    }
    const fn has_word(self) -> bool {
        self.bits & !KINDS != 0
    }
    const fn is_word_of(self, other: Type) -> bool {
        self.bits & !KINDS == other.bits & !KINDS && self.word == other.word
    }
    /// Where there is no object, nothing is known of it.
    const fn canonical(self) -> Type {
        if self.has_no_object() { self.kinds() } else { self }
    }
}

impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kinds() {
            Type::ANY => f.write_str("any")?,
            Type::OBJECT => f.write_str("object")?,
            Type::EMPTY => f.write_str("empty")?,
            kinds => {
                let possible = Type::TEXTS.iter().filter(|(kind, _)| kinds.may_be(*kind));
                for (index, (_, text)) in possible.enumerate() {
                    f.write_str(if index == 0 { "" } else { "|" })?;
                    f.write_str(text)?;
                }
            }
        }
        if let Some(address) = self.object() {
            write!(f, "={address:#x}")?;
        }
        if let Some(number) = self.number() {
            write!(f, "={number}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Types of all forms.
    fn samples() -> Vec<Type> {
        let kinds = [
            Type::EMPTY,
            Type::NULL,
            Type::INT,
            Type::OTHER,
            Type::INT.union(Type::NULL),
            Type::REAL,
            Type::OBJECT,
            Type::ANY,
        ];
        let mut all = Vec::new();
        for ty in kinds {
            all.extend([ty, ty.at(0x10), ty.at(0x20), ty.with_number(16), ty.with_number(-1)]);
        }
        all
    }

    #[test]
    fn types_are_a_lattice() {
        let all = samples();
        for &a in &all {
            assert_eq!((a.union(a), a.intersect(a)), (a, a));
            assert!(a.is_subset(a) && Type::EMPTY.is_subset(a));
            assert_eq!((a.union(Type::EMPTY), a.intersect(Type::EMPTY)), (a, Type::EMPTY));
            for &b in &all {
                let (union, both) = (a.union(b), a.intersect(b));
                assert_eq!((union, both), (b.union(a), b.intersect(a)), "{a:?} {b:?}");
                assert!(a.is_subset(union) && both.is_subset(a), "{a:?} {b:?}");
                assert_eq!((a.union(both), a.intersect(union)), (a, a), "{a:?} {b:?}");
                assert_eq!(a.is_subset(b), union == b, "{a:?} {b:?}");
                assert_eq!(a.is_subset(b), both == a, "{a:?} {b:?}");
                assert_eq!(a.is_subset(b) && b.is_subset(a), a == b, "{a:?} {b:?}");
                assert_eq!(a.may_be(b), !both.is_empty());
                for &c in &all {
                    assert_eq!(union.union(c), a.union(b.union(c)), "{a:?} {b:?} {c:?}");
                    assert_eq!(both.intersect(c), a.intersect(b.intersect(c)), "{a:?} {b:?} {c:?}");
                }
            }
        }
    }

    #[test]
    fn texts_are_read_again() {
        for ty in samples() {
            assert_eq!(Type::named(&format!("{ty:?}")), Ok(ty));
        }
        let one = Type::TYPE.union(Type::NULL).at(0x1234);
        assert_eq!(format!("{one:?}"), "null|type=0x1234");
        assert_eq!(format!("{:?}", Type::INT.with_number(-5)), "int=-5");
        for wrong in ["integer", "int=five", "int=0xg"] {
            assert!(Type::named(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn of_null_there_is_nothing_to_know() {
        assert_eq!(Type::NULL.at(0x10), Type::NULL);
        let known = Type::OTHER.at(0x10);
        assert_eq!(known.union(Type::NULL).without(Type::NULL), known);
        assert_eq!(known.union(Type::NULL).without(Type::OTHER), Type::NULL);
        assert_eq!(known.union(Type::NULL).intersect(Type::OBJECT), known);
    }

    #[test]
    fn what_is_known_besides_is_told_apart() {
        let [a, b] = [0x10, 0x20].map(|address| Type::OTHER.at(address));
        assert!(!a.may_be(b) && a.may_be(Type::OTHER) && !a.may_be(Type::INT));
        assert_eq!(a.union(b), Type::OTHER);
        assert_eq!((a.object(), a.number()), (Some(0x10), None));
        assert_eq!(Type::INT.with_number(0x10).object(), None);
        assert!(!Type::INT.with_number(0x10).may_be(Type::INT.at(0x10)), "one is boxed, the other is not");
        assert_eq!(a.kinds(), Type::OTHER);
    }

    #[test]
    fn kinds_have_their_places() {
        for (place, kind) in Type::KINDS.iter().enumerate() {
            assert_eq!((kind.index(), kind.is_single()), (place, true));
        }
        assert_eq!(Type::any_of(Type::KINDS), Type::ANY);
    }
}
