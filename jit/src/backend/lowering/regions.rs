//! The alias region of each abstract heap, so that a store to one leaves what was loaded from another known.
//!
//! None is read-only: a call may change any of them, and Cranelift takes it to.

use crate::hir::Heap;
use cranelift_codegen::ir;

/// The memory flags of each heap in one function.
pub(in crate::backend) struct Regions([ir::MemFlagsData; Heap::ALL.len()]);

impl Regions {
    /// Declares the regions in a function.
    pub fn new(function: &mut ir::Function) -> Regions {
        let mut next = 0;
        Regions([(); Heap::ALL.len()].map(|()| {
            let description = Heap::ALL[next].name().into();
            let data = ir::AliasRegionData { user_id: next as u32, description };
            next += 1;
            let region = function.dfg.alias_regions.insert(data);
            ir::MemFlagsData::trusted().with_alias_region(Some(region))
        }))
    }

    /// Flags for an aligned access that cannot trap.
    pub fn flags(&self, heap: Heap) -> ir::MemFlagsData {
        self.0[heap as usize]
    }
}
