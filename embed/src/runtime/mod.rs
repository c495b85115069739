//! The helpers that compiled code calls: each does what `ceval.c` of this CPython does for the
//! instruction it stands for.
//!
//! # Safety
//!
//! Every helper is an `unsafe extern "C" fn` with the same contract, kept by compiled code:
//!
//! - the GIL is held, and `frame` is the running frame of this thread, `f_lasti` set;
//! - object arguments are alive for the whole call, *names* are interned strings;
//! - *stack helpers* get a pointer to their operands on the frame's value stack and own them;
//!   results that they leave there are new references;
//! - an immediate that is an address points to what the doc comment of
//!   [`Helper`](pyjion_jit::hir::Helper) says.

#[cfg(not(all(has_helper_table, has_handle_pending)))]
compile_error!("CPython lacks the patches that export the evaluator's helpers and its periodic work");

mod attributes;
mod boxes;
mod build;
mod calls;
mod coroutines;
#[cfg(py3)]
pub mod delegation;
mod dict;
mod evaluator;
mod exec;
mod functions;
mod generators;
pub mod globals;
mod imports;
#[cfg(py2)]
mod instances;
mod iteration;
mod lookup;
pub mod methods;
mod names;
mod operators;
mod print;
mod slices;
mod stack;
mod unwind;
mod with;

pub use boxes::{box_float, box_int};
#[cfg(py_debug)]
pub use boxes::{counted_decref, counted_incref};

use crate::py::{Object, PyErr_SetString, PyExc_SystemError, PyFrameObject};
use crate::recall;
use crate::settings;
use crate::shortage;
use pyjion_jit::hir::Helper;
use std::ptr;

/// The running frame.
pub type Frame = *mut PyFrameObject;

/// Prepares what the helpers remember of the interpreter; call once, before compiled code runs.
pub fn initialise() {
    attributes::initialise();
    dict::initialise();
    methods::initialise();
    recall::initialise();
    shortage::prepare();
    shortage::set_stress(settings::options().stress_memory);
}

/// The address of a function, as the compiler wants it.
macro_rules! address_of {
    ($function:expr) => {
        $function as *const () as usize
    };
}
use address_of;

