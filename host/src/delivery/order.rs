//! Which keys rest, and until when?
//!
//! A vendor that applies requests later and in any order must not get two of one person too close together: after a request
//! is accepted its keys rest, and what arrives meanwhile waits and is merged. A key that does not rest is none of this
//! policy's business: the caller frees it at once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use crate::clock::Moment;
use crate::delivery::key::Key;

/// The keys at rest.
#[derive(Debug, Default)]
pub struct Order {
    until: BinaryHeap<Reverse<(Moment, u64, Key)>>,
    /// So many have come: of those that wake at once, the first comes first.
    came: u64,
}

impl Order {
    /// Nothing of this key is in flight any more, and it rests for so long.
    pub fn finish(&mut self, now: Moment, key: &Key, rest: Duration) {
        if !rest.is_zero() {
            self.came += 1;
            self.until.push(Reverse((now + rest, self.came, key.clone())));
        }
    }

    /// The keys that have rested enough, each once; those that woke first come first.
    pub fn wake(&mut self, now: Moment) -> Vec<Key> {
        let mut awake = Vec::new();
        while self.next_wake().is_some_and(|until| until <= now) {
            awake.extend(self.until.pop().map(|Reverse((.., key))| key));
        }
        awake
    }

    /// When the next key will have.
    #[must_use]
    pub fn next_wake(&self) -> Option<Moment> {
        self.until.peek().map(|Reverse((until, ..))| *until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Moment {
        Moment::ZERO + Duration::from_secs(seconds)
    }

    #[test]
    fn keys_wake_in_the_order_in_which_their_rest_ends() {
        let mut order = Order::default();
        for (key, now, rest) in [("a", 0, 5), ("b", 1, 1), ("never", 1, 0), ("c", 1, 9), ("d", 2, 3)] {
            order.finish(at(now), &key.into(), Duration::from_secs(rest));
        }
        // (now, who wakes, when the next one will)
        let table = [
            (1, "", Some(2)),
            (2, "b", Some(5)),
            (2, "", Some(5)),
            (9, "a d", Some(10)),
            (10, "c", None),
            (99, "", None),
        ];
        for (now, expected, next) in table {
            let awake: Vec<String> = order.wake(at(now)).iter().map(|key| key.to_string()).collect();
            assert_eq!(awake.join(" "), expected, "at {now} s");
            assert_eq!(order.next_wake(), next.map(at), "after {now} s");
        }
    }
}
