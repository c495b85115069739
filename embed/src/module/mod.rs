//! The built-in module `pyjion`: switches, counters, and looking into what was compiled.

mod resume;
mod summary;

use crate::compile::{self, Wanted};
use crate::config::peer::{Peer, Unknown};
use crate::config::settings;
use crate::host;
use crate::memory::shortage;
use crate::py::countdown;
use crate::py::evaluation::thread_state;
use crate::py::hooks;
use crate::py::*;
use crate::run::clients::Evaluator;
use crate::run::installation;
use crate::state::native::Switches;
use crate::state::{self, Closed, CodeState, Phase, codes};
use crate::stats::{self, metrics};
use pyjion_jit::EntrySpec;
use pyjion_jit::backend::Effort;
use pyjion_jit::error::CompileError;
use pyjion_jit::tier::options::{self, STAGES};
use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr;
use summary::Summary;

const DOC: &str = "The JIT compiler of this Python.

It works by itself; this module switches it, and shows what it does.  Functions that take a
function also take a method, a generator, or a code object.

Options, as flags of `-m pyjion` and as environment variables:
";

/// `PYTHON_API_VERSION`, which the headers of 2.7 and 3.x agree on.
const API_VERSION: c_int = 1013;

type Method = unsafe extern "C" fn(Object, Object) -> Object;

/// Name, implementation, calling convention, documentation.
const METHODS: &[(&CStr, Method, u32, &CStr)] = &[
    (c"enable", enable, METH_NOARGS, c"enable()\n\nSwitch the JIT on.  Code becomes hot and is compiled from now on."),
    (
        c"disable",
        disable,
        METH_NOARGS,
        c"disable()\n\nSwitch the JIT off.  Frames that run native code now go on until they leave it.",
    ),
    (
        c"status",
        status,
        METH_NOARGS,
        c"status() -> dict\n\nWhether the JIT is enabled, why it has stopped by itself (failed, or None), its version\nand backend, the version of Python, the threshold, how many code objects are in which\nstate, and the bytes of machine code.",
    ),
    (c"describe", describe, METH_NOARGS, c"describe() -> str\n\nThe status as a text for people; `-m pyjion` prints it."),
    (
        c"info",
        info,
        METH_O,
        c"info(function) -> dict\n\nrun_count: how often it was called, or resumed, while the JIT was on\nstate: cold, recording, hot, native, failed, retired or excluded\ncompiled: whether there is native code for it\nfailed: why it cannot be compiled, or None\nversions: for each version in use: entry (bytecode offset), generation, size, entered,\n    running, exits (a dict by reason)\nexits: exits from the versions in use, by reason\nnative_size: bytes of machine code of the versions in use",
    ),
    (
        c"set_threshold",
        set_threshold,
        METH_O,
        c"set_threshold(n)\n\nSet how hot code must be to be compiled: n loop iterations, where a call counts\nas four, and more for larger code.  1 compiles everything at its first call.",
    ),
    (c"get_threshold", get_threshold, METH_NOARGS, c"get_threshold() -> int\n\nSee set_threshold()."),
    (
        c"compile",
        compile_now,
        METH_O,
        c"compile(function) -> bool\n\nCompile a function now, with what was observed of it so far, and return True.\nRaise RuntimeError with the reason if it cannot be compiled.",
    ),
    (
        c"stats",
        stats_dict,
        METH_NOARGS,
        c"stats() -> dict\n\nCounters since the start of the process; with PYJION_STATS=1 also seconds by mode.",
    ),
    (
        c"metrics",
        metrics,
        METH_NOARGS,
        c"metrics() -> str\n\nThe counters of this process in the text form that Prometheus reads.",
    ),
    (
        c"stress_memory",
        stress_memory,
        METH_O,
        c"stress_memory(n)\n\nFrom now on, as PYJION_STRESS_MEMORY=n has it, every nth object that native code makes\nby itself finds no memory; 0 for none.",
    ),
    (c"_resume", resume::resume, METH_O, c"_resume(frames)\n\nFor tests: go on with frames as an exit would make them."),
    (
        c"dump",
        dump,
        METH_VARARGS,
        c"dump(function, stage) -> str\n\nCompile a function and return its text at a stage: 'bytecode', 'hir' (as built),\n'hir@dce' (after the pass of this name), 'hir-final' (after all passes), 'clif' (the backend's form) or 'asm' (machine code).",
    ),
];

