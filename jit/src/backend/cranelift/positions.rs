//! Which bytecode machine code was made from.

use crate::backend::Position;
use cranelift_codegen::ir::SourceLoc;
use cranelift_codegen::{Final, MachSrcLoc};

/// The offset of a bytecode as Cranelift carries it along.
pub(super) fn location(pc: Option<u32>) -> SourceLoc {
    pc.map_or_else(SourceLoc::default, SourceLoc::new)
}

/// The positions of all code, in order: each is of the code from there up to the next.
pub(super) fn positions(locations: &[MachSrcLoc<Final>]) -> Vec<Position> {
    let mut positions: Vec<Position> = Vec::new();
    let mut end = 0;
    let mut add = |offset: u32, pc: Option<u32>| match positions.last_mut() {
        // Nothing is left of a range that is empty.
        Some(last) if last.offset == offset => last.pc = pc,
        Some(last) if last.pc == pc => {}
        _ => positions.push(Position { offset, pc }),
    };
    for location in locations {
        if location.start > end {
            add(end, None);
        }
        let pc = (!location.loc.is_default()).then(|| location.loc.bits());
        add(location.start, pc);
        end = location.end;
    }
    add(end, None);
    positions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location_of(start: u32, end: u32, pc: Option<u32>) -> MachSrcLoc<Final> {
        MachSrcLoc { start, end, loc: location(pc) }
    }

    #[test]
    fn positions_cover_all_code_once() {
        let locations = [
            location_of(4, 8, Some(0)),
            location_of(8, 10, Some(3)),
            location_of(10, 12, Some(3)),
            location_of(12, 20, None),
            location_of(24, 30, Some(9)),
        ];
        let expected = [(0, None), (4, Some(0)), (8, Some(3)), (12, None), (24, Some(9)), (30, None)];
        let found: Vec<_> = positions(&locations).iter().map(|p| (p.offset, p.pc)).collect();
        assert_eq!(found, expected);
        assert_eq!(positions(&[]), [Position { offset: 0, pc: None }]);
    }
}
