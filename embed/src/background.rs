//! The thread that compiles while the program runs on.
//!
//! It is there while there is something to compile, and a moment longer: a process that has become
//! warm has no more threads than Python made, and pays for none. It touches no object of Python's,
//! takes no signal, and does not survive a fork, after which the child makes its own.

use crate::compile;
use crate::compiler::{Compiler, Job, Output};
use crate::settings;
use std::cell::UnsafeCell;
use std::collections::VecDeque;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::Duration;

/// How long the thread waits for more to do before it ends.
const IDLE: Duration = Duration::from_millis(100);

/// Its stack: as large as that of most main threads, for the compiler recurses.
const STACK: usize = 8 << 20;

/// Jobs that wait at most. With so many, the program had better wait, too.
const MOST: usize = 64;

/// Names a job.
pub type Ticket = u64;

struct Shared {
    /// Jobs that wait.
    queue: VecDeque<(Ticket, Arc<Job>)>,
    /// The job that is being run: a fork may take its thread away.
    running: Option<(Ticket, Arc<Job>)>,
    /// What was not fetched yet. It has room for all of the jobs, as the thread does not allocate
    /// memory while others wait for it.
    done: Vec<(Ticket, Output)>,
    /// There is a thread.
    is_alive: bool,
    /// What the last thread left for the next.
    compiler: Option<Compiler>,
    /// Jobs so far.
    tickets: Ticket,
}

static SHARED: Mutex<Shared> = Mutex::new(Shared {
    queue: VecDeque::new(),
    running: None,
    done: Vec::new(),
    is_alive: false,
    compiler: None,
    tickets: 0,
});

/// There is another job.
static WORK: Condvar = Condvar::new();

/// Holders of the GIL have something to do: outputs to fetch, or a thread to start.
static IS_DUE: AtomicBool = AtomicBool::new(false);

fn lock() -> MutexGuard<'static, Shared> {
    // Nothing panics half-way through a change.
    SHARED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether code is to be compiled in the background: if that is not switched off, compilations need
/// not be done before the first call, there is another processor for it, and no limit on addresses,
/// of which a thread and its allocations take many.
pub fn is_wanted() -> bool {
    settings::options().background && !settings::is_eager() && has_processors() && has_addresses()
}

fn has_addresses() -> bool {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: a limit that every Linux has, and where to write to.
    unsafe { libc::getrlimit(libc::RLIMIT_AS, &mut limit) == 0 && limit.rlim_cur == libc::RLIM_INFINITY }
}

fn has_processors() -> bool {
    // SAFETY: a set of the size that is told.
    unsafe {
        let mut set = MaybeUninit::<libc::cpu_set_t>::zeroed();
        libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), set.as_mut_ptr()) == 0
            && libc::CPU_COUNT(&set.assume_init()) > 1
    }
}

/// Has a job done; [`compile::finish`] gets what becomes of it from [`poll`]. Nothing when there are too
/// many jobs already, or no thread can be had.
pub fn submit(job: &Arc<Job>) -> Option<Ticket> {
    let mut shared = lock();
    if shared.queue.len() >= MOST || !(shared.is_alive || start(&mut shared)) {
        return None;
    }
    shared.tickets += 1;
    let ticket = shared.tickets;
    shared.queue.push_back((ticket, Arc::clone(job)));
    let jobs = shared.queue.len() + 1;
    shared.done.reserve(jobs);
    WORK.notify_one();
    Some(ticket)
}

/// Does what is due, with the GIL held.
#[inline(always)]
pub fn poll() {
    if IS_DUE.load(Ordering::Relaxed) {
        attend();
    }
}

#[cold]
#[inline(never)]
extern "C" fn attend() {
    let mut shared = lock();
    IS_DUE.store(false, Ordering::Relaxed);
    if !shared.is_alive && !shared.queue.is_empty() {
        // Without a thread, the jobs wait for the next one.
        start(&mut shared);
    }
    let room = Vec::with_capacity(shared.queue.len() + 1);
    let done = std::mem::replace(&mut shared.done, room);
    drop(shared);
    for (ticket, output) in done {
        compile::finish(ticket, output);
    }
}

/// Starts the thread; whether there is one.
fn start(shared: &mut Shared) -> bool {
    static FORKS: Once = Once::new();
    FORKS.call_once(|| {
        // SAFETY: plain functions, which stay loaded. Without them, forks are still correct as long
        // as no thread is compiling.
        unsafe { libc::pthread_atfork(Some(before_fork), Some(after_fork), Some(after_fork_in_child)) };
    });
    let compiler = shared.compiler.take().unwrap_or_default();
    let started = without_signals(|| {
        thread::Builder::new()
            .name("pyjion-compiler".to_owned())
            .stack_size(STACK)
            .spawn(move || work(compiler))
            .is_ok()
    });
    shared.is_alive = started;
    started
}

/// Runs a function with all signals blocked, which is how threads started by it begin: signals are
/// for the threads of the program.
fn without_signals<R>(function: impl FnOnce() -> R) -> R {
    let mut all = MaybeUninit::<libc::sigset_t>::zeroed();
    let mut before = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: sets to write to; what is restored is what there was.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
        let result = function();
        libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), std::ptr::null_mut());
        result
    }
}

fn work(mut compiler: Compiler) {
    let mut shared = lock();
    loop {
        shared.running = shared.queue.pop_front();
        let Some((ticket, job)) = shared.running.clone() else {
            let (guard, timeout) = WORK.wait_timeout(shared, IDLE).unwrap_or_else(PoisonError::into_inner);
            shared = guard;
            if timeout.timed_out() && shared.queue.is_empty() {
                shared.is_alive = false;
                shared.compiler = Some(compiler);
                return;
            }
            continue;
        };
        drop(shared);
        let output = compiler.run_patiently(&job);
        shared = lock();
        shared.running = None;
        shared.done.push((ticket, output));
        IS_DUE.store(true, Ordering::Relaxed);
    }
}

/// The lock, held by a thread that forks, for no other to hold it then.
struct Held(UnsafeCell<Option<MutexGuard<'static, Shared>>>);

// SAFETY: only whoever holds the lock touches it.
unsafe impl Sync for Held {}

static HELD: Held = Held(UnsafeCell::new(None));

unsafe extern "C" fn before_fork() {
    let guard = lock();
    // SAFETY: we hold the lock.
    unsafe { *HELD.0.get() = Some(guard) };
}

unsafe extern "C" fn after_fork() {
    // SAFETY: we have held the lock since `before_fork`.
    drop(unsafe { (*HELD.0.get()).take() });
}

/// The thread is not there any more, and what it was at has to be done again.
unsafe extern "C" fn after_fork_in_child() {
    // SAFETY: we have held the lock since `before_fork`.
    let Some(mut shared) = (unsafe { (*HELD.0.get()).take() }) else { return };
    shared.is_alive = false;
    if let Some(job) = shared.running.take() {
        // There is room: it was in the queue before.
        shared.queue.push_front(job);
    }
    if !shared.queue.is_empty() {
        IS_DUE.store(true, Ordering::Relaxed);
    }
}
