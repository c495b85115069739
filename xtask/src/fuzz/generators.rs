//! Generators, coroutines, and those who use them.

use super::program::{Function, Program};
use super::scope::{Flavour, Kind, Loop, Scope};

/// How far a generator goes when its cost is taken.
const ROUNDS: usize = 6;

impl Program {
    /// A generator or, on 3.5, now and then a coroutine; takes how far it goes.
    pub fn generator(&mut self) {
        let coroutine = self.dialect.is_35() && self.rng.chance(20);
        let name = match coroutine {
            true => format!("co{}", self.coroutines.len()),
            false => format!("gen{}", self.generators.len()),
        };
        let before = self.spent;
        self.out.line(format!("{}def {name}(n):", if coroutine { "async " } else { "" }));
        self.out.indent();
        let mut scope = Scope::new(self.budget / 8);
        scope.generator = !coroutine;
        scope.coroutine = coroutine;
        scope.returns = Some(self.dialect.py3);
        let none = Function {
            name: name.clone(),
            parameters: Vec::new(),
            defaults: 0,
            star: false,
            double_star: false,
            keyword_only: false,
        };
        self.locals(&none, &mut scope);
        scope.counters.push("n".into());
        scope.depth = 1;
        if self.rng.chance(30) {
            self.pause(&mut scope);
        }
        self.out.line(format!("for i in {}(n):", self.dialect.lazy_range()));
        self.out.indent();
        scope.times = ROUNDS;
        scope.counters.push("i".into());
        scope.loops.push(Loop { index: Some("i".into()), count: 40, late: 30 });
        scope.in_loop = true;
        self.clamps(&scope);
        for _ in 0..self.rng.below(3) {
            self.statement(&mut scope);
        }
        match self.rng.below(5) {
            0 => {
                self.out.line("try:");
                self.out.indent();
                self.statement(&mut scope);
                self.pause(&mut scope);
                self.out.dedent();
                self.out.line("finally:");
                scope.in_finally = true;
                self.suite(&mut scope, 1);
                scope.in_finally = false;
                self.out.line(format!("    hit('{name} finally')"));
            }
            1 => {
                self.out.line("try:");
                self.out.indent();
                self.pause(&mut scope);
                self.statement(&mut scope);
                self.out.dedent();
                let error =
                    self.rng.word(&["ValueError", "Exception", "(ValueError, TypeError)", "GeneratorExit"]);
                self.out.line(format!("except {error} as x9:"));
                self.out.line(format!("    hit('{name} ' + type(x9).__name__)"));
                scope.in_handler = true;
                self.suite(&mut scope, 1);
                scope.in_handler = false;
                if error == "GeneratorExit" {
                    self.out.line("    raise");
                }
            }
            2 => {
                self.out.line("with Manager(False):");
                self.out.indent();
                self.pause(&mut scope);
                self.out.dedent();
            }
            _ => self.pause(&mut scope),
        }
        for _ in 0..self.rng.below(3) {
            self.statement(&mut scope);
        }
        self.out.dedent();
        scope.loops.pop();
        scope.counters.pop();
        scope.times = 1;
        scope.in_loop = false;
        let shown: Vec<&str> =
            scope.vars.iter().filter(|v| !v.name.starts_with('G')).map(|v| v.name.as_str()).collect();
        self.out.line(format!("if hit('{name}') % 5 == 0: put('{name}', {})", shown.join(", ")));
        self.out.dedent();
        self.costs.push((name.clone(), (self.spent - before).max(10)));
        match coroutine {
            true => self.coroutines.push(name),
            false => self.generators.push(name),
        }
    }

