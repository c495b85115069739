//! Binds the crate to one CPython: generates the bindings from its headers and tells the code
//! which version, which flavour and which accelerator patches it has.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Headers that the bindings are made from.
const HEADERS: &[&str] = &["Python.h", "frameobject.h", "opcode.h", "structmember.h", "longintrepr.h"];

/// The accelerator patches: cfg name, header that declares it, text to look for.
const ACCELERATORS: &[(&str, &str, &str)] = &[
    ("has_helper_table", "ceval.h", "_PyEval_Helpers"),
    ("has_recording", "ceval.h", "_PyEval_EvalFrameRecording"),
    ("has_backedge_hook", "ceval.h", "_PyEval_BackedgeHook"),
    ("has_suspend", "ceval.h", "_PyEval_Suspended"),
    ("has_handle_pending", "ceval.h", "_PyEval_HandlePending"),
    ("has_eval_breaker", "ceval.h", "_PyEval_EvalBreaker"),
    ("has_frame_countdown", "ceval.h", "_PyEval_FirstSkip"),
    ("has_type_modified", "object.h", "_PyType_ModifiedHook"),
    ("has_locals_hook", "frameobject.h", "_PyFrame_LocalsToFastHook"),
    ("has_free_numbers", "floatobject.h", "_PyFloat_FreeList"),
    ("has_free_tuples", "tupleobject.h", "_PyTuple_FreeLists"),
    ("has_complete_hook", "frameobject.h", "_PyFrame_CompleteHook"),
    ("has_declined_methods", "funcobject.h", "_PyFunction_Declined"),
    ("has_function_call_hook", "funcobject.h", "_PyFunction_CallHook"),
];

fn main() {
    for name in ["PYJION_CPYTHON_INCLUDE", "PYJION_CPYTHON_VERSION", "PYJION_CPYTHON_LINK", "LIBCLANG_PATH"] {
        println!("cargo::rerun-if-env-changed={name}");
    }
    let include: Vec<PathBuf> = variable("PYJION_CPYTHON_INCLUDE").split(':').map(PathBuf::from).collect();
    let version = variable("PYJION_CPYTHON_VERSION");

    emit_cfgs(&include, &version);
    generate_bindings(&include);
    compile_main(&include);
    // The library is linked by others, the executable of its unit tests here: with this libpython.
    for argument in env::var("PYJION_CPYTHON_LINK").unwrap_or_default().split_whitespace() {
        println!("cargo::rustc-link-arg={argument}");
    }
}

fn variable(name: &str) -> String {
    env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: build this crate with `cargo xtask build-python`"))
}

/// Path and text of a header, found as the compiler would find it.
fn header(include: &[PathBuf], name: &str) -> (PathBuf, String) {
    let path = include
        .iter()
        .map(|directory| directory.join(name))
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("no {name} in PYJION_CPYTHON_INCLUDE"));
    let text = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    println!("cargo::rerun-if-changed={}", path.display());
    (path, String::from_utf8_lossy(&text).into_owned())
}

fn emit_cfgs(include: &[PathBuf], version: &str) {
    println!("cargo::rustc-check-cfg=cfg(py2, py3, py34, py35, py_debug, py_ucs4)");
    let cfgs = match version.splitn(3, '.').collect::<Vec<_>>()[..] {
        ["2", "7", ..] => ["py2"].as_slice(),
        ["3", "4", ..] => &["py3", "py34"],
        ["3", "5", ..] => &["py3", "py35"],
        _ => panic!("PYJION_CPYTHON_VERSION={version}: not a version this crate knows"),
    };
    for cfg in cfgs {
        println!("cargo::rustc-cfg={cfg}");
    }

    let (path, patchlevel) = header(include, "patchlevel.h");
    let found = defined_text(&patchlevel, "PY_VERSION").unwrap_or_default();
    assert!(
        found.trim_end_matches('+') == version,
        "{} is of CPython {found}, PYJION_CPYTHON_VERSION={version}",
        path.display()
    );

    let (_, config) = header(include, "pyconfig.h");
    if ["Py_DEBUG", "Py_REF_DEBUG", "Py_TRACE_REFS"].iter().any(|name| is_defined(&config, name)) {
        println!("cargo::rustc-cfg=py_debug");
    }
    if config.lines().any(|line| line.trim_end() == "#define Py_UNICODE_SIZE 4") {
        println!("cargo::rustc-cfg=py_ucs4");
    }

    for (cfg, file, text) in ACCELERATORS {
        println!("cargo::rustc-check-cfg=cfg({cfg})");
        if header(include, file).1.contains(text) {
            println!("cargo::rustc-cfg={cfg}");
        }
    }
}

/// True when the configuration has `#define NAME …`.
fn is_defined(config: &str, name: &str) -> bool {
    config.lines().any(|line| {
        let mut words = line.split_whitespace();
        words.next() == Some("#define") && words.next() == Some(name)
    })
}

/// The text of `#define NAME "text"`.
fn defined_text<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let line = header.lines().find(|line| is_defined(line, name))?;
    line.split('"').nth(1)
}

fn generate_bindings(include: &[PathBuf]) {
    let includes: String = HEADERS.iter().map(|name| format!("#include <{name}>\n")).collect();
    let mut builder = bindgen::Builder::default()
        .header_contents("cpython.h", &includes)
        .rust_edition(bindgen::RustEdition::Edition2024)
        .allowlist_function("_?Py.*")
        .allowlist_type("_?Py.*|_is|_ts|_frame|_node|digit|sdigit|getter|setter|wrapper.*")
        .allowlist_var("_?Py.*|CO_.*|METH_.*|T_.*|READONLY|MAX_.*")
        .allowlist_file(".*/opcode\\.h")
        // Enumerators of <math.h> that clash with its macros, and C functions of no use here.
        .blocklist_item("FP_.*")
        .blocklist_function(".*(VaList|_VaParse|FormatV|strtod)")
        .generate_comments(false)
        .merge_extern_blocks(true)
        .derive_debug(false);
    // libclang alone brings no <stddef.h>: use that of the C compiler CPython was built with.
    if let Some(directory) = compiler_include() {
        builder = builder.clang_arg("-isystem").clang_arg(directory);
    }
    for directory in include {
        builder = builder.clang_arg(format!("-I{}", directory.display()));
    }
    let bindings = builder.generate().expect("bindgen could not read CPython's headers");
    let out = Path::new(&variable("OUT_DIR")).join("bindings.rs");
    bindings.write_to_file(&out).unwrap_or_else(|error| panic!("{}: {error}", out.display()));
}

fn compiler_include() -> Option<String> {
    let output = Command::new("gcc").arg("-print-file-name=include").output().ok()?;
    let directory = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    Path::new(&directory).is_absolute().then_some(directory)
}

/// `main.c`, the program's entry point, goes into the same library.
fn compile_main(include: &[PathBuf]) {
    let source = Path::new("src/main.c");
    println!("cargo::rerun-if-changed={}", source.display());
    if source.exists() {
        cc::Build::new().file(source).includes(include).warnings(true).compile("pyjion_main");
    }
}
