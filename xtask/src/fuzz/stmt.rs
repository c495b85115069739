//! Statements: assignments, control flow and what they nest.

use super::program::Program;
use super::scope::{Flavour, Kind, Loop, Scope, Var};

/// What a statement may be; the weights below say how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Assign,
    Augmented,
    Unpack,
    If,
    For,
    While,
    Try,
    With,
    Leave,
    Return,
    Raise,
    Delete,
    Item,
    Attribute,
    Container,
    Call,
    Event,
    Print,
    Closure,
    Exec,
    Yield,
    Consume,
    Import,
    Assert,
}

const FORMS: &[(usize, Form)] = &[
    (28, Form::Assign),
    (13, Form::Augmented),
    (5, Form::Unpack),
    (11, Form::If),
    (8, Form::For),
    (4, Form::While),
    (8, Form::Try),
    (3, Form::With),
    (5, Form::Leave),
    (2, Form::Return),
    (2, Form::Raise),
    (2, Form::Delete),
    (4, Form::Item),
    (4, Form::Attribute),
    (5, Form::Container),
    (5, Form::Call),
    (7, Form::Event),
    (1, Form::Print),
    (3, Form::Closure),
    (1, Form::Exec),
    (10, Form::Yield),
    (4, Form::Consume),
    (1, Form::Import),
    (1, Form::Assert),
];

/// The weights where numbers are what matters.
const NUMBER_FORMS: &[(usize, Form)] = &[
    (36, Form::Assign),
    (22, Form::Augmented),
    (6, Form::Unpack),
    (14, Form::If),
    (6, Form::For),
    (4, Form::While),
    (5, Form::Leave),
    (4, Form::Event),
    (2, Form::Try),
    (1, Form::Delete),
    (2, Form::Item),
    (2, Form::Call),
    (1, Form::Return),
    (2, Form::Consume),
    (8, Form::Yield),
];

/// The weights where exceptions are what matters.
const HANDLER_FORMS: &[(usize, Form)] = &[
    (20, Form::Assign),
    (16, Form::Augmented),
    (8, Form::If),
    (5, Form::For),
    (2, Form::While),
    (20, Form::Try),
    (5, Form::With),
    (9, Form::Leave),
    (6, Form::Return),
    (10, Form::Raise),
    (2, Form::Delete),
    (2, Form::Item),
    (5, Form::Call),
    (5, Form::Event),
    (4, Form::Consume),
    (8, Form::Yield),
];

const ERRORS: &[&str] = &[
    "ValueError",
    "TypeError",
    "KeyError",
    "IndexError",
    "ZeroDivisionError",
    "Oddity",
    "StopIteration",
    "OverflowError",
    "AttributeError",
    "NameError",
];

impl Program {
    /// A suite of about `n` statements, one level in.
    pub fn suite(&mut self, scope: &mut Scope, n: usize) {
        self.out.indent();
        scope.depth += 1;
        for _ in 0..n.max(1) {
            self.statement(scope);
        }
        scope.depth -= 1;
        self.out.dedent();
    }