    /// A `yield` or an `await` as a statement, with what is sent taken or not.
    pub fn pause(&mut self, scope: &mut Scope) {
        let value = match scope.flavour {
            Flavour::Numbers | Flavour::Handlers => self.int(scope, 2),
            Flavour::Objects | Flavour::Mixed => self.any(scope, 2),
        };
        let own = |n: &String| scope.vars.iter().any(|v| v.name == *n);
        let target = self.variable(Kind::Int, scope).filter(own);
        let line = match (self.rng.below(7), target) {
            (0..3, Some(target)) if scope.coroutine => format!("{target} = (await Soon({value})) or 1"),
            (3, _) if scope.coroutine && !self.coroutines.is_empty() => {
                let other = self.rng.pick(&self.coroutines).clone();
                format!("await {other}({})", self.rng.below(4))
            }
            _ if scope.coroutine => format!("await Soon({value})"),
            (0 | 1, Some(target)) => format!("{target} = (yield {value}) or 1"),
            (2, Some(target)) if self.dialect.py3 => format!("{target} = (yield from ({value}, 2)) or 2"),
            (3, _) if self.dialect.py3 && !self.generators.is_empty() => {
                let other = self.rng.pick(&self.generators).clone();
                format!("yield from {other}({})", self.rng.below(4))
            }
            (4, _) => "yield".to_string(),
            (5, Some(target)) => format!("{target} += (yield {target}) or 1"),
            _ => format!("yield {value}"),
        };
        self.out.line(line);
    }

    /// How far a generator may go here.
    fn length(&mut self, scope: &Scope, name: &str) -> usize {
        let cost = self.costs.iter().find(|(n, _)| n == name).map_or(10, |(_, c)| *c) / ROUNDS + 1;
        let room = scope.budget / scope.times.max(1) / cost;
        let wanted = *self.rng.pick(&[3, 20, 60, 60, 150]);
        let length = wanted.min(room);
        self.spent = self.spent.saturating_add(scope.times.saturating_mul(length * cost));
        length
    }

    /// Statements that use a generator.
    pub fn consume(&mut self, scope: &mut Scope) {
        if self.generators.is_empty() {
            self.out.line("pass");
            return;
        }
        let name = self.rng.pick(&self.generators).clone();
        let length = self.length(scope, &name);
        let own = |n: &String| scope.vars.iter().any(|v| v.name == *n);
        let target = self.variable(Kind::Int, scope).filter(own).unwrap_or_else(|| "x8".into());
        match self.rng.below(6) {
            0 => self.out.line(format!("{target} = len(list({name}({length})))")),
            1 => {
                self.out.line(format!("for {target} in {name}({length}):"));
                let condition = self.condition(scope, 2);
                self.out
                    .line(format!("    if {condition}: {}", self.rng.word(&["break", "continue", "pass"])));
            }
            2 => {
                self.out.line(format!("for x8 in {name}({length}):"));
                self.out.line("    if type(x8) is int:");
                self.out.line(format!("        {target} = x8"));
            }
            _ => {
                // One step at a time, with more than `next`.
                self.out.line(format!("v8 = {name}({length})"));
                self.out.line("try:");
                self.out.line("    next(v8)");
                self.out.line("    for x8 in range(90):");
                let step = self.rng.word(&["next(v8)", "v8.send(x8)", "v8.send(None)", "next(v8, 3)"]);
                self.out.line(format!("        {target} = {step}"));
                match self.rng.below(4) {
                    0 => {
                        let at = self.rng.below(60);
                        self.out.line(format!("        if x8 == {at}: v8.throw(ValueError(x8))"));
                    }
                    1 => {
                        let at = self.rng.below(60);
                        self.out.line(format!("        if x8 == {at}: v8.close()"));
                    }
                    2 => {
                        let at = self.rng.below(60);
                        let then = self.rng.word(&["break", "v8 = None", "del v8", "raise ValueError(x8)"]);
                        self.out.line(format!("        if x8 == {at}: {then}"));
                    }
                    _ => {}
                }
                self.out.line("except Exception as x9:");
                self.out.line("    hit(type(x9).__name__ + str(x9)[:40])");
            }
        }
    }
}
