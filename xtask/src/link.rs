//! The Rust side: built against one CPython's headers, then linked with its libpython into `pyjion-python`.

use crate::dirs::{remove_tree, write_atomically};
use crate::plan::Plan;
use crate::stamp::Stamps;
use crate::{cpython, debuggers, hash, layout, libclang, manual, step};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// How the Rust side is linked, in the terms of CPython's own Makefile.
pub const LINK_MK: &str = include_str!("link.mk");

/// What the executable exports of its own. Nothing of the library of the Rust side can be.
pub const EXPORTS: &str = include_str!("../../embed/src/exports.c");

/// Builds the embedding; returns the static library.
pub fn build_embed(plan: &Plan<'_>, cpython_key: &str) -> Result<PathBuf> {
    let target = plan.dirs.embed(plan.release.version, &plan.variant());
    seed(plan, &target)?;
    let mut command = cargo(plan)?;
    command.args(["build", "--release", "--package", "pyjion-embed", "--target-dir"]).arg(&target);
    command.arg("--jobs").arg(plan.options.jobs.to_string());
    // The headers stay where they are when a patch changes them: this tells the build script.
    command.env("PYJION_CPYTHON_KEY", cpython_key);
    step::run(
        &format!("build the Rust side for {}", plan.title()),
        &mut command,
        &step::fresh_log(plan.log("cargo")),
    )?;
    let library = target.join("release/libpyjion_embed.a");
    if !library.exists() {
        bail!("cargo succeeded, but {} is not there", library.display());
    }
    Ok(library)
}

/// A cargo at the project's root that compiles the embedding against the headers of the plan's build tree;
/// what it is to do is for the caller to say.
pub fn cargo(plan: &Plan<'_>) -> Result<Command> {
    let tree = plan.tree();
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    step::clean_environment(&mut command);
    // Set by the cargo that runs this tool; they would be taken for settings of the inner one.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_BIN_") || text == "CARGO_MANIFEST_DIR" {
            command.env_remove(&name);
        }
    }
    command.current_dir(&plan.dirs.root);
    if plan.options.wishes.offline {
        command.env("CARGO_NET_OFFLINE", "true");
    }
    if plan.options.anonymous {
        command.env("RUSTFLAGS", anonymous_paths(plan));
    }
    command.env("PYJION_CPYTHON_INCLUDE", format!("{}:{}", tree.display(), tree.join("Include").display()));
    command.env("PYJION_CPYTHON_VERSION", plan.release.version.to_string());
    command.env("LIBCLANG_PATH", libclang::ensure(plan.dirs, plan.options.wishes.offline)?);
    Ok(command)
}

/// Flags that put short names in place of folders of this machine, in what panics say and in debug
/// information.
fn anonymous_paths(plan: &Plan<'_>) -> String {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let cargo =
        home.map(|home| format!("--remap-path-prefix={}=/cargo ", home.display())).unwrap_or_default();
    format!("{cargo}--remap-path-prefix={}=/pyjion", plan.dirs.root.display())
}

