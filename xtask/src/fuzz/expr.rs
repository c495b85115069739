//! Expressions of every kind but arithmetic.

use super::program::Program;
use super::scope::{Flavour, KINDS, Kind, Scope};

const STRINGS: &[&str] = &["''", "'a'", "'b'", "'abc'", "'12'", "'x y'", "'%d'", "'n'", "'key'"];

impl Program {
    /// A kind for something new.
    pub fn kind(&mut self) -> Kind {
        self.rng.weighted(KINDS)
    }

    /// An expression of one kind, or now and then of another.
    pub fn of_kind(&mut self, kind: Kind, scope: &Scope, depth: usize) -> String {
        let kind = if self.rng.chance(self.wild) { self.kind() } else { kind };
        match kind {
            Kind::Int => self.int(scope, depth),
            Kind::Float => self.float(scope, depth),
            Kind::Str => self.string(scope, depth),
            Kind::List => self.list(scope, depth),
            Kind::Dict => self.dict(scope, depth),
            Kind::Obj => self.object(scope, depth),
        }
    }

    /// An expression of any kind.
    pub fn any(&mut self, scope: &Scope, depth: usize) -> String {
        match self.rng.below(24) {
            0 => "None".to_string(),
            1 if self.dialect.is_35() => "...".to_string(),
            2 => format!("({}, {})", self.int(scope, depth + 1), self.float(scope, depth + 1)),
            3 => format!("(not {})", self.int(scope, depth + 1)),
            _ => {
                let kind = self.kind();
                self.of_kind(kind, scope, depth)
            }
        }
    }

    /// A variable of one kind, if there is one.
    pub fn variable(&mut self, kind: Kind, scope: &Scope) -> Option<String> {
        let names = scope.of(kind);
        if names.is_empty() { None } else { Some(self.rng.word(&names).to_string()) }
    }

    /// A variable of one kind, or else another expression of it.
    pub fn variable_or(&mut self, kind: Kind, scope: &Scope) -> String {
        match self.variable(kind, scope) {
            Some(name) => name,
            None => self.constant(kind),
        }
    }

    /// An expression that reads no variable.
    pub fn constant(&mut self, kind: Kind) -> String {
        match kind {
            Kind::Int => self.int_constant(),
            Kind::Float => self.float_constant(),
            Kind::Str => self.rng.word(STRINGS).to_string(),
            Kind::List => {
                format!("[{}, {}, {}]", self.int_constant(), self.int_constant(), self.float_constant())
            }
            Kind::Dict => format!("{{1: {}, 'a': {}}}", self.int_constant(), self.float_constant()),
            Kind::Obj => match self.classes.len() {
                0 => "None".to_string(),
                n => {
                    let class = self.classes[self.rng.below(n)].clone();
                    format!("{class}({})", self.int_constant())
                }
            },
        }
    }

