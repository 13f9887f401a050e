//! What a clerk does when nothing runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Answer, Clerk, Request, Which};
use crate::clock::Clock;
use crate::component::types::Batch;
use crate::config;
use crate::store::{Append, Commit, Committer, DeadLetter, LocalStore};

const PIPELINE: &str = "name: p
sources:
  in: { type: stdin }
  rows: { type: file, path: rows.ndjson }
transforms:
  fields: { type: map-fields, inputs: [in] }
sinks:
  out: { type: stdout, inputs: [fields, rows] }
  other: { type: stdout, inputs: [in] }
";

fn letter(source: &str, node: &str, key: &str) -> DeadLetter {
    DeadLetter {
        source: source.into(),
        node: node.into(),
        key: Some(key.into()),
        body: format!("{{\"of\":\"{key}\"}}").into(),
        count: 1,
        ..DeadLetter::default()
    }
}

/// A clerk of a store with these letters. The folder and the committer are to be held.
async fn clerk(letters: Vec<DeadLetter>) -> (Clerk, Committer, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let committer = Committer::start(LocalStore::open(folder.path(), 1 << 20).unwrap()).unwrap();
    let store = committer.handle();
    store.commit(Commit { dead_letters: letters, ..Commit::default() }).await.unwrap();
    let pipeline = Arc::new(config::parse("p.yaml", PIPELINE).unwrap());
    let clerk = Clerk {
        pipeline,
        receivers: BTreeMap::new(),
        remembering: BTreeMap::new(),
        store,
        clock: Clock::system(),
        run: None,
    };
    (clerk, committer, folder)
}

/// The letters that are there, and the keys in each log.
async fn left(clerk: &Clerk) -> String {
    let letters = clerk.store.dead_letters(0, 99).await.unwrap();
    let mut shown = format!("letters {:?}\n", letters.iter().map(|stored| stored.number).collect::<Vec<_>>());
    for log in clerk.store.accounts().await.unwrap().logs.into_keys() {
        let mut keys = Vec::new();
        for entry in clerk.store.read_log(&log, 0, usize::MAX).await.unwrap() {
            let batch = Batch::decode(&entry.batch).unwrap();
            keys.extend((0..batch.len()).map(|index| batch.key(index).to_owned()));
        }
        shown += &format!("{log}: {}\n", keys.join(" "));
    }
    shown
}

#[tokio::test]
async fn each_goes_to_who_rejected_it_and_nowhere_else() {
    let unsure = DeadLetter { may_have_arrived: true, ..letter("in", "other", "f") };
    let letters = vec![
        letter("in", "fields", "a"),
        letter("in", "out", "b"),
        letter("rows", "out", "c"),
        letter("in", "gone", "d"),
        letter("rows", "fields", "e"),
        unsure,
        letter("rows", "rows", "g"),
        letter("in", "out", "h"),
    ];
    let (clerk, _committer, _folder) = clerk(letters).await;
    let replay = |which, may_have_arrived| clerk.answer(Request::Replay { which, may_have_arrived });
    let Answer::Replayed(replayed) = replay(Which::All, false).await else { panic!("refused") };
    let mut shown = format!("{} sent\n", replayed.letters);
    replayed.kept.iter().for_each(|kept| shown += &format!("{}: {}\n", kept.number, kept.why));
    shown += &left(&clerk).await;
    replay(Which::Numbers(vec![5, 5]), true).await;
    shown += &left(&clerk).await;
    expect_test::expect![[r#"
        4 sent
        3: in the pipeline, nothing leads from `in` to `gone` any more
        4: in the pipeline, nothing leads from `rows` to `fields` any more
        5: it may have arrived: --may-have-arrived sends it all the same
        6: only what was sent to a receiver can be read again: mend it where it comes from, and send it from there
        letters [3, 4, 5, 6]
        in~fields: a
        in~out: b h
        rows~out: c
        letters [3, 4, 6]
        in~fields: a
        in~other: f
        in~out: b h
        rows~out: c
    "#]]
    .assert_eq(&shown);
}

#[tokio::test]
async fn what_a_transform_that_remembers_told_goes_to_its_outbox() {
    let (clerk, _committer, _folder) = clerk(vec![letter("fields", "out", "a")]).await;
    let mut batch = Batch::new();
    batch.push("b", b"{}");
    // It has told something, so it is one that remembers.
    let append = Append { log: "fields".into(), batch: batch.encode(), events: 1 };
    clerk.store.commit(Commit { append: vec![append], ..Commit::default() }).await.unwrap();
    clerk.answer(Request::Replay { which: Which::Node("out".into()), may_have_arrived: false }).await;
    assert_eq!(left(&clerk).await, "letters []\nfields: b a\n");
}

#[tokio::test]
async fn a_slip_does_nothing() {
    let (clerk, _committer, _folder) = clerk(vec![letter("in", "out", "a")]).await;
    let answer = clerk.answer(Request::Purge { which: Which::Numbers(vec![0, 7]) }).await;
    assert!(matches!(answer, Answer::Refused(_)), "{answer:?}");
    assert_eq!(left(&clerk).await, "letters [0]\n");
    let node = clerk.answer(Request::Purge { which: Which::Node("other".into()) }).await;
    assert_eq!(node, Answer::Purged(0));
    assert_eq!(clerk.answer(Request::Purge { which: Which::All }).await, Answer::Purged(1));
    assert_eq!(left(&clerk).await, "letters []\n");
}
