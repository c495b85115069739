//! The thread that compiles while the program runs on.
//!
//! It is there while there is something to compile, and no longer: a process that has become warm has
//! no more threads than Python made, and who has to be alone can have it end sooner
//! ([`pyjion_begin_alone`]). It touches no object of Python's, takes no signal, and does not survive a
//! fork, after which the child makes its own.

use crate::compile::job;
use crate::compile::job::{Compiler, Job, Output};
use crate::config::settings::{self, Stopped};
use crate::memory::reserve;
use crate::process::PROCESS;
use std::cell::UnsafeCell;
use std::collections::VecDeque;
use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};

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
    /// There is a thread that takes jobs up.
    is_alive: bool,
    /// The thread from its start until it was joined.
    thread: Option<libc::pthread_t>,
    /// Those who are alone, between [`pyjion_begin_alone`] and [`pyjion_end_alone`].
    alone: usize,
    /// What the last thread left for the next.
    compiler: Option<Compiler>,
    /// Jobs so far.
    tickets: Ticket,
}

/// The thread, and what it shares with those who give it jobs.
pub struct Worker {
    shared: Mutex<Shared>,
    /// The process that started a thread; 0 if none has. Copies of it made by other means than `fork` see
    /// by it that the thread is not theirs.
    home: AtomicI32,
    /// What the kernel calls the thread.
    thread: AtomicI32,
    /// Holders of the GIL have something to do: outputs to fetch, a thread to start or to join.
    is_due: AtomicBool,
    /// The lock, held by a thread that forks.
    held: Held,
}

impl Worker {
    /// There was no thread so far.
    pub const fn new() -> Worker {
        Worker {
            shared: Mutex::new(Shared {
                queue: VecDeque::new(),
                running: None,
                done: Vec::new(),
                is_alive: false,
                thread: None,
                alone: 0,
                compiler: None,
                tickets: 0,
            }),
            home: AtomicI32::new(0),
            thread: AtomicI32::new(0),
            is_due: AtomicBool::new(false),
            held: Held(UnsafeCell::new(None)),
        }
    }
}

fn lock() -> MutexGuard<'static, Shared> {
    // Nothing panics half-way through a change.
    PROCESS.worker.shared.lock().unwrap_or_else(PoisonError::into_inner)
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

/// Has a job done; what becomes of it is [fetched](fetch). Nothing when there are too
/// many jobs already, or no thread can be had.
pub fn submit(job: &Arc<Job>) -> Option<Ticket> {
    let mut shared = lock();
    if shared.queue.len() >= MOST || shared.alone > 0 || !(shared.is_alive || start(&mut shared)) {
        return None;
    }
    shared.tickets += 1;
    let ticket = shared.tickets;
    shared.queue.push_back((ticket, Arc::clone(job)));
    let jobs = shared.queue.len() + 1;
    shared.done.reserve(jobs);
    Some(ticket)
}

/// Whether there is something to do for holders of the GIL.
#[inline(always)]
pub fn is_due() -> bool {
    PROCESS.worker.is_due.load(Ordering::Relaxed)
}

/// Does what [is due](is_due), and gives what became of jobs, which is for the caller to take care of.
pub fn fetch() -> Vec<(Ticket, Output)> {
    let mut shared = lock();
    PROCESS.worker.is_due.store(false, Ordering::Relaxed);
    if settings::has_lost_thread() {
        shared.queue.clear();
        settings::stop(Stopped::LostThread);
    }
    if !shared.is_alive {
        if shared.queue.is_empty() {
            try_join(&mut shared);
        } else if shared.alone == 0 {
            // Without a thread, the jobs wait for the next one.
            start(&mut shared);
        }
    }
    let room = Vec::with_capacity(shared.queue.len() + 1);
    std::mem::replace(&mut shared.done, room)
}

/// Starts the thread; whether there is one.
fn start(shared: &mut Shared) -> bool {
    static FORKS: Once = Once::new();
    FORKS.call_once(|| {
        // SAFETY: plain functions, which stay loaded. Without them, forks are still correct as long
        // as no thread is compiling.
        unsafe { libc::pthread_atfork(Some(before_fork), Some(after_fork), Some(after_fork_in_child)) };
    });
    if let Some(last) = shared.thread.take() {
        join(last);
    }
    shared.thread = without_signals(create);
    shared.is_alive = shared.thread.is_some();
    // SAFETY: always succeeds.
    PROCESS.worker.home.store(unsafe { libc::getpid() }, Ordering::Relaxed);
    shared.is_alive
}

/// A thread that runs [`work`]. Not one of the standard library's, which would ask for memory at once, and
/// end the process when there is none.
fn create() -> Option<libc::pthread_t> {
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
    let mut thread = MaybeUninit::<libc::pthread_t>::uninit();
    // SAFETY: attributes that were made, a plain function, and room for what is written only if all went
    // well.
    unsafe {
        if libc::pthread_attr_init(attributes.as_mut_ptr()) != 0 {
            return None;
        }
        libc::pthread_attr_setstacksize(attributes.as_mut_ptr(), STACK);
        let failed =
            libc::pthread_create(thread.as_mut_ptr(), attributes.as_ptr(), work, ptr::null_mut()) != 0;
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        (!failed).then(|| thread.assume_init())
    }
}

