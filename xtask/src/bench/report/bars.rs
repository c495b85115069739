//! Bars of ratios, one for each program and interpreter, on a logarithmic scale that begins at 1x.

use super::palette::{FAINT, INK, SLOWER, STOCK, draw, failed, font, subject};
use crate::bench::statistics::{Ratio, Verdict};
use anyhow::Result;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Of one program.
pub struct Row {
    /// Its name.
    pub name: String,
    /// The ratio of each interpreter; none where it has no result.
    pub ratios: Vec<Option<Ratio>>,
}

/// Which way is good.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// Times as fast: to the right is better.
    Speed,
    /// Times as much memory: to the left is better.
    Cost,
}

/// How a picture is laid out.
#[derive(Clone, Copy)]
pub struct Layout {
    width: u32,
    names: i32,
    text: i32,
}

/// For screens and paper.
pub const WIDE: Layout = Layout { width: 900, names: 210, text: 13 };

/// For phones.
pub const NARROW: Layout = Layout { width: 380, names: 128, text: 12 };

const BAR: i32 = 15;
const GAP: i32 = 7;
const AXIS: i32 = 26;
/// Room for the number behind the longest bar.
const NUMBER: i32 = 52;

/// Ticks of the scale that lie in a range, at steps that people read.
fn ticks(low: f64, high: f64, room: i32) -> Vec<f64> {
    const STEPS: [&[f64]; 4] = [
        &[0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2.0],
        &[0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0],
        &[0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0],
        &[0.01, 0.1, 1.0, 10.0, 100.0, 1000.0],
    ];
    let fits =
        |steps: &[f64]| -> Vec<f64> { steps.iter().copied().filter(|t| (low..=high).contains(t)).collect() };
    let space = |found: &[f64]| {
        let unit = f64::from(room) / (high / low).ln();
        found.windows(2).map(|w| (w[1] / w[0]).ln() * unit).fold(f64::INFINITY, f64::min)
    };
    // All of the range must be covered, or a fine scale would end in its middle.
    let covers =
        |steps: &[f64]| steps.first().is_some_and(|f| *f <= low * 1.5) && steps.last() >= Some(&(high / 1.5));
    let fine =
        STEPS.iter().find(|steps| covers(steps) && fits(steps).len() > 1 && space(&fits(steps)) >= 34.0);
    fits(fine.unwrap_or(&STEPS[3]))
}

fn label(value: f64, sense: Sense) -> String {
    let digits = if value >= 9.95 { 1 } else { 2 };
    match sense {
        Sense::Speed => format!("{value:.digits$}×"),
        Sense::Cost => format!("×{value:.digits$}"),
    }
}

/// What a ratio of [`Ratio`], in which more is better, is as it is shown.
fn shown(ratio: &Ratio, sense: Sense) -> (f64, Option<(f64, f64)>) {
    match sense {
        Sense::Speed => (ratio.ratio, ratio.interval),
        Sense::Cost => (1.0 / ratio.ratio, ratio.interval.map(|(low, high)| (1.0 / high, 1.0 / low))),
    }
}

/// The range of the scale of several pictures that are to be compared.
pub fn range<'a>(rows: impl IntoIterator<Item = &'a Row>, sense: Sense) -> (f64, f64) {
    let (mut low, mut high) = (1.0f64, 1.0f64);
    for ratio in rows.into_iter().flat_map(|row| row.ratios.iter().flatten()) {
        let (value, interval) = shown(ratio, sense);
        let (from, to) = interval.unwrap_or((value, value));
        // An interval of two turns may go on forever; the bar is what counts.
        low = low.min(value).min(from.max(value / 1.5));
        high = high.max(value).max(to.min(value * 1.5));
    }
    ((low * 0.97).clamp(0.005, 0.9), (high * 1.03).clamp(1.15, 2000.0))
}

