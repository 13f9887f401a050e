//! Which keys rest, and until when?
//!
//! A vendor that applies requests later and in any order must not get two of one person too close together: after a request
//! is accepted its keys rest, and what arrives meanwhile waits and is merged. A key that does not rest is none of this
//! policy's business: the caller frees it at once.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::clock::Moment;
use crate::delivery::key::Key;

/// The keys at rest. There are only a few different rests, and among those who rest equally long who came first wakes first.
#[derive(Debug, Default)]
pub struct Order {
    resting: BTreeMap<Duration, VecDeque<Resting>>,
    /// So many have come: of those that wake at once, the first comes first.
    came: u64,
}

/// Keys that rest together.
#[derive(Debug)]
struct Resting {
    until: Moment,
    came: u64,
    keys: Vec<Key>,
}

impl Order {
    /// Nothing of these keys is in flight any more, and they rest for so long. `now` is never before that of an earlier call.
    pub fn finish(&mut self, now: Moment, keys: Vec<Key>, rest: Duration) {
        if !rest.is_zero() && !keys.is_empty() {
            self.came += 1;
            self.resting.entry(rest).or_default().push_back(Resting { until: now + rest, came: self.came, keys });
        }
    }

    /// The keys that have rested enough, each once; those that woke first come first.
    pub fn wake(&mut self, now: Moment) -> Vec<Key> {
        let mut awake = Vec::new();
        while let Some((until, _, rest)) = self.first().filter(|(until, ..)| *until <= now) {
            let Some(queue) = self.resting.get_mut(&rest) else { break };
            awake.extend(queue.pop_front_if(|first| first.until == until).into_iter().flat_map(|first| first.keys));
            if queue.is_empty() {
                self.resting.remove(&rest);
            }
        }
        awake
    }

    /// When the next key will have.
    #[must_use]
    pub fn next_wake(&self) -> Option<Moment> {
        self.first().map(|(until, ..)| until)
    }

    /// Who wakes next: when, its turn, and how long it rests in all.
    fn first(&self) -> Option<(Moment, u64, Duration)> {
        let fronts = self.resting.iter().filter_map(|(rest, queue)| Some((queue.front()?, *rest)));
        fronts.map(|(first, rest)| (first.until, first.came, rest)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::key::KeyTable;

    fn at(seconds: u64) -> Moment {
        Moment::ZERO + Duration::from_secs(seconds)
    }

    #[test]
    fn keys_wake_in_the_order_in_which_their_rest_ends() {
        let mut table = KeyTable::default();
        let mut order = Order::default();
        for (keys, now, rest) in [("a x", 0, 5), ("b", 1, 1), ("never", 1, 0), ("c", 1, 9), ("d", 2, 3), ("e", 3, 5)] {
            let keys = keys.split(' ').map(|key| table.number(key, || key)).collect();
            order.finish(at(now), keys, Duration::from_secs(rest));
        }
        // (now, who wakes, when the next one will)
        let table_of_times = [
            (1, "", Some(2)),
            (2, "b", Some(5)),
            (2, "", Some(5)),
            (9, "a x d e", Some(10)),
            (10, "c", None),
            (99, "", None),
        ];
        for (now, expected, next) in table_of_times {
            let awake: Vec<&str> = order.wake(at(now)).into_iter().map(|key| *table.get(key).unwrap()).collect();
            assert_eq!(awake.join(" "), expected, "at {now} s");
            assert_eq!(order.next_wake(), next.map(at), "after {now} s");
        }
    }
}
