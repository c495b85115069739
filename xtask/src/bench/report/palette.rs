//! The colours of the plots, and what all of them share: fonts, the way from a drawing to the text of its
//! SVG.

use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;

/// Lines, labels.
pub const INK: RGBColor = RGBColor(55, 65, 81);
/// What is not to be looked at first.
pub const FAINT: RGBColor = RGBColor(214, 219, 226);
/// Stock, and what does not differ from it.
pub const STOCK: RGBColor = RGBColor(140, 148, 160);
/// Slower.
pub const SLOWER: RGBColor = RGBColor(200, 80, 30);

/// Interpreters beside stock; told apart by people who see fewer colours, too.
pub const SUBJECTS: [RGBColor; 5] = [
    RGBColor(15, 118, 160),
    RGBColor(178, 120, 10),
    RGBColor(120, 80, 170),
    RGBColor(30, 130, 80),
    RGBColor(170, 60, 110),
];

/// Shares of a whole, the first the one that is wanted.
pub const SHARES: [RGBColor; 6] = [
    RGBColor(15, 118, 160),
    RGBColor(110, 180, 205),
    RGBColor(235, 170, 60),
    RGBColor(200, 80, 30),
    RGBColor(120, 80, 170),
    RGBColor(190, 196, 204),
];

/// The colour of the interpreter at a place among those beside stock.
pub fn subject(index: usize) -> RGBColor {
    SUBJECTS[index % SUBJECTS.len()]
}

/// `#0f76a0`
pub fn hex(colour: RGBColor) -> String {
    format!("#{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2)
}

/// Text of this size.
pub fn font(size: i32) -> FontDesc<'static> {
    (FontFamily::SansSerif, size).into_font()
}

/// Draws a picture of this size that grows and shrinks with its place on the page.
pub fn draw(
    (width, height): (u32, u32),
    title: &str,
    paint: impl FnOnce(&DrawingArea<SVGBackend<'_>, Shift>) -> Result<()>,
) -> Result<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
        paint(&area)?;
        area.present().map_err(failed)?;
    }
    let size = format!("width=\"{width}\" height=\"{height}\" ");
    let escaped = title.replace('&', "&amp;").replace('<', "&lt;");
    let name = format!("<title>{escaped}</title>");
    let named = match svg.find('>') {
        Some(end) => format!("{}{name}{}", &svg[..=end], &svg[end + 1..]),
        None => svg,
    };
    Ok(named.replacen(&size, &format!("style=\"max-width:{width}px\" role=\"img\" "), 1))
}

/// Errors of the drawing crate borrow what they were about.
pub fn failed(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("cannot draw: {error}")
}