    /// An int.
    pub fn int(&mut self, scope: &Scope, depth: usize) -> String {
        let roll = match scope.flavour {
            _ if depth > 3 => self.rng.below(45),
            Flavour::Numbers | Flavour::Handlers if self.rng.chance(93) => self.rng.below(82),
            Flavour::Objects if self.rng.chance(25) => 87 + self.rng.below(7),
            Flavour::Numbers | Flavour::Handlers | Flavour::Objects | Flavour::Mixed => self.rng.below(100),
        };
        let next = depth + 1;
        match roll {
            0..22 => match self.variable(Kind::Int, scope) {
                Some(name) => name,
                None => self.int_constant(),
            },
            22..32 if !scope.counters.is_empty() => self.rng.pick(&scope.counters).clone(),
            22..45 => self.int_constant(),
            45..73 => {
                let left = self.int(scope, next);
                self.int_operation(&left, scope, next)
            }
            73..76 => format!("(-{})", self.int(scope, next)),
            76 => format!("(~{})", self.int(scope, next)),
            77..80 => format!(
                "({} if {} else {})",
                self.int(scope, next),
                self.condition(scope, next),
                self.int(scope, next)
            ),
            80 => format!("({})", self.condition(scope, next)),
            81 => {
                let joint = self.rng.word(&["and", "or"]);
                format!("({} {joint} {})", self.int(scope, next), self.int(scope, next))
            }
            82..84 => format!("len({})", self.sequence(scope, next)),
            84..87 => {
                let list = self.variable(Kind::List, scope).unwrap_or_else(|| "[1, 2, 3]".into());
                let index = if self.rng.chance(60) {
                    format!("{} % 3", self.int(scope, next))
                } else {
                    self.rng.word(&["0", "-1", "1", "2", "-2", "True"]).to_string()
                };
                format!("{list}[{index}]")
            }
            87..90 => self.attribute(scope),
            90..94 => self.call(scope, next),
            94 => format!("abs({})", self.int(scope, next)),
            95 => {
                let name = self.rng.word(&["min", "max"]);
                format!("{name}({}, {})", self.int(scope, next), self.int(scope, next))
            }
            96 if !scope.no_cells => {
                let op = self.rng.word(&["+", "-", "*", "^"]);
                let bound = self.int(scope, next);
                format!("(lambda x, y={bound}: x {op} y)({})", self.int(scope, next))
            }
            96 | 97 => {
                let list = self.list(scope, next);
                self.rng
                    .word(&["sum(LIST)", "len(LIST)", "sum(LIST[:3])", "int(max(LIST))"])
                    .replace("LIST", &list)
            }
            98 => {
                let text = self.float(scope, next);
                format!("int({text})")
            }
            _ => {
                let at = self.rng.below(2);
                format!("divmod({}, {})[{at}]", self.int(scope, next), self.int(scope, next))
            }
        }
    }

    /// A float.
    pub fn float(&mut self, scope: &Scope, depth: usize) -> String {
        let roll = match scope.flavour {
            _ if depth > 3 => self.rng.below(45),
            Flavour::Numbers | Flavour::Handlers => self.rng.below(94),
            Flavour::Objects | Flavour::Mixed => self.rng.below(100),
        };
        let next = depth + 1;
        match roll {
            0..30 => match self.variable(Kind::Float, scope) {
                Some(name) => name,
                None => self.float_constant(),
            },
            30..45 => self.float_constant(),
            45..82 => {
                let left = self.float(scope, next);
                self.float_operation(&left, scope, next)
            }
            82..85 => format!("(-{})", self.float(scope, next)),
            85..88 => format!("float({})", self.int(scope, next)),
            88..91 => {
                format!(
                    "({} if {} else {})",
                    self.float(scope, next),
                    self.condition(scope, next),
                    self.float(scope, next)
                )
            }
            91..94 => format!("({} * 0.5)", self.int(scope, next)),
            94 if self.dialect.py3 => format!("({} / {})", self.int(scope, next), self.int(scope, next)),
            94 | 95 => {
                let object = self.variable_or(Kind::Obj, scope);
                format!("{object}.f")
            }
            96 => format!("abs({})", self.float(scope, next)),
            97 => format!("round({}, 2)", self.float(scope, next)),
            98 => format!("({} ** {})", self.float(scope, next), self.rng.word(&["2", "0.5", "-1", "0"])),
            _ => format!("max({}, {})", self.float(scope, next), self.float(scope, next)),
        }
    }

