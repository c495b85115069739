//! Attributes and globals: the class by its version tag, then the place where its instances have the
//! attribute.

use super::calls::{call, tell_both};
use super::dicts::Key;
use super::machine::Machine;
use crate::hir::{AttributeSite, Binding, GlobalPlace, Place, Type};
use crate::host::{AttributeLayout, OldStyleLayout};

/// An attribute that is looked for of an object whose class is known by now.
struct Here<'a> {
    site: &'a AttributeSite,
    layout: &'a AttributeLayout,
    object: u64,
}

impl Here<'_> {
    fn key(&self) -> Key {
        Key { name: self.site.name as u64, hash: self.site.hash }
    }

    /// How instances of old-style classes are laid out.
    fn old_style(&self) -> OldStyleLayout {
        let Some(layout) = self.layout.old_style else { unreachable!("what needs it was refused") };
        layout
    }
}

impl Machine<'_> {
    fn attribute_layout(&self) -> &AttributeLayout {
        let Some(layout) = &self.program.host.attributes else { unreachable!("what needs it was refused") };
        layout
    }

    /// `Insn::FindAttribute`.
    pub fn find_attribute(&self, site: u32, object: u64) -> u64 {
        self.at_each_place(site, object, |here, place| self.find(here, place).filter(|value| *value != 0))
    }

    /// `Insn::SwapAttribute`.
    pub fn swap_attribute(&self, site: u32, object: u64, value: u64) -> u64 {
        self.at_each_place(site, object, |here, place| self.swap(here, place, value))
    }

    /// What is found at the first of the places that the object's class has by a site, or NULL.
    fn at_each_place(&self, site: u32, object: u64, at: impl Fn(&Here<'_>, Place) -> Option<u64>) -> u64 {
        let layout = self.attribute_layout();
        let site = &self.program.function.attributes[site as usize];
        let tag = self.load_int(self.type_of(object), layout.version_tag) as u32;
        let here = Here { site, layout, object };
        let places = site.found.iter().filter(|found| found.tag == tag);
        places.map(|found| found.place).find_map(|place| at(&here, place)).unwrap_or(0)
    }

    /// What is at a place, borrowed; NULL is nothing.
    fn find(&self, here: &Here<'_>, place: Place) -> Option<u64> {
        match place {
            Place::Slot { offset } => Some(self.load(here.object, offset)),
            Place::Dict { dict, index, is_old: _ } => {
                let (place, _) = self.field_of_instance(here, dict, index)?;
                Some(self.load(place, 0))
            }
            Place::New { .. } => None,
            Place::Class { value, dict, binding } => {
                let is_hidden = dict != 0 && !self.instance_lacks(here, dict);
                if is_hidden { None } else { self.bound(here, value as u64, binding) }
            }
            Place::Own { tag, value, binding } => {
                let is_same = self.load_int(here.object, here.layout.version_tag) as u32 == tag;
                if is_same { self.bound(here, value as u64, binding) } else { None }
            }
            Place::Inherited { depth, index, is_method } => self.inherited(here, depth, index, is_method),
        }
    }

    /// Stores a value at a place that has one, whose reference is the result.
    fn swap(&self, here: &Here<'_>, place: Place, value: u64) -> Option<u64> {
        let place = match place {
            Place::Slot { offset } => {
                let former = self.load(here.object, offset);
                self.store(here.object, offset, self.new_ref(value));
                return Some(if former == 0 { self.new_ref(self.program.host.none as u64) } else { former });
            }
            Place::Dict { dict, index, is_old } => {
                if is_old && self.has_hook(here) {
                    return None;
                }
                let (place, dict) = self.field_of_instance(here, dict, index)?;
                self.maintain_tracking(here, dict, value);
                place
            }
            Place::New { dict, shared, is_old } => {
                let is_stored = !(is_old && self.has_hook(here)) && self.store_new(here, dict, shared, value);
                return is_stored.then(|| self.new_ref(self.program.host.none as u64));
            }
            Place::Class { .. } | Place::Own { .. } | Place::Inherited { .. } => return None,
        };
        let former = self.load(place, 0);
        if former == 0 {
            return None;
        }
        self.store(place, 0, self.new_ref(value));
        Some(former)
    }

    /// Stores a value under a new key of the instance's dict; whether that could be done.
    fn store_new(&self, here: &Here<'_>, dict: i32, shared: Option<u32>, value: u64) -> bool {
        let layout = &here.layout.dict;
        let filled = match self.load(here.object, dict) {
            // It gets the first one.
            0 => call(here.layout.fresh_dict, &[here.object, dict as u64]),
            filled => filled,
        };
        if filled == 0 {
            return false;
        }
        let is_stored = match shared {
            Some(index) => {
                let place = self.field_in_dict(layout, filled, here.site.name as u64, index);
                let place = place.filter(|place| self.load(*place, 0) == 0);
                if let Some(place) = place {
                    self.store(place, 0, value);
                    self.count_used(layout, filled);
                }
                place.is_some()
            }
            None => self.insert_in_dict(here.layout, filled, here.key(), value),
        };
        if is_stored {
            self.new_ref(value);
            self.maintain_tracking(here, filled, value);
        }
        is_stored
    }

    /// `Insn::FindGlobal`.
    pub fn find_global(&self, site: u32) -> u64 {
        let layout = self.attribute_layout();
        let site = &self.program.function.globals[site as usize];
        let key = Key { name: site.name as u64, hash: site.hash };
        let find = || {
            let globals = self.exact_dict(layout.frame_globals)?;
            let place = match site.place {
                GlobalPlace::Globals(index) => self.field_in_dict(&layout.dict, globals, key.name, index)?,
                GlobalPlace::Builtins(index) => {
                    if !self.certainly_lacks(layout, globals, key) {
                        return None;
                    }
                    let builtins = self.exact_dict(layout.frame_builtins)?;
                    self.field_in_dict(&layout.dict, builtins, key.name, index)?
                }
            };
            Some(self.load(place, 0)).filter(|value| *value != 0)
        };
        find().unwrap_or(0)
    }

    /// A dict that a field of the frame points to, as long as it is of the very type: 3.x asks others
    /// otherwise.
    fn exact_dict(&self, field: i32) -> Option<u64> {
        Some(self.load(self.frame, field)).filter(|dict| self.is_of_type(*dict, Type::DICT))
    }

    /// Where an instance's dict has its value under the name, which may be NULL, and the dict.
    fn field_of_instance(&self, here: &Here<'_>, dict: i32, index: u32) -> Option<(u64, u64)> {
        let dict = self.load(here.object, dict);
        if dict == 0 {
            return None;
        }
        Some((self.field_in_dict(&here.layout.dict, dict, here.site.name as u64, index)?, dict))
    }

    /// Whether an instance's dict certainly lacks the name.
    fn instance_lacks(&self, here: &Here<'_>, dict: i32) -> bool {
        self.certainly_lacks(here.layout, self.load(here.object, dict), here.key())
    }

    /// Has the collector know a dict, which it did not, if it may know a value in it.
    fn maintain_tracking(&self, here: &Here<'_>, dict: u64, value: u64) {
        let (offset, shift, untracked) = here.layout.collected;
        let (flags, bit) = here.layout.flags;
        if (self.load(dict, offset) as i64) >> shift == untracked
            && self.load(self.type_of(value), flags) & bit as u64 != 0
        {
            tell_both(here.layout.maintain_tracking, dict, value);
        }
    }

    /// What becomes of an attribute that a class has.
    fn bound(&self, here: &Here<'_>, value: u64, binding: Binding) -> Option<u64> {
        match binding {
            Binding::Nothing | Binding::Function | Binding::Method => Some(value),
            Binding::Checked => (!self.is_descriptor(here, value)).then_some(value),
            Binding::Static => Some(self.load(value, here.layout.wrapped)),
            Binding::Class => {
                let wrapped = self.load(value, here.layout.wrapped);
                (wrapped != 0 && self.is_of_type(wrapped, Type::FUNCTION)).then_some(wrapped)
            }
        }
    }

    /// Whether an attribute of a class says itself what instances have.
    fn is_descriptor(&self, here: &Here<'_>, attribute: u64) -> bool {
        self.load(self.type_of(attribute), here.layout.descr_get) != 0
    }

    /// 2.7: whether the class of an old-style instance has a hook for stores.
    fn has_hook(&self, here: &Here<'_>) -> bool {
        let old = here.old_style();
        self.load(self.load(here.object, old.class), old.setattr) != 0
    }

    /// 2.7: what an instance has from its old-style class, or the first base of that, and so on.
    fn inherited(&self, here: &Here<'_>, depth: u32, index: u32, is_method: bool) -> Option<u64> {
        let old = here.old_style();
        if !self.instance_lacks(here, old.dict) {
            return None;
        }
        let mut class = self.load(here.object, old.class);
        for _ in 0..depth {
            let bases = self.load(class, old.bases);
            let is_looked_up_there =
                self.certainly_lacks(here.layout, self.load(class, old.class_dict), here.key())
                    && self.load(bases, self.program.host.layout.ob_size) != 0;
            if !is_looked_up_there {
                return None;
            }
            class = self.item(Type::TUPLE, bases, 0);
        }
        let dict = self.load(class, old.class_dict);
        let place = self.field_in_dict(&here.layout.dict, dict, here.site.name as u64, index)?;
        let value = self.load(place, 0);
        let is_as_seen = value != 0
            && if is_method {
                self.is_of_type(value, Type::FUNCTION)
            } else {
                !self.is_descriptor(here, value)
            };
        is_as_seen.then_some(value)
    }

    /// `Insn::ClassOf`.
    pub fn class_of(&self, object: u64) -> u64 {
        match self.program.host.attributes.and_then(|layout| layout.old_style) {
            Some(old) if self.is_of_type(object, Type::INSTANCE) => self.load(object, old.class),
            Some(_) | None => self.type_of(object),
        }
    }
}