    /// One statement.
    pub fn statement(&mut self, scope: &mut Scope) {
        self.spent = self.spent.saturating_add(scope.times);
        let form = self.rng.weighted(match scope.flavour {
            Flavour::Numbers => NUMBER_FORMS,
            Flavour::Handlers => HANDLER_FORMS,
            Flavour::Objects | Flavour::Mixed => FORMS,
        });
        let deep = scope.depth > 5 || scope.loops.len() > 3;
        match form {
            Form::Assign => self.assign(scope),
            Form::Augmented => self.augmented(scope),
            Form::Unpack => self.unpack(scope),
            Form::If if !deep => self.branch(scope),
            Form::For if !deep => self.for_loop(scope),
            Form::While if !deep => self.while_loop(scope),
            Form::Try if !deep => self.try_statement(scope),
            Form::With if !deep => self.with_statement(scope),
            Form::Leave if scope.in_loop => {
                let word = if scope.in_finally || self.rng.chance(50) { "break" } else { "continue" };
                let condition = self.rare_condition(scope);
                self.out.line(format!("if {condition}:"));
                self.out.line(format!("    {word}"));
            }
            Form::Return if scope.returns.is_some() && scope.depth > 1 => {
                let condition = self.rare_condition(scope);
                let value = match scope.returns {
                    Some(true) => format!(" {}", self.any(scope, 2)),
                    _ => String::new(),
                };
                self.out.line(format!("if {condition}:"));
                self.out.line(format!("    return{value}"));
            }
            Form::Raise => self.raise(scope),
            Form::Delete => self.delete(scope),
            Form::Item => self.item(scope),
            Form::Attribute => self.store_attribute(scope),
            Form::Container => self.container(scope),
            Form::Call => {
                let call = self.call(scope, 1);
                self.out.line(call);
            }
            Form::Event => self.event(scope),
            Form::Print => self.print(scope),
            Form::Closure if !scope.no_cells && scope.depth < 4 => self.closure(scope),
            Form::Exec => self.exec(scope),
            Form::Yield if scope.generator || scope.coroutine => self.pause(scope),
            Form::Consume if scope.depth < 5 => self.consume(scope),
            Form::Import => {
                let line = self.rng.word(&[
                    "import math",
                    "from math import floor",
                    "import os.path",
                    "import sys as s9",
                ]);
                self.out.line(line);
            }
            Form::Assert => {
                let condition = self.condition(scope, 2);
                self.out.line(format!("assert {condition} or True, 'never'"));
            }
            Form::If
            | Form::For
            | Form::While
            | Form::Try
            | Form::With
            | Form::Leave
            | Form::Return
            | Form::Closure
            | Form::Consume
            | Form::Yield => self.assign(scope),
        }
    }

    /// A condition that holds seldom enough for a loop to get going before.
    pub fn rare_condition(&mut self, scope: &Scope) -> String {
        if let Some(Loop { index: Some(index), count, late }) = scope.index().cloned()
            && self.rng.chance(75)
        {
            return match self.rng.below(6) {
                0 | 1 => format!("{index} == {late}"),
                2 => format!("{index} == {late} and TURN == {}", self.rng.below(40)),
                3 => format!("{index} > {}", count.saturating_sub(2)),
                4 => format!("{index} % {} == {}", self.rng.between(5, 60), self.rng.below(5)),
                _ => format!("{index} == {}", self.rng.below(count.max(2))),
            };
        }
        self.condition(scope, 2)
    }

    fn some_variable(&mut self, scope: &Scope) -> Option<Var> {
        (!scope.vars.is_empty()).then(|| self.rng.pick(&scope.vars).clone())
    }

    fn assign(&mut self, scope: &mut Scope) {
        let Some(var) = self.some_variable(scope) else {
            self.out.line("pass");
            return;
        };
        let value = self.of_kind(var.kind, scope, 0);
        if self.rng.chance(8)
            && let Some(other) = self.some_variable(scope)
        {
            self.out.line(format!("{} = {} = {value}", var.name, other.name));
            return;
        }
        self.out.line(format!("{} = {value}", var.name));
    }

    fn augmented(&mut self, scope: &mut Scope) {
        let Some(var) = self.some_variable(scope) else {
            self.out.line("pass");
            return;
        };
        let name = var.name;
        let line = match var.kind {
            Kind::Int => {
                let op = self.rng.weighted(&[
                    (12, "+"),
                    (10, "-"),
                    (8, "*"),
                    (3, "//"),
                    (4, "%"),
                    (3, "&"),
                    (3, "|"),
                    (4, "^"),
                    (2, ">>"),
                ]);
                let by = match op {
                    "//" | "%" => self.rng.word(&["3", "7", "-2", "1000", "(1 << 31)"]).to_string(),
                    ">>" => self.rng.word(&["1", "0", "3", "63", "64"]).to_string(),
                    _ => self.int(scope, 1),
                };
                format!("{name} {op}= {by}")
            }
            Kind::Float => {
                let op = self.rng.word(&["+", "-", "*", "/"]);
                format!("{name} {op}= {}", self.float(scope, 1))
            }
            Kind::Str => format!("{name} += {}", self.string(scope, 1)),
            Kind::List => match self.rng.below(3) {
                0 => format!("{name} += {}", self.list(scope, 2)),
                1 => format!("{name} += ({},)", self.int(scope, 2)),
                _ => format!("{name} *= {}", self.rng.word(&["1", "2", "0", "True"])),
            },
            Kind::Dict => format!("{name}[{}] = {}", self.rng.below(3), self.int(scope, 2)),
            Kind::Obj => {
                let op = self.rng.word(&["+", "-", "*", "|"]);
                format!("{name} {op}= {}", self.int(scope, 2))
            }
        };
        self.out.line(line);
    }

