//! Makes a program small while it goes on showing what it shows.

use super::simpler::simpler;
use super::tree::{self, Clause, Statement};
use std::time::{Duration, Instant};

/// Reduces `text` for at most `limit`; `shows` says whether a candidate still shows the difference.
pub fn reduce(text: &str, limit: Duration, shows: &mut dyn FnMut(&str) -> bool) -> String {
    let mut reducer = Reducer { best: tree::parse(text), ends: Instant::now() + limit, shows };
    if !reducer.try_it(reducer.best.clone()) {
        // Its own layout matters, so this is all that can be done.
        return text.to_string();
    }
    loop {
        let before = tree::print(&reducer.best);
        reducer.remove();
        reducer.unwrap();
        reducer.remove();
        reducer.simplify();
        if tree::print(&reducer.best) == before || reducer.late() {
            return tree::print(&reducer.best);
        }
    }
}

struct Reducer<'a> {
    best: Vec<Statement>,
    ends: Instant,
    shows: &'a mut dyn FnMut(&str) -> bool,
}

impl Reducer<'_> {
    fn late(&self) -> bool {
        Instant::now() > self.ends
    }

    fn try_it(&mut self, candidate: Vec<Statement>) -> bool {
        let good = (self.shows)(&tree::print(&candidate));
        if good {
            self.best = candidate;
        }
        good
    }

    /// Removes runs of statements, long ones first, from every suite.
    fn remove(&mut self) {
        let mut done = 0;
        while let Some(path) = tree::paths(&self.best).get(done).cloned() {
            done += 1;
            let Some(len) = tree::at(&mut self.best.clone(), &path).map(|s| s.len()) else { continue };
            let mut run = len;
            while run > 0 {
                let mut from = 0;
                loop {
                    let mut candidate = self.best.clone();
                    let Some(list) = tree::at(&mut candidate, &path) else { break };
                    if from >= list.len() || self.late() {
                        break;
                    }
                    list.drain(from..(from + run).min(list.len()));
                    if !self.try_it(candidate) {
                        from += run;
                    }
                }
                run /= 2;
            }
        }
    }

    /// Puts the suite of a clause in the place of its statement, and drops clauses.
    fn unwrap(&mut self) {
        let mut done = 0;
        while let Some(path) = tree::paths(&self.best).get(done).cloned() {
            done += 1;
            let mut i = 0;
            loop {
                let mut candidate = self.best.clone();
                let Some(statement) = tree::at(&mut candidate, &path).and_then(|l| l.get(i).cloned()) else {
                    break;
                };
                if self.late() {
                    return;
                }
                let mut variants: Vec<Vec<Statement>> = Vec::new();
                for clause in statement.clauses.iter().filter(|c| !c.suite.is_empty()) {
                    variants.push(clause.suite.clone());
                }
                for skip in (0..statement.clauses.len()).filter(|_| statement.clauses.len() > 1) {
                    let keep = |(_, c): (usize, &Clause)| c.clone();
                    let clauses =
                        statement.clauses.iter().enumerate().filter(|(n, _)| *n != skip).map(keep).collect();
                    variants.push(vec![Statement { clauses }]);
                }
                let mut changed = false;
                for variant in variants {
                    let mut candidate = self.best.clone();
                    if let Some(list) = tree::at(&mut candidate, &path) {
                        list.splice(i..=i, variant);
                    }
                    if self.try_it(candidate) {
                        changed = true;
                        break;
                    }
                }
                if !changed {
                    i += 1;
                }
            }
        }
    }

    /// Makes single lines simpler.
    fn simplify(&mut self) {
        let mut done = 0;
        while let Some(path) = tree::paths(&self.best).get(done).cloned() {
            done += 1;
            let mut at = (0, 0);
            loop {
                let mut candidate = self.best.clone();
                let Some(list) = tree::at(&mut candidate, &path) else { break };
                let Some(statement) = list.get(at.0) else { break };
                let Some(clause) = statement.clauses.get(at.1) else {
                    at = (at.0 + 1, 0);
                    continue;
                };
                let mut changed = false;
                for line in simpler(&clause.line) {
                    if self.late() {
                        return;
                    }
                    let mut candidate = self.best.clone();
                    if let Some(list) = tree::at(&mut candidate, &path) {
                        list[at.0].clauses[at.1].line = line;
                    }
                    if self.try_it(candidate) {
                        changed = true;
                        break;
                    }
                }
                if !changed {
                    at.1 += 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_matters_stays() {
        let text = "a = 1\nb = 2\ndef f(x):\n    try:\n        for i in range(2000):\n            x += 1\n            bug(x, (i + 3))\n    finally:\n        x = 3\n    return x\nf(1)\n";
        let mut shows = |text: &str| text.contains("bug(") && text.contains("range(");
        let found = reduce(text, Duration::from_secs(20), &mut shows);
        assert_eq!(found.lines().count(), 2, "{found}");
    }

    #[test]
    fn what_shows_nothing_is_left_alone() {
        assert_eq!(reduce("a  = 1\n", Duration::from_secs(1), &mut |_| false), "a  = 1\n");
    }
}
