//! Means, their intervals, and the test that says slower, same or faster.
//!
//! Interpreters run in turn, and whatever else the machine does in a turn hits all of them. So what is looked
//! at is the *logarithm of the ratio in each turn*: logarithms, as 2x and 0.5x are equally far from 1x and
//! ratios are multiplied, not added; turns, as processes are independent while the iterations of one process
//! are not (they share its memory layout, its hash seeds, its compiled code). The verdict is a paired t test
//! of these at 5%: its interval must lie on one side of 1x. There are few turns, three to ten. No test by
//! ranks or permutations can reach 5% with fewer than six; and a turn that something disturbed widens the
//! interval of a t test more than it moves the mean, so heavy tails make it say `same`: it errs on the
//! careful side. Of 40 programs that are as fast on both, it calls about one slower and one faster. Runs of
//! two files were not in turn: there it is Welch's test.
//!
//! The interval of a geometric mean over programs says what another run of the same programs would give:
//! turns are drawn again, with replacement, for each program by itself (bootstrap). It does not say what
//! other programs would.

use anyhow::{Result, ensure};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng};
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The level of tests and intervals.
const LEVEL: f64 = 0.05;

/// A ratio below this is marked: slower by more than noise and taste.
pub const SLOWER: f64 = 0.98;

/// How often turns are drawn again for an interval.
const DRAWS: usize = 2000;

/// The same intervals for the same results.
const SEED: u64 = 0x7079_6a69_6f6e;

/// What can be said of a ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Significantly below 1x.
    Slower,
    /// Nothing significant.
    Same,
    /// Significantly above 1x.
    Faster,
    /// One turn is too few to tell.
    Unknown,
}

impl Verdict {
    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Slower => "slower",
            Verdict::Same => "same",
            Verdict::Faster => "faster",
            Verdict::Unknown => "?",
        }
    }
}

/// How many times faster something is, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ratio {
    /// Above 1: faster than what it is compared with.
    pub ratio: f64,
    /// The interval in which it lies; none with one turn.
    pub interval: Option<(f64, f64)>,
    /// Slower, same or faster.
    pub verdict: Verdict,
}

impl Ratio {
    fn new(mean: f64, half_width: Option<f64>) -> Ratio {
        Ratio::within(mean, half_width.map(|half| (mean - half, mean + half)))
    }

    /// All as logarithms.
    fn within(mean: f64, interval: Option<(f64, f64)>) -> Ratio {
        let interval = interval.map(|(low, high)| (low.exp(), high.exp()));
        let verdict = match interval {
            None => Verdict::Unknown,
            Some((_, high)) if high < 1.0 => Verdict::Slower,
            Some((low, _)) if low > 1.0 => Verdict::Faster,
            Some(_) => Verdict::Same,
        };
        Ratio { ratio: mean.exp(), interval, verdict }
    }
}

/// The ratio of costs measured in turn: `base[i]` and `subject[i]` are of the same turn. None without any.
pub fn in_turn(base: &[f64], subject: &[f64]) -> Option<Ratio> {
    let logs: Vec<f64> = log_ratios(base, subject);
    let mean = mean(&logs)?;
    let n = logs.len() as f64;
    let half = (logs.len() > 1).then(|| critical(n - 1.0) * (variance(&logs) / n).sqrt());
    Some(Ratio::new(mean, half))
}

/// The ratio of costs measured at different times. None when one of them has none.
pub fn apart(base: &[f64], subject: &[f64]) -> Option<Ratio> {
    let logs = |costs: &[f64]| -> Vec<f64> { costs.iter().map(|c| c.ln()).collect() };
    let (a, b) = (logs(base), logs(subject));
    let difference = mean(&a)? - mean(&b)?;
    if a.len() < 2 || b.len() < 2 {
        return Some(Ratio::new(difference, None));
    }
    let (x, y) = (variance(&a) / a.len() as f64, variance(&b) / b.len() as f64);
    let pooled = x * x / (a.len() as f64 - 1.0) + y * y / (b.len() as f64 - 1.0);
    // Costs that never vary have no uncertainty, and any number of degrees of freedom.
    let freedom = if pooled > 0.0 { (x + y) * (x + y) / pooled } else { 1.0 };
    Some(Ratio::new(difference, Some(critical(freedom) * (x + y).sqrt())))
}

/// The logarithm of the ratio of each turn.
pub fn log_ratios(base: &[f64], subject: &[f64]) -> Vec<f64> {
    base.iter().zip(subject).map(|(b, s)| (b / s).ln()).collect()
}

