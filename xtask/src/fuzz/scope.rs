//! What holds at the place where the next statement goes.

/// What a variable most likely holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An int, or a long on 2.7, or a bool.
    Int,
    /// A float.
    Float,
    /// A str.
    Str,
    /// A list of numbers.
    List,
    /// A dict from small ints and strs to numbers.
    Dict,
    /// An instance of one of the program's classes.
    Obj,
}

/// Every kind, with how often it is wanted.
pub const KINDS: &[(usize, Kind)] =
    &[(50, Kind::Int), (18, Kind::Float), (8, Kind::Str), (12, Kind::List), (4, Kind::Dict), (8, Kind::Obj)];

/// What a function is mostly about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// Ints and floats: what is kept in registers.
    Numbers,
    /// Attributes, methods and operators of instances.
    Objects,
    /// Exceptions raised, caught and passed on, and what `finally` and `with` do on the way.
    Handlers,
    /// Everything there is.
    Mixed,
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Var {
    /// Its name.
    pub name: String,
    /// What it most likely holds.
    pub kind: Kind,
    /// It may be deleted (2.7 does not compile that for the variables of closures).
    pub deletable: bool,
}

/// A loop around the place.
#[derive(Clone, Debug)]
pub struct Loop {
    /// A name that holds a new small int each time, if there is one.
    pub index: Option<String>,
    /// How often it goes round, about.
    pub count: usize,
    /// When, near the end, something comes in the way.
    pub late: usize,
}

/// The function (or module) being written and the place in it.
#[derive(Clone, Debug)]
pub struct Scope {
    /// What may be read and assigned.
    pub vars: Vec<Var>,
    /// What may only be read.
    pub reads: Vec<Var>,
    /// Names that may be read and hold small ints; assigning could keep a loop from ending.
    pub counters: Vec<String>,
    /// The loops around, outermost first; those outside of a `finally` that bars `continue` included.
    pub loops: Vec<Loop>,
    /// How often the place is reached, about.
    pub times: usize,
    /// How many statements may be run in all.
    pub budget: usize,
    /// Nesting of statements.
    pub depth: usize,
    /// `continue` is not allowed here.
    pub in_finally: bool,
    /// `break` and `continue` have a loop.
    pub in_loop: bool,
    /// In an `except` clause: a bare `raise` has something to raise.
    pub in_handler: bool,
    /// `return` is allowed, and whether it may have a value.
    pub returns: Option<bool>,
    /// `yield` is allowed.
    pub generator: bool,
    /// Nothing here may close over anything: 2.7 then has `del` and `exec` without `in`.
    pub no_cells: bool,
    /// `await` is allowed.
    pub coroutine: bool,
    /// At module level.
    pub module: bool,
    /// What it is mostly about.
    pub flavour: Flavour,
}

impl Scope {
    /// A scope with nothing in it.
    pub fn new(budget: usize) -> Scope {
        Scope {
            vars: Vec::new(),
            reads: Vec::new(),
            counters: Vec::new(),
            loops: Vec::new(),
            times: 1,
            budget,
            depth: 0,
            in_finally: false,
            in_loop: false,
            in_handler: false,
            returns: None,
            generator: false,
            coroutine: false,
            no_cells: false,
            module: false,
            flavour: Flavour::Mixed,
        }
    }

    /// Adds a variable.
    pub fn add(&mut self, name: impl Into<String>, kind: Kind) {
        self.vars.push(Var { name: name.into(), kind, deletable: true });
    }

    /// The names of variables of one kind.
    pub fn of(&self, kind: Kind) -> Vec<&str> {
        self.vars.iter().chain(&self.reads).filter(|v| v.kind == kind).map(|v| v.name.as_str()).collect()
    }

    /// The innermost loop with an index.
    pub fn index(&self) -> Option<&Loop> {
        self.loops.iter().rev().find(|l| l.index.is_some())
    }
}
