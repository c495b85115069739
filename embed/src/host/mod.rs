//! The interpreter that compiled code serves, as the compiler wants it: offsets, addresses of
//! types and singletons, helpers.

mod direct;

use crate::memory::reserve;
use crate::py::arrays;
use crate::py::attributes;
use crate::py::binding;
use crate::py::builtins;
use crate::py::collector;
use crate::py::describe;
use crate::py::dict;
use crate::py::iterators::{self, ListIterator, RangeIterator, TupleIterator};
use crate::py::kinds;
use crate::py::numbers;
use crate::py::places;
use crate::py::strings;
use crate::py::tuples;
use crate::py::{self, PyTypeObject};
use crate::run::sending;
use crate::runtime;
use crate::state::tickets;
use crate::tier::promotion;
#[cfg(py2)]
use pyjion_jit::host::OldStyleLayout;
use pyjion_jit::host::{
    AttributeLayout, CallLayout, Host, IntLayout, Layout, NativeLayout, Periodic, SuspensionLayout,
};
use std::mem::offset_of;
use std::sync::OnceLock;

/// The running interpreter. The first call, with the GIL held and the built-in types ready,
/// looks at live objects; it may run the garbage collector.
pub fn host() -> &'static Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get().unwrap_or_else(|| {
        // The collector may run a finalizer that comes here, too: the lock is not held meanwhile.
        examine();
        HOST.get_or_init(describe)
    })
}

/// Learns what only live objects tell; doing it again changes nothing.
fn examine() {
    // SAFETY: the GIL is held; exceptions of these checks are not the program's.
    unsafe {
        py::preserving_exception(|| {
            runtime::initialise();
            iterators::examine();
            numbers::initialise();
            strings::initialise();
        });
    }
}

fn describe() -> Host {
    Host {
        #[cfg(py2)]
        // SAFETY: plain ints that the command line sets before any code runs.
        classic_division: unsafe { crate::py::Py_DivisionWarningFlag == 0 && crate::py::_Py_QnewFlag == 0 },
        #[cfg(py3)]
        classic_division: false,
        version: describe::VERSION,
        layout: LAYOUT,
        types: kinds::type_address,
        none: py::none() as usize,
        not_implemented: (&raw const py::_Py_NotImplementedStruct) as usize,
        true_: py::true_() as usize,
        false_: py::false_() as usize,
        periodic: periodic(),
        suspension: Some(SuspensionLayout {
            frame_stack_top: offset_of!(py::PyFrameObject, f_stacktop) as i32,
            frame_block_count: offset_of!(py::PyFrameObject, f_iblock) as i32,
            frame_blocks: offset_of!(py::PyFrameObject, f_blockstack) as i32,
            block: |block| {
                let raw = describe::raw_block(block);
                [raw.b_type, raw.b_handler, raw.b_level]
            },
        }),
        calls: Some(CallLayout {
            function_code: offset_of!(py::PyFunctionObject, func_code) as i32,
            function_globals: offset_of!(py::PyFunctionObject, func_globals) as i32,
            function_defaults: offset_of!(py::PyFunctionObject, func_defaults) as i32,
            frame_globals: offset_of!(py::PyFrameObject, f_globals) as i32,
            thread_depth: offset_of!(py::PyThreadState, recursion_depth) as i32,
            thread_put_off: offset_of!(py::PyThreadState, trash_delete_later) as i32,
            depth_limit: &raw const py::_Py_CheckRecursionLimit as usize,
            thread_interpreter: offset_of!(py::PyThreadState, interp) as i32,
            evaluator: offset_of!(py::PyInterpreterState, eval_frame) as i32,
            default_evaluator: py::hooks::default_evaluator(),
        }),
        direct: direct::layout(),
        resumption: tickets::layout(sending::next_rarely as *const () as usize),
        arrays: arrays::layout,
        attributes: dict::layout().filter(|_| cfg!(has_type_modified)).map(|dict| AttributeLayout {
            version_tag: offset_of!(PyTypeObject, tp_version_tag) as i32,
            collected: attributes::collected(),
            flags: (offset_of!(PyTypeObject, tp_flags) as i32, py::Py_TPFLAGS_HAVE_GC as i64),
            descr_get: offset_of!(PyTypeObject, tp_descr_get) as i32,
            wrapped: offset_of!(places::Wrapper, wrapped) as i32,
            #[cfg(py2)]
            old_style: Some(OldStyleLayout {
                class: offset_of!(py::PyInstanceObject, in_class) as i32,
                dict: offset_of!(py::PyInstanceObject, in_dict) as i32,
                bases: offset_of!(py::PyClassObject, cl_bases) as i32,
                class_dict: offset_of!(py::PyClassObject, cl_dict) as i32,
                setattr: offset_of!(py::PyClassObject, cl_setattr) as i32,
            }),
            #[cfg(py3)]
            old_style: None,
            frame_globals: offset_of!(py::PyFrameObject, f_globals) as i32,
            frame_builtins: offset_of!(py::PyFrameObject, f_builtins) as i32,
            dict,
            maintain_tracking: collector::maintain_tracking as *const () as usize,
            dict_lacks: attributes::dict_lacks as *const () as usize,
            dict_insert: attributes::dict_insert as *const () as usize,
            fresh_dict: attributes::fresh_dict as *const () as usize,
        }),
        builtin: builtins::known,
        math: builtins::math,
        natives: NativeLayout {
            definition: offset_of!(py::PyCFunctionObject, m_ml) as i32,
            receiver: offset_of!(py::PyCFunctionObject, m_self) as i32,
            descriptor: binding::method_descriptor(),
            descriptor_definition: offset_of!(py::PyMethodDescrObject, d_method) as i32,
        },
        list_append: runtime::list_append as *const () as usize,
        new_range: runtime::new_range(),
        enumerated: runtime::address_of_enumerated(),
        helper: runtime::address,
        strings: strings::layout(),
        free_numbers: || numbers::free().filter(|_| !reserve::is_stressed()),
        free_tuples: || tuples::free().filter(|_| !reserve::is_stressed()),
        small_ints: numbers::small(),
        box_int: runtime::box_int as *const () as usize,
        box_float: runtime::box_float as *const () as usize,
        dealloc: numbers::dealloc as *const () as usize,
        reconsider: promotion::reconsider_loop as *const () as usize,
        #[cfg(py_debug)]
        counted_incref: runtime::counted_incref as *const () as usize,
        #[cfg(py_debug)]
        counted_decref: runtime::counted_decref as *const () as usize,
        #[cfg(not(py_debug))]
        counted_incref: 0,
        #[cfg(not(py_debug))]
        counted_decref: 0,
    }
}

