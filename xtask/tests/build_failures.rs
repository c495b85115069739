//! What `build-python` says and leaves behind when something goes wrong, shown on a CPython of three files.

use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Stops and waits to be killed where `hang` names it; notes each call in `calls`.
const CONFIGURE: &str = "#!/bin/sh\n\
    echo configure >> @/calls\n\
    case $1 in --prefix=*) prefix=${1#--prefix=};; esac\n\
    echo half > object\n\
    if [ -e @/hang-configure ]; then echo $$ > @/pid; exec sleep 60; fi\n\
    sed \"s|PREFIX|$prefix|g\" Makefile.in > Makefile\n";

const MAKEFILE: &str = "all:\n\
    \t@echo make >> @/calls\n\
    \t@if [ -e @/broken ]; then echo it broke here; exit 2; fi\n\
    \t@if [ -e @/hang-make ]; then echo $$$$ > @/pid; exec sleep 60; fi\n\
    \t@echo whole >> object\n\
    install:\n\
    \t@echo install >> @/calls\n\
    \t@mkdir -p PREFIX/bin && cp object PREFIX/bin/python2.7\n";

/// A checkout with a release that is built in no time.
struct Checkout {
    folder: PathBuf,
}

impl Checkout {
    fn new(name: &str) -> Checkout {
        let folder = std::env::temp_dir().join(format!("xtask-build-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        for part in ["xtask", "cpython-patches/2.7.18", "target/downloads"] {
            std::fs::create_dir_all(folder.join(part)).expect("a folder");
        }
        let checkout = Checkout { folder };
        let archive = checkout.archive();
        std::fs::write(checkout.cached(), &archive).expect("an archive");
        let sha256: String = Sha256::digest(&archive).iter().map(|b| format!("{b:02x}")).collect();
        let table = format!(
            "[[version]]\nversion = '2.7.18'\ndefault = true\nstate = 'supported'\nsha256 = '{sha256}'\n\
             git_tag = 'v2.7.18'\ngit_commit = '{}'\nseries = '2.7.18'\nconfigure = []\ncflags = ''\nmain = 'm.c'\n",
            "0".repeat(40)
        );
        std::fs::write(checkout.path("cpython-patches/versions.toml"), table).expect("a table");
        checkout
    }

    fn archive(&self) -> Vec<u8> {
        let at = self.folder.to_string_lossy().into_owned();
        let level = flate2::Compression::fast();
        let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), level));
        for (name, text, mode) in
            [("configure", CONFIGURE, 0o755), ("Makefile.in", MAKEFILE, 0o644), ("f.c", "int f;\n", 0o644)]
        {
            let text = text.replace('@', &at).replace(&format!("\t{at}"), "\t@");
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(mode);
            tar.append_data(&mut header, format!("Python-2.7.18/{name}"), text.as_bytes()).expect("a member");
        }
        tar.into_inner().and_then(|gz| gz.finish()).expect("an archive")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn cached(&self) -> PathBuf {
        self.path("target/downloads/Python-2.7.18.tgz")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PYJION") {
                command.env_remove(name);
            }
        }
        command.env("CARGO_MANIFEST_DIR", self.path("xtask")).current_dir(&self.folder);
        command.args(["build-python", "--no-install"]).args(args).stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Said {
        Said::of(self.command(args).output().expect("xtask runs"))
    }

    /// Builds stock with what is in the cache.
    fn build(&self) -> Said {
        self.run(&["--stock", "--offline"])
    }

    fn touch(&self, name: &str) {
        std::fs::write(self.path(name), b"").expect("a file");
    }

    fn calls(&self) -> String {
        let text = std::fs::read_to_string(self.path("calls")).unwrap_or_default();
        let _ = std::fs::remove_file(self.path("calls"));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Starts a build that hangs in `step`, and returns it with the process that hangs.
    fn hang(&self, step: &str) -> (Child, String) {
        self.touch(&format!("hang-{step}"));
        let mut command = self.command(&["--stock", "--offline"]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("xtask starts");
        let pid = wait_for(|| {
            let text = std::fs::read_to_string(self.path("pid")).ok()?;
            text.ends_with('\n').then(|| text.trim().to_string())
        });
        for file in ["pid", &format!("hang-{step}")] {
            std::fs::remove_file(self.path(file)).expect("was there");
        }
        (child, pid)
    }

    /// A finished build must be made of a fresh tree, not of what was half made.
    fn assert_built(&self, said: &Said) {
        let python = self.path("target/stock/2.7.18/bin/python2.7");
        assert!(said.ok && said.out.trim() == python.to_string_lossy(), "{said:?}");
        assert_eq!(std::fs::read_to_string(&python).expect("installed"), "half\nwhole\n");
        assert_eq!(self.litter(), Vec::<String>::new());
    }

    /// Files that no finished or failed run may leave.
    fn litter(&self) -> Vec<String> {
        let mut found = Vec::new();
        for folder in ["target", "target/downloads", "target/build/stock", "target/build/pyjion"] {
            for entry in std::fs::read_dir(self.path(folder)).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if name.contains("part") || name.starts_with(".writable") {
                    found.push(format!("{folder}/{name}"));
                }
            }
        }
        found
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        // A leftover in the temporary directory harms nobody.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[derive(Debug)]
struct Said {
    ok: bool,
    out: String,
    err: String,
}

impl Said {
    fn of(output: Output) -> Said {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said { ok: output.status.success(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    fn assert_fails_with(&self, parts: &[&str]) {
        assert!(!self.ok, "{self:?}");
        for part in parts {
            assert!(self.err.contains(part), "`{part}` is not in:\n{}", self.err);
        }
    }
}

fn wait_for<T>(mut ready: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(value) = ready() {
            return value;
        }
        assert!(started.elapsed() < Duration::from_secs(120), "it never happened");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn kill(pid: &str) {
    assert!(Command::new("kill").args(["-9", pid]).status().expect("kill runs").success());
}

#[test]
fn a_second_run_does_nothing() {
    let checkout = Checkout::new("twice");
    checkout.assert_built(&checkout.build());
    assert_eq!(checkout.calls(), "configure make install");
    checkout.assert_built(&checkout.build());
    assert_eq!(checkout.calls(), "");
}

#[test]
fn a_named_archive_is_verified_though_all_is_built() {
    let checkout = Checkout::new("archive");
    checkout.assert_built(&checkout.build());
    std::fs::write(checkout.path("bad.tgz"), b"abc").expect("a file");
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    checkout.run(&["--stock", "--archive", "bad.tgz"]).assert_fails_with(&["bad.tgz", abc, "what to do"]);
    checkout.run(&["--stock", "--archive", "none.tgz"]).assert_fails_with(&["none.tgz", "what to do"]);
    let good = checkout.cached();
    checkout.assert_built(&checkout.run(&["--stock", "--archive", &good.to_string_lossy()]));
}

#[test]
fn a_corrupt_cache_is_refused_and_left() {
    let checkout = Checkout::new("corrupt");
    std::fs::write(checkout.cached(), b"corrupt").expect("a file");
    checkout.build().assert_fails_with(&["wrong SHA-256", "expected", "found", "--archive", "--git"]);
    assert_eq!(std::fs::read(checkout.cached()).expect("still there"), b"corrupt");
    assert_eq!(checkout.calls(), "");
}

#[test]
fn without_any_source_each_has_its_reason() {
    let checkout = Checkout::new("offline");
    std::fs::remove_file(checkout.cached()).expect("was there");
    let said = checkout.run(&["--stock", "--offline", "--git", "nowhere"]);
    said.assert_fails_with(&[
        "local cache",
        "not there",
        "--offline",
        "nowhere does not exist",
        "what to do",
    ]);
    assert_eq!(checkout.litter(), Vec::<String>::new());
}

#[test]
fn a_download_killed_half_way_leaves_nothing_to_trip_over() {
    let checkout = Checkout::new("download");
    let archive = std::fs::read(checkout.cached()).expect("read");
    std::fs::remove_file(checkout.cached()).expect("was there");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let mirror = format!("http://{}", listener.local_addr().expect("an address"));
    // The first download stops half way, the second is whole.
    let server = std::thread::spawn(move || {
        for whole in [false, true] {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).expect("a request");
            // So much that the downloader writes some of it to its file.
            let archive = if whole { archive.clone() } else { vec![0; 4 << 20] };
            let head = format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n", archive.len());
            stream.write_all(head.as_bytes()).expect("answered");
            let sent = if whole { archive.len() } else { archive.len() / 2 };
            stream.write_all(&archive[..sent]).expect("answered");
            if !whole {
                // Until the other side is gone.
                let _ = stream.read(&mut request);
            }
        }
    });
    let mut command = checkout.command(&["--stock", "--mirror", &mirror]);
    command.env("no_proxy", "127.0.0.1");
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("xtask starts");
    let downloads = checkout.path("target/downloads");
    let started = |e: &std::fs::DirEntry| e.metadata().is_ok_and(|m| m.len() > 0);
    wait_for(|| std::fs::read_dir(&downloads).ok()?.flatten().find(started));
    let downloader = children(child.id());
    child.kill().expect("killed");
    child.wait().expect("dead");
    for pid in downloader {
        kill(&pid);
    }
    assert_eq!(checkout.litter().len(), 1, "killed half way");
    let mut command = checkout.command(&["--stock", "--mirror", &mirror]);
    let said = Said::of(command.env("no_proxy", "127.0.0.1").output().expect("xtask runs"));
    checkout.assert_built(&said);
    server.join().expect("served");
}

fn children(pid: u32) -> Vec<String> {
    let path = format!("/proc/{pid}/task/{pid}/children");
    let listed = std::fs::read_to_string(path).unwrap_or_default();
    listed.split_whitespace().map(str::to_string).collect()
}

#[test]
fn a_killed_configure_or_make_is_reported_and_begun_anew() {
    for step in ["configure", "make"] {
        let checkout = Checkout::new(&format!("child-{step}"));
        let (child, pid) = checkout.hang(step);
        kill(&pid);
        assert!(!child.wait_with_output().expect("ends").status.success());
        checkout.calls();
        checkout.assert_built(&checkout.build());
        assert_eq!(checkout.calls(), "configure make install", "{step}");
    }
}

#[test]
fn a_killed_tool_is_recovered_from_though_its_child_lives_on() {
    for step in ["configure", "make"] {
        let checkout = Checkout::new(&format!("tool-{step}"));
        let (mut tool, pid) = checkout.hang(step);
        tool.kill().expect("killed");
        tool.wait().expect("dead");
        checkout.calls();
        checkout.assert_built(&checkout.build());
        assert_eq!(checkout.calls(), "configure make install", "{step}");
        kill(&pid);
    }
}

#[test]
fn a_broken_make_is_quoted_and_can_be_run_again() {
    let checkout = Checkout::new("broken");
    checkout.touch("broken");
    checkout.build().assert_fails_with(&["it broke here", "make.log", "the command was"]);
    std::fs::remove_file(checkout.path("broken")).expect("was there");
    checkout.assert_built(&checkout.build());
}

#[test]
fn a_patch_that_does_not_apply_is_named() {
    let checkout = Checkout::new("patch");
    let patch = |old: &str| format!("Why.\n\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-{old}\n+int g;\n");
    let path = checkout.path("cpython-patches/2.7.18/0001-x.patch");
    std::fs::write(&path, patch("int h;")).expect("a patch");
    std::fs::create_dir_all(checkout.path("lib")).expect("a folder");
    let mut command = checkout.command(&["--offline"]);
    // Not needed before the source is ready; named so that none is looked for.
    let said = Said::of(command.env("LIBCLANG_PATH", checkout.path("lib")).output().expect("xtask runs"));
    said.assert_fails_with(&["0001-x.patch does not apply", "f.c", "int h;", "int f;"]);
    assert_eq!(checkout.litter(), Vec::<String>::new());
    assert_eq!(checkout.calls(), "");
}

#[test]
fn without_a_compiler_nothing_is_begun() {
    let checkout = Checkout::new("compiler");
    let mut command = checkout.command(&["--stock", "--offline"]);
    let said = Said::of(command.env("CC", "/nowhere/cc").output().expect("xtask runs"));
    said.assert_fails_with(&["/nowhere/cc", "to install"]);
    let mut command = checkout.command(&["--stock", "--offline"]);
    let said = Said::of(command.env("PATH", checkout.path("xtask")).env_remove("CC").output().expect("runs"));
    said.assert_fails_with(&["a C compiler (`cc`)", "make", "to install"]);
    assert_eq!(checkout.calls(), "");
}

#[test]
fn a_place_that_cannot_be_written_is_found_out_first() {
    let checkout = Checkout::new("readonly");
    checkout.touch("file");
    let file = checkout.path("file");
    let prefix = file.join("prefix").to_string_lossy().into_owned();
    checkout.run(&["--stock", "--offline", "--prefix", &prefix]).assert_fails_with(&["file", "--prefix"]);
    let mut command = checkout.command(&["--stock", "--offline"]);
    let said = Said::of(command.env("PYJION_TARGET", Path::new(&file)).output().expect("xtask runs"));
    said.assert_fails_with(&["file", "PYJION_TARGET"]);
    assert_eq!(checkout.calls(), "");
}

#[test]
fn another_prefix_is_another_build() {
    let checkout = Checkout::new("prefix");
    checkout.assert_built(&checkout.build());
    let prefix = checkout.path("elsewhere").to_string_lossy().into_owned();
    let said = checkout.run(&["--stock", "--offline", "--jobs", "1", "--prefix", &prefix]);
    assert!(said.ok && said.out.trim() == format!("{prefix}/bin/python2.7"), "{said:?}");
    checkout.calls();
    checkout.assert_built(&checkout.build());
    assert_eq!(checkout.calls(), "", "the two do not undo each other");
}
