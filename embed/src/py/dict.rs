//! Looking into dicts without calling anything: an entry proves itself by holding the very
//! string that is looked for.
//!
//! This is what CPython's own lookup finds in a dict that has only `str` keys, where no
//! comparison can run foreign code. Other dicts are left to the C API.

use crate::py::references::Owned;
use crate::py::{self, Object, PyDictObject, collector, keys, strings};
use pyjion_jit::host::DictLayout;
use std::cell::Cell;
use std::ffi::CStr;
use std::iter;
use std::mem::offset_of;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// An entry of a table, on all versions; in a split table (3.x) the value is elsewhere.
#[repr(C)]
struct Entry {
    hash: isize,
    key: Object,
    value: Object,
}

/// 3.4 and 3.5: `struct _dictkeysobject`, which no header declares.
#[cfg(py3)]
#[repr(C)]
struct Keys {
    refcnt: isize,
    size: isize,
    lookup: usize,
    usable: isize,
    entries: [Entry; 1],
}

/// The lookup function that decides whether a dict is one we can read. 2.7: that of dicts with
/// only `str` keys; 3.x: that of dicts with other keys, too. 0 until (or unless) we know it.
// APART: a fact of the interpreter, learnt once.
static LOOKUP: AtomicUsize = AtomicUsize::new(0);

/// Learns the lookup function, and checks the layout of dicts on one: if that fails, every
/// [`Table::of`] is `None` and all lookups go through the C API.
pub fn initialise() {
    // SAFETY: works on new dicts of our own; their layout is only read as far as allocated.
    unsafe {
        let (dict, name) = (Owned::new(py::PyDict_New()), Owned::new(intern(c"pyjion")));
        if !dict.is_null() && !name.is_null() && py::PyDict_SetItem(dict.get(), name.get(), py::none()) == 0 {
            #[cfg(py2)]
            LOOKUP.store(lookup_of(dict.get()), Ordering::Relaxed);
            #[cfg(py3)]
            {
                let other = Owned::new(py::PyDict_New());
                if !other.is_null() && py::PyDict_SetItem(other.get(), py::none(), py::none()) == 0 {
                    LOOKUP.store(lookup_of(other.get()), Ordering::Relaxed);
                }
            }
            if !reads_back(dict.get(), name.get()) {
                LOOKUP.store(0, Ordering::Relaxed);
            }
        }
        py::PyErr_Clear();
    }
}

/// True when what we read of a dict with `None` under one name is that.
unsafe fn reads_back(dict: Object, name: Object) -> bool {
    // SAFETY: the dict is ours.
    unsafe {
        Table::of(dict).is_some_and(|table| {
            table.mask == 7
                && match table.find(name) {
                    Found::At(index) => table.value(index, name) == py::none(),
                    _ => false,
                }
        })
    }
}

/// An interned string.
pub unsafe fn intern(text: &CStr) -> Object {
    // SAFETY: plain C API.
    unsafe {
        #[cfg(py2)]
        return py::PyString_InternFromString(text.as_ptr());
        #[cfg(py3)]
        return py::PyUnicode_InternFromString(text.as_ptr());
    }
}

/// An interned string that is made when it is first wanted.
pub struct Name {
    text: &'static CStr,
    object: Cell<Object>,
}

impl Name {
    /// Nothing is made yet.
    pub const fn new(text: &'static CStr) -> Name {
        Name { text, object: Cell::new(ptr::null_mut()) }
    }

    /// The string, borrowed; NULL, and no exception, when there is no memory for it.
    ///
    /// # Safety
    /// The GIL is held, and no exception is set.
    #[inline(always)]
    pub unsafe fn get(&self) -> Object {
        let object = self.object.get();
        // SAFETY: by the contract.
        if object.is_null() { unsafe { self.make() } } else { object }
    }

