//! How much does Braze still allow, and when is it asked again?
//!
//! There is a burst window of a few seconds and, by contract, a clock hour; an answer tells of one of them and does not say of which. One
//! that has more than a burst window left of it, or allows more than a burst does, is the hour.

use braze::wait::{HOUR_MS, number, reset_ms};
pub use braze::wait::{asked_ms, wait_ms};
use brazeline_kit::{Budget, Response};

use crate::settings::Settings;

/// Seconds are whole, and an answer takes its time.
const ROUNDING_MS: u64 = 2_000;

/// What an answer says about its budgets.
#[must_use]
pub fn budgets(settings: &Settings, response: &Response) -> Vec<Budget> {
    match (number(response, "x-ratelimit-remaining"), response.status) {
        (Some(remaining), _) => vec![told(settings, response, remaining)],
        // The 429 of a plan with an hour names no window, only how long it is shut.
        (None, 429) => asked_ms(response).map(|ms| shut(settings, ms)).into_iter().collect(),
        (None, _) => Vec::new(),
    }
}

fn told(settings: &Settings, response: &Response, remaining: u64) -> Budget {
    let limit = number(response, "x-ratelimit-limit");
    let reset = reset_ms(response);
    let is_hour = is_longer(settings, reset.unwrap_or(0)) || limit.is_some_and(|limit| limit > settings.burst());
    if is_hour {
        let resets_in_ms = reset.unwrap_or_else(|| until_the_clock_hour(response.received_at_ms));
        Budget { name: settings.endpoint.hour_name().to_owned(), limit, remaining, resets_in_ms }
    } else {
        let resets_in_ms = reset.unwrap_or(settings.endpoint.burst_ms());
        Budget { name: settings.endpoint.burst_name().to_owned(), limit, remaining, resets_in_ms }
    }
}

/// Nothing is left for so long. How much there is afterwards of an hour nobody said, but never more than an hour of bursts.
fn shut(settings: &Settings, ms: u64) -> Budget {
    let endpoint = settings.endpoint;
    let (name, limit) = match is_longer(settings, ms) {
        true => (endpoint.hour_name(), settings.burst().saturating_mul(HOUR_MS / endpoint.burst_ms())),
        false => (endpoint.burst_name(), settings.burst()),
    };
    Budget { name: name.to_owned(), limit: Some(limit), remaining: 0, resets_in_ms: ms }
}

fn is_longer(settings: &Settings, ms: u64) -> bool {
    ms > settings.endpoint.burst_ms() + ROUNDING_MS
}

/// An hour's window ends with the hour on the clock, and does not roll. `braze.com/docs/api/api_limits`, 2026-11-23.
fn until_the_clock_hour(now_ms: u64) -> u64 {
    HOUR_MS - now_ms % HOUR_MS
}

#[cfg(test)]
mod tests {
    use super::*;
    use brazeline_kit::Field;

    type Headers = &'static [(&'static str, &'static str)];

    const NOW_MS: u64 = 1_795_600_000_250;

    fn response(headers: &[(&str, &str)]) -> Response {
        let headers = headers.iter().map(|(name, value)| Field::new(*name, *value)).collect();
        Response { headers, received_at_ms: NOW_MS, ..Response::default() }
    }

    /// At ten past an hour of the clock.
    const PAST_MS: u64 = 1_795_600_200_000;

    fn shown(settings: &str, response: &Response) -> String {
        let settings: Settings = serde_json::from_str(settings).unwrap();
        let budget = |Budget { name, limit, remaining, resets_in_ms }| {
            let limit = limit.map_or("?".to_owned(), |limit| limit.to_string());
            format!("{name} {remaining}/{limit} for {resets_in_ms} ms")
        };
        budgets(&settings, response).into_iter().map(budget).collect()
    }

