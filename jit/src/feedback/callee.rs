//! What call instructions call, told apart without keeping anything alive.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// Whether something is still what it was when it was looked at: a byte that compiled code can test, shared by the
/// owner of the thing, who [ends](Life::end) it, and those who rest on it.
#[derive(Clone, Debug)]
pub struct Life(Arc<AtomicU8>);

impl Default for Life {
    fn default() -> Life {
        Life(Arc::new(AtomicU8::new(1)))
    }
}

impl Life {
    /// The thing is no more.
    pub fn end(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Whether it has not ended.
    pub fn is_on(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    /// The address of a byte that is 1 until it ends, then 0; valid for as long as a clone of this exists.
    pub fn address(&self) -> usize {
        self.0.as_ptr() as usize
    }
}

impl PartialEq for Life {
    fn eq(&self, other: &Life) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A code object, which may die.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeHandle {
    /// Its address: that of another one once its life has ended.
    pub address: usize,
    /// What the host knows of it, likewise.
    pub state: usize,
    /// Until when both stand for it.
    pub life: Life,
}

/// What an instruction calls.
#[derive(Clone, Debug, PartialEq)]
pub enum Callee {
    /// A Python function of this code.
    Function(CodeHandle),
    /// A method, bound to its receiver: of a Python function of this code.
    Method(CodeHandle),
    /// A function in C, or a method of a built-in type that is bound to its receiver: the address of its definition.
    Native(usize),
    /// A type that never dies: its address.
    Type(usize),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lives_are_told_apart_and_end_for_all() {
        let (one, other) = (Life::default(), Life::default());
        let clone = one.clone();
        assert_eq!((one == clone, one == other), (true, false));
        assert!(clone.is_on());
        one.end();
        assert_eq!((clone.is_on(), other.is_on()), (false, true));
    }

    #[test]
    fn another_code_at_the_same_address_is_another_callee() {
        let code = |life: &Life| CodeHandle { address: 0x1000, state: 0x2000, life: life.clone() };
        let (first, second) = (Life::default(), Life::default());
        assert_eq!(Callee::Function(code(&first)), Callee::Function(code(&first)));
        assert_ne!(Callee::Function(code(&first)), Callee::Function(code(&second)));
        assert_ne!(Callee::Function(code(&first)), Callee::Method(code(&first)));
    }
}
