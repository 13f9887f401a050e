//! Who answers requests?

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::{Answer, Refusal, Request};
use crate::clock::Clock;
use crate::component::Node;
use crate::config::Pipeline;
use crate::delivery::budget::Shared;
use crate::pipeline::keyed::Ask;
use crate::pipeline::keyed::rest::Reads;
use crate::pipeline::window::Window;
use crate::problem::Problem;
use crate::store::{Accounts, Counter, Handle};

/// A wish for a reload, and who waits for what came of it.
pub type Reload = oneshot::Sender<Result<(), Refusal>>;

/// What a clerk knows, whether the pipeline runs or not.
pub struct Clerk {
    /// What the file says.
    pub pipeline: Arc<Pipeline>,
    /// Components that read requests, by their source: they read again what they could not.
    pub receivers: BTreeMap<String, Node>,
    /// When nothing runs and it is needed: the transforms that remember.
    pub remembering: BTreeMap<String, Reads>,
    /// The store.
    pub store: Handle,
    /// The clock.
    pub clock: Clock,
    /// The run, if there is one.
    pub run: Option<Run>,
}

/// What a clerk knows of a run.
pub struct Run {
    /// What can be seen of it.
    pub window: Arc<Window>,
    /// When it began, milliseconds since 1970.
    pub since_ms: u64,
    /// Where transforms that remember are asked.
    pub desks: BTreeMap<String, mpsc::UnboundedSender<Ask>>,
    /// What each authorization allows, by its name.
    pub budgets: BTreeMap<String, Shared>,
    /// Where a reload is asked for.
    pub reloads: mpsc::UnboundedSender<Reload>,
}

impl Clerk {
    /// Does what is asked for.
    pub async fn answer(&self, request: Request) -> Answer {
        let answered = match request {
            Request::Status => self.status().await.map(|status| Answer::Status(Box::new(status))),
            Request::Letters { from, limit } => self.letters(from, limit).await.map(Answer::Letters),
            Request::Letter { number } => self.letter(number).await.map(|letter| Answer::Letters(vec![letter])),
            Request::Replay { which, may_have_arrived } => {
                self.replay(&which, may_have_arrived).await.map(Answer::Replayed)
            }
            Request::Purge { which } => self.purge(&which).await.map(Answer::Purged),
            Request::Reload => self.reload().await.map(|()| Answer::Reloaded),
            Request::Upkeep { node, question } => self.upkeep(node.as_deref(), question).await.map(Answer::Upkeep),
        };
        answered.unwrap_or_else(Answer::Refused)
    }

    async fn reload(&self) -> Result<(), Refusal> {
        let nobody = || {
            let help = "start it with `brazeline run`: it reads the file then";
            Refusal::from(Problem::error("nothing runs that could be reloaded", help))
        };
        let (answer, answered) = oneshot::channel();
        self.run.as_ref().ok_or_else(nobody)?.reloads.send(answer).map_err(|_| nobody())?;
        answered.await.unwrap_or_else(|_| {
            let help = "see its log; start it again when that is mended";
            Err(Problem::error("the run ended before it was reloaded", help).into())
        })
    }

    /// Transforms that remember. When nothing runs, only the store tells: those that have told something.
    pub(super) fn keyed(&self, accounts: &Accounts) -> BTreeSet<String> {
        match &self.run {
            Some(run) => run.desks.keys().cloned().collect(),
            None => keyed(&self.pipeline, accounts),
        }
    }

    /// Something was appended to this log.
    pub(super) fn wake(&self, log: &str) {
        self.run.iter().for_each(|run| run.window.wake(log));
    }
}

/// The transforms that remember, as far as the store tells.
pub(super) fn keyed(pipeline: &Pipeline, accounts: &Accounts) -> BTreeSet<String> {
    let ids = pipeline.transforms.iter().map(|transform| &transform.node.id);
    let is_keyed = |id: &&String| {
        let decides = |(_, sink): &(String, String)| sink == *id;
        accounts.sum(id, "", Counter::Events) > 0 || accounts.cursors.keys().any(decides)
    };
    ids.filter(is_keyed).cloned().collect()
}
