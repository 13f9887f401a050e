//! What others may see and wake of a run, while it runs.
//!
//! Whoever answers operators looks in here. A run that is started again puts itself in the place of the one before, so whoever holds the
//! window need not know which of them it is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::import::board::Board;
use super::keyed::forecast::Forecast;
use super::ledger::Ledger;

/// See the module.
#[derive(Debug, Default)]
pub struct Window(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    ledger: Option<Arc<Ledger>>,
    /// What gives events, as the ledger numbers it.
    feeds: Vec<String>,
    /// Who follows which log.
    followers: BTreeMap<String, Arc<Notify>>,
    stopped: BTreeMap<String, String>,
    forecasts: BTreeMap<String, Forecast>,
    /// Which files sources are at.
    boards: BTreeMap<String, Arc<Board>>,
}

impl Window {
    /// A run begins.
    pub fn open(&self, ledger: &Arc<Ledger>, feeds: Vec<String>) {
        *self.seen() = Seen { ledger: Some(Arc::clone(ledger)), feeds, ..Seen::default() };
    }

    /// It has ended.
    pub fn close(&self) {
        *self.seen() = Seen::default();
    }

    /// Somebody follows this log, and is woken by this.
    pub fn follows(&self, log: &str, appended: &Arc<Notify>) {
        self.seen().followers.insert(log.to_owned(), Arc::clone(appended));
    }

    /// Something was appended to this log.
    pub fn wake(&self, log: &str) {
        self.seen().followers.get(log).into_iter().for_each(|appended| appended.notify_one());
    }

    /// A node stopped, and why.
    pub fn stop(&self, node: &str, reason: &str) {
        self.seen().stopped.insert(node.to_owned(), reason.to_owned());
    }

    /// The nodes that stopped.
    #[must_use]
    pub fn stopped(&self) -> BTreeMap<String, String> {
        self.seen().stopped.clone()
    }

    /// What a transform that remembers is about to tell, and what that costs.
    pub fn foresee(&self, node: &str, forecast: Forecast) {
        self.seen().forecasts.insert(node.to_owned(), forecast);
    }

    /// What such transforms said.
    #[must_use]
    pub fn forecasts(&self) -> BTreeMap<String, Forecast> {
        self.seen().forecasts.clone()
    }

    /// Which files this source is at.
    #[must_use]
    pub fn board(&self, source: &str) -> Arc<Board> {
        Arc::clone(self.seen().boards.entry(source.to_owned()).or_default())
    }

    /// Which files the sources are at that read files.
    #[must_use]
    pub fn boards(&self) -> BTreeMap<String, Arc<Board>> {
        self.seen().boards.clone()
    }

    /// Events of this source that are on their way and not in the store's sums.
    #[must_use]
    pub fn in_flight(&self, feed: &str) -> u64 {
        let seen = self.seen();
        let number = seen.feeds.iter().position(|id| id == feed);
        let ledger = seen.ledger.clone();
        drop(seen);
        number.zip(ledger).map_or(0, |(number, ledger)| ledger.in_flight(number))
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
