//! Is this text a time?
//!
//! Braze turns some forms into dates, and keeps every other text as text. Only the form is looked at, and whether there is such a day.

/// Dates after this year stay text. Braze's user attributes object, 2026-11-23.
const LAST_YEAR: u32 = 3000;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// ISO 8601, as events and purchases need it: `2026-11-23T09:00:00Z`, with or without a fraction and a zone, or the day alone.
#[must_use]
pub fn is_iso(text: &str) -> bool {
    let Some((day, rest)) = text.split_at_checked(10) else { return false };
    is_day(day) && (rest.is_empty() || rest.strip_prefix(['T', ' ']).is_some_and(is_clock))
}

/// `1982-01-31`, a day that there is.
#[must_use]
pub fn is_day(text: &str) -> bool {
    let part = |from, length| text.get(from..from + length).and_then(|part| digits(part, length));
    matches!(text.as_bytes(), [_, _, _, _, b'-', _, _, b'-', _, _])
        && is_date(part(0, 4), part(5, 2), part(8, 2)).is_some_and(|is| is)
}

/// Any form that Braze reads as a date.
#[must_use]
pub fn is_any(text: &str) -> bool {
    is_iso(text) || is_with_colon(text) || is_american(text) || is_spelled(text)
}

/// `yyyy-MM-ddTHH:mm:ss:SSSZ`.
fn is_with_colon(text: &str) -> bool {
    let Some((seconds, rest)) = text.split_at_checked(19) else { return false };
    let Some((fraction, zone)) = rest.strip_prefix(':').and_then(|rest| rest.split_at_checked(3)) else { return false };
    is_iso(seconds) && digits(fraction, 3).is_some() && is_zone(zone)
}

/// `MM/dd/yyyy`; a month and a day of one digit are taken, too.
fn is_american(text: &str) -> bool {
    let mut parts = text.split('/');
    let short = |text: &str| digits(text, text.len()).filter(|_| matches!(text.len(), 1 | 2));
    match [parts.next(), parts.next(), parts.next(), parts.next()] {
        [Some(month), Some(day), Some(year), None] => {
            is_date(digits(year, 4), short(month), short(day)).is_some_and(|is| is)
        }
        _ => false,
    }
}

/// `ddd MM dd HH:mm:ss.TZD YYYY`.
fn is_spelled(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    match words[..] {
        [name, month, day, clock, year] => {
            let clock = clock.split_once('.').map_or(clock, |(clock, _)| clock);
            let date = is_date(digits(year, 4), digits(month, 2), digits(day, 2));
            DAYS.contains(&name) && date == Some(true) && is_clock(clock)
        }
        _ => false,
    }
}

fn is_date(year: Option<u32>, month: Option<u32>, day: Option<u32>) -> Option<bool> {
    let (year, month, day) = (year?, month?, day?);
    Some(year <= LAST_YEAR && (1..=12).contains(&month) && day >= 1 && day <= last_day(year, month))
}

fn last_day(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// `09:00`, `09:00:00`, `09:00:00.123`, and a zone behind.
fn is_clock(text: &str) -> bool {
    let end = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(end);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = clock.split(':');
    let part = |text: Option<&str>, most| text.is_some_and(|text| digits(text, 2).is_some_and(|number| number <= most));
    let (hour, minute, second) = (parts.next(), parts.next(), parts.next());
    part(hour, 23)
        && part(minute, 59)
        && (second.is_none() || part(second, 59))
        && parts.next().is_none()
        && (second.is_some() || fraction == "0")
        && (1..=9).contains(&fraction.len())
        && digits(fraction, fraction.len()).is_some()
        && (zone.is_empty() || is_zone(zone))
}

/// `Z`, `+09:00`, `+0900` or `+09`.
fn is_zone(text: &str) -> bool {
    let Some(offset) = text.strip_prefix(['+', '-']) else { return text == "Z" };
    let (hours, minutes) = match offset.len() {
        2 => (offset, "00"),
        4 if offset.is_ascii() => offset.split_at(2),
        _ => offset.split_once(':').unwrap_or(("", "")),
    };
    digits(hours, 2).is_some_and(|hours| hours < 24) && digits(minutes, 2).is_some_and(|minutes| minutes < 60)
}

fn digits(text: &str, length: usize) -> Option<u32> {
    (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_forms_and_nothing_else() {
        // (text, whether it is ISO 8601, whether it is any date)
        let table = [
            ("2026-11-23T09:00:00Z", true, true),
            ("2026-11-23T09:00:00+09:00", true, true),
            ("2026-11-23T09:00:00-0330", true, true),
            ("2026-11-23T09:00:00.123456789Z", true, true),
            ("2026-11-23T09:00:00", true, true),
            ("2026-11-23T09:00", true, true),
            ("2026-11-23 09:00:00", true, true),
            ("2026-11-23", true, true),
            ("2024-02-29", true, true),
            ("2026-11-23T09:00:00:123+0000", false, true),
            ("12/1/2021", false, true),
            ("Mon 11 23 09:00:00.UTC 2026", false, true),
            ("2026-02-29", false, false),
            ("2026-11-23T24:00:00Z", false, false),
            ("2026-11-23T09:00:00.Z", false, false),
            ("2026-11-23T09:00:00 UTC", false, false),
            ("2026-11-23T09.5", false, false),
            ("3001-01-01", false, false),
            ("2026-13-01", false, false),
            ("1/2", false, false),
            ("1795600000", false, false),
            ("yesterday", false, false),
            ("", false, false),
            ("2026-11-2é", false, false),
            ("2026-11-23T09:00:00+é9", false, false),
        ];
        for (text, iso, any) in table {
            assert_eq!((is_iso(text), is_any(text)), (iso, any), "{text}");
        }
        for (text, expected) in [("1982-01-31", true), ("1982-1-31", false), ("19820131", false), ("1982-02-30", false)]
        {
            assert_eq!(is_day(text), expected, "{text}");
        }
    }
}
