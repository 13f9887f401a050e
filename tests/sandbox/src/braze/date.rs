//! Is this text a time?
//!
//! Contract 2.3: ISO 8601 and a few other forms are dates; everything else stays a text.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

/// Dates after this year stay texts (contract 2.3).
const LAST_YEAR: i16 = 3000;

/// The forms beside ISO 8601, first those with a zone and then those without (contract 2.3).
const ZONED: [&str; 2] = ["%Y-%m-%dT%H:%M:%S:%f%z", "%a %m %d %H:%M:%S.%z %Y"];
const CIVIL: [&str; 1] = ["%m/%d/%Y"];

/// An ISO 8601 time; without a zone it is UTC.
#[must_use]
pub fn iso(text: &str) -> Option<Timestamp> {
    let time = text.parse::<Timestamp>().ok().or_else(|| utc(text.parse::<DateTime>().ok()?))?;
    in_range(time)
}

/// Any form that Braze reads as a date.
#[must_use]
pub fn any(text: &str) -> Option<Timestamp> {
    // Whatever is a date begins with a digit or a day's name, and most texts do not look like one.
    if text.len() < 8 || !text.is_ascii() {
        return None;
    }
    iso(text).or_else(|| zoned(text)).or_else(|| civil(text)).and_then(in_range)
}

/// A plain `YYYY-MM-DD`.
#[must_use]
pub fn day(text: &str) -> bool {
    text.len() == 10 && strtime::parse("%Y-%m-%d", text).is_ok_and(|time| time.to_date().is_ok())
}

fn zoned(text: &str) -> Option<Timestamp> {
    ZONED.iter().find_map(|form| strtime::parse(form, text).ok()?.to_timestamp().ok())
}

fn civil(text: &str) -> Option<Timestamp> {
    let day = |form| strtime::parse(form, text).ok()?.to_date().ok();
    CIVIL.iter().find_map(day).map(Date::into).and_then(utc)
}

fn utc(time: DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(time).ok()
}

fn in_range(time: Timestamp) -> Option<Timestamp> {
    (0..=LAST_YEAR).contains(&TimeZone::UTC.to_datetime(time).year()).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_forms_and_nothing_else() {
        // Contract 2.3. (text, what `any` reads, whether it is ISO 8601)
        let table = [
            ("2026-11-23T09:00:00Z", "2026-11-23T09:00:00Z", true),
            ("2026-11-23T09:00:00+09:00", "2026-11-23T00:00:00Z", true),
            ("2026-11-23T09:00:00.123456789Z", "2026-11-23T09:00:00.123456789Z", true),
            ("2026-11-23T09:00:00", "2026-11-23T09:00:00Z", true),
            ("2026-11-23 09:00:00", "2026-11-23T09:00:00Z", true),
            ("2026-11-23", "2026-11-23T00:00:00Z", true),
            ("2026-11-23T09:00:00:123+0000", "2026-11-23T09:00:00.123Z", false),
            ("12/1/2021", "2021-12-01T00:00:00Z", false),
            ("3001-01-01", "", false),
            ("-001-01-01", "", false),
            ("2026-13-01", "", false),
            ("yesterday", "", false),
            ("20261123", "2026-11-23T00:00:00Z", true),
            ("", "", false),
            ("한국어 2026-11-23", "", false),
        ];
        for (text, expected, is_iso) in table {
            let read = any(text).map(|time| time.to_string()).unwrap_or_default();
            assert_eq!((read.as_str(), iso(text).is_some()), (expected, is_iso), "{text}");
        }
    }

    #[test]
    fn a_day_has_one_form() {
        for (text, expected) in [("1982-01-31", true), ("1982-1-31", false), ("19820131", false), ("1982-02-30", false)]
        {
            assert_eq!(day(text), expected, "{text}");
        }
    }
}
