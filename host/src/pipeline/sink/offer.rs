//! Offering events to the component, and starting what it made of them.

use std::sync::Arc;

use crate::clock::{self, Moment};
use crate::connector::Outcome;
use crate::delivery::budget::{Draw, Pause};
use crate::delivery::gather::Offer;
use crate::delivery::key::{Key, KeySet};
use crate::delivery::order::Rests;

use super::Sink;
use super::attempt::{self, Answered, Delivered, Event, Outlet, Part, PreparedItems};
use super::item::Parcel;
use super::job::{Freed, ItemId, Job, JobId, Load};

/// Calls of `prepare` at the same time: one computes while the next gathers.
const PREPARING: usize = 2;

impl Sink {
    pub(super) fn take(&mut self, parcel: Parcel) {
        let now = self.clock.now();
        let parcel = Arc::new(parcel);
        let events = &parcel.stage.events;
        let (gather, order) = (&mut self.gather, &mut self.order);
        for index in 0..events.len() {
            let rests = |key, trace| order.holds(key, trace);
            let key = |id| gather.push(now, events.key(index), events.body(index).len(), id, rests);
            self.items.add(&parcel, index, key);
        }
    }

    /// Offers what waits; says when to look again.
    pub(super) fn offer(&mut self) -> Option<Moment> {
        while self.preparing < PREPARING && self.jobs.len() < self.options.concurrency {
            let now = self.clock.now();
            self.order.wake(now).into_iter().for_each(|key| self.gather.free(key));
            match self.gather.next(now, self.limits, self.closing) {
                Offer::Take(ids) => self.prepare(ids),
                Offer::Wait(until) => return [Some(until), self.order.next_wake()].into_iter().flatten().min(),
                Offer::Nothing => return self.order.next_wake(),
            }
        }
        None
    }

    fn prepare(&mut self, ids: Vec<ItemId>) {
        let batch = self.items.batch(&ids);
        match self.outlet.node().cloned() {
            Some(node) => {
                self.preparing += 1;
                let rehearsal = self.outlet.rehearsal().cloned();
                self.tasks.spawn_blocking(move || {
                    let parts = attempt::prepare(&node, ids, &batch, rehearsal.as_deref());
                    Event::Prepared(PreparedItems { parts })
                });
            }
            None => {
                ids.iter().for_each(|id| self.items.carry(*id, 1));
                let keys = self.keys(&ids);
                self.jobs.add(vec![Job::new(Load::Events, ids, keys)]);
            }
        }
    }

    pub(super) fn prepared(&mut self, prepared: PreparedItems) {
        self.preparing -= 1;
        let mut carried_by_none = Vec::new();
        for (ids, answer) in prepared.parts {
            let jobs = self.jobs_of((ids.clone(), answer), |_| true);
            self.jobs.add(jobs);
            carried_by_none.extend(ids.into_iter().filter(|id| !self.items.is_carried(*id)));
        }
        // Of those nothing is to be said, or it can never be. What comes later for the same people does not wait for it.
        let keys = self.keys(&carried_by_none);
        keys.into_iter().filter(|key| !self.jobs.holds(*key)).for_each(|key| self.gather.free(key));
        self.finish_items(&carried_by_none);
    }

    /// The jobs of one answer; its rejections are noted.
    pub(super) fn jobs_of(&mut self, (ids, answer): Part, wanted: impl Fn(&Job) -> bool) -> Vec<Job> {
        let prepared = match answer {
            Ok(prepared) => prepared,
            Err(error) if !error.may_pass_in_parts() => {
                // No event is to blame: they stay unsettled, and the next run offers them again.
                self.stopped.get_or_insert(error.to_string());
                ids.iter().for_each(|id| self.items.carry(*id, 1));
                return Vec::new();
            }
            Err(error) => {
                self.trapped();
                let reason = format!("the component failed on this event: {error}");
                ids.iter().for_each(|id| self.items.reject(*id, reason.clone(), false));
                return Vec::new();
            }
        };
        for rejection in prepared.rejections {
            self.items.reject(ids[rejection.index as usize], rejection.reason, false);
        }
        for part in prepared.left_out {
            self.items.leave_out(ids[part.index as usize], part.reason);
        }
        let mut jobs = Vec::with_capacity(prepared.requests.len());
        for outgoing in prepared.requests {
            let items: Vec<ItemId> = outgoing.events.iter().map(|place| ids[*place as usize]).collect();
            let keys = self.keys(&items);
            let job = Job::new(Load::Request(Arc::new(outgoing)), items, keys);
            if wanted(&job) {
                job.items.iter().for_each(|id| self.items.carry(*id, 1));
                jobs.push(job);
            }
        }
        jobs
    }

