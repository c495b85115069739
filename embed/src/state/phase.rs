//! How far a code object has come.

macro_rules! phases {
    ($(#[doc = $doc:literal] $name:ident $text:literal;)*) => {
        /// Where a code object stands.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Phase {
            $(#[doc = $doc] $name,)*
        }

        impl Phase {
            /// All phases, in order.
            pub const ALL: [Phase; [$($text),*].len()] = [$(Phase::$name),*];

            /// Stable name for `pyjion.info()` and `pyjion.status()`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Phase::$name => $text,)*
                }
            }
        }
    };
}

phases! {
    /// Interpreted and counted.
    Cold "cold";
    /// Frames run in the recording evaluator for a while.
    Recording "recording";
    /// Observed; compiled, or to be compiled at the next entry.
    Hot "hot";
    /// Compilation failed; interpreted for good.
    Failed "failed";
    /// `PYJION_ONLY` does not select it.
    Excluded "excluded";
}
