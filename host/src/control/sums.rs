//! What became of a source's events in each line, added up?
//!
//! A line is a source and where its events end: a sink, or a transform that remembers. Its sums are those of the source's own log or
//! reading and of the logs from which its events are sent again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::config::Pipeline;
use crate::pipeline::again;
use crate::store::{Accounts, Counter, Cursor};

/// What became of events. Each is in one of these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// The sink has delivered it; a transform that remembers, told something.
    pub delivered: u64,
    /// Nothing came of it: it was filtered, or nothing is new.
    pub dropped: u64,
    /// A dead letter holds it.
    pub rejected: u64,
    /// Nothing became of it yet.
    pub waiting: u64,
}

impl Sums {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.delivered + self.dropped + self.rejected + self.waiting
    }

    pub(super) fn add(&mut self, other: Self) {
        self.delivered += other.delivered;
        self.dropped += other.dropped;
        self.rejected += other.rejected;
        self.waiting += other.waiting;
    }
}

/// What a source's events reach.
#[derive(Debug, Default)]
pub(super) struct Ends {
    /// All nodes, itself not among them.
    pub nodes: BTreeSet<String>,
    /// Where they end, in the order of the file.
    pub lines: Vec<String>,
}

/// What events that are given at `from` reach.
pub(super) fn ends(pipeline: &Pipeline, keyed: &dyn Fn(&str) -> bool, from: &str) -> Ends {
    let (mut reached, mut ends) = (BTreeSet::from([from]), Ends::default());
    for transform in &pipeline.transforms {
        if !transform.inputs.iter().any(|input| reached.contains(input.value.as_str())) {
            continue;
        }
        let id = transform.node.id.as_str();
        ends.nodes.insert(id.to_owned());
        if keyed(id) {
            ends.lines.push(id.to_owned());
        } else {
            reached.insert(id);
        }
    }
    let sinks =
        pipeline.sinks.iter().filter(|sink| sink.inputs.iter().any(|input| reached.contains(input.value.as_str())));
    for sink in sinks {
        ends.nodes.insert(sink.node.id.clone());
        ends.lines.push(sink.node.id.clone());
    }
    ends
}

/// What is known of the events that one reading or log gives.
pub(super) struct Feed<'a> {
    /// The sums.
    pub accounts: &'a Accounts,
    /// Its id.
    pub id: String,
    /// Those that the sums do not know yet.
    pub in_flight: u64,
}

impl Feed<'_> {
    /// How many events it gave.
    pub fn events(&self) -> u64 {
        self.accounts.sum(&self.id, "", Counter::Events) + self.in_flight
    }

    /// What became of them in the line of `end`.
    pub fn sums(&self, end: &str) -> Sums {
        let sum = |counter| self.accounts.sum(&self.id, end, counter);
        Sums {
            delivered: sum(Counter::Delivered),
            dropped: sum(Counter::Dropped),
            rejected: sum(Counter::Rejected),
            waiting: self.waiting(end) + self.in_flight,
        }
    }

    fn waiting(&self, end: &str) -> u64 {
        let cursor = self.accounts.cursors.get(&(self.id.clone(), end.to_owned()));
        match self.accounts.logs.get(&self.id) {
            Some(log) => cursor.map_or(log.events(), |cursor| cursor.open_below(log.next)),
            // It is read again from a position; what was read is known by what was settled last.
            None => cursor.map_or(0, |cursor| cursor.open_below(self.settled_end())),
        }
    }

    fn settled_end(&self) -> u64 {
        let cursors = self.accounts.cursors.iter().filter(|((source, _), _)| *source == self.id);
        cursors.map(|(_, cursor)| Cursor::end(cursor)).max().unwrap_or(0)
    }
}

/// The readings and logs of a source's own: the first, and those from which its events are sent again to `nodes`.
pub(super) fn again_ids<'a>(
    source: &'a str,
    nodes: &'a BTreeSet<String>,
) -> impl Iterator<Item = (String, &'a str)> + 'a {
    let nodes = nodes.iter().map(String::as_str).chain([source]);
    nodes.map(move |node| (again::log(source, node), node))
}