    /// A str.
    pub fn string(&mut self, scope: &Scope, depth: usize) -> String {
        let roll = if depth > 3 { self.rng.below(50) } else { self.rng.below(100) };
        let next = depth + 1;
        match roll {
            0..30 => match self.variable(Kind::Str, scope) {
                Some(name) => name,
                None => self.rng.word(STRINGS).to_string(),
            },
            30..50 => self.rng.word(STRINGS).to_string(),
            50..65 => format!("({} + {})", self.string(scope, next), self.string(scope, next)),
            65..72 => format!("str({})", self.int(scope, next)),
            72..78 => {
                let format = self.rng.word(&["%d", "%r", "%s", "%5.2f", "%x", "<%s>"]);
                format!("('{format}' % ({},))", self.int(scope, next))
            }
            78..83 => {
                let slice = self.slice(scope, next);
                format!("{}{slice}", self.string(scope, next))
            }
            83..87 => {
                format!("({} * {})", self.string(scope, next), self.rng.word(&["0", "1", "2", "3", "-1"]))
            }
            87..90 => format!(
                "{}.{}()",
                self.string(scope, next),
                self.rng.word(&["upper", "strip", "lower", "title"])
            ),
            90..94 => {
                let each = self.string(scope, next);
                format!("','.join([{each} for x in (1, 2)])")
            }
            94..96 if !self.dialect.py3 => format!("`{}`", self.int(scope, next).replace('`', "")),
            94..97 => {
                format!("{}.replace({}, {})", self.string(scope, next), "'a'", self.string(scope, next))
            }
            97 => format!("'{{0}}:{{1}}'.format({}, {})", self.int(scope, next), self.string(scope, next)),
            _ => format!("repr({})", self.float(scope, next)),
        }
    }

    /// A list of numbers.
    pub fn list(&mut self, scope: &Scope, depth: usize) -> String {
        let roll = if depth > 2 { self.rng.below(50) } else { self.rng.below(100) };
        let next = depth + 1;
        match roll {
            0..35 => match self.variable(Kind::List, scope) {
                Some(name) => name,
                None => "[1, 2, 3]".to_string(),
            },
            35..50 => {
                format!("[{}, {}, {}]", self.int(scope, next), self.int(scope, next), self.int(scope, next))
            }
            50..58 => format!("list({}({}))", self.dialect.lazy_range(), self.rng.below(9)),
            58..72 => self.comprehension(scope, next),
            72..80 => {
                let slice = self.slice(scope, next);
                format!("{}{slice}", self.list(scope, next))
            }
            80..85 => format!("({} + {})", self.list(scope, next), self.list(scope, next)),
            85..88 => format!("sorted({})", self.list(scope, next)),
            88..91 if self.dialect.is_35() => {
                format!("[*{}, {}]", self.list(scope, next), self.int(scope, next))
            }
            88..91 => format!("list({})", self.list(scope, next)),
            91..93 => format!("({} * 2)", self.list(scope, next)),
            93..95 if !scope.no_cells => {
                let list = self.list(scope, next);
                format!("list(map(lambda x: x + 1, {list}))")
            }
            _ => match self.generators.len() {
                0 => format!("[{}] * 3", self.int(scope, next)),
                n => {
                    let name = self.generators[self.rng.below(n)].clone();
                    if self.room(scope, &name) {
                        format!("list({name}({}))", self.rng.below(6))
                    } else {
                        format!("[{}] * 3", self.int(scope, next))
                    }
                }
            },
        }
    }

    fn comprehension(&mut self, scope: &Scope, depth: usize) -> String {
        let mut inner = scope.clone();
        inner.counters.push("x".into());
        // A comprehension has its own frame, which module-level and class-level code cannot always see into.
        let element = self.int(&inner, depth + 1);
        let source = match self.rng.below(4) {
            0 => self.list(scope, depth + 1),
            1 => format!("({}, 2.5, {})", self.int(scope, depth + 1), self.int(scope, depth + 1)),
            _ => format!("{}({})", self.dialect.lazy_range(), self.rng.between(1, 6)),
        };
        let filter = if self.rng.chance(40) {
            format!(" if {}", self.condition(&inner, depth + 1))
        } else {
            String::new()
        };
        match self.rng.below(8) {
            0 if !scope.no_cells => format!("list({element} for x in {source}{filter})"),
            1 if !scope.no_cells => format!("sorted({{{element} for x in {source}{filter}}})"),
            2 if !scope.no_cells => format!("sorted({{x: {element} for x in {source}{filter}}})"),
            3 => format!("[y for x in {source}{filter} for y in ({element}, x)]"),
            _ => format!("[{element} for x in {source}{filter}]"),
        }
    }

