//! How many requests have arrived and are not read yet?
//!
//! A commit that waits for them, which takes microseconds, carries all of them; one that does not leaves them to the next sync.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

/// No commit waits any longer than this: a small request is read within a part of it, and a sync takes about as long.
const MOST_WAIT: Duration = Duration::from_millis(1);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Inside {
    requests: AtomicUsize,
    emptied: Notify,
}

impl Inside {
    /// One has arrived.
    pub(super) fn enter(&self) {
        self.requests.fetch_add(1, Ordering::AcqRel);
    }

    /// One was read, and what was read of it is where it belongs.
    pub(super) fn leave(&self) {
        if self.requests.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.emptied.notify_one();
        }
    }

    /// Waits until all are read, for [`MOST_WAIT`].
    pub(super) async fn emptied(&self) {
        let emptied = async {
            while self.requests.load(Ordering::Acquire) > 0 {
                self.emptied.notified().await;
            }
        };
        // What takes longer comes with a later commit.
        let _late = timeout(MOST_WAIT, emptied).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_that_are_inside_are_waited_for() {
        let inside = Inside::default();
        inside.emptied().await;
        inside.enter();
        inside.enter();
        let mut emptied = std::pin::pin!(inside.emptied());
        assert!(futures_util::poll!(emptied.as_mut()).is_pending());
        inside.leave();
        assert!(futures_util::poll!(emptied.as_mut()).is_pending());
        inside.leave();
        assert!(futures_util::poll!(emptied.as_mut()).is_ready());
    }

    #[tokio::test]
    async fn one_that_takes_long_is_not() {
        let inside = Inside::default();
        inside.enter();
        inside.emptied().await;
    }
}
