//! The ways of running the interpreter under test: each an environment and a skip list.

/// A way of running the interpreter under test.
pub struct Mode {
    /// Its name, also that of its skip list.
    pub name: &'static str,
    /// The environment that switches it on.
    pub env: &'static [(&'static str, &'static str)],
    /// Options that regrtest gets on both interpreters.
    pub regrtest: &'static [&'static str],
    /// It needs builds with Py_DEBUG, is for regrtest and snippets, and only when named.
    pub debug: bool,
    /// Allocations fail in it, and programs with them where they do not on stock, as long as they do not
    /// crash: for snippets only.
    pub may_fail: bool,
}

impl Mode {
    /// Whether programs have to do in it what they do on stock.
    pub fn is_comparable(&self) -> bool {
        !self.debug && !self.may_fail
    }
}

const fn mode(name: &'static str, env: &'static [(&'static str, &'static str)]) -> Mode {
    Mode { name, env, regrtest: &[], debug: false, may_fail: false }
}

/// The modes in which snippets run unless others are named or everything is asked for: each finds what
/// the rest do not.
pub const EVERYDAY: &[&str] = &[
    "off",
    "default",
    "hot",
    "background",
    "threshold1",
    "stress1",
    "stress7",
    "stress-invalidate",
    "tiny-memory",
    "compile-fails",
    "no-baseline",
    "no-opt",
    "no-memory",
];

/// Every mode. The first is the baseline: with the JIT off, patched must be stock.
pub const MODES: &[Mode] = &[
    mode("off", &[("PYJION", "0")]),
    mode("default", &[]),
    mode("hot", &[("PYJION_THRESHOLD", "20"), ("PYJION_BACKGROUND", "0")]),
    mode("background", &[("PYJION_THRESHOLD", "20")]),
    mode("threshold1", &[("PYJION_THRESHOLD", "1")]),
    mode("stress1", &[("PYJION_THRESHOLD", "1"), ("PYJION_STRESS_EXIT", "1")]),
    mode("stress7", &[("PYJION_THRESHOLD", "1"), ("PYJION_STRESS_EXIT", "7")]),
    mode("stress97", &[("PYJION_THRESHOLD", "1"), ("PYJION_STRESS_EXIT", "97")]),
    mode("stress-invalidate", &[("PYJION_THRESHOLD", "1"), ("PYJION_STRESS_INVALIDATE", "31")]),
    mode("tiny-functions", &[("PYJION_THRESHOLD", "1"), ("PYJION_MAX_VALUES", "800")]),
    // Code comes and goes here more than elsewhere: GDB is told of it all.
    mode("tiny-memory", &[("PYJION_THRESHOLD", "1"), ("PYJION_MAX_CODE", "64K"), ("PYJION_GDB", "1")]),
    mode("compile-fails", &[("PYJION_THRESHOLD", "1"), ("PYJION_STRESS_FAIL", "1")]),
    mode("no-baseline", &[("PYJION_THRESHOLD", "1"), ("PYJION_NO_BASELINE", "1")]),
    mode("no-opt", &[("PYJION_THRESHOLD", "1"), ("PYJION_NO_OPT", "1")]),
    mode("no-unbox", &[("PYJION_THRESHOLD", "1"), ("PYJION_NO_UNBOX", "1")]),
    mode("no-speculate", &[("PYJION_THRESHOLD", "1"), ("PYJION_NO_SPECULATE", "1")]),
    // Wrong code and a wrong evaluation of what it was made from are rarely wrong in the same way.
    mode("interp", &[("PYJION_THRESHOLD", "20"), ("PYJION_BACKGROUND", "0"), ("PYJION_BACKEND", "interp")]),
    Mode { may_fail: true, ..mode("no-memory", &[("PYJION_THRESHOLD", "1")]) },
    Mode {
        name: "refleak",
        env: &[("PYJION_THRESHOLD", "1")],
        regrtest: &["-R", "3:3"],
        debug: true,
        may_fail: false,
    },
];
