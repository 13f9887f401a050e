//! `sink`.

use super::batch::each;
use super::{Glue, with};
use crate::bindings::{sink as wit, types};
use crate::{Outgoing, Prepared, Settled, Sink, Verdict};

impl<T: Sink> wit::Guest for Glue<T> {
    fn prepare(batch: types::Batch) -> wit::Prepared {
        with(|plugin: &T| plugin.prepare(&batch.into()).into())
    }

    fn settle(context: Vec<u8>, response: types::Response) -> wit::Settled {
        with(|plugin: &T| plugin.settle(&context, &response.into()).into())
    }
}

impl From<Outgoing> for wit::Outgoing {
    fn from(outgoing: Outgoing) -> Self {
        Self {
            request: outgoing.request.into(),
            events: outgoing.events,
            context: outgoing.context,
            repeatable: outgoing.repeatable,
            rest_ms: outgoing.rest_ms,
            budgets: outgoing.budgets,
        }
    }
}

impl From<Prepared> for wit::Prepared {
    fn from(prepared: Prepared) -> Self {
        let Prepared { requests, rejections, left_out } = prepared;
        Self { requests: each(requests), rejections: each(rejections), left_out: each(left_out) }
    }
}

impl From<Verdict> for wit::Verdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Accepted(rejections) => Self::Accepted(each(rejections)),
            Verdict::AcceptedBut(count) => Self::AcceptedBut(count),
            Verdict::Retry(after_ms) => Self::Retry(after_ms),
            Verdict::Split(reason) => Self::Split(reason),
            Verdict::Stop(reason) => Self::Stop(reason),
        }
    }
}

impl From<Settled> for wit::Settled {
    fn from(settled: Settled) -> Self {
        Self { verdict: settled.verdict.into(), budgets: each(settled.budgets) }
    }
}
