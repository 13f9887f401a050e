//! The requests that are to be sent, and which of them may be sent now.
//!
//! Requests of one `prepare` that carry the same key are sent one after another, in the order in which the component gave
//! them; a key is free again when the last of its requests is done. Nothing is sent here and nothing waits.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use rustc_hash::FxHashMap;

use crate::clock::Moment;
use crate::component::types::Outgoing;
use crate::delivery::key::Key;

/// A request's number.
pub type JobId = u64;
/// A waiting event's number.
pub type ItemId = u64;

/// What is delivered at once.
#[derive(Debug, Clone)]
pub enum Load {
    /// A component's request.
    Request(Arc<Outgoing>),
    /// Events for a built-in sink.
    Events,
}

/// One delivery and how it has gone so far.
#[derive(Debug, Clone)]
pub struct Job {
    /// What is sent.
    pub load: Load,
    /// The events it carries.
    pub items: Vec<ItemId>,
    /// Whom they are about, each once.
    pub keys: Vec<Key>,
    /// Failed attempts.
    pub failed: u32,
    /// How many deliveries of this sink had been accepted when this one failed first.
    pub accepted_before: u64,
    /// Jobs that wait for this one.
    then: Vec<JobId>,
    /// How many jobs this one waits for.
    waits_for: u32,
    /// When the keys that it shares with those have rested.
    not_before: Moment,
}

impl Job {
    /// A delivery that was never tried.
    #[must_use]
    pub fn new(load: Load, items: Vec<ItemId>, keys: Vec<Key>) -> Self {
        Self {
            load,
            items,
            keys,
            failed: 0,
            accepted_before: 0,
            then: Vec::new(),
            waits_for: 0,
            not_before: Moment::ZERO,
        }
    }

    /// Whether sending it twice does no harm. A built-in sink's own answer tells, so it counts as such here.
    #[must_use]
    pub fn is_repeatable(&self) -> bool {
        match &self.load {
            Load::Request(outgoing) => outgoing.repeatable,
            Load::Events => true,
        }
    }

    /// How long its keys rest once it is accepted.
    #[must_use]
    pub fn rest(&self) -> Duration {
        match &self.load {
            Load::Request(outgoing) => Duration::from_millis(u64::from(outgoing.rest_ms)),
            Load::Events => Duration::ZERO,
        }
    }
}

/// How long a key has to rest, once nothing of it is in flight any more.
pub type Freed = (Key, Duration);

/// All jobs of a sink.
#[derive(Debug, Default)]
pub struct Jobs {
    jobs: FxHashMap<JobId, Job>,
    ready: VecDeque<JobId>,
    waiting: BTreeMap<(Moment, JobId), ()>,
    keys: FxHashMap<Key, Held>,
    next: JobId,
}

#[derive(Debug, Default)]
struct Held {
    jobs: u32,
    rest: Duration,
    /// The last of them.
    last: JobId,
}

impl Jobs {
    /// How many jobs are ready, wait or are being sent.
    #[must_use]
    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    /// A job.
    #[must_use]
    pub fn get(&self, id: JobId) -> Option<&Job> {
        self.jobs.get(&id)
    }

    /// A job.
    pub fn get_mut(&mut self, id: JobId) -> Option<&mut Job> {
        self.jobs.get_mut(&id)
    }

    /// Whether a job is about this key.
    #[must_use]
    pub fn holds(&self, key: Key) -> bool {
        self.keys.contains_key(&key)
    }

    /// Adds the jobs of one `prepare`: of those that share a key, the later waits for the earlier.
    pub fn add(&mut self, jobs: Vec<Job>) {
        let before = self.next;
        for mut job in jobs {
            let id = self.number();
            for key in &job.keys {
                let held = self.keys.entry(*key).or_default();
                held.jobs += 1;
                let earlier = std::mem::replace(&mut held.last, id);
                if earlier > before {
                    job.waits_for += self.chain(earlier, id);
                }
            }
            self.insert(id, job);
        }
    }

    /// Puts halves in a job's place: they are sent one after another, and what waited for the job waits for the last of them.
    pub fn replace(&mut self, id: JobId, halves: Vec<Job>) -> Vec<Freed> {
        let Some(whole) = self.jobs.remove(&id) else { return Vec::new() };
        let mut before: Option<JobId> = None;
        for mut half in halves {
            half.keys.iter().for_each(|key| self.keys.entry(*key).or_default().jobs += 1);
            let id = self.number();
            half.waits_for = before.replace(id).map_or(0, |earlier| self.chain(earlier, id));
            self.insert(id, half);
        }
        match before.and_then(|last| self.jobs.get_mut(&last)) {
            Some(last) => last.then.extend(&whole.then),
            None => self.release(&whole.then, Moment::ZERO),
        }
        self.let_go(&whole.keys, Duration::ZERO)
    }

    /// A job is done. Its keys rest for so long: before the next job that waits for it, and when nothing else holds them.
    pub fn finish(&mut self, id: JobId, now: Moment, rest: Duration) -> Vec<Freed> {
        let Some(job) = self.jobs.remove(&id) else { return Vec::new() };
        self.release(&job.then, now + rest);
        self.let_go(&job.keys, rest)
    }

    /// The same again, not before this moment.
    pub fn again(&mut self, id: JobId, at: Moment) {
        self.waiting.insert((at, id), ());
    }

    /// The next job to send for which `may` says yes; it is not ready any more.
    pub fn take(&mut self, now: Moment, mut may: impl FnMut(&Job) -> bool) -> Option<JobId> {
        while let Some(first) = self.waiting.first_entry().filter(|first| first.key().0 <= now) {
            // Before those that never were tried: it has waited longest.
            self.ready.push_front(first.remove_entry().0.1);
        }
        let at = self.ready.iter().position(|id| self.jobs.get(id).is_some_and(&mut may))?;
        self.ready.remove(at)
    }

    /// When a job that waits wants to be sent again.
    #[must_use]
    pub fn wake(&self) -> Option<Moment> {
        self.waiting.first_key_value().map(|((at, _), ())| *at)
    }

    fn number(&mut self) -> JobId {
        self.next += 1;
        self.next
    }

    fn insert(&mut self, id: JobId, job: Job) {
        if job.waits_for == 0 {
            self.ready.push_back(id);
        }
        self.jobs.insert(id, job);
    }

    /// Lets `later` wait for `earlier`; 0 if it does already.
    fn chain(&mut self, earlier: JobId, later: JobId) -> u32 {
        match self.jobs.get_mut(&earlier) {
            Some(job) if !job.then.contains(&later) => {
                job.then.push(later);
                1
            }
            _ => 0,
        }
    }

    /// These wait for one job less, and not before this moment.
    fn release(&mut self, then: &[JobId], at: Moment) {
        for id in then {
            if let Some(job) = self.jobs.get_mut(id) {
                job.waits_for -= 1;
                job.not_before = job.not_before.max(at);
                if job.waits_for == 0 {
                    self.waiting.insert((job.not_before, *id), ());
                }
            }
        }
    }

    fn let_go(&mut self, keys: &[Key], rest: Duration) -> Vec<Freed> {
        let mut freed = Vec::with_capacity(keys.len());
        for key in keys {
            let Entry::Occupied(mut held) = self.keys.entry(*key) else { continue };
            held.get_mut().jobs -= 1;
            held.get_mut().rest = held.get().rest.max(rest);
            if held.get().jobs == 0 {
                freed.push((*key, held.remove().rest));
            }
        }
        freed
    }
}

#[cfg(test)]
mod tests;
