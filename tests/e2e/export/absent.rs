//! Kills while many are told to have left: nobody is forgotten, nobody comes back.

use super::stage::{Stage, With, scan};
use crate::scene::{node, people, status};

const PEOPLE: usize = 6_000;
const STAY: usize = 50;
const KILLS: usize = 4;

/// On how many people the transform has decided so far.
fn decided(stage: &Stage) -> u64 {
    node(&status(&stage.place), "changes")["gives"]["read"].as_u64().unwrap()
}

#[test]
fn kills_while_exits_are_told_lose_nobody() {
    let stage = scan(With { transform: ", max_exit: 100%", ..With::default() });
    stage.enter(&people(0..PEOPLE), "vip");
    stage.follow();
    let (entered, before) = (decided(&stage), stage.cost());
    assert_eq!(entered, PEOPLE as u64);
    stage.leave(&people(STAY..PEOPLE), "vip");
    let mut midway = 0;
    for kill in 1..=KILLS {
        let mut host = stage.place.run();
        host.says(&["started"]);
        let end = stage.vendors.braze().request_count() + kill;
        // Once all are told, nothing more comes.
        while stage.vendors.braze().request_count() < end && !host.has_ended() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        host.kill();
        let exits = decided(&stage) - entered;
        midway += usize::from(exits > 0 && exits < (PEOPLE - STAY) as u64);
    }
    assert!(midway > 0, "no kill met the decisions halfway");
    stage.follow();
    assert_eq!(decided(&stage) - entered, (PEOPLE - STAY) as u64, "each exit was decided on once");
    // A kill repeats at most what was on its way: 64 requests of 75 people.
    let points = stage.cost().1 - before.1;
    assert!((PEOPLE - STAY..=PEOPLE - STAY + KILLS * 64 * 75).contains(&(points as usize)), "{points}");
    let cost = stage.cost();
    stage.follow();
    assert_eq!(stage.cost(), cost);
}
