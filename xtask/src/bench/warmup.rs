//! From the iterations of one process: the first, the steady state, and when that began.

use super::results::Iteration;
use super::statistics::median;

/// Least share above the steady state that still counts as steady.
const TOLERANCE: f64 = 0.05;

/// Iterations in a row that have to be steady.
const IN_A_ROW: usize = 2;

/// What the iterations of one process say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Warmup {
    /// The first iteration.
    pub first: Iteration,
    /// The least of the second half.
    pub best: f64,
    /// The median of the second half, of both clocks.
    pub steady: Iteration,
    /// Iterations before the steady state.
    pub iterations_until: usize,
    /// How long these took together.
    pub seconds_until: f64,
}

/// The second half, in which the steady state is looked for: of one iteration, that one.
pub fn second_half(iterations: &[Iteration]) -> &[Iteration] {
    &iterations[iterations.len() / 2..]
}

impl Warmup {
    /// Looks at them; none when there are none.
    ///
    /// Steady is from where two iterations in a row are not above the median of the second half by more than
    /// 5%, or by more than twice what iterations of the second half typically differ from it.
    pub fn of(iterations: &[Iteration]) -> Option<Warmup> {
        let first = *iterations.first()?;
        let late = second_half(iterations);
        let of = |pick: fn(&Iteration) -> f64| -> Vec<f64> { late.iter().map(pick).collect() };
        let walls = of(|i| i.wall);
        let level = median(&walls);
        let spread = median(&walls.iter().map(|w| (w - level).abs()).collect::<Vec<_>>());
        let limit = level + (level * TOLERANCE).max(2.0 * spread);
        let is_steady = |window: &[Iteration]| window.iter().all(|i| i.wall <= limit);
        let window = IN_A_ROW.min(iterations.len());
        let until = iterations.windows(window).position(is_steady).unwrap_or(iterations.len() / 2);
        Some(Warmup {
            first,
            best: walls.iter().copied().fold(f64::INFINITY, f64::min),
            steady: Iteration { wall: level, processor: median(&of(|i| i.processor)) },
            iterations_until: until,
            seconds_until: iterations[..until].iter().fold(0.0, |sum, i| sum + i.wall),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warmup(walls: &[f64]) -> Warmup {
        let iterations: Vec<Iteration> =
            walls.iter().map(|&wall| Iteration { wall, processor: wall * 2.0 }).collect();
        Warmup::of(&iterations).expect("iterations")
    }

    #[test]
    fn a_program_that_warms_up() {
        let w = warmup(&[10.0, 4.0, 3.0, 1.0, 1.02, 0.9, 1.0, 1.0]);
        assert_eq!((w.first.wall, w.best, w.steady.wall, w.steady.processor), (10.0, 0.9, 1.0, 2.0));
        assert_eq!((w.iterations_until, w.seconds_until), (3, 17.0));
    }

    #[test]
    fn a_lucky_iteration_is_not_the_steady_state() {
        assert_eq!(warmup(&[3.0, 1.0, 3.0, 1.0, 1.0, 1.0, 1.0, 1.0]).iterations_until, 3);
    }

    #[test]
    fn noise_widens_what_is_steady() {
        assert_eq!(warmup(&[1.2, 1.1, 0.8, 1.2, 1.0, 0.8, 1.2, 1.0, 0.9]).iterations_until, 0);
    }

    #[test]
    fn one_iteration_is_all_there_is() {
        let w = warmup(&[2.0]);
        assert_eq!((w.first.wall, w.best, w.steady.wall), (2.0, 2.0, 2.0));
        assert_eq!((w.iterations_until, w.seconds_until), (0, 0.0));
        assert_eq!(Warmup::of(&[]), None);
    }
}
