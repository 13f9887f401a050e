//! A reload takes what the file says now, loses nothing in flight, and changes nothing if the file is wrong.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use brazeline_sandbox::Fault;

use crate::host::{API_KEY, until};
use crate::scene::{Extra, Scene, enter, enter_at, people, triggers};

/// Changes the pipeline file.
fn change(scene: &Scene, from: &str, to: &str) {
    let text = scene.place.read("pipeline.yaml");
    assert!(text.contains(from), "{text}");
    scene.place.write("pipeline.yaml", text.replace(from, to));
}

#[test]
fn a_setting_changes_and_nothing_in_flight_is_lost() {
    let scene = triggers(Extra::default());
    scene.vendors.braze().fail_every(2, Fault::Slow { ms: 50 });
    // The same address before and after, so that a sender finds it.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    change(&scene, "127.0.0.1:0", &free);
    let mut host = scene.place.run();
    host.address("audiences");
    let (done, taken) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0.. {
                let id = people(number..number + 1);
                let bearer = format!("Bearer {}", crate::host::TRIGGER_TOKEN);
                let body = serde_json::json!([crate::scene::message(&id[0], "Otsu")]).to_string();
                let answer = crate::http::send(&free, "POST", "/", &[("authorization", &bearer)], body);
                if answer.is_some_and(|answer| answer.status == 200) {
                    taken.lock().unwrap().extend(id);
                }
                if done.load(Ordering::Relaxed) {
                    return;
                }
            }
        });
        until("some are taken", || taken.lock().unwrap().len() > 20);
        change(&scene, "fields: [city]", "fields: []");
        let reloaded = scene.place.brazeline(&["reload", "pipeline.yaml"]);
        assert_eq!(reloaded.code, Some(0), "{}", reloaded.stderr);
        let before = taken.lock().unwrap().len();
        until("some more are taken", || taken.lock().unwrap().len() > before + 20);
        done.store(true, Ordering::Relaxed);
    });
    let taken = taken.into_inner().unwrap();
    scene.braze_until("all arrive", |braze| {
        taken.iter().all(|id| braze.profile(&format!("external_id:{id}")).is_some())
    });
    let (first, last) = (scene.profile(&taken[0]), scene.profile(&taken[taken.len() - 1]));
    assert!(first.get("city").is_some() && last.get("city").is_none(), "{first:?} {last:?}");
    assert_eq!(host.terminate().code, Some(0));
    assert_eq!(scene.dead_letters().len(), 0);
}

#[test]
fn a_node_that_stopped_starts_again() {
    let scene = triggers(Extra::default());
    scene.place.write("key", "b-key-of-another");
    let mut host = scene.place.run();
    assert_eq!(enter(&mut host, &people(0..5), "Kobe").status, 200);
    host.says(&["stopped: nothing passes before a person acts", "401"]);
    scene.place.write("key", API_KEY);
    host.hang_up();
    scene.braze_until("all arrive", |braze| braze.profiles().len() == 5);
    assert_eq!(host.terminate().code, Some(0));
}

#[test]
fn a_wrong_file_changes_nothing() {
    let scene = triggers(Extra::default());
    let mut host = scene.place.run();
    let address = host.address("audiences");
    let right = scene.place.read("pipeline.yaml");
    scene.place.write("pipeline.yaml", right.replace("braze-export", "braze-exprot"));
    host.hang_up();
    host.says(&["the run goes on with what it said before"]);
    host.says(&["unknown plugin `braze-exprot`"]);
    scene.place.write("pipeline.yaml", right.replace("name: triggers", "name: others"));
    let refused = scene.place.brazeline(&["reload", "pipeline.yaml"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("`name` cannot be changed by a reload"), "{}", refused.stderr);
    assert_eq!(enter_at(&address, &people(0..5), "Kobe").status, 200);
    scene.braze_until("all arrive", |braze| braze.profiles().len() == 5);
    assert_eq!(host.terminate().code, Some(0));
}
