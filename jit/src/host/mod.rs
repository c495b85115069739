//! The CPython that compiled code serves, as data: struct offsets, addresses of types,
//! singletons and helpers.

mod made_up;

use crate::bytecode::Version;
use crate::hir::{Builtin, Element, FrameBlock, FrameState, Helper, Resume, Type};

/// How exact ints are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntLayout {
    /// 2.7: a C long at this offset.
    Long {
        /// Offset of `ob_ival`.
        value: i32,
    },
    /// 3.x: sign and number of digits in `ob_size`, 30-bit digits.
    Digits {
        /// Offset of `ob_size`.
        size: i32,
        /// Offset of `ob_digit`.
        digits: i32,
    },
}

/// Offsets of fields in bytes, from the start of their object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// `PyObject.ob_refcnt`
    pub refcnt: i32,
    /// `PyObject.ob_type`
    pub ob_type: i32,
    /// `PyVarObject.ob_size`
    pub ob_size: i32,
    /// `PyTypeObject.tp_dealloc`
    pub tp_dealloc: i32,
    /// `PyFloatObject.ob_fval`
    pub float_value: i32,
    /// Exact ints.
    pub int: IntLayout,
    /// `PyListObject.ob_item` (a pointer to the items)
    pub list_items: i32,
    /// `PyListObject.allocated`
    pub list_allocated: i32,
    /// Entries in use of a dict
    pub dict_used: i32,
    /// `PySetObject.used`
    pub set_used: i32,
    /// `PyTupleObject.ob_item` (the items themselves)
    pub tuple_items: i32,
    /// List iterator: index.
    pub list_iter_index: i32,
    /// List iterator: the list, NULL when exhausted.
    pub list_iter_seq: i32,
    /// Tuple iterator: index.
    pub tuple_iter_index: i32,
    /// Tuple iterator: the tuple, NULL when exhausted.
    pub tuple_iter_seq: i32,
    /// Range iterator: index (C long).
    pub range_iter_index: i32,
    /// Range iterator: start (C long).
    pub range_iter_start: i32,
    /// Range iterator: step (C long).
    pub range_iter_step: i32,
    /// Range iterator: length (C long).
    pub range_iter_len: i32,
    /// `PyCellObject.ob_ref`
    pub cell_content: i32,
    /// `PyFrameObject.f_localsplus`
    pub frame_locals: i32,
    /// `PyFrameObject.f_valuestack` (a pointer to the operand stack)
    pub frame_value_stack: i32,
    /// `PyFrameObject.f_lasti` (C int)
    pub frame_lasti: i32,
    /// `PyThreadState.use_tracing` (C int)
    pub thread_use_tracing: i32,
}

/// What compiled code has to know to do without calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLayout {
    /// `PyFunctionObject.func_code`
    pub function_code: i32,
    /// `PyFunctionObject.func_globals`
    pub function_globals: i32,
    /// `PyFunctionObject.func_defaults`
    pub function_defaults: i32,
    /// `PyFrameObject.f_globals`
    pub frame_globals: i32,
    /// `PyThreadState.recursion_depth` (C int)
    pub thread_depth: i32,
    /// Address of the C int that the depth has to stay below.
    pub depth_limit: usize,
    /// `PyThreadState.trash_delete_later`, objects whose release was put off until the next frame is freed,
    /// or NULL
    pub thread_put_off: i32,
    /// `PyThreadState.interp`
    pub thread_interpreter: i32,
    /// `PyInterpreterState.eval_frame`
    pub evaluator: i32,
    /// What that is while nobody else evaluates frames.
    pub default_evaluator: usize,
}

