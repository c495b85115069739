//! Functions of every form, and calls of them.

use super::program::{Function, Program};
use super::scope::{Flavour, Kind, Scope, Var};

const LOCALS: &[(&str, Kind)] = &[
    ("a", Kind::Int),
    ("b", Kind::Int),
    ("c", Kind::Int),
    ("e", Kind::Int),
    ("g", Kind::Float),
    ("h", Kind::Float),
    ("s", Kind::Str),
    ("l", Kind::List),
    ("d", Kind::Dict),
    ("o", Kind::Obj),
];

/// The closures' own parameters have the names of some variables.
fn may_be_nonlocal(name: &str) -> bool {
    !name.starts_with('G') && name != "x" && name != "y"
}

impl Program {
    /// The arguments of a call, in one of the forms that calls have.
    pub fn arguments(&mut self, function: &Function, scope: &Scope, depth: usize) -> String {
        let mut given: Vec<String> = Vec::new();
        let wanted = function.parameters.len() - self.rng.below(function.defaults + 1);
        for (_, kind) in &function.parameters[..wanted] {
            given.push(self.of_kind(*kind, scope, depth + 1));
        }
        if self.rng.chance(2) {
            given.push("1".into());
        }
        let mut text = match self.rng.below(10) {
            0 if !given.is_empty() => format!("*({},)", given.join(", ")),
            1 if given.len() > 1 => format!("{}, *[{}]", given[0], given[1..].join(", ")),
            2 if !given.is_empty() && wanted > 0 && given.len() == wanted => {
                let name = &function.parameters[wanted - 1].0;
                let last = given[wanted - 1].clone();
                let mut first = given[..wanted - 1].to_vec();
                first.push(format!("{name}={last}"));
                first.join(", ")
            }
            3 if wanted > 0 && given.len() == wanted => {
                let name = &function.parameters[wanted - 1].0;
                let last = given[wanted - 1].clone();
                let first = given[..wanted - 1].to_vec();
                let mut first = vec![self.with_keyword_only(function, first.join(", "), scope, depth)];
                first.retain(|text| !text.is_empty());
                first.push(format!("**{{'{name}': {last}}}"));
                return first.join(", ");
            }
            4 if self.dialect.is_35() && given.len() > 1 => {
                format!("*[{}], *({},)", given[0], given[1..].join(", "))
            }
            _ => given.join(", "),
        };
        if function.double_star && self.rng.chance(40) {
            let extra = self.int(scope, depth + 1);
            text = if text.is_empty() { format!("k9={extra}") } else { format!("{text}, k9={extra}") };
        }
        self.with_keyword_only(function, text, scope, depth)
    }

    fn with_keyword_only(
        &mut self,
        function: &Function,
        text: String,
        scope: &Scope,
        depth: usize,
    ) -> String {
        if !function.keyword_only {
            return text;
        }
        let value = self.int(scope, depth + 1);
        if text.is_empty() { format!("k1={value}") } else { format!("{text}, k1={value}") }
    }

    fn new_function(&mut self, name: String) -> Function {
        let n = self.rng.weighted(&[(2, 0), (4, 1), (5, 2), (3, 3), (1, 4)]);
        let names = [
            ("a", Kind::Int),
            ("b", Kind::Int),
            ("g", Kind::Float),
            ("l", Kind::List),
            ("o", Kind::Obj),
            ("s", Kind::Str),
        ];
        let mut parameters: Vec<(String, Kind)> = Vec::new();
        while parameters.len() < n {
            let (name, kind) = *self.rng.pick(&names);
            if !parameters.iter().any(|p| p.0 == name) {
                parameters.push((name.to_string(), kind));
            }
        }
        Function {
            name,
            defaults: if self.rng.chance(30) { self.rng.below(n + 1) } else { 0 },
            parameters,
            star: self.rng.chance(10),
            double_star: self.rng.chance(10),
            keyword_only: self.dialect.py3 && self.rng.chance(10),
        }
    }

