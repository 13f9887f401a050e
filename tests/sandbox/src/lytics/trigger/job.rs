//! When does Lytics call again (contract 9.1)?

use std::time::Duration;

use crate::post::Reply;

/// Never tried again; they are logged as omitted.
const OMITTED: [u16; 3] = [400, 404, 413];

/// Failed requests after which the job errors and sleeps.
const FAILURES: u32 = 10;

/// How long it sleeps the first time; then doubling.
const SLEEP: Duration = Duration::from_secs(60);

/// Errors for so long mean that the job has failed.
const PATIENCE: Duration = Duration::from_secs(2 * 60 * 60);

/// The wait after a failed request before the job errors; it is not documented.
const PAUSE: Duration = Duration::from_secs(1);

/// How a job is doing.
#[derive(Debug, Clone, Default)]
pub struct Job {
    own: Vec<u16>,
    failures: u32,
    errors: u32,
    failing_since: Option<Duration>,
}

/// What a worker does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It was delivered.
    Done,
    /// It is given up.
    Omit,
    /// It is sent again after so long.
    Sleep(Duration),
    /// Nothing is sent any more.
    Fail,
}

impl Job {
    /// A job that does not try these again, either.
    #[must_use]
    pub fn new(own: &[u16]) -> Self {
        Self { own: own.to_vec(), ..Self::default() }
    }

    /// What to do after a reply; `elapsed` is the time since the job began.
    pub fn after(&mut self, reply: Reply, elapsed: Duration) -> Next {
        if reply.status == 200 {
            (self.failures, self.errors, self.failing_since) = (0, 0, None);
            return Next::Done;
        }
        if OMITTED.contains(&reply.status) || self.own.contains(&reply.status) {
            return Next::Omit;
        }
        match reply.retry_after {
            // Without counting as an error.
            Some(wait) => Next::Sleep(wait),
            None => self.failed(elapsed),
        }
    }

    fn failed(&mut self, elapsed: Duration) -> Next {
        let since = *self.failing_since.get_or_insert(elapsed);
        if elapsed - since.min(elapsed) >= PATIENCE {
            return Next::Fail;
        }
        self.failures += 1;
        if !self.failures.is_multiple_of(FAILURES) {
            return Next::Sleep(PAUSE);
        }
        self.errors += 1;
        Next::Sleep(SLEEP.saturating_mul(2_u32.saturating_pow(self.errors - 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(job: &mut Job, status: u16, retry_after: Option<u64>, seconds: u64) -> Next {
        job.after(Reply { status, retry_after: retry_after.map(Duration::from_secs) }, Duration::from_secs(seconds))
    }

    #[test]
    fn only_200_is_delivered_and_few_are_given_up() {
        // Contract 9.1.
        let sleep = |seconds| Next::Sleep(Duration::from_secs(seconds));
        let table = [
            (200, None, Next::Done),
            (201, None, sleep(1)),
            (204, None, sleep(1)),
            (302, None, sleep(1)),
            (400, None, Next::Omit),
            (401, None, sleep(1)),
            (404, None, Next::Omit),
            (413, None, Next::Omit),
            (410, None, Next::Omit),
            (429, None, sleep(1)),
            (429, Some(9), sleep(9)),
            (500, None, sleep(1)),
            (599, None, sleep(1)),
        ];
        for (status, hint, expected) in table {
            assert_eq!(after(&mut Job::new(&[410]), status, hint, 0), expected, "{status}");
        }
    }

    #[test]
    fn sleeps_after_ten_failures_doubling_and_fails_after_two_hours() {
        // Contract 9.1: every tenth failure in a row.
        let mut job = Job::new(&[]);
        let mut elapsed = 0;
        let mut sleeps = Vec::new();
        while let Next::Sleep(wait) = after(&mut job, 503, None, elapsed) {
            elapsed += wait.as_secs();
            sleeps.extend((wait.as_secs() > 1).then_some(wait.as_secs()));
        }
        assert_eq!(sleeps, [60, 120, 240, 480, 960, 1920, 3840]);
        assert!((7200..7700).contains(&elapsed), "{elapsed}");
    }

    #[test]
    fn a_retry_after_is_no_failure_and_a_200_forgives_all() {
        let mut job = Job::new(&[]);
        (0..30).for_each(|_| assert_eq!(after(&mut job, 429, Some(1), 0), Next::Sleep(Duration::from_secs(1))));
        (0..9).for_each(|_| assert_eq!(after(&mut job, 503, None, 0), Next::Sleep(Duration::from_secs(1))));
        assert_eq!(after(&mut job, 200, None, 0), Next::Done);
        assert_eq!(after(&mut job, 503, None, 0), Next::Sleep(Duration::from_secs(1)));
        assert_eq!(after(&mut job, 503, None, 10_000), Next::Fail);
    }
}
