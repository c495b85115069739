//! What comes in the way of code that runs hot: types, globals, classes, builtins and frames that change.

use super::program::Program;
use super::scope::{Kind, Scope};

const BUILTINS: &[&str] =
    &["len", "abs", "range", "min", "max", "sum", "int", "float", "str", "list", "sorted", "isinstance"];

impl Program {
    /// Something unexpected, at a rare moment.
    pub fn event(&mut self, scope: &mut Scope) {
        let condition = self.rare_condition(scope);
        self.out.line(format!("if {condition}:"));
        self.out.indent();
        let name = match scope.vars.len() {
            0 => "G0".to_string(),
            n => scope.vars[self.rng.below(n)].name.clone(),
        };
        let number = scope.vars.iter().filter(|v| matches!(v.kind, Kind::Int | Kind::Float)).count();
        let form = self.rng.below(36);
        let line = match form {
            _ if self.extras.refcounts && self.rng.chance(25) => format!("refs({name})"),
            30.. if number > 0 => {
                // A number of the same type, but out of the ordinary.
                let vars: Vec<_> = scope
                    .vars
                    .iter()
                    .filter(|v| matches!(v.kind, Kind::Int | Kind::Float))
                    .cloned()
                    .collect();
                let var = self.rng.pick(&vars).clone();
                let value = if var.kind == Kind::Int { self.int_edge() } else { self.float_edge() };
                format!("{} = {value}", var.name)
            }
            0..9 => {
                let value = self.stranger(scope);
                format!("{name} = {value}")
            }
            9 | 10 => "frame()".to_string(),
            11 => "put(sorted([n for n in list(locals()) if len(n) < 2]))".to_string(),
            12 => {
                let value = self.stranger(scope);
                format!("poke('{name}', {value})")
            }
            13 => self
                .rng
                .word(&["sys.settrace(tracer)", "sys.settrace(None)", "sys.setprofile(profiler)"])
                .to_string(),
            14 => "put('info', sys.exc_info()[0], str(sys.exc_info()[1]))".to_string(),
            15 | 16 => {
                let object = self.variable_or(Kind::Obj, scope);
                match self.rng.below(7) {
                    0 => format!("{object}.__dict__['n'] = {}", self.stranger(scope)),
                    1 => format!("{object}.__dict__.clear()"),
                    2 => format!("{object}.z = {}", self.int(scope, 2)),
                    3 => format!("del {object}.n"),
                    4 => format!("{object}.m = lambda x: x"),
                    5 => {
                        let class = self.class();
                        format!("{object}.__class__ = {class}")
                    }
                    _ => format!("{object}.n = {}", self.stranger(scope)),
                }
            }
            17 => {
                let list = self.variable_or(Kind::List, scope);
                self.rng
                    .word(&[
                        "LIST[:] = [1, 2]",
                        "del LIST[1:]",
                        "LIST.extend(LIST[:5])",
                        "LIST[0] = 2.5",
                        "LIST.append('s')",
                        "LIST[0] = None",
                    ])
                    .replace("LIST", &list)
            }
            _ => self.effect(2),
        };
        self.out.line(line);
        self.out.dedent();
    }

    /// A value that a variable did not hold so far.
    pub fn stranger(&mut self, scope: &Scope) -> String {
        match self.rng.below(24) {
            0 => "None".to_string(),
            1 => "'text'".to_string(),
            2 => "[1, 2]".to_string(),
            3 => format!("Int({})", self.rng.below(9)),
            4 => format!("Float({})", self.float_constant()),
            5 => "Str('sub')".to_string(),
            6 => "List([1, 2, 3])".to_string(),
            7 => format!("Dying('{}')", self.rng.below(100)),
            8 => "True".to_string(),
            9 => "(1, 2)".to_string(),
            10 => "1 << 80".to_string(),
            11 if !self.dialect.py3 => "5L".to_string(),
            11 | 12 => "{1: 2}".to_string(),
            13..16 => self.object(scope, 3),
            16..19 => self.float_constant(),
            _ => self.int_constant(),
        }
    }

    /// The name of one of the classes.
    pub fn class(&mut self) -> String {
        match self.classes.len() {
            0 => "Steps".to_string(),
            n => self.classes[self.rng.below(n)].clone(),
        }
    }

    fn global(&mut self) -> String {
        format!("G{}", self.rng.below(self.globals.len().max(1)))
    }

