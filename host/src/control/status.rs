//! How does a pipeline stand?

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::clerk::keyed;
use super::sums::{Feed, again_ids, ends};
use super::{Clerk, Refusal};
use crate::config::{Kind, Node, Pipeline};
use crate::pipeline::keyed::forecast::Forecast;
use crate::pipeline::keyed::moved;
use crate::store::{Accounts, Counter};

pub use super::files::{Asking, At, End, File, Files, LeftOut, Rows, State};
pub use super::sums::Sums;

/// All that is to be said of a pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Its name.
    pub pipeline: String,
    /// For people.
    pub label: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// What runs, if anything does.
    pub running: Option<Running>,
    /// Its nodes, in the order in which data flows.
    pub nodes: Vec<NodeStatus>,
    /// How many dead letters are stored.
    pub dead_letters: u64,
    /// Budgets that are spent.
    pub pauses: Vec<Paused>,
}

/// What runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// The process.
    pub pid: u32,
    /// Since when, milliseconds since 1970: the start, or the last reload.
    pub since_ms: u64,
    /// The program's version.
    pub version: String,
}

/// A budget that is spent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paused {
    /// The authorization that has it.
    pub authorization: String,
    /// Its name.
    pub budget: String,
    /// Until when, milliseconds since 1970.
    pub until_ms: u64,
}

/// How a node stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeStatus {
    /// Its id.
    pub id: String,
    /// `source`, `transform` or `sink`.
    pub kind: String,
    /// For people.
    pub label: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// Why it stopped, if it did.
    pub stopped: Option<String>,
    /// What it holds up until somebody has looked, in words.
    pub held: Vec<String>,
    /// What telling everybody who was there before costs, if it began to.
    pub forecast: Option<Forecast>,
    /// How many of the dead letters are its.
    pub dead_letters: u64,
    /// Of one that gives events: a source, and a transform that remembers.
    pub gives: Option<Gives>,
    /// Of a source that reads files: how they stand.
    pub files: Option<Files>,
    /// Of one in which events end: a sink, and a transform that remembers. All lines together.
    pub takes: Option<Sums>,
}

/// What a node gave, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gives {
    /// All that it read: events, what it left out, and what it could not read.
    pub read: u64,
    /// Left out, because its settings say so.
    pub skipped: u64,
    /// It could not read it.
    pub rejected: u64,
    /// Its journal, or outbox.
    pub log: Option<Log>,
    /// What became of its events.
    pub lines: Vec<Line>,
}

/// A journal or an outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// What it holds.
    pub bytes: u64,
    /// What it may hold.
    pub max_bytes: u64,
}

/// What became of a node's events in one end: `read` without `skipped` and `rejected`, and `sent_again`, are `sums` and `before`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Where they end.
    pub to: String,
    /// Each event is in one of these.
    #[serde(flatten)]
    pub sums: Sums,
    /// Dead letters that were sent again; each counts once more.
    pub sent_again: u64,
    /// Events from before this end was there.
    pub before: u64,
}

impl Clerk {
    pub(super) async fn status(&self) -> Result<Status, Refusal> {
        let accounts = self.store.accounts().await?;
        let keyed = self.keyed(&accounts);
        let in_flight = |feed: &str| self.run.as_ref().map_or(0, |run| run.window.in_flight(feed));
        let mut status = Status::of(&self.pipeline, &accounts, &keyed, &in_flight);
        for node in status.nodes.iter_mut().filter(|node| keyed.contains(&node.id)) {
            node.held = self.held(&node.id)?;
        }
        for source in &self.pipeline.sources {
            let ends = ends(&self.pipeline, &|id| keyed.contains(id), &source.node.id).lines;
            let files = self.files(&source.node.id, &ends).await?;
            // A source may have files that its part of the pipeline file does not speak of: those that it asks for.
            if source.options.files.is_none() && files == Files::default() {
                continue;
            }
            status
                .nodes
                .iter_mut()
                .filter(|node| node.id == source.node.id)
                .for_each(|node| node.files = Some(files.clone()));
        }
        let Some(run) = &self.run else { return Ok(status) };
        let (pid, version) = (std::process::id(), env!("CARGO_PKG_VERSION").to_owned());
        status.running = Some(Running { pid, since_ms: run.since_ms, version });
        let mut stopped = run.window.stopped();
        let mut forecasts = run.window.forecasts();
        for node in &mut status.nodes {
            node.stopped = stopped.remove(&node.id);
            node.forecast = forecasts.remove(&node.id);
        }
        let now = self.clock.now();
        for (authorization, budgets) in &run.budgets {
            let paused = |pause: crate::delivery::budget::Pause| Paused {
                authorization: authorization.clone(),
                budget: pause.budget,
                until_ms: self.clock.unix_ms_at(pause.until),
            };
            status.pauses.extend(budgets.pauses(now).into_iter().map(paused));
        }
        Ok(status)
    }
}

