//! The passes over HIR, in the order they run.

mod cfg;
mod dce;
mod prune;
mod simplify;
#[cfg(test)]
mod tests;
mod unbox;
mod writeback;

use crate::Options;
use crate::error::CompileError;
use crate::hir::{Function, Stage, verify};
use crate::host::Host;

/// Brings a function from the builder's form to the backend's.
pub fn run(function: &mut Function, host: &Host, options: &Options) -> Result<(), CompileError> {
    check(function, Stage::Built)?;
    if options.optimise {
        prune::run(function, prune::Keep::WantedByLoops);
        simplify::run(function);
        if options.unbox {
            unbox::run(function, host);
            simplify::run(function);
        }
        prune::run(function, prune::Keep::Nothing);
        simplify::run(function);
        dce::run(function, Stage::Built);
        check(function, Stage::Built)?;
    }
    writeback::run(function, host);
    dce::run(function, Stage::Final);
    check(function, Stage::Final)?;
    verify(function, Stage::Final)
}

/// Between passes the function is verified in debug builds only: it costs as much as a pass.
fn check(function: &Function, stage: Stage) -> Result<(), CompileError> {
    if cfg!(test) {
        let text = function.to_string();
        let read = crate::hir::parse(&text).map(|function| function.to_string());
        assert_eq!(read.as_deref(), Ok(text.as_str()));
    }
    if cfg!(debug_assertions) { verify(function, stage) } else { Ok(()) }
}