/// The picture of a group.
pub fn picture(title: &str, rows: &[Row], range: (f64, f64), layout: Layout, sense: Sense) -> Result<String> {
    let bars = rows.iter().map(|row| row.ratios.len().max(1)).max().unwrap_or(1) as i32;
    let step = bars * BAR + GAP;
    let height = rows.len() as i32 * step + AXIS;
    let size = (layout.width, height as u32);
    let room = layout.width as i32 - layout.names - NUMBER;
    let (low, high) = range;
    let x = |value: f64| {
        let share = (value.clamp(low, high) / low).ln() / (high / low).ln();
        layout.names + (share * f64::from(room)) as i32
    };
    let text = |size| font(size).color(&INK);
    draw(size, title, |area| {
        let bottom = height - AXIS;
        for tick in ticks(low, high, room) {
            let is_one = tick == 1.0;
            let line = [(x(tick), 0), (x(tick), bottom + 3)];
            let style = if is_one { INK.stroke_width(1) } else { FAINT.stroke_width(1) };
            area.draw(&PathElement::new(line, style)).map_err(failed)?;
            let centred = text(11).pos(Pos::new(HPos::Center, VPos::Top));
            let name = match sense {
                Sense::Speed => format!("{tick}×"),
                Sense::Cost => format!("×{tick}"),
            };
            area.draw(&Text::new(name, (x(tick), bottom + 8), centred)).map_err(failed)?;
        }
        for (i, row) in rows.iter().enumerate() {
            let top = i as i32 * step + GAP / 2;
            let beside = text(layout.text).pos(Pos::new(HPos::Right, VPos::Center));
            let name = shortened(&row.name, layout);
            let middle = top + bars * BAR / 2;
            area.draw(&Text::new(name, (layout.names - 8, middle), beside)).map_err(failed)?;
            for (k, ratio) in row.ratios.iter().enumerate() {
                let y = top + k as i32 * BAR;
                let Some(ratio) = ratio else {
                    let note = text(11).pos(Pos::new(HPos::Left, VPos::Center));
                    area.draw(&Text::new("no result", (x(1.0) + 6, y + BAR / 2), note)).map_err(failed)?;
                    continue;
                };
                let (value, interval) = shown(ratio, sense);
                // With several interpreters colours tell these apart.
                let colour = match (sense, ratio.verdict) {
                    (Sense::Speed, Verdict::Slower) if row.ratios.len() == 1 => SLOWER,
                    (Sense::Speed, Verdict::Same) if row.ratios.len() == 1 => STOCK,
                    _ => subject(k),
                };
                let (from, to) = (x(value.min(1.0)), x(value.max(1.0)));
                let bar = [(from, y + 1), (to.max(from + 1), y + BAR - 1)];
                area.draw(&Rectangle::new(bar, colour.filled())).map_err(failed)?;
                let mut end = to;
                if let Some((least, most)) = interval {
                    let whisker = [(x(least), y + BAR / 2), (x(most), y + BAR / 2)];
                    area.draw(&PathElement::new(whisker, INK.mix(0.55).stroke_width(1))).map_err(failed)?;
                    end = end.max(x(most));
                }
                let note = text(11).pos(Pos::new(HPos::Left, VPos::Center));
                area.draw(&Text::new(label(value, sense), (end + 5, y + BAR / 2), note)).map_err(failed)?;
            }
        }
        Ok(())
    })
}

fn shortened(name: &str, layout: Layout) -> String {
    let most = (layout.names as usize - 8) * 10 / (layout.text as usize * 6);
    match name.chars().count() > most {
        true => name.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
        false => name.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::statistics::in_turn;

    fn row(name: &str, base: &[f64]) -> Row {
        Row { name: name.into(), ratios: vec![in_turn(base, &vec![1.0; base.len()])] }
    }

    #[test]
    fn scales_have_room_and_ticks() {
        let rows = [row("a", &[2.0, 2.0]), row("b", &[0.5, 0.5])];
        let (low, high) = range(&rows, Sense::Speed);
        assert!(low < 0.5 && high > 2.0 && low > 0.4 && high < 2.5, "{low} {high}");
        let found = ticks(low, high, 600);
        assert!(found.contains(&1.0) && found.len() >= 4, "{found:?}");
        assert!(ticks(0.9, 40.0, 300).contains(&10.0));
        assert!(ticks(0.9, 1.15, 300).len() >= 2);
    }

    #[test]
    fn a_picture_names_its_programs() {
        let rows = [row("richards", &[2.0, 2.1]), Row { name: "gone".into(), ratios: vec![None] }];
        let range = range(&rows, Sense::Speed);
        for layout in [WIDE, NARROW] {
            let svg = picture("a & b", &rows, range, layout, Sense::Speed).expect("draws");
            assert!(svg.contains("richards") && svg.contains("2.05×") && svg.contains("no result"), "{svg}");
            assert!(svg.contains("<title>a &amp; b</title>") && svg.contains("viewBox"), "{svg}");
        }
    }

    #[test]
    fn memory_is_shown_the_other_way_round() {
        let ratio = in_turn(&[1.0, 1.0], &[2.0, 2.0]).expect("a ratio");
        let (value, interval) = shown(&ratio, Sense::Cost);
        assert!(
            (value - 2.0).abs() < 1e-9
                && interval.is_some_and(|(low, high)| low <= 2.0 && 2.0 <= high + 1e-9)
        );
        assert_eq!(label(12.34, Sense::Cost), "×12.3");
    }

    #[test]
    fn long_names_are_shortened() {
        assert!(shortened(&"x".repeat(80), NARROW).ends_with('…'));
        assert_eq!(shortened("short", NARROW), "short");
    }
}
