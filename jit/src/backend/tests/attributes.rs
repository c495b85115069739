//! Attributes in line, of objects whose classes and dicts are words in memory.

use super::world::{field, none, object, type_address};
use super::*;
use crate::hir::{Attribute, AttributeSite, Binding, Place};
use crate::host::{AttributeLayout, DictLayout, OldStyleLayout};
use std::sync::atomic::{AtomicUsize, Ordering};

const STRINGS: u64 = 0x5171;
const UNTRACKED: i64 = -2;
const COLLECTED: u64 = 1 << 14;
/// Its first entry in a dict of eight is the fourth.
const HASH: u64 = 0x103;

extern "C" fn inserts_nothing(_dict: usize, _name: usize, _value: usize) -> u64 {
    0
}

extern "C" fn lacks_nothing(_dict: usize, _name: usize) -> u64 {
    0
}

/// What `fresh` gives.
static FRESH: AtomicUsize = AtomicUsize::new(0);

extern "C" fn fresh(object: usize, offset: i64) -> usize {
    let dict = FRESH.load(Ordering::Relaxed);
    if dict != 0 {
        // SAFETY: the words of an object of the test's.
        unsafe { *((object + offset as usize) as *mut usize) = dict };
    }
    dict
}

extern "C" fn track(dict: usize, value: usize) {
    // SAFETY: the words of a dict of the test's.
    unsafe { *((dict + 56) as *mut usize) = value };
}

fn layout(dict: DictLayout) -> AttributeLayout {
    AttributeLayout {
        version_tag: 16,
        flags: (24, COLLECTED as i64),
        descr_get: 32,
        wrapped: 16,
        collected: (56, 0, UNTRACKED),
        frame_globals: 0,
        frame_builtins: 0,
        dict,
        maintain_tracking: track as *const () as usize,
        dict_lacks: lacks_nothing as *const () as usize,
        dict_insert: inserts_nothing as *const () as usize,
        fresh_dict: fresh as *const () as usize,
        old_style: Some(OldStyleLayout { class: 16, dict: 24, bases: 16, class_dict: 24, setattr: 32 }),
    }
}

fn host_with_tables() -> Host {
    let dict = DictLayout::Table {
        used: 16,
        fill: 24,
        mask: 32,
        table: 40,
        lookup: 48,
        of_strings: STRINGS as usize,
    };
    Host { attributes: Some(layout(dict)), ..host_27(0) }
}

/// `values` are apart, as a word of the dict says, or NULL.
fn host_with_keys() -> Host {
    let dict = DictLayout::Keys {
        used: 16,
        keys: 24,
        values: 32,
        size: 0,
        lookup: 8,
        usable: 16,
        entries: 24,
        of_others: STRINGS as usize,
    };
    Host { attributes: Some(layout(dict)), ..host_35(0) }
}

fn class(tag: u32, flags: u64, get: u64) -> usize {
    object(&[1, 0, tag.into(), flags, get])
}

/// A dict of eight entries, of which those are taken, known to the collector.
fn table(entries: &[(usize, usize, usize)]) -> usize {
    table_with_hash(0, entries)
}

/// The same, where all keys have this hash.
fn table_with_hash(hash: u64, entries: &[(usize, usize, usize)]) -> usize {
    let mut words = [0; 24];
    for (at, key, value) in entries {
        words[at * 3] = hash;
        words[at * 3 + 1] = *key as u64;
        words[at * 3 + 2] = *value as u64;
    }
    let count = entries.len() as u64;
    object(&[1, type_address(Type::DICT) as u64, count, count, 7, object(&words) as u64, STRINGS, 0])
}

fn entry(dict: usize, index: usize) -> [u64; 3] {
    [0, 1, 2].map(|word| field(field(dict, 5) as usize, index * 3 + word))
}

fn site(name: usize, found: &[(u32, Place)]) -> AttributeSite {
    let found = found.iter().map(|&(tag, place)| Attribute { tag, place }).collect();
    AttributeSite { name, hash: HASH, found }
}

fn returned(b: &Build, host: &Host, locals: &[usize]) -> usize {
    match run(&b.compile(host), &mut Frame::new(locals), 0) {
        Outcome::Returned(value) => value as usize,
        left => panic!("{left:?}"),
    }
}