    /// A dict.
    pub fn dict(&mut self, scope: &Scope, depth: usize) -> String {
        match self.rng.below(10) {
            0..6 => self.variable_or(Kind::Dict, scope),
            6 => format!("dict({}, b={})", self.variable_or(Kind::Dict, scope), self.int(scope, depth + 1)),
            7 if self.dialect.is_35() => {
                format!("{{**{}, 'c': {}}}", self.constant(Kind::Dict), self.int(scope, depth + 1))
            }
            _ => format!(
                "{{{}: {}, 'a': {}}}",
                self.rng.below(4),
                self.int(scope, depth + 1),
                self.float(scope, depth + 1)
            ),
        }
    }

    /// An instance of one of the classes.
    pub fn object(&mut self, scope: &Scope, depth: usize) -> String {
        match self.variable(Kind::Obj, scope) {
            Some(name) if self.rng.chance(70) => name,
            _ => match self.classes.len() {
                0 => "None".to_string(),
                n => {
                    let class = self.classes[self.rng.below(n)].clone();
                    format!("{class}({})", self.int(scope, depth + 1))
                }
            },
        }
    }

    /// Something that `len` takes.
    pub fn sequence(&mut self, scope: &Scope, depth: usize) -> String {
        match self.rng.below(10) {
            0..5 => self.list(scope, depth),
            5..8 => self.string(scope, depth),
            8 => self.dict(scope, depth),
            _ => self.object(scope, depth),
        }
    }

    /// A slice, with its brackets.
    pub fn slice(&mut self, scope: &Scope, depth: usize) -> String {
        let bound = |program: &mut Program| match program.rng.below(4) {
            0 => String::new(),
            1 => program.int(scope, depth + 1),
            _ => program.rng.word(&["0", "1", "2", "-1", "-2", "5", "None"]).to_string(),
        };
        let (from, to) = (bound(self), bound(self));
        if self.rng.chance(25) {
            let step = self.rng.word(&["1", "2", "-1", "-2", "None", ""]);
            format!("[{from}:{to}:{step}]")
        } else {
            format!("[{from}:{to}]")
        }
    }

    /// An attribute that holds a number.
    pub fn attribute(&mut self, scope: &Scope) -> String {
        let object = self.variable_or(Kind::Obj, scope);
        let name = self.rng.weighted(&[(20, "n"), (4, "p"), (4, "k"), (1, "z")]);
        format!("{object}.{name}")
    }

    /// Whether a call of a function here stays within what the scope may run.
    pub fn room(&self, scope: &Scope, name: &str) -> bool {
        let cost = self.costs.iter().find(|(n, _)| n == name).map_or(10, |(_, c)| *c);
        scope.times.saturating_mul(cost) < scope.budget
    }

    /// A call.
    pub fn call(&mut self, scope: &Scope, depth: usize) -> String {
        let next = depth + 1;
        if self.rng.chance(35) && !self.classes.is_empty() {
            let object = self.variable_or(Kind::Obj, scope);
            return match self.rng.below(6) {
                0 => format!("{object}({})", self.int(scope, next)),
                1 => format!("{object}.s({})", self.int(scope, next)),
                2 => format!("{object}.c({})", self.int(scope, next)),
                _ => format!("{object}.m({})", self.int(scope, next)),
            };
        }
        let callable: Vec<usize> =
            (0..self.functions.len()).filter(|f| self.room(scope, &self.functions[*f].name)).collect();
        if callable.is_empty() {
            return format!("abs({})", self.int(scope, next));
        }
        let function = self.functions[*self.rng.pick(&callable)].clone();
        let cost = self.costs.iter().find(|(n, _)| *n == function.name).map_or(10, |(_, c)| *c);
        self.spent = self.spent.saturating_add(scope.times.saturating_mul(cost));
        let arguments = self.arguments(&function, scope, next);
        format!("{}({arguments})", function.name)
    }
}