    /// A statement on one line that changes the world; `depth` frames up is whom to meddle with.
    pub fn effect(&mut self, depth: usize) -> String {
        let nowhere = Scope::new(0);
        let (class, global, value) = (self.class(), self.global(), self.stranger(&nowhere));
        // On 2.7 `True` is a name, and some functions must not contain a function that uses one.
        let number = self.int_constant().replace("True", "1").replace("False", "0");
        let builtin = self.rng.word(BUILTINS);
        match self.rng.below(30) {
            0..4 => format!("globals()['{global}'] = {value}"),
            4 => format!("globals().pop('{global}', None)"),
            5 => format!("{class}.m = lambda self, x: {number}"),
            6 => format!("{class}.k = {value}"),
            7 => format!("{class}.n = property(lambda self: {number})"),
            8 => format!("{class}.n = {number}"),
            9 => {
                let method = self.rng.word(&[
                    "__add__",
                    "__radd__",
                    "__lt__",
                    "__eq__",
                    "__getitem__",
                    "__call__",
                    "__sub__",
                    "__mul__",
                ]);
                format!("{class}.{method} = lambda self, other: {number}")
            }
            10 => {
                let method =
                    self.rng.word(&["__len__", "__index__", "__neg__", "__int__", "__hash__", "__iter__"]);
                format!("{class}.{method} = lambda self: {number}")
            }
            11 => format!(
                "{class}.{} = lambda self: {}",
                self.dialect.bool_method(),
                // No names: 2.7 has no plain `exec` beside functions that look some up.
                self.rng.word(&["1 == 1", "1 == 0", "1", "''"])
            ),
            12 => format!("{class}.__getattr__ = lambda self, name: {number}"),
            13 => format!("globals()['{builtin}'] = lambda *a: {number}"),
            14 => format!("globals().pop('{builtin}', None)"),
            15 => format!("setattr(BUILTINS, '{builtin}', lambda *a: {number})"),
            16 => format!("setattr(BUILTINS, '{builtin}', REAL['{builtin}'])"),
            17 => format!(
                "put('names', sorted([n for n in sys._getframe({}).f_locals if len(n) < 2]))",
                depth - 1
            ),
            18 => format!("frame({depth})"),
            19 => {
                let name = self.rng.word(&["a", "b", "c", "x", "n", "l", "o"]);
                format!("poke('{name}', {value}, {depth})")
            }
            20 => self
                .rng
                .word(&[
                    "sys.settrace(tracer)",
                    "sys.settrace(None)",
                    "sys.setprofile(profiler)",
                    "sys.setprofile(None)",
                ])
                .to_string(),
            21 => match self.functions.len() {
                0 => "pass".to_string(),
                n => {
                    let name = self.functions[self.rng.below(n)].name.clone();
                    match self.rng.below(3) {
                        0 => format!("{name}.__defaults__ = ({number}, {value})"),
                        1 => format!("globals()['{name}'] = lambda *a, **k: {number}"),
                        _ => {
                            let other = self.functions[self.rng.below(n)].name.clone();
                            format!("setattr({name}, '__code__', {other}.__code__)")
                        }
                    }
                }
            },
            22 => {
                let error =
                    self.rng.word(&["ValueError", "Oddity", "KeyError", "StopIteration", "TypeError"]);
                format!("raise {error}({number})")
            }
            23 => self.rng.word(&["sys.exc_info()", "gc.collect()"]).to_string(),
            24 => format!("globals()['{global}'] = Dying('g')"),
            25 if !self.dialect.py3 => "sys.exc_clear()".to_string(),
            25 => "put(sys.exc_info()[0])".to_string(),
            26 => format!("{class}.__bases__ = {class}.__bases__"),
            27 => format!("[{class}({number}) for x in (1, 2)]"),
            _ => format!("globals()['{global}'] = {number}"),
        }
    }
}

/// Sets up what the effects name.
pub fn setup(py3: bool) -> String {
    let module = if py3 { "builtins" } else { "__builtin__" };
    let names: Vec<String> = BUILTINS.iter().map(|n| format!("'{n}': {n}")).collect();
    format!("import {module} as BUILTINS\nREAL = {{{}}}\n", names.join(", "))
}

/// Undoes what the effects may have done to the builtins.
pub const RESTORE: &str = "for n in list(REAL):
    setattr(BUILTINS, n, REAL[n])
    globals().pop(n, None)
";