    fn unpack(&mut self, scope: &mut Scope) {
        let (Some(a), Some(b)) = (self.some_variable(scope), self.some_variable(scope)) else {
            self.out.line("pass");
            return;
        };
        let (x, y) = (a.name.clone(), b.name.clone());
        let line = match self.rng.below(7) {
            0 | 1 => format!("{x}, {y} = {y}, {x}"),
            2 => format!("{x}, {y} = {}, {}", self.of_kind(a.kind, scope, 1), self.of_kind(b.kind, scope, 1)),
            3 => format!(
                "[{x}, {y}] = ({}, {})",
                self.of_kind(a.kind, scope, 1),
                self.of_kind(b.kind, scope, 1)
            ),
            4 if self.dialect.py3 => format!("{x}, *{y} = {}", self.list(scope, 1)),
            5 => format!("({x}, {y}) = {}[:2]", self.list(scope, 1)),
            _ => {
                let object = self.variable_or(Kind::Obj, scope);
                format!("{x}, {object}.n = {}, {}", self.of_kind(a.kind, scope, 1), self.int(scope, 1))
            }
        };
        self.out.line(line);
    }

    fn branch(&mut self, scope: &mut Scope) {
        let condition = self.condition(scope, 1);
        self.out.line(format!("if {condition}:"));
        let n = self.rng.between(1, 3);
        self.suite(scope, n);
        if self.rng.chance(20) {
            let condition = self.condition(scope, 1);
            self.out.line(format!("elif {condition}:"));
            self.suite(scope, 1);
        }
        if self.rng.chance(40) {
            self.out.line("else:");
            let n = self.rng.between(1, 2);
            self.suite(scope, n);
        }
    }

    /// How often a loop may go round here, with about `body` statements in it.
    pub fn round_count(&mut self, scope: &Scope, body: usize) -> usize {
        let room = scope.budget / scope.times.max(1) / (body * 2).max(1);
        let counts: &[usize] = if scope.loops.is_empty() {
            &[40, 70, 150, 150, 400, 800, 2000]
        } else {
            &[1, 2, 3, 5, 8, 20, 60, 100]
        };
        let wanted = *self.rng.pick(counts);
        if scope.loops.is_empty() && self.rng.chance(self.long) {
            25_000.min(room * 4)
        } else {
            wanted.min(room)
        }
        .max(1)
    }

    fn body(&mut self, scope: &mut Scope, index: Option<String>, count: usize, n: usize) {
        let saved = (scope.times, scope.in_loop, scope.in_finally);
        scope.times = scope.times.saturating_mul(count);
        scope.in_loop = true;
        scope.in_finally = false;
        if let Some(index) = &index {
            scope.counters.push(index.clone());
        }
        let late = count.saturating_sub(1 + self.rng.below(4));
        scope.loops.push(Loop { index: index.clone(), count, late });
        self.out.indent();
        if count > 6 {
            self.clamps(scope);
        }
        let guarded = scope.loops.len() == 1 && self.rng.chance(60);
        if guarded {
            self.out.line("try:");
            self.suite(scope, n);
            self.handler(scope);
            self.out.dedent();
        } else {
            self.out.dedent();
            self.suite(scope, n);
        }
        if let Some(index) = index.as_ref().filter(|_| scope.loops.len() == 1 && count > 6) {
            self.late(scope, index, late);
        }
        scope.loops.pop();
        if index.is_some() {
            scope.counters.pop();
        }
        (scope.times, scope.in_loop, scope.in_finally) = saved;
        if self.rng.chance(15) {
            self.out.line("else:");
            self.suite(scope, 1);
        }
    }