/// The geometric mean over programs, each given by the logarithms of its turns' ratios. None without any
/// program.
pub fn geometric_mean(programs: &[Vec<f64>]) -> Option<Ratio> {
    let means: Vec<f64> = programs.iter().filter_map(|logs| mean(logs)).collect();
    let overall = mean(&means)?;
    if programs.iter().any(|logs| logs.len() < 2) {
        return Some(Ratio::new(overall, None));
    }
    let mut stream = ChaCha8Rng::seed_from_u64(SEED);
    let mut below = |n: usize| ((u128::from(stream.next_u64()) * n as u128) >> 64) as usize;
    let mut draws: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let drawn = programs.iter().map(|logs| {
                let n = logs.len() as f64;
                let mean = logs.iter().sum::<f64>() / n;
                let drawn = (0..logs.len()).map(|_| logs[below(logs.len())]).sum::<f64>() / n;
                // Few turns differ less from their own mean than from the true one.
                mean + (drawn - mean) * (n / (n - 1.0)).sqrt()
            });
            drawn.sum::<f64>() / programs.len() as f64
        })
        .collect();
    draws.sort_by(f64::total_cmp);
    let at = |share: f64| draws[((DRAWS - 1) as f64 * share).round() as usize];
    let (low, high) = (at(LEVEL / 2.0), at(1.0 - LEVEL / 2.0));
    Some(Ratio::within(overall, Some((low, high))))
}

/// The value in the middle; not a number when there is none.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => (sorted[n / 2 - 1] + sorted[n / 2]) / 2.0,
    }
}

/// Fails unless the options allow a verdict.
pub fn check_runs(runs: usize) -> Result<()> {
    ensure!((1..=1000).contains(&runs), "--runs must be from 1 to 1000; from 2 on there are verdicts");
    Ok(())
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Of a sample: over n - 1.
fn variance(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)
}

/// How many standard errors the interval is wide on either side.
fn critical(freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom).map_or(f64::INFINITY, |t| t.inverse_cdf(1.0 - LEVEL / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-3
    }

    #[test]
    fn the_t_distribution_is_that_of_the_tables() {
        assert!(close(critical(1.0), 12.706) && close(critical(4.0), 2.776) && close(critical(30.0), 2.042));
    }

    #[test]
    fn turns_that_agree_are_significant() {
        let ratio = in_turn(&[2.0, 2.02, 1.98], &[1.0, 1.0, 1.0]).expect("a ratio");
        assert_eq!(ratio.verdict, Verdict::Faster);
        assert!(close(ratio.ratio, 2.0));
        let slower = in_turn(&[1.0, 1.0, 1.0], &[1.1, 1.11, 1.09]).expect("a ratio");
        assert_eq!(slower.verdict, Verdict::Slower);
    }

    #[test]
    fn turns_that_disagree_are_not() {
        let ratio = in_turn(&[1.0, 1.2, 0.9], &[1.0, 1.0, 1.0]).expect("a ratio");
        assert_eq!(ratio.verdict, Verdict::Same);
        // The drift of the machine hits both, and is gone in the ratios.
        let drift = in_turn(&[1.0, 2.0, 4.0], &[0.9, 1.8, 3.61]).expect("a ratio");
        assert_eq!(drift.verdict, Verdict::Faster);
        assert_eq!(in_turn(&[1.0], &[0.5]).expect("a ratio").verdict, Verdict::Unknown);
        assert_eq!(in_turn(&[], &[]), None);
    }

    #[test]
    fn the_interval_is_that_of_the_paired_test() {
        // ln ratios 0.1, 0.2, 0.3: mean 0.2, s 0.1, t 4.303, half width 0.2484.
        let base: Vec<f64> = [0.1f64, 0.2, 0.3].iter().map(|l| l.exp()).collect();
        let (low, high) = in_turn(&base, &[1.0; 3]).expect("a ratio").interval.expect("three turns");
        assert!(close(low.ln(), -0.0484) && close(high.ln(), 0.4484), "{low} {high}");
    }

    #[test]
    fn welch_takes_both_spreads() {
        let ratio = apart(&[2.0, 2.01, 1.99], &[1.0, 1.01, 0.99, 1.0]).expect("a ratio");
        assert_eq!(ratio.verdict, Verdict::Faster);
        assert_eq!(apart(&[1.0, 1.5], &[1.0, 0.8, 1.2]).expect("a ratio").verdict, Verdict::Same);
        assert_eq!(apart(&[1.0, 1.0], &[1.0, 1.0]).expect("a ratio").verdict, Verdict::Same);
        assert_eq!(apart(&[1.0], &[1.0]).expect("a ratio").verdict, Verdict::Unknown);
    }

    #[test]
    fn means_over_programs() {
        let programs = [vec![0.0, 0.01, -0.01], vec![4f64.ln(), 4f64.ln() + 0.02, 4f64.ln() - 0.02]];
        let mean = geometric_mean(&programs).expect("a mean");
        assert!(close(mean.ratio, 2.0));
        let (low, high) = mean.interval.expect("an interval");
        assert!(low < 2.0 && 2.0 < high && low > 1.97 && high < 2.03, "{low} {high}");
        assert_eq!(geometric_mean(&programs), Some(mean), "the same every time");
        // Standard error of a mean of three turns at distance 1: 0.577; the interval of the normal
        // distribution.
        let many = vec![vec![-1.0, 0.0, 1.0]; 40];
        let (low, high) = geometric_mean(&many).expect("a mean").interval.expect("an interval");
        let expected = 1.96 * 0.577 / 40f64.sqrt();
        assert!((high.ln() - expected).abs() < 0.02 && (low.ln() + expected).abs() < 0.02, "{low} {high}");
        assert_eq!(geometric_mean(&[vec![0.5]]).expect("a mean").interval, None);
        assert_eq!(geometric_mean(&[]), None);
    }

    #[test]
    fn medians() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }
}
