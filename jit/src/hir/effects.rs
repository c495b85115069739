//! What an instruction is known to do: the memory it reads and writes, whose code it can run, what its result
//! is.

use super::insn::ValueId;
use super::types::Repr;
use std::fmt;

macro_rules! heaps {
    ($($(#[doc = $doc:literal])+ $name:ident $text:literal;)*) => {
        /// A kind of memory. Heaps are disjoint by construction: different fields, or fields of objects of
        /// different types.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Heap {
            $($(#[doc = $doc])+ $name,)*
        }

        impl Heap {
            /// All of them, in order.
            pub const ALL: &'static [Heap] = &[$(Heap::$name),*];

            /// Its name in texts.
            pub fn name(self) -> &'static str {
                match self {
                    $(Heap::$name => $text,)*
                }
            }
        }
    };
}

heaps! {
    /// Fields of the frame itself: `f_lasti`, the pointer to the operand stack.
    Frame "frame";
    /// `f_localsplus` below the operand stack.
    Locals "locals";
    /// The operand stack.
    Stack "stack";
    /// The exit buffer.
    Buffer "buffer";
    /// Reference counts.
    Refcount "refcount";
    /// `ob_type`.
    Type "type";
    /// What is in an int or float.
    Number "number";
    /// Sizes of lists, tuples and arrays, and the pointer to a list's or array's items.
    Sequence "sequence";
    /// Items of lists and tuples.
    Items "items";
    /// What is in arrays of numbers.
    Elements "elements";
    /// Fields of iterators.
    Iterator "iterator";
    /// What is in the cells that functions share.
    Content "content";
    /// Cells of the interpreter and of the backend: tickers, flags, counters.
    Cell "cell";
    /// Marks of tracked names.
    Marks "marks";
    /// What the globals are bound to.
    Globals "globals";
    /// Dicts and slots of instances, and of modules.
    Attributes "attributes";
    /// What classes look like: their dicts, bases and version tags.
    Classes "classes";
    /// The exception that is raised, and those that are being handled.
    Exception "exception";
    /// Everything else that Python code can see.
    World "world";
}

/// A set of heaps.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Heaps(u32);

impl Heaps {
    /// None.
    pub const NONE: Heaps = Heaps(0);
    /// All that code other than this function's can reach. Nobody else knows this run's marks and exit
    /// buffer.
    pub const REACHABLE: Heaps =
        Heaps(((1 << Heap::ALL.len()) - 1) & !(1 << Heap::Marks as u32) & !(1 << Heap::Buffer as u32));

    /// These.
    pub const fn of(heaps: &[Heap]) -> Heaps {
        let mut bits = 0;
        let mut index = 0;
        while index < heaps.len() {
            bits |= 1 << heaps[index] as u32;
            index += 1;
        }
        Heaps(bits)
    }

    /// Set union.
    pub const fn union(self, other: Heaps) -> Heaps {
        Heaps(self.0 | other.0)
    }

    /// Whether a heap is in both.
    pub const fn meets(self, other: Heaps) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The heaps, in order.
    pub fn iter(self) -> impl Iterator<Item = Heap> {
        Heap::ALL.iter().copied().filter(move |heap| self.0 & 1 << *heap as u32 != 0)
    }
}

impl fmt::Debug for Heaps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Heap::name)).finish()
    }
}

/// Whether code other than this function's can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// It cannot: nobody sees the frame, nothing that others hold changes but what is written.
    Nothing,
    /// It can.
    Anything,
    /// It can if the release of this object does.
    Release(ValueId),
}

/// Who answers for the reference that a result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// It is none: the result is no object, or one that something else keeps alive.
    Borrowed,
    /// The result is a new reference, unless it is NULL: exactly one later instruction consumes it.
    Owned,
    /// The result is the first operand, whoever owns that.
    SameAsOperand,
}