/// What is found of local 0.
fn find(host: &Host, site: AttributeSite, of: usize) -> usize {
    let mut b = Build::new();
    b.function.attributes.push(site);
    let of_object = b.object(Insn::LoadLocal(0));
    let found = b.object(Insn::FindAttribute { site: 0, object: of_object });
    b.ret(found);
    returned(&b, host, &[of])
}

/// What is there after local 1 was stored to local 0.
fn swap(host: &Host, site: AttributeSite, of: usize, value: usize) -> usize {
    let mut b = Build::new();
    b.function.attributes.push(site);
    let of_object = b.object(Insn::LoadLocal(0));
    let stored = b.object(Insn::LoadLocal(1));
    let old = b.object(Insn::SwapAttribute { site: 0, object: of_object, value: stored });
    b.ret(old);
    returned(&b, host, &[of, value])
}

#[test]
fn slots_are_filled_and_overwritten() {
    let (name, ty) = (object(&[1]), class(5, 0, 0));
    let [first, second] = [object(&[1, 0]), object(&[1, 0])];
    let instance = object(&[1, ty as u64, 0]);
    let set = |tag, value| {
        swap(&host_with_tables(), site(name, &[(tag, Place::Slot { offset: 16 })]), instance, value)
    };
    assert_eq!((set(4, first), field(instance, 2)), (0, 0), "another class");
    assert_eq!((set(5, first), field(instance, 2)), (none(), first as u64));
    assert_eq!((set(5, second), field(instance, 2)), (first, second as u64));
    assert_eq!([first, second].map(|value| field(value, 0)), [2, 2]);
}

#[test]
fn places_of_one_class_are_tried_one_after_the_other() {
    let (name, ty) = (object(&[1]), class(5, 0, 0));
    let (first, second, of_class) =
        (object(&[1, ty as u64]), object(&[1, ty as u64]), object(&[1, ty as u64]));
    let places = [
        (4, Place::Dict { dict: 16, index: 0, is_old: false }),
        (5, Place::Dict { dict: 16, index: 1, is_old: false }),
        (5, Place::Dict { dict: 16, index: 2, is_old: false }),
        (5, Place::Class { value: of_class, dict: 16, binding: Binding::Checked }),
    ];
    let host = host_with_tables();
    let of = |ty: usize, dict: usize| object(&[1, ty as u64, dict as u64]);
    assert_eq!(find(&host, site(name, &places), of(ty, table(&[(1, name, first)]))), first);
    assert_eq!(find(&host, site(name, &places), of(ty, table(&[(2, name, second)]))), second);
    assert_eq!(find(&host, site(name, &places), of(ty, table(&[]))), of_class);
    assert_eq!(find(&host, site(name, &places), of(ty, 0)), of_class);
    assert_eq!([first, second, of_class].map(|object| field(object, 0)), [1, 1, 1]);
    // Where the first entry is taken by what is another name, the next ones tell that the dict lacks this
    // one; else only a lookup can.
    assert_eq!(find(&host, site(name, &places), of(ty, table(&[(3, first, first)]))), of_class);
    let alike = table_with_hash(HASH, &[(3, first, first)]);
    assert_eq!(find(&host, site(name, &places), of(ty, alike)), 0);
    let full: Vec<_> = (0..8).map(|index| (index, first, first)).collect();
    assert_eq!(find(&host, site(name, &places), of(ty, table(&full))), 0);
    assert_eq!(find(&host, site(name, &places), of(class(6, 0, 0), table(&[(1, name, first)]))), 0);
}

#[test]
fn an_attribute_of_a_class_that_comes_to_say_what_instances_have_is_not_taken_as_it_is() {
    let (name, ty) = (object(&[1]), class(5, 0, 0));
    let descriptor = object(&[1, class(9, 0, 0x77) as u64]);
    let place = |binding| [(5, Place::Class { value: descriptor, dict: 0, binding })];
    let of = object(&[1, ty as u64]);
    assert_eq!(find(&host_with_tables(), site(name, &place(Binding::Checked)), of), 0);
    assert_eq!(find(&host_with_tables(), site(name, &place(Binding::Nothing)), of), descriptor);
}