const LAYOUT: Layout = Layout {
    refcnt: offset_of!(py::PyObject, ob_refcnt) as i32,
    ob_type: offset_of!(py::PyObject, ob_type) as i32,
    ob_size: offset_of!(py::PyVarObject, ob_size) as i32,
    tp_dealloc: offset_of!(PyTypeObject, tp_dealloc) as i32,
    float_value: offset_of!(py::PyFloatObject, ob_fval) as i32,
    #[cfg(py2)]
    int: IntLayout::Long { value: offset_of!(py::PyIntObject, ob_ival) as i32 },
    #[cfg(py3)]
    int: IntLayout::Digits {
        size: offset_of!(py::PyVarObject, ob_size) as i32,
        digits: offset_of!(py::_longobject, ob_digit) as i32,
    },
    list_items: offset_of!(py::PyListObject, ob_item) as i32,
    list_allocated: offset_of!(py::PyListObject, allocated) as i32,
    dict_used: offset_of!(py::PyDictObject, ma_used) as i32,
    set_used: offset_of!(py::PySetObject, used) as i32,
    tuple_items: offset_of!(py::PyTupleObject, ob_item) as i32,
    list_iter_index: offset_of!(ListIterator, index) as i32,
    list_iter_seq: offset_of!(ListIterator, sequence) as i32,
    tuple_iter_index: offset_of!(TupleIterator, index) as i32,
    tuple_iter_seq: offset_of!(TupleIterator, sequence) as i32,
    range_iter_index: offset_of!(RangeIterator, index) as i32,
    range_iter_start: offset_of!(RangeIterator, start) as i32,
    range_iter_step: offset_of!(RangeIterator, step) as i32,
    range_iter_len: offset_of!(RangeIterator, len) as i32,
    cell_content: offset_of!(py::PyCellObject, ob_ref) as i32,
    frame_locals: offset_of!(py::PyFrameObject, f_localsplus) as i32,
    frame_value_stack: offset_of!(py::PyFrameObject, f_valuestack) as i32,
    frame_lasti: offset_of!(py::PyFrameObject, f_lasti) as i32,
    thread_use_tracing: offset_of!(py::PyThreadState, use_tracing) as i32,
};

// The compiler reads two digits at once and knows their width.
#[cfg(py3)]
const _: () = assert!(py::PyLong_SHIFT == 30 && size_of::<py::digit>() == 4);

fn periodic() -> Periodic {
    #[cfg(py2)]
    return Periodic::Ticker(&raw const py::_Py_Ticker as usize);
    // SAFETY: returns the address of a static.
    #[cfg(py3)]
    return Periodic::Breaker(unsafe { py::_PyEval_EvalBreaker() } as usize);
}
