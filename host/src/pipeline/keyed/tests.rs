//! Snapshots, doubts and the brake, with a component that counts: it tags everybody with `seen`, and tells 0 of the absent.

use std::sync::{Arc, LazyLock};

use expect_test::{Expect, expect};
use tempfile::TempDir;

use super::brake::MaxExit;
use super::core::{Core, Decision, Undecided};
use super::memory::Memory;
use super::upkeep::{Question, answer};
use crate::component::test_components;
use crate::component::types::{Batch, Scope};
use crate::component::{Library, Limits, Node, Reference};
use crate::connector::Part;
use crate::pipeline::flow::Stage;
use crate::pipeline::ledger::Slot;
use crate::pipeline::sink::Parcel;
use crate::pipeline::source::Look;
use crate::store::{Commit, DeadLetter, Epoch, LocalStore, Reader, Store};

static NODE: LazyLock<Node> = LazyLock::new(|| {
    let library = Library::new(None).unwrap();
    let component = library.load(&Reference::File(test_components::path("counts").to_owned())).unwrap();
    component.configure("keyed", "{}", &Limits::default()).unwrap().0
});

/// A store, and what is remembered in it.
struct Stand {
    folder: TempDir,
    open: Option<(LocalStore, Epoch, Core)>,
    said: String,
}

/// A page of a snapshot.
#[derive(Clone, Copy)]
struct Page<'a> {
    keys: &'a [&'a str],
    closes: bool,
    seen: &'a [&'a str],
    is_blind: bool,
    total: Option<u64>,
}

const PAGE: Page<'_> = Page { keys: &[], closes: false, seen: &[], is_blind: false, total: None };

impl Stand {
    fn new() -> Self {
        let mut stand = Self { folder: tempfile::tempdir().unwrap(), open: None, said: String::new() };
        stand.restart();
        stand
    }

    /// As after a crash: only what was committed is left.
    fn restart(&mut self) {
        self.open = None;
        let mut store = LocalStore::open(self.folder.path(), 1 << 24).unwrap();
        let epoch = store.claim().unwrap().epoch;
        let memory = Memory::load(&*store.reader(), "keyed", "counts", &[1]).unwrap();
        let most = MaxExit { share: 0.5, people: 3 };
        let core = Core { id: "keyed".into(), node: NODE.clone(), memory, most };
        self.open = Some((store, epoch, core));
    }

    fn with<T>(&mut self, act: impl FnOnce(&mut Core, &dyn Reader) -> T) -> T {
        let (store, _, core) = self.open.as_mut().unwrap();
        let reader = store.reader();
        act(core, &*reader)
    }

    fn commit(&mut self, decision: Decision) {
        let (store, epoch, _) = self.open.as_mut().unwrap();
        let Decision { states, append, dead, .. } = decision;
        let commit = Commit { states, append: append.into_iter().collect(), dead_letters: dead, ..Commit::default() };
        store.commit(*epoch, &[commit]).into_iter().for_each(|stored| drop(stored.unwrap()));
    }

    fn say(&mut self, line: &str) {
        self.said += line;
        self.said += "\n";
    }

    /// What a decision tells, and whether it is held up.
    fn decided(&mut self, what: &str, decided: Result<Decision, Undecided>) {
        let line = match decided {
            Err(Undecided::Held(held)) => format!("{what}: held: {held}"),
            Err(other) => panic!("{other:?}"),
            Ok(decision) => {
                let told =
                    decision.append.as_ref().map(|append| Batch::decode(&append.batch).unwrap()).unwrap_or_default();
                let one = |i| format!(" {}={}", told.key(i), String::from_utf8_lossy(told.body(i)));
                let held = decision.held.as_ref().map_or_else(String::new, |held| format!(" [held: {held}]"));
                let line = format!("{what}:{}{held}", (0..told.len()).map(one).collect::<String>());
                self.commit(decision);
                line
            }
        };
        self.say(&line);
    }

    /// Events that belong to no snapshot.
    fn trigger(&mut self, keys: &[&str]) {
        let parcel = parcel(keys, None);
        let decided = self.with(|core, reader| core.decide(reader, &[parcel], 0));
        self.decided("trigger", decided);
    }

