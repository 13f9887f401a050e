//! An event's whole life, with the power going after each of its steps.
//!
//! The real parts run: server, journal, committer, ledger, sink driver; only the sink's other side is a list. Every sync copies the
//! folder. For each step that was taken (something was synced, answered, delivered) the run is begun anew from the copy that the
//! last sync before it had left, and to its end: what had been answered must then have been delivered before or after, or stand in the
//! dead letters, and what the copy holds as settled must not be delivered again.
//!
//! Tried: without the `persist(SyncAll)` in `LocalStore::write` this fails before the first step; with it only when the store is
//! claimed, at the first answer, whose three people are lost.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{SocketAddr, TcpListener as StdListener};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fjall::PersistMode;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;

use super::graph::{Sink, Source, SourceKind};
use super::sink::Outlet;
use super::stop::stop;
use super::{Graph, run};
use crate::clock::Clock;
use crate::component::types::Batch;
use crate::config::{SinkOptions, SourceOptions};
use crate::connector::server::Wanted;
use crate::connector::{Deliver, Delivering, Outcome, SourceSettings};
use crate::delivery::budget::Shared;
use crate::delivery::gather::Limits;
use crate::delivery::inbound::Inbound;
use crate::store::local::tests::disk::{Files, files, folder};
use crate::store::{Committer, Handle, LocalStore};

const LOG_BYTES: u64 = 1 << 20;
/// Only a broken run takes so long.
const PATIENCE: Duration = Duration::from_secs(20);

enum Step {
    Synced(Files),
    Answered(Vec<String>),
    Delivered(Vec<String>),
}

type Steps = Arc<Mutex<Vec<Step>>>;

/// The other side: it takes everything, but for who is called bad.
struct Receiver {
    steps: Steps,
    settled: watch::Sender<usize>,
}

impl Deliver for Receiver {
    fn deliver(&self, batch: Batch) -> Delivering<'_> {
        Box::pin(async move {
            let keys: Vec<String> = (0..batch.len()).map(|index| batch.key(index).to_owned()).collect();
            let outcome = |key: &String| match key.contains("bad") {
                true => Outcome::Rejected("bad".to_owned()),
                false => Outcome::Delivered,
            };
            let outcomes = keys.iter().map(outcome).collect();
            self.settled.send_modify(|settled| *settled += keys.len());
            self.steps
                .lock()
                .unwrap()
                .push(Step::Delivered(keys.into_iter().filter(|key| !key.contains("bad")).collect()));
            outcomes
        })
    }
}

/// What a run began with and ended with.
struct Ran {
    /// Whose events the store held as settled when it began.
    was_settled: BTreeSet<String>,
    /// Who stands in the dead letters at its end.
    dead: BTreeSet<String>,
}

/// Runs the pipeline on a store while `play` is played; it is told how many events are open at the start.
async fn running(
    store: LocalStore,
    steps: &Steps,
    play: impl AsyncFnOnce(SocketAddr, watch::Receiver<usize>, usize),
) -> Ran {
    let committer = Committer::start(store).unwrap();
    let (settled, seen) = watch::channel(0);
    let address = StdListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings =
        SourceSettings::read("http_server", &json!({ "identifier": { "external_id": "id" } })).unwrap().unwrap();
    let native = settings
        .open(
            "in",
            Wanted { address, max_body_bytes: 1 << 20, tls: None, public_url: None, endpoints: Vec::new() },
            Inbound::default(),
        )
        .await
        .unwrap();
    let receiver = Receiver { steps: Arc::clone(steps), settled };
    let graph = Graph {
        name: "life".into(),
        data_dir: "unused".into(),
        journal_max_bytes: LOG_BYTES,
        sources: vec![Source { id: "in".into(), options: SourceOptions::default(), kind: SourceKind::Native(native) }],
        left_alone: Vec::new(),
        transforms: Vec::new(),
        desks: Default::default(),
        sinks: vec![Sink {
            id: "out".into(),
            inputs: vec!["in".into()],
            options: SinkOptions { linger: Duration::ZERO, ..SinkOptions::default() },
            outlet: Outlet::Native(Arc::new(receiver)),
            limits: Limits { events: 2, bytes: 1 << 20 },
            budgets: Shared::default(),
        }],
        budgets: BTreeMap::new(),
    };
    let (asks, asked) = stop();
    let handle = committer.handle();
    let (open, was_settled) = journal(&handle).await;
    let ran = tokio::spawn(run(graph, handle.clone(), Clock::system(), asked));
    tokio::time::timeout(PATIENCE, play(address, seen, open)).await.expect("it should have ended");
    asks.ask();
    ran.await.unwrap().unwrap();
    let letters = handle.reader().dead_letters(0, 100).unwrap();
    Ran { was_settled, dead: letters.into_iter().filter_map(|stored| stored.letter.key).collect() }
}

