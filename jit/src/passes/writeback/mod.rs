//! Decides when unboxed values become objects again, and keeps the frame's slots honest.
//!
//! Up to here every value of a local or of the operand stack has an object form: an unboxed value appears as
//! `Box`. This pass makes boxes *virtual*: none is made where it is defined, one is made where an object is
//! consumed. What that takes is in a file each:
//!
//! - [`slots`]: what the memory of each slot holds, and what is known of it where paths meet;
//! - [`sync`]: which slots get their objects when, so that whoever can look at the frame finds them there;
//! - [`names`]: the same for slots that are names of a module, which have no memory of the frame's;
//! - [`boxes`]: the instructions with objects for the operands that were virtual;
//! - [`exits`]: what side exits carry instead.
//!
//! First a fixpoint says what the slots hold at the start of each block; then each block is rewritten. Both
//! take the same [`Step`]s, which change nothing but the slots, and list what is to be done.

mod boxes;
mod exits;
mod names;
mod slots;
mod sync;

use super::cfg::Cfg;
use crate::hir::Function;
use boxes::Rewriter;
use slots::Slots;
use sync::Step;

/// Runs the pass; `SetLocal` and virtual boxes are gone afterwards.
pub fn run(function: &mut Function) {
    let cfg = Cfg::new(function);
    let at_entry = analyse(function, &cfg);
    let marked = names::in_doubt(function, &at_entry);
    for block in &cfg.order {
        let slots = at_entry[block.index()].clone().expect("reachable blocks were analysed");
        Rewriter::new(function, slots, &marked).block(*block, &at_entry);
    }
}

/// The slots at the start of each reachable block: a fixpoint over what paths agree on.
fn analyse(function: &Function, cfg: &Cfg) -> Vec<Option<Slots>> {
    let mut at_entry: Vec<Option<Slots>> = vec![None; function.blocks.len()];
    for entry in &function.entries {
        at_entry[entry.block.index()] = Some(Slots::at_entry(function.slots()));
    }
    let mut decisions = Vec::new();
    // What is known at the start of a block has changed since it was looked at last.
    let mut is_due = vec![true; function.blocks.len()];
    let mut changed = true;
    while changed {
        changed = false;
        for block in &cfg.order {
            if !std::mem::take(&mut is_due[block.index()]) {
                continue;
            }
            let Some(mut slots) = at_entry[block.index()].clone() else { continue };
            let insns = &function.block(*block).insns;
            for (index, value) in insns.iter().enumerate() {
                decisions.clear();
                Step::new(function, &mut slots, &mut decisions).take(*value, &insns[index + 1..]);
            }
            for edge in function.terminator(*block).edges() {
                let arriving = slots.arriving(function, edge.target);
                let is_news = match &mut at_entry[edge.target.index()] {
                    Some(known) => known.meet(&arriving),
                    unknown => {
                        *unknown = Some(arriving);
                        true
                    }
                };
                is_due[edge.target.index()] |= is_news;
                changed |= is_news;
            }
        }
    }
    at_entry
}
