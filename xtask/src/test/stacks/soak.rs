//! A long run of requests that nobody has made before: memory has to level off as stock's does.

use super::client::{self, Question};
use super::rounds::Sides;
use super::table::Load;
use anyhow::{Result, bail, ensure};
use std::time::{Duration, Instant};

/// Requests of one side before it is the other's turn.
const TURN: usize = 200;

/// How often memory is said.
const INTERVALS: u32 = 20;

/// By how much of itself memory may grow from the third quarter to the last one, beyond what stock's does.
const GROWTH: f64 = 0.04;

/// What was seen at the end of an interval, in kilobytes of each side.
struct Look {
    stock: u64,
    ours: u64,
}

/// Asks both sides for so long; the text is what memory was like.
pub fn run(sides: &mut Sides<'_>, minutes: f64) -> Result<String> {
    let Load::Http { requests, connections } = sides.stack.load else {
        bail!("only what is asked over HTTP can be soaked");
    };
    let (started, whole) = (Instant::now(), Duration::from_secs_f64(minutes * 60.0));
    let (mut place, mut looks, mut errors) = (0, Vec::<Look>::new(), [0, 0]);
    while started.elapsed() < whole {
        let questions: Vec<Question> =
            (place..place + TURN).map(|place| Question::of(requests, place).unheard_of(place)).collect();
        place += TURN;
        let stock = client::ask_all(sides.stock.port(), &questions, connections);
        let ours = client::ask_all(sides.ours.port(), &questions, connections);
        for (question, ((stock, _), (ours, _))) in questions.iter().zip(stock.iter().zip(&ours)) {
            ensure!(stock == ours, "{}: {ours:?}, and stock: {stock:?}", question.path);
            errors[0] += usize::from(stock.is_error());
            errors[1] += usize::from(ours.is_error());
        }
        sides.stock.check()?;
        sides.ours.check()?;
        if started.elapsed() >= whole * (looks.len() as u32 + 1) / INTERVALS {
            let look = Look { stock: sides.stock.usage().share_kb, ours: sides.ours.usage().share_kb };
            println!(
                "        after {:.1} minutes and {place} requests: {} KB, stock {} KB",
                started.elapsed().as_secs_f64() / 60.0,
                look.ours,
                look.stock
            );
            looks.push(look);
        }
    }
    let grown = growth(&looks)?;
    Ok(format!("{place} requests each, errors {} and {}, {grown}", errors[1], errors[0]))
}

/// Fails where ours has grown by too much; of each quarter it is the mean, as memory comes and goes.
fn growth(looks: &[Look]) -> Result<String> {
    let quarter = looks.len() / 4;
    let [.., last] = looks else { bail!("it was too short to see anything") };
    ensure!(quarter > 0, "it was too short to see anything");
    let (before, after) = looks[looks.len() - 2 * quarter..].split_at(quarter);
    let sum = |looks: &[Look], of: fn(&Look) -> u64| looks.iter().map(of).sum::<u64>() as f64;
    let grown = |of| sum(after, of) / sum(before, of) - 1.0;
    let (stock, ours) = (grown(|look| look.stock), grown(|look| look.ours));
    let text = format!(
        "memory {:+.1} % in the last quarter, stock's {:+.1} %: {} to {} KB",
        ours * 100.0,
        stock * 100.0,
        last.ours,
        last.stock
    );
    ensure!(ours <= stock.max(0.0) + GROWTH, "it does not level off: {text}");
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grows_for_ever_is_found() {
        let looks = |ours: fn(u64) -> u64| -> Vec<Look> {
            (0..20).map(|n| Look { stock: 1000, ours: ours(n) }).collect()
        };
        assert!(growth(&looks(|n| 1000 + 100 * n)).is_err());
        assert!(growth(&looks(|n| 2000 + 100 * n.min(11))).is_ok());
        assert!(growth(&[]).is_err());
    }
}