/// What compiled code has to know to call other compiled code in frames that are there already. What the host
/// knows of a code object has a list of such frames, linked by `f_back`; a frame is as the host would have
/// left it, but for what is [filled in](crate::hir::Insn::CallFunction) before each call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectCallLayout {
    /// In what the host knows of a code object.
    pub state: StateLayout,
    /// In what it knows of a version of its machine code.
    pub version: VersionLayout,
    /// In frames.
    pub frame: CalledFrameLayout,
    /// In the thread.
    pub thread: CallingThreadLayout,
    /// `PyFunctionObject.func_closure`
    pub function_closure: i32,
    /// Address of a byte that is 0 while calls are not to be made so.
    pub ordinary: usize,
    /// Address of a C int that is not 0, likewise.
    pub shortage: usize,
    /// Addresses of 64-bit words that count such calls.
    pub counters: [usize; 2],
    /// `extern "C" fn(thread, frame, state, version, exit: u64) -> *mut PyObject`: goes on with a frame that
    /// left; with the periodic work.
    pub end_by_exit: usize,
    /// `extern "C" fn(thread, frame, state, version, result: *mut PyObject) -> *mut PyObject`: ends a frame
    /// to which something happened; with the periodic work.
    pub end_rarely: usize,
    /// `extern "C" fn(thread, frame, state) -> u64`: makes the cells of a frame that has its arguments; 0 if
    /// it is to enter the version for the start now.
    pub make_cells: usize,
    /// `extern "C" fn(thread, frame, state) -> *mut PyObject`: what comes of a frame that is not; with the
    /// periodic work.
    pub begin_rarely: usize,
    /// `extern "C" fn(thread, globals: *mut PyObject) -> *mut PyObject`: the builtins of a frame with other
    /// globals than its caller's, borrowed; NULL where they are not the usual ones. It runs no code.
    pub builtins: usize,
    /// `extern "C" fn(thread, *mut PyObject)`: frees what a frame held last.
    pub release: usize,
    /// `extern "C" fn(thread, result: *mut PyObject) -> *mut PyObject`: does the periodic work after a call,
    /// which may raise.
    pub attend: usize,
}

/// Offsets in what the host knows of a code object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateLayout {
    /// The version that calls enter, at its first entry.
    pub start: i32,
    /// How many arguments a call has (a C int); some other number while there is no such version.
    pub arity: i32,
    /// The first frame that nobody uses, or NULL.
    pub idle: i32,
    /// How many frames there were (64 bits).
    pub runs: i32,
}

/// Offsets in what the host knows of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionLayout {
    /// Its [`NativeFn`](crate::backend::NativeFn).
    pub function: i32,
    /// How many frames have entered (64 bits).
    pub entered: i32,
    /// How many these are when `attend` is to be set.
    pub reconsidered_at: i32,
    /// How many frames run it (C int).
    pub running: i32,
    /// A byte: something is to be done when a frame leaves it.
    pub attend: i32,
}

/// Offsets in a frame that is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalledFrameLayout {
    /// `f_back`
    pub back: i32,
    /// `f_builtins`
    pub builtins: i32,
    /// 2.7: `f_tstate`
    pub thread: Option<i32>,
    /// `f_locals`, `f_trace`, `f_exc_type`: NULL if nobody has attached anything.
    pub attached: [i32; 3],
    /// The word of the collector, how far it is to be shifted to the right, and what it is then if it does
    /// not know the frame.
    pub collected: (i32, u32, i64),
}

/// Offsets in the thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallingThreadLayout {
    /// `frame`
    pub frame: i32,
    /// 3.x: `overflowed` (a byte)
    pub overflowed: Option<i32>,
    /// `trash_delete_nesting` (C int), and from what on releases are put off.
    pub trash_nesting: (i32, i64),
}

/// What compiled code has to know to resume generators that compiled code suspended. That left
/// [tickets](crate::exit::ticket) in their frames; the host has a table of the versions that these are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResumptionLayout {
    /// `PyGenObject.gi_frame`
    pub generator_frame: i32,
    /// `PyGenObject.gi_running` (C int)
    pub generator_running: i32,
    /// `PyFrameObject.f_exc_type`: NULL if it has handled no exception.
    pub frame_handled: i32,
    /// Address of the first item of the table.
    pub first_place: usize,
    /// How many there are, a power of two: a version has the one at the remainder of its number.
    pub places: i64,
    /// How long an item is: one shifted so far to the left.
    pub place_shift: u32,
    /// In an item: the [key](crate::exit::ticket::key) of the tickets that are honoured.
    pub place_key: i32,
    /// In an item: the version.
    pub place_version: i32,
    /// In an item: where frames of its code are counted, a pointer to a 64-bit word.
    pub place_runs: i32,
    /// `extern "C" fn(thread, generator, caller: frame, version, exit: u64) -> *mut PyObject`: goes on when
    /// it did something else than to yield, or something happened. As the helper `IterNext` has it.
    pub stop_rarely: usize,
}

