//! Clocks: processor time, and ticks for what has to be measured often.

use std::sync::OnceLock;
use std::time::Instant;

/// Microseconds that a clock of the system shows.
pub fn of(id: libc::clockid_t) -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a clock that every Linux has, and where to write to.
    unsafe { libc::clock_gettime(id, &mut time) };
    time.tv_sec as u64 * 1_000_000 + time.tv_nsec as u64 / 1_000
}

/// Processor time of this thread so far, in microseconds.
pub fn thread_time() -> u64 {
    of(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// A cheap monotonic clock of unknown rate.
#[inline(always)]
pub fn ticks() -> u64 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 has the instruction.
    unsafe {
        std::arch::x86_64::_rdtsc()
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        static ORIGIN: OnceLock<Instant> = OnceLock::new();
        ORIGIN.get_or_init(Instant::now).elapsed().as_nanos() as u64
    }
}

/// When [`start`] was called.
static STARTED: OnceLock<(Instant, u64)> = OnceLock::new();

/// From now on, the rate of [`ticks`] is known.
pub fn start() {
    let _ = STARTED.set((Instant::now(), ticks()));
}

/// So many ticks in microseconds; 0 before [`start`].
pub fn microseconds(count: u64) -> u64 {
    let Some((instant, began)) = STARTED.get() else { return 0 };
    let elapsed = ticks().wrapping_sub(*began).max(1);
    (count as f64 * instant.elapsed().as_micros() as f64 / elapsed as f64) as u64
}
