//! The special methods of classes that operations look for by themselves, by their names.

use crate::process::PROCESS;
use crate::py::dict::Name;
use crate::py::*;

/// How many operators of two operands there are.
const OPERATORS: usize = 6;

/// How many ways of comparing there are.
const COMPARISONS: usize = 6;

/// The names.
pub struct Specials {
    get_item: Name,
    set_item: Name,
    /// In the order of [`operator`].
    binary: [Name; OPERATORS],
    /// Likewise.
    inplace: [Name; OPERATORS],
    /// In the order of the operands of `COMPARE_OP`.
    compare: [Name; COMPARISONS],
}

impl Specials {
    /// None of them is made yet.
    pub const fn new() -> Specials {
        Specials {
            get_item: Name::new(c"__getitem__"),
            set_item: Name::new(c"__setitem__"),
            binary: [
                Name::new(c"__add__"),
                Name::new(c"__sub__"),
                Name::new(c"__mul__"),
                Name::new(c"__div__"),
                Name::new(c"__truediv__"),
                Name::new(c"__floordiv__"),
            ],
            inplace: [
                Name::new(c"__iadd__"),
                Name::new(c"__isub__"),
                Name::new(c"__imul__"),
                Name::new(c"__idiv__"),
                Name::new(c"__itruediv__"),
                Name::new(c"__ifloordiv__"),
            ],
            compare: [
                Name::new(c"__lt__"),
                Name::new(c"__le__"),
                Name::new(c"__eq__"),
                Name::new(c"__ne__"),
                Name::new(c"__gt__"),
                Name::new(c"__ge__"),
            ],
        }
    }
}

/// A special method that an instruction calls.
#[derive(Clone, Copy)]
pub struct Special {
    /// Its name.
    pub name: &'static Name,
    /// That of another which is called if there is none by the first name.
    pub otherwise: Option<&'static Name>,
}

/// What an instruction with this operand calls where the class of what it works on has it. That is the second
/// operand from the top.
pub fn of(op: u32, operand: Option<u16>) -> Option<Special> {
    let names = &*PROCESS.specials;
    let special = |name| Some(Special { name, otherwise: None });
    match op {
        BINARY_SUBSCR => special(&names.get_item),
        STORE_SUBSCR => special(&names.set_item),
        COMPARE_OP if cfg!(has_declined_methods) => special(names.compare.get(usize::from(operand?))?),
        _ if cfg!(has_declined_methods) => {
            let (operator, is_inplace) = operator(op)?;
            let binary = &names.binary[operator];
            match is_inplace {
                true => Some(Special { name: &names.inplace[operator], otherwise: Some(binary) }),
                false => special(binary),
            }
        }
        _ => None,
    }
}

/// Which operator an instruction is of, and whether it works in place.
fn operator(op: u32) -> Option<(usize, bool)> {
    Some(match op {
        BINARY_ADD => (0, false),
        INPLACE_ADD => (0, true),
        BINARY_SUBTRACT => (1, false),
        INPLACE_SUBTRACT => (1, true),
        BINARY_MULTIPLY => (2, false),
        INPLACE_MULTIPLY => (2, true),
        #[cfg(py2)]
        BINARY_DIVIDE => (if is_true_division() { 4 } else { 3 }, false),
        #[cfg(py2)]
        INPLACE_DIVIDE => (if is_true_division() { 4 } else { 3 }, true),
        BINARY_TRUE_DIVIDE => (4, false),
        INPLACE_TRUE_DIVIDE => (4, true),
        BINARY_FLOOR_DIVIDE => (5, false),
        INPLACE_FLOOR_DIVIDE => (5, true),
        _ => return None,
    })
}

/// 2.7: whether `-Qnew` makes `/` the true division.
#[cfg(py2)]
fn is_true_division() -> bool {
    // SAFETY: set before anything runs.
    unsafe { _Py_QnewFlag != 0 }
}
