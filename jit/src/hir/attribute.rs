//! Where objects of a class have an attribute, and functions a global: what the recording evaluator saw, and
//! compiled code looks for in line.

use super::types::Type;

/// Where an attribute was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Attribute {
    /// The version tag that the class had, never 0. As long as a class has it, the class looks as it did
    /// then, and no other class has it.
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
        /// 2.7: of an instance of an old-style class. What is stored there is stored unless that has a hook.
        is_old: bool,
    },
    /// Nowhere yet: it is stored under a new key of the instance's dict, for which the class has no data
    /// descriptor.
    New {
        /// As for `Dict`.
        dict: i32,
        /// 3.x: the entry of the key in the table that the dict shares with others.
        shared: Option<u32>,
        /// As for `Dict`.
        is_old: bool,
    },
    /// In the class, as this object, which the class keeps alive: the instance's dict, if there is one, lacks
    /// it.
    Class {
        /// The attribute.
        value: usize,
        /// As for `Dict`; 0 when instances have none.
        dict: i32,
        /// What becomes of it.
        binding: Binding,
    },
    /// In the object, which is a class itself, or in its bases, and not in its metaclass.
    Own {
        /// The version tag of the object.
        tag: u32,
        /// The attribute, which the object keeps alive as long as it has the tag.
        value: usize,
        /// What becomes of it.
        binding: Binding,
    },
    /// 2.7: in the old-style class of the instance, or in its first base, and so on, which the key proves;
    /// not in the instance.
    Inherited {
        /// How many bases upwards.
        depth: u32,
        /// The index of the entry in the dict of that class, most probably.
        index: u32,
        /// It is a function, to be bound to the instance; else it is nothing that says itself what instances
        /// have.
        is_method: bool,
    },
}

/// What becomes of an attribute of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binding {
    /// It is taken as it is.
    Nothing,
    /// It is taken as it is as long as its class, which can change, does not say what instances have.
    Checked,
    /// It is a Python function, which would be bound to the object: only what is about to be called is taken
    /// as it is.
    Function,
    /// The same of a method that a built-in type defines.
    Method,
    /// It is a `staticmethod`; what is in that is taken as it is.
    Static,
    /// It is a `classmethod`; a function in that would be bound to the object, which is a class.
    Class,
}

/// An attribute that an instruction looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeSite {
    /// Address of its interned name.
    pub name: usize,
    /// The hash of the name.
    pub hash: u64,
    /// Where it was found, the most frequent place first, but places of the same tag one after the other.
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
        self.found.iter().all(|found| match found.place {
            Place::Slot { .. } | Place::Dict { .. } | Place::New { .. } => true,
            Place::Class { .. } | Place::Own { .. } | Place::Inherited { .. } => false,
        })
    }

    /// Whether what is found is to be bound, if that is the same for all places.
    pub fn is_method(&self) -> Option<bool> {
        let first = self.found.first()?.place.is_method();
        self.found.iter().all(|found| found.place.is_method() == first).then_some(first)
    }

    /// The kinds of what is found, NULL aside.
    pub fn kinds(&self) -> Type {
        self.found.iter().fold(Type::EMPTY, |kinds, found| kinds.union(found.place.kinds()))
    }

    /// Whether instances of old-style classes are among what it was found of.
    pub fn is_of_old(&self) -> bool {
        self.found.iter().any(|found| match found.place {
            Place::Dict { is_old, .. } | Place::New { is_old, .. } => is_old,
            Place::Inherited { .. } => true,
            Place::Slot { .. } | Place::Class { .. } | Place::Own { .. } => false,
        })
    }
}

impl Place {
    /// Whether what is found there is to be bound.
    pub fn is_method(&self) -> bool {
        match self {
            Place::Slot { .. } | Place::Dict { .. } | Place::New { .. } => false,
            Place::Class { binding, .. } | Place::Own { binding, .. } => match binding {
                Binding::Nothing | Binding::Checked | Binding::Static => false,
                Binding::Function | Binding::Method | Binding::Class => true,
            },
            Place::Inherited { is_method, .. } => *is_method,
        }
    }

    /// The kinds of what is found there.
    fn kinds(&self) -> Type {
        match self {
            Place::Class { binding: Binding::Function | Binding::Class, .. }
            | Place::Own { binding: Binding::Function | Binding::Class, .. }
            | Place::Inherited { is_method: true, .. } => Type::FUNCTION,
            Place::Slot { .. }
            | Place::Dict { .. }
            | Place::New { .. }
            | Place::Class { .. }
            | Place::Own { .. }
            | Place::Inherited { is_method: false, .. } => Type::OBJECT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_everywhere_has_its_kind() {
        let of = |places: &[Place]| {
            let found = places.iter().map(|place| Attribute { tag: 5, place: *place }).collect();
            AttributeSite { name: 0x10, hash: 1, found }.kinds()
        };
        let class = |binding| Place::Class { value: 0x20, dict: 16, binding };
        let inherited = |is_method| Place::Inherited { depth: 0, index: 1, is_method };
        assert_eq!(of(&[class(Binding::Function), inherited(true)]), Type::FUNCTION);
        assert_eq!(of(&[class(Binding::Function), class(Binding::Method)]), Type::OBJECT);
        assert_eq!(of(&[inherited(false)]), Type::OBJECT);
        assert_eq!(of(&[Place::Slot { offset: 16 }, class(Binding::Function)]), Type::OBJECT);
    }
}