/// Makes `import pyjion` work. To be called before `Py_Initialize`.
///
/// The table is a new one and not one that `PyImport_AppendInittab` has made, as that could be resized by
/// another allocator: the program that we are in may be about to choose one.
pub fn register() {
    let entry = |name, function| _inittab { name, initfunc: function };
    // SAFETY: a table that ends with an entry without a name; there are no threads yet.
    unsafe {
        let old = (&raw const PyImport_Inittab).read();
        let count = (0..).take_while(|&index| !(*old.add(index)).name.is_null()).count();
        let mut table: Vec<_inittab> = (0..count).map(|index| *old.add(index)).collect();
        table.push(entry(c"pyjion".as_ptr().cast_mut(), Some(initialise)));
        table.push(entry(ptr::null_mut(), None));
        PyImport_Inittab = table.leak().as_mut_ptr();
    }
}

#[cfg(py2)]
unsafe extern "C" fn initialise() {
    hooks::begin();
    // SAFETY: the import machinery calls this; a failure leaves an exception set, which it sees.
    unsafe {
        let module = new_module();
        if !module.is_null() {
            add_constants(module);
        }
    }
}

#[cfg(py3)]
unsafe extern "C" fn initialise() -> Object {
    hooks::begin();
    // SAFETY: the import machinery calls this.
    unsafe {
        let module = new_module();
        if !module.is_null() && !add_constants(module) {
            decref(module);
            return ptr::null_mut();
        }
        module
    }
}

/// Of static lifetime, as the interpreter keeps pointers into it.
fn method_table() -> *mut PyMethodDef {
    let entry = |&(name, function, flags, doc): &(&'static CStr, Method, u32, &'static CStr)| PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: Some(function),
        ml_flags: flags as c_int,
        ml_doc: doc.as_ptr(),
    };
    let end = PyMethodDef { ml_name: ptr::null(), ml_meth: None, ml_flags: 0, ml_doc: ptr::null() };
    let table: Vec<PyMethodDef> = METHODS.iter().map(entry).chain([end]).collect();
    table.leak().as_mut_ptr()
}

/// The module's documentation, of static lifetime.
fn documentation() -> *const c_char {
    let mut text = DOC.to_owned();
    text.push_str(&options::help());
    CString::new(text).map_or(ptr::null(), |text| text.into_raw().cast_const())
}

#[cfg(py2)]
unsafe fn new_module() -> Object {
    #[cfg(not(py_debug))]
    use crate::py::Py_InitModule4_64 as init;
    #[cfg(py_debug)]
    use crate::py::Py_InitModule4TraceRefs_64 as init;
    // SAFETY: the table lives for ever. The result is borrowed from sys.modules.
    unsafe { init(c"pyjion".as_ptr(), method_table(), documentation(), ptr::null_mut(), API_VERSION) }
}

#[cfg(py3)]
unsafe fn new_module() -> Object {
    #[cfg(not(py_debug))]
    use crate::py::PyModule_Create2 as create;
    #[cfg(py_debug)]
    use crate::py::PyModule_Create2TraceRefs as create;
    // SAFETY: all zero is what PyModuleDef_HEAD_INIT gives but for the count; it lives for ever.
    unsafe {
        let definition: &'static mut PyModuleDef = Box::leak(Box::new(std::mem::zeroed()));
        definition.m_base.ob_base.ob_refcnt = 1;
        definition.m_name = c"pyjion".as_ptr();
        definition.m_doc = documentation();
        definition.m_size = -1;
        definition.m_methods = method_table();
        create(definition, API_VERSION)
    }
}

unsafe fn add_constants(module: Object) -> bool {
    let version = CString::new(env!("CARGO_PKG_VERSION")).unwrap_or_default();
    // SAFETY: a module.
    unsafe { PyModule_AddStringConstant(module, c"__version__".as_ptr(), version.as_ptr()) == 0 }
}

