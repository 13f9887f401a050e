//! Many people in five audiences, by scan, trigger and file at once, with kills at random moments: Braze holds in the end what it holds without
//! any kill.
//!
//! Each run prints its seed; `BRAZELINE_SEED` plays it again. The large one takes minutes:
//! `cargo test --workspace --test e2e -- --ignored --nocapture two_hundred_thousand`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use brazeline_sandbox::Options;
use brazeline_sandbox::lytics::Export;
use fastrand::Rng;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::stage::{Stage, With, stage};
use super::triggers::message;
use crate::host::{Host, TRIGGER_TOKEN};
use crate::http;
use crate::scene::sandbox;

/// The last is exported as files, the others are scanned; Lytics calls about all of them.
const AUDIENCES: [&str; 5] = ["vip", "lapsed", "new", "loyal", "filed"];
const FILED: usize = 4;
/// How often people move.
const ROUNDS: usize = 4;
/// Messages in a call.
const CALL: usize = 200;

/// How much is played.
#[derive(Debug, Clone, Copy)]
struct Size {
    people: usize,
    kills: usize,
    /// How long Braze may take until it holds what is true.
    patience: Duration,
}

/// In which audiences each person is, as bits.
type Truth = Vec<u8>;

#[test]
fn five_audiences_by_all_ways_survive_kills() {
    compare(Size { people: 3_000, kills: 10, patience: Duration::from_secs(60) });
}

#[test]
#[ignore = "takes minutes; its module says how to run it"]
fn two_hundred_thousand_people_survive_kills() {
    compare(Size { people: 200_000, kills: 60, patience: Duration::from_secs(1_800) });
}

fn compare(size: Size) {
    let seed = std::env::var("BRAZELINE_SEED").map_or_else(|_| fastrand::u64(..), |seed| seed.parse().unwrap());
    println!("seed {seed}: {size:?}");
    let quiet = Play::new(size, seed).play(0);
    let killed = Play::new(size, seed).play(size.kills);
    assert!(quiet == killed, "seed {seed}: Braze does not hold the same");
}

/// Both vendors and the program, and what is true.
struct Play {
    size: Size,
    stage: Stage,
    address: String,
    rng: Rng,
    truth: Truth,
    files: usize,
}

