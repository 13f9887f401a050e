//! What is offered to a sink next?
//!
//! The oldest waiting events whose keys are free, and with each of them all that waits for the same key: a few people with many
//! events must not become one request each. When little waits, it lingers for more. A key that was offered is held until
//! somebody frees it, and what arrives for it meanwhile waits under it, so nothing is looked at twice. One for which nothing waits may leave
//! to rest elsewhere.

mod queue;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::Moment;
use crate::delivery::key::{Key, KeyTable, Trace};

use queue::Queue;

/// The most that is offered at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// So many events.
    pub events: usize,
    /// So many bytes of bodies.
    pub bytes: usize,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// Offer these, in this order. Their keys are held.
    Take(Vec<u64>),
    /// Little waits: ask again at this moment.
    Wait(Moment),
    /// Nothing waits for a free key.
    Nothing,
}

/// The events that wait for a sink.
#[derive(Debug)]
pub struct Gather {
    linger: Duration,
    keys: KeyTable<Waiting>,
    /// Free keys with waiting events, by their oldest: numbers rise with arrival.
    free: BTreeMap<u64, Key>,
    /// What waits for free keys, in all.
    events: usize,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Waiting {
    events: Queue<Event>,
    bytes: usize,
    held: bool,
}

#[derive(Debug, Clone, Copy)]
struct Event {
    id: u64,
    bytes: usize,
    since: Moment,
}

impl Gather {
    /// Waits so long for more when little waits.
    #[must_use]
    pub fn new(linger: Duration) -> Self {
        Self { linger, keys: KeyTable::default(), free: BTreeMap::new(), events: 0, bytes: 0 }
    }

    /// An event waits. Its number is larger than that of every earlier one. Gives its key's number, which stays until it is [freed](Self::free)
    /// and nothing waits for it, or it [leaves](Self::leave). Of a key that has none yet `rests` says whether it is held until it is freed.
    pub fn push(
        &mut self,
        now: Moment,
        key: &str,
        bytes: usize,
        id: u64,
        rests: impl FnOnce(Key, Trace) -> bool,
    ) -> Key {
        let key = self.keys.number(key, |key, trace| Waiting { held: rests(key, trace), ..Waiting::default() });
        let Some(waiting) = self.keys.get_mut(key) else { return key };
        if waiting.events.front().is_none() && !waiting.held {
            self.free.insert(id, key);
        }
        waiting.events.push_back(Event { id, bytes, since: now });
        waiting.bytes += bytes;
        if !waiting.held {
            self.events += 1;
            self.bytes += bytes;
        }
        key
    }

    /// Nothing of this key is in flight or rests any more.
    pub fn free(&mut self, key: Key) {
        let Some(waiting) = self.keys.get_mut(key).filter(|waiting| waiting.held) else { return };
        waiting.held = false;
        match waiting.events.front() {
            Some(oldest) => {
                self.free.insert(oldest.id, key);
                self.events += waiting.events.len();
                self.bytes += waiting.bytes;
            }
            None => drop(self.keys.remove(key)),
        }
    }

    /// A held key is forgotten if nothing waits for it, and leaves this.
    pub fn leave(&mut self, key: Key) -> Option<Trace> {
        match self.keys.get(key)?.events.front() {
            None => self.keys.remove(key),
            Some(_) => None,
        }
    }

    /// What to offer now. `closing`: no more will come, so do not linger.
    pub fn next(&mut self, now: Moment, limits: Limits, closing: bool) -> Offer {
        let Some((_, key)) = self.free.first_key_value() else { return Offer::Nothing };
        let since = self.keys.get(*key).and_then(|waiting| waiting.events.front()).map_or(now, |oldest| oldest.since);
        let full = self.events >= limits.events || self.bytes >= limits.bytes;
        if !full && !closing && now < since + self.linger {
            return Offer::Wait(since + self.linger);
        }
        Offer::Take(self.take(limits))
    }

