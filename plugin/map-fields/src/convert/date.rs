//! Which day, or which moment is it?
//!
//! Only forms that say which number is the month are read unasked: `03/04/2026` is another day on the other side of an ocean, and needs a
//! `from`.

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::fmt::{rfc2822, strtime, temporal::Pieces};
use jiff::tz::{Offset, TimeZone};

use super::Wrong;
use super::scalar::{is_digits, whole};
use crate::settings::DateForm;

/// Earlier years are no dates but zero values (Go's is 0001-01-01); later ones are stored as text by Braze (user attributes object, read
/// 2026-11-23).
const YEARS: std::ops::RangeInclusive<i16> = 1000..=3000;

/// Forms beyond ISO 8601 and RFC 2822 that can mean one day only. The first that fits counts.
const FORMS: [&str; 11] = [
    "%Y%m%d%H%M%S",
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y-%m-%d %H:%M:%S%.f %z UTC",
    "%Y-%m-%d %H:%M:%S%.f %z",
    "%Y-%m-%d %H:%M:%S%.f UTC",
    "%B %d, %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%d %b %Y",
];

/// In nanoseconds.
const MILLISECOND: i128 = 1_000_000;
const SECOND: i128 = 1000 * MILLISECOND;

/// Reads and writes dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dates {
    from: Vec<Form>,
    to: DateForm,
}

/// A form in which a date comes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    Seconds,
    Milliseconds,
    Written(String),
}

/// A date as it was written, and how far that clock is ahead of UTC.
#[derive(Debug, Clone, Copy)]
struct Moment {
    written: DateTime,
    offset: Offset,
}

impl Dates {
    /// Reads the options.
    pub fn new(from: &[String], to: DateForm) -> Result<Self, Wrong> {
        let form = |(place, text): (usize, &String)| {
            Form::new(text).ok_or_else(|| {
                let message =
                    format!("`{text}` is no format of strftime with a day in it, and not `seconds` or `milliseconds`");
                Wrong::at(format!("date/from/{place}"), message)
            })
        };
        let from = from.iter().enumerate().map(form).collect::<Result<_, _>>()?;
        Ok(Self { from, to })
    }

    /// The date in the wanted form.
    #[must_use]
    pub fn date(&self, text: &str) -> Option<String> {
        let moment =
            if self.from.is_empty() { common(text) } else { self.from.iter().find_map(|form| form.read(text)) };
        let moment = moment.filter(|moment| YEARS.contains(&moment.written.year()))?;
        match self.to {
            DateForm::Date => Some(moment.written.date().to_string()),
            DateForm::Timestamp => moment.offset.to_timestamp(moment.written).ok().map(|moment| moment.to_string()),
        }
    }

    /// Whether the forms are the operator's own.
    #[must_use]
    pub fn is_told(&self) -> bool {
        !self.from.is_empty()
    }
}

impl Form {
    fn new(text: &str) -> Option<Self> {
        match text {
            "seconds" => Some(Self::Seconds),
            "milliseconds" => Some(Self::Milliseconds),
            // What it writes it has to read.
            format => {
                let sample = Timestamp::UNIX_EPOCH.to_zoned_datetime(TimeZone::UTC);
                let written = strtime::format(format, &sample).ok()?;
                formatted(format, &written).map(|_| Self::Written(format.to_owned()))
            }
        }
    }

    fn read(&self, text: &str) -> Option<Moment> {
        match self {
            Self::Seconds => epoch(&whole(text), SECOND),
            Self::Milliseconds => epoch(&whole(text), MILLISECOND),
            Self::Written(format) => formatted(format, text),
        }
    }
}

fn common(text: &str) -> Option<Moment> {
    let number = whole(text);
    let digits = number.split('.').next().unwrap_or_default().trim_start_matches('-');
    match digits.len() {
        // Seconds from March 1973 on, and milliseconds from September 2001 on. What is shorter may be anything.
        9..=11 if is_digits(digits) => epoch(&number, SECOND),
        12..=13 if is_digits(digits) => epoch(&number, MILLISECOND),
        _ => iso(text).or_else(|| mail(text)).or_else(|| FORMS.iter().find_map(|form| formatted(form, text))),
    }
}

/// Since 1970, in units of so many nanoseconds.
fn epoch(number: &str, unit: i128) -> Option<Moment> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let count: i128 = whole.parse::<i64>().ok()?.into();
    // The fraction in billionths of the unit.
    let billionths: i128 = format!("{fraction:0<9.9}").parse::<u32>().ok()?.into();
    let part = billionths * unit / 1_000_000_000;
    let part = if whole.starts_with('-') { -part } else { part };
    let moment = Timestamp::from_nanosecond(count * unit + part).ok()?;
    Some(Moment { written: Offset::UTC.to_datetime(moment), offset: Offset::UTC })
}

fn iso(text: &str) -> Option<Moment> {
    let pieces = Pieces::parse(text).ok()?;
    let offset = match (pieces.to_numeric_offset(), pieces.time_zone_annotation()) {
        (Some(offset), _) => offset,
        (None, None) => Offset::UTC,
        // The rules of a time zone are not known here.
        (None, Some(_)) => return None,
    };
    Some(Moment { written: pieces.date().to_datetime(pieces.time().unwrap_or(Time::midnight())), offset })
}

fn mail(text: &str) -> Option<Moment> {
    let moment = rfc2822::parse(text).ok()?;
    Some(Moment { written: moment.datetime(), offset: moment.offset() })
}

fn formatted(format: &str, text: &str) -> Option<Moment> {
    let parsed = strtime::parse(format, text).ok()?;
    match parsed.to_date() {
        Ok(date) => {
            let written = parsed.to_datetime().unwrap_or_else(|_| date.to_datetime(Time::midnight()));
            Some(Moment { written, offset: parsed.offset().unwrap_or(Offset::UTC) })
        }
        // `%s` alone.
        Err(_) => {
            let moment = parsed.to_timestamp().ok()?;
            Some(Moment { written: Offset::UTC.to_datetime(moment), offset: Offset::UTC })
        }
    }
}

#[cfg(test)]
mod tests;