    fn page(&mut self, number: u64, page: Page<'_>) {
        let scope = Scope { audiences: vec!["seen".to_owned()], as_of_ms: number, total: page.total };
        let seen = page.seen.iter().map(|key| (*key).to_owned()).collect();
        let part = Part { number, scope, closes: page.closes };
        let look = Look { part, seen, is_blind: page.is_blind, end: page.keys.len() as u32 };
        let parcel = parcel(page.keys, Some(Arc::new(look)));
        let decided = self.with(|core, reader| core.decide(reader, &[parcel], 0));
        self.decided(&format!("page of {number}"), decided);
    }

    /// One step about the absent.
    fn pass(&mut self) {
        let Some((number, pass)) = self.with(|core, _| core.memory.next_pass()) else {
            return self.say("nobody is absent");
        };
        let decided = self.with(|core, reader| core.pass(reader, number, &pass, 0));
        self.decided("absent", decided);
    }

    fn ask(&mut self, question: Question) {
        let reply = self.with(|core, reader| answer(&mut core.memory, reader, question)).unwrap();
        let states = self.with(|core, _| core.memory.flush());
        self.commit(Decision { states, ..Decision::default() });
        self.say(&format!("{reply:?}"));
    }

    fn rejected(&mut self, key: &str) {
        let dead = DeadLetter { key: Some(key.to_owned()), ..DeadLetter::default() };
        let states = self.with(|core, reader| core.doubt(reader, &[dead])).unwrap();
        self.commit(Decision { states, ..Decision::default() });
    }

    fn check(&self, expected: Expect) {
        expected.assert_eq(&self.said);
    }
}

fn parcel(keys: &[&str], look: Option<Arc<Look>>) -> Parcel {
    let mut events = Batch::new();
    keys.iter().for_each(|key| events.push(key, b"{}"));
    let stage = Stage { events: Arc::new(events), ..Stage::default() };
    Parcel { source: "scan".into(), stage, slot: Slot { source: 0, sink: 0 }, receipt: 0, first: 0, look }
}

