//! What kind of code a function is.

use super::symbols::Symbol;
use serde::Serialize;

/// What kind of code time goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Compiled Python.
    Native,
    /// What compiled Python calls of ours, and of the interpreter's own helpers; entering and leaving it.
    Helpers,
    /// The loop of the interpreter, and what it calls in its own file.
    Interpreter,
    /// Making compiled code.
    Compiler,
    /// The cyclic garbage collector.
    Collector,
    /// Objects, extension modules, the C library, the system.
    Other,
}

impl Category {
    /// All of them, in the order that they are shown in.
    pub const ALL: [Category; 6] = [
        Category::Native,
        Category::Helpers,
        Category::Interpreter,
        Category::Compiler,
        Category::Collector,
        Category::Other,
    ];

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Category::Native => "native code",
            Category::Helpers => "helpers",
            Category::Interpreter => "interpreter",
            Category::Compiler => "compiler",
            Category::Collector => "collector",
            Category::Other => "other",
        }
    }
}

/// The interpreter's loop, by each of its names, and the one that records.
const LOOPS: [&str; 3] = ["PyEval_EvalFrameEx", "_PyEval_EvalFrameDefault", "_PyEval_EvalFrameRecording"];

/// Crates that nothing but the compiler uses.
const COMPILER: [&str; 5] = ["cranelift", "pyjion_jit", "regalloc2", "wasmtime_internal", "gimli"];

/// Modules of the host side that have to do with compiling.
const COMPILING: [&str; 4] =
    ["pyjion_embed::background", "pyjion_embed::compile", "pyjion_embed::describe", "pyjion_embed::tools"];

/// Whether this is the interpreter's loop.
pub fn is_loop(name: &str) -> bool {
    // Optimisation may split one off.
    let name = name.split('.').next().unwrap_or(name);
    LOOPS.contains(&name)
}

/// What kind of code a function is, if it is no compiled code itself.
pub fn of(symbol: Option<&Symbol>, in_compiler: bool, from_compiled: bool) -> Category {
    if in_compiler {
        return Category::Compiler;
    }
    let Some(symbol) = symbol else { return Category::Other };
    let (name, file) = (symbol.name.as_str(), symbol.file.as_deref());
    // In a name such as `<a::B as c::D>::e`, each may tell.
    let mentions = |crates: &[&str]| crates.iter().any(|one| name.contains(one));
    let is_evaluator = file == Some("ceval.c") || name.starts_with("PyEval_") || name.starts_with("_PyEval_");
    if is_loop(name) {
        Category::Interpreter
    } else if mentions(&COMPILING) || (mentions(&COMPILER) && !name.contains("pyjion_embed")) {
        Category::Compiler
    } else if name.contains("pyjion_embed") {
        Category::Helpers
    } else if is_evaluator {
        if from_compiled { Category::Helpers } else { Category::Interpreter }
    } else if file == Some("gcmodule.c") || name.ends_with("traverse") {
        Category::Collector
    } else {
        Category::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_sorted() {
        let of = |name: &str, file: Option<&str>, from_compiled| {
            let symbol = Symbol { name: name.into(), file: file.map(str::to_string), offset: 1 };
            super::of(Some(&symbol), false, from_compiled)
        };
        for (name, file, expected) in [
            ("PyEval_EvalFrameEx", None, Category::Interpreter),
            ("_PyEval_EvalFrameDefault.cold", None, Category::Interpreter),
            ("call_function", Some("ceval.c"), Category::Interpreter),
            ("call_function", Some("other.c"), Category::Other),
            ("pyjion_embed::runtime::calls::call", None, Category::Helpers),
            ("pyjion_embed::compile::keep", None, Category::Compiler),
            ("<pyjion_jit::hir::insn::Insn as core::clone::Clone>::clone", None, Category::Compiler),
            ("regalloc2::ion::run", None, Category::Compiler),
            ("visit_decref", Some("gcmodule.c"), Category::Collector),
            ("dict_traverse", Some("dictobject.c"), Category::Collector),
            ("lookdict_string", Some("dictobject.c"), Category::Other),
        ] {
            assert_eq!(of(name, file, false), expected, "{name}");
        }
        assert_eq!(of("call_function", Some("ceval.c"), true), Category::Helpers);
        assert_eq!(of("PyEval_EvalFrameEx", None, true), Category::Interpreter);
        assert_eq!(super::of(None, false, true), Category::Other);
        assert_eq!(super::of(None, true, true), Category::Compiler);
    }
}