    /// What comes in the way of a loop near its end, and then a look at what it did.
    fn late(&mut self, scope: &mut Scope, index: &str, late: usize) {
        self.out.indent();
        if scope.flavour != Flavour::Objects {
            // Numbers of the same types as before, where unboxed arithmetic has to give up.
            for var in scope.vars.clone() {
                let edge = match var.kind {
                    Kind::Int => self.int_edge(),
                    Kind::Float => self.float_edge(),
                    Kind::Str | Kind::List | Kind::Dict | Kind::Obj => continue,
                };
                if self.rng.chance(20) {
                    self.out.line(format!("if {index} == {late}: {} = {edge}", var.name));
                }
            }
        }
        for _ in 0..self.rng.below(3) {
            if scope.flavour == Flavour::Objects && self.rng.chance(60) {
                let condition = self.rare_condition(scope);
                self.out.line(format!("if {condition}:"));
                let effect = self.effect(1);
                self.out.line(format!("    {effect}"));
            } else {
                self.event(scope);
            }
        }
        if self.rng.chance(70) {
            let shown: Vec<&str> = scope.vars.iter().map(|v| v.name.as_str()).collect();
            self.out.line(format!("if {index} >= {late}: put({})", shown.join(", ")));
        }
        self.out.dedent();
    }

    /// A handler that counts what came and mends the variables.
    fn handler(&mut self, scope: &mut Scope) {
        let head = self.rng.word(&[
            "except Exception as x9:",
            "except (TypeError, ValueError, ArithmeticError, LookupError, NameError, AttributeError) as x9:",
            "except (Exception, Oddity) as x9:",
        ]);
        self.out.line(head);
        self.out.indent();
        self.out.line(self.text_of_hit());
        if let Some(var) = self.some_variable(scope)
            && self.rng.chance(60)
        {
            let value = self.constant(var.kind);
            self.out.line(format!("{} = {value}", var.name));
        }
        self.out.dedent();
    }