    /// Its text.
    pub const fn text(&self) -> &'static CStr {
        self.text
    }

    /// The string, borrowed, if it was made before; else NULL.
    #[cfg(py2)]
    pub fn made(&self) -> Object {
        self.object.get()
    }

    #[cold]
    #[inline(never)]
    unsafe extern "C" fn make(&self) -> Object {
        // SAFETY: plain C API.
        unsafe {
            let object = intern(self.text);
            if object.is_null() {
                py::PyErr_Clear();
            }
            self.object.set(object);
            object
        }
    }
}

/// The address of the lookup function of a dict.
unsafe fn lookup_of(dict: Object) -> usize {
    // SAFETY: a dict by the contract.
    unsafe {
        #[cfg(py2)]
        return (*dict.cast::<PyDictObject>()).ma_lookup.map_or(0, |function| function as usize);
        #[cfg(py3)]
        return (*(*dict.cast::<PyDictObject>()).ma_keys.cast::<Keys>()).lookup;
    }
}

/// The outcome of a lookup by identity.
pub enum Found {
    /// At this index.
    At(usize),
    /// Not in the dict.
    Absent,
    /// Only a comparison of strings can tell.
    Unknown,
}

/// The table of a dict with only `str` keys; good until anything else runs.
pub struct Table {
    entries: *mut Entry,
    mask: usize,
    /// The values of a split table, else NULL.
    values: *mut Object,
}

impl Table {
    /// The table of an exact dict, if it can be read this way.
    ///
    /// # Safety
    /// `dict` is alive.
    #[inline(always)]
    pub unsafe fn of(dict: Object) -> Option<Table> {
        // SAFETY: only a dict is read.
        unsafe { (py::type_of(dict) == &raw mut py::PyDict_Type).then(|| Table::of_any(dict))? }
    }

    /// The table of a class's dict, which may be of a type derived from `dict`: whatever that overrides,
    /// attributes are looked up by `PyDict_GetItem`.
    ///
    /// # Safety
    /// `dict` is alive, or NULL.
    #[inline(always)]
    pub unsafe fn of_class(dict: Object) -> Option<Table> {
        // SAFETY: only a dict is read.
        unsafe {
            let is_dict =
                !dict.is_null() && py::has_feature(py::type_of(dict), py::Py_TPFLAGS_DICT_SUBCLASS as u64);
            is_dict.then(|| Table::of_any(dict))?
        }
    }

    /// # Safety
    /// `dict` is alive, and a dict.
    #[inline(always)]
    unsafe fn of_any(dict: Object) -> Option<Table> {
        // SAFETY: its table is at least as long as its mask says.
        unsafe {
            let lookup = LOOKUP.load(Ordering::Relaxed);
            let is_other = match cfg!(py2) {
                true => lookup_of(dict) != lookup,
                false => lookup == 0 || lookup_of(dict) == lookup,
            };
            (!is_other).then(|| Table::read(dict))
        }
    }

    /// The table of an exact dict with any keys, for [`Table::find_key`].
    ///
    /// # Safety
    /// `dict` is alive.
    #[inline(always)]
    pub unsafe fn of_exact(dict: Object) -> Option<Table> {
        // SAFETY: only a dict is read, whose table is at least as long as its mask says.
        unsafe {
            if py::type_of(dict) != &raw mut py::PyDict_Type || LOOKUP.load(Ordering::Relaxed) == 0 {
                return None;
            }
            Some(Table::read(dict))
        }
    }

    /// # Safety
    /// `dict` is a dict, whose layout is known.
    #[inline(always)]
    unsafe fn read(dict: Object) -> Table {
        // SAFETY: by the contract.
        unsafe {
            let dict = dict.cast::<PyDictObject>();
            #[cfg(py2)]
            return Table {
                entries: (*dict).ma_table.cast(),
                mask: (*dict).ma_mask as usize,
                values: ptr::null_mut(),
            };
            #[cfg(py3)]
            {
                let keys = (*dict).ma_keys.cast::<Keys>();
                Table {
                    entries: (&raw mut (*keys).entries).cast(),
                    mask: (*keys).size as usize - 1,
                    values: (*dict).ma_values,
                }
            }
        }
    }

