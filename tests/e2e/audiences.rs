//! Lytics -> Braze: who is in which audience, person by person, however the triggers look and whenever Braze applies.

use std::collections::{BTreeMap, BTreeSet};

use brazeline_sandbox::braze::{Apply, Profile};
use brazeline_sandbox::lytics::{Form, Happening, Kind, Move, Trigger};
use brazeline_sandbox::{Braze, Options};
use serde_json::{Map, Value};

use crate::host::{Host, TRIGGER_TOKEN};
use crate::scene::{Extra, Scene, people, sandbox, triggers, triggers_with};

const AUDIENCES: [&str; 4] = ["vip", "lapsed", "new", "all"];

/// Who shall be where.
type Truth = BTreeMap<String, BTreeSet<&'static str>>;

#[test]
fn memberships_arrive_in_each_form() {
    for form in [Form::Default, Form::Batch, Form::CloudEvents] {
        let scene = triggers(Extra::default());
        let mut host = scene.place.run();
        let truth = play(&scene, &mut host, form, 40);
        arrive(&scene, &truth);
        assert_eq!(host.terminate().code, Some(0), "{form:?}");
        assert_eq!(scene.dead_letters().len(), 0, "{form:?}");
    }
}

#[test]
fn memberships_converge_though_braze_applies_late_and_out_of_order() {
    let mut options = Options::default();
    options.braze.rules.apply = Apply::LateAndOutOfOrder { seed: 7, within_ms: 150 };
    let scene = triggers_with(sandbox(options), Extra { rest_ms: 200, ..Extra::default() });
    let mut host = scene.place.run();
    let truth = play(&scene, &mut host, Form::Batch, 60);
    arrive(&scene, &truth);
    assert_eq!(host.terminate().code, Some(0));
}

#[test]
fn who_only_leaves_is_not_made_a_profile() {
    let scene = triggers(Extra::default());
    let mut host = scene.place.run();
    let happening = |id: &str, kind, minute| Happening { user: user(id), ..happening(id, &[(kind, "vip")], minute) };
    fire(&scene, &mut host, Form::Batch, vec![happening("known", Kind::Enter, 1)]);
    scene.braze_until("the one who entered is there", |braze| braze.profiles().len() == 1);
    fire(&scene, &mut host, Form::Batch, vec![happening("ghost", Kind::Exit, 2), happening("known", Kind::Exit, 2)]);
    let left = |braze: &Braze| braze.profile("external_id:known").unwrap().list("lytics_segments").is_empty();
    scene.braze_until("the one who is known has left", left);
    host.terminate();
    assert_eq!(scene.at_braze(&["ghost", "known"].map(str::to_owned)), ["known"]);
}

/// Three rounds: all enter something, some leave, some come back. Rounds follow each other; within one, the order is free.
fn play(scene: &Scene, host: &mut Host, form: Form, count: usize) -> Truth {
    let ids = people(0..count);
    let mut truth = Truth::new();
    for round in 0..3_usize {
        let mut happenings = Vec::new();
        for (number, id) in ids.iter().enumerate() {
            let kind = if round == 1 { Kind::Exit } else { Kind::Enter };
            let chosen = |place: &usize| !(number + place * 7 + round * 5).is_multiple_of(round + 2);
            let moves: Vec<_> = (0..AUDIENCES.len()).filter(chosen).map(|place| (kind, AUDIENCES[place])).collect();
            let held = truth.entry(id.clone()).or_default();
            for (_, audience) in &moves {
                if kind == Kind::Enter {
                    held.insert(*audience)
                } else {
                    held.remove(audience)
                };
            }
            if !moves.is_empty() {
                happenings.push(happening(id, &moves, round));
            }
        }
        fire(scene, host, form, happenings);
    }
    truth
}

fn happening(id: &str, moves: &[(Kind, &str)], minute: usize) -> Happening {
    let at = format!("2026-11-23T09:{minute:02}:00Z").parse().unwrap();
    let moves = moves.iter().map(|(event, slug)| Move { event: *event, slug: (*slug).to_owned(), at }).collect();
    let mut user = user(id);
    user.insert("city".to_owned(), city(id).into());
    Happening { user, moves, segments_all: Vec::new() }
}

fn user(id: &str) -> Map<String, Value> {
    Map::from_iter([("user_id".to_owned(), id.into())])
}

fn city(id: &str) -> String {
    format!("city of {id}")
}

fn fire(scene: &Scene, host: &mut Host, form: Form, happenings: Vec<Happening>) {
    let mut trigger = Trigger::new(format!("http://{}/", host.address("audiences")));
    trigger.headers = vec![("authorization".to_owned(), format!("Bearer {TRIGGER_TOKEN}"))];
    trigger.form = form;
    let count = happenings.len();
    let fired = scene.vendors.wait(trigger.fire(happenings));
    assert_eq!((fired.delivered, fired.omitted, fired.left), (count, 0, 0), "{:?}", fired.statuses);
}

/// Waits until Braze holds what is true, and nobody else.
fn arrive(scene: &Scene, truth: &Truth) {
    let waited = scene.vendors.braze().wait_until(|braze| braze.pending() == 0 && wrong(braze, truth).is_empty());
    let waited = scene.vendors.wait(waited);
    scene.vendors.braze().read(|braze| {
        assert!(waited.is_ok(), "(who, what is true, what Braze holds): {:#?}", wrong(braze, truth));
        assert_eq!(braze.profiles().len(), truth.len());
    });
}

/// Each person of whom Braze holds something else.
fn wrong<'a>(braze: &'a Braze, truth: &'a Truth) -> Vec<(&'a str, &'a BTreeSet<&'static str>, Option<&'a Profile>)> {
    let held = |id: &str| braze.profile(&format!("external_id:{id}"));
    let is_right = |id: &str, audiences: &BTreeSet<&str>, profile: &Profile| {
        profile.list("lytics_segments").into_iter().collect::<BTreeSet<_>>() == *audiences
            && profile.text("city") == Some(&city(id))
    };
    let all = truth.iter().map(|(id, audiences)| (id.as_str(), audiences, held(id)));
    all.filter(|(id, audiences, held)| !held.is_some_and(|profile| is_right(id, audiences, profile))).collect()
}