    fn text_of_hit(&self) -> &'static str {
        "hit(type(x9).__name__ + str(x9)[:40])"
    }

    /// Keeps what a loop changes from growing without bounds.
    pub fn clamps(&mut self, scope: &Scope) {
        let style = self
            .rng
            .pick(&[&[0, 1, 2, 3, 4][..], &[3, 4, 8, 9], &[5, 6, 7, 8, 9], &[0, 3, 5, 7, 9, 10, 11]])
            .to_vec();
        for var in scope.vars.clone() {
            let name = &var.name;
            match var.kind {
                Kind::Int => {
                    let line = match *self.rng.pick(&style) {
                        0..3 => format!("if not -1000 < {name} < 1000: {name} = {}", self.rng.below(9)),
                        3 => format!("{name} &= 65535"),
                        4 => format!("{name} %= 1000003"),
                        5 => format!("{name} = {name} & ((1 << 62) - 1)"),
                        6 => {
                            format!("if not -(1 << 70) < {name} < 1 << 70: {name} = {}", self.int_constant())
                        }
                        7 => format!("if {name} > 1 << 65 or {name} < -1 << 65: {name} = 1"),
                        8..10 => format!(
                            "if type({name}) is not int or not -(1 << 66) < {name} < 1 << 66: {name} = 2"
                        ),
                        // Left to grow.
                        _ => continue,
                    };
                    self.out.line(line);
                }
                Kind::Str | Kind::List => {
                    let limit = self.rng.between(6, 30);
                    self.out.line(format!("if len({name}) > {limit}: {name} = {name}[:3]"));
                }
                Kind::Float | Kind::Dict | Kind::Obj => {}
            }
        }
    }

    fn loop_name(&self, scope: &Scope) -> String {
        ["i", "j", "k", "u", "w"][scope.loops.len().min(4)].to_string()
    }

    /// A `for` loop.
    pub fn for_loop(&mut self, scope: &mut Scope) {
        let n = self.rng.between(2, 5);
        let count = self.round_count(scope, n + 3);
        let mut index = Some(self.loop_name(scope));
        let name = self.loop_name(scope);
        let range = if self.rng.chance(80) { self.dialect.lazy_range() } else { "range" };
        if scope.coroutine && self.rng.chance(30) {
            return self.async_for(scope, name, count, n);
        }
        let head = match if scope.loops.is_empty() { self.rng.below(14) } else { self.rng.below(24) } {
            0..8 => format!("for {name} in {range}({count}):"),
            8 => format!("for {name} in {range}({}, {}, {}):", count, -1, -1),
            9 => format!("for {name}, q in enumerate({range}({count})):"),
            10 => format!("for {name} in list(range({count})):"),
            11 => format!("for {name}, q in zip(range({count}), range({}, {}, 3)):", count * 2, count * 6),
            12 => format!("for {name} in iter(Steps({count}).step, {count}):"),
            13 => format!("for {name} in Steps({count}):"),
            14..16 => {
                index = None;
                format!("for {name} in {}:", self.list(scope, 1))
            }
            16 => {
                index = None;
                format!(
                    "for {name} in ({}, {}, {}):",
                    self.int(scope, 2),
                    self.float(scope, 2),
                    self.int(scope, 2)
                )
            }
            17 => {
                index = None;
                format!("for {name} in {}:", self.string(scope, 1))
            }
            18 => {
                index = None;
                format!("for {name} in sorted({}, key=str):", self.dict(scope, 1))
            }
            19 => {
                index = None;
                format!("for {name} in reversed({}):", self.list(scope, 1))
            }
            20 if !self.generators.is_empty() => {
                index = None;
                let generator = self.rng.pick(&self.generators).clone();
                if self.room(scope, &generator) {
                    format!("for {name} in {generator}({}):", self.rng.below(9))
                } else {
                    format!("for {name} in ():")
                }
            }
            21 => {
                index = None;
                match self.some_variable(scope) {
                    // The loop assigns a variable that other statements use.
                    Some(var) if !scope.counters.contains(&var.name) => {
                        format!("for {} in {}:", var.name, self.list(scope, 1))
                    }
                    _ => format!("for {name} in {range}(3):"),
                }
            }
            22 => {
                index = None;
                format!("for {name}, q in [(1, {}), (2, {})]:", self.int(scope, 2), self.float(scope, 2))
            }
            _ => format!("for {name} in {range}({} % 5):", self.int(scope, 2)),
        };
        self.out.line(head);
        // Lists are kept short, so that a walk over one is short too.
        let count = if index.is_some() { count } else { count.clamp(3, 30) };
        self.body(scope, index, count, n);
    }

    fn async_for(&mut self, scope: &mut Scope, name: String, count: usize, n: usize) {
        let rows = [(12, "Rows"), (3, "LateRows"), (2, "FailingRows"), (1, "OddRows")];
        let rows = self.rng.weighted(&rows);
        let every = self.rng.pick(&[0, 0, 0, 2, 7, 50]);
        self.out.line(format!("async for {name} in {rows}({count}, {every}):"));
        self.body(scope, Some(name), count, n);
    }

    /// A `while` loop with a counter of its own.
    pub fn while_loop(&mut self, scope: &mut Scope) {
        let n = self.rng.between(2, 5);
        let count = self.round_count(scope, n + 3);
        let name = self.loop_name(scope);
        self.out.line(format!("{name} = 0"));
        let extra =
            if self.rng.chance(25) { format!(" and {}", self.condition(scope, 2)) } else { String::new() };
        match self.rng.below(3) {
            0 => {
                self.out.line("while True:");
                self.out.line(format!("    {name} += 1"));
                self.out.line(format!("    if {name} > {count}: break"));
            }
            1 => {
                self.out.line(format!("while {name} <= {count}{extra}:"));
                self.out.line(format!("    {name} += 1"));
            }
            _ => {
                self.out.line(format!("while {name} < {count}{extra}:"));
                self.out.line(format!("    {name} = {name} + 1"));
            }
        }
        self.body(scope, Some(name), count, n);
    }

    /// `try` with every combination of clauses.
    pub fn try_statement(&mut self, scope: &mut Scope) {
        let n = self.rng.between(1, 3);
        self.out.line("try:");
        self.suite(scope, n);
        let shape = self.rng.below(10);
        if shape < 7 {
            let handler = scope.in_handler;
            scope.in_handler = true;
            if self.rng.chance(30) {
                let error = self.rng.word(ERRORS);
                self.out.line(format!("except {error}:"));
                self.suite(scope, 1);
            }
            match self.rng.below(4) {
                0 => self.out.line("except:"),
                1 => self.out.line("except Exception:"),
                _ => {
                    self.out.line("except Exception as x9:");
                    self.out.line(format!("    {}", self.text_of_hit()));
                }
            }
            let n = self.rng.between(1, 2);
            self.suite(scope, n);
            if self.rng.chance(10) {
                let condition = self.rare_condition(scope);
                self.out.line(format!("    if {condition}:"));
                self.out.line("        raise");
            }
            scope.in_handler = handler;
            if self.rng.chance(20) {
                self.out.line("else:");
                self.suite(scope, 1);
            }
        }
        if shape >= 5 {
            self.out.line("finally:");
            let saved = scope.in_finally;
            scope.in_finally = true;
            let n = self.rng.between(1, 2);
            self.suite(scope, n);
            scope.in_finally = saved;
        }
    }

    fn with_statement(&mut self, scope: &mut Scope) {
        let swallow = self.rng.word(&["True", "False", "0", "'x'"]);
        if scope.coroutine && self.rng.chance(50) {
            let wait = self.rng.word(&["", ", True"]);
            let name = self.rng.word(&["", " as m9"]);
            self.out.line(format!("async with Door({swallow}{wait}){name}:"));
            let n = self.rng.between(1, 3);
            return self.suite(scope, n);
        }
        let manager = match self.rng.below(5) {
            0 => format!("Manager({swallow}) as m9"),
            1 => format!("Manager({swallow}), Manager(False)"),
            2 => format!("managed({swallow})"),
            _ => format!("Manager({swallow})"),
        };
        self.out.line(format!("with {manager}:"));
        let n = self.rng.between(1, 3);
        self.suite(scope, n);
    }

    fn raise(&mut self, scope: &mut Scope) {
        let condition = self.rare_condition(scope);
        self.out.line(format!("if {condition}:"));
        let error = self.rng.word(ERRORS);
        let argument = self.int(scope, 3);
        let line = match self.rng.below(8) {
            0 if scope.in_handler => "raise".to_string(),
            1 => format!("raise {error}"),
            2 if self.dialect.py3 => format!("raise {error}({argument}) from None"),
            3 if self.dialect.py3 && scope.in_handler => {
                format!("raise {error}({argument}) from ValueError('cause')")
            }
            2 if !self.dialect.py3 => format!("raise {error}, {argument}"),
            4 if !self.dialect.py3 => format!("raise {error}, {argument}, sys.exc_info()[2]"),
            _ => format!("raise {error}({argument})"),
        };
        self.out.line(format!("    {line}"));
    }

    fn delete(&mut self, scope: &mut Scope) {
        let deletable: Vec<Var> = scope.vars.iter().filter(|v| v.deletable).cloned().collect();
        if deletable.is_empty() {
            self.out.line("pass");
            return;
        }
        let var = self.rng.pick(&deletable).clone();
        let condition = self.rare_condition(scope);
        self.out.line(format!("if {condition}:"));
        self.out.indent();
        self.out.line(format!("del {}", var.name));
        let value = self.constant(var.kind);
        match self.rng.below(5) {
            0 => {}
            1 => {
                self.out.line("try:");
                self.out.line(format!("    {}", var.name));
                self.out.line("except NameError as x9:");
                self.out.line(format!("    {}", self.text_of_hit()));
                self.out.line(format!("    {} = {value}", var.name));
            }
            _ => self.out.line(format!("{} = {value}", var.name)),
        }
        self.out.dedent();
    }

    fn item(&mut self, scope: &mut Scope) {
        let line = match self.rng.below(10) {
            0..4 => {
                let list = self.variable_or(Kind::List, scope);
                format!("{list}[{} % 3] = {}", self.int(scope, 2), self.int(scope, 1))
            }
            4 => {
                let list = self.variable_or(Kind::List, scope);
                format!("{list}[{}] += {}", self.rng.word(&["0", "-1", "1"]), self.int(scope, 2))
            }
            5 => {
                let (list, slice) = (self.variable_or(Kind::List, scope), self.slice(scope, 2));
                format!("{list}{slice} = {}", self.list(scope, 2))
            }
            6 => {
                let (list, slice) = (self.variable_or(Kind::List, scope), self.slice(scope, 2));
                format!("del {list}{slice}")
            }
            7..9 => {
                let dict = self.variable_or(Kind::Dict, scope);
                format!("{dict}[{} % 3] = {}", self.int(scope, 2), self.any(scope, 2))
            }
            _ => {
                let object = self.variable_or(Kind::Obj, scope);
                format!("{object}[{}] = {}", self.int(scope, 2), self.int(scope, 2))
            }
        };
        self.out.line(line);
    }

    fn store_attribute(&mut self, scope: &mut Scope) {
        let object = self.variable_or(Kind::Obj, scope);
        let name = self.rng.weighted(&[(20, "n"), (4, "f"), (1, "p"), (2, "k"), (1, "z")]);
        let line = match self.rng.below(6) {
            0..3 => format!("{object}.{name} = {}", self.int(scope, 1)),
            3..5 => {
                let op = self.rng.word(&["+", "-", "*", "^"]);
                format!("{object}.{name} {op}= {}", self.int(scope, 1))
            }
            _ => format!("{object}.f = {}", self.float(scope, 1)),
        };
        self.out.line(line);
    }

    fn container(&mut self, scope: &mut Scope) {
        let list = self.variable_or(Kind::List, scope);
        let dict = self.variable_or(Kind::Dict, scope);
        let line = match self.rng.below(9) {
            0..3 => format!("{list}.append({})", self.int(scope, 1)),
            3 => format!("if {list}: {list}.pop()"),
            4 => format!("{list}.insert({}, {})", self.int(scope, 2), self.float(scope, 2)),
            5 => format!("{list}.reverse()"),
            6 => format!("{dict}.pop({}, None)", self.rng.below(3)),
            7 => format!("{dict}.setdefault({} % 3, {})", self.int(scope, 2), self.int(scope, 2)),
            _ => format!("{list}.sort(key=repr)"),
        };
        self.out.line(line);
    }

    fn print(&mut self, scope: &mut Scope) {
        let condition = self.rare_condition(scope);
        self.out.line(format!("if {condition}:"));
        let (a, b) = (self.any(scope, 2), self.int(scope, 2));
        if self.dialect.py3 {
            let tail = self.rng.word(&["", ", end=' '", ", sep='|'"]);
            self.out.line(format!("    print(show({a}), {b}{tail})"));
        } else {
            let line = match self.rng.below(4) {
                0 => format!("print show({a}), {b},"),
                1 => format!("print >>sys.stderr, show({a}), {b}"),
                2 => "print".to_string(),
                _ => format!("print show({a}), {b}"),
            };
            self.out.line(format!("    {line}"));
        }
    }

    fn exec(&mut self, scope: &mut Scope) {
        let condition = self.rare_condition(scope);
        let value = self.constant(Kind::Int);
        self.out.line(format!("if {condition}:"));
        let line = match self.rng.below(3) {
            0 => format!("put(eval('{} + 1'))", value),
            1 => format!("exec({:?}, globals())", format!("G0 = {value}")),
            _ if scope.no_cells && !self.dialect.py3 => match self.some_variable(scope) {
                Some(var) => format!("exec {:?}", format!("{} = {value}", var.name)),
                None => "exec 'pass'".to_string(),
            },
            _ => match self.some_variable(scope) {
                Some(var) => {
                    format!("exec({:?}, globals(), {{'{}': 1}})", format!("{0} = {0}", var.name), var.name)
                }
                None => "pass".to_string(),
            },
        };
        self.out.line(format!("    {line}"));
    }
}
