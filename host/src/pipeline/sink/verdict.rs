//! Carrying out what an answer means.

use std::sync::Arc;
use std::time::Duration;

use crate::connector::Outcome;
use crate::delivery::key::KeySet;

use super::Sink;
use super::attempt::{self, Answered, Delivered, Event, Halved};
use super::decision::{Decision, decide, give_up};
use super::job::{ItemId, Job, JobId, Load};

impl Sink {
    pub(super) fn answered(&mut self, answered: Answered) {
        let Answered { job: id, answer, budgets, draw } = answered;
        self.sending -= 1;
        match draw {
            // What never was answered tells nothing.
            Some(draw) if answer.came() => draw.answered(self.clock.now(), &budgets, answer.wish()),
            draw => drop(draw),
        }
        let Some(job) = self.jobs.get(id) else { return };
        let decision = decide(job, answer, self.options.on_unknown);
        self.carry_out(id, decision);
    }

    fn carry_out(&mut self, id: JobId, decision: Decision) {
        match decision {
            Decision::Accepted(rejections) => self.accept(id, rejections),
            Decision::Again { hint, blamed, why } => self.again(id, hint, blamed, why),
            Decision::Halve(reason) => self.halve(id, reason),
            Decision::Reject { reason, may_have_arrived } => {
                self.refused(&reason);
                let Some(job) = self.jobs.get(id) else { return };
                for item in job.items.clone() {
                    self.items.reject(item, reason.clone(), may_have_arrived);
                }
                self.finish(id, Duration::ZERO);
            }
            Decision::Stop(reason) => {
                // It stays unsettled, and is sent again by the next run.
                self.stopped.get_or_insert(reason);
            }
        }
    }

    fn accept(&mut self, id: JobId, rejections: Vec<(usize, String)>) {
        let Some(job) = self.jobs.get(id) else { return };
        let rest = job.rest();
        let items = job.items.clone();
        if rejections.len() < items.len() {
            self.accepted += 1;
            self.breaker.accepted();
        }
        for (place, reason) in rejections {
            self.items.reject(items[place], reason, false);
        }
        self.finish(id, rest);
    }

    fn again(&mut self, id: JobId, hint: Option<Duration>, blamed: bool, why: String) {
        let (now, accepted, most) = (self.clock.now(), self.accepted, self.options.max_attempts);
        let spread = self.clock.spread();
        let Some(job) = self.jobs.get_mut(id) else { return };
        if job.failed == 0 {
            job.accepted_before = accepted;
        }
        job.failed = job.failed.saturating_add(1);
        tracing::debug!(sink = %self.id, attempt = job.failed, why, "not accepted; sending it again");
        let others_pass = accepted > job.accepted_before;
        if blamed && others_pass && job.failed >= most {
            let decision = give_up(job, why);
            return self.carry_out(id, decision);
        }
        let wait = self.retry.wait(job.failed, hint, spread);
        self.jobs.again(id, now + wait);
    }

    /// Asks the component for the requests of each half anew: only it can build a body.
    fn halve(&mut self, id: JobId, reason: String) {
        let Some(job) = self.jobs.get(id) else { return };
        let halves = self.halves(job);
        let Some(node) = self.outlet.node().cloned() else { return self.halve_events(id, halves) };
        let batches: Vec<_> = halves.into_iter().map(|half| (self.items.batch(&half), half)).collect();
        self.preparing += 1;
        self.tasks.spawn_blocking(move || {
            let parts =
                batches.into_iter().flat_map(|(batch, ids)| attempt::prepare(&node, ids, &batch, None)).collect();
            Event::Halved(Halved { job: id, reason, parts })
        });
    }

    fn halve_events(&mut self, id: JobId, halves: Vec<Vec<ItemId>>) {
        let jobs = halves.into_iter().map(|half| {
            let keys = self.keys(&half);
            Job::new(Load::Events, half, keys)
        });
        let jobs: Vec<Job> = jobs.collect();
        let freed = self.jobs.replace(id, jobs);
        self.freed(freed);
    }