/// The address of the implementation of a helper.
pub fn address(helper: Helper) -> usize {
    use Helper::*;
    match helper {
        Binary(op) => operators::binary_address(op),
        Inplace(op) => operators::inplace_address(op),
        Unary(op) => operators::unary_address(op),
        Compare(op) => operators::compare_address(op),
        CompareTruth(op) => operators::compare_truth_address(op),
        IsTrue => address_of!(operators::is_true),
        Subscr => address_of!(operators::subscr),
        StoreSubscr => address_of!(operators::store_subscr),
        DeleteSubscr => address_of!(operators::delete_subscr),
        LoadGlobal => address_of!(globals::load_global),
        StoreGlobal => address_of!(globals::store_global),
        DeleteGlobal => address_of!(globals::delete_global),
        LoadName => address_of!(names::load_name),
        StoreName => address_of!(names::store_name),
        DeleteName => address_of!(names::delete_name),
        NameValue => address_of!(globals::name_value),
        SetName => address_of!(globals::set_name),
        IsModuleFrame => address_of!(globals::is_module_frame),
        LoadLocals => address_of!(names::load_locals),
        LoadDeref => address_of!(names::load_deref),
        LoadClassDeref => names::load_class_deref_address(),
        StoreDeref => address_of!(names::store_deref),
        DeleteDeref => address_of!(names::delete_deref),
        LoadAttr => address_of!(attributes::load_attr),
        LoadMethod => address_of!(methods::load_method),
        StoreAttr => address_of!(attributes::store_attr),
        DeleteAttr => address_of!(attributes::delete_attr),
        GetIter => address_of!(iteration::get_iter),
        IterNext => address_of!(iteration::iter_next),
        IterCheck => address_of!(iteration::iter_check),
        ListAppend => address_of!(build::list_append),
        SetAdd => address_of!(build::set_add),
        MapAdd => address_of!(build::map_add),
        ImportFrom => address_of!(imports::import_from),
        HandlePending => address_of!(boxes::handle_pending),
        LoadBuildClass => calls::load_build_class_address(),
        BuildTuple => address_of!(build::build_tuple),
        BuildList => address_of!(build::build_list),
        BuildSet => address_of!(build::build_set),
        AddThenStore => address_of!(operators::add_then_store),
        InplaceAddThenStore => address_of!(operators::inplace_add_then_store),
        BuildMap => address_of!(build::build_map),
        BuildSlice => address_of!(build::build_slice),
        BuildTupleUnpack => build::unpack_addresses().tuple,
        BuildListUnpack => build::unpack_addresses().list,
        BuildSetUnpack => build::unpack_addresses().set,
        BuildMapUnpack => build::unpack_addresses().map,
        UnpackSequence => address_of!(iteration::unpack_sequence),
        UnpackEx => iteration::unpack_ex_address(),
        Call => address_of!(calls::call),
        CallMethod => address_of!(methods::call_method),
        CallEx => address_of!(calls::call_ex),
        MakeFunction => address_of!(calls::make_function),
        MakeClosure => address_of!(calls::make_closure),
        BuildClass => calls::build_class_address(),
        ImportName => address_of!(imports::import_name),
        ImportStar => address_of!(imports::import_star),
        ExecStmt => exec::address(),
        Slice => slices::addresses().load,
        StoreSlice => slices::addresses().store,
        DeleteSlice => slices::addresses().delete,
        PrintExpr => address_of!(print::print_expr),
        PrintItem => print::addresses().item,
        PrintNewline => print::addresses().newline,
        PrintItemTo => print::addresses().item_to,
        PrintNewlineTo => print::addresses().newline_to,
        SetupWith => address_of!(with::setup_with),
        BeforeAsyncWith => with::before_async_with_address(),
        YieldFrom => coroutines::addresses().yield_from,
        GetYieldFromIter => coroutines::addresses().get_yield_from_iter,
        GetAwaitable => coroutines::addresses().get_awaitable,
        GetAiter => coroutines::addresses().get_aiter,
        GetAnext => coroutines::addresses().get_anext,
        BuildMapUnpackWithCall => build::unpack_addresses().map_with_call,
        CallExit => address_of!(with::call_exit),
        AddTraceback => address_of!(unwind::add_traceback),
        Raise => address_of!(unwind::raise),
        Reraise => address_of!(unwind::reraise),
        Catch => address_of!(unwind::catch),
        EndHandler => unwind::end_handler_address(),
    }
}

/// Stands for a borrowing helper with an object result whose instruction this CPython lacks.
#[allow(dead_code, reason = "which instructions are missing depends on the version")]
unsafe extern "C" fn no_instruction(_frame: Frame) -> Object {
    // SAFETY: sets an exception, as the evaluator does for an unknown opcode.
    unsafe { PyErr_SetString(PyExc_SystemError, c"unknown opcode".as_ptr()) };
    ptr::null_mut()
}

/// The same for a stack helper with an object result.
#[allow(dead_code, reason = "as above")]
unsafe extern "C" fn no_instruction_object(frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
    // SAFETY: the operands are ours, by the contract of stack helpers.
    unsafe {
        drop(stack::Stack::new(at, count));
        no_instruction(frame)
    }
}

/// The same for a stack helper with a status.
#[allow(dead_code, reason = "as above")]
unsafe extern "C" fn no_instruction_status(frame: Frame, at: *mut Object, count: i64, _: i64) -> i64 {
    // SAFETY: the operands are ours, by the contract of stack helpers.
    unsafe {
        no_instruction_object(frame, at, count, 0);
    }
    -1
}
