//! What call instructions call, told apart without keeping anything alive.

use super::Assumption;

/// A code object, which may die.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeHandle {
    /// Its address: that of another one, perhaps, once its life has ended.
    pub address: usize,
    /// What the host knows of it, likewise.
    pub state: usize,
    /// That it lives, and both stand for it.
    pub life: Assumption,
}

/// What an instruction calls.
#[derive(Clone, Debug, PartialEq)]
pub enum Callee {
    /// A Python function of this code.
    Function(CodeHandle),
    /// A method, bound to its receiver: of a Python function of this code.
    Method(CodeHandle),
    /// A function in C, or a method of a built-in type that is bound to its receiver: the address of its
    /// definition.
    Native(usize),
    /// A type that never dies: its address.
    Type(usize),
    /// A class whose instances `object` makes, and a Python function of this code initialises.
    Class(CodeHandle),
}

impl Callee {
    /// The code of a Python function, or of a method that is one.
    pub fn code(&self, is_method: bool) -> Option<&CodeHandle> {
        match (self, is_method) {
            (Callee::Function(handle), false) | (Callee::Method(handle), true) => Some(handle),
            (
                Callee::Function(_)
                | Callee::Method(_)
                | Callee::Native(_)
                | Callee::Type(_)
                | Callee::Class(_),
                _,
            ) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_code_at_the_same_address_is_another_callee() {
        let code = |life: &Assumption| CodeHandle { address: 0x1000, state: 0x2000, life: life.clone() };
        let (first, second) = (Assumption::new(0x1000), Assumption::new(0x1000));
        assert_eq!(Callee::Function(code(&first)), Callee::Function(code(&first)));
        assert_ne!(Callee::Function(code(&first)), Callee::Function(code(&second)));
        assert_ne!(Callee::Function(code(&first)), Callee::Method(code(&first)));
    }
}