/// What compiled code has to know to suspend a frame by itself.
#[derive(Clone, Copy)]
pub struct SuspensionLayout {
    /// `PyFrameObject.f_stacktop` (a pointer)
    pub frame_stack_top: i32,
    /// `PyFrameObject.f_iblock` (C int)
    pub frame_block_count: i32,
    /// `PyFrameObject.f_blockstack` (an array of three C ints each)
    pub frame_blocks: i32,
    /// An item of it.
    pub block: fn(&FrameBlock) -> [i32; 3],
}

/// How arrays of numbers are laid out: like lists as far as their length goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrayLayout {
    /// Address of their type.
    pub ty: usize,
    /// `arrayobject.ob_item` (a pointer to the items)
    pub items: i32,
    /// `arrayobject.ob_descr` (a pointer to what they are)
    pub descriptor: i32,
    /// What that is for each [`Element`], by its place among [all](Element::ALL); 0 while none was seen.
    pub descriptors: [usize; Element::ALL.len()],
}

/// What tells compiled code that the evaluator's periodic work is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Periodic {
    /// 2.7: decrement the C int at this address; due when it becomes negative.
    Ticker(usize),
    /// 3.x: due when the C int at this address is not zero.
    Breaker(usize),
}

impl Periodic {
    /// What `f_lasti` is to hold when a loop goes on at this state: those who look at the process from
    /// outside see there which loop runs. The work that a ticker has due every hundred turns says it often
    /// enough.
    pub fn noted_at(self, turn: &FrameState) -> Option<u32> {
        match self {
            Periodic::Ticker(_) => None,
            Periodic::Breaker(_) => (turn.resume == Resume::At && turn.inlined.is_none()).then_some(turn.pc),
        }
    }
}

/// How dicts are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DictLayout {
    /// 2.7: a table of entries, whose length is a power of two, beside the dict.
    Table {
        /// `PyDictObject.ma_mask`
        mask: i32,
        /// `PyDictObject.ma_table`
        table: i32,
        /// `PyDictObject.ma_lookup`
        lookup: i32,
        /// What that is in dicts with only `str` keys.
        of_strings: usize,
        /// `PyDictObject.ma_used`
        used: i32,
        /// `PyDictObject.ma_fill`: entries that are not free. At two thirds of them the table grows.
        fill: i32,
    },
    /// 3.x: entries behind a header that dicts may share; in that case the values are apart.
    Keys {
        /// `PyDictObject.ma_keys`
        keys: i32,
        /// `PyDictObject.ma_values`
        values: i32,
        /// `PyDictKeysObject.dk_size`
        size: i32,
        /// `PyDictKeysObject.dk_lookup`
        lookup: i32,
        /// What that is in dicts with other keys than `str`.
        of_others: usize,
        /// `PyDictKeysObject.dk_entries`
        entries: i32,
        /// `PyDictObject.ma_used`
        used: i32,
        /// `PyDictKeysObject.dk_usable`: free entries left before the table grows.
        usable: i32,
    },
}

/// 2.7: how instances of old-style classes are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OldStyleLayout {
    /// `PyInstanceObject.in_class`
    pub class: i32,
    /// `PyInstanceObject.in_dict`
    pub dict: i32,
    /// `PyClassObject.cl_bases`
    pub bases: i32,
    /// `PyClassObject.cl_dict`
    pub class_dict: i32,
    /// `PyClassObject.cl_setattr`: NULL when it has no hook for stores.
    pub setattr: i32,
}

