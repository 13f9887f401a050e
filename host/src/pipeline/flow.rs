//! From one source's batch to what each of its sinks gets.
//!
//! The transforms run in the order of the graph, each on all that its inputs gave. Every event keeps the place of the source's
//! event that it came from, so that a sink settles what the source gave, however often it was changed, dropped or doubled
//! on the way.

use std::sync::Arc;

use crate::component::Node;
use crate::component::bisect::bisect;
use crate::component::types::{Batch, Output};
use crate::store::DeadLetter;

use super::dead::{Rejected, Where};

/// A transform among those that a source reaches.
pub struct Step {
    /// Its id.
    pub id: String,
    /// The component.
    pub node: Node,
    /// What it reads.
    pub inputs: Vec<Input>,
}

/// Where a transform or a sink takes its events from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// From the source itself.
    Source,
    /// From the transform at this place among the steps.
    Step(usize),
}

/// What a source's batches go through: the steps in order, and the inputs of each of its sinks.
#[derive(Default)]
pub struct Flow {
    /// The source's id.
    pub source: String,
    /// Each reads only what stands before it.
    pub steps: Vec<Step>,
    /// What each sink reads.
    pub sinks: Vec<Vec<Input>>,
}

/// Events and, for each, the place of the source's event that it came from.
#[derive(Debug, Clone, Default)]
pub struct Stage {
    /// The events.
    pub events: Arc<Batch>,
    /// Their origins; `None` if each event is the source's own.
    pub origins: Option<Arc<Vec<u32>>>,
    /// The source's events of which something was rejected on the way here.
    pub rejected: Vec<u32>,
}

/// What became of a batch.
#[derive(Debug, Default)]
pub struct Flowed {
    /// What each sink gets.
    pub sinks: Vec<Stage>,
    /// What can never pass, with the place of the source's event that it came from.
    pub dead: Vec<(u32, DeadLetter)>,
    /// How many of those were traps.
    pub traps: usize,
    /// A component cannot be called at all, and no event is to blame: nothing of this batch may go on.
    pub broken: Option<String>,
}

impl Stage {
    /// The source's event that event `index` came from.
    #[must_use]
    pub fn origin(&self, index: usize) -> u32 {
        match &self.origins {
            Some(origins) => origins[index],
            None => u32::try_from(index).unwrap_or(u32::MAX),
        }
    }

    /// How many events came of each of the source's.
    #[must_use]
    pub fn counts(&self, events: u32) -> Vec<u32> {
        let Some(origins) = &self.origins else { return vec![1; events as usize] };
        let mut counts = vec![0; events as usize];
        for origin in origins.iter() {
            counts[*origin as usize] += 1;
        }
        counts
    }

    /// Only the events for whose origin `keep` says so.
    #[must_use]
    pub fn only(&self, keep: impl Fn(u32) -> bool) -> Self {
        let kept: Vec<u32> = (0..self.events.len()).filter(|i| keep(self.origin(*i))).map(|i| i as u32).collect();
        let origins = kept.iter().map(|i| self.origin(*i as usize)).collect();
        let rejected = self.rejected.clone();
        Self { events: Arc::new(self.events.select(&kept)), origins: Some(Arc::new(origins)), rejected }
    }

    fn joined(stages: &[&Self]) -> Self {
        if let [one] = stages {
            return (*one).clone();
        }
        let (mut events, mut origins, mut rejected) = (Batch::new(), Vec::new(), Vec::new());
        for stage in stages {
            events.append(&stage.events);
            rejected.extend_from_slice(&stage.rejected);
            origins.extend((0..stage.events.len()).map(|i| stage.origin(i)));
        }
        Self { events: Arc::new(events), origins: Some(Arc::new(origins)), rejected }
    }
}

impl Flow {
    /// Runs a batch through. `first` is the number of its first event, `at_ms` the time for dead letters.
    #[must_use]
    pub fn run(&self, events: Arc<Batch>, first: u64, at_ms: u64) -> Flowed {
        let source = Stage { events, ..Stage::default() };
        let mut flowed = Flowed::default();
        let mut stages: Vec<Stage> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let input = gathered(&source, &stages, &step.inputs);
            let place = Where { source: &self.source, node: &step.id, first, at_ms };
            stages.push(step.run(&input, &place, &mut flowed));
        }
        flowed.sinks = self.sinks.iter().map(|inputs| gathered(&source, &stages, inputs)).collect();
        flowed
    }
}

fn gathered(source: &Stage, stages: &[Stage], inputs: &[Input]) -> Stage {
    let stage = |input: &Input| match input {
        Input::Source => source.clone(),
        Input::Step(at) => stages[*at].clone(),
    };
    let stages: Vec<Stage> = inputs.iter().map(stage).collect();
    Stage::joined(&stages.iter().collect::<Vec<_>>())
}

impl Step {
    fn run(&self, input: &Stage, place: &Where<'_>, flowed: &mut Flowed) -> Stage {
        if input.events.is_empty() {
            return Stage { events: Arc::default(), origins: Some(Arc::default()), rejected: input.rejected.clone() };
        }
        let answers = bisect(&input.events, |part| self.node.transform(part));
        let (mut events, mut origins, mut rejected_by_now) = (Batch::new(), Vec::new(), input.rejected.clone());
        for (range, answer) in answers {
            let mut reject = |index: usize, reason: String| {
                let origin = input.origin(index);
                let rejected = Rejected { origin, reason, may_have_arrived: false };
                flowed.dead.push((origin, place.dead_letter(&input.events, index, rejected)));
                rejected_by_now.push(origin);
            };
            match answer {
                Ok(Output { events: out, origins: from, rejections, .. }) => {
                    origins.extend(from.iter().map(|i| input.origin(range.start + *i as usize)));
                    if events.is_empty() {
                        events = out
                    } else {
                        events.append(&out)
                    }
                    rejections.into_iter().for_each(|r| reject(range.start + r.index as usize, r.reason));
                }
                Err(error) if error.may_pass_in_parts() => {
                    flowed.traps += 1;
                    tracing::warn!(node = %self.id, error = error.brief(), "the component failed on an event; it is kept as a dead letter");
                    let reason = format!("the component failed on this event: {error}");
                    range.for_each(|index| reject(index, reason.clone()));
                }
                Err(error) => flowed.broken = Some(format!("transform `{}`: {error}", self.id)),
            }
        }
        Stage { events: Arc::new(events), origins: Some(Arc::new(origins)), rejected: rejected_by_now }
    }
}
