//! What a machine must have: one check that lists everything missing at once, and gets what it may get.

use crate::dirs::Dirs;
use crate::versions::Table;
use crate::{libclang, net, pip, step};
use anyhow::{Result, bail};
use std::process::{Command, Stdio};

/// A C library that some extension modules need.
struct Library {
    header: &'static str,
    /// Packages with the header: Debian and Ubuntu, Fedora and its kin.
    deb: &'static str,
    rpm: &'static str,
    /// What is missing without it.
    cost: &'static str,
    /// Whether it is installed without being asked for. Tk would pull in most of X11.
    automatic: bool,
}

const LIBRARIES: &[Library] = &[
    lib("zlib.h", "zlib1g-dev", "zlib-devel", "zlib, hence pip and every wheel"),
    lib(
        "openssl/ssl.h",
        "libssl-dev",
        "openssl-devel",
        "_ssl, hence pip; hashlib only with its built-in hashes",
    ),
    lib("ffi.h", "libffi-dev", "libffi-devel", "nothing by default (CPython brings its own copy)"),
    lib("bzlib.h", "libbz2-dev", "bzip2-devel", "bz2"),
    lib("lzma.h", "liblzma-dev", "xz-devel", "lzma (3.x)"),
    lib("sqlite3.h", "libsqlite3-dev", "sqlite-devel", "sqlite3"),
    lib("readline/readline.h", "libreadline-dev", "readline-devel", "readline: no history at the prompt"),
    lib("ncurses.h", "libncurses-dev", "ncurses-devel", "curses"),
    lib("gdbm.h", "libgdbm-dev", "gdbm-devel", "gdbm"),
    lib("db.h", "libdb-dev", "libdb-devel", "bsddb (2.7)"),
    Library {
        automatic: false,
        ..lib("tk.h", "tk-dev", "tk-devel", "tkinter; never installed for you: it brings most of X11")
    },
];

const fn lib(header: &'static str, deb: &'static str, rpm: &'static str, cost: &'static str) -> Library {
    Library { header, deb, rpm, cost, automatic: true }
}

/// One thing that is not there.
struct Lack {
    what: String,
    cost: String,
    deb: &'static str,
    rpm: &'static str,
    required: bool,
    automatic: bool,
}

/// The C compiler: `$CC` or `cc`.
pub fn compiler() -> String {
    std::env::var("CC").ok().filter(|cc| !cc.trim().is_empty()).unwrap_or_else(|| "cc".into())
}

/// The headers of optional libraries that are there; part of what a configured tree depends on.
pub fn present_headers() -> Vec<&'static str> {
    LIBRARIES.iter().map(|l| l.header).filter(|h| has_header(h)).collect()
}

fn has_header(header: &str) -> bool {
    // Debian keeps Tk's headers in a directory of their own, where setup.py looks for them too.
    let source = format!("#include <stdio.h>\n#include <{header}>\n");
    let mut command = Command::new(compiler());
    command.args(["-E", "-xc", "-", "-o", "/dev/null", "-I/usr/include/tcl8.6", "-I/usr/include/tcl"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return false };
    if let Some(mut stdin) = child.stdin.take() {
        use std::io::Write;
        // A compiler that does not read its input fails below anyway.
        let _ = stdin.write_all(source.as_bytes());
    }
    child.wait().is_ok_and(|s| s.success())
}

/// Whether the compiler can produce a program at all: it may be there without a C library to compile against.
fn compiles() -> bool {
    has_header("stdlib.h")
}

fn lacks(dirs: &Dirs, with_rust: bool) -> Vec<Lack> {
    let mut lacks = Vec::new();
    let mut required = |what: &str, cost: &str, deb, rpm| {
        lacks.push(Lack { what: what.into(), cost: cost.into(), deb, rpm, required: true, automatic: true });
    };
    let cc = compiler();
    let program = cc.split_whitespace().next().unwrap_or("cc").to_string();
    let has_compiler = program.contains('/') || net::which(&program);
    if !has_compiler {
        required(
            &format!("a C compiler (`{cc}`)"),
            "nothing can be built",
            "gcc libc6-dev",
            "gcc glibc-devel",
        );
    } else if !compiles() {
        let what = format!("the C library's headers (`{cc}` does not find stdlib.h)");
        required(&what, "nothing can be built", "libc6-dev", "glibc-devel");
    }
    if !net::which("make") {
        required("make", "nothing can be built", "make", "make");
    }
    let needs_bindings = with_rust && !libclang::is_at_hand(dirs);
    if (needs_bindings || !has_bundled(dirs)) && !pip::is_at_hand() {
        required(
            "Python 3 with pip",
            "the wheels for ensurepip cannot be had, nor libclang, which makes the bindings to CPython's headers",
            "python3 python3-pip",
            "python3 python3-pip",
        );
    }
    if has_compiler {
        for l in LIBRARIES.iter().filter(|l| !has_header(l.header)) {
            lacks.push(Lack {
                what: format!("the header {}", l.header),
                cost: format!("will be missing: {}", l.cost),
                deb: l.deb,
                rpm: l.rpm,
                required: false,
                automatic: l.automatic,
            });
        }
    }
    lacks
}

/// Whether every wheel that is bundled is here already. A table that cannot be read is for others to complain
/// about.
fn has_bundled(dirs: &Dirs) -> bool {
    Table::load(dirs).is_ok_and(|table| {
        table.all().iter().all(|release| release.bundled.iter().all(|wheel| pip::has(dirs, wheel)))
    })
}

/// The package manager of this distribution, as far as this tool knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Packages {
    Apt,
    Dnf,
    Unknown,
}

