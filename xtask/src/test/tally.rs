//! Counts what passed, failed and was skipped, and says so in one line.

use std::fmt;

/// The running count.
#[derive(Default, Debug)]
pub struct Tally {
    /// Checks that passed.
    pub passed: usize,
    /// Checks that failed.
    pub failed: usize,
    /// Checks that were not made, each with its reason.
    pub skipped: usize,
    failures: Vec<String>,
}

impl Tally {
    /// Counts a check that passed, and says so.
    pub fn pass(&mut self, name: &str) {
        println!("ok      {name}");
        self.passed += 1;
    }

    /// Counts many checks that passed.
    pub fn pass_many(&mut self, n: usize, name: &str) {
        println!("ok      {name}: {n}");
        self.passed += n;
    }

    /// Counts a check that failed and shows why.
    pub fn fail(&mut self, name: &str, why: &str) {
        println!("FAILED  {name}");
        for line in why.lines() {
            println!("        {line}");
        }
        self.failed += 1;
        self.failures.push(name.to_string());
    }

    /// Counts a check that was not made.
    pub fn skip(&mut self, name: &str, why: &str) {
        println!("skipped {name}: {why}");
        self.skipped += 1;
    }

    /// Counts checks that a test runner reported as ignored.
    pub fn skip_many(&mut self, n: usize, name: &str) {
        if n > 0 {
            println!("skipped {name}: {n}");
            self.skipped += n;
        }
    }

    /// How many checks there were.
    pub fn total(&self) -> usize {
        self.passed + self.failed + self.skipped
    }

    /// Names the failures once more, near the end of the output where they are found.
    pub fn repeat_failures(&self) {
        if !self.failures.is_empty() {
            println!("\nfailures:");
            for name in &self.failures {
                println!("    {name}");
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_line() {
        let mut tally = Tally::default();
        tally.pass("a");
        tally.pass_many(2, "b");
        tally.fail("c", "because");
        tally.skip("d", "later");
        tally.skip_many(0, "e");
        assert_eq!(tally.to_string(), "3 passed, 1 failed, 1 skipped");
    }
}
