//! When was it so? Times are milliseconds since 1970; what is before counts as then.

use jiff::Timestamp;

/// The last millisecond of the year 9999 that has a date in every time zone. Nothing is newer.
pub const LATEST_MS: u64 = 253_402_207_200_999;

/// Reads RFC 3339.
pub fn read(text: &str) -> Result<u64, String> {
    let time: Timestamp = text.parse().map_err(|_| "it is no RFC 3339 time".to_owned())?;
    Ok(u64::try_from(time.as_millisecond()).unwrap_or_default().min(LATEST_MS))
}

/// Writes RFC 3339. The first moment of all stands for "not known when", and is not written.
#[must_use]
pub fn write(ms: u64) -> Option<String> {
    let ms = i64::try_from(ms).ok().filter(|ms| *ms > 0)?;
    Timestamp::from_millisecond(ms).ok().map(|time| time.to_string())
}

/// Reads times of which most are like the one before, as in a page of a feed.
#[derive(Debug, Default)]
pub struct Reader {
    text: Option<String>,
    ms: u64,
}

impl Reader {
    /// Reads RFC 3339.
    pub fn read(&mut self, text: &str) -> Result<u64, String> {
        if self.text.as_deref() != Some(text) {
            self.text = None;
            self.ms = read(text)?;
            self.text = Some(text.to_owned());
        }
        Ok(self.ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_to_the_millisecond() {
        let table = [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("1969-12-31T23:59:59Z", Some(0)),
            ("2026-11-23T09:00:00Z", Some(1_795_424_400_000)),
            ("2026-11-23T10:00:00.1239+01:00", Some(1_795_424_400_123)),
            ("9999-12-30T22:00:00.999Z", Some(253_402_207_200_999)),
            ("2026-11-23", None),
            ("soon", None),
            ("", None),
        ];
        assert!(Reader::default().read("").is_err());
        let mut reader = Reader::default();
        for (text, expected) in table {
            assert_eq!(read(text).ok(), expected, "{text}");
            assert_eq!(reader.read(text).ok(), expected, "{text}");
            assert_eq!(reader.read(text).ok(), expected, "{text} again");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for ms in [1, 1_795_424_400_123, 1_795_424_400_000] {
            assert_eq!(read(&write(ms).unwrap()), Ok(ms));
        }
        assert_eq!(write(0), None);
        assert_eq!(write(u64::MAX), None);
    }
}
