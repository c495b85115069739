//! What an array of numbers holds.

use super::types::{Repr, Type};

/// An item of an `array.array`, by how it lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Element {
    /// A double.
    F64,
    /// A signed 64-bit int.
    I64,
    /// A signed 32-bit int.
    I32,
    /// A signed byte.
    I8,
    /// An unsigned byte.
    U8,
}

impl Element {
    /// All of them.
    pub const ALL: [Element; 5] = [Element::F64, Element::I64, Element::I32, Element::I8, Element::U8];

    /// The one with this typecode, where a C `long` has 64 bits.
    pub fn of_typecode(typecode: u8) -> Option<Element> {
        match typecode {
            b'd' => Some(Element::F64),
            b'l' => Some(Element::I64),
            b'i' => Some(Element::I32),
            b'b' => Some(Element::I8),
            b'B' => Some(Element::U8),
            _ => None,
        }
    }

    /// Its name in texts.
    pub fn name(self) -> &'static str {
        match self {
            Element::F64 => "f64",
            Element::I64 => "i64",
            Element::I32 => "i32",
            Element::I8 => "i8",
            Element::U8 => "u8",
        }
    }

    /// How it is held in a register.
    pub const fn repr(self) -> Repr {
        match self {
            Element::F64 => Repr::Float,
            Element::I64 | Element::I32 | Element::I8 | Element::U8 => Repr::Int,
        }
    }

    /// The kind of its object.
    pub fn kind(self) -> Type {
        self.repr().boxed_type()
    }

    /// The binary logarithm of its size in bytes.
    pub fn shift(self) -> i64 {
        match self {
            Element::F64 | Element::I64 => 3,
            Element::I32 => 2,
            Element::I8 | Element::U8 => 0,
        }
    }

    /// The least and the greatest int that it can be, unless that is any.
    pub fn range(self) -> Option<(i64, i64)> {
        match self {
            Element::F64 | Element::I64 => None,
            Element::I32 => Some((i32::MIN.into(), i32::MAX.into())),
            Element::I8 => Some((i8::MIN.into(), i8::MAX.into())),
            Element::U8 => Some((0, u8::MAX.into())),
        }
    }
}
