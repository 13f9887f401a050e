//! Drives a source that asks for pages: ask, wait, send, let it read, keep, and begin anew.
//!
//! What a page means is decided by the component and by `Course`; here is who sends and sleeps. A page whose events are not kept yet is
//! never passed: whatever fails, the same is asked again.

mod course;
mod errand;
mod over;
mod position;

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::component::types::{Ask, Errand, Onward, Paged, Response};
use crate::component::{CallError, Node};
use crate::config::Every;
use crate::connector::{Intake, Reading, Refused};
use crate::delivery::budget::{Draw, Shared};
use crate::delivery::request::{Client, Targets};
use crate::delivery::retry::Retry;

use super::fetch::Downloads;
use super::import::board::Board;
use super::stop::Stop;
use course::{Course, Next};
pub use over::Over;
use position::Position;

/// So many failures of the component in a row are its own, and no other answer will help.
const TRAPS: u32 = 4;
/// "Too many requests" (RFC 6585, section 4).
const TOO_MANY: u16 = 429;
/// So many pages in a row from which nothing comes and after which nothing has changed are worth a message.
const STANDING: u32 = 100;

/// What a source that asks for pages is made of.
#[derive(Clone)]
pub struct Poller {
    /// The component.
    pub node: Node,
    /// Its targets, with their origins and credentials.
    pub targets: Arc<Targets>,
    /// Sends.
    pub client: Client,
    /// What the other side allows, shared with all who have the same authorization.
    pub budgets: Shared,
    /// When a run follows another.
    pub every: Every,
    /// Where files go, if it is files that are asked for.
    pub downloads: Option<Arc<Downloads>>,
}

/// Whether a position is between two runs.
#[must_use]
pub fn is_over(position: &[u8]) -> bool {
    Position::decode(position).is_some_and(|position| position.over)
}

/// What would be asked at a stored position. Nothing is asked.
pub async fn foresee(node: Node, stored: Option<&[u8]>) -> anyhow::Result<Ask> {
    let at = Course::new(stored.and_then(Position::decode), 0, false).at();
    Ok(tokio::task::spawn_blocking(move || node.next(at.as_deref())).await??)
}

/// Asks until the only run is over, nothing comes before a person acts, or a stop is asked for.
/// `direct`: pages are read with their position, and kept by whoever reads them.
pub async fn poll<I: Intake>(
    poller: Poller,
    inlet: Arc<I>,
    direct: bool,
    clock: Clock,
    stop: Stop,
) -> anyhow::Result<Over> {
    let resume = inlet.resume();
    let position = resume.as_deref().and_then(Position::decode);
    if resume.is_some() && position.is_none() {
        tracing::warn!(
            source = poller.node.id(),
            "its position is of another release; it is asked for from its beginning"
        );
    }
    // A page is never read twice as it was, so whatever comes now is new.
    let event = if direct { inlet.renew() } else { 0 };
    let course = Course::new(position, event, direct);
    let failed = Failed::default();
    let drive = Drive { poller, inlet, clock, stop, course, retry: Retry::default(), failed };
    drive.run().await
}

struct Drive<I> {
    poller: Poller,
    inlet: Arc<I>,
    clock: Clock,
    stop: Stop,
    course: Course,
    retry: Retry,
    failed: Failed,
}

/// How often in a row.
#[derive(Default)]
struct Failed {
    /// No answer came, or it asked for a wait.
    answers: u32,
    /// The component failed.
    calls: u32,
    /// It began anew without coming to an end.
    restarts: u32,
    /// Nothing came and nothing changed.
    standing: u32,
    /// A file broke off, and no more of it came than before.
    breaks: u32,
    /// A file came, and is not what it should be.
    damages: u32,
}

/// What is to be done after a turn.
enum Turn {
    /// The next.
    Ask,
    /// The next, after so long.
    Wait(Duration),
    /// The run is over.
    Rest,
    /// Nothing more: for this reason, or because a stop was asked for.
    End(Option<String>),
    /// Nothing more in this run, for this reason.
    Fail(String),
}

impl<I: Intake> Drive<I> {
    async fn run(mut self) -> anyhow::Result<Over> {
        loop {
            let wait = match (self.turn().await?, self.poller.every) {
                (Turn::Ask, _) => Duration::ZERO,
                (Turn::Wait(wait), _) => {
                    self.note(|board| board.again(self.clock.unix_ms_at(self.clock.now() + wait)));
                    wait
                }
                (Turn::Rest, Every::After(wait)) => wait,
                (Turn::Rest, Every::Once) => return Ok(Over::Done),
                (Turn::End(reason), _) => return Ok(reason.map_or(Over::Done, Over::Stopped)),
                (Turn::Fail(reason), _) => return Ok(Over::Failed(reason)),
            };
            if self.is_stopped_within(wait).await {
                return Ok(Over::Done);
            }
        }
    }

    /// Writes down, for whoever looks, how asking for a file stands.
    fn note(&self, what: impl FnOnce(&Board)) {
        if let Some(downloads) = &self.poller.downloads {
            what(downloads.board());
        }
    }

