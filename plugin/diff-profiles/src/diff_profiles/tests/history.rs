//! Any history of triggers, scans, absences and doubts, against the model and a sink that remembers.

use std::collections::{BTreeMap, BTreeSet};

use brazeline_kit::Snapshot;
use brazeline_kit::testing::{self, Memory};
use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::{Value, json};

use super::model::{Model, Scan, Statement};
use super::{DiffProfiles, KEY, look};
use crate::time;

const AUDIENCES: [&str; 5] = ["a", "b", "c", "d", "e"];
const ATTRIBUTES: [&str; 3] = ["x", "y", "z"];

/// Something that happens.
#[derive(Debug, Clone)]
enum Op {
    /// A batch of events.
    Events(Vec<Statement>),
    /// A row of a full look.
    Seen(Statement, BTreeSet<&'static str>, u64),
    /// A full look in which the person is not.
    Absent(BTreeSet<&'static str>, u64),
    /// The sink lost what it was told last.
    Doubt,
}

fn audiences() -> impl Strategy<Value = BTreeSet<&'static str>> {
    subsequence(AUDIENCES.to_vec(), 1..=5).prop_map(BTreeSet::from_iter)
}

fn statement() -> impl Strategy<Value = Statement> {
    let said = audiences().prop_flat_map(|names| {
        names.into_iter().map(|name| any::<bool>().prop_map(move |is_in| (name, is_in))).collect::<Vec<_>>()
    });
    let attribute = subsequence(ATTRIBUTES.to_vec(), 0..=2).prop_flat_map(|names| {
        names.into_iter().map(|name| (0..3_u8).prop_map(move |value| (name, value))).collect::<Vec<_>>()
    });
    (said, attribute, proptest::option::weighted(0.9, 1..30_u64)).prop_map(|(said, attributes, as_of)| Statement {
        audiences: said.into_iter().collect(),
        attributes: attributes.into_iter().collect(),
        as_of,
    })
}

fn op() -> impl Strategy<Value = Op> {
    let seen = (statement(), audiences(), 1..30_u64);
    prop_oneof![
        4 => proptest::collection::vec(statement(), 1..4).prop_map(Op::Events),
        4 => seen.prop_map(|(statement, scope, as_of)| Op::Seen(statement, scope, as_of)),
        2 => (audiences(), 1..30_u64).prop_map(|(scope, as_of)| Op::Absent(scope, as_of)),
        1 => Just(Op::Doubt),
    ]
}

/// What the sink holds.
#[derive(Debug, Clone, Default)]
struct Sink {
    /// What it was told of audiences, and whether beside the array.
    audiences: BTreeMap<String, (bool, bool)>,
    attributes: BTreeMap<String, Value>,
}

impl Sink {
    /// Takes what was told. `twice` tells of something that it held already, and of an audience that it would hold in two places.
    fn take(&mut self, body: &Value, twice: &mut Vec<String>) {
        let list = |name: &str| body["audiences"][name].as_array().cloned().unwrap_or_default();
        let (inside, beyond) = (list("in"), list("beyond"));
        for name in list("of") {
            let said = (inside.contains(&name), beyond.contains(&name));
            let before = self.audiences.insert(name.as_str().unwrap().to_owned(), said);
            if before.is_some_and(|before| before.0 == said.0 || (before.0 && before.1 != said.1)) {
                twice.push(name.to_string());
            }
        }
        for (name, value) in body["attributes"].as_object().into_iter().flatten() {
            if self.attributes.insert(name.clone(), value.clone()).as_ref() == Some(value) {
                twice.push(name.clone());
            }
        }
    }
}

/// Everything at once.
struct World {
    plugin: DiffProfiles,
    memory: Memory,
    model: Model,
    sink: Sink,
    /// The sink as it was before it was told last.
    before: Sink,
    /// Audiences of which a full look was closed.
    closed: BTreeSet<&'static str>,
    /// The host holds the person as unsure.
    unsure: bool,
    /// Attributes that were not said since something was in doubt.
    forgotten: BTreeSet<&'static str>,
}

impl World {
    fn new(existing_users: bool, limit: usize, rejects: bool) -> Self {
        let beyond = if rejects { "reject" } else { "booleans" };
        let settings = json!({ "existing_users": existing_users, "array_limit": limit, "beyond_array_limit": beyond });
        Self {
            plugin: testing::configure(settings),
            memory: Memory::default(),
            model: Model { existing_users, limit, rejects, ..Model::default() },
            sink: Sink::default(),
            before: Sink::default(),
            closed: BTreeSet::new(),
            unsure: false,
            forgotten: BTreeSet::new(),
        }
    }

    fn run(&mut self, op: &Op) {
        self.model.unsure = self.unsure;
        match op {
            Op::Events(events) => self.events(events, None),
            Op::Seen(statement, scope, as_of) => {
                let statement = Statement { as_of: statement.as_of.map(|_| *as_of), ..statement.clone() };
                let scan = self.scan(scope, *as_of);
                self.events(std::slice::from_ref(&statement), Some(&scan));
                self.closed.extend(scope);
            }
            Op::Absent(scope, as_of) => {
                let scan = self.scan(scope, *as_of);
                let was_unsure = self.unsure;
                let shown = self.memory.absent(&self.plugin, &[KEY], &snapshot(&scan));
                self.model.absent(&scan);
                if was_unsure {
                    self.forgotten.extend(ATTRIBUTES);
                }
                self.told(&shown, was_unsure);
                self.closed.extend(scope);
            }
            Op::Doubt => {
                self.memory.doubt(KEY);
                self.sink = self.before.clone();
                self.unsure = true;
            }
        }
        self.compare();
    }

