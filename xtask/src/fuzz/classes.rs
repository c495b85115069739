//! Classes whose special methods do more than they should.

use super::program::Program;
use super::scope::{Kind, Scope};

impl Program {
    /// A class; its instances have `n`, `f`, a method `m` and more.
    pub fn class_definition(&mut self) {
        let name = format!("C{}", self.classes.len());
        let plain = self.rng.weighted(&[
            (60, "object"),
            (8, "int"),
            (5, "float"),
            (5, "list"),
            (4, "str"),
            (4, "dict"),
        ]);
        let base = match plain {
            "object" if !self.dialect.py3 && self.rng.chance(25) => String::new(),
            "object" if !self.classes.is_empty() && self.rng.chance(20) => self.class(),
            base => base.to_string(),
        };
        let parents = if base.is_empty() { String::new() } else { format!("({base})") };
        let own = plain == "object";
        let slots = own && base == "object" && self.rng.chance(15);
        if self.dialect.py3 && self.rng.chance(10) {
            self.out.line(format!("class {name}({base}, metaclass=Meta):"));
        } else {
            self.out.line(format!("class {name}{parents}:"));
        }
        self.out.indent();
        if slots {
            self.out.line("__slots__ = ('n', 'f', 'z')");
        }
        let constant = self.int_constant();
        self.out.line(format!("k = {constant}"));
        if plain == "object" && !self.dialect.py3 {
            self.out.line("__cmp__ = in_order");
        }
        let maker = match plain {
            "object" => "def __init__(self, n=0):",
            "list" | "dict" => "def __init__(self, n=0, *rest):",
            _ => "def __init__(self, n=0, *rest):",
        };
        self.out.line(maker);
        self.out.line("    self.n = n");
        self.out.line("    self.f = 0.5");
        if plain == "list" {
            self.out.line("    self.append(3)");
        }
        if matches!(plain, "int" | "float" | "str") {
            self.out.line("def __new__(cls, n=0):");
            let safe = if plain == "str" {
                "str(n)[:9]"
            } else {
                "n if isinstance(n, (int, float)) and -9e9 < n < 9e9 else 1"
            };
            self.out.line(format!("    return {plain}.__new__(cls, {safe})"));
        }
        if plain == "dict" || plain == "list" {
            self.out.line("def __repr__(self):");
            self.out.line(format!("    return '{name}(%d)' % len(self)"));
        } else {
            self.out.line("def __repr__(self):");
            self.out.line(format!(
                "    return '{name}(%s)' % (repr(self.n) if isinstance(self.n, (type(1), type(1.5))) else type(self.n).__name__)"
            ));
        }
        self.method("m", "self, x", true);
        if self.rng.chance(60) {
            self.out.line("@staticmethod");
            self.method("s", "x", false);
        }
        if self.rng.chance(50) {
            self.out.line("@classmethod");
            self.method("c", "cls, x", false);
        }
        if self.rng.chance(90) {
            self.out.line("@property");
            self.method("p", "self", true);
        }
        let mut specials: Vec<(&str, &str, String)> = Vec::new();
        for _ in 0..self.rng.below(7) {
            let special = self.special(own);
            if !specials.iter().any(|s| s.0 == special.0) {
                specials.push(special);
            }
        }
        if specials.iter().any(|s| s.0 == "__eq__") && !specials.iter().any(|s| s.0 == "__hash__") {
            specials.push(("__hash__", "self", "return 7".into()));
        }
        for (method, parameters, body) in specials {
            self.out.line(format!("def {method}({parameters}):"));
            if self.rng.chance(60) {
                let at = self.rng.between(3, 60);
                let effect = self.effect(2);
                self.out.line(format!("    if hit('{name}.{method}') == {at}:"));
                self.out.line(format!("        {effect}"));
            }
            for line in body.lines() {
                self.out.line(format!("    {line}"));
            }
        }
        self.out.dedent();
        self.classes.push(name);
    }