    pub(super) fn keys(&self, ids: &[ItemId]) -> Vec<Key> {
        let mut seen = KeySet::with_capacity_and_hasher(ids.len(), Default::default());
        ids.iter().filter_map(|id| self.items.key(*id)).filter(|key| seen.insert(*key)).collect()
    }

    /// Starts what may be started.
    pub(super) fn start(&mut self) {
        while self.sending < self.options.concurrency && self.stopped.is_none() {
            let now = self.clock.now();
            let (mut draw, mut pause) = (None, None);
            let next = self.jobs.take(now, |job| {
                let Load::Request(outgoing) = &job.load else { return true };
                match self.budgets.admit(now, &outgoing.budgets) {
                    Ok(taken) => draw = Some(taken),
                    Err(later) => pause = pause.take().into_iter().chain([later]).min(),
                }
                draw.is_some()
            });
            if let Some(pause) = pause {
                self.pause(now, &pause);
            }
            let Some(id) = next else { return };
            self.send(id, draw);
        }
    }

    /// Some request waits for a budget.
    fn pause(&mut self, now: Moment, pause: &Pause) {
        self.budget_wake = self.budget_wake.into_iter().chain([pause.until]).min();
        if self.pauses.is(now, pause) {
            let until = clock::shown(self.clock.unix_ms_at(pause.until));
            tracing::info!(sink = %self.id, budget = pause.budget, until, "paused: {}", pause.why.words());
        }
    }

    fn send(&mut self, id: JobId, draw: Option<Draw>) {
        let Some(job) = self.jobs.get(id) else { return };
        self.sending += 1;
        match (&self.outlet, &job.load) {
            (Outlet::Component { node, targets, client }, Load::Request(outgoing)) => {
                let task =
                    attempt::attempt(node.clone(), Arc::clone(targets), client.clone(), id, Arc::clone(outgoing));
                // Broken off with its task, a request is in flight no more.
                self.tasks.spawn(async { Event::Answered(Answered { draw, ..task.await }) });
            }
            (Outlet::Native(deliver), _) => {
                let (deliver, batch) = (Arc::clone(deliver), self.items.batch(&job.items));
                self.tasks.spawn(async move {
                    Event::Delivered(Delivered { job: id, outcomes: deliver.deliver(batch).await })
                });
            }
            (Outlet::Rehearsal { .. }, Load::Request(_)) => {
                self.tasks.spawn(async move { Event::Answered(attempt::accepted(id)) });
            }
            (Outlet::Rehearsal { rehearsal, .. }, Load::Events) => {
                let batch = self.items.batch(&job.items);
                rehearsal.offered(&batch);
                let outcomes = vec![Outcome::Delivered; job.items.len()];
                self.tasks.spawn(async move { Event::Delivered(Delivered { job: id, outcomes }) });
            }
            (Outlet::Component { .. }, Load::Events) => {}
        }
    }

    /// One request of each of these is done.
    pub(super) fn finish_items(&mut self, ids: &[ItemId]) {
        let at_ms = self.clock.unix_ms();
        let settled: Vec<_> = ids.iter().filter_map(|id| self.items.done(*id, &self.id, at_ms)).collect();
        let (mut dead, mut parts) = (Vec::new(), Vec::new());
        let lines: Vec<_> = settled
            .into_iter()
            .map(|settled| {
                dead.extend(settled.dead);
                parts.extend(settled.part);
                settled.line
            })
            .collect();
        self.ledger.settle_with(lines, dead, parts);
    }

    /// Keys that nothing holds any more rest, and then what waits for them may be offered.
    pub(super) fn freed(&mut self, freed: Vec<Freed>) {
        let (now, gather) = (self.clock.now(), &mut self.gather);
        for equal in freed.chunk_by(|(_, one), (_, next)| one == next) {
            let keys = equal.iter().map(|(key, _)| *key);
            match equal.first() {
                Some((_, rest)) if !rest.is_zero() => {
                    let who = keys.map(|key| gather.leave(key).map_or(Rests::Key(key), Rests::Trace));
                    self.order.finish(now, who, *rest);
                }
                _ => keys.for_each(|key| gather.free(key)),
            }
        }
    }
}