/// A new `str`.
unsafe fn new_text(text: &str) -> Object {
    let (start, length) = (text.as_ptr().cast::<c_char>(), text.len() as isize);
    // SAFETY: that many bytes, valid UTF-8.
    unsafe {
        #[cfg(py2)]
        return PyString_FromStringAndSize(start, length as _);
        #[cfg(py3)]
        return PyUnicode_FromStringAndSize(start, length as _);
    }
}

unsafe fn new_count(count: u64) -> Object {
    // SAFETY: plain C API. Counts stay far below the limit of a long.
    unsafe { new_int(count as i64) }
}

fn new_none() -> Object {
    // SAFETY: immortal.
    unsafe { incref(none()) };
    none()
}

/// A dict being filled; NULL as soon as something failed.
struct Dict(Object);

impl Dict {
    unsafe fn new() -> Dict {
        // SAFETY: plain C API.
        Dict(unsafe { PyDict_New() })
    }

    /// Sets an item; the value is a new reference, which is taken over, or NULL.
    unsafe fn set(&mut self, key: &str, value: Object) {
        // SAFETY: both are owned.
        unsafe {
            let key = new_text(key);
            let complete = !self.0.is_null() && !key.is_null() && !value.is_null();
            if !complete || PyDict_SetItem(self.0, key, value) < 0 {
                clear(&mut self.0);
            }
            xdecref(key);
            xdecref(value);
        }
    }

