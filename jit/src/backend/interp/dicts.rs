//! Dicts read and written by their tables: an entry proves itself by its key.

use super::calls::call;
use super::machine::Machine;
use super::memory::item;
use crate::host::{AttributeLayout, DictLayout};

/// Bytes of an entry: hash, key, value.
const ENTRY: u64 = 24;
const HASH: i32 = 0;
const KEY: i32 = 8;
const VALUE: i32 = 16;

/// Entries that are looked at for a name before the host is asked.
const LOOKS: usize = 3;

/// A name that is looked for.
#[derive(Clone, Copy)]
pub(super) struct Key {
    /// The address of the interned string.
    pub name: u64,
    pub hash: u64,
}

/// The table of a dict that has nothing but names as keys.
struct Table {
    entries: u64,
    /// Entries less one.
    mask: u64,
}

impl Table {
    fn entry(&self, index: u64) -> u64 {
        self.entries + index * ENTRY
    }
}

impl Machine<'_> {
    /// The table of a dict, unless it has other keys than names.
    fn table(&self, layout: &DictLayout, dict: u64) -> Option<Table> {
        match *layout {
            DictLayout::Table { mask, table, lookup, of_strings, used: _, fill: _ } => {
                (self.load(dict, lookup) == of_strings as u64)
                    .then(|| Table { entries: self.load(dict, table), mask: self.load(dict, mask) })
            }
            DictLayout::Keys { keys, size, lookup, of_others, entries, values: _, used: _, usable: _ } => {
                let keys = self.load(dict, keys);
                (self.load(keys, lookup) != of_others as u64)
                    .then(|| Table { entries: keys + entries as u64, mask: self.load(keys, size) - 1 })
            }
        }
    }

    /// Where the value of an entry is.
    fn place_of_value(&self, layout: &DictLayout, dict: u64, entry: u64, index: u64) -> u64 {
        let beside_key = entry + VALUE as u64;
        match *layout {
            DictLayout::Table { .. } => beside_key,
            DictLayout::Keys { values, .. } => match self.load(dict, values) {
                0 => beside_key,
                apart => item(apart, index),
            },
        }
    }

    /// Where an entry of a dict has its value, which may be NULL, if it is that of the name, by its identity.
    pub fn field_in_dict(&self, layout: &DictLayout, dict: u64, name: u64, index: u32) -> Option<u64> {
        let (table, index) = (self.table(layout, dict)?, u64::from(index));
        let is_of_name = index <= table.mask && self.load(table.entry(index), KEY) == name;
        is_of_name.then(|| self.place_of_value(layout, dict, table.entry(index), index))
    }

    /// Whether a dict, which may be NULL, certainly lacks a name.
    pub fn certainly_lacks(&self, layout: &AttributeLayout, dict: u64, key: Key) -> bool {
        if dict == 0 {
            return true;
        }
        let Some(table) = self.table(&layout.dict, dict) else { return false };
        let (mut place, mut perturbation) = (key.hash, key.hash);
        for _ in 0..LOOKS {
            let entry = table.entry(place & table.mask);
            if self.load(entry, KEY) == 0 {
                return true;
            }
            if self.load(entry, HASH) == key.hash {
                break;
            }
            place = place.wrapping_mul(5).wrapping_add(perturbation).wrapping_add(1);
            perturbation >>= 5;
        }
        call(layout.dict_lacks, &[dict, key.name]) != 0
    }

    /// Puts a value, whose reference is taken over, under a new key in a dict, where the first entry to look
    /// at is free and the table need not grow; whether that was so.
    pub fn insert_in_dict(&self, layout: &AttributeLayout, dict: u64, key: Key, value: u64) -> bool {
        self.insert_as_it_lies(&layout.dict, dict, key, value)
            || match layout.dict {
                DictLayout::Table { .. } if self.table(&layout.dict, dict).is_some() => {
                    call(layout.dict_insert, &[dict, key.name, value]) != 0
                }
                DictLayout::Table { .. } | DictLayout::Keys { .. } => false,
            }
    }

    /// The same where that takes no more than to fill an entry.
    fn insert_as_it_lies(&self, layout: &DictLayout, dict: u64, key: Key, value: u64) -> bool {
        let Some(table) = self.table(layout, dict) else { return false };
        let index = key.hash & table.mask;
        let entry = table.entry(index);
        if self.load(entry, KEY) != 0 {
            return false;
        }
        match *layout {
            DictLayout::Table { fill, .. } => {
                let filled = self.load(dict, fill) + 1;
                if filled * 3 >= (table.mask + 1) * 2 {
                    return false;
                }
                self.store(dict, fill, filled);
            }
            DictLayout::Keys { keys, usable, .. } => {
                let keys = self.load(dict, keys);
                let left = self.load(keys, usable) as i64;
                if left <= 0 {
                    return false;
                }
                self.store(keys, usable, (left - 1) as u64);
            }
        }
        self.store(entry, HASH, key.hash);
        self.store(entry, KEY, self.new_ref(key.name));
        self.store(self.place_of_value(layout, dict, entry, index), 0, value);
        self.count_used(layout, dict);
        true
    }

    /// Counts one more entry of a dict.
    pub fn count_used(&self, layout: &DictLayout, dict: u64) {
        let (DictLayout::Table { used, .. } | DictLayout::Keys { used, .. }) = *layout;
        self.store(dict, used, self.load(dict, used) + 1);
    }
}
