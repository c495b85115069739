//! Lines of the program for machine code, by way of the bytecode.

use pyjion_jit::backend::Position;

/// The machine code from here up to the next line is of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Bytes from the start of the code.
    pub offset: u32,
    /// The line; 0 for code of no line in particular.
    pub line: u32,
    /// Offset of the bytecode; 0 where there is no line.
    pub pc: u32,
}

/// The lines of code with these positions; `table` is the `co_lnotab` of its code object.
pub fn of(positions: &[Position], table: &[u8], first_line: u32) -> Vec<Line> {
    let line = |position: &Position| match position.pc {
        Some(pc) => Line { offset: position.offset, line: line_at(table, first_line, pc), pc },
        // What comes before all bytecodes is the entry, where debuggers stop for the function as a whole.
        None if position.offset == 0 => Line { offset: 0, line: first_line, pc: 0 },
        None => Line { offset: position.offset, line: 0, pc: 0 },
    };
    positions.iter().map(line).collect()
}

/// `PyCode_Addr2Line`: pairs of what is added to the offset, and to the line.
fn line_at(table: &[u8], first_line: u32, pc: u32) -> u32 {
    let (mut address, mut line) = (0, first_line);
    for pair in table.chunks_exact(2) {
        address += u32::from(pair[0]);
        if address > pc {
            break;
        }
        line += u32::from(pair[1]);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_cpython() {
        // Lines 10 at 0, 11 at 6, 311 at 12 (in two steps), 312 at 312 (in two steps).
        let table = [6, 1, 6, 255, 0, 45, 255, 0, 45, 1];
        for (pc, line) in [(0, 10), (5, 10), (6, 11), (11, 11), (12, 311), (311, 311), (312, 312), (999, 312)]
        {
            assert_eq!(line_at(&table, 10, pc), line, "{pc}");
        }
        assert_eq!(line_at(&[], 3, 7), 3);
    }

    #[test]
    fn of_code_without_a_bytecode_the_entry_alone_has_a_line() {
        let positions = [(0, None), (8, Some(6)), (12, None)].map(|(offset, pc)| Position { offset, pc });
        let found = of(&positions, &[6, 1], 7);
        let found: Vec<_> = found.iter().map(|line| (line.offset, line.line, line.pc)).collect();
        assert_eq!(found, [(0, 7, 0), (8, 8, 6), (12, 0, 0)]);
    }
}
