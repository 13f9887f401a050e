//! Which keys rest, and until when?
//!
//! A vendor that applies requests later and in any order must not get two of one person too close together: after a request
//! is accepted its keys rest, and what arrives meanwhile waits and is merged. A key that does not rest is none of this
//! policy's business: the caller frees it at once. Most keys that rest have nothing waiting, and there are as many as a vendor takes in
//! seconds: only a [`Trace`] is kept of those.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use rustc_hash::FxHashMap;

use crate::clock::Moment;
use crate::delivery::key::{Key, Trace};

/// The keys at rest. There are only a few different rests, and among those who rest equally long who came first wakes first.
#[derive(Debug, Default)]
pub struct Order {
    resting: BTreeMap<Duration, VecDeque<Resting>>,
    /// Those of which only a trace is kept, with the key's number once something waits for it.
    traces: FxHashMap<Trace, Option<Key>>,
    /// So many have come: of those that wake at once, the first comes first.
    came: u64,
}

/// Who rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rests {
    /// A key for which something waits.
    Key(Key),
    /// A key that has no number any more.
    Trace(Trace),
}

/// Keys that rest together.
#[derive(Debug)]
struct Resting {
    until: Moment,
    came: u64,
    keys: Vec<Key>,
    traces: Vec<Trace>,
}

impl Order {
    /// Nothing of these keys is in flight any more, and they rest for so long. `now` is never before that of an earlier call.
    pub fn finish(&mut self, now: Moment, who: impl Iterator<Item = Rests>, rest: Duration) {
        let mut resting = Resting { until: now + rest, came: self.came, keys: Vec::new(), traces: Vec::new() };
        for one in who {
            match one {
                Rests::Key(key) => resting.keys.push(key),
                Rests::Trace(trace) => {
                    self.traces.insert(trace, None);
                    resting.traces.push(trace);
                }
            }
        }
        if !resting.keys.is_empty() || !resting.traces.is_empty() {
            self.came += 1;
            self.resting.entry(rest).or_default().push_back(resting);
        }
    }

    /// Whether a key rests of which only this trace was kept. If so, it wakes under its number.
    pub fn holds(&mut self, key: Key, trace: Trace) -> bool {
        self.traces.get_mut(&trace).map(|numbered| *numbered = Some(key)).is_some()
    }

    /// The keys that have rested enough and have something waiting, each once; those that woke first come first.
    pub fn wake(&mut self, now: Moment) -> Vec<Key> {
        let mut awake = Vec::new();
        while let Some((until, _, rest)) = self.first().filter(|(until, ..)| *until <= now) {
            let Some(queue) = self.resting.get_mut(&rest) else { break };
            if let Some(Resting { keys, traces, .. }) = queue.pop_front_if(|first| first.until == until) {
                awake.extend(keys);
                awake.extend(traces.iter().filter_map(|trace| self.traces.remove(trace)?));
            }
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
        for (keys, now, rest) in [("a x", 0, 5), ("b", 1, 1), ("", 1, 2), ("c", 1, 9), ("d", 2, 3), ("e", 3, 5)] {
            let keys: Vec<Key> = keys.split_whitespace().map(|key| table.number(key, |_, _| key)).collect();
            order.finish(at(now), keys.into_iter().map(Rests::Key), Duration::from_secs(rest));
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

    #[test]
    fn a_key_that_left_rests_all_the_same() {
        let (mut table, mut order) = (KeyTable::default(), Order::default());
        let traces = ["a", "b"].map(|text| {
            let key = table.number(text, |_, _| ());
            table.remove(key).unwrap()
        });
        order.finish(at(0), traces.into_iter().map(Rests::Trace), Duration::from_secs(5));
        let mut come = |text, order: &mut Order| {
            let mut rests = false;
            let key = table.number(text, |key, trace| rests = order.holds(key, trace));
            (key, rests)
        };
        let (b, rests) = come("b", &mut order);
        assert!(rests && !come("c", &mut order).1);
        assert_eq!(order.wake(at(4)), []);
        assert_eq!(order.wake(at(5)), [b], "nothing waits for the other");
        assert!(!come("a", &mut order).1 && order.traces.is_empty() && order.next_wake().is_none());
    }
}
