//! Random histories: people come and go, triggers are fired or not, Braze refuses, fails and is slow, the program is killed.
//!
//! Afterwards Braze holds what Lytics' last whole truth says, and nothing more is sent. On the way nothing was sent that Braze had, but for what
//! `repeats` allows.

use std::collections::BTreeSet;

use brazeline_sandbox::{Fault, Options};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use super::repeats::{ATTRIBUTE, Repeats};
use super::stage::{AUDIENCES, Stage, With, scan_with, stage};
use super::triggers::{fire, message};
use crate::host::{Host, until};
use crate::scene::{people, sandbox};

/// Few enough that they meet, and below the brake.
const PEOPLE: usize = 60;

/// More than there are faults in a history.
const RUNS: usize = 12;

/// What fails goes on failing only as often as the history says, so nobody is rejected for it.
const SINK: &str = ", max_attempts: 100";

/// Beside the audiences.
const SOURCE: &str = ", fields: [city]";

#[derive(Debug, Clone)]
enum Step {
    /// Somebody enters or leaves; at best Lytics calls at once.
    Move(Crowd, bool, bool),
    /// The attribute of some people changes.
    Change(usize, usize),
    Fail(u8),
    /// A run to its end, or until all has arrived.
    Run,
    /// A run that is killed after Braze or Lytics was asked so often.
    Kill(bool, usize),
}

/// So many people, beginning with this one, and an audience.
type Crowd = (usize, usize, usize);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let crowd = || (0..PEOPLE, 1..30_usize, 0..AUDIENCES.len());
    let step = prop_oneof![
        4 => (crowd(), any::<bool>()).prop_map(|(crowd, calls)| Step::Move(crowd, true, calls)),
        3 => (crowd(), any::<bool>()).prop_map(|(crowd, calls)| Step::Move(crowd, false, calls)),
        2 => (0..PEOPLE, 1..10_usize).prop_map(|(first, count)| Step::Change(first, count)),
        2 => (0..8_u8).prop_map(Step::Fail),
        3 => Just(Step::Run),
        1 => (any::<bool>(), 1..3_usize).prop_map(|(braze, requests)| Step::Kill(braze, requests)),
    ];
    prop::collection::vec(step, 6..14)
}

fn fault(which: u8) -> Fault {
    match which {
        0 => Fault::RefuseAt { array: "attributes".to_owned(), indexes: vec![0, 2] },
        1 => Fault::Status { status: 400, retry_after_s: None },
        2 => Fault::Status { status: 503, retry_after_s: None },
        3 => Fault::AcceptThenCut,
        4 => Fault::RefuseCount { count: 1 },
        5 => Fault::BreakOff,
        6 => Fault::Garbage,
        _ => Fault::Cut,
    }
}

/// A history that is being played.
struct History {
    stage: Stage,
    repeats: Repeats,
    /// What was decided may wait.
    is_open: bool,
    /// Runs all the time, if it ever does.
    host: Option<Host>,
    /// How often an attribute changed.
    changed: usize,
}

impl History {
    fn new(stage: Stage) -> Self {
        Self { stage, repeats: Repeats::default(), is_open: false, host: None, changed: 0 }
    }

    fn look(&mut self) {
        self.repeats.look(&self.stage.vendors.braze().requests());
    }

    /// Changes who is where; gives who did change.
    fn moves(&mut self, (first, count, audience): Crowd, is_in: bool) -> Vec<String> {
        self.look();
        let (truth, audience) = (self.stage.truth(), AUDIENCES[audience]);
        let was_in = |id: &String| truth.get(id).is_some_and(|audiences| audiences.contains(audience));
        let mut crowd = people(first..(first + count).min(PEOPLE));
        crowd.retain(|id| was_in(id) != is_in);
        for id in crowd.iter().filter(|_| self.is_open) {
            if was_in(id) != self.repeats.holds(id, audience) {
                self.repeats.allow(id, audience);
            }
        }
        match is_in {
            true => self.stage.enter(&crowd, audience),
            false => self.stage.leave(&crowd, audience),
        }
        crowd
    }

    /// Gives people a value that nobody had yet.
    fn changes(&mut self, first: usize, count: usize) {
        self.changed += 1;
        let value = format!("city {}", self.changed);
        self.stage.people(|all| {
            for id in people(first..(first + count).min(PEOPLE)) {
                all.put(&id, json!({ "user_id": id, ATTRIBUTE: value }));
            }
        });
    }

    /// What the last run sent has arrived, however it ended.
    fn begin(&mut self) {
        self.look();
        if self.is_open {
            self.repeats.killed();
        }
    }

    fn run(&mut self) -> Option<i32> {
        self.begin();
        let ended = self.stage.run();
        assert!(matches!(ended.code, Some(0 | 3)), "{}", ended.stderr);
        self.look();
        self.repeats.ended();
        self.is_open = false;
        ended.code
    }

