//! A file that lists everybody of some audiences, as Lytics exports it.
//!
//! A person follows from the number alone, so the files are the same on every machine.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;

/// Everybody is in three of them.
pub const AUDIENCES: [&str; 5] = ["vip", "lapsed", "new_this_month", "buyers", "newsletter"];
/// One in so many changes from one file to the next.
const CHANGES: u64 = 100;
/// Ids are numbers below this, in any order: a power of two.
const IDS: u64 = 1 << 25;
/// Odd, so that no two numbers get the same id; near the golden ratio, so that neighbours lie far apart.
const STEP: u64 = 20_736_751;

/// In which order people are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Order {
    /// Neighbours in the file are no neighbours in the store: the worst.
    Scattered,
    /// By their ids.
    Sorted,
}

/// Which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// As everybody was at first.
    First,
    /// One in a hundred is out of one audience. With another number, others are.
    Changed(u64),
}

impl Day {
    /// How many people are told something, read after the day before.
    pub fn changed(self, people: u64) -> u64 {
        let of = |round: u64| (0..people).filter(|number| number % CHANGES == round % CHANGES).count() as u64;
        match self {
            Self::First => 0,
            Self::Changed(0) => of(0),
            // Those of the day before are back.
            Self::Changed(round) => of(round) + of(round - 1),
        }
    }

    fn is_out(self, number: u64) -> bool {
        matches!(self, Self::Changed(round) if number % CHANGES == round % CHANGES)
    }
}

/// Writes the file.
pub fn write(path: &Path, people: Range<u64>, day: Day, order: Order) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "user_id,audiences")?;
    for number in people {
        let id = match order {
            Order::Scattered => number.wrapping_mul(STEP) % IDS,
            Order::Sorted => number,
        };
        let [a, b, c] = [0, 1, 3].map(|audience| AUDIENCES[((number + audience) % 5) as usize]);
        match day.is_out(number) {
            true => writeln!(file, "u-{id:014},{b}&{c}")?,
            false => writeln!(file, "u-{id:014},{a}&{b}&{c}")?,
        }
    }
    Ok(file.flush()?)
}
