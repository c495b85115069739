//! A compiled function, as it is told of.

use super::lines::Line;

/// A compiled function as profilers and debuggers see it.
pub struct Function<'a> {
    /// Its name in the program.
    pub name: &'a str,
    /// Its file, absolute unless it is none.
    pub file: &'a str,
    /// Where it starts there.
    pub first_line: u32,
    /// The machine code.
    pub code: &'a [u8],
    /// Lines of the code, by offset, the first at 0.
    pub lines: &'a [Line],
}

impl Function<'_> {
    /// Where the machine code is.
    pub fn address(&self) -> usize {
        self.code.as_ptr() as usize
    }
}
