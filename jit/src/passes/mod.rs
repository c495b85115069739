//! The passes over HIR: one table, in the order they run.

mod cfg;
mod dce;
mod edges;
mod elide;
#[cfg(test)]
mod fixtures;
mod hoist;
mod loops;
mod prune;
mod reuse;
mod simplify;
pub mod stress;
#[cfg(test)]
mod tests;
mod unbox;
mod writeback;

use crate::error::CompileError;
use crate::hir::{Function, Stage, verify};
use crate::host::Host;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Whether a pass can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// What is built cannot be lowered without it.
    Required,
    /// It makes code better.
    Optimising,
    /// It makes code better that is as expected: it adds guards.
    Speculative,
}

/// A pass.
pub struct Pass {
    /// Its name, for options and statistics.
    pub name: &'static str,
    /// The stage of a dump that has the function as it leaves it.
    pub text: &'static str,
    /// Whether it can be left out.
    pub class: Class,
    /// The form it leaves the function in.
    pub leaves: Stage,
    /// The pass without which, or without a change by which, there is nothing to do for it.
    pub follows: Option<&'static str>,
    /// Runs it; whether it has changed anything.
    run: fn(&mut Function, &Host) -> bool,
}

/// What a row says that the pass follows.
const fn follows(named: &[&'static str]) -> Option<&'static str> {
    match named {
        [name] => Some(name),
        _ => None,
    }
}

macro_rules! passes {
    ($($name:literal $class:ident $leaves:ident $(after $other:literal)? = $run:expr;)*) => {
        /// All passes, in the order they run.
        pub const PASSES: &[Pass] = &[$(Pass {
            name: $name,
            text: concat!("hir@", $name),
            class: Class::$class,
            leaves: Stage::$leaves,
            follows: follows(&[$($other)?]),
            run: $run,
        }),*];
    };
}

passes! {
    // The builder inlines, unless this is left out.
    "inline" Speculative Built = |_, _| false;
    "elide" Optimising Built = |function, _| elide::run(function);
    "prune-for-loops" Optimising Built = |function, _| prune::run(function, prune::Keep::WantedByLoops);
    "reuse" Optimising Built = |function, _| reuse::run(function);
    "elide-reused" Optimising Built after "reuse" = |function, _| elide::run(function);
    "simplify" Optimising Built = |function, host| simplify::run(function, host);
    "hoist" Speculative Built = |function, _| hoist::run(function);
    "unbox" Speculative Built = |function, _| unbox::run(function);
    "simplify-unboxed" Optimising Built after "unbox" = |function, host| simplify::run(function, host);
    "prune" Optimising Built = |function, _| prune::run(function, prune::Keep::Nothing);
    "simplify-pruned" Optimising Built after "prune" = |function, host| simplify::run(function, host);
    "dce" Optimising Built = |function, _| { dce::run(function, Stage::Built); true };
    "writeback" Required Final = |function, _| { writeback::run(function); true };
    "dce-final" Required Final = |function, _| { dce::run(function, Stage::Final); true };
}

/// The passes that are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Omitted(u64);

impl Omitted {
    /// All that can be.
    pub fn optional() -> Omitted {
        Omitted::default().and(|pass| pass.class != Class::Required)
    }

    /// Those that fit, too, but none that is required.
    pub fn and(self, fits: impl Fn(&Pass) -> bool) -> Omitted {
        let fitting =
            PASSES.iter().enumerate().filter(|(_, pass)| pass.class != Class::Required && fits(pass));
        Omitted(fitting.fold(self.0, |bits, (index, _)| bits | 1 << index))
    }

    /// These and those.
    pub fn with(self, others: Omitted) -> Omitted {
        Omitted(self.0 | others.0)
    }

    /// Whether a pass is among them.
    pub fn contains(self, name: &str) -> bool {
        PASSES.iter().position(|pass| pass.name == name).is_some_and(|index| self.0 & 1 << index != 0)
    }
}

/// Runs the passes, which bring a function from the builder's form to the backend's.
///
/// Leaves the time of each, in the order of [`PASSES`], and, if it is asked to, the text after each. What is
/// verified between them, and whether references are counted, `verify_all` says; debug builds always do.
pub fn run(
    function: &mut Function,
    host: &Host,
    omitted: Omitted,
    verify_all: bool,
    mut texts: Option<&mut BTreeMap<&'static str, String>>,
) -> Result<Vec<Duration>, CompileError> {
    let verify_all = verify_all || cfg!(debug_assertions);
    let check = |function: &Function, stage| {
        if verify_all { verify(function, stage, verify_all) } else { Ok(()) }
    };
    check(function, Stage::Built)?;
    let mut changed = None;
    let mut spent = Vec::with_capacity(PASSES.len());
    for (index, pass) in PASSES.iter().enumerate() {
        let started = Instant::now();
        let is_due = pass.follows.is_none_or(|followed| changed == Some(followed));
        if omitted.0 & 1 << index == 0 && is_due {
            changed = (pass.run)(function, host).then_some(pass.name);
            if let Some(texts) = &mut texts {
                texts.insert(pass.text, function.to_string());
            }
        }
        spent.push(started.elapsed());
        // Write-back leaves parameters that only states needed, whose values are not all there any more.
        if pass.name != "writeback" {
            check(function, pass.leaves).map_err(|error| named(error, pass.name))?;
        }
        #[cfg(test)]
        tests::text_says_all(function);
    }
    if !verify_all {
        verify(function, Stage::Final, false)?;
    }
    Ok(spent)
}

/// The error of the verifier, after which pass.
fn named(error: CompileError, pass: &str) -> CompileError {
    match error {
        CompileError::Verify(rule) => CompileError::Verify(format!("after {pass}: {rule}")),
        other => other,
    }
}