/// What compiled code has to know to look for attributes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributeLayout {
    /// `PyTypeObject.tp_version_tag` (unsigned int); 0 when it is not valid.
    pub version_tag: i32,
    /// Where a dict has the word that says whether the collector knows it, and what that is, shifted right by
    /// so many bits, when it does not: then storing a value that the collector may know is followed up.
    pub collected: (i32, u8, i64),
    /// `extern "C" fn(*mut PyObject dict, *mut PyObject value)`: what is done then. Runs no code.
    pub maintain_tracking: usize,
    /// `PyTypeObject.tp_flags` (long), and the bit of it that says that the collector may know objects of the
    /// type.
    pub flags: (i32, i64),
    /// `PyTypeObject.tp_descr_get`
    pub descr_get: i32,
    /// What is in a `staticmethod` or `classmethod`.
    pub wrapped: i32,
    /// Where there are old-style classes.
    pub old_style: Option<OldStyleLayout>,
    /// `PyFrameObject.f_globals`
    pub frame_globals: i32,
    /// `PyFrameObject.f_builtins`
    pub frame_builtins: i32,
    /// Entries are three words: hash, key, value.
    pub dict: DictLayout,
    /// `extern "C" fn(*mut PyObject dict, *mut PyObject name) -> u64`: 1 when the dict certainly lacks the
    /// interned name. Runs no code.
    pub dict_lacks: usize,
    /// `extern "C" fn(*mut PyObject dict, *mut PyObject name, *mut PyObject value) -> u64`: puts a value,
    /// whose reference is taken over, under an interned name that a dict of str keys lacks; 0, nothing done
    /// and no exception, when it has the name or there is no memory. Runs no code. For dicts that are a
    /// `Table`.
    pub dict_insert: usize,
    /// `extern "C" fn(*mut PyObject object, i64 offset) -> *mut PyObject`: gives an object the dict that it
    /// lacks at this offset; that, borrowed, or NULL, nothing done and no exception, when the collector is
    /// about to begin or there is no memory.
    pub fresh_dict: usize,
}

/// How functions in C are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NativeLayout {
    /// `PyCFunctionObject.m_ml`
    pub definition: i32,
    /// `PyCFunctionObject.m_self`
    pub receiver: i32,
    /// Address of the type of the descriptors of methods.
    pub descriptor: usize,
    /// `PyMethodDescrObject.d_method`
    pub descriptor_definition: i32,
}

/// How strings are laid out. STR and UNICODE have their length where lists have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StringLayout {
    /// Where a plain STR has its characters, a byte each.
    pub characters: i32,
    /// 3.x: where a STR has flags (unsigned int), and those that are all set in a plain one. On 2.7 every STR
    /// is.
    pub plain: Option<(i32, u32)>,
    /// 3.x: where a UNICODE has its bytes.
    pub bytes: i32,
    /// Address of a table of the addresses of the STRs of one character, by its byte. They live for ever.
    pub table: usize,
    /// `extern "C" fn(*mut PyObject, i64) -> *mut PyObject`: the character at a position that a STR or (2.7)
    /// UNICODE has, a new reference, or NULL without an exception.
    pub item: usize,
    /// `extern "C" fn(*mut PyObject) -> i64`: the code of the one character of a STR; negative, and no
    /// exception, when it has not got one.
    pub code: usize,
    /// `extern "C" fn(*mut PyObject, *mut PyObject) -> i64`: 1 when two STR are equal, else 0.
    pub equal: usize,
}

/// Objects of an exact type that are not in use: each has the next one in place of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeList {
    /// Address of the pointer to the first one, NULL when there is none.
    pub first: usize,
    /// Where they are counted: address of a C int, and how many are kept at most.
    pub counted: Option<(usize, i32)>,
}

/// The interpreter's lists of unused numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeNumbers {
    /// Floats.
    pub floats: FreeList,
    /// Ints; on 3.x those of one digit, and no list where the [small ones](Host::small_ints) are not known.
    pub ints: Option<FreeList>,
}

/// The interpreter's lists of unused tuples, one for each length: each has the next one as its first item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeTuples {
    /// Address of a table of the pointers to the first one, by length; NULL when there is none.
    pub firsts: usize,
    /// Address of a table of C ints, by length: how many there are.
    pub counts: usize,
    /// There are lists for lengths from 1 on, up to below this.
    pub lengths: usize,
    /// How the collector is told of a tuple.
    pub collector: CollectorLayout,
}

/// The headers that the collector has in front of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CollectorLayout {
    /// Address of the header that the list of the youngest objects begins and ends with.
    pub young: usize,
    /// How long a header is.
    pub size: i32,
    /// Where it has the pointer to the next header.
    pub next: i32,
    /// Where it has the pointer to the one before.
    pub previous: i32,
    /// Where it has `gc_refs`.
    pub refs: i32,
    /// What `gc_refs` is of objects that are tracked.
    pub tracked: i64,
}

