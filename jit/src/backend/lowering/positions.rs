//! Which bytecode machine code was made from.

use crate::backend::Position;
use cranelift_codegen::ir::SourceLoc;
use cranelift_codegen::{Final, MachSrcLoc};

/// The location of code that is of no bytecode in particular. What has none at all was added by Cranelift, to
/// move values to where what is around it wants them.
const NOWHERE: u32 = u32::MAX - 1;

/// The offset of a bytecode as Cranelift carries it along.
pub(super) fn location(pc: Option<u32>) -> SourceLoc {
    SourceLoc::new(pc.unwrap_or(NOWHERE))
}

/// The positions of all code, in order: each is of the code from there up to the next.
pub(in crate::backend) fn positions(locations: &[MachSrcLoc<Final>]) -> Vec<Position> {
    let mut positions = vec![Position { offset: 0, pc: None }];
    for location in locations.iter().filter(|location| !location.loc.is_default()) {
        let bits = location.loc.bits();
        let position = Position { offset: location.start, pc: (bits != NOWHERE).then_some(bits) };
        match positions.last_mut() {
            // Nothing is left of a range that is empty.
            Some(last) if last.offset == position.offset => *last = position,
            Some(last) if last.pc == position.pc => {}
            Some(_) | None => positions.push(position),
        }
    }
    positions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_cover_all_code_once() {
        let at = |start, loc| MachSrcLoc { start, end: start + 2, loc };
        let locations = [
            at(4, location(Some(0))),
            at(8, location(Some(3))),
            at(10, location(Some(3))),
            at(12, SourceLoc::default()),
            at(14, location(None)),
            at(24, location(Some(7))),
            at(24, location(Some(9))),
        ];
        let expected = [(0, None), (4, Some(0)), (8, Some(3)), (14, None), (24, Some(9))];
        let found: Vec<_> = positions(&locations).iter().map(|p| (p.offset, p.pc)).collect();
        assert_eq!(found, expected);
        assert_eq!(positions(&[]), [Position { offset: 0, pc: None }]);
    }
}