    fn scan(&self, scope: &BTreeSet<&'static str>, as_of: u64) -> Scan {
        Scan { scope: scope.clone(), first: scope.difference(&self.closed).copied().collect(), as_of }
    }

    fn events(&mut self, statements: &[Statement], scan: Option<&Scan>) {
        let was_unsure = self.unsure;
        let bodies: Vec<_> = statements.iter().map(body).collect();
        let events: Vec<_> = bodies.iter().map(|body| (KEY, body.as_str())).collect();
        let snapshot = scan.map(snapshot);
        let shown = self.memory.transform(&self.plugin, &events, snapshot.as_ref());
        let mut carried = BTreeSet::<&'static str>::new();
        for (index, statement) in statements.iter().enumerate() {
            let unsure = self.model.unsure;
            let accepted = self.model.event(statement, scan);
            assert_eq!(!accepted, shown.contains(&format!("{index} rejected: ")), "{shown}");
            if accepted && unsure {
                self.forgotten.extend(ATTRIBUTES);
            }
            if accepted {
                carried.extend(statement.attributes.keys());
            }
        }
        self.told(&shown, was_unsure);
        self.forgotten.retain(|name| !carried.contains(name));
    }

    /// The sink takes what came out.
    fn told(&mut self, shown: &str, was_unsure: bool) {
        let bodies = shown.lines().filter_map(|line| line.split_once(" -> ")?.1.split_once(' '));
        let bodies: Vec<Value> = bodies.map(|(_, body)| serde_json::from_str(body).unwrap()).collect();
        if !bodies.is_empty() {
            self.before = self.sink.clone();
        }
        let mut twice = Vec::new();
        bodies.iter().for_each(|body| self.sink.take(body, &mut twice));
        twice.retain(|name| !self.forgotten.contains(name.as_str()));
        assert!(was_unsure || twice.is_empty(), "{twice:?} was told twice:\n{shown}");
        if shown.contains("key 0 tagged ") || shown.contains("key 0 keeps ") {
            // Everything was said again, also what nobody names any more.
            assert!(!shown.contains(", unsure"), "{shown}");
            self.unsure = false;
        }
    }

    /// The sink holds what the model says, but for what is in doubt and what was only learnt.
    fn compare(&self) {
        if self.unsure {
            return;
        }
        for name in AUDIENCES {
            let told = self.sink.audiences.get(name).is_some_and(|told| told.0);
            assert_eq!(told, self.model.is_in(name) && !self.model.learnt.contains(name), "{name}: {:?}", self.model);
        }
        let in_array = self.sink.audiences.values().filter(|told| told.0 && !told.1).count();
        assert!(in_array <= self.model.limit, "the array holds {in_array}");
        for (name, value) in &self.model.attributes {
            if !self.model.learnt.contains(name) && !self.forgotten.contains(name) {
                assert_eq!(self.sink.attributes.get(*name), Some(&json!(value)), "{name}");
            }
        }
    }
}

fn snapshot(scan: &Scan) -> Snapshot {
    let spaced = |names: &BTreeSet<&str>| names.iter().copied().collect::<Vec<_>>().join(" ");
    look(&spaced(&scan.scope), scan.as_of, &spaced(&scan.first))
}

fn body(statement: &Statement) -> String {
    let inside: Vec<_> = statement.audiences.iter().filter(|(_, is_in)| **is_in).map(|(name, _)| name).collect();
    let of: Vec<_> = statement.audiences.keys().collect();
    let audiences = json!({ "in": inside, "of": of, "as_of": statement.as_of.and_then(time::write) });
    json!({ "attributes": statement.attributes, "audiences": audiences }).to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_sink_holds_what_the_model_says(
        ops in proptest::collection::vec(op(), 1..25),
        existing_users in any::<bool>(),
        limit in 2..6_usize,
        rejects in any::<bool>(),
    ) {
        let mut world = World::new(existing_users, limit, rejects);
        ops.iter().for_each(|op| world.run(op));
    }

    #[test]
    fn where_batches_are_cut_makes_no_difference(
        events in proptest::collection::vec(statement(), 1..8),
        doubt in any::<bool>(),
        existing_users in any::<bool>(),
    ) {
        let plugin: DiffProfiles = testing::configure(json!({ "existing_users": existing_users }));
        let bodies: Vec<_> = events.iter().map(body).collect();
        let bodies: Vec<_> = bodies.iter().map(|body| (KEY, body.as_str())).collect();
        let start = || {
            let mut memory = Memory::default();
            memory.transform(&plugin, &bodies[..1], None);
            if doubt {
                memory.doubt(KEY);
            }
            memory
        };
        let told = |shown: &str| -> Vec<String> {
            shown.lines().filter_map(|line| Some(line.split_once(" -> ")?.1.to_owned())).collect()
        };
        let (mut whole, mut cut) = (start(), start());
        let once = whole.transform(&plugin, &bodies, None);
        let each: String = bodies.iter().map(|body| cut.transform(&plugin, std::slice::from_ref(body), None)).collect();
        prop_assert_eq!(told(&once), told(&each));
        prop_assert_eq!(format!("{whole:?}"), format!("{cut:?}"));
    }
}