    fn take(&mut self, limits: Limits) -> Vec<u64> {
        let (mut ids, mut bytes) = (Vec::new(), 0);
        while let Some(first) = self.free.first_entry() {
            let Some(waiting) = self.keys.get_mut(*first.get()) else {
                first.remove();
                continue;
            };
            let fits = ids.len() + waiting.events.len() <= limits.events && bytes + waiting.bytes <= limits.bytes;
            if !fits && !ids.is_empty() {
                break;
            }
            first.remove();
            self.events -= waiting.events.len();
            self.bytes -= waiting.bytes;
            waiting.held = true;
            // A key with more than all limits allow gives what they allow; the rest waits under it.
            while let Some(event) = waiting.events.pop_front_if(|event| {
                ids.is_empty() || (ids.len() < limits.events && bytes + event.bytes <= limits.bytes)
            }) {
                waiting.bytes -= event.bytes;
                bytes += event.bytes;
                ids.push(event.id);
            }
        }
        ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { events: 4, bytes: 100 };

    fn at(ms: u64) -> Moment {
        Moment::ZERO + Duration::from_millis(ms)
    }

    fn gather(events: &[(&str, u64, usize)]) -> Gather {
        let mut gather = Gather::new(Duration::from_millis(100));
        for (id, (key, ms, bytes)) in events.iter().enumerate() {
            gather.push(at(*ms), key, *bytes, id as u64, |_, _| false);
        }
        gather
    }

    #[test]
    fn what_is_offered() {
        let (one, many) = (&[("a", 0, 1)][..], &[("a", 0, 1), ("b", 0, 1), ("a", 0, 1), ("c", 0, 1), ("d", 0, 1)][..]);
        // (what waits, now, closing, the offer)
        let table = [
            (&[][..], 0, true, Offer::Nothing),
            (one, 0, false, Offer::Wait(at(100))),
            (one, 100, false, Offer::Take(vec![0])),
            (one, 0, true, Offer::Take(vec![0])),
            // All of `a` goes together, and the limit is kept.
            (many, 0, false, Offer::Take(vec![0, 2, 1, 3])),
            // Bytes fill it, too; one event larger than the limit goes alone.
            (&[("a", 0, 60), ("b", 0, 60)], 0, false, Offer::Take(vec![0])),
            (&[("a", 0, 500), ("b", 0, 1)], 0, false, Offer::Take(vec![0])),
            // One key with more than the limit gives what the limit allows.
            (
                &[("a", 0, 1), ("a", 0, 1), ("a", 0, 1), ("a", 0, 1), ("a", 0, 1)],
                0,
                false,
                Offer::Take(vec![0, 1, 2, 3]),
            ),
        ];
        for (events, now, closing, expected) in table {
            assert_eq!(gather(events).next(at(now), LIMITS, closing), expected, "{events:?}");
        }
    }

    #[test]
    fn a_held_key_waits_and_keeps_its_turn() {
        let mut gather = gather(&[("a", 0, 1), ("b", 0, 1)]);
        assert_eq!(gather.next(at(100), LIMITS, false), Offer::Take(vec![0, 1]));
        let a = gather.push(at(110), "a", 1, 2, |_, _| true);
        let c = gather.push(at(120), "c", 1, 3, |_, _| false);
        assert_eq!(gather.push(at(130), "a", 1, 4, |_, _| true), a);
        let b = gather.push(at(130), "b", 1, 5, |_, _| true);
        assert_eq!(gather.next(at(120), LIMITS, false), Offer::Wait(at(220)), "only c is free");
        [a, a, b].into_iter().for_each(|key| gather.free(key));
        assert_eq!(gather.next(at(215), LIMITS, false), Offer::Take(vec![2, 4, 3, 5]));
        [a, b, c].into_iter().for_each(|key| gather.free(key));
        assert!(gather.keys.is_empty() && gather.free.is_empty() && gather.events == 0 && gather.bytes == 0);
    }

    #[test]
    fn a_key_that_left_is_held_when_it_comes_back_as_long_as_it_rests() {
        let mut gather = gather(&[("a", 0, 1), ("b", 0, 1)]);
        assert_eq!(gather.next(at(100), LIMITS, false), Offer::Take(vec![0, 1]));
        let a = gather.push(at(110), "a", 1, 2, |_, _| false);
        let b = gather.keys.number("b", |_, _| unreachable!("it has a number"));
        assert_eq!(gather.leave(a), None, "something waits for it");
        let left = gather.leave(b);
        assert!(left.is_some() && gather.leave(b).is_none());
        let mut said = None;
        let b = gather.push(at(120), "b", 1, 3, |key, trace| {
            said = Some((key, trace));
            true
        });
        assert_eq!(said, left.map(|trace| (b, trace)));
        assert_eq!(gather.next(at(220), LIMITS, true), Offer::Nothing, "both are held");
        [a, b].into_iter().for_each(|key| gather.free(key));
        assert_eq!(gather.next(at(220), LIMITS, true), Offer::Take(vec![2, 3]));
    }
}
