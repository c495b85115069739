//! Curves of warming up: the time of each iteration of a process, stock's beside the others'.

use super::palette::{FAINT, INK, STOCK, draw, failed, font, subject};
use crate::bench::figures::Clock;
use crate::bench::results::{Iteration, Measured, Outcome};
use crate::bench::statistics::median;
use crate::bench::warmup::second_half;
use anyhow::Result;
use plotters::prelude::*;

const SIZE: (u32, u32) = (340, 190);

/// Points of one curve: more cannot be told apart, and make the page large.
const POINTS: usize = 90;

/// Iterations at the start that are shown one by one.
const ONE_BY_ONE: usize = 30;

/// One curve: where each point lies along the time since the first iteration began, and its height, in
/// seconds.
type Curve = Vec<(f64, f64)>;

/// The points of a process. Later ones are medians of several iterations.
fn curve(iterations: &[Iteration]) -> Curve {
    let mut now = 0.0;
    let mut points: Curve = Vec::new();
    let rest = iterations.len().saturating_sub(ONE_BY_ONE);
    let step = rest.div_ceil(POINTS - ONE_BY_ONE).max(1);
    let (early, late) = iterations.split_at(iterations.len().min(ONE_BY_ONE));
    for part in early.chunks(1).chain(late.chunks(step)) {
        let walls: Vec<f64> = part.iter().map(|i| i.wall).collect();
        now += walls.iter().sum::<f64>();
        points.push((now, median(&walls)));
    }
    points
}

/// The process in the middle by the time of its iterations: one that was disturbed is at an end.
fn typical(outcome: &Outcome, clock: Clock) -> Option<Curve> {
    let mut processes: Vec<Vec<Iteration>> =
        outcome.processes.iter().map(|p| clock.iterations(&p.iterations)).collect();
    let late = |iterations: &[Iteration]| {
        median(&second_half(iterations).iter().map(|i| i.wall).collect::<Vec<_>>())
    };
    processes.sort_by(|a, b| late(a).total_cmp(&late(b)));
    processes.get(processes.len() / 2).map(|iterations| curve(iterations))
}

/// Up to where iterations are shown: all that are first, and all but those that something else held up for
/// long.
fn ceiling(curves: &[&[(f64, f64)]]) -> f64 {
    let of = |curve: &&[(f64, f64)]| {
        let heights: Vec<f64> = curve.iter().map(|(_, y)| *y).collect();
        let most = heights.iter().copied().fold(0.0, f64::max);
        heights.first().copied().unwrap_or(0.0).max(most.min(2.0 * median(&heights)))
    };
    curves.iter().map(of).fold(0.0, f64::max)
}

/// A label of the scale.
fn seconds(y: f64) -> String {
    match y {
        0.0 => "0".into(),
        y if y < 1e-3 => format!("{:.0} µs", y * 1e6),
        y if y < 1e-2 => format!("{:.1} ms", y * 1e3),
        y if y < 1.0 => format!("{:.0} ms", y * 1e3),
        y => format!("{y:.1} s"),
    }
}

/// The picture of a program; none when no process of it has iterations to compare.
pub fn picture(program: &Measured, subjects: &[&str], clock: Clock) -> Result<Option<String>> {
    let of =
        |name: &str| program.outcome(name).filter(|o| o.problem.is_none()).and_then(|o| typical(o, clock));
    let mut curves: Vec<(RGBColor, Curve)> = Vec::new();
    curves.extend(
        program.stock().filter(|o| o.problem.is_none()).and_then(|o| typical(o, clock)).map(|c| (STOCK, c)),
    );
    for (i, name) in subjects.iter().enumerate() {
        curves.extend(of(name).map(|c| (subject(i), c)));
    }
    let all = || curves.iter().flat_map(|(_, curve)| curve.iter().copied());
    if curves.iter().all(|(_, curve)| curve.len() < 2) {
        return Ok(None);
    }
    let last = all().map(|(x, _)| x).fold(0.0, f64::max);
    let high = ceiling(&curves.iter().map(|(_, curve)| curve.as_slice()).collect::<Vec<_>>()) * 1.08;
    let title = format!("{}: time of each iteration", program.name);
    let svg = draw(SIZE, &title, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin_right(14)
            .margin_top(8)
            .x_label_area_size(22)
            .y_label_area_size(58)
            .build_cartesian_2d(0.0..last, 0.0..high)
            .map_err(failed)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(FAINT)
            .axis_style(FAINT)
            .x_labels(4)
            .y_labels(4)
            .x_label_formatter(&|x| format!("{} s", (x * 100.0).round() / 100.0))
            .y_label_formatter(&|y| seconds(*y))
            .label_style(font(11).color(&INK))
            .draw()
            .map_err(failed)?;
        for (colour, curve) in &curves {
            chart
                .draw_series(LineSeries::new(
                    curve.iter().map(|&(x, y)| (x, y.min(high))),
                    colour.stroke_width(2),
                ))
                .map_err(failed)?;
            // The first is what a short program has of it.
            let first = curve.first().map(|&(x, y)| Circle::new((x, y.min(high)), 3, colour.filled()));
            chart.draw_series(first).map_err(failed)?;
        }
        Ok(())
    })?;
    Ok(Some(svg))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_iteration_that_was_held_up_does_not_flatten_the_others() {
        let usual = |n: usize| (n as f64, if n == 7 { 50.0 } else { 1.0 });
        let curve: Vec<(f64, f64)> = (0..20).map(usual).collect();
        assert_eq!(ceiling(&[&curve]), 2.0);
        let slow_start: Vec<(f64, f64)> =
            (0..20).map(|n| (n as f64, if n == 0 { 9.0 } else { 1.0 })).collect();
        assert_eq!(ceiling(&[&curve, &slow_start]), 9.0);
    }

    #[test]
    fn curves_are_thinned_but_not_at_the_start() {
        let iterations: Vec<Iteration> =
            (0..1000).map(|i| Iteration { wall: 1.0 + f64::from(i), processor: 1.0 }).collect();
        let points = curve(&iterations);
        assert!(points.len() <= POINTS + 1, "{}", points.len());
        assert_eq!(points[..3], [(1.0, 1.0), (3.0, 2.0), (6.0, 3.0)]);
        let end = points.last().expect("points").0;
        assert_eq!(end, 1000.0 * 1001.0 / 2.0);
    }
}
