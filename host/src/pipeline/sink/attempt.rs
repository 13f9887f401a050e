//! What runs beside the sink's own task: calls of the component, and requests.

use std::sync::Arc;

use crate::component::bisect::bisect;
use crate::component::types::{Batch, Budget, Outgoing, Prepared, Response, Verdict};
use crate::component::{CallError, Node};
use crate::connector::{Deliver, Outcome};
use crate::delivery::budget::Draw;
use crate::delivery::request::{Client, Sent, Targets};

use super::decision::Answer;
use super::job::{ItemId, JobId};
use crate::pipeline::rehearsal::Rehearsal;

/// Where a sink delivers to.
#[derive(Clone)]
#[expect(clippy::large_enum_variant, reason = "there is one for each sink, not for each event")]
pub enum Outlet {
    /// A component makes the requests and reads the answers; the host sends them.
    Component {
        /// The component.
        node: Node,
        /// Its targets, with their origins and credentials.
        targets: Arc<Targets>,
        /// Sends.
        client: Client,
    },
    /// A built-in connector.
    Native(Arc<dyn Deliver>),
    /// Nobody: a component makes requests, which are noted and taken as accepted.
    Rehearsal {
        /// The component; none for a built-in connector.
        node: Option<Node>,
        /// Notes.
        rehearsal: Arc<Rehearsal>,
    },
}

impl Outlet {
    /// The component that makes the requests, if there is one.
    #[must_use]
    pub fn node(&self) -> Option<&Node> {
        match self {
            Self::Component { node, .. } => Some(node),
            Self::Rehearsal { node, .. } => node.as_ref(),
            Self::Native(_) => None,
        }
    }

    /// In its place, one that sends nothing.
    #[must_use]
    pub fn rehearsed(&self, rehearsal: &Arc<Rehearsal>) -> Self {
        Self::Rehearsal { node: self.node().cloned(), rehearsal: Arc::clone(rehearsal) }
    }

    /// Who notes what it would send, if it sends nothing.
    #[must_use]
    pub fn rehearsal(&self) -> Option<&Arc<Rehearsal>> {
        match self {
            Self::Rehearsal { rehearsal, .. } => Some(rehearsal),
            Self::Component { .. } | Self::Native(_) => None,
        }
    }
}

/// What a task comes back with.
pub enum Event {
    /// A call of `prepare` for new events.
    Prepared(PreparedItems),
    /// The same for the halves of a job.
    Halved(Halved),
    /// An answer to a job's request.
    Answered(Answered),
    /// What a built-in connector did.
    Delivered(Delivered),
}

/// One answer of `prepare`, for the part of the events that it was asked about.
pub type Part = (Vec<ItemId>, Result<Prepared, CallError>);

/// See [`Event::Prepared`].
pub struct PreparedItems {
    /// Usually one; more if the component trapped and the events had to be taken apart.
    pub parts: Vec<Part>,
}

/// See [`Event::Halved`].
pub struct Halved {
    /// The job that is replaced.
    pub job: JobId,
    /// Why.
    pub reason: String,
    /// An answer for each half, in order.
    pub parts: Vec<Part>,
}

/// See [`Event::Answered`].
pub struct Answered {
    /// The job.
    pub job: JobId,
    /// What came back.
    pub answer: Answer,
    /// What the other side still allows.
    pub budgets: Vec<Budget>,
    /// What the request took of it.
    pub draw: Option<Draw>,
}

/// See [`Event::Delivered`].
pub struct Delivered {
    /// The job.
    pub job: JobId,
    /// What became of each of its events.
    pub outcomes: Vec<Outcome>,
}

/// Asks the component for the requests of these events.
#[must_use]
pub fn prepare(node: &Node, ids: Vec<ItemId>, batch: &Batch, rehearsal: Option<&Rehearsal>) -> Vec<Part> {
    let part = |(range, answer): (std::ops::Range<usize>, _)| (ids[range].to_vec(), answer);
    let mut parts: Vec<Part> = bisect(batch, |part| node.prepare(part)).into_iter().map(part).collect();
    if let Some(rehearsal) = rehearsal {
        rehearsal.offered(batch);
        let prepared = parts.iter_mut().filter_map(|(_, answer)| answer.as_mut().ok());
        prepared.for_each(|prepared| rehearsal.sent(node, &mut prepared.requests));
    }
    parts
}

/// What a request comes back with that is not sent.
#[must_use]
pub fn accepted(job: JobId) -> Answered {
    Answered { job, answer: Answer::Verdict(Verdict::Accepted(Vec::new())), budgets: Vec::new(), draw: None }
}

/// Sends a request and lets the component read the answer.
pub async fn attempt(
    node: Node,
    targets: Arc<Targets>,
    client: Client,
    job: JobId,
    outgoing: Arc<Outgoing>,
) -> Answered {
    let (answer, budgets) = match client.send(&targets, &outgoing.request).await {
        Sent::Answered(response) => settle(node, outgoing, response).await,
        Sent::NotSent(why) => (Answer::NotSent(why), Vec::new()),
        Sent::Refused(why) => (Answer::Verdict(Verdict::Split(why)), Vec::new()),
        Sent::Unknown(why) => (Answer::Unknown(why), Vec::new()),
    };
    Answered { job, answer, budgets, draw: None }
}

async fn settle(node: Node, outgoing: Arc<Outgoing>, response: Response) -> (Answer, Vec<Budget>) {
    let status = response.status;
    let events = outgoing.events.len();
    let settled = tokio::task::spawn_blocking(move || node.settle(&outgoing.context, events, &response)).await;
    match settled {
        Ok(Ok(settled)) => (Answer::Verdict(settled.verdict), settled.budgets),
        Ok(Err(error)) => (Answer::Trapped(status, error), Vec::new()),
        Err(error) => (Answer::Unknown(format!("reading the answer failed: {error}")), Vec::new()),
    }
}
