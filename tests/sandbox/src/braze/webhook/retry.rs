//! When does Braze call again (contract 6)?

use std::time::Duration;

use crate::post::{Reply, UNREACHABLE};

/// "Up to five retries".
const RETRIES: usize = 5;

/// "Within 30 min" ...
const WITHIN: Duration = Duration::from_secs(30 * 60);

/// ... or 24 hours if the host cannot be reached.
const WITHIN_UNREACHABLE: Duration = Duration::from_secs(24 * 60 * 60);

/// "Exponential backoff", whose first wait is not documented. From this one five doublings fit into the 30 minutes.
const FIRST: Duration = Duration::from_secs(30);

/// What a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It arrived.
    Received,
    /// It is lost.
    Dropped,
    /// It is tried again.
    Again,
}

/// What a status means to Braze.
pub fn verdict(status: u16) -> Verdict {
    match status {
        200..=209 => Verdict::Received,
        408 | 429 | 500.. => Verdict::Again,
        _ => Verdict::Dropped,
    }
}

/// How long to wait after so many calls, the last of which got this reply; `None` if that was the last.
pub fn wait(calls: usize, reply: Reply, elapsed: Duration) -> Option<Duration> {
    if verdict(reply.status) != Verdict::Again || calls > RETRIES {
        return None;
    }
    let doublings = u32::try_from(calls.saturating_sub(1)).unwrap_or(u32::MAX);
    let wait = FIRST.saturating_mul(2_u32.saturating_pow(doublings)).max(reply.retry_after.unwrap_or_default());
    let within = if reply.status == UNREACHABLE { WITHIN_UNREACHABLE } else { WITHIN };
    (elapsed + wait <= within).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_replies_are_received_and_which_tried_again() {
        // Contract 6.
        let table = [
            (Verdict::Received, vec![200, 201, 202, 204]),
            (Verdict::Dropped, vec![301, 302, 304, 400, 401, 403, 404, 405, 410, 413, 422]),
            (Verdict::Again, vec![408, 429, 500, 502, 503, 504, 529, UNREACHABLE]),
        ];
        for (expected, statuses) in table {
            statuses.into_iter().for_each(|status| assert_eq!(verdict(status), expected, "{status}"));
        }
    }

    #[test]
    fn the_whole_schedule() {
        // Contract 6. (calls, status, Retry-After, minutes since the first call, the wait in seconds)
        let table = [
            (1, 503, None, 0, Some(30)),
            (2, 503, None, 1, Some(60)),
            (3, 503, None, 2, Some(120)),
            (4, 503, None, 4, Some(240)),
            (5, 503, None, 8, Some(480)),
            (6, 503, None, 16, None),
            (1, 429, Some(100), 0, Some(100)),
            (3, 429, Some(7), 0, Some(120)),
            (1, 429, Some(1801), 0, None),
            (1, 503, None, 30, None),
            (1, UNREACHABLE, None, 30, Some(30)),
            (1, UNREACHABLE, None, 24 * 60, None),
            (1, 400, Some(1), 0, None),
            (1, 200, None, 0, None),
        ];
        for (calls, status, hint, minutes, expected) in table {
            let reply = Reply { status, retry_after: hint.map(Duration::from_secs) };
            let wait = wait(calls, reply, Duration::from_secs(minutes * 60));
            assert_eq!(wait.map(|wait| wait.as_secs()), expected, "{calls} {status} {hint:?} {minutes}");
        }
    }
}
