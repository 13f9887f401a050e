//! Batches as the host uses them: reading, building, choosing, and the form in which they lie in a journal.
//!
//! The inherent methods stand on the generated types themselves, so that a batch crosses the boundary without being rebuilt.
//! They assume a batch that was [validated](super::validate); on any other they answer with empty strings, never a panic.

mod journal;

use std::ops::Range;

use super::types::{Batch, Column, Packed};

impl Packed {
    /// No strings.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), ends: Vec::new() }
    }

    /// How many strings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// String `index`, empty if there is none.
    #[must_use]
    pub fn get(&self, index: usize) -> &[u8] {
        self.bytes.get(self.range(index..index + 1)).unwrap_or_default()
    }

    /// Adds a string.
    pub fn push(&mut self, string: &[u8]) {
        self.bytes.extend_from_slice(string);
        self.ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
    }

    /// Adds a run of another's strings.
    pub fn extend(&mut self, other: &Self, run: Range<usize>) {
        let bytes = other.range(run.clone());
        let (from, to) = (bytes.start, self.bytes.len());
        let (Some(copied), Some(ends)) = (other.bytes.get(bytes), other.ends.get(run)) else { return };
        self.bytes.extend_from_slice(copied);
        self.ends.extend(ends.iter().map(|end| *end - from as u32 + to as u32));
    }

    fn range(&self, run: Range<usize>) -> Range<usize> {
        let end = |index: usize| self.ends.get(index).map_or(0, |end| *end as usize);
        let start = run.start.checked_sub(1).map_or(0, end);
        start..run.end.checked_sub(1).map_or(0, end)
    }
}

impl Default for Packed {
    fn default() -> Self {
        Self::new()
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

impl Batch {
    /// No events.
    #[must_use]
    pub fn new() -> Self {
        Self { keys: Packed::default(), bodies: Packed::default(), columns: Vec::new() }
    }

    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How large the events are.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let columns: usize = self.columns.iter().map(|column| column.values.bytes.len()).sum();
        self.keys.bytes.len() + self.bodies.bytes.len() + columns
    }

    /// Whom an event is about.
    #[must_use]
    pub fn key(&self, index: usize) -> &str {
        std::str::from_utf8(self.keys.get(index)).unwrap_or_default()
    }

    /// What it says.
    #[must_use]
    pub fn body(&self, index: usize) -> &[u8] {
        self.bodies.get(index)
    }

    /// Adds an event. In every column its value is empty.
    pub fn push(&mut self, key: &str, body: &[u8]) {
        self.keys.push(key.as_bytes());
        self.bodies.push(body);
        self.columns.iter_mut().for_each(|column| column.values.push(b""));
    }

    /// Adds a run of another's events, with its columns.
    pub fn extend(&mut self, other: &Self, run: Range<usize>) {
        let before = self.len();
        self.keys.extend(&other.keys, run.clone());
        self.bodies.extend(&other.bodies, run.clone());
        for theirs in &other.columns {
            let at = self.columns.iter().position(|ours| ours.name == theirs.name).unwrap_or_else(|| {
                let mut values = Packed::default();
                (0..before).for_each(|_| values.push(b""));
                self.columns.push(Column { name: theirs.name.clone(), values });
                self.columns.len() - 1
            });
            self.columns[at].values.extend(&theirs.values, run.clone());
        }
        let events = self.keys.len();
        for ours in &mut self.columns {
            (ours.values.len()..events).for_each(|_| ours.values.push(b""));
        }
    }

    /// Adds all events of another.
    pub fn append(&mut self, other: &Self) {
        self.extend(other, 0..other.len());
    }

    /// A run of the events.
    #[must_use]
    pub fn slice(&self, run: Range<usize>) -> Self {
        let mut slice = Self::new();
        slice.extend(self, run);
        slice
    }

    /// These events, in this order. Runs are copied at once.
    #[must_use]
    pub fn select(&self, indexes: &[u32]) -> Self {
        let mut selected = Self::new();
        for run in indexes.chunk_by(|a, b| a.checked_add(1) == Some(*b)) {
            let first = run[0] as usize;
            selected.extend(self, first..first + run.len());
        }
        selected
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn batch(events: &[(&str, &str)]) -> Batch {
        let mut batch = Batch::new();
        events.iter().for_each(|(key, body)| batch.push(key, body.as_bytes()));
        batch
    }

    fn shown(batch: &Batch) -> String {
        let event = |i| format!("{}={}", batch.key(i), String::from_utf8_lossy(batch.body(i)));
        (0..batch.len()).map(event).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn events_are_chosen_in_the_order_that_was_asked_for() {
        let batch = batch(&[("a", "{}"), ("b", "{1}"), ("c", "{22}"), ("d", "{333}")]);
        let table = [
            (&[][..], ""),
            (&[0, 1, 2, 3], "a={} b={1} c={22} d={333}"),
            (&[1, 2], "b={1} c={22}"),
            (&[3, 0, 1], "d={333} a={} b={1}"),
            (&[2, 2], "c={22} c={22}"),
        ];
        for (indexes, expected) in table {
            assert_eq!(shown(&batch.select(indexes)), expected, "{indexes:?}");
        }
    }

    #[test]
    fn columns_are_filled_up_on_both_sides() {
        let mut plain = batch(&[("a", "{}")]);
        let mut timed = batch(&[("b", "{}")]);
        let mut values = Packed::default();
        values.push(b"noon");
        timed.columns.push(Column { name: "time".into(), values });
        plain.append(&timed);
        plain.push("c", b"{}");
        let values = &plain.columns[0].values;
        assert_eq!((values.get(0), values.get(1), values.get(2)), (&b""[..], &b"noon"[..], &b""[..]));
        assert_eq!(Batch::decode(&plain.encode()), Ok(plain));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(events in prop::collection::vec(("[a-z]{1,9}", prop::collection::vec(any::<u8>(), 0..50)), 0..20)) {
            let mut batch = Batch::new();
            events.iter().for_each(|(key, body)| batch.push(key, body));
            prop_assert_eq!(Batch::decode(&batch.encode()), Ok(batch));
        }

        #[test]
        fn damaged_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0usize..200) {
            let _any_answer = Batch::decode(&bytes);
            let mut encoded = batch(&[("a", "{}"), ("b", "{}")]).encode();
            encoded.truncate(cut);
            let is_whole = cut >= batch(&[("a", "{}"), ("b", "{}")]).encode().len();
            prop_assert_eq!(Batch::decode(&encoded).is_ok(), is_whole);
        }
    }
}