impl Clerk {
    /// What a transform that remembers holds up.
    fn held(&self, node: &str) -> Result<Vec<String>, Refusal> {
        Ok(moved::facts(self.store.reader(), node)?.map(|facts| facts.held_words()).unwrap_or_default())
    }
}

impl Status {
    /// How a pipeline stands by what its store holds.
    #[must_use]
    pub fn stored(pipeline: &Pipeline, accounts: &Accounts) -> Self {
        Self::of(pipeline, accounts, &keyed(pipeline, accounts), &|_| 0)
    }

    fn of(pipeline: &Pipeline, accounts: &Accounts, keyed: &BTreeSet<String>, in_flight: &dyn Fn(&str) -> u64) -> Self {
        let account = Account { pipeline, accounts, keyed, in_flight };
        let mut nodes: Vec<NodeStatus> = pipeline.nodes().map(|node| account.node(node)).collect();
        let mut takes: BTreeMap<String, Sums> = BTreeMap::new();
        for line in nodes.iter().filter_map(|node| node.gives.as_ref()).flat_map(|gives| &gives.lines) {
            takes.entry(line.to.clone()).or_default().add(line.sums);
        }
        let ends = |node: &NodeStatus| node.kind == Kind::Sink.word() || keyed.contains(&node.id);
        for node in nodes.iter_mut().filter(|node| ends(node)) {
            node.takes = Some(takes.remove(&node.id).unwrap_or_default());
        }
        let letters = accounts.sums.iter().filter(|((_, _, counter), _)| *counter == Counter::Letters);
        Self {
            pipeline: pipeline.name.clone(),
            label: pipeline.label.clone(),
            description: pipeline.description.clone(),
            running: None,
            nodes,
            dead_letters: letters.map(|(_, letters)| letters).sum(),
            pauses: Vec::new(),
        }
    }
}

struct Account<'a> {
    pipeline: &'a Pipeline,
    accounts: &'a Accounts,
    keyed: &'a BTreeSet<String>,
    in_flight: &'a dyn Fn(&str) -> u64,
}

impl Account<'_> {
    fn node(&self, node: &Node) -> NodeStatus {
        let (id, kind) = (node.id.as_str(), node.kind);
        let gives = kind == Kind::Source || self.keyed.contains(id);
        NodeStatus {
            id: id.to_owned(),
            kind: kind.word().to_owned(),
            label: node.label.clone(),
            description: node.description.clone(),
            stopped: None,
            held: Vec::new(),
            forecast: None,
            dead_letters: self.accounts.sum(id, "", Counter::Letters),
            gives: gives.then(|| self.gives(id)),
            files: None,
            takes: None,
        }
    }

    fn gives(&self, id: &str) -> Gives {
        let own = self.feed(id.to_owned());
        let ends = ends(self.pipeline, &|id| self.keyed.contains(id), id);
        let sum = |counter| self.accounts.sum(id, "", counter);
        let (skipped, rejected) = (sum(Counter::Skipped), sum(Counter::Rejected));
        let log = self.accounts.logs.get(id);
        Gives {
            read: own.events() + skipped + rejected,
            skipped,
            rejected,
            log: log.map(|log| Log { bytes: log.bytes, max_bytes: self.pipeline.journal.max_size.0 }),
            lines: ends.lines.iter().map(|end| self.line(&own, &ends.nodes, end)).collect(),
        }
    }

    fn line(&self, own: &Feed<'_>, nodes: &BTreeSet<String>, end: &str) -> Line {
        let mut sums = own.sums(end);
        let mut sent_again = 0;
        for (log, node) in again_ids(&own.id, nodes) {
            let leads =
                node == end || self::ends(self.pipeline, &|id| self.keyed.contains(id), node).nodes.contains(end);
            if leads && self.accounts.logs.contains_key(&log) {
                let feed = self.feed(log);
                sent_again += feed.events();
                sums.add(feed.sums(end));
            }
        }
        let before = (own.events() + sent_again).saturating_sub(sums.all());
        Line { to: end.to_owned(), sums, sent_again, before }
    }

    fn feed(&self, id: String) -> Feed<'_> {
        let in_flight = (self.in_flight)(&id);
        Feed { accounts: self.accounts, id, in_flight }
    }
}
