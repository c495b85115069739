//! What those are told of machine code who look at the process from outside: perf and GDB.

mod dwarf;
mod elf;
mod function;
mod gdb;
mod jitdump;
mod lines;
mod perf;

pub use gdb::Registered;
pub use perf::Perf;

use crate::config::settings;
use function::Function;
use pyjion_jit::Compiled;
use pyjion_jit::bytecode::CodeDesc;

/// Whether anybody is to be told.
pub fn is_wanted() -> bool {
    let options = settings::options();
    options.perf.is_some() || options.gdb
}

/// Tells of code that was just published, if that [is wanted](is_wanted) and was when it was compiled. What
/// GDB was told holds until the result is dropped, which has to be before the code is.
///
/// `line_table` is asked for the code object's `co_lnotab`.
pub fn tell(
    code: &CodeDesc,
    line_table: impl FnOnce() -> Vec<u8>,
    compiled: &mut Compiled,
) -> Option<Registered> {
    let described = compiled.code.description.take()?;
    let options = settings::options();
    let start: *const u8 = compiled.code.function as *const u8;
    // SAFETY: the code begins there and is that long; it stays as long as `compiled`.
    let bytes = unsafe { std::slice::from_raw_parts(start, compiled.code.size) };
    let lines = lines::of(&described.positions, &line_table(), code.first_line);
    let file = absolute(&code.filename);
    let function =
        Function { name: &code.name, file: &file, first_line: code.first_line, code: bytes, lines: &lines };
    if let Some(directory) = &options.perf {
        perf::write(directory, &function);
    }
    let unwind = described.unwind.filter(|_| options.gdb)?;
    gdb::register(&function, &unwind)
}

/// What the compiler was given as the name of a file, as others than this process find it.
fn absolute(name: &str) -> String {
    let path = if name.starts_with('<') { None } else { std::path::absolute(name).ok() };
    path.map_or_else(|| name.to_owned(), |path| path.to_string_lossy().into_owned())
}
