//! What does an answer mean for the events of the request?

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;

use crate::component::types::Response;
use crate::delivery::request::Sent;

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// All of it was taken.
    Delivered,
    /// Not as a whole; a part of it may be.
    Refused(String),
    /// The same again, not before so long if the other side said so.
    Later(Option<Duration>),
    /// Nothing passes before a person acts.
    Stop(String),
}

/// At least once: where nobody knows, it is sent again.
pub(super) fn fate(sent: Sent) -> Fate {
    match sent {
        Sent::Answered(response) => of_answer(&response),
        Sent::Refused(why) => Fate::Stop(why),
        Sent::NotSent(why) | Sent::Unknown(why) => {
            tracing::debug!(why, "no answer; sending it again");
            Fate::Later(None)
        }
    }
}

fn of_answer(response: &Response) -> Fate {
    let status = response.status;
    match status {
        200..=299 => Fate::Delivered,
        408 | 429 | 500.. => Fate::Later(retry_after(response)),
        300..=399 => Fate::Stop(format!("it answers with status {status} that events are taken elsewhere: mend `url`")),
        401 | 403 => Fate::Stop(format!("it answers with status {status}: mend the credentials in `authorization`")),
        404 | 405 | 410 => {
            Fate::Stop(format!("it answers with status {status}: no events are taken there; mend `url` or `method`"))
        }
        _ => Fate::Refused(format!("refused with status {status}")),
    }
}

/// In seconds, or as a date (RFC 9110, section 10.2.3).
fn retry_after(response: &Response) -> Option<Duration> {
    let header = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("retry-after"))?;
    let text = header.value.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTimeParser::new().parse_timestamp(text).ok()?.as_millisecond();
    let wait = u64::try_from(until).ok()?.saturating_sub(response.received_at_ms);
    Some(Duration::from_millis(wait))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::types::Field;

    #[test]
    fn what_each_status_means() {
        let now = 1_763_969_709_000; // Mon, 24 Nov 2025 07:35:09 GMT
        let table: [(u16, &str, &str); 20] = [
            (200, "", "Delivered"),
            (202, "", "Delivered"),
            (204, "", "Delivered"),
            (302, "", "Stop"),
            (400, "", "Refused"),
            (401, "", "Stop"),
            (403, "", "Stop"),
            (404, "", "Stop"),
            (405, "", "Stop"),
            (413, "", "Refused"),
            (422, "", "Refused"),
            (408, "", "Later(None)"),
            (429, "7", "Later(Some(7s))"),
            (429, "Mon, 24 Nov 2025 07:35:12 GMT", "Later(Some(3s))"),
            (429, "Mon, 24 Nov 2025 07:00:00 GMT", "Later(Some(0ns))"),
            (429, "soon", "Later(None)"),
            (429, "-1", "Later(None)"),
            (500, "", "Later(None)"),
            (503, " 2 ", "Later(Some(2s))"),
            (599, "", "Later(None)"),
        ];
        for (status, header, expected) in table {
            let headers = vec![Field { name: "Retry-After".into(), value: header.into() }];
            let (body, complete) = (Vec::new(), true);
            let response = Response { status, headers, body, complete, sent_at_ms: now, received_at_ms: now };
            let shown = format!("{:?}", of_answer(&response));
            let shown = if shown.starts_with("Later") { &shown } else { shown.split('(').next().unwrap() };
            assert_eq!(shown, expected, "{status} {header}");
        }
    }
}