#[test]
fn a_class_is_known_by_its_own_tag() {
    let (name, metaclass, value) = (object(&[1]), class(5, 0, 0), object(&[1, 0]));
    let wrapper = |ty: usize| object(&[1, 0, object(&[1, ty as u64]) as u64]);
    let (function, other) = (wrapper(type_address(Type::FUNCTION)), wrapper(class(8, 0, 0)));
    let of = object(&[1, metaclass as u64, 11]);
    let own = |tag, value, binding| site(name, &[(5, Place::Own { tag, value, binding })]);
    let host = host_with_tables();
    assert_eq!(find(&host, own(11, value, Binding::Nothing), of), value);
    assert_eq!(find(&host, own(12, value, Binding::Nothing), of), 0);
    assert_eq!(find(&host, own(11, function, Binding::Class), of), field(function, 2) as usize);
    assert_eq!(find(&host, own(11, other, Binding::Class), of), 0);
    assert_eq!(find(&host, own(11, other, Binding::Static), of), field(other, 2) as usize);
}

#[test]
fn old_style_classes_are_looked_through_by_their_dicts() {
    let (name, instance) = (object(&[1]), class(5, 0, 0));
    let function = object(&[1, type_address(Type::FUNCTION) as u64]);
    let of_class =
        |dict: usize, bases: &[usize]| object(&[1, 0, super::world::tuple(bases) as u64, dict as u64, 0]);
    let base = of_class(table(&[(6, name, function)]), &[]);
    let derived = of_class(table(&[]), &[base]);
    let of = |class: usize, dict: usize| object(&[1, instance as u64, class as u64, dict as u64]);
    let at = |depth, index| site(name, &[(5, Place::Inherited { depth, index, is_method: true })]);
    let host = host_with_tables();
    assert_eq!(find(&host, at(0, 6), of(base, table(&[]))), function);
    assert_eq!(find(&host, at(1, 6), of(derived, table(&[]))), function);
    assert_eq!(find(&host, at(1, 6), of(base, table(&[]))), 0);
    assert_eq!(find(&host, at(0, 5), of(base, table(&[]))), 0);
    assert_eq!(find(&host, at(0, 6), of(base, table_with_hash(HASH, &[(3, name, function)]))), 0);
    let no_function = of_class(table(&[(6, name, object(&[1, instance as u64]))]), &[]);
    assert_eq!(find(&host, at(0, 6), of(no_function, table(&[]))), 0);

    let old = object(&[1, 0]);
    let place = [(5, Place::Dict { dict: 24, index: 3, is_old: true })];
    let (value, dict) = (object(&[1, class(7, 0, 0) as u64]), table(&[(3, name, old)]));
    assert_eq!(swap(&host, site(name, &place), of(base, dict), value), old);
    let hooked = object(&[1, 0, 0, 0, 0x99]);
    assert_eq!(swap(&host, site(name, &place), of(hooked, dict), old), 0);
    assert_eq!(entry(dict, 3)[2], value as u64);
}

#[test]
fn new_keys_go_where_the_table_looks_first_and_has_room() {
    let (name, other, ty) = (object(&[1]), object(&[1]), class(5, 0, 0));
    let value = object(&[1, class(7, COLLECTED, 0) as u64]);
    let place = [(5, Place::New { dict: 16, shared: None, is_old: false })];
    let host = host_with_tables();
    let store = |dict: usize| swap(&host, site(name, &place), object(&[1, ty as u64, dict as u64]), value);

    let dict = table(&[(0, other, other)]);
    assert_eq!(store(dict), none());
    assert_eq!(entry(dict, 3), [HASH, name as u64, value as u64]);
    assert_eq!([field(dict, 2), field(dict, 3), field(name, 0), field(value, 0)], [2, 2, 2, 2]);

    // No memory for a dict; a new one.
    assert_eq!(store(0), 0);
    let made = table(&[]);
    FRESH.store(made, Ordering::Relaxed);
    assert_eq!(store(0), none());
    FRESH.store(0, Ordering::Relaxed);
    assert_eq!(entry(made, 3), [HASH, name as u64, value as u64]);
    // An entry of another key, of this one; the table would grow; the collector has to know it.
    for taken in [(3, other, other), (3, name, 0)] {
        assert_eq!(store(table(&[taken])), 0);
    }
    let full = [0, 1, 2, 4, 5].map(|at| (at, other, other));
    assert_eq!(store(table(&full)), 0);
    assert_eq!(store(table(&full[1..])), none());
    let unknown = table(&[]);
    // SAFETY: a word of a dict of this test.
    unsafe { (unknown as *mut i64).add(7).write(UNTRACKED) };
    assert_eq!(store(unknown), none());
    assert_eq!((entry(unknown, 3)[2], field(unknown, 7)), (value as u64, value as u64));
    let unknown = table(&[]);
    // SAFETY: as above.
    unsafe { (unknown as *mut i64).add(7).write(UNTRACKED) };
    let number = object(&[1, class(7, 0, 0) as u64]);
    let of = object(&[1, ty as u64, unknown as u64]);
    assert_eq!(swap(&host, site(name, &place), of, number), none());
    assert_eq!((entry(unknown, 3)[2], field(unknown, 7) as i64), (number as u64, UNTRACKED));
}