    /// Kills a run after so many more requests; it may end before it asked so often.
    fn kill(&mut self, mut host: Host, braze: bool, requests: usize) {
        let vendors = &self.stage.vendors;
        let asked = || if braze { vendors.braze().request_count() } else { vendors.lytics().request_count() };
        let end = asked() + requests;
        while asked() < end && !host.has_ended() && !(braze && self.has_arrived()) {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        host.kill();
        self.is_open = true;
    }

    fn has_arrived(&self) -> bool {
        let truth = self.stage.truth();
        let attribute = |id: &String| {
            self.stage
                .people(|people| people.get(id).and_then(|person| person.fields[ATTRIBUTE].as_str().map(str::to_owned)))
        };
        let is_held = |id: &String| {
            let who = format!("external_id:{id}");
            let held = self.stage.vendors.braze().read(|braze| braze.profile(&who)?.text(ATTRIBUTE).map(str::to_owned));
            held == attribute(id)
        };
        self.stage.held() == truth && truth.keys().all(is_held)
    }

    fn scan(&mut self, step: &Step) {
        match step {
            Step::Move(crowd, is_in, _) => drop(self.moves(*crowd, *is_in)),
            Step::Change(first, count) => self.changes(*first, *count),
            Step::Fail(which) => self.stage.vendors.braze().script([fault(*which)]),
            Step::Run => drop(self.run()),
            Step::Kill(braze, requests) => {
                self.begin();
                let mut host = self.stage.place.run();
                host.says(&["started"]);
                self.kill(host, *braze, *requests);
            }
        }
    }

    fn start(&mut self) {
        self.begin();
        let mut host = self.stage.place.run();
        host.says(&["started"]);
        self.host = Some(host);
        // What is decided on may wait, whether somebody kills it or not.
        self.is_open = true;
    }

    fn live(&mut self, step: &Step) {
        match step {
            Step::Move(crowd, is_in, calls) => {
                let (who, audience) = (self.moves(*crowd, *is_in), AUDIENCES[crowd.2]);
                let (event, at) = (if *is_in { "enter" } else { "exit" }, Timestamp::now().to_string());
                let messages: Vec<_> = who.iter().map(|id| message(id, &[(event, audience, &at)])).collect();
                if let Some(host) = self.host.as_mut().filter(|_| *calls && !messages.is_empty()) {
                    fire(host, &messages);
                }
            }
            Step::Change(first, count) => self.changes(*first, *count),
            Step::Fail(which) => self.stage.vendors.braze().script([fault(*which)]),
            Step::Run => self.arrive(),
            Step::Kill(braze, requests) => {
                if let Some(host) = self.host.take() {
                    self.kill(host, *braze, *requests);
                }
                self.start();
            }
        }
    }

    fn arrive(&self) {
        until("Braze holds what is true", || self.has_arrived());
    }

    /// Braze holds what is true, and nothing came to it that it had.
    fn judge(mut self) -> Result<(), TestCaseError> {
        self.look();
        self.stage.agree();
        let held: BTreeSet<(String, String)> = self
            .stage
            .held()
            .into_iter()
            .flat_map(|(id, all)| all.into_iter().map(move |one| (id.clone(), one)))
            .collect();
        prop_assert_eq!(&self.repeats.held, &held, "the account is Braze's own");
        prop_assert!(self.repeats.wrong.is_empty(), "{:#?}", self.repeats.wrong);
        Ok(())
    }
}

fn vendors() -> brazeline_sandbox::Blocking {
    sandbox(Options { keep_bodies: true, ..Options::default() })
}

/// `PROPTEST_CASES` plays more of them.
fn histories(cases: u32, play: impl Fn(Vec<Step>) -> Result<(), TestCaseError>) {
    let cases = std::env::var("PROPTEST_CASES").map_or(cases, |cases| cases.parse().unwrap());
    let config = Config { cases, max_shrink_iters: 0, failure_persistence: None, ..Config::default() };
    TestRunner::new(config).run(&steps(), play).unwrap();
}

#[test]
fn any_history_of_scans_ends_in_the_truth() {
    histories(6, |steps| {
        let mut history = History::new(scan_with(vendors(), With { source: SOURCE, sink: SINK, ..With::default() }));
        steps.iter().for_each(|step| history.scan(step));
        // Faults that were not met yet are met now; what is refused, though Braze has it perhaps, is told with the next scan, so it needs a few.
        let is_done = |_| history.run() == Some(0) && history.has_arrived();
        prop_assert!(
            (0..RUNS).any(is_done),
            "{:?} are held, {:?} is true",
            history.stage.held(),
            history.stage.truth()
        );
        let cost = history.stage.cost();
        prop_assert_eq!(history.run(), Some(0));
        prop_assert_eq!(history.stage.cost(), cost, "Braze has it all, so nothing is sent");
        history.judge()
    });
}

#[test]
fn any_history_of_triggers_and_scans_ends_in_the_truth() {
    histories(3, |steps| {
        let sources = concat!(
            "  scan: { type: lytics-ingest, mode: scan, authorization: lytics, audiences: [vip, lapsed, new], identifier: { external_id: user_id }, fields: [city], every: 300ms }\n",
            "  triggers: { type: lytics-ingest, mode: trigger, authorization: lytics, caller: bearer, address: \"127.0.0.1:0\", audiences: [vip, lapsed, new], identifier: { external_id: user_id } }\n",
        );
        let stage = stage(vendors(), sources, "[scan, triggers]", With { sink: SINK, ..With::default() });
        let mut history = History::new(stage);
        history.start();
        steps.iter().for_each(|step| history.live(step));
        history.arrive();
        // Whole scans more find nothing to tell, once those of whom something was refused were told again.
        let vendors = &history.stage.vendors;
        let quiet = || {
            let (cost, scans) = (history.stage.cost(), vendors.lytics().request_count());
            vendors.wait(vendors.lytics().wait_for_requests(scans + 4)).unwrap();
            history.stage.cost() == cost
        };
        until("nothing is sent any more", quiet);
        let ended = history.host.take().map(Host::terminate);
        prop_assert!(ended.as_ref().is_some_and(|ended| matches!(ended.code, Some(0 | 3))), "{ended:?}");
        history.judge()
    });
}
