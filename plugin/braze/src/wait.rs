//! When may Braze be asked again, as an answer says?
//!
//! Two of its pages disagree on `X-RateLimit-Reset`: the seconds since 1970 at which a window ends, or the seconds left of it. Nobody waits 30
//! years, so a large number is the former.

use brazeline_kit::Response;

/// No window is longer. `braze.com/docs/api/api_limits`, 2026-11-23.
pub const HOUR_MS: u64 = 3_600_000;

/// No window is so many seconds long, and no clock shows fewer.
const EPOCH_FROM: u64 = 1_000_000_000;

/// How long to wait at least after a 429. 0: it does not say.
#[must_use]
pub fn wait_ms(response: &Response) -> u64 {
    asked_ms(response).or_else(|| reset_ms(response)).unwrap_or(0)
}

/// The wait that an answer asks for in as many words.
#[must_use]
pub fn asked_ms(response: &Response) -> Option<u64> {
    let seconds = number(response, "x-ratelimit-retry-after").or_else(|| number(response, "retry-after"))?;
    Some(seconds.saturating_mul(1000).min(HOUR_MS))
}

/// When the window ends of which the answer speaks.
#[must_use]
pub fn reset_ms(response: &Response) -> Option<u64> {
    let ms = match number(response, "x-ratelimit-reset")? {
        epoch if epoch >= EPOCH_FROM => epoch.saturating_mul(1000).saturating_sub(response.received_at_ms),
        seconds => seconds * 1000,
    };
    Some(ms.min(HOUR_MS))
}

/// A header that is a number.
#[must_use]
pub fn number(response: &Response, name: &str) -> Option<u64> {
    response.header(name)?.trim().parse().ok()
}
