//! How much does Braze still allow, and when is it asked again?
//!
//! Two of its pages disagree on `X-RateLimit-Reset`: the seconds since 1970 at which a window ends, or the seconds left of it. Nobody
//! waits 30 years, so a large number is the former.

use brazeline_kit::{Budget, Response};

use crate::limits::LONGEST_WAIT_MS;
use crate::pack::BUDGET;

/// No window is so many seconds long, and no clock shows fewer.
const EPOCH_FROM: u64 = 1_000_000_000;

/// What an answer says about its budget.
#[must_use]
pub fn budgets(response: &Response) -> Vec<Budget> {
    let Some(remaining) = number(response, "x-ratelimit-remaining") else { return Vec::new() };
    let resets_in_ms = reset_ms(response).unwrap_or(0);
    vec![Budget { name: BUDGET.to_owned(), limit: number(response, "x-ratelimit-limit"), remaining, resets_in_ms }]
}

/// How long to wait at least after a 429. 0: it does not say.
#[must_use]
pub fn wait_ms(response: &Response) -> u64 {
    asked_ms(response).or_else(|| reset_ms(response)).unwrap_or(0)
}

/// The wait that an answer asks for in as many words.
#[must_use]
pub fn asked_ms(response: &Response) -> Option<u64> {
    let seconds = number(response, "x-ratelimit-retry-after").or_else(|| number(response, "retry-after"))?;
    Some(seconds.saturating_mul(1000).min(LONGEST_WAIT_MS))
}

fn reset_ms(response: &Response) -> Option<u64> {
    let ms = match number(response, "x-ratelimit-reset")? {
        epoch if epoch >= EPOCH_FROM => epoch.saturating_mul(1000).saturating_sub(response.received_at_ms),
        seconds => seconds * 1000,
    };
    Some(ms.min(LONGEST_WAIT_MS))
}

fn number(response: &Response, name: &str) -> Option<u64> {
    response.header(name)?.trim().parse().ok()
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

    #[test]
    fn what_is_left() {
        // (headers, (limit, remaining, resets in ms))
        type Told = Option<(Option<u64>, u64, u64)>;
        let table: &[(Headers, Told)] = &[
            (&[], None),
            (&[("x-ratelimit-limit", "3000"), ("x-ratelimit-reset", "3")], None),
            (
                &[("x-ratelimit-limit", "3000"), ("x-ratelimit-remaining", "17"), ("x-ratelimit-reset", "1795600003")],
                Some((Some(3000), 17, 2750)),
            ),
            (
                &[("X-RateLimit-Limit", "250000"), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1800")],
                Some((Some(250_000), 0, 1_800_000)),
            ),
            // A clock that is behind ours, numbers that are none, and a window that cannot be.
            (&[("x-ratelimit-remaining", "5"), ("x-ratelimit-reset", "1795599999")], Some((None, 5, 0))),
            (&[("x-ratelimit-remaining", "5"), ("x-ratelimit-reset", "soon")], Some((None, 5, 0))),
            (&[("x-ratelimit-remaining", "-5")], None),
            (
                &[("x-ratelimit-remaining", "5"), ("x-ratelimit-reset", "1795600000250")],
                Some((None, 5, LONGEST_WAIT_MS)),
            ),
        ];
        for (headers, expected) in table {
            let told = budgets(&response(headers)).pop().map(|told| (told.limit, told.remaining, told.resets_in_ms));
            assert_eq!(told, *expected, "{headers:?}");
        }
    }

    #[test]
    fn when_to_ask_again() {
        let table: &[(Headers, u64)] = &[
            (&[], 0),
            (&[("X-Ratelimit-Retry-After", "7"), ("retry-after", "9"), ("x-ratelimit-reset", "11")], 7000),
            (&[("Retry-After", " 9 "), ("x-ratelimit-reset", "11")], 9000),
            (&[("x-ratelimit-reset", "11")], 11_000),
            (&[("x-ratelimit-reset", "1795600001")], 750),
            (&[("retry-after", "99999999999999999")], LONGEST_WAIT_MS),
            (&[("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")], 0),
        ];
        for (headers, expected) in table {
            assert_eq!(wait_ms(&response(headers)), *expected, "{headers:?}");
        }
    }
}