#[test]
fn who_was_not_seen_is_absent() {
    let mut stand = Stand::new();
    stand.page(1, Page { keys: &["a", "b"], ..PAGE });
    stand.page(1, Page { keys: &["c"], closes: true, ..PAGE });
    stand.pass();
    // `b` was rejected on the way: no exit may come of that.
    stand.page(2, Page { keys: &["a"], seen: &["b"], ..PAGE });
    stand.page(2, Page { closes: true, ..PAGE });
    stand.pass();
    stand.pass();
    stand.check(expect![[r#"
        page of 1:
        page of 1:
        nobody is absent
        page of 2: a={"count":2}
        page of 2:
        absent: c={"count":0}
        nobody is absent
    "#]]);
}

#[test]
fn what_was_seen_outlives_a_crash() {
    let mut stand = Stand::new();
    stand.page(1, Page { keys: &["a", "b", "c"], closes: true, ..PAGE });
    stand.page(2, Page { keys: &["a"], ..PAGE });
    stand.restart();
    stand.page(2, Page { keys: &["b"], closes: true, ..PAGE });
    stand.restart();
    stand.pass();
    stand.restart();
    stand.pass();
    stand.check(expect![[r#"
        page of 1:
        page of 2: a={"count":2}
        page of 2: b={"count":2}
        absent: c={"count":0}
        nobody is absent
    "#]]);
}

#[test]
fn a_snapshot_that_is_not_finished_makes_nobody_absent() {
    let mut stand = Stand::new();
    stand.page(1, Page { keys: &["a", "b"], closes: true, ..PAGE });
    stand.page(2, Page { keys: &["a"], ..PAGE });
    stand.page(3, Page { keys: &["b"], ..PAGE });
    stand.page(3, Page { keys: &["a"], closes: true, ..PAGE });
    stand.pass();
    stand.page(4, Page { keys: &["a"], is_blind: true, ..PAGE });
    stand.page(4, Page { closes: true, ..PAGE });
    stand.pass();
    stand.check(expect![[r#"
        page of 1:
        page of 2: a={"count":2}
        page of 3: b={"count":2}
        page of 3: a={"count":3}
        nobody is absent
        page of 4: a={"count":4}
        page of 4:
        nobody is absent
    "#]]);
}

#[test]
fn an_exodus_is_held_up_until_somebody_looks() {
    let mut stand = Stand::new();
    stand.page(1, Page { keys: &["a", "b", "c", "d"], closes: true, ..PAGE });
    stand.page(2, Page { closes: true, ..PAGE });
    stand.pass();
    stand.restart();
    stand.pass();
    stand.ask(Question::Summary);
    // A whole one takes its place.
    stand.page(3, Page { keys: &["a", "b", "c", "d"], closes: true, ..PAGE });
    stand.pass();
    stand.page(4, Page { keys: &["d"], closes: true, total: Some(9), ..PAGE });
    stand.ask(Question::Approve);
    stand.pass();
    stand.page(5, Page { keys: &["d"], closes: true, total: Some(4), ..PAGE });
    stand.check(expect![[r#"
        page of 1:
        page of 2: [held: 4 of 4 people would leave audience `seen` at once]
        nobody is absent
        nobody is absent
        Summary(Summary { people: 4, unsure: 0, audiences: {"seen": 4}, held: ["4 of 4 people would leave audience `seen` at once"], absent: 4 })
        page of 3: a={"count":2} b={"count":2} c={"count":2} d={"count":2}
        nobody is absent
        page of 4: d={"count":3} [held: 3 of 4 people would leave audience `seen` at once]
        Approved(["3 of 4 people would leave audience `seen` at once"])
        absent: a={"count":0} b={"count":0} c={"count":0}
        page of 5: d={"count":4} [held: 3 of the 4 people that the source itself counts in `seen` did not come]
    "#]]);
}

#[test]
fn a_rejection_puts_somebody_in_doubt_until_all_is_said_again() {
    let mut stand = Stand::new();
    stand.trigger(&["a", "b"]);
    stand.rejected("a");
    stand.restart();
    stand.ask(Question::Get { key: "a".to_owned() });
    stand.trigger(&["a", "b"]);
    stand.ask(Question::Get { key: "a".to_owned() });
    // In doubt, and not seen: it belongs to every absent pass.
    stand.rejected("nobody knew");
    stand.page(1, Page { keys: &["a", "b"], closes: true, ..PAGE });
    stand.pass();
    stand.check(expect![[r#"
        trigger: a={"count":1} b={"count":1}
        Person(Some(Person { audiences: ["seen"], unsure: true, state_version: 1, state_bytes: 1 }))
        trigger: a={"count":2,"restated":true} b={"count":2}
        Person(Some(Person { audiences: ["seen"], unsure: false, state_version: 1, state_bytes: 1 }))
        page of 1:
        absent: nobody knew={"count":0}
    "#]]);
}

#[test]
fn operators_doubt_take_off_and_forget() {
    let mut stand = Stand::new();
    stand.trigger(&["a", "b"]);
    stand.ask(Question::Doubt { keys: None });
    stand.ask(Question::Summary);
    stand.trigger(&["a"]);
    stand.ask(Question::TakeOff { audiences: None, really: false, at_ms: 9 });
    stand.ask(Question::TakeOff { audiences: None, really: true, at_ms: 9 });
    stand.restart();
    stand.pass();
    stand.trigger(&["c"]);
    stand.ask(Question::Forget { key: "c".to_owned() });
    stand.ask(Question::Forget { key: "c".to_owned() });
    stand.ask(Question::Summary);
    stand.check(expect![[r#"
        trigger: a={"count":1} b={"count":1}
        People(2)
        Summary(Summary { people: 2, unsure: 2, audiences: {"seen": 2}, held: [], absent: 0 })
        trigger: a={"count":2,"restated":true}
        People(2)
        People(2)
        absent: a={"count":0,"restated":true} b={"count":0,"restated":true}
        trigger: c={"count":1}
        People(1)
        People(0)
        Summary(Summary { people: 3, unsure: 0, audiences: {"seen": 0}, held: [], absent: 0 })
    "#]]);
}
