//! Where objects of a class have an attribute, and functions a global: what the recording evaluator saw, and
//! compiled code looks for in line.

/// Where an attribute was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Attribute {
    /// The version tag that the class had, never 0. As long as a class has it, the class looks as it did then, and no
    /// other class has it.
    pub tag: u32,
    /// Where its instances have the attribute.
    pub place: Place,
}

/// Where the instances of a class have an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// At this offset of the object: that of `__slots__`. NULL when it is not set.
    Slot {
        /// In bytes.
        offset: i32,
    },
    /// In the instance's dict, for which the class has no data descriptor.
    Dict {
        /// Where the object has the pointer to its dict, in bytes; that may be NULL.
        dict: i32,
        /// The index of the entry in its table, most probably. The key in that proves it.
        index: u32,
    },
    /// In the class, as this object, which the class keeps alive: the instance's dict, if there is one, lacks it.
    Class {
        /// The attribute.
        value: usize,
        /// As for `Dict`; 0 when instances have none.
        dict: i32,
        /// It would be bound to the instance: only what is about to be called is taken as it is.
        is_method: bool,
    },
}

/// An attribute that an instruction looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeSite {
    /// Address of its interned name.
    pub name: usize,
    /// The hash of the name.
    pub hash: u64,
    /// Where it was found, the most frequent place first; one of each tag.
    pub found: Vec<Attribute>,
}

/// Where a global was found: the index of its entry, most probably. The key in that proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GlobalPlace {
    /// In the frame's globals.
    Globals(u32),
    /// In the frame's builtins; its globals lack it.
    Builtins(u32),
}

/// A global that an instruction looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobalSite {
    /// Address of its interned name.
    pub name: usize,
    /// The hash of the name.
    pub hash: u64,
    /// Where it was found.
    pub place: GlobalPlace,
}

impl AttributeSite {
    /// Whether every place is one that can be stored to.
    pub fn is_stored(&self) -> bool {
        self.found.iter().all(|found| !matches!(found.place, Place::Class { .. }))
    }

    /// Whether what is found is to be bound, if that is the same for all places.
    pub fn is_method(&self) -> Option<bool> {
        let is_method = |found: &Attribute| matches!(found.place, Place::Class { is_method: true, .. });
        let first = is_method(self.found.first()?);
        self.found.iter().all(|found| is_method(found) == first).then_some(first)
    }
}
