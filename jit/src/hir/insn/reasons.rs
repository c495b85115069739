//! Why compiled code leaves to the interpreter, and what each reason means for those who decide what follows.

macro_rules! exit_reasons {
    ($($(#[doc = $doc:literal])+ $name:ident $text:literal $($fact:ident)*;)*) => {
        /// Why compiled code left to the interpreter.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ExitReason {
            $($(#[doc = $doc])+ $name,)*
        }

        impl ExitReason {
            /// All reasons, in order.
            pub const ALL: [ExitReason; [$($text),*].len()] = [$(ExitReason::$name),*];

            /// Stable name for statistics and texts.
            pub fn name(self) -> &'static str {
                match self {
                    $(ExitReason::$name => $text,)*
                }
            }

            fn facts(self) -> &'static [Fact] {
                match self {
                    $(ExitReason::$name => &[$(Fact::$fact),*],)*
                }
            }
        }
    };
}

/// What a reason can be besides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fact {
    /// The interpreter can go on as if it had never been compiled: the exit may be taken although nothing is
    /// wrong.
    Harmless,
    /// Something was expected that was not so.
    Speculative,
    /// What was not expected is seen by recording, so that the next compilation knows.
    Learnable,
    /// It is the operands of an operation that were not as expected.
    OfOperation,
}

exit_reasons! {
    /// A value was not of the type that was expected.
    TypeGuard "type_guard" Harmless Speculative Learnable;
    /// A local was unbound.
    Unbound "unbound" Harmless Speculative;
    /// An int operation left the unboxable range.
    Overflow "overflow" Harmless Speculative OfOperation;
    /// Division or modulo by zero, a negative shift, and other cases left to the interpreter.
    RareOperand "rare_operand" Harmless Speculative OfOperation;
    /// An index was out of range.
    IndexRange "index_range" Harmless Speculative OfOperation;
    /// An exception is propagating.
    Exception "exception";
    /// Tracing or profiling was switched on.
    Tracing "tracing";
    /// The operation has no native code.
    Uncompiled "uncompiled";
    /// The generator yields.
    Yield "yield";
    /// Code that was never reached while it was profiled.
    Unreached "unreached" Harmless Speculative Learnable;
    /// The version was invalidated while it ran.
    Invalidated "invalidated" Harmless;
    /// An attribute or global of a function that is inlined, or a method that is, was not where it was seen
    /// before.
    Place "place" Harmless Speculative Learnable;
    /// What a loop expects of all its turns was not so before the first.
    Hoisted "hoisted" Harmless Speculative;
    /// Something else was called.
    Callee "callee" Harmless Speculative Learnable;
    /// Code would run as something dies.
    LastReference "last_reference" Harmless Speculative OfOperation;
    /// A name or attribute cache did not hit.
    CacheMiss "cache_miss" Harmless Speculative;
}

impl ExitReason {
    fn is(self, fact: Fact) -> bool {
        self.facts().contains(&fact)
    }

    /// Whether the exit may be taken although nothing is wrong: execution goes on in the interpreter as if it
    /// had never been compiled.
    pub fn is_harmless(self) -> bool {
        self.is(Fact::Harmless)
    }

    /// Whether something was expected that was not so.
    pub fn is_failed_speculation(self) -> bool {
        self.is(Fact::Speculative)
    }

    /// Whether what was not expected is seen by recording, so that the next compilation knows.
    pub fn is_learnable(self) -> bool {
        self.is(Fact::Learnable)
    }

    /// Whether it is the operands of an operation that were not as expected, in another way than by their
    /// kinds.
    pub fn is_of_operation(self) -> bool {
        self.is(Fact::OfOperation)
    }

    /// The reason with this name.
    pub fn named(name: &str) -> Option<ExitReason> {
        ExitReason::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_again() {
        for reason in ExitReason::ALL {
            assert_eq!(ExitReason::named(reason.name()), Some(reason));
        }
        assert_eq!(ExitReason::named("none"), None);
    }

    #[test]
    fn failed_speculation_is_harmless() {
        for reason in ExitReason::ALL {
            assert!(!reason.is_failed_speculation() || reason.is_harmless(), "{}", reason.name());
            assert!(!reason.is_learnable() || reason.is_failed_speculation(), "{}", reason.name());
        }
        assert!(ExitReason::Invalidated.is_harmless() && !ExitReason::Invalidated.is_failed_speculation());
    }
}
