//! What has been seen of objects on the way to an instruction, so that it need not be looked at again.

use crate::hir::{BlockId, Function, Heap, Heaps, Insn};
use cranelift_codegen::ir;

/// What is known at a place. Nothing of it changes unless code runs, or one of these heaps is written.
#[derive(Clone, Default)]
pub(super) struct Known {
    /// Objects, and the version tag that their class has.
    tags: Vec<(ir::Value, u32)>,
    /// Objects, where they have the pointer to their dict, and that, which is not NULL.
    dicts: Vec<(ir::Value, i32, ir::Value)>,
    /// Dicts of the frame, which are of the very type, by where the frame has the pointer.
    of_frame: Vec<(i32, ir::Value)>,
    /// Dicts that find `str` keys as they lie.
    plain: Vec<ir::Value>,
    /// Lists or tuples, and where their first item is.
    items: Vec<(ir::Value, ir::Value)>,
}

/// How much is known.
#[derive(Clone, Copy)]
pub(super) struct Mark([usize; 5]);

impl Known {
    /// What was known at the end of all these blocks: nothing where one of them comes later, as that of a
    /// loop does.
    pub fn where_all_meet(before: &[BlockId], at_end: &[Option<Known>]) -> Known {
        let mut ends = before.iter().map(|block| at_end[block.index()].as_ref());
        let Some(Some(first)) = ends.next() else { return Known::default() };
        if ends.clone().any(|end| end.is_none()) {
            return Known::default();
        }
        ends.flatten().fold(first.clone(), |mut known, other| {
            known.tags.retain(|tag| other.tags.contains(tag));
            known.dicts.retain(|dict| other.dicts.contains(dict));
            known.of_frame.retain(|dict| other.of_frame.contains(dict));
            known.plain.retain(|dict| other.plain.contains(dict));
            known.items.retain(|items| other.items.contains(items));
            known
        })
    }

    /// The version tag of an object's class.
    pub fn tag(&self, object: ir::Value) -> Option<u32> {
        self.tags.iter().find(|(known, _)| *known == object).map(|(_, tag)| *tag)
    }

    /// An object's class has this version tag.
    pub fn add_tag(&mut self, object: ir::Value, tag: u32) {
        self.tags.push((object, tag));
    }

    /// The dict that an object has at an offset.
    pub fn dict(&self, object: ir::Value, offset: i32) -> Option<ir::Value> {
        let known = self.dicts.iter().find(|(known, at, _)| (*known, *at) == (object, offset));
        known.map(|(_, _, dict)| *dict)
    }

    /// An object has this dict at an offset.
    pub fn add_dict(&mut self, object: ir::Value, offset: i32, dict: ir::Value) {
        self.dicts.push((object, offset, dict));
    }

    /// Whether a dict is not NULL.
    pub fn is_there(&self, dict: ir::Value) -> bool {
        self.dicts.iter().any(|(_, _, known)| *known == dict)
            || self.of_frame.iter().any(|(_, known)| *known == dict)
            || self.is_plain(dict)
    }

    /// The dict that the frame has in a field.
    pub fn dict_of_frame(&self, field: i32) -> Option<ir::Value> {
        self.of_frame.iter().find(|(known, _)| *known == field).map(|(_, dict)| *dict)
    }

    /// The frame has this dict in a field.
    pub fn add_dict_of_frame(&mut self, field: i32, dict: ir::Value) {
        self.of_frame.push((field, dict));
    }

    /// Whether a dict finds `str` keys as they lie.
    pub fn is_plain(&self, dict: ir::Value) -> bool {
        self.plain.contains(&dict)
    }

    /// A dict does.
    pub fn add_plain(&mut self, dict: ir::Value) {
        self.plain.push(dict);
    }

    /// Where the first item of a list or tuple is.
    pub fn items(&self, sequence: ir::Value) -> Option<ir::Value> {
        self.items.iter().find(|(known, _)| *known == sequence).map(|(_, items)| *items)
    }

    /// The first item of a list or tuple is there.
    pub fn add_items(&mut self, sequence: ir::Value, items: ir::Value) {
        self.items.push((sequence, items));
    }

    /// How much is known here.
    pub fn mark(&self) -> Mark {
        Mark([self.tags.len(), self.dicts.len(), self.of_frame.len(), self.plain.len(), self.items.len()])
    }

    /// Ways meet: what was learned since is not known on all of them.
    pub fn forget_since(&mut self, mark: Mark) {
        let Mark([tags, dicts, of_frame, plain, items]) = mark;
        self.tags.truncate(tags);
        self.dicts.truncate(dicts);
        self.of_frame.truncate(of_frame);
        self.plain.truncate(plain);
        self.items.truncate(items);
    }

    /// An instruction is done.
    pub fn after(&mut self, function: &Function, insn: &Insn) {
        const HEAPS: Heaps = Heaps::of(&[
            Heap::Type,
            Heap::Classes,
            Heap::Attributes,
            Heap::Globals,
            Heap::Frame,
            Heap::World,
        ]);
        // What is stored in line has a `str` key.
        let is_store = matches!(insn, Insn::SwapAttribute { .. });
        if function.runs_code(insn) || (insn.facts().writes.meets(HEAPS) && !is_store) {
            // For as long as a frame runs it has the same globals and builtins, and a dict is of the very
            // type for ever.
            *self = Known { of_frame: std::mem::take(&mut self.of_frame), ..Known::default() };
        } else if insn.facts().writes.meets(Heaps::of(&[Heap::Sequence])) {
            self.items.clear();
        }
    }
}
