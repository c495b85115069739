//! The file from which `perf inject --jit` learns of compiled code, one for each process.

use super::function::Function;
use super::jitdump::{self, Stamp};
use crate::config::say;
use crate::process::PROCESS;
use std::cell::{OnceCell, RefCell};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{self, Path, PathBuf};
use std::ptr;

/// The file of a process. It is opened each time that something is added: a program may close whatever is
/// open, and open something else by the same number.
struct Dump {
    process: u32,
    path: PathBuf,
    functions: u64,
}

/// What became of the file.
enum State {
    /// No code was compiled so far.
    Unopened,
    Open(Dump),
    /// It was given up, which was said.
    Failed,
}

/// The file, and where it is to be.
pub struct Perf {
    state: RefCell<State>,
    /// The program may be in another directory by the time it forks.
    directory: OnceCell<PathBuf>,
}

impl Perf {
    /// Nothing was told so far.
    pub const fn new() -> Perf {
        Perf { state: RefCell::new(State::Unopened), directory: OnceCell::new() }
    }
}

/// Adds a function to the file in a directory. What goes wrong is said once; there is no file then.
pub fn write(directory: &str, function: &Function<'_>) {
    let mut state = PROCESS.perf.state.borrow_mut();
    let stamp = now();
    // A child of a fork has a file of its own, for what it compiles itself.
    let is_current = match &*state {
        State::Failed => return,
        State::Unopened => false,
        State::Open(dump) => dump.process == stamp.process,
    };
    let absolute = || path::absolute(directory).unwrap_or_else(|_| directory.into());
    let directory = PROCESS.perf.directory.get_or_init(absolute);
    let path = directory.join(format!("jit-{}.dump", stamp.process));
    let written = if is_current { Ok(()) } else { open(&path, stamp).map(|dump| *state = State::Open(dump)) };
    let written = written.and_then(|()| match &mut *state {
        State::Open(dump) => dump.add(function, stamp),
        State::Unopened | State::Failed => Ok(()),
    });
    if let Err(error) = written {
        *state = State::Failed;
        say(&format!(
            "pyjion: PYJION_PERF: cannot write {}: {error}; perf will know less of compiled code",
            path.display()
        ));
    }
}

fn now() -> Stamp {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a clock that every Linux has, and where to write to; the others always succeed.
    let (process, thread) = unsafe {
        libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time);
        (libc::getpid() as u32, libc::gettid() as u32)
    };
    Stamp { process, thread, time: time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64 }
}

fn open(path: &Path, stamp: Stamp) -> io::Result<Dump> {
    // One may be left of another process with that number. Its name can be guessed: what is there is not
    // followed, nor written to.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(&jitdump::header(stamp))?;
    mark(&file)?;
    Ok(Dump { process: stamp.process, path: path.to_path_buf(), functions: 0 })
}

/// Maps the file, which is how perf hears of it: it records mappings that can be executed. This one stays as
/// long as the process, for a perf that comes later.
fn mark(file: &File) -> io::Result<()> {
    // SAFETY: a new mapping of a file that is longer than nothing; nobody looks at what is in it.
    let mapped = unsafe {
        libc::mmap(
            ptr::null_mut(),
            1,
            libc::PROT_READ | libc::PROT_EXEC,
            libc::MAP_PRIVATE,
            file.as_raw_fd(),
            0,
        )
    };
    if mapped == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(()) }
}

impl Dump {
    fn add(&mut self, function: &Function<'_>, stamp: Stamp) -> io::Result<()> {
        let index = self.functions;
        self.functions += 1;
        let mut file = OpenOptions::new().append(true).custom_flags(libc::O_NOFOLLOW).open(&self.path)?;
        file.write_all(&jitdump::function(function, index, stamp))
    }
}
