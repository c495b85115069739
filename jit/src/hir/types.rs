//! What is known of a value: a set of possible kinds, and how the value is represented.

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

/// A set of kinds that a value may have. Kinds are *exact* types: a subclass of `int` is `OTHER`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Type(pub u32);

macro_rules! kinds {
    ($($name:ident = $bit:expr, $text:expr, $doc:expr;)*) => {
        impl Type {
            $(#[doc = $doc] pub const $name: Type = Type(1 << $bit);)*
            const TEXTS: &'static [(Type, &'static str)] = &[$((Type::$name, $text)),*];
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
    OTHER = 23, "other", "Everything else.";
}

impl Type {
    /// No kind: unreachable, or nothing observed.
    pub const EMPTY: Type = Type(0);
    /// Any object, but not NULL.
    pub const OBJECT: Type = Type((1 << 24) - 2);
    /// Any object or NULL.
    pub const ANY: Type = Type((1 << 24) - 1);
    /// Kinds whose deallocation runs no foreign code and frees at most the object itself.
    pub const SIMPLE: Type = Type(
        Type::NULL.0
            | Type::NONE.0
            | Type::BOOL.0
            | Type::INT.0
            | Type::LONG.0
            | Type::FLOAT.0
            | Type::COMPLEX.0
            | Type::STR.0
            | Type::UNICODE.0,
    );

    /// Numbers that mixed arithmetic makes a double of.
    pub const REAL: Type = Type(Type::INT.0 | Type::FLOAT.0);

    /// The type with this text.
    pub fn named(text: &str) -> Result<Type, String> {
        match text {
            "any" => Ok(Type::ANY),
            "object" => Ok(Type::OBJECT),
            "empty" => Ok(Type::EMPTY),
            _ => text.split('|').try_fold(Type::EMPTY, |ty, name| {
                let kind = Type::TEXTS.iter().find(|(_, text)| *text == name);
                kind.map(|(kind, _)| ty.union(*kind)).ok_or_else(|| format!("there is no kind `{name}`"))
            }),
        }
    }

    /// Set union.
    pub const fn union(self, other: Type) -> Type {
        Type(self.0 | other.0)
    }
    /// Set intersection.
    pub const fn intersect(self, other: Type) -> Type {
        Type(self.0 & other.0)
    }
    /// The kinds that are not in the other set.
    pub const fn without(self, other: Type) -> Type {
        Type(self.0 & !other.0)
    }
    /// True when every kind in `self` is in `other`.
    pub const fn is_subset(self, other: Type) -> bool {
        self.0 & !other.0 == 0
    }
    /// True when `other`'s kinds are possible.
    pub const fn may_be(self, other: Type) -> bool {
        self.0 & other.0 != 0
    }
    /// True when nothing is possible.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// True for exactly one kind.
    pub const fn is_single(self) -> bool {
        self.0.is_power_of_two()
    }
    /// Releasing such a value runs no foreign code.
    pub const fn is_simple(self) -> bool {
        self.is_subset(Type::SIMPLE)
    }
}

impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Type::ANY {
            return f.write_str("any");
        }
        if *self == Type::OBJECT {
            return f.write_str("object");
        }
        if self.is_empty() {
            return f.write_str("empty");
        }
        let mut first = true;
        for (kind, text) in Type::TEXTS {
            if self.may_be(*kind) {
                if !first {
                    f.write_str("|")?;
                }
                f.write_str(text)?;
                first = false;
            }
        }
        Ok(())
    }
}
