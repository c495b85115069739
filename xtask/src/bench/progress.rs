//! How far a run is and how long it will take, below the table on a terminal and now and then in a log.

use super::suites::Kind;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// How often a log is told.
const HEARTBEAT: Duration = Duration::from_secs(60);

/// What a program takes, as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    guess: f64,
    seconds: f64,
    count: usize,
}

impl Pace {
    /// A guess, until one is measured.
    pub fn guess(seconds: f64) -> Pace {
        Pace { guess: seconds, seconds: 0.0, count: 0 }
    }

    fn add(&mut self, seconds: f64) {
        self.seconds += seconds;
        self.count += 1;
    }

    fn each(&self) -> f64 {
        if self.count > 0 { self.seconds / self.count as f64 } else { self.guess }
    }
}

/// The progress of a run.
pub struct Progress {
    bar: Option<ProgressBar>,
    script: Pace,
    repeat: Pace,
    left: [usize; 2],
    done: usize,
    total: usize,
    started: Instant,
    last_beat: Instant,
}

impl Progress {
    /// For programs of these kinds.
    pub fn new(kinds: &[Kind], script: Pace, repeat: Pace) -> Progress {
        let total = kinds.len();
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(total as u64);
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} [{elapsed}] {msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        let scripts = kinds.iter().filter(|kind| **kind == Kind::Script).count();
        let now = Instant::now();
        Progress {
            bar,
            script,
            repeat,
            left: [scripts, total - scripts],
            done: 0,
            total,
            started: now,
            last_beat: now,
        }
    }

    /// A program begins.
    pub fn begin(&mut self, name: &str) {
        let left = remaining(self.left_seconds());
        match &self.bar {
            Some(bar) => bar.set_message(format!("{left} left: {name}")),
            None if self.last_beat.elapsed() > HEARTBEAT => {
                self.last_beat = Instant::now();
                let minutes = self.started.elapsed().as_secs() / 60;
                eprintln!("  … {} of {} after {minutes} min, {left} left", self.done, self.total);
            }
            None => {}
        }
    }

    /// It has ended; nothing is learnt of the pace from what was there already.
    pub fn end(&mut self, kind: Kind, seconds: Option<f64>) {
        let (pace, left) = match kind {
            Kind::Script => (&mut self.script, &mut self.left[0]),
            Kind::Loop => (&mut self.repeat, &mut self.left[1]),
        };
        if let Some(seconds) = seconds {
            pace.add(seconds);
        }
        *left = left.saturating_sub(1);
        self.done += 1;
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    /// Prints a line of the table.
    pub fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| println!("{text}")),
            None => println!("{text}"),
        }
    }

    /// There is no more.
    pub fn finish(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn left_seconds(&self) -> f64 {
        self.left[0] as f64 * self.script.each() + self.left[1] as f64 * self.repeat.each()
    }
}

/// `about 12 min`
fn remaining(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("about {} s", ((s / 5.0).ceil() * 5.0) as u64),
        s if s < 5400.0 => format!("about {} min", (s / 60.0).round() as u64),
        s => format!("about {:.1} h", s / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_measured_replaces_the_guess() {
        let kinds = [Kind::Script, Kind::Loop, Kind::Loop];
        let mut progress = Progress::new(&kinds, Pace::guess(1.0), Pace::guess(10.0));
        assert_eq!(progress.left_seconds(), 21.0);
        progress.end(Kind::Loop, Some(20.0));
        assert_eq!(progress.left_seconds(), 21.0);
        progress.end(Kind::Script, None);
        assert_eq!(progress.left_seconds(), 20.0);
    }

    #[test]
    fn times_are_rounded() {
        assert_eq!(remaining(12.0), "about 15 s");
        assert_eq!(remaining(600.0), "about 10 min");
        assert_eq!(remaining(7200.0), "about 2.0 h");
    }
}
