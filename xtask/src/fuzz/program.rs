//! A program while it is written.

use super::dialect::Dialect;
use super::rng::Rng;
use super::scope::Kind;
use super::text::Text;

/// What programs do only when asked to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extras {
    /// `sys.getrefcount`.
    pub refcounts: bool,
}

/// A function that can be called.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its positional parameters.
    pub parameters: Vec<(String, Kind)>,
    /// How many of them, from the end, have a default.
    pub defaults: usize,
    /// It takes more positional arguments.
    pub star: bool,
    /// It takes more keyword arguments.
    pub double_star: bool,
    /// It must be given `k1=`.
    pub keyword_only: bool,
}

/// A program while it is written.
pub struct Program {
    /// Where the choices come from.
    pub rng: Rng,
    /// What the version can say.
    pub dialect: Dialect,
    /// What was asked for.
    pub extras: Extras,
    /// How often, in percent, an expression is not of the kind that it should be.
    pub wild: usize,
    /// How often, in percent, a loop is a long one.
    pub long: usize,
    /// What a function may run, in statements.
    pub budget: usize,
    /// The classes so far.
    pub classes: Vec<String>,
    /// The functions so far.
    pub functions: Vec<Function>,
    /// The generators so far; each takes a small int.
    pub generators: Vec<String>,
    /// The coroutines so far, likewise.
    pub coroutines: Vec<String>,
    /// What a call of a function runs, about.
    pub costs: Vec<(String, usize)>,
    /// What the globals G0, G1… most likely hold.
    pub globals: Vec<Kind>,
    /// What was written so far would run so many statements.
    pub spent: usize,
    /// The text.
    pub out: Text,
}