/// When an instruction whose result nobody uses can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Never: it writes, leaves, takes or gives references.
    Always,
    /// Always.
    ForResult,
    /// Before write-back. That concludes from what such a guard has seen, without a use of it: what is there
    /// by then, stays.
    BeforeFinal,
}

/// What is known of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// How its result is held.
    pub repr: Repr,
    /// Whose its result is.
    pub result: Ownership,
    /// The memory it may read.
    pub reads: Heaps,
    /// The memory it may write.
    pub writes: Heaps,
    /// Whose code may run. That reads and writes [`Heaps::REACHABLE`] besides.
    pub runs: Runs,
    /// Whether it stays without a use.
    pub need: Need,
    /// Whether it ends its block.
    pub ends: bool,
}

impl Facts {
    const fn new(repr: Repr, result: Ownership, need: Need) -> Facts {
        Facts {
            repr,
            result,
            reads: Heaps::NONE,
            writes: Heaps::NONE,
            runs: Runs::Nothing,
            need,
            ends: false,
        }
    }

    /// Computes a value and does nothing else.
    pub const fn computes(repr: Repr) -> Facts {
        Facts::new(repr, Ownership::Borrowed, Need::ForResult)
    }

    /// Computes a value, or leaves.
    pub const fn attempts(repr: Repr) -> Facts {
        Facts::new(repr, Ownership::Borrowed, Need::Always)
    }

    /// Its result is its first operand, of which more is known.
    pub const fn refines() -> Facts {
        Facts::new(Repr::Obj, Ownership::SameAsOperand, Need::Always)
    }

    /// Its result is a new reference.
    pub const fn gives() -> Facts {
        Facts::new(Repr::Obj, Ownership::Owned, Need::Always)
    }

    /// It is there for what it does; it has no result.
    pub const fn effect() -> Facts {
        Facts::new(Repr::None, Ownership::Borrowed, Need::Always)
    }

    /// It reads these too.
    pub const fn reads(mut self, heaps: &[Heap]) -> Facts {
        self.reads = self.reads.union(Heaps::of(heaps));
        self
    }

    /// It writes these too, and has to stay.
    pub const fn writes(mut self, heaps: &[Heap]) -> Facts {
        self.writes = self.writes.union(Heaps::of(heaps));
        self.need = Need::Always;
        self
    }

    /// It releases a reference to this object, which may run code.
    pub const fn releases(mut self, object: ValueId) -> Facts {
        self.runs = Runs::Release(object);
        self.writes(&[Heap::Refcount])
    }

    /// It runs any code.
    pub const fn runs_code(mut self) -> Facts {
        self.runs = Runs::Anything;
        self.reads = Heaps::REACHABLE;
        self.writes = Heaps::REACHABLE;
        self.need = Need::Always;
        self
    }

    /// It is the last of its block.
    pub const fn ends(mut self) -> Facts {
        self.ends = true;
        self
    }

    /// When it can go without a use, where that does not follow from the rest.
    pub const fn needed(mut self, need: Need) -> Facts {
        self.need = need;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_heaps() {
        let some = Heaps::of(&[Heap::Items, Heap::Sequence]);
        assert_eq!(format!("{some:?}"), r#"{"sequence", "items"}"#);
        assert!(some.meets(Heaps::of(&[Heap::Items])) && !some.meets(Heaps::of(&[Heap::Type])));
        assert!(
            Heaps::REACHABLE.meets(some) && !Heaps::REACHABLE.meets(Heaps::of(&[Heap::Marks, Heap::Buffer]))
        );
        assert_eq!(Heaps::REACHABLE.iter().count(), Heap::ALL.len() - 2);
    }

    #[test]
    fn what_writes_stays() {
        assert_eq!(Facts::computes(Repr::Int).need, Need::ForResult);
        assert_eq!(Facts::computes(Repr::Int).writes(&[Heap::Cell]).need, Need::Always);
        assert!(Facts::effect().runs_code().writes.meets(Heaps::of(&[Heap::World])));
    }
}