impl Play {
    fn new(size: Size, seed: u64) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let common = "identifier: { external_id: user_id }";
        let sources = format!(
            "  scan: {{ type: lytics-ingest, mode: scan, authorization: lytics, audiences: [vip, lapsed, new, loyal], {common}, fields: [city], every: 500ms }}\n  \
               calls: {{ type: lytics-ingest, mode: trigger, authorization: lytics, caller: bearer, address: \"{address}\", {common} }}\n  \
               files: {{ type: lytics-ingest, mode: file, audience: filed, {common}, files: {{ type: drop_folder, path: drop, pattern: \"*.csv\", settle: 0ms }} }}\n"
        );
        let stage = stage(sandbox(Options::default()), &sources, "[scan, calls, files]", With::default());
        std::fs::create_dir(stage.place.path().join("drop")).unwrap();
        let mut rng = Rng::with_seed(seed);
        let truth: Truth = (0..size.people).map(|_| rng.u8(0..32)).collect();
        Self { size, stage, address, rng, truth, files: 0 }
    }

    /// Everything from the first scan to the last; gives what Braze then holds of each person.
    fn play(mut self, kills: usize) -> BTreeMap<String, Value> {
        let (begun, kill_rng) = (Instant::now(), Rng::with_seed(self.rng.u64(..)));
        self.begin();
        let mut killer = Killer { kills_left: kills, rng: kill_rng, host: Some(self.stage.place.run()) };
        for round in 0..ROUNDS {
            let calls = self.moves();
            self.export();
            let (done, stage, address) = (AtomicBool::new(false), &self.stage, &self.address);
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    calls.chunks(CALL).for_each(|messages| call(address, messages));
                    done.store(true, Ordering::Relaxed);
                });
                killer.strike(stage, self.size, kills / ROUNDS + usize::from(round == 0) * (kills % ROUNDS), &done);
            });
        }
        self.arrive();
        let cost = self.quiet();
        let ended = killer.host.take().map(Host::terminate);
        assert!(ended.as_ref().is_some_and(|ended| matches!(ended.code, Some(0 | 3))), "{ended:?}");
        println!(
            "{} kills: {:.1} s, {} requests to Braze, {} to Lytics, {} data points",
            kills - killer.kills_left,
            begun.elapsed().as_secs_f64(),
            cost.0,
            self.stage.vendors.lytics().request_count(),
            cost.1
        );
        assert_eq!(killer.kills_left, 0, "all kills were carried out");
        self.held()
    }

    /// Everybody at Lytics.
    fn begin(&mut self) {
        self.stage.people(|people| {
            for (number, bits) in self.truth.iter().enumerate() {
                let id = id(number);
                people.put(&id, json!({ "user_id": id, "city": format!("city of {id}") }));
                names(*bits).for_each(|audience| people.enter(&id, audience));
            }
        });
        self.export();
    }

    /// Some people enter or leave; what Lytics calls about, which is not all of it.
    fn moves(&mut self) -> Vec<Value> {
        let movers: Vec<(usize, usize)> =
            (0..self.size.people / 25).map(|_| (self.rng.usize(..self.size.people), self.rng.usize(..5))).collect();
        self.stage.people(|people| {
            for (number, place) in &movers {
                self.truth[*number] ^= 1 << place;
                match self.truth[*number] & (1 << place) {
                    0 => people.leave(&id(*number), AUDIENCES[*place]),
                    _ => people.enter(&id(*number), AUDIENCES[*place]),
                }
            }
        });
        let at = Timestamp::now().to_string();
        // Lytics calls about who ended up elsewhere, once, and not about everybody.
        let told: BTreeSet<(usize, usize)> = movers.into_iter().filter(|_| self.rng.u8(..3) > 0).collect();
        let call = |(number, place): (usize, usize)| {
            let event = if self.truth[number] & (1 << place) == 0 { "exit" } else { "enter" };
            message(&id(number), &[(event, AUDIENCES[place], &at)])
        };
        told.into_iter().map(call).collect()
    }

    /// A file of who is in the last audience now. It is moved to the folder when it is whole.
    fn export(&mut self) {
        let job = Export::new(AUDIENCES[FILED], &["user_id"]);
        let written = self.stage.people(|people| job.write(people, Timestamp::now()));
        self.files += 1;
        let path = self.stage.place.write("being-written", &written.bytes);
        std::fs::rename(path, self.stage.place.path().join(format!("drop/{}.csv", self.files))).unwrap();
    }

    /// Waits until Braze holds what is true.
    fn arrive(&self) {
        let end = Instant::now() + self.size.patience;
        while let Some(wrong) = self.wrong() {
            assert!(Instant::now() < end, "never true: (who, Braze, truth) = {wrong:?}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits until a whole scan found nothing to tell.
    fn quiet(&self) -> (usize, u64) {
        let lytics = self.stage.vendors.lytics();
        let pages = 2 * (self.size.people / 100 + 2);
        let end = Instant::now() + self.size.patience;
        loop {
            let (cost, asked) = (self.stage.cost(), lytics.request_count());
            self.stage
                .vendors
                .wait(lytics.wait_within(self.size.patience, |stage| stage.log.len() >= asked + pages))
                .unwrap();
            if self.stage.cost() == cost && self.wrong().is_none() {
                return cost;
            }
            assert!(Instant::now() < end, "it never is quiet");
        }
    }

    /// Somebody of whom Braze holds something else.
    fn wrong(&self) -> Option<(String, u8, u8)> {
        self.stage.vendors.braze().read(|braze| {
            let mut held = vec![0; self.truth.len()];
            for profile in braze.profiles() {
                let number: usize = profile.external_id.as_deref()?.strip_prefix("u-")?.parse().ok()?;
                let list = profile.list("lytics_segments");
                held[number] = (0..5).filter(|place| list.contains(&AUDIENCES[*place])).map(|place| 1 << place).sum();
            }
            let wrong = (0..held.len()).find(|number| held[*number] != self.truth[*number])?;
            Some((id(wrong), held[wrong], self.truth[wrong]))
        })
    }

    /// What Braze holds of each person: the audiences in any order, and what a scan says of those whom it sees in the end.
    fn held(&self) -> BTreeMap<String, Value> {
        let scanned: BTreeSet<String> =
            (0..self.truth.len()).filter(|number| !self.truth[*number].is_multiple_of(1 << FILED)).map(id).collect();
        self.stage.vendors.braze().read(|braze| {
            let of = |profile: &brazeline_sandbox::braze::Profile| {
                let id = profile.external_id.clone().unwrap_or_default();
                let audiences: BTreeSet<&str> = profile.list("lytics_segments").into_iter().collect();
                let city = profile.text("city").filter(|_| scanned.contains(&id));
                (id, json!([audiences, city, profile.fields]))
            };
            // Whether somebody was told who left at once is a matter of the moment.
            let is_anywhere = |(_, held): &(String, Value)| held[0] != json!([]);
            braze.profiles().iter().map(of).filter(is_anywhere).collect()
        })
    }
}

/// Kills the program and starts it again.
struct Killer {
    kills_left: usize,
    rng: Rng,
    host: Option<Host>,
}

impl Killer {
    /// So many times, each after a random number of requests or calls; goes on until Lytics has called about everything.
    fn strike(&mut self, stage: &Stage, size: Size, kills: usize, done: &AtomicBool) {
        for _ in 0..kills {
            let asked = || stage.vendors.braze().request_count() + stage.vendors.lytics().request_count();
            let (end, patience) =
                (asked() + self.rng.usize(1..size.people / 60), Instant::now() + Duration::from_secs(20));
            while asked() < end && Instant::now() < patience {
                std::thread::sleep(Duration::from_millis(1));
            }
            self.host.take().map(Host::kill);
            self.host = Some(stage.place.run());
            self.kills_left -= 1;
        }
        crate::host::until_within(size.patience, "Lytics has called", || done.load(Ordering::Relaxed));
    }
}

/// Calls until it is answered, as Lytics does.
fn call(address: &str, messages: &[Value]) {
    let bearer = format!("Bearer {TRIGGER_TOKEN}");
    let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
    let body = json!(messages).to_string();
    while http::send(address, "POST", "/", &headers, &body).is_none_or(|answer| answer.status != 200) {
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn id(number: usize) -> String {
    format!("u-{number}")
}

fn names(bits: u8) -> impl Iterator<Item = &'static str> {
    (0..5).filter(move |place| bits & (1 << place) != 0).map(|place| AUDIENCES[place])
}
