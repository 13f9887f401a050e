//! Dead letters are sent again to who rejected them, once what was wrong is mended; or forgotten.

use brazeline_sandbox::{Braze, Fault};

use crate::host::{Ended, until};
use crate::scene::{Extra, Scene, enter, node, people, triggers};

fn command(scene: &Scene, arguments: &[&str]) -> Ended {
    let arguments: Vec<&str> =
        ["dead-letters", arguments[0], "pipeline.yaml"].iter().chain(&arguments[1..]).copied().collect();
    scene.place.brazeline(&arguments)
}

/// A run of which three people were rejected.
fn rejected(scene: &Scene) -> crate::host::Host {
    let fault = Fault::RefuseAt { array: "attributes".into(), indexes: vec![3, 5, 7] };
    scene.vendors.braze().script([fault]);
    let mut host = scene.place.run();
    assert_eq!(enter(&mut host, &people(0..10), "Nagoya").status, 200);
    until("three are rejected", || scene.dead_letters().len() == 3);
    host
}

#[test]
fn while_it_runs_and_when_it_does_not() {
    let scene = triggers(Extra::default());
    let host = rejected(&scene);
    let shown = command(&scene, &["show", "0"]);
    assert!(shown.stdout.contains("  at `braze`, from `audiences`: event 3\n"), "{}", shown.stdout);
    assert!(shown.stdout.contains("\"city\": \"Nagoya\""), "{}", shown.stdout);
    let sent = command(&scene, &["replay", "0"]);
    assert_eq!((sent.code, sent.stdout.as_str()), (Some(0), "1 dead letters are sent again\n"));
    scene.braze_until("one more is there", |braze: &Braze| braze.profiles().len() == 8);
    assert_eq!(host.terminate().code, Some(0));

    let sent = command(&scene, &["replay", "--node", "braze"]);
    assert_eq!((sent.code, sent.stdout.as_str()), (Some(0), "2 dead letters are sent again\n"));
    assert_eq!((scene.dead_letters().len(), scene.at_braze(&people(0..10)).len()), (0, 8));
    let host = scene.place.run();
    scene.braze_until("all are there", |braze: &Braze| braze.profiles().len() == 10);
    assert_eq!(host.terminate().code, Some(0));

    let status = scene.status();
    let line = &node(&status, "audiences")["gives"]["lines"][0];
    let of = |name: &str| line[name].as_u64().unwrap();
    assert_eq!((of("delivered"), of("rejected"), of("sent_again"), of("waiting"), of("before")), (10, 3, 3, 0, 0));
    // Once more sends nothing.
    let before = scene.vendors.braze().request_count();
    let ended = scene.place.run();
    assert_eq!((ended.terminate().code, scene.vendors.braze().request_count()), (Some(0), before));
}

#[test]
fn what_is_still_wrong_is_a_dead_letter_again() {
    let scene = triggers(Extra::default());
    let host = rejected(&scene);
    scene.vendors.braze().script([Fault::RefuseAt { array: "attributes".into(), indexes: vec![0] }]);
    assert_eq!(command(&scene, &["replay", "--all"]).code, Some(0));
    scene.braze_until("two more are there", |braze: &Braze| braze.profiles().len() == 9);
    until("one is rejected again", || scene.dead_letters().len() == 1);
    assert_eq!(host.terminate().code, Some(0));
}

#[test]
fn what_could_not_be_read_is_read_by_the_settings_of_now() {
    let scene = triggers(Extra::default());
    let right = scene.place.read("pipeline.yaml");
    scene.place.write("pipeline.yaml", right.replace("external_id: user_id", "email: user_id"));
    let mut host = scene.place.run();
    assert_eq!(enter(&mut host, &people(0..3), "Nara").status, 200);
    until("they are set aside", || scene.dead_letters().len() == 3);
    let kept = command(&scene, &["replay", "--all"]);
    assert_eq!(kept.code, Some(3), "{}", kept.stdout);
    assert!(kept.stdout.contains("0 stays: it cannot be read now either: "), "{}", kept.stdout);
    scene.place.write("pipeline.yaml", right);
    assert_eq!(scene.place.brazeline(&["reload", "pipeline.yaml"]).code, Some(0));
    let sent = command(&scene, &["replay", "--node", "audiences"]);
    assert_eq!((sent.code, sent.stdout.as_str()), (Some(0), "3 dead letters are sent again\n"));
    scene.braze_until("all are there", |braze: &Braze| braze.profiles().len() == 3);
    assert_eq!((scene.dead_letters().len(), host.terminate().code), (0, Some(0)));
}

#[test]
fn forgotten_is_forgotten() {
    let scene = triggers(Extra::default());
    let host = rejected(&scene);
    let slip = command(&scene, &["purge", "1", "9"]);
    assert_eq!((slip.code, scene.dead_letters().len()), (Some(1), 3), "{}", slip.stderr);
    assert_eq!(command(&scene, &["purge", "1"]).stdout, "1 dead letters are forgotten\n");
    let unsure = command(&scene, &["purge", "--all"]);
    assert_eq!((unsure.code, scene.dead_letters().len()), (Some(2), 2), "{}", unsure.stderr);
    assert_eq!(host.terminate().code, Some(0));
    assert_eq!(command(&scene, &["purge", "--all", "--yes"]).stdout, "2 dead letters are forgotten\n");
    assert_eq!(scene.dead_letters().len(), 0);
}