    fn header(&mut self, function: &Function, keyword: &str) {
        let required = function.parameters.len() - function.defaults;
        let mut parts: Vec<String> = Vec::new();
        for (i, (name, kind)) in function.parameters.clone().into_iter().enumerate() {
            parts.push(if i < required { name } else { format!("{name}={}", self.constant(kind)) });
        }
        if function.star {
            parts.push("*args".into());
        } else if function.keyword_only {
            parts.push("*".into());
        }
        if function.keyword_only {
            parts.push("k1".into());
        }
        if function.double_star {
            parts.push("**kw".into());
        }
        self.out.line(format!("{keyword} {}({}):", function.name, parts.join(", ")));
    }

    /// The variables of a function; writes what gives them their first values.
    pub fn locals(&mut self, function: &Function, scope: &mut Scope) {
        scope.no_cells = !self.dialect.py3 && self.rng.chance(45);
        let globals = self.globals.clone();
        let mut assigned: Vec<String> = Vec::new();
        for (i, kind) in globals.iter().enumerate() {
            let name = format!("G{i}");
            if self.rng.chance(25) {
                assigned.push(name.clone());
                scope.add(name, *kind);
            } else {
                scope.reads.push(Var { name, kind: *kind, deletable: false });
            }
        }
        if !assigned.is_empty() {
            self.out.line(format!("global {}", assigned.join(", ")));
        }
        for (name, kind) in &function.parameters {
            scope.add(name.clone(), *kind);
        }
        scope.flavour = self.rng.weighted(&[
            (40, Flavour::Numbers),
            (18, Flavour::Objects),
            (16, Flavour::Handlers),
            (30, Flavour::Mixed),
        ]);
        for (name, kind) in LOCALS {
            let number = matches!(kind, Kind::Int | Kind::Float);
            let wanted = match scope.flavour {
                Flavour::Numbers if number => 85,
                Flavour::Numbers => 10,
                Flavour::Handlers if number => 70,
                Flavour::Handlers => 30,
                Flavour::Objects | Flavour::Mixed => 60,
            };
            if !scope.vars.iter().any(|v| v.name == *name) && self.rng.chance(wanted) {
                let value = self.constant(*kind);
                self.out.line(format!("{name} = {value}"));
                scope.add(*name, *kind);
            }
        }
        if scope.of(Kind::Int).is_empty() {
            self.out.line("a = 3");
            scope.add("a", Kind::Int);
        }
        let deletable = self.dialect.py3 || scope.no_cells;
        for var in &mut scope.vars {
            var.deletable = deletable || var.name.starts_with('G');
        }
    }

    fn report(&mut self, name: &str, scope: &Scope) {
        let shown: Vec<&str> =
            scope.vars.iter().filter(|v| !v.name.starts_with('G')).map(|v| v.name.as_str()).collect();
        let rate = self.rng.pick(&[1, 5, 20]);
        self.out.line(format!("if hit('{name}') % {rate} == 0: put('{name}', {})", shown.join(", ")));
    }

    /// A function with a loop or two in it.
    pub fn function(&mut self) {
        let name = format!("f{}", self.functions.len());
        let function = self.new_function(name.clone());
        let before = self.spent;
        self.header(&function, "def");
        self.out.indent();
        let mut scope = Scope::new(self.budget);
        scope.returns = Some(true);
        self.locals(&function, &mut scope);
        scope.depth = 1;
        for _ in 0..self.rng.below(3) {
            self.statement(&mut scope);
        }
        match self.rng.below(12) {
            0..6 => self.for_loop(&mut scope),
            6..9 => self.while_loop(&mut scope),
            9 => self.try_statement(&mut scope),
            10 => self.recursion(&function, &mut scope),
            _ => {}
        }
        for _ in 0..self.rng.below(3) {
            self.statement(&mut scope);
        }
        self.report(&name, &scope);
        let value = self.int(&scope, 1);
        self.out.line(format!("return {value}"));
        self.out.dedent();
        self.finished(function, before);
    }