    fn method(&mut self, name: &str, parameters: &str, with_self: bool) {
        self.out.line(format!("def {name}({parameters}):"));
        let mut scope = Scope::new(40);
        scope.add("x", Kind::Int);
        if name == "p" {
            scope.vars.clear();
        }
        if with_self {
            scope.reads.push(super::scope::Var { name: "self.n".into(), kind: Kind::Int, deletable: false });
        }
        if name == "c" {
            scope.reads.push(super::scope::Var { name: "cls.k".into(), kind: Kind::Int, deletable: false });
        }
        scope.returns = Some(true);
        if self.rng.chance(35) {
            self.suite(&mut scope, 2);
        }
        let value = self.int(&scope, 2);
        self.out.line(format!("    return {value}"));
    }

    /// A special method: its name, parameters and body.
    fn special(&mut self, own: bool) -> (&'static str, &'static str, String) {
        let value = self.int_constant();
        let other = "(other.n if hasattr(other, 'n') else other)";
        let class = format!("C{}", self.classes.len());
        let result = |program: &mut Program, op: &str| match program.rng.below(4) {
            0 => format!("return {class}(1)"),
            1 => format!("return {value}"),
            2 => "return NotImplemented".to_string(),
            _ => format!("return self.n {op} {other}"),
        };
        match self.rng.below(34) {
            0 => ("__eq__", "self, other", result(self, "==")),
            1 => ("__ne__", "self, other", result(self, "!=")),
            2 => ("__lt__", "self, other", result(self, "<")),
            3 => ("__le__", "self, other", result(self, "<=")),
            4 => ("__gt__", "self, other", result(self, ">")),
            5 => ("__hash__", "self", "return 5".into()),
            6 => ("__add__", "self, other", result(self, "+")),
            7 => ("__radd__", "self, other", result(self, "+")),
            8 => ("__iadd__", "self, other", "self.n = 1\nreturn self".into()),
            9 => ("__sub__", "self, other", result(self, "-")),
            10 => ("__rsub__", "self, other", result(self, "-")),
            11 => ("__mul__", "self, other", "return 3".into()),
            12 => ("__rmul__", "self, other", "return 4".into()),
            13 => ("__and__", "self, other", "return 1".into()),
            14 => ("__neg__", "self", format!("return {value}")),
            15 => (
                "__len__",
                "self",
                format!("return {}", self.rng.word(&["0", "1", "3", "-1", "1 << 70", "2.5"])),
            ),
            16 => (
                self.dialect.bool_method(),
                "self",
                format!("return {}", self.rng.word(&["True", "False", "0", "2"])),
            ),
            17 => ("__index__", "self", format!("return {}", self.rng.word(&["0", "1", "-1", "2", "None"]))),
            18 => ("__int__", "self", format!("return {value}")),
            19 => ("__float__", "self", "return 2.5".into()),
            20 => ("__getitem__", "self, i", "if i > 3: raise IndexError(i)\nreturn i".into()),
            21 => ("__setitem__", "self, i, v", "self.n = 2".into()),
            22 => (
                "__iter__",
                "self",
                format!(
                    "return iter({})",
                    self.rng.word(&["(1, 2, 3)", "[]", "'ab'", "{}range(3)"]).replace("{}", "")
                ),
            ),
            23 => ("__contains__", "self, x", format!("return {}", self.rng.word(&["True", "0", "x == 1"]))),
            24 => ("__call__", "self, *args", format!("return {value}")),
            25 => {
                ("__getattr__", "self, name", "if name == 'z': return 5\nraise AttributeError(name)".into())
            }
            26 if own => {
                ("__getattribute__", "self, name", "return object.__getattribute__(self, name)".into())
            }
            27 if own => ("__setattr__", "self, name, v", "object.__setattr__(self, name, v)".into()),
            28 => ("__del__", "self", "hit('gone')".into()),
            29 => ("__radd__", "self, other", "return 1.5".into()),
            30 if !self.dialect.py3 => ("__cmp__", "self, other", "return 0".into()),
            31 if !self.dialect.py3 => ("__coerce__", "self, other", "return None".into()),
            30 if self.dialect.is_35() => ("__matmul__", "self, other", "return 9".into()),
            31 => ("__pow__", "self, other", "return 2".into()),
            32 => ("__str__", "self", "return 'str'".into()),
            _ => ("__mod__", "self, other", "return other".into()),
        }
    }
}
