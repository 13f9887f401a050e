//! What was acknowledged survives `kill -9` and SIGTERM, whatever Braze does meanwhile.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use brazeline_sandbox::Fault;
use serde_json::json;

use crate::host::{TRIGGER_TOKEN, until};
use crate::http;
use crate::scene::{Extra, Scene, enter, message, people, triggers};

const REFUSED: Fault = Fault::Status { status: 503, retry_after_s: None };

/// Everybody in `ids` arrives, and nothing was rejected.
fn all_arrive(scene: &Scene, ids: &[String]) {
    let there = |braze: &brazeline_sandbox::Braze, id: &String| braze.profile(&format!("external_id:{id}")).is_some();
    let waited = scene.vendors.braze().wait_until(|braze| ids.iter().all(|id| there(braze, id)));
    let waited = scene.vendors.wait(waited);
    let missing: Vec<_> = ids.iter().filter(|id| !scene.at_braze(ids).contains(id)).collect();
    assert!(waited.is_ok(), "lost: {missing:?}");
}

#[test]
fn a_kill_between_answer_and_delivery_loses_nothing() {
    for fault in [REFUSED, Fault::Slow { ms: 60_000 }, Fault::Cut] {
        let scene = triggers(Extra::default());
        scene.vendors.braze().fail_every(1, fault.clone());
        let mut host = scene.place.run();
        assert_eq!(enter(&mut host, &people(0..100), "Kyoto").status, 200);
        scene.vendors.wait(scene.vendors.braze().wait_for_requests(1)).unwrap();
        assert_eq!(host.kill().code, None);
        scene.vendors.braze().reset();
        let host = scene.place.run();
        all_arrive(&scene, &people(0..100));
        assert_eq!(host.terminate().code, Some(0), "{fault:?}");
    }
}

#[test]
fn kills_in_a_row_while_others_send_lose_nothing() {
    let scene = triggers(Extra::default());
    scene.vendors.braze().fail_every(2, REFUSED);
    let (acknowledged, done) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let address = Mutex::new(String::new());
    std::thread::scope(|scope| {
        scope.spawn(|| send_until(&done, &address, &acknowledged));
        for round in 1..=5 {
            let mut host = scene.place.run();
            *address.lock().unwrap() = host.address("audiences");
            until("some were acknowledged", || acknowledged.lock().unwrap().len() >= round * 20);
            host.kill();
        }
        done.store(true, Ordering::Relaxed);
    });
    scene.vendors.braze().fail_every(0, REFUSED);
    let host = scene.place.run();
    all_arrive(&scene, &acknowledged.into_inner().unwrap());
    assert_eq!(host.terminate().code, Some(0));
    assert_eq!(scene.dead_letters().len(), 0);
}

/// Sends one person after the other, and keeps whom the program says to have. While it is down, it is tried again and again.
fn send_until(done: &AtomicBool, address: &Mutex<String>, acknowledged: &Mutex<Vec<String>>) {
    let bearer = format!("Bearer {TRIGGER_TOKEN}");
    for number in 0_usize.. {
        if done.load(Ordering::Relaxed) {
            return;
        }
        let (id, address) = (format!("k-{number}"), address.lock().unwrap().clone());
        let body = json!(message(&id, "Nara")).to_string();
        let answer = http::send(&address, "POST", "/", &[("authorization", &bearer)], body);
        match answer.is_some_and(|answer| answer.status == 200) {
            true => acknowledged.lock().unwrap().push(id),
            false => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

#[test]
fn a_stop_ends_with_0_and_keeps_what_waits() {
    let scene = triggers(Extra::default());
    scene.vendors.braze().fail_every(1, REFUSED);
    let mut host = scene.place.run();
    assert_eq!(enter(&mut host, &people(0..50), "Osaka").status, 200);
    scene.vendors.wait(scene.vendors.braze().wait_for_requests(1)).unwrap();
    let ended = host.terminate();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(scene.at_braze(&people(0..50)).len(), 0);
    scene.vendors.braze().reset();
    let host = scene.place.run();
    all_arrive(&scene, &people(0..50));
    assert_eq!(host.terminate().code, Some(0));
    // What is settled is not sent again.
    let before = scene.vendors.braze().request_count();
    let mut host = scene.place.run();
    assert_eq!(enter(&mut host, &people(50..51), "Osaka").status, 200);
    all_arrive(&scene, &people(50..51));
    host.terminate();
    assert_eq!(scene.vendors.braze().request_count(), before + 1);
}
