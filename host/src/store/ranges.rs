//! Which numbers are in the set?
//!
//! [`Ranges`] keeps them as ranges that neither touch nor overlap, so equal sets are equal values and a million neighbours cost one entry.

use std::collections::BTreeMap;
use std::ops::Range;

/// A set of numbers, kept as sorted ranges with gaps between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranges {
    /// From each range's start to its end (exclusive).
    ends: BTreeMap<u64, u64>,
}

impl Ranges {
    /// The empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many ranges it takes, which is what it costs.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many numbers are in it.
    pub fn count(&self) -> u64 {
        self.iter().map(|range| range.end - range.start).sum()
    }

    /// Whether `number` is in it.
    pub fn contains(&self, number: u64) -> bool {
        self.range_of(number).is_some()
    }

    /// The whole range that `number` lies in.
    pub fn range_of(&self, number: u64) -> Option<Range<u64>> {
        let (&start, &end) = self.ends.range(..=number).next_back()?;
        (number < end).then_some(start..end)
    }

    /// How many numbers of `range` are in it.
    pub fn count_in(&self, range: &Range<u64>) -> u64 {
        let until = self.ends.range(..range.end).rev().take_while(|(_, end)| **end > range.start);
        until.map(|(start, end)| end.min(&range.end) - start.max(&range.start)).sum()
    }

    /// Adds all of `range`, which may overlap what is there.
    pub fn insert(&mut self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        let (mut start, mut end) = (range.start, range.end);
        while let Some((first, last)) = self.touching(start, end) {
            self.ends.remove(&first);
            start = start.min(first);
            end = end.max(last);
        }
        self.ends.insert(start, end);
    }

    /// Removes every number below `low`.
    pub fn remove_below(&mut self, low: u64) {
        let kept = self.ends.split_off(&low);
        let cut = self.ends.pop_last().filter(|(_, end)| *end > low);
        self.ends = kept;
        self.ends.extend(cut.map(|(_, end)| (low, end)));
    }

    /// The ranges in order.
    pub fn iter(&self) -> impl Iterator<Item = Range<u64>> + '_ {
        self.ends.iter().map(|(&start, &end)| start..end)
    }

    fn touching(&self, start: u64, end: u64) -> Option<(u64, u64)> {
        let (&first, &last) = self.ends.range(..=end).next_back()?;
        (last >= start).then_some((first, last))
    }
}

impl FromIterator<Range<u64>> for Ranges {
    fn from_iter<I: IntoIterator<Item = Range<u64>>>(ranges: I) -> Self {
        let mut set = Self::new();
        ranges.into_iter().for_each(|range| set.insert(range));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::Ranges;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn shown(ranges: &Ranges) -> Vec<(u64, u64)> {
        ranges.iter().map(|range| (range.start, range.end)).collect()
    }

    #[test]
    fn neighbours_become_one() {
        type Pairs = &'static [(u64, u64)];
        let cases: [(Pairs, Pairs); 6] = [
            (&[(1, 2), (3, 4)], &[(1, 2), (3, 4)]),
            (&[(1, 2), (2, 3)], &[(1, 3)]),
            (&[(2, 3), (1, 2)], &[(1, 3)]),
            (&[(1, 2), (5, 6), (0, 9)], &[(0, 9)]),
            (&[(1, 4), (2, 3)], &[(1, 4)]),
            (&[(3, 3)], &[]),
        ];
        for (given, expected) in cases {
            let ranges: Ranges = given.iter().map(|&(start, end)| start..end).collect();
            assert_eq!(shown(&ranges), expected, "{given:?}");
        }
    }

    proptest! {
        #[test]
        fn is_a_set(inserts in prop::collection::vec((0_u64..60, 0_u64..9), 0..30), low in 0_u64..70) {
            let mut ranges = Ranges::new();
            let mut model = BTreeSet::new();
            for (start, len) in inserts {
                ranges.insert(start..start + len);
                model.extend(start..start + len);
            }
            for number in 0..80 {
                prop_assert_eq!(ranges.contains(number), model.contains(&number));
            }
            prop_assert_eq!(ranges.count(), model.len() as u64);
            for end in 0..80 {
                prop_assert_eq!(ranges.count_in(&(low.min(end)..end)), model.range(low.min(end)..end).count() as u64);
            }
            let gaps = ranges.iter().zip(ranges.iter().skip(1)).all(|(a, b)| a.end < b.start);
            prop_assert!(gaps, "{:?}", ranges);

            ranges.remove_below(low);
            model.retain(|&number| number >= low);
            prop_assert_eq!(ranges, model.into_iter().map(|number| number..number + 1).collect::<Ranges>());
        }
    }
}
