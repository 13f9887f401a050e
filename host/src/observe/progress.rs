//! How do files come along, for whoever watches?
//!
//! On a terminal a bar for each file at work, with rate and time left; elsewhere a line of the log now and then, and never one for each row.
//! It looks at what the sources write on their boards, and nobody waits for it.

mod bars;
mod lines;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::clock::{Clock, Moment};
use crate::pipeline::import::board::{Board, Work};
use crate::pipeline::window::Window;

use super::pace::Pace;
use bars::Bars;
pub use bars::beside;
use lines::Lines;

/// A bar moves so often: more is only flicker.
const DRAW: Duration = Duration::from_millis(200);
/// Without bars, whether a line is due is looked at so often.
const LOOK: Duration = Duration::from_secs(1);

/// How it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// As bars, on the terminal that is the standard error.
    Bars,
    /// As lines of the log.
    Lines,
}

/// What is shown as long as this is held.
#[derive(Debug)]
pub struct Progress(JoinHandle<()>);

/// A source, and the file at which it is, with the stage: another stage has a pace of its own.
type Of = (String, String);

/// What is known of a file at work.
struct Going<'a> {
    of: &'a Of,
    work: &'a Work,
    pace: &'a Pace,
}

/// Who shows them.
trait Show {
    /// The files at work, now.
    fn show(&mut self, now: Moment, going: &[Going<'_>]);
}

impl Progress {
    /// Begins to look through this window.
    #[must_use]
    pub fn begin(window: Arc<Window>, clock: Clock, shown: Shown) -> Self {
        Self(match shown {
            Shown::Bars => tokio::spawn(watch(window, clock, DRAW, Bars::default())),
            Shown::Lines => tokio::spawn(watch(window, clock, LOOK, Lines::default())),
        })
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.abort();
        // The process may end before that is heard.
        bars::clear();
    }
}

async fn watch(window: Arc<Window>, clock: Clock, every: Duration, mut show: impl Show) {
    let mut paces: BTreeMap<Of, Pace> = BTreeMap::new();
    loop {
        let now = clock.now();
        let works: BTreeMap<Of, Work> = window.boards().into_iter().filter_map(work).collect();
        paces.retain(|of, _| works.contains_key(of));
        works.iter().for_each(|(of, work)| paces.entry(of.clone()).or_default().note(now, work.done));
        let going: Vec<Going<'_>> =
            works.iter().filter_map(|(of, work)| Some(Going { of, work, pace: paces.get(of)? })).collect();
        show.show(now, &going);
        clock.sleep_until(clock.now() + every).await;
    }
}

/// What a source is at.
fn work((source, board): (String, Arc<Board>)) -> Option<(Of, Work)> {
    let work = board.work()?;
    Some(((source, format!("{} {}", work.stage.word(), work.item.name)), work))
}
