//! What time is it?
//!
//! The only place that reads a clock, sleeps or rolls dice. Everything that decides is given a [`Moment`] and can be tested with
//! a table of times.

use std::ops::{Add, Sub};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// A point in time of this process: how long after its clock was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(Duration);

impl Moment {
    /// When the clock was made.
    pub const ZERO: Self = Self(Duration::ZERO);
    /// Never.
    pub const MAX: Self = Self(Duration::MAX);

    /// How long after `earlier` this is; nothing if it is before.
    #[must_use]
    pub fn saturating_sub(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(wait))
    }
}

impl Sub<Duration> for Moment {
    type Output = Self;

    fn sub(self, wait: Duration) -> Self {
        Self(self.0.saturating_sub(wait))
    }
}

/// `2026-11-23T09:00:00Z`: a time in milliseconds since 1970, for people.
#[must_use]
pub fn shown(unix_ms: u64) -> String {
    let ms = i64::try_from(unix_ms).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(ms).map_or_else(|_| unix_ms.to_string(), |time| time.to_string())
}

/// Reads the time.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl Clock {
    /// The machine's clock. In a test with paused time it is paused, too.
    #[must_use]
    pub fn system() -> Self {
        Self { start: Instant::now() }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Moment {
        Moment(self.start.elapsed())
    }

    /// Now, in milliseconds since 1970.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn unix_ms(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    /// When a moment is, in milliseconds since 1970, as far as can be told before it.
    #[must_use]
    pub fn unix_ms_at(&self, moment: Moment) -> u64 {
        let wait = u64::try_from(moment.saturating_sub(self.now()).as_millis()).unwrap_or(u64::MAX);
        self.unix_ms().saturating_add(wait)
    }

    /// Comes back at this moment.
    pub async fn sleep_until(&self, moment: Moment) {
        match self.start.checked_add(moment.0) {
            Some(instant) => tokio::time::sleep_until(instant).await,
            None => std::future::pending().await,
        }
    }

    /// Fresh random text of 32 letters and digits.
    #[must_use]
    pub fn nonce(&self) -> String {
        (0..32).map(|_| fastrand::alphanumeric()).collect()
    }

    /// A fresh random number in `0.0..1.0`.
    #[must_use]
    pub fn spread(&self) -> f64 {
        fastrand::f64()
    }
}
