//! The ways of running the interpreter under test: each an environment and a skip list.

/// A way of running the interpreter under test.
pub struct Mode {
    /// Its name, also that of its skip list.
    pub name: &'static str,
    /// The environment that switches it on.
    pub env: &'static [(&'static str, &'static str)],
    /// Options that regrtest gets on both interpreters.
    pub regrtest: &'static [&'static str],
}

const fn mode(name: &'static str, env: &'static [(&'static str, &'static str)]) -> Mode {
    Mode { name, env, regrtest: &[] }
}

/// Every mode. The first is the baseline: with the JIT off, patched must be stock.
pub const MODES: &[Mode] = &[
    mode("off", &[("PYJION", "0")]),
    mode("default", &[]),
    mode("hot", &[("PYJION_THRESHOLD", "20")]),
    mode("threshold1", &[("PYJION_THRESHOLD", "1")]),
    mode("stress1", &[("PYJION_THRESHOLD", "1"), ("PYJION_STRESS_EXIT", "1")]),
    mode("stress7", &[("PYJION_THRESHOLD", "1"), ("PYJION_STRESS_EXIT", "7")]),
    mode("stress97", &[("PYJION_THRESHOLD", "1"), ("PYJION_STRESS_EXIT", "97")]),
];
