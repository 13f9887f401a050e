//! Where does an entry of a log stand?
//!
//! A log is a row of segments, each a keyspace of its own. Entries are appended to the last; the first is dropped whole once all of
//! it is settled, which costs nothing, where deleting entries one by one would write as much again.

use super::tables::Tables;
use crate::store::{LogEntry, LogSize, Result, StoreError};
use fjall::{Keyspace, Readable, Snapshot};
use std::collections::VecDeque;

const ENTRY: StoreError = StoreError::Unreadable { what: "an entry of a journal" };

/// A log as it is stored.
#[derive(Clone)]
pub struct Log {
    /// The sequence number of the next event.
    pub next: u64,
    /// The oldest first; the last takes the appends. There is always one.
    pub segments: VecDeque<Segment>,
}

/// A part of a log.
#[derive(Clone)]
pub struct Segment {
    /// Which keyspace it is.
    pub number: u64,
    /// The sequence number of its first event.
    pub first: u64,
    /// The batches in it.
    pub bytes: u64,
    /// The keyspace: entries by the sequence number of their first event.
    pub table: Keyspace,
}

impl Log {
    /// How much it holds.
    pub fn size(&self) -> LogSize {
        let bytes = self.segments.iter().map(|segment| segment.bytes).sum();
        LogSize { bytes, first: self.segments.front().map_or(self.next, |segment| segment.first), next: self.next }
    }

    /// Takes out the segments of which everything is below `low`. The last one stays: it knows the next sequence number.
    pub fn drop_below(&mut self, low: u64) -> Vec<Segment> {
        let whole = self.segments.iter().skip(1).take_while(|segment| segment.first <= low).count();
        self.segments.drain(..whole).collect()
    }

    /// Entries beginning with the one that contains `from`.
    pub fn read(&self, tables: &Tables, snapshot: &Snapshot, from: u64, max_bytes: usize) -> Result<Vec<LogEntry>> {
        let mut entries: Vec<LogEntry> = Vec::new();
        let mut left = max_bytes;
        let skipped = self.segments.iter().skip(1).take_while(|segment| segment.first <= from).count();
        for segment in self.segments.iter().skip(skipped) {
            let start = segment.start(tables, snapshot, from)?;
            for pair in snapshot.range(&segment.table, start.to_be_bytes()..) {
                let entry = entry(pair.into_inner().map_err(|error| tables.unread(&error))?)?;
                if !entries.is_empty() && entry.batch.len() > left {
                    return Ok(entries);
                }
                left = left.saturating_sub(entry.batch.len());
                entries.push(entry);
            }
        }
        Ok(entries)
    }
}

impl Segment {
    /// Where reading begins: at the entry that contains `from`, or behind the last one that ends before.
    fn start(&self, tables: &Tables, snapshot: &Snapshot, from: u64) -> Result<u64> {
        let Some(pair) = snapshot.range(&self.table, ..=from.to_be_bytes()).next_back() else {
            return Ok(from);
        };
        let entry = entry(pair.into_inner().map_err(|error| tables.unread(&error))?)?;
        Ok(if entry.end() > from { entry.first } else { entry.end() })
    }

    /// The bytes in it and the sequence number behind it, read from what is stored.
    pub fn measure(&self, tables: &Tables) -> Result<(u64, u64)> {
        let mut bytes = 0;
        for pair in self.table.iter() {
            let value = pair.size().map_err(|error| tables.unread(&error))?;
            bytes += u64::from(value).saturating_sub(EVENTS_BYTES as u64);
        }
        let Some(last) = self.table.last_key_value() else {
            return Ok((0, self.first));
        };
        let last = entry(last.into_inner().map_err(|error| tables.unread(&error))?)?;
        Ok((bytes, last.end()))
    }
}

/// How an entry is stored: the number of its events in this many bytes, then the batch.
const EVENTS_BYTES: usize = size_of::<u32>();

/// The value of an entry.
pub fn encode(events: u32, batch: &[u8]) -> Vec<u8> {
    [&events.to_be_bytes(), batch].concat()
}

fn entry((key, value): fjall::KvPair) -> Result<LogEntry> {
    let first = super::keys::number(&key).ok_or(ENTRY)?;
    let (events, batch) = value.split_first_chunk::<EVENTS_BYTES>().ok_or(ENTRY)?;
    Ok(LogEntry { first, events: u32::from_be_bytes(*events), batch: batch.to_vec() })
}

impl LogEntry {
    fn end(&self) -> u64 {
        self.first.saturating_add(u64::from(self.events))
    }
}