#[test]
fn new_keys_of_shared_tables_have_their_values_apart() {
    let (name, ty) = (object(&[1]), class(5, 0, 0));
    let value = object(&[1, class(7, 0, 0) as u64]);
    let host = host_with_keys();
    let keys = |usable: u64, at: usize, key: usize| {
        let mut words = vec![8, 0, usable];
        words.extend([0; 24]);
        words[3 + at * 3 + 1] = key as u64;
        object(&words)
    };
    let dict = |keys: usize, values: usize| object(&[1, 0, 0, keys as u64, values as u64, 0, 0, 0]);
    let store = |shared, dict: usize| {
        let place = [(5, Place::New { dict: 16, shared, is_old: false })];
        swap(&host, site(name, &place), object(&[1, ty as u64, dict as u64]), value)
    };

    // The key is there already.
    let (shared, values) = (keys(2, 6, name), object(&[0; 8]));
    let split = dict(shared, values);
    assert_eq!(store(Some(6), split), none());
    assert_eq!([field(values, 6), field(split, 2), field(shared, 2)], [value as u64, 1, 2]);
    // So is the value by now.
    assert_eq!(store(Some(6), split), 0);
    assert_eq!(store(Some(5), split), 0);

    // Neither: in a table that is shared, and in one that is not.
    let (shared, values) = (keys(2, 6, ty), object(&[0; 8]));
    let split = dict(shared, values);
    assert_eq!(store(None, split), none());
    assert_eq!([field(values, 3), field(split, 2), field(shared, 2)], [value as u64, 1, 1]);
    assert_eq!([1, 2, 3].map(|word| field(shared, 2 + 9 + word)), [HASH, name as u64, 0]);
    let own = keys(1, 6, ty);
    assert_eq!(store(None, dict(own, 0)), none());
    assert_eq!([1, 2, 3].map(|word| field(own, 2 + 9 + word)), [HASH, name as u64, value as u64]);
    assert_eq!(store(None, dict(keys(0, 6, ty), 0)), 0);
    assert_eq!(store(None, dict(keys(1, 3, ty), 0)), 0);
}

#[test]
fn what_is_printed_of_places_is_all_there_is_of_them() {
    let places = [
        Place::Slot { offset: 16 },
        Place::Dict { dict: 16, index: 3, is_old: false },
        Place::Dict { dict: 16, index: 3, is_old: true },
        Place::New { dict: 8, shared: None, is_old: true },
        Place::New { dict: 8, shared: Some(4), is_old: false },
        Place::Class { value: 0x10, dict: 0, binding: Binding::Nothing },
        Place::Class { value: 0x10, dict: 24, binding: Binding::Checked },
        Place::Class { value: 0x10, dict: 24, binding: Binding::Static },
        Place::Own { tag: 3, value: 0x20, binding: Binding::Class },
        Place::Inherited { depth: 2, index: 5, is_method: true },
        Place::Inherited { depth: 0, index: 5, is_method: false },
    ];
    let mut b = Build::new();
    let places: Vec<_> = places.into_iter().map(|place| (7, place)).collect();
    b.function.attributes.push(site(0x100, &places));
    let read = crate::hir::parse(&b.function.to_string());
    assert_eq!(read.map(|function| function.attributes), Ok(b.function.attributes));
}