    /// Looks up a key, with this hash, which runs no foreign code, as CPython does; `Unknown` when foreign
    /// code may have to compare it.
    ///
    /// # Safety
    /// The key is alive.
    #[inline(always)]
    pub unsafe fn find_key(&self, key: Object, hash: isize) -> Found {
        // SAFETY: indices are masked; a table always has an entry that was never used, and live keys.
        unsafe {
            for at in self.places(hash) {
                let entry = self.entries.add(at);
                if (*entry).key.is_null() {
                    return Found::Absent;
                }
                // A deleted entry of a combined table has no value: nothing to compare with.
                let is_deleted = self.values.is_null() && (*entry).value.is_null();
                if ((*entry).key != key && (*entry).hash != hash) || is_deleted {
                    continue;
                }
                match keys::are_equal((*entry).key, key) {
                    Some(true) if (*self.slot(at)).is_null() => return Found::Absent,
                    Some(true) => return Found::At(at),
                    Some(false) => {}
                    None => return Found::Unknown,
                }
            }
            Found::Unknown
        }
    }

    /// The value at an index, borrowed.
    #[inline(always)]
    pub fn value_at(&self, index: usize) -> Object {
        // SAFETY: within the table.
        unsafe { *self.slot(index) }
    }

    /// Where the value of an entry is.
    #[inline(always)]
    fn slot(&self, index: usize) -> *mut Object {
        debug_assert!(index <= self.mask);
        // SAFETY: within the table.
        unsafe {
            if self.values.is_null() {
                &raw mut (*self.entries.add(index)).value
            } else {
                self.values.add(index)
            }
        }
    }

    /// The value (borrowed) if the entry at `index` is that of `name`, else NULL. Any index will do.
    #[inline(always)]
    pub fn value(&self, index: usize, name: Object) -> Object {
        // SAFETY: within the table once the index is checked.
        unsafe {
            if index <= self.mask && (*self.entries.add(index)).key == name {
                *self.slot(index)
            } else {
                ptr::null_mut()
            }
        }
    }

    /// The entry of a name, an exact string, in the keys that a dict without it shares with others.
    ///
    /// # Safety
    /// `name` is an exact string.
    pub unsafe fn shared_index(&self, name: Object) -> Option<usize> {
        if self.values.is_null() {
            return None;
        }
        // SAFETY: by the contract; indices are masked.
        let key = |at: &usize| unsafe { (*self.entries.add(*at)).key };
        // SAFETY: by the contract.
        let mut places = self.places(unsafe { strings::hash_of(name) });
        // A table always has an entry that was never used.
        places.find(|at| key(at).is_null() || key(at) == name).filter(|at| !key(at).is_null())
    }

    /// The indices that a key with this hash is looked for at, one after the other, without end.
    #[inline(always)]
    fn places(&self, hash: isize) -> impl Iterator<Item = usize> + use<> {
        let mask = self.mask;
        let (mut index, mut perturb) = (hash as usize, hash as usize);
        iter::repeat_with(move || {
            let at = index & mask;
            index = (index << 2).wrapping_add(index).wrapping_add(perturb).wrapping_add(1);
            perturb >>= 5;
            at
        })
    }

    /// Looks a string up as CPython does, comparing by identity and hash only.
    ///
    /// # Safety
    /// `name` is an exact string.
    #[inline]
    pub unsafe fn find(&self, name: Object) -> Found {
        // SAFETY: indices are masked; a table always has an entry that was never used.
        unsafe {
            let hash = strings::hash_of(name);
            if hash == -1 {
                return Found::Unknown;
            }
            for at in self.places(hash) {
                let entry = self.entries.add(at);
                if (*entry).key.is_null() {
                    return Found::Absent;
                }
                if (*entry).key == name {
                    return if (*self.slot(at)).is_null() { Found::Absent } else { Found::At(at) };
                }
                // A deleted entry of a combined table has no value: nothing to compare with.
                let deleted = self.values.is_null() && (*entry).value.is_null();
                if (*entry).hash == hash && !deleted {
                    return Found::Unknown;
                }
            }
            Found::Unknown
        }
    }
}