/// Sends people in one request, and returns when it is answered.
async fn send(address: SocketAddr, people: &[&str]) {
    let body = json!(people.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>()).to_string();
    let head =
        "POST / HTTP/1.1\r\nhost: here\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length:";
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(format!("{head} {}\r\n\r\n{body}", body.len()).as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

fn keys(people: &[&str]) -> Vec<String> {
    people.iter().map(|id| format!("external_id:{id}")).collect()
}

/// The first life: every step of it.
async fn live(data: &Path) -> Vec<Step> {
    let steps = Steps::default();
    let (log, watched) = (Arc::clone(&steps), data.to_owned());
    let watch = Arc::new(move |mode| {
        if matches!(mode, PersistMode::SyncAll) {
            let synced = files(&watched);
            log.lock().unwrap().push(Step::Synced(synced));
        }
    });
    let store = LocalStore::watched(data, LOG_BYTES, watch).unwrap();
    running(store, &steps, async |address, mut settled, _| {
        for people in [&["a", "b", "c"][..], &["bad"], &["a", "d"], &["e", "bad-too", "f"]] {
            send(address, people).await;
            steps.lock().unwrap().push(Step::Answered(keys(people)));
        }
        settled.wait_for(|settled| *settled == 9).await.unwrap();
    })
    .await;
    std::mem::take(&mut *steps.lock().unwrap())
}

/// What is open in the journal of a copy: how many events, and the keys of those that the copy holds as settled.
async fn journal(handle: &Handle) -> (usize, BTreeSet<String>) {
    let cursor = handle.cursor("in", "out").await.unwrap();
    let (mut open, mut settled, mut unsettled) = (0, BTreeSet::new(), BTreeSet::new());
    for entry in handle.read_log("in", 0, usize::MAX).await.unwrap() {
        let batch = Batch::decode(&entry.batch).unwrap();
        for (index, number) in (0..batch.len()).zip(entry.first..) {
            let key = batch.key(index).to_owned();
            match cursor.contains(number) {
                true => drop(settled.insert(key)),
                false => {
                    open += 1;
                    unsettled.insert(key);
                }
            }
        }
    }
    (open, settled.difference(&unsettled).cloned().collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_answered_is_lost_wherever_the_power_goes() {
    let data = tempfile::tempdir().unwrap();
    let life = live(data.path()).await;
    let (mut copy, mut answered, mut delivered) = (None, BTreeSet::new(), BTreeSet::new());
    for (at, step) in life.iter().enumerate() {
        match step {
            Step::Synced(files) => copy = Some(files),
            Step::Answered(keys) => answered.extend(keys.iter().cloned()),
            Step::Delivered(keys) => delivered.extend(keys.iter().cloned()),
        }
        let left = folder(copy.expect("the store is claimed with a sync"));
        let again = Steps::default();
        let store = LocalStore::open(left.path(), LOG_BYTES).unwrap();
        let Ran { was_settled, dead } = running(store, &again, async |_, mut settled, open| {
            settled.wait_for(|settled| *settled >= open).await.unwrap();
        })
        .await;
        let after: BTreeSet<String> =
            again.lock().unwrap().iter().filter_map(Step::delivered).flatten().cloned().collect();
        let lost: Vec<&String> = answered
            .iter()
            .filter(|key| !delivered.contains(*key) && !after.contains(*key) && !dead.contains(*key))
            .collect();
        assert!(lost.is_empty(), "the power went after step {at}, and {lost:?} were answered and are lost");
        let twice: Vec<&String> = was_settled.intersection(&after).collect();
        assert!(twice.is_empty(), "the power went after step {at}, and {twice:?} were delivered again");
    }
    assert_eq!(answered.len(), 8, "the walk has to see every answer");
    assert!(life.len() > 12, "the walk has to have steps: {}", life.len());
}

impl Step {
    fn delivered(&self) -> Option<&Vec<String>> {
        match self {
            Self::Delivered(keys) => Some(keys),
            Self::Synced(_) | Self::Answered(_) => None,
        }
    }
}
