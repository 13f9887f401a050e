//! What does Currents do after an answer (contract 7)?

use std::time::Duration;

use crate::post::Reply;

/// "Again after 2-5 min" while the credentials are no good ...
const CREDENTIALS: Duration = Duration::from_secs(2 * 60);

/// ... "dropped after 48 h".
const CREDENTIALS_WITHIN: Duration = Duration::from_secs(48 * 60 * 60);

/// "Exponential backoff", whose first wait is not documented, and without its jitter ...
const FIRST: Duration = Duration::from_secs(1);

/// ... "dropped after 24 h".
const WITHIN: Duration = Duration::from_secs(24 * 60 * 60);

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It arrived.
    Received,
    /// It is lost.
    Dropped,
    /// It is sent in parts of so many events.
    Parts(usize),
    /// It is sent again after so long.
    Again(Duration),
}

/// After so many failures in so long a time, the last of which got this reply to so many events.
pub fn verdict(reply: Reply, failed: u32, elapsed: Duration, events: usize) -> Verdict {
    let again = |wait: Duration, within| if elapsed + wait <= within { Verdict::Again(wait) } else { Verdict::Dropped };
    match reply.status {
        200..=299 => Verdict::Received,
        400 | 413 if events <= 1 => Verdict::Dropped,
        400 => Verdict::Parts(1),
        413 => Verdict::Parts(events.div_ceil(2)),
        401 | 403 | 404 => again(CREDENTIALS, CREDENTIALS_WITHIN),
        _ => {
            let doubled = FIRST.saturating_mul(2_u32.saturating_pow(failed.saturating_sub(1)));
            again(doubled.max(reply.retry_after.unwrap_or_default()), WITHIN)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_contract_says() {
        let hours = |hours: u64| Duration::from_secs(hours * 60 * 60);
        let wait = |seconds| Verdict::Again(Duration::from_secs(seconds));
        // (status, Retry-After, failures, hours since the first, events, what comes next)
        let table = [
            (200, None, 1, 0, 100, Verdict::Received),
            (204, None, 1, 0, 100, Verdict::Received),
            (400, None, 1, 0, 100, Verdict::Parts(1)),
            (400, None, 1, 0, 1, Verdict::Dropped),
            (413, None, 1, 0, 5, Verdict::Parts(3)),
            (413, None, 1, 0, 1, Verdict::Dropped),
            (401, None, 1, 0, 1, wait(120)),
            (404, None, 9, 47, 1, wait(120)),
            (403, None, 9, 48, 1, Verdict::Dropped),
            (429, None, 1, 0, 1, wait(1)),
            (429, Some(30), 1, 0, 1, wait(30)),
            (503, None, 4, 0, 1, wait(8)),
            (302, None, 2, 0, 1, wait(2)),
            (599, None, 2, 24, 1, Verdict::Dropped),
        ];
        for (status, retry_after, failed, since, events, expected) in table {
            let reply = Reply { status, retry_after: retry_after.map(Duration::from_secs) };
            assert_eq!(verdict(reply, failed, hours(since), events), expected, "{status} {failed} {since}");
        }
    }
}
