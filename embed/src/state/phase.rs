//! How far a code object has come.

/// Where a code object stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Phase {
    /// Interpreted and counted.
    Cold,
    /// Frames run in the recording evaluator for a while.
    Recording,
    /// Observed; compiled, or to be compiled at the next entry.
    Hot,
    /// Compilation failed; interpreted for good.
    Failed,
    /// `PYJION_ONLY` does not select it.
    Excluded,
}

impl Phase {
    /// All phases, in order.
    pub const ALL: [Phase; 5] = [Phase::Cold, Phase::Recording, Phase::Hot, Phase::Failed, Phase::Excluded];

    /// Stable name for `pyjion.info()` and `pyjion.status()`.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Cold => "cold",
            Phase::Recording => "recording",
            Phase::Hot => "hot",
            Phase::Failed => "failed",
            Phase::Excluded => "excluded",
        }
    }
}