/// What an executable with the embedding in it is linked with besides: libpython, and what that needs.
pub fn libraries(plan: &Plan<'_>) -> Result<String> {
    let tree = plan.tree();
    let makefile = tree.join("pyjion-link.mk");
    write_atomically(&makefile, LINK_MK)?;
    let mut command = cpython::make_command(&tree);
    let output = command.args(["-s", "-f", "pyjion-link.mk", "pyjion-libraries"]).output();
    let output = output.context("cannot run make")?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_string();
    if !output.status.success() || !said.contains("libpython") {
        bail!(
            "make does not say what to link with: `{said}`\n{}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(said)
}

/// Starts a new version's target directory as a copy of another version's: the compiler of the compiler is
/// the same for all of them and takes minutes to build. Cargo itself sees what does not fit.
fn seed(plan: &Plan<'_>, target: &Path) -> Result<()> {
    let Some(folder) = target.parent().filter(|_| !target.exists()) else { return Ok(()) };
    let entries = std::fs::read_dir(folder).map(|d| d.flatten().map(|e| e.path()).collect::<Vec<_>>());
    let complete = |p: &PathBuf| {
        let partial = p.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
        !partial && p.join("release/libpyjion_embed.a").exists()
    };
    let Some(model) = entries.unwrap_or_default().into_iter().find(complete) else { return Ok(()) };
    let partial = folder.join(format!(".{}.partial", plan.release.version));
    remove_tree(&partial)?;
    let mut copy = Command::new("cp");
    copy.args(["-a", "--reflink=auto"]).arg(&model).arg(&partial);
    // A failed copy costs time, nothing else: cargo then builds everything.
    if copy.status().is_ok_and(|s| s.success())
        && std::fs::remove_file(partial.join("release/libpyjion_embed.a")).is_ok()
    {
        std::fs::rename(&partial, target).with_context(|| format!("cannot create {}", target.display()))?;
    }
    remove_tree(&partial)
}

/// Links and installs `pyjion-python`; returns its path.
pub fn link(plan: &Plan<'_>, cpython_key: &str, library: &Path) -> Result<PathBuf> {
    let tree = plan.tree();
    let stamps = Stamps::of(&tree);
    let bin = plan.prefix.join("bin");
    let executable = plan.executable();
    let order = layout::script(library)?;
    let key = hash::strings(&[
        cpython_key,
        LINK_MK,
        EXPORTS,
        debuggers::FRAMES,
        manual::PAGE,
        &order,
        &hash::file(library)?,
        &bin.to_string_lossy(),
    ]);
    if !(stamps.is_done("link", &key) && executable.exists() && is_link(&bin.join(versioned(plan)))) {
        stamps.begin("link")?;
        let makefile = tree.join("pyjion-link.mk");
        write_atomically(&makefile, LINK_MK)?;
        write_atomically(&tree.join("pyjion-exports.c"), EXPORTS)?;
        write_atomically(&tree.join("pyjion-order.ld"), &order)?;
        let linked = tree.join("pyjion-python");
        let mut command = cpython::make_command(&tree);
        command.args(["-f", "pyjion-link.mk", "pyjion-link"]);
        command.arg(format!("PYJION_MAIN={}", plan.release.main));
        command.arg(format!("PYJION_EMBED={}", library.display()));
        command.arg(format!("PYJION_OUT={}", linked.display()));
        // What is to run elsewhere asks for no newer C library than it has to.
        if has_compact_relocations() && !plan.options.anonymous {
            command.arg("PYJION_RELOCATIONS=-Wl,-z,pack-relative-relocs");
        }
        command.args(extra(plan));
        step::run(&format!("link {}", plan.title()), &mut command, &step::fresh_log(plan.log("link")))?;
        install_executable(plan, &linked, &executable)?;
        debuggers::describe(plan, &executable)?;
        manual::install(plan)?;
        stamps.done("link", &key)?;
    }
    Ok(executable)
}

/// The first C library that understands relocations of a bit each (`DT_RELR`).
pub const COMPACT_RELOCATIONS_SINCE: (u32, u32) = (2, 36);

/// Whether the C library understands relocations of a bit each instead of 24 bytes, all of which are read
/// when the program starts. Linkers that do not know them leave them as they are.
fn has_compact_relocations() -> bool {
    // SAFETY: a string that stays.
    let version = unsafe { std::ffi::CStr::from_ptr(libc::gnu_get_libc_version()) };
    let mut numbers =
        version.to_str().unwrap_or_default().split('.').map(|number| number.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= COMPACT_RELOCATIONS_SINCE
}

/// What a build with link-time optimisation links with besides.
pub fn extra(plan: &Plan) -> Option<&'static str> {
    let optimised = plan.options.pgo && !plan.release.configure_pgo.is_empty();
    optimised.then_some("PYJION_EXTRA=-flto -fuse-linker-plugin -ffat-lto-objects")
}

fn versioned(plan: &Plan<'_>) -> String {
    format!("python{}", plan.release.version.short())
}

fn is_link(path: &Path) -> bool {
    path.is_symlink()
}

/// Puts the executable into the prefix, and lets every name an interpreter goes by there lead to it.
fn install_executable(plan: &Plan<'_>, linked: &Path, executable: &Path) -> Result<()> {
    let bin = plan.prefix.join("bin");
    let context = || format!("cannot install to {}", bin.display());
    let temporary = bin.join(format!(".pyjion-python.{}", std::process::id()));
    std::fs::copy(linked, &temporary).with_context(context)?;
    std::fs::rename(&temporary, executable).with_context(context)?;
    let version = plan.release.version;
    let mut names = vec![
        "python".to_string(),
        format!("python{}", version.major),
        versioned(plan),
        format!("pyjion-{}", versioned(plan)),
    ];
    // The ABI flags of 3.x: python3.5m, python3.5dm.
    for suffix in ["m", "dm"] {
        let name = format!("{}{suffix}", versioned(plan));
        if bin.join(&name).exists() {
            names.push(name);
        }
    }
    for name in names {
        let link = bin.join(&name);
        let fresh = bin.join(format!(".{name}.{}", std::process::id()));
        std::os::unix::fs::symlink("pyjion-python", &fresh).with_context(context)?;
        std::fs::rename(&fresh, &link).with_context(context)?;
    }
    Ok(())
}