    unsafe fn set_counts(&mut self, key: &str, counts: &[(&'static str, u64)]) {
        // SAFETY: as `set`.
        unsafe {
            let mut inner = Dict::new();
            for (name, count) in counts {
                inner.set(name, new_count(*count));
            }
            self.set(key, inner.0);
        }
    }
}

unsafe fn raise(exception: Object, message: &str) -> Object {
    let text = CString::new(message.replace('\0', "?")).unwrap_or_default();
    // SAFETY: an exception class.
    unsafe { PyErr_SetString(exception, text.as_ptr()) };
    ptr::null_mut()
}

/// The code of a function, method, generator or code object, borrowed; NULL with a `TypeError`
/// for anything else.
unsafe fn code_of(object: Object, function: &str) -> *mut PyCodeObject {
    // SAFETY: members are read according to the type.
    unsafe {
        let ty = type_of(object);
        let mut callable = object;
        if ty == &raw mut PyMethod_Type {
            callable = (*object.cast::<PyMethodObject>()).im_func;
        }
        let code = if type_of(callable) == &raw mut PyFunction_Type {
            (*callable.cast::<PyFunctionObject>()).func_code
        } else if ty == &raw mut PyCode_Type {
            object
        } else if ty == &raw mut PyGen_Type {
            (*object.cast::<PyGenObject>()).gi_code
        } else {
            ptr::null_mut()
        };
        if code.is_null() {
            let name = CStr::from_ptr((*ty).tp_name).to_string_lossy();
            raise(
                PyExc_TypeError,
                &format!(
                    "{function}() argument must be a function, method, generator or code object, not {name}"
                ),
            );
        }
        code.cast()
    }
}

unsafe extern "C" fn enable(_: Object, _: Object) -> Object {
    // SAFETY: under the GIL.
    unsafe {
        if !state::request_index() {
            return raise(PyExc_RuntimeError, "too many users of code objects' extra data");
        }
        if let Err(reason) = compile::restart() {
            return raise(PyExc_RuntimeError, &reason.to_string());
        }
        // While the hook is not there yet, as this makes objects.
        host::host();
        installation::install_now();
    }
    settings::set_enabled(true);
    new_none()
}

unsafe extern "C" fn disable(_: Object, _: Object) -> Object {
    settings::set_enabled(false);
    new_none()
}

/// The version of CPython.
fn python_version() -> String {
    // SAFETY: a text of static lifetime.
    let version = unsafe { CStr::from_ptr(Py_GetVersion()) }.to_string_lossy();
    version.split(' ').next().unwrap_or_default().to_owned()
}

/// What this is.
fn heading() -> String {
    let backend = settings::options().backend.name();
    format!("Pyjion {} ({backend}) in CPython {}\n", env!("CARGO_PKG_VERSION"), python_version())
}

/// The status of another process, as a text for people.
pub fn describe_other(process: u32) -> Result<String, Unknown> {
    Ok(format!("{}{}", heading(), Summary::there(&Peer::find(process)?)?.text()))
}

/// All there is to say of the version, and a line feed: what Python 3.6 and later print for `-VV`.
pub fn build() -> String {
    // SAFETY: a text of static lifetime, which needs no interpreter.
    let version = unsafe { CStr::from_ptr(Py_GetVersion()) }.to_string_lossy();
    format!("Python {version}\n")
}

unsafe extern "C" fn describe(_: Object, _: Object) -> Object {
    let text = format!(
        "{}{}at most {} bytes of machine code\n-m pyjion --help lists the options.\n",
        heading(),
        Summary::here().text(),
        settings::options().max_code,
    );
    // SAFETY: under the GIL.
    unsafe { new_text(&text) }
}

unsafe extern "C" fn status(_: Object, _: Object) -> Object {
    // SAFETY: as `Dict::set`.
    unsafe {
        let mut dict = Dict::new();
        dict.set("enabled", new_bool(settings::is_enabled()));
        let failed = settings::stopped();
        dict.set("failed", failed.map_or_else(new_none, |reason| new_text(&reason.to_string())));
        dict.set("version", new_text(env!("CARGO_PKG_VERSION")));
        dict.set("python", new_text(&python_version()));
        dict.set("backend", new_text(settings::options().backend.name()));
        let interpreter = (*thread_state()).interp;
        dict.set("evaluator", new_text(Evaluator::of(interpreter).name()));
        dict.set("threshold", new_int(settings::threshold().get().into()));
        let states = Phase::ALL.map(|phase| (phase.name(), codes().count_in(phase)));
        dict.set_counts("states", &states);
        dict.set("code_bytes", new_count(stats::counters().code_bytes.get()));
        dict.0
    }
}

/// The state for people: a hot code object is native as soon as it has a version.
fn state_name(state: &CodeState) -> &'static str {
    if state.phase() == Phase::Hot
        && let Some(hot) = state.hot_if_any()
    {
        let targets = hot.targets.borrow();
        if targets.iter().any(|target| target.version.is_some()) {
            return "native";
        }
        if targets.iter().any(|target| matches!(target.closed, Some(Closed::Retired(_)))) {
            return "retired";
        }
    }
    state.phase().name()
}

/// Why it is not compiled, as far as it was tried.
fn failure(state: &CodeState) -> Option<String> {
    let hot = state.hot_if_any()?;
    if let Some(error) = hot.failure.borrow().as_ref() {
        return Some(format!("{}: {error}", error.name()));
    }
    let targets = hot.targets.borrow();
    targets.iter().find_map(|target| match target.closed.as_ref()? {
        Closed::Failed(error) => Some(format!("{}: {error}", error.name())),
        Closed::Retired(reason) => {
            Some(format!("retired: too many exits, the last one for {}", reason.name()))
        }
    })
}

/// A version as plain data, so that nothing is borrowed while Python objects are made.
struct VersionInfo {
    entry: u32,
    generation: u32,
    size: usize,
    entered: u64,
    running: u32,
    exits: Vec<(&'static str, u64)>,
}

fn add_count(counts: &mut Vec<(&'static str, u64)>, name: &'static str, more: u64) {
    match counts.iter_mut().find(|(known, _)| *known == name) {
        Some((_, count)) => *count += more,
        None => counts.push((name, more)),
    }
}

fn versions(state: &CodeState) -> Vec<VersionInfo> {
    let Some(hot) = state.hot_if_any() else { return Vec::new() };
    let targets = hot.targets.borrow();
    let info = |target: &state::Target| {
        let version = target.version.as_ref()?;
        let mut exits = Vec::new();
        for (recipe, count) in version.compiled.code.exits.iter().zip(&version.exits) {
            if count.get() > 0 {
                add_count(&mut exits, recipe.reason.name(), count.get());
            }
        }
        Some(VersionInfo {
            entry: target.pc,
            generation: target.generations,
            size: version.compiled.code.size,
            entered: version.entered.get(),
            running: version.running.get(),
            exits,
        })
    };
    targets.iter().filter_map(info).collect()
}

unsafe extern "C" fn info(_: Object, argument: Object) -> Object {
    // SAFETY: the argument keeps the code alive; as `Dict::set`.
    unsafe {
        let code = code_of(argument, "info");
        if code.is_null() {
            return ptr::null_mut();
        }
        let state = state::of(code).as_ref();
        let versions = state.map(versions).unwrap_or_default();
        let mut dict = Dict::new();
        let runs = state.map_or_else(|| countdown::passed_first(code).into(), CodeState::runs);
        dict.set("run_count", new_count(runs));
        dict.set("state", new_text(state.map_or(Phase::Cold.name(), state_name)));
        dict.set("compiled", new_bool(!versions.is_empty()));
        let stopped = || settings::stopped().map(|reason| reason.to_string());
        let failed = state.and_then(failure).or_else(stopped);
        dict.set("failed", failed.map_or_else(new_none, |reason| new_text(&reason)));

        let list = PyList_New(0);
        let mut exits = Vec::new();
        for version in &versions {
            let mut item = Dict::new();
            item.set("entry", new_count(version.entry.into()));
            item.set("generation", new_count(version.generation.into()));
            item.set("size", new_count(version.size as u64));
            item.set("entered", new_count(version.entered));
            item.set("running", new_count(version.running.into()));
            item.set_counts("exits", &version.exits);
            for &(name, count) in &version.exits {
                add_count(&mut exits, name, count);
            }
            let failed = list.is_null() || item.0.is_null() || PyList_Append(list, item.0) < 0;
            xdecref(item.0);
            if failed {
                clear(&mut dict.0);
            }
        }
        dict.set("versions", list);
        dict.set_counts("exits", &exits);
        let size: usize = versions.iter().map(|version| version.size).sum();
        dict.set("native_size", new_count(size as u64));
        dict.0
    }
}

/// What `change` takes as an argument, given to it; an exception when it is no such number.
unsafe fn with_number(argument: Object, name: &str, least: u32, change: fn(u32)) -> Object {
    // SAFETY: plain C API.
    unsafe {
        let number = PyNumber_AsSsize_t(argument, PyExc_OverflowError) as i64;
        if number == -1 && !PyErr_Occurred().is_null() {
            return ptr::null_mut();
        }
        match u32::try_from(number) {
            Ok(number) if number >= least => change(number),
            _ => {
                let message = format!("the {name} must be at least {least} and fit in 32 bits");
                return raise(PyExc_ValueError, &message);
            }
        }
        new_none()
    }
}

unsafe extern "C" fn set_threshold(_: Object, argument: Object) -> Object {
    // SAFETY: plain C API.
    unsafe { with_number(argument, "threshold", 1, settings::set_threshold) }
}

unsafe extern "C" fn stress_memory(_: Object, argument: Object) -> Object {
    host::host();
    // SAFETY: plain C API.
    unsafe { with_number(argument, "interval", 0, shortage::set_stress) }
}

unsafe extern "C" fn get_threshold(_: Object, _: Object) -> Object {
    // SAFETY: plain C API.
    unsafe { new_int(settings::threshold().get().into()) }
}

/// The state of a code object to work on, with an exception when there is none to be had.
unsafe fn state_of(code: *mut PyCodeObject) -> Option<&'static CodeState> {
    // SAFETY: no exception is set when a function of ours is called.
    unsafe {
        if !state::request_index() {
            raise(PyExc_RuntimeError, "too many users of code objects' extra data");
            return None;
        }
        let state = state::of_or_attach(code).as_ref();
        if state.is_none() {
            PyErr_NoMemory();
        }
        state
    }
}

unsafe fn raise_error(error: &CompileError) -> Object {
    // SAFETY: an exception class.
    unsafe { raise(PyExc_RuntimeError, &format!("{}: {error}", error.name())) }
}

unsafe extern "C" fn compile_now(_: Object, argument: Object) -> Object {
    // SAFETY: the argument keeps the code, and that the state, alive.
    unsafe {
        let code = code_of(argument, "compile");
        if code.is_null() {
            return ptr::null_mut();
        }
        let Some(state) = state_of(code) else { return ptr::null_mut() };
        if state.phase() == Phase::Failed {
            return raise(PyExc_RuntimeError, &failure(state).unwrap_or_default());
        }
        if state.phase() != Phase::Hot {
            state.set_phase(Phase::Hot);
        }
        let (compiled, closed) = state
            .with_target_at(0, |target| (target.version.is_some() && !target.stale, target.closed.is_some()))
            .unwrap_or_default();
        if compiled {
            return new_bool(true);
        }
        if closed {
            return raise(PyExc_RuntimeError, &failure(state).unwrap_or_default());
        }
        match compile::install(state, EntrySpec::default()) {
            Ok(()) => new_bool(true),
            Err(error) => raise_error(&error),
        }
    }
}

unsafe extern "C" fn stats_dict(_: Object, _: Object) -> Object {
    // SAFETY: as `Dict::set`.
    unsafe {
        let mut dict = Dict::new();
        for (name, value, _) in stats::counters().all() {
            dict.set(name, new_count(value));
        }
        dict.set_counts("exits", &stats::exits());
        dict.set_counts("failures_by_reason", &stats::failures());
        dict.set_counts("compile_microseconds_by_phase", &stats::phases());
        if let Some(seconds) = stats::seconds() {
            let names = ["seconds_interpreter", "seconds_native", "seconds_compiler"];
            for (name, seconds) in names.into_iter().zip(seconds) {
                dict.set(name, PyFloat_FromDouble(seconds));
            }
        }
        dict.0
    }
}

unsafe extern "C" fn metrics(_: Object, _: Object) -> Object {
    // SAFETY: under the GIL.
    unsafe { new_text(&metrics::text(&python_version())) }
}

unsafe extern "C" fn dump(_: Object, arguments: Object) -> Object {
    // SAFETY: the format matches the variables; the argument keeps the code alive.
    unsafe {
        let mut function: Object = ptr::null_mut();
        let mut stage: *const c_char = ptr::null();
        if PyArg_ParseTuple(arguments, c"Os:dump".as_ptr(), &mut function, &mut stage) == 0 {
            return ptr::null_mut();
        }
        let code = code_of(function, "dump");
        if code.is_null() {
            return ptr::null_mut();
        }
        let stage = CStr::from_ptr(stage).to_string_lossy();
        if options::stage_named(&stage).is_none() {
            let names = STAGES.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
            let names = format!("{names}, and 'hir@' with the name of a pass");
            return raise(PyExc_ValueError, &format!("unknown stage '{stage}'; the stages are {names}"));
        }
        let Some(state) = state_of(code) else { return ptr::null_mut() };
        if stage == "bytecode" {
            return match pyjion_jit::bytecode::decode(state.description()) {
                Ok(bytecode) => new_text(&bytecode.to_string()),
                Err(error) => raise_error(&error.into()),
            };
        }
        match text_of(state, &stage) {
            Ok(text) => new_text(&text),
            Err(error) => raise_error(&error),
        }
    }
}

/// The text of what would be compiled now: for the start, or for the loop that was compiled
/// for if only loops were.
fn text_of(state: &CodeState, stage: &str) -> Result<String, CompileError> {
    let spec = {
        let targets = state.hot().targets.borrow();
        let in_use = |target: &&state::Target| target.version.is_some();
        let start = targets.iter().filter(in_use).find(|target| target.pc == 0);
        start.or_else(|| targets.iter().find(in_use)).map(|target| target.spec.clone()).unwrap_or_default()
    };
    let feedback = state.hot().feedback.borrow().clone();
    // As in a version that is installed, a byte says that it is valid.
    let switches = Switches::new();
    let generations = state.with_target(spec.pc, |target| target.generations).unwrap_or(0);
    let (effort, switches) = (Effort::Full, Some(&*switches));
    let wanted = Wanted { switches, generations, stress: true, keep_texts: true, effort };
    let mut compiled = compile::run(&compile::job(state, feedback, spec, &wanted)?).result?;
    let missing = || CompileError::Backend(format!("no text of stage {stage}"));
    compiled.texts.remove(stage).ok_or_else(missing)
}
