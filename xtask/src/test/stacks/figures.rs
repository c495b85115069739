//! What is said of a stack besides whether it is right: throughput, latency and memory, ours beside stock.

/// What one round of one side took.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// Requests, or lots.
    pub count: usize,
    /// Seconds of processor time of what served them.
    pub processor: f64,
    /// Seconds that each request took, or each lot on an average.
    pub latencies: Vec<f64>,
}

/// What is known of one side.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// The rounds in which code becomes hot.
    pub first: Vec<Round>,
    /// Those after them.
    pub rounds: Vec<Round>,
    /// Answers that were errors, in all rounds.
    pub errors: usize,
    /// Kilobytes: the sum of the most that each process was resident with.
    pub peak_kb: u64,
    /// Kilobytes: the sum of proportional shares at the end; none where there was nobody to look at.
    pub share_kb: u64,
}

impl Figures {
    fn throughput(&self) -> f64 {
        let count: usize = self.rounds.iter().map(|round| round.count).sum();
        let processor: f64 = self.rounds.iter().map(|round| round.processor).sum();
        count as f64 / processor
    }

    fn latency(&self, quantile: f64) -> f64 {
        let all = self.rounds.iter().flat_map(|round| round.latencies.iter().copied()).collect();
        at(all, quantile)
    }
}

/// The value that a part of all values is below.
fn at(mut values: Vec<f64>, quantile: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (values.len() as f64 * quantile) as usize;
    values.get(place.min(values.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

/// The median of how much more ours does for the same processor time: of pairs of rounds that were run one
/// after the other, so that what else the machine does counts for both.
fn ratio(stock: &[Round], ours: &[Round]) -> f64 {
    let cost = |round: &Round| round.processor / round.count as f64;
    at(stock.iter().zip(ours).map(|(stock, ours)| cost(stock) / cost(ours)).collect(), 0.5)
}

/// One line for people.
pub fn describe(stock: &Figures, ours: &Figures) -> String {
    let (median, last) = (0.5, 0.99);
    let of = |quantile| ours.latency(quantile) / stock.latency(quantile);
    let mb = |kb: u64| kb as f64 / 1024.0;
    let mut text = format!(
        "throughput {:.2} of stock ({:.1} to {:.1} a second of processor time), {:.2} at first, latency {:.2} and p99 {:.2} \
         ({:.1} and {:.1} ms), peak memory {:.2} ({:.0} to {:.0} MB)",
        ratio(&stock.rounds, &ours.rounds),
        ours.throughput(),
        stock.throughput(),
        ratio(&stock.first, &ours.first),
        of(median),
        of(last),
        ours.latency(median) * 1e3,
        ours.latency(last) * 1e3,
        ours.peak_kb as f64 / stock.peak_kb as f64,
        mb(ours.peak_kb),
        mb(stock.peak_kb),
    );
    if stock.share_kb > 0 {
        text += &format!(
            ", proportional {:.2} ({:.0} to {:.0} MB)",
            ours.share_kb as f64 / stock.share_kb as f64,
            mb(ours.share_kb),
            mb(stock.share_kb)
        );
    }
    text + &format!(", errors {} and {}", ours.errors, stock.errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_of_pairs_of_rounds() {
        let side = |times: [f64; 3]| Figures {
            rounds: times
                .iter()
                .map(|t| Round { count: 10, processor: *t, latencies: vec![*t / 10.0; 10] })
                .collect(),
            first: vec![Round { count: 1, processor: times[2], latencies: Vec::new() }],
            errors: 3,
            peak_kb: 2048,
            share_kb: 0,
        };
        let text = describe(&side([2.0, 20.0, 3.0]), &side([1.0, 10.0, 6.0]));
        assert!(text.starts_with("throughput 2.00 of stock (1.8 to 1.2 a second"), "{text}");
        assert!(text.contains(" time), 0.50 at first, latency 2.00"), "{text}");
        assert!(text.ends_with("peak memory 1.00 (2 to 2 MB), errors 3 and 3"), "{text}");
    }

    #[test]
    fn quantiles() {
        let values: Vec<f64> = (0..100).rev().map(f64::from).collect();
        assert_eq!((at(values.clone(), 0.5), at(values, 0.99)), (50.0, 99.0));
        assert!(at(Vec::new(), 0.5).is_nan());
    }
}
