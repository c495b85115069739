//! The interpreter that compiled code of this process is for.

use crate::py::gil::Gil;
use pyjion_jit::host::Host;
use std::cell::Cell;

/// Who describes the interpreter.
static DESCRIBE: Gil<Cell<fn() -> &'static Host>> =
    Gil::new(Cell::new(|| unreachable!("the first thing told")));

/// Tells who describes the interpreter, once it can be examined. To be called before any frame runs.
pub fn initialise(describe: fn() -> &'static Host) {
    DESCRIBE.set(describe);
}

/// The running interpreter. The first call, with the GIL held and the built-in types ready,
/// looks at live objects; it may run the garbage collector.
pub fn host() -> &'static Host {
    DESCRIBE.get()()
}