    async fn turn(&mut self) -> anyhow::Result<Turn> {
        let at = self.course.at();
        let (node, position) = (self.poller.node.clone(), at.clone());
        let ask = match tokio::task::spawn_blocking(move || node.next(position.as_deref())).await? {
            Ok(ask) => ask,
            Err(error) => return Ok(self.trapped("what to ask", &error)),
        };
        let Some(draw) = self.admit(&ask).await else { return Ok(Turn::End(None)) };
        match ask.errand {
            Errand::Page(request) => self.send(at, &request, draw).await,
            Errand::File(wanted) => self.fetch(at, &wanted, draw).await,
        }
    }

    /// Waits as long as the ask says and until its budgets allow it. Nothing: a stop was asked for.
    async fn admit(&mut self, ask: &Ask) -> Option<Draw> {
        let mut at = self.clock.now() + Duration::from_millis(ask.after_ms);
        loop {
            tokio::select! {
                () = self.clock.sleep_until(at) => {}
                () = self.stop.asked() => return None,
            }
            match self.poller.budgets.admit(self.clock.now(), &ask.budgets) {
                Ok(draw) => return Some(draw),
                Err(pause) => at = pause.until,
            }
        }
    }

    async fn answered(&mut self, at: Option<Vec<u8>>, response: Response, draw: Draw) -> anyhow::Result<Turn> {
        self.note(|board| board.says(format!("answered {}", response.status)));
        let (node, status, asked) = (self.poller.node.clone(), response.status, at.clone());
        match tokio::task::spawn_blocking(move || node.page(asked.as_deref(), &response)).await? {
            Ok(paged) => {
                // An answer of this status speaks to all who have the same credential.
                let wait = match paged.onward {
                    Onward::Retry(ms) if ms > 0 && status == TOO_MANY => Some(Duration::from_millis(ms)),
                    _ => None,
                };
                draw.answered(self.clock.now(), &paged.budgets, wait);
                self.paged(at, status, paged).await
            }
            Err(error) => Ok(self.trapped(&format!("an answer with status {status}"), &error)),
        }
    }

    async fn paged(&mut self, at: Option<Vec<u8>>, status: u16, paged: Paged) -> anyhow::Result<Turn> {
        self.failed.calls = 0;
        let is_empty = paged.events.is_empty() && paged.unread.is_empty();
        if self.poller.downloads.is_some() && !is_empty {
            let reason = "its component gives events in a page, and said that it fetches files";
            return Ok(Turn::End(Some(reason.to_owned())));
        }
        let (readings, next) = self.course.take(paged, self.clock.unix_ms());
        for reading in readings {
            if !self.keep(reading).await? {
                return Ok(Turn::End(None));
            }
        }
        Ok(match next {
            Next::Ask => {
                self.failed.answers = 0;
                self.look_at_progress(is_empty && self.course.at() == at);
                Turn::Ask
            }
            Next::Rest => {
                self.failed = Failed::default();
                Turn::Rest
            }
            Next::Again(ms) => {
                let wait = self.wait((ms > 0).then(|| Duration::from_millis(ms)));
                tracing::info!(source = self.poller.node.id(), status, ?wait, "it asks for the same again");
                Turn::Wait(wait)
            }
            Next::Anew(reason) => {
                self.failed.restarts += 1;
                let wait = self.retry.wait(self.failed.restarts, None, self.clock.spread());
                tracing::warn!(source = self.poller.node.id(), reason, ?wait, "it begins again from its beginning");
                Turn::Wait(wait)
            }
            Next::Stop(reason) => Turn::End(Some(reason)),
        })
    }

    /// Gives a reading on, as soon as there is room. False: the pipeline stops.
    async fn keep(&mut self, reading: Reading) -> anyhow::Result<bool> {
        loop {
            let wait = match self.inlet.read(reading.clone()).await {
                Ok(()) => return Ok(true),
                Err(Refused::Stopping | Refused::Stopped) => return Ok(false),
                Err(Refused::Broken(reason)) => anyhow::bail!(reason),
                Err(Refused::Behind { retry_after }) => retry_after,
            };
            if self.is_stopped_within(wait).await {
                return Ok(false);
            }
        }
    }

    /// The component failed. Another answer may be read better, but not for ever.
    fn trapped(&mut self, on: &str, error: &CallError) -> Turn {
        self.failed.calls += 1;
        if self.failed.calls >= TRAPS || !error.may_pass_in_parts() {
            return Turn::End(Some(format!("the component failed on {on}: {error}")));
        }
        let wait = self.retry.wait(self.failed.calls, None, self.clock.spread());
        tracing::warn!(source = self.poller.node.id(), error = error.brief(), ?wait, "the component failed on {on}");
        Turn::Wait(wait)
    }

    fn wait(&mut self, hint: Option<Duration>) -> Duration {
        self.failed.answers += 1;
        self.retry.wait(self.failed.answers, hint, self.clock.spread())
    }

    fn look_at_progress(&mut self, stands: bool) {
        self.failed.standing = if stands { self.failed.standing + 1 } else { 0 };
        if self.failed.standing.is_multiple_of(STANDING) && stands {
            let pages = self.failed.standing;
            tracing::warn!(source = self.poller.node.id(), pages, "it asks on and on, and nothing comes or changes");
        }
    }

    async fn is_stopped_within(&mut self, wait: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.stop.asked() => true,
            () = self.clock.sleep_until(self.clock.now() + wait) => false,
        }
    }
}
