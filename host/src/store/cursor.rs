//! How far has a sink got in a log?
//!
//! Everything below [`Cursor::low`] is settled, and so are the ranges beyond it: one event that is stuck makes no other repeat.

use super::{Ranges, Result, StoreError};
use std::ops::Range;

/// The lowest event that is not settled, and what is settled beyond it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Every event below is settled; this one is not.
    pub low: u64,
    /// Settled events above `low`.
    pub settled: Ranges,
}

impl Cursor {
    /// Nothing below `low` is asked for.
    pub fn starting_at(low: u64) -> Self {
        Self { low, settled: Ranges::new() }
    }

    /// Whether the event is settled: it needs no more work.
    pub fn contains(&self, sequence: u64) -> bool {
        sequence < self.low || self.settled.contains(sequence)
    }

    /// How many of these are not settled.
    pub fn open_in(&self, events: &Range<u64>) -> u64 {
        let above = events.start.max(self.low)..events.end.max(self.low);
        above.end - above.start - self.settled.count_in(&above)
    }

    /// One behind the last settled event: nothing from here on is settled.
    pub fn end(&self) -> u64 {
        self.settled.iter().last().map_or(self.low, |range| range.end)
    }

    /// How many events below `end` are not settled.
    pub fn open_below(&self, end: u64) -> u64 {
        let settled = self.settled.iter().map(|range| range.end.min(end).saturating_sub(range.start)).sum();
        end.saturating_sub(self.low).saturating_sub(settled)
    }

    /// Marks the events as settled, and moves `low` up if it can.
    pub fn settle(&mut self, events: Range<u64>) {
        if self.settled.is_empty() && events.start <= self.low {
            // In order, as nearly all are.
            self.low = self.low.max(events.end);
            return;
        }
        self.settled.insert(events);
        if let Some(reached) = self.settled.range_of(self.low) {
            self.low = reached.end;
        }
        self.settled.remove_below(self.low);
    }

    /// Bytes for the store: `low`, then the length of each gap and each range in turn, because those are small numbers where the
    /// sequence numbers are large.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(16);
        put(&mut bytes, self.low);
        let mut reached = self.low;
        for range in self.settled.iter() {
            put(&mut bytes, range.start - reached);
            put(&mut bytes, range.end - range.start);
            reached = range.end;
        }
        bytes
    }

    /// The cursor that [`Self::encode`] wrote.
    pub(super) fn decode(mut bytes: &[u8]) -> Result<Self> {
        let unreadable = StoreError::Unreadable { what: "a cursor" };
        let mut next = || {
            if bytes.is_empty() { Ok(None) } else { take(&mut bytes).map(Some).ok_or(unreadable.clone()) }
        };
        let mut cursor = Self::starting_at(next()?.ok_or(unreadable.clone())?);
        let mut reached = cursor.low;
        while let Some(gap) = next()? {
            let length = next()?.ok_or(unreadable.clone())?;
            let start = reached.checked_add(gap).ok_or(unreadable.clone())?;
            reached = start.checked_add(length).ok_or(unreadable.clone())?;
            cursor.settled.insert(start..reached);
        }
        Ok(cursor)
    }
}

/// Seven bits a byte, the lowest first; the top bit says that more follow.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let part = u64::from(byte & 0x7f);
        number |= part.checked_shl(shift).filter(|shifted| shifted >> shift == part)?;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::Cursor;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn low_waits_for_the_lowest() {
        let mut cursor = Cursor::starting_at(10);
        let mut shown = String::new();
        for events in [12..14, 11..12, 16..20, 10..11, 3..5, 14..16] {
            cursor.settle(events.clone());
            shown += &format!("{events:?}: {} {:?}\n", cursor.low, cursor.settled.iter().collect::<Vec<_>>());
        }
        expect_test::expect![[r#"
            12..14: 10 [12..14]
            11..12: 10 [11..14]
            16..20: 10 [11..14, 16..20]
            10..11: 14 [16..20]
            3..5: 14 [16..20]
            14..16: 20 []
        "#]]
        .assert_eq(&shown);
    }

    #[test]
    fn bytes_that_are_no_cursor_are_refused() {
        for bytes in [
            &b""[..],
            &[0x80],
            &[1, 2],
            &[0xff; 10],
            &[1, 0x80, 1],
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1, 1],
        ] {
            assert!(Cursor::decode(bytes).is_err(), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn knows_what_is_open(low in 0_u64..40, settled in prop::collection::vec((0_u64..60, 0_u64..9), 0..20)) {
            let mut cursor = Cursor::starting_at(low);
            let mut model: BTreeSet<u64> = (0..low).collect();
            for (start, length) in settled {
                cursor.settle(start..start + length);
                model.extend(start..start + length);
            }
            for number in 0..80 {
                prop_assert_eq!(cursor.contains(number), model.contains(&number));
                prop_assert_eq!(cursor.open_in(&(number..80)), (number..80).filter(|n| !model.contains(n)).count() as u64);
            }
        }

        #[test]
        fn survives_the_store(low in any::<u32>(), settled in prop::collection::vec((0_u64..1_000_000, 1_u64..500), 0..40)) {
            let mut cursor = Cursor::starting_at(u64::from(low));
            for (start, length) in settled {
                cursor.settle(start..start + length);
            }
            prop_assert_eq!(Cursor::decode(&cursor.encode()), Ok(cursor));
        }
    }
}
