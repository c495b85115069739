//! Where suspended generators enter a version: a table by offset, made to be looked at in a few loads.

use crate::py::describe;
use crate::py::*;
use pyjion_jit::hir::Entry;
use std::num::NonZeroU16;

/// The entries at which there is no other for the same offset.
pub struct ResumePoints {
    /// By offset.
    points: Box<[Point]>,
    /// The block stacks of the entries, as frames have them, one after the other.
    blocks: Box<[PyTryBlock]>,
}

/// An entry, and what a frame has to look like there.
#[derive(Clone, Copy, Default)]
struct Point {
    /// The index of the entry plus one; 0 when there is none, or several.
    number: u16,
    /// Operands on the stack.
    depth: u16,
    /// Where its block stack begins in [`ResumePoints::blocks`].
    first_block: u16,
    /// How many blocks are on that stack.
    block_count: u16,
}

impl ResumePoints {
    /// Of entries; `by_pc` is their offsets and indices, in order. What does not fit the table is left out,
    /// and found by other ways.
    pub fn new(entries: &[Entry], by_pc: &[(u32, u32)]) -> ResumePoints {
        let mut points = vec![Point::default(); by_pc.last().map_or(0, |&(pc, _)| pc as usize + 1)];
        let mut blocks = Vec::new();
        for same in by_pc.chunk_by(|a, b| a.0 == b.0) {
            let [(pc, index)] = *same else { continue };
            let entry = &entries[index as usize];
            let point = || {
                Some(Point {
                    number: u16::try_from(index + 1).ok()?,
                    depth: u16::try_from(entry.depth).ok()?,
                    first_block: u16::try_from(blocks.len()).ok()?,
                    block_count: u16::try_from(entry.blocks.len()).ok()?,
                })
            };
            if let Some(point) = point() {
                points[pc as usize] = point;
                blocks.extend(entry.blocks.iter().map(describe::raw_block));
            }
        }
        ResumePoints { points: points.into(), blocks: blocks.into() }
    }

    /// The number of the only entry for a frame that is resumed, if the frame has the entry's shape.
    ///
    /// # Safety
    /// The frame is not running: its `f_stacktop` is set.
    #[inline(always)]
    pub unsafe fn find(&self, frame: *mut PyFrameObject) -> Option<NonZeroU16> {
        // SAFETY: `f_iblock` blocks are in use, and the point's lie within `blocks`.
        unsafe {
            let point = self.points.get(((*frame).f_lasti + 1) as usize)?;
            let number = NonZeroU16::new(point.number)?;
            if describe::depth(frame) != usize::from(point.depth)
                || (*frame).f_iblock != i32::from(point.block_count)
            {
                return None;
            }
            let expected = self.blocks.as_ptr().add(usize::from(point.first_block));
            let found = (&raw const (*frame).f_blockstack).cast::<PyTryBlock>();
            for index in 0..usize::from(point.block_count) {
                let (a, b) = (&*expected.add(index), &*found.add(index));
                // Handlers that are on have a block whose offset means nothing: -1 here and there.
                if (a.b_type, a.b_handler, a.b_level) != (b.b_type, b.b_handler, b.b_level) {
                    return None;
                }
            }
            Some(number)
        }
    }
}
