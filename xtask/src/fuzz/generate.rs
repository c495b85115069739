//! A whole program from a seed.

use super::corners;
use super::dialect::Dialect;
use super::events;
use super::program::{Extras, Program};
use super::rng::Rng;
use super::scope::{Flavour, Kind, Scope};
use super::text::Text;

const PRELUDE: &str = include_str!("prelude.py");

/// The program of a seed.
pub fn generate(seed: u64, dialect: Dialect, extras: Extras) -> String {
    let mut rng = Rng::new(seed);
    let wild = *rng.pick(&[0, 0, 1, 2, 5]);
    let long = *rng.pick(&[0, 0, 5, 40]);
    let mut program = Program {
        rng,
        dialect,
        extras,
        wild,
        long,
        budget: 20_000,
        classes: Vec::new(),
        functions: Vec::new(),
        generators: Vec::new(),
        coroutines: Vec::new(),
        costs: Vec::new(),
        globals: Vec::new(),
        spent: 0,
        out: Text::default(),
    };
    program.write();
    program.out.finish()
}

impl Program {
    fn write(&mut self) {
        self.out.raw(PRELUDE);
        self.out.raw(&events::setup(self.dialect.py3));
        self.out.raw(&corners::setup(self.dialect.py3));
        self.out.line("TURN = 0");
        if self.dialect.is_35() {
            self.out.raw(corners::ASYNCHRONOUS);
        }
        if self.dialect.py3 {
            self.out.raw("class Meta(type):\n    def __call__(cls, *a):\n        hit('meta')\n        return type.__call__(cls, *a)\n");
        }
        for i in 0..self.rng.between(2, 5) {
            let kind =
                self.rng.weighted(&[(6, Kind::Int), (3, Kind::Float), (1, Kind::List), (1, Kind::Str)]);
            let value = self.constant(kind);
            self.out.line(format!("G{i} = {value}"));
            self.globals.push(kind);
        }
        for _ in 0..self.rng.between(1, 3) {
            self.class_definition();
        }
        for _ in 0..self.rng.between(1, 4) {
            match self.rng.below(10) {
                0..6 => self.function(),
                6..8 => self.generator(),
                _ => self.closure_function(),
            }
        }
        if self.rng.chance(40) {
            self.corner();
        }
        if self.rng.chance(35) {
            self.module_code();
        }
        self.calls();
        self.out.raw(events::RESTORE);
        for i in 0..self.globals.len() {
            self.out.line(format!("put('G{i}', globals().get('G{i}'))"));
        }
        self.out.line("finish()");
        if self.rng.chance(15) && !self.functions.is_empty() {
            // What nothing catches shows the whole traceback.
            let function = self.rng.pick(&self.functions).clone();
            let arguments = self.arguments(&function, &Scope::new(0), 2);
            self.out.line(format!("put({}({arguments}))", function.name));
        }
    }

    /// Hot code outside of any function.
    fn module_code(&mut self) {
        let mut scope = Scope::new(self.budget);
        scope.module = true;
        scope.flavour = *self.rng.pick(&[Flavour::Numbers, Flavour::Mixed]);
        for (i, kind) in self.globals.clone().into_iter().enumerate() {
            scope.add(format!("G{i}"), kind);
        }
        for (name, kind) in
            [("a", Kind::Int), ("b", Kind::Int), ("g", Kind::Float), ("l", Kind::List), ("o", Kind::Obj)]
        {
            let value = self.constant(kind);
            self.out.line(format!("{name} = {value}"));
            scope.add(name, kind);
        }
        self.out.line("try:");
        self.out.indent();
        scope.depth = 1;
        if self.rng.chance(50) {
            self.for_loop(&mut scope)
        } else {
            self.while_loop(&mut scope)
        }
        self.out.dedent();
        self.out.line("except Exception as e:");
        self.out.line("    oops(e)");
        self.out.line("put(*[show(globals().get(n)) for n in ('a', 'b', 'g', 'l', 'o')])");
    }

    /// Calls everything often enough.
    fn calls(&mut self) {
        let mut scope = Scope::new(usize::MAX);
        scope.counters.push("r".into());
        for function in self.functions.clone() {
            let cost = self.costs.iter().find(|(n, _)| *n == function.name).map_or(10, |(_, c)| *c);
            let times = (100_000 / cost).clamp(2, 60);
            self.out.line(format!("for r in range({times}):"));
            self.out.indent();
            self.out.line("TURN = r");
            self.out.line("try:");
            let arguments = self.arguments(&function, &scope, 3);
            self.out.line(format!("    put({}({arguments}))", function.name));
            self.out.line("except Exception as e:");
            self.out.line("    oops(e)");
            self.out.dedent();
        }
        for generator in self.coroutines.clone() {
            let words = ["None", "None", "None", "1", "2.5", "'throw'", "'close'"];
            let script: Vec<&str> = (0..self.rng.between(2, 9)).map(|_| self.rng.word(&words)).collect();
            self.out.line(format!("for r in range({}):", self.rng.between(3, 40)));
            self.out.line(format!("    drain({generator}(r), [None, {}, 'close'])", script.join(", ")));
            self.out.line(format!("    run({generator}(r % 12))"));
        }
        for generator in self.generators.clone() {
            let times = self.rng.between(3, 30);
            let words = ["'next'", "'next'", "'next'", "1", "2.5", "None", "'throw'", "'close'", "'exit'"];
            let script: Vec<&str> = (0..self.rng.between(1, 6)).map(|_| self.rng.word(&words)).collect();
            self.out.line(format!("for r in range({times}):"));
            self.out.line(format!("    drain({generator}(r), [{}])", script.join(", ")));
            self.out.line("    try:");
            self.out.line(format!("        put(list({generator}(r % 12)))"));
            self.out.line("    except Exception as e:");
            self.out.line("        oops(e)");
        }
    }
}