    /// A person's events stay together as long as there are several persons.
    fn halves(&self, job: &Job) -> Vec<Vec<ItemId>> {
        let (left, right): (Vec<ItemId>, Vec<ItemId>) = match job.keys.len() {
            0 | 1 => {
                let (left, right) = job.items.split_at(job.items.len() / 2);
                (left.to_vec(), right.to_vec())
            }
            keys => {
                let first: KeySet = job.keys[..keys / 2].iter().copied().collect();
                job.items.iter().partition(|id| self.items.key(**id).is_some_and(|key| first.contains(&key)))
            }
        };
        vec![left, right]
    }

    pub(super) fn halved(&mut self, halved: Halved) {
        self.preparing -= 1;
        let Some(Job { load: Load::Request(whole), items, .. }) = self.jobs.get(halved.job).cloned() else { return };
        let same = |job: &Job| matches!(&job.load, Load::Request(half) if is_same_kind(&whole, half));
        let mut jobs = Vec::new();
        for part in halved.parts {
            jobs.extend(self.jobs_of(part, same));
        }
        let lost = |id: &ItemId| !jobs.iter().any(|job| job.items.contains(id));
        for id in items.iter().copied().filter(lost).collect::<Vec<_>>() {
            self.items.reject(
                id,
                format!("refused, and the component makes no smaller request of it: {}", halved.reason),
                false,
            );
        }
        let freed = self.jobs.replace(halved.job, jobs);
        self.freed(freed);
        self.finish_items(&items);
    }

    pub(super) fn delivered(&mut self, delivered: Delivered) {
        self.sending -= 1;
        let Some(job) = self.jobs.get(delivered.job).cloned() else { return };
        let (mut done, mut again, mut hint, mut refused) = (Vec::new(), Vec::new(), None, None);
        let mut passed = false;
        for (item, outcome) in job.items.iter().copied().zip(delivered.outcomes) {
            match outcome {
                Outcome::Delivered => {
                    passed = true;
                    done.push(item);
                }
                Outcome::Rejected(reason) => {
                    refused = Some(reason.clone());
                    self.items.reject(item, reason, false);
                    done.push(item);
                }
                Outcome::Retry(wait) => {
                    hint = hint.max(wait);
                    again.push(item);
                }
                Outcome::Stop(reason) => drop(self.stopped.get_or_insert(reason)),
            }
        }
        match refused {
            _ if passed => {
                self.accepted += 1;
                self.breaker.accepted();
            }
            Some(reason) => self.refused(&reason),
            None => {}
        }
        if again.is_empty() && self.stopped.is_some() {
            // What was delivered is settled; the rest is sent again by the next run.
            return self.finish_items(&done);
        }
        if again.is_empty() {
            return self.finish(delivered.job, Duration::ZERO);
        }
        self.finish_items(&done);
        if let Some(job) = self.jobs.get_mut(delivered.job) {
            job.items = again;
        }
        self.again(delivered.job, hint, false, "the connector asked for it again".to_owned());
    }

    fn finish(&mut self, id: JobId, rest: Duration) {
        let items = self.jobs.get(id).map(|job| job.items.clone()).unwrap_or_default();
        let freed = self.jobs.finish(id, self.clock.now(), rest);
        self.freed(freed);
        self.finish_items(&items);
    }

    pub(super) fn trapped(&mut self) {
        self.refused("the component fails again and again");
    }

    fn refused(&mut self, reason: &str) {
        if self.breaker.refused(self.clock.now()) {
            let facts = format!(
                "{} in a row were refused, with nothing accepted between; the last one: {reason}",
                self.breaker.refusals
            );
            self.stopped.get_or_insert(facts);
        }
    }
}

/// Requests of one `prepare` are told apart by what they do: only the half of the refused one is sent, not its siblings again.
fn is_same_kind(whole: &Arc<crate::component::types::Outgoing>, half: &crate::component::types::Outgoing) -> bool {
    let (a, b) = (&whole.request, &half.request);
    (&a.target, &a.method, &a.path) == (&b.target, &b.method, &b.path)
        && (whole.repeatable, whole.rest_ms) == (half.repeatable, half.rest_ms)
}