    fn finished(&mut self, function: Function, before: usize) {
        self.costs.push((function.name.clone(), (self.spent - before).max(5)));
        self.functions.push(function);
    }

    fn recursion(&mut self, function: &Function, scope: &mut Scope) {
        // A counter that only this statement touches ends it.
        let depth = self.rng.between(2, 12);
        self.out.line(format!("if hit('depth {}') % {depth}:", function.name));
        let arguments = self.arguments(function, scope, 2);
        let target = self.variable_or(Kind::Int, scope);
        let target = if target.chars().next().is_some_and(|c| c.is_ascii_alphabetic())
            && scope.vars.iter().any(|v| v.name == target)
        {
            target
        } else {
            "r9".into()
        };
        self.out.line(format!("    {target} = {}({arguments})", function.name));
        self.spent += depth * 20;
    }

    /// A factory and the closure it makes, which is what gets called.
    pub fn closure_function(&mut self) {
        let name = format!("f{}", self.functions.len());
        let function = self.new_function(name.clone());
        let before = self.spent;
        self.out.line(format!("def make_{name}(q, r):"));
        self.out.indent();
        self.out.line("t = 0");
        self.header(&function, "def");
        self.out.indent();
        let mut scope = Scope::new(self.budget);
        scope.returns = Some(true);
        if self.dialect.py3 && self.rng.chance(70) {
            self.out.line("nonlocal q, t");
            scope.add("q", Kind::Int);
            scope.add("t", Kind::Int);
        } else {
            scope.counters.extend(["q".into(), "t".into()]);
        }
        self.locals(&function, &mut scope);
        scope.no_cells = false;
        for var in &mut scope.vars {
            var.deletable = self.dialect.py3;
        }
        scope.reads.push(Var { name: "r".into(), kind: Kind::Float, deletable: false });
        scope.depth = 2;
        match self.rng.below(3) {
            0 => self.while_loop(&mut scope),
            1 => self.for_loop(&mut scope),
            _ => self.statement(&mut scope),
        }
        self.report(&name, &scope);
        let value = self.int(&scope, 1);
        self.out.line(format!("return {value}"));
        self.out.dedent();
        self.out.line(format!("return {name}"));
        self.out.dedent();
        let (q, r) = (self.int_constant(), self.float_constant());
        self.out.line(format!("{name} = make_{name}({q}, {r})"));
        self.finished(function, before);
    }

    /// A function inside a function, called at once.
    pub fn closure(&mut self, scope: &mut Scope) {
        let name = "v9";
        let mut inner = scope.clone();
        inner.counters = vec!["x".into(), "y".into()];
        inner.loops.clear();
        inner.generator = false;
        inner.coroutine = false;
        inner.in_loop = false;
        inner.in_finally = false;
        inner.returns = Some(true);
        let bound = self.int(scope, 2);
        self.out.line(format!("def {name}(x, y={bound}):"));
        let int = self.variable(Kind::Int, scope).filter(|n| scope.vars.iter().any(|v| v.name == *n));
        match int {
            Some(var)
                if self.dialect.py3 && !scope.module && may_be_nonlocal(&var) && self.rng.chance(50) =>
            {
                self.out.line(format!("    nonlocal {var}"));
                let value = self.int(&inner, 2);
                self.out.line(format!("    {var} = {value}"));
            }
            _ => {}
        }
        let value = self.int(&inner, 1);
        self.out.line(format!("    return {value}"));
        match self.variable(Kind::Int, scope).filter(|n| scope.vars.iter().any(|v| v.name == *n)) {
            Some(target) => self.out.line(format!("{target} = {name}({target})")),
            None => self.out.line(format!("{name}(1)")),
        }
    }
}