/// The ints that there is one object of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmallInts {
    /// The least.
    pub first: i64,
    /// How many.
    pub count: i64,
    /// Address of a table of their addresses.
    pub table: usize,
}

/// Everything the compiler and the backend need to know of the interpreter. Its functions can be called
/// on any thread.
#[derive(Clone)]
pub struct Host {
    /// Its version.
    pub version: Version,
    /// 2.7: `/` of two ints is the floor division (no `-Q` option says otherwise).
    pub classic_division: bool,
    /// Struct offsets.
    pub layout: Layout,
    /// Address of the type object for each kind that has one; 0 for the others.
    pub types: fn(Type) -> usize,
    /// `Py_None`
    pub none: usize,
    /// Address of `NotImplemented`.
    pub not_implemented: usize,
    /// `Py_True`
    pub true_: usize,
    /// `Py_False`
    pub false_: usize,
    /// Periodic work.
    pub periodic: Periodic,
    /// How a frame is suspended; without it, every yield is an exit.
    pub suspension: Option<SuspensionLayout>,
    /// What calls go by; without it, none is inlined.
    pub calls: Option<CallLayout>,
    /// What direct calls go by; without it, a helper makes them.
    pub direct: Option<DirectCallLayout>,
    /// How generators are resumed in line; without it, a helper does.
    pub resumption: Option<ResumptionLayout>,
    /// How attributes are looked for in line; without it, helpers do.
    pub attributes: Option<AttributeLayout>,
    /// What is defined at an address in C, if it is known.
    pub builtin: fn(usize) -> Option<Builtin>,
    /// Address of the C function, double to double, that a builtin of the module `math` calls; 0 for others.
    pub math: fn(Builtin) -> usize,
    /// Functions in C, and the descriptors of methods.
    pub natives: NativeLayout,
    /// `extern "C" fn(*mut PyObject list, *mut PyObject item) -> i64`: appends the item, whose reference it
    /// takes over; 0, nothing done, and no exception, when there is no memory.
    pub list_append: usize,
    /// `extern "C" fn(start: i64, stop: i64, step: i64, most: i64) -> *mut PyObject`: a new reference to the
    /// iterator of a range, or NULL, and no exception, when there is no memory, the numbers are more than
    /// `most`, or the step is 0. 0 where such iterators are not known.
    pub new_range: usize,
    /// Address of the i64 that `Insn::EnumerateIndex` has.
    pub enumerated: usize,
    /// Address of the implementation of a helper.
    pub helper: fn(Helper) -> usize,
    /// How arrays of numbers are laid out, once one was seen.
    pub arrays: fn() -> Option<ArrayLayout>,
    /// How strings are laid out; without it, helpers do all with them.
    pub strings: Option<StringLayout>,
    /// Where numbers are taken from and put back to in line, if that may be done at present; otherwise,
    /// functions do.
    pub free_numbers: fn() -> Option<FreeNumbers>,
    /// Where tuples are taken from in line, if that may be done at present; otherwise, a helper makes them.
    pub free_tuples: fn() -> Option<FreeTuples>,
    /// The small ints, if they are known.
    pub small_ints: Option<SmallInts>,
    /// `extern "C" fn(i64) -> *mut PyObject`: a new reference to an exact int.
    pub box_int: usize,
    /// `extern "C" fn(f64) -> *mut PyObject`: a new reference to an exact float.
    pub box_float: usize,
    /// `extern "C" fn(*mut PyObject)`: what `Py_DECREF` does when the count reaches zero.
    pub dealloc: usize,
    /// `extern "C" fn(*mut PyFrameObject, header: u64)`: provisional code of the frame has jumped back
    /// [`TURNS`](crate::backend::TURNS) times, now to the loop header at this offset. Runs no code. 0 if
    /// nobody wants to know.
    pub reconsider: usize,
    /// Debug builds keep `_Py_RefTotal`: `extern "C" fn(*mut PyObject)` for both, 0 otherwise.
    pub counted_incref: usize,
    /// See `counted_incref`.
    pub counted_decref: usize,
}
