//! When was it? As RFC 3339.

use jiff::Timestamp;
use serde_json::value::RawValue;

/// Seconds since 1970, perhaps with a fraction, as RFC 3339. None if it is no such number.
#[must_use]
pub fn moment(value: &RawValue) -> Option<String> {
    let text = value.get();
    let moment = match text.parse::<i64>() {
        Ok(seconds) => Timestamp::from_second(seconds).ok()?,
        Err(_) => of_fraction(text.parse().ok()?)?,
    };
    Some(moment.to_string())
}

/// Milliseconds since 1970, as RFC 3339. None if there is no such date.
#[must_use]
pub fn of_ms(ms: u64) -> Option<String> {
    Some(Timestamp::from_millisecond(i64::try_from(ms).ok()?).ok()?.to_string())
}

fn of_fraction(seconds: f64) -> Option<Timestamp> {
    let ms = (seconds * 1000.0).round();
    // Beyond this a number of milliseconds is no whole one any more.
    (ms.abs() < 9e15).then(|| Timestamp::from_millisecond(ms as i64).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_moment() {
        let table = [
            ("1795600000", Some("2026-11-25T09:46:40Z")),
            ("1795600000.25", Some("2026-11-25T09:46:40.25Z")),
            ("0", Some("1970-01-01T00:00:00Z")),
            ("-1", Some("1969-12-31T23:59:59Z")),
            ("1e300", None),
            ("99999999999999", None),
            ("\"1795600000\"", None),
            ("null", None),
            ("[]", None),
        ];
        for (json, expected) in table {
            let value: &RawValue = serde_json::from_str(json).unwrap();
            assert_eq!(moment(value).as_deref(), expected, "{json}");
        }
    }
}