    #[test]
    fn what_is_left() {
        let table: &[(Headers, &str)] = &[
            (&[], ""),
            (&[("x-ratelimit-limit", "3000"), ("x-ratelimit-reset", "3")], ""),
            // The burst, in both meanings of the reset.
            (
                &[("x-ratelimit-limit", "3000"), ("x-ratelimit-remaining", "17"), ("x-ratelimit-reset", "1795600003")],
                "track 17/3000 for 2750 ms",
            ),
            (
                &[("X-RateLimit-Limit", "3000"), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "2")],
                "track 0/3000 for 2000 ms",
            ),
            // The hour, in both meanings, and in its last seconds.
            (
                &[("X-RateLimit-Limit", "250000"), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1800")],
                "track_hour 0/250000 for 1800000 ms",
            ),
            (
                &[("x-ratelimit-limit", "900"), ("x-ratelimit-remaining", "8"), ("x-ratelimit-reset", "1795600600")],
                "track_hour 8/900 for 599750 ms",
            ),
            (
                &[("x-ratelimit-limit", "250000"), ("x-ratelimit-remaining", "8"), ("x-ratelimit-reset", "2")],
                "track_hour 8/250000 for 2000 ms",
            ),
            // A clock that is behind ours, numbers that are none, and a window that cannot be.
            (&[("x-ratelimit-remaining", "5"), ("x-ratelimit-reset", "1795599999")], "track 5/? for 0 ms"),
            (&[("x-ratelimit-remaining", "5"), ("x-ratelimit-reset", "soon")], "track 5/? for 3000 ms"),
            (&[("x-ratelimit-remaining", "-5")], ""),
            (
                &[("x-ratelimit-remaining", "5"), ("x-ratelimit-reset", "1795600000250")],
                "track_hour 5/? for 3600000 ms",
            ),
        ];
        for (headers, expected) in table {
            assert_eq!(shown("{}", &response(headers)), *expected, "{headers:?}");
        }
    }

    #[test]
    fn an_hour_ends_on_the_clock() {
        let headers: Headers = &[("x-ratelimit-remaining", "5"), ("x-ratelimit-limit", "100000")];
        let at = |received_at_ms| Response { received_at_ms, ..response(headers) };
        // 1795600800 is a full hour.
        assert_eq!(shown("{}", &at(PAST_MS)), "track_hour 5/100000 for 600000 ms");
        assert_eq!(shown("{}", &at(PAST_MS + 600_000)), "track_hour 5/100000 for 3600000 ms");
    }

    #[test]
    fn a_429_that_names_no_window_shuts_the_one_of_its_length() {
        let shut = |seconds| Response { status: 429, ..response(&[("x-ratelimit-retry-after", seconds)]) };
        let bulk = r#"{"endpoint":"bulk"}"#;
        let table = [
            ("{}", "2", "track 0/3000 for 2000 ms"),
            ("{}", "1700", "track_hour 0/3600000 for 1700000 ms"),
            (r#"{"burst_requests":100}"#, "1700", "track_hour 0/120000 for 1700000 ms"),
            (bulk, "1", "track_bulk 0/50 for 1000 ms"),
            (bulk, "60", "track_bulk_hour 0/180000 for 60000 ms"),
        ];
        for (settings, seconds, expected) in table {
            assert_eq!(shown(settings, &shut(seconds)), expected, "{settings} {seconds}");
        }
        let later = response(&[("x-ratelimit-retry-after", "2")]);
        assert_eq!(shown("{}", &later), "", "only a 429 shuts anything");
    }

    #[test]
    fn when_to_ask_again() {
        let table: &[(Headers, u64)] = &[
            (&[], 0),
            (&[("X-Ratelimit-Retry-After", "7"), ("retry-after", "9"), ("x-ratelimit-reset", "11")], 7000),
            (&[("Retry-After", " 9 "), ("x-ratelimit-reset", "11")], 9000),
            (&[("x-ratelimit-reset", "11")], 11_000),
            (&[("x-ratelimit-reset", "1795600001")], 750),
            (&[("retry-after", "99999999999999999")], HOUR_MS),
            (&[("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")], 0),
        ];
        for (headers, expected) in table {
            assert_eq!(wait_ms(&response(headers)), *expected, "{headers:?}");
        }
    }
}