impl Packages {
    fn of(os_release: &str) -> Packages {
        let ids: String = os_release
            .lines()
            .filter_map(|l| l.strip_prefix("ID=").or(l.strip_prefix("ID_LIKE=")))
            .collect::<Vec<_>>()
            .join(" ")
            .replace('"', "");
        let is = |names: &[&str]| ids.split_whitespace().any(|id| names.contains(&id));
        if is(&["debian", "ubuntu"]) {
            Packages::Apt
        } else if is(&["fedora", "rhel", "centos"]) {
            Packages::Dnf
        } else {
            Packages::Unknown
        }
    }

    fn here() -> Packages {
        Packages::of(&std::fs::read_to_string("/etc/os-release").unwrap_or_default())
    }

    fn command(self, lacks: &[&Lack]) -> String {
        let pick = |l: &&Lack| if self == Packages::Dnf { l.rpm } else { l.deb };
        let names = lacks.iter().map(pick).collect::<Vec<_>>().join(" ");
        match self {
            Packages::Apt => format!("apt-get install -y --no-install-recommends {names}"),
            Packages::Dnf => format!("dnf install -y {names}"),
            Packages::Unknown => format!("(with your package manager; Debian's names are) {names}"),
        }
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|o| String::from_utf8_lossy(&o.stdout).trim() == "0")
}

fn report(lacks: &[Lack]) {
    for l in lacks {
        let kind = if l.required { "missing" } else { "optional" };
        eprintln!("  {kind}: {}: {}", l.what, l.cost);
    }
    let sudo = if is_root() { "" } else { "sudo " };
    let packages = Packages::here();
    let all: Vec<&Lack> = lacks.iter().filter(|l| l.automatic || l.required).collect();
    if !all.is_empty() {
        eprintln!("  to install:\n    {sudo}{}", packages.command(&all));
    }
}

/// `doctor`: says what is missing and what that costs; fails when a build is impossible.
pub fn doctor(dirs: &Dirs) -> Result<()> {
    let lacks = lacks(dirs, true);
    report(&lacks);
    match libclang::describe(dirs) {
        Some(found) => eprintln!("  libclang: {found}"),
        None => {
            eprintln!("  libclang: will be obtained into {} with pip", dirs.target.join("tools").display())
        }
    }
    for release in Table::load(dirs)?.all() {
        for m in &release.missing {
            eprintln!(
                "  CPython {} will not have {} on any current system: {}",
                release.version, m.module, m.cost
            );
        }
    }
    if lacks.iter().any(|l| l.required) {
        bail!("this machine cannot build Pyjion yet: install what is listed above");
    }
    eprintln!("  this machine can build Pyjion");
    Ok(())
}

/// Before anything long starts: gets what is missing where that is allowed, fails when a build is impossible.
pub fn ensure(dirs: &Dirs, with_rust: bool, no_install: bool) -> Result<()> {
    let mut missing = lacks(dirs, with_rust);
    let wanted = |l: &&Lack| l.required || l.automatic;
    if missing.iter().any(|l| wanted(&l)) && !no_install && is_root() && Packages::here() == Packages::Apt {
        let command = Packages::Apt.command(&missing.iter().filter(wanted).collect::<Vec<_>>());
        eprintln!(
            "  running as root on a Debian system, so installing what is missing (--no-install refuses):"
        );
        eprintln!("    {command}");
        if let Err(e) = apt_install(dirs, &command) {
            eprintln!("  that did not work: {e:#}");
        }
        missing = lacks(dirs, with_rust);
    }
    if missing.iter().any(|l| wanted(&l)) {
        report(&missing);
    }
    if missing.iter().any(|l| l.required) {
        bail!("cannot build without what is listed above as missing");
    }
    Ok(())
}

/// Gets a program that no build needs, where that can be. `deb` is Debian's package.
pub fn obtain(dirs: &Dirs, program: &str, deb: &str) {
    if !net::which(program) && is_root() && Packages::here() == Packages::Apt {
        let command = format!("apt-get install -y --no-install-recommends {deb}");
        if let Err(e) = apt_install(dirs, &command) {
            eprintln!("  {program} cannot be had: {e:#}");
        }
    }
}

fn apt_install(dirs: &Dirs, command: &str) -> Result<()> {
    let log = step::fresh_log(dirs.logs().join("apt.log"));
    let options = "-o Acquire::http::Timeout=15 -o Acquire::Retries=1 -o DPkg::Lock::Timeout=120";
    let script = format!(
        "apt-get {options} update && {}",
        command.replacen("apt-get", &format!("apt-get {options}"), 1)
    );
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).env("DEBIAN_FRONTEND", "noninteractive");
    step::run("install packages with apt", &mut shell, &log)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions() {
        assert_eq!(Packages::of("ID=debian\n"), Packages::Apt);
        assert_eq!(Packages::of("NAME=x\nID=mint\nID_LIKE=\"ubuntu debian\"\n"), Packages::Apt);
        assert_eq!(Packages::of("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"), Packages::Dnf);
        assert_eq!(Packages::of("ID=arch\n"), Packages::Unknown);
    }

    #[test]
    fn install_command_names_every_package() {
        let lack = |deb, rpm| Lack {
            what: String::new(),
            cost: String::new(),
            deb,
            rpm,
            required: false,
            automatic: true,
        };
        let (a, b) = (lack("libssl-dev", "openssl-devel"), lack("make", "make"));
        assert!(Packages::Apt.command(&[&a, &b]).ends_with("libssl-dev make"));
        assert!(Packages::Dnf.command(&[&a, &b]).ends_with("openssl-devel make"));
    }
}