/// Waits for the end of a thread that takes up no more jobs.
fn join(thread: libc::pthread_t) {
    // SAFETY: started by this process, and neither joined nor detached: whoever joins has taken it out.
    unsafe { libc::pthread_join(thread, ptr::null_mut()) };
}

/// Joins the last thread if that has ended, else has it tried again.
fn try_join(shared: &mut Shared) {
    let Some(thread) = shared.thread else { return };
    // SAFETY: as in `join`.
    if unsafe { libc::pthread_tryjoin_np(thread, ptr::null_mut()) } == libc::EBUSY {
        PROCESS.worker.is_due.store(true, Ordering::Relaxed);
    } else {
        shared.thread = None;
    }
}

/// Has the thread end, after the job that it is at, and none started until [`pyjion_end_alone`], which gets
/// the result. Some system calls are for processes of one thread. Needs no GIL, and may have it: the thread
/// never waits for it.
#[unsafe(no_mangle)]
extern "C" fn pyjion_begin_alone() -> c_int {
    // SAFETY: always succeeds.
    if PROCESS.worker.home.load(Ordering::Relaxed) != unsafe { libc::getpid() } {
        return 0;
    }
    let mut shared = lock();
    shared.alone += 1;
    let thread = shared.thread.take();
    drop(shared);
    let Some(thread) = thread else { return 1 };
    // It may wait for memory that this thread has.
    reserve::end_patience(true);
    join(thread);
    reserve::end_patience(false);
    wait_for_kernel(PROCESS.worker.thread.load(Ordering::Relaxed));
    if settings::has_lost_thread() {
        let mut shared = lock();
        shared.is_alive = false;
        PROCESS.worker.is_due.store(true, Ordering::Relaxed);
    }
    1
}

/// Ends the thread for good.
pub fn end() {
    // Nobody ends to be alone.
    pyjion_begin_alone();
}

/// Who began to be alone has done what it was for; `began` is what [`pyjion_begin_alone`] gave.
#[unsafe(no_mangle)]
extern "C" fn pyjion_end_alone(began: c_int) {
    if began == 0 {
        return;
    }
    let mut shared = lock();
    shared.alone -= 1;
    if !shared.queue.is_empty() {
        PROCESS.worker.is_due.store(true, Ordering::Relaxed);
    }
}

/// Waits until the kernel has forgotten a thread: it wakes those who join it a little earlier.
fn wait_for_kernel(thread: libc::pid_t) {
    /// Another thread may have been given the same number.
    const MOST: u32 = 10_000;
    // SAFETY: no signal is sent. Priorities of a process group are looked up under the lock under which
    // threads are taken off the books (`tasklist_lock`): after that, this is complete.
    unsafe {
        let process = libc::getpid();
        for _ in 0..MOST {
            if libc::syscall(libc::SYS_tgkill, process, thread, 0) != 0 {
                break;
            }
            libc::sched_yield();
        }
        libc::getpriority(libc::PRIO_PGRP, 0);
    }
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
        libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), ptr::null_mut());
        result
    }
}

extern "C" fn work(_: *mut c_void) -> *mut c_void {
    // SAFETY: both always succeed.
    unsafe {
        PROCESS.worker.thread.store(libc::gettid(), Ordering::Relaxed);
        libc::prctl(libc::PR_SET_NAME, c"pyjion-compiler".as_ptr());
    }
    let is_ready = job::prepare_thread();
    let mut shared = lock();
    let mut compiler = shared.compiler.take().unwrap_or_default();
    while is_ready
        && shared.alone == 0
        && let Some((ticket, job)) = shared.queue.pop_front()
    {
        shared.running = Some((ticket, Arc::clone(&job)));
        drop(shared);
        let output = compiler.run_patiently(&job);
        // Not under the lock: where this is the last that knows of the job, memory is freed.
        drop(job);
        shared = lock();
        shared.running = None;
        shared.done.push((ticket, output));
        PROCESS.worker.is_due.store(true, Ordering::Relaxed);
    }
    compiler.rest();
    shared.is_alive = false;
    shared.compiler = Some(compiler);
    PROCESS.worker.is_due.store(true, Ordering::Relaxed);
    ptr::null_mut()
}

/// The lock, held by a thread that forks, for no other to hold it then.
struct Held(UnsafeCell<Option<MutexGuard<'static, Shared>>>);

// SAFETY: only whoever holds the lock touches it.
unsafe impl Sync for Held {}

unsafe extern "C" fn before_fork() {
    let guard = lock();
    // SAFETY: we hold the lock.
    unsafe { *PROCESS.worker.held.0.get() = Some(guard) };
}

unsafe extern "C" fn after_fork() {
    // SAFETY: we have held the lock since `before_fork`.
    drop(unsafe { (*PROCESS.worker.held.0.get()).take() });
}

/// The thread is not there any more, and what it was at has to be done again.
unsafe extern "C" fn after_fork_in_child() {
    // SAFETY: we have held the lock since `before_fork`.
    let Some(mut shared) = (unsafe { (*PROCESS.worker.held.0.get()).take() }) else { return };
    shared.is_alive = false;
    shared.thread = None;
    shared.alone = 0;
    PROCESS.worker.home.store(0, Ordering::Relaxed);
    if let Some(job) = shared.running.take() {
        // There is room: it was in the queue before.
        shared.queue.push_front(job);
    }
    if !shared.queue.is_empty() {
        PROCESS.worker.is_due.store(true, Ordering::Relaxed);
    }
}
