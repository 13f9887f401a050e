//! What of a group goes to the logs?

use super::Draft;
use crate::store::local::keys;
use crate::store::local::log::{self, Log, Segment};
use crate::store::local::tables::segment_record;
use crate::store::{Append, Counter, Result, StoreError};
use std::collections::VecDeque;

impl Draft<'_> {
    pub(super) fn has_room(&self, id: &str, bytes: u64) -> Result<()> {
        let Some(log) = self.log(id) else {
            return Ok(());
        };
        // What is larger than all of the room passes when nothing else waits, or its sender would try for ever.
        let waits = self.low(id).is_none_or(|low| low < log.next);
        match waits && log.size().bytes + bytes > self.limits.log_bytes {
            true => Err(StoreError::Full { log: id.to_owned(), limit_bytes: self.limits.log_bytes }),
            false => Ok(()),
        }
    }

    fn log(&self, id: &str) -> Option<&Log> {
        self.logs.get(id).or_else(|| self.view.logs.get(id))
    }

    /// Below it every known sink has settled everything.
    fn low(&self, log: &str) -> Option<u64> {
        self.lows.get(log)?.values().min().copied()
    }

    pub(super) fn append(&mut self, append: &Append) -> Result<u64> {
        let events = append.events.max(1);
        let known = self.logs.remove(&append.log).or_else(|| self.view.logs.get(&append.log).cloned());
        let mut log = known.unwrap_or_else(|| Log { next: 0, segments: VecDeque::new() });
        if log.segments.back().is_none_or(|last| last.bytes >= self.limits.segment_bytes) {
            self.begin_segment(&append.log, &mut log)?;
        }
        let first = log.next;
        if let Some(last) = log.segments.back_mut() {
            self.batch.insert(&last.table, first.to_be_bytes(), log::encode(events, &append.batch));
            last.bytes += append.batch.len() as u64;
        }
        log.next += u64::from(events);
        self.count(&append.log, "", Counter::Events, |sum| sum.saturating_add(u64::from(events)))?;
        self.logs.insert(append.log.clone(), log);
        Ok(first)
    }

    fn begin_segment(&mut self, id: &str, log: &mut Log) -> Result<()> {
        if let Some(last) = log.segments.back() {
            self.facts.insert(keys::segment(id, last.number), Some(segment_record(last.first, Some(last.bytes))));
        }
        let (number, first) = (self.next_segment, log.next);
        self.next_segment += 1;
        self.facts.insert(keys::segment(id, number), Some(segment_record(first, None)));
        log.segments.push_back(Segment { number, first, bytes: 0, table: self.view.tables.segment(number)? });
        Ok(())
    }

    pub(super) fn drop_settled(&mut self) -> Vec<Segment> {
        let mut dropped = Vec::new();
        for id in self.lows.keys() {
            let (Some(low), Some(log)) = (self.low(id), self.log(id)) else {
                continue;
            };
            let mut log = log.clone();
            let whole = log.drop_below(low);
            if !whole.is_empty() {
                self.facts.extend(whole.iter().map(|segment| (keys::segment(id, segment.number), None)));
                self.logs.insert(id.clone(), log);
                dropped.extend(whole);
            }
        }
        dropped
    }

    pub(super) fn sealed(&self) -> Vec<Segment> {
        let mut sealed = Vec::new();
        for (id, log) in &self.logs {
            let last = self.view.logs.get(id).and_then(|before| before.segments.back()).map_or(0, |last| last.number);
            let new = log.segments.iter().rev().skip(1).take_while(|segment| segment.number >= last);
            sealed.extend(new.cloned());
        }
        sealed
    }
}