/// The value under a name, found by the identity of its string: borrowed, NULL (and no exception) when only
/// the real lookup can tell.
///
/// # Safety
/// `dict` and `name` are alive.
pub unsafe fn known(dict: Object, name: Object) -> Object {
    // SAFETY: by the contract.
    unsafe {
        match Table::of(dict) {
            Some(table) => match table.find(name) {
                Found::At(index) => table.value(index, name),
                Found::Absent | Found::Unknown => ptr::null_mut(),
            },
            None => ptr::null_mut(),
        }
    }
}

/// Replaces the value of the entry at `index` if it is that of `name`; false when there is more
/// to do than that. Releases the former value, which may run arbitrary code.
///
/// # Safety
/// `dict` and `value` are alive; `dict` may go away in the course of this.
pub unsafe fn replace(dict: Object, index: usize, name: Object, value: Object) -> bool {
    // SAFETY: the slot holds an owned reference, the table is not used after its release.
    unsafe {
        let Some(table) = Table::of(dict) else { return false };
        let old = table.value(index, name);
        if old.is_null() || needs_tracking(dict, value) {
            return false;
        }
        py::incref(value);
        *table.slot(index) = value;
        py::decref(old);
        true
    }
}

/// Gives a key that is hashed without foreign code another value, and hands back the former one; NULL,
/// nothing done, when there is more to do than that.
///
/// # Safety
/// All are alive.
pub unsafe fn swap(dict: Object, key: Object, value: Object) -> Object {
    // SAFETY: the slot holds an owned reference, which becomes the caller's.
    unsafe {
        let (Some(table), Some(hash)) = (Table::of_exact(dict), keys::hash(key)) else {
            return ptr::null_mut();
        };
        let Found::At(index) = table.find_key(key, hash) else { return ptr::null_mut() };
        if needs_tracking(dict, value) {
            return ptr::null_mut();
        }
        py::incref(value);
        ptr::replace(table.slot(index), value)
    }
}

/// True when storing `value` makes the garbage collector track the dict, which it did not yet.
unsafe fn needs_tracking(dict: Object, value: Object) -> bool {
    // SAFETY: every dict has the collector's header before it.
    unsafe {
        py::has_feature(py::type_of(value), py::Py_TPFLAGS_HAVE_GC as u64) && !collector::is_tracked(dict)
    }
}

/// How dicts are laid out, if they are read at all.
pub fn layout() -> Option<DictLayout> {
    let lookup = LOOKUP.load(Ordering::Relaxed);
    if lookup == 0 {
        return None;
    }
    #[cfg(py2)]
    return Some(DictLayout::Table {
        mask: offset_of!(PyDictObject, ma_mask) as i32,
        table: offset_of!(PyDictObject, ma_table) as i32,
        lookup: offset_of!(PyDictObject, ma_lookup) as i32,
        of_strings: lookup,
        used: offset_of!(PyDictObject, ma_used) as i32,
        fill: offset_of!(PyDictObject, ma_fill) as i32,
    });
    #[cfg(py3)]
    return Some(DictLayout::Keys {
        keys: offset_of!(PyDictObject, ma_keys) as i32,
        values: offset_of!(PyDictObject, ma_values) as i32,
        size: offset_of!(Keys, size) as i32,
        lookup: offset_of!(Keys, lookup) as i32,
        of_others: lookup,
        entries: offset_of!(Keys, entries) as i32,
        used: offset_of!(PyDictObject, ma_used) as i32,
        usable: offset_of!(Keys, usable) as i32,
    });
}
