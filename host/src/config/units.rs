//! Sizes and durations as people write them: `64MiB`, `100ms`. A bare number is refused, because nobody can see its unit.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use jiff::SignedDuration;

const UNITS: [(&str, u64); 9] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
];

/// So many bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub u64);

impl Size {
    /// Reads `64MiB`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
        let (_, bytes) = UNITS.iter().find(|(name, _)| *name == unit.trim_start())?;
        digits.parse::<u64>().ok()?.checked_mul(*bytes).map(Self)
    }
}

/// A share in whole hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(pub u32);

impl Percent {
    /// Reads `20%`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.strip_suffix('%')?.trim_end().parse().ok().map(Self)
    }

    /// Between 0 and 1.
    #[must_use]
    pub fn share(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

/// In the largest unit that needs no fraction.
impl Display for Size {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let fits = |unit: &&(&str, u64)| self.0 > 0 && self.0.is_multiple_of(unit.1);
        let (name, bytes) = UNITS.iter().filter(fits).max_by_key(|unit| unit.1).unwrap_or(&UNITS[0]);
        write!(f, "{}{name}", self.0 / bytes)
    }
}

/// Reads `100ms`, `5m` or `1h 30m`.
pub(super) fn parse_duration(text: &str) -> Option<Duration> {
    text.parse::<SignedDuration>().ok()?.try_into().ok()
}

/// Writes what [`parse_duration`] reads.
pub(super) fn show_duration(duration: Duration) -> String {
    SignedDuration::try_from(duration).map_or_else(|_| format!("{duration:?}"), |duration| format!("{duration:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let table = [
            ("0B", Some(0)),
            ("64MiB", Some(64 << 20)),
            ("1 GiB", Some(1 << 30)),
            ("10kB", Some(10_000)),
            ("10", None),
            ("MiB", None),
            ("", None),
            ("-1MiB", None),
            ("1.5GiB", None),
            ("64mib", None),
            ("99999999999TiB", None),
            ("9999999999999999999999B", None),
        ];
        for (text, bytes) in table {
            assert_eq!(Size::parse(text), bytes.map(Size), "{text}");
        }
    }

    #[test]
    fn sizes_are_shown_as_they_are_written() {
        for text in ["0B", "1B", "64MiB", "1GiB", "10kB", "1500MB"] {
            assert_eq!(Size::parse(text).map(|size| size.to_string()).as_deref(), Some(text));
        }
    }

    #[test]
    fn durations() {
        let table = [
            ("100ms", Some(100)),
            ("5m", Some(300_000)),
            ("1h 30m", Some(5_400_000)),
            ("0s", Some(0)),
            ("100", None),
            ("", None),
            ("-5s", None),
            ("5 parsecs", None),
        ];
        for (text, milliseconds) in table {
            assert_eq!(parse_duration(text), milliseconds.map(Duration::from_millis), "{text}");
        }
        assert_eq!(show_duration(Duration::from_millis(100)), "100ms");
        assert_eq!(show_duration(Duration::from_secs(60)), "1m");
    }
}
