//! When to call a sink again?
//!
//! [`Retry`] answers one question and does nothing: it never sleeps, reads no clock and rolls no dice. The sink driver does all
//! three, which is why every test here is a table.

use std::time::Duration;

/// Doubles the wait from `first` to `longest`.
#[derive(Debug, Clone, Copy)]
pub struct Retry {
    /// The wait before the second call.
    pub first: Duration,
    /// Where the doubling stops.
    pub longest: Duration,
}

impl Default for Retry {
    /// From half a second, which a hiccup survives, to a minute, after which an outage is noticed to be over soon enough.
    fn default() -> Self {
        Self { first: Duration::from_millis(500), longest: Duration::from_secs(60) }
    }
}

impl Retry {
    /// How long to wait after `failed` failed calls.
    ///
    /// `hint` is the vendor's own wish and is a floor, never a ceiling: calling sooner than asked is how an account gets blocked.
    /// `spread` is a fresh random number in `0.0..1.0`; up to a quarter of the wait is added, so that pipelines that failed
    /// together do not return together.
    #[must_use]
    pub fn wait(&self, failed: u32, hint: Option<Duration>, spread: f64) -> Duration {
        // 32 doublings of any first wait are longer than any longest one.
        let doubled = self.first.saturating_mul(1_u32 << failed.saturating_sub(1).min(31));
        let wait = doubled.min(self.longest).max(hint.unwrap_or_default());
        wait.saturating_add(wait.mul_f64(spread.clamp(0.0, 1.0) / 4.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_schedule() {
        let retry = Retry::default();
        let wait = |failed, hint, spread| retry.wait(failed, hint, spread).as_millis();
        let hint = |seconds| Some(Duration::from_secs(seconds));
        let schedule: Vec<u128> = (0..10).map(|failed| wait(failed, None, 0.0)).collect();
        assert_eq!(schedule, [500, 500, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000]);
        let table = [
            (1, hint(7), 0.0, 7000),
            (6, hint(7), 0.0, 16000),
            (1, hint(3600), 0.0, 3_600_000),
            (1, None, 1.0, 625),
            (3, hint(8), 0.5, 9000),
            (u32::MAX, None, 0.0, 60000),
        ];
        for (failed, hint, spread, expected) in table {
            assert_eq!(wait(failed, hint, spread), expected, "{failed} {hint:?} {spread}");
        }
    }
}
