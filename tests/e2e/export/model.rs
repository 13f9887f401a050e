//! Random histories: people come and go, Braze refuses, fails and is slow, the program is killed. Afterwards Braze holds what Lytics' last whole
//! truth says, and one more run sends nothing.

use brazeline_sandbox::Fault;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::stage::{AUDIENCES, Stage, With, scan};
use crate::scene::people;

/// Few enough that they meet, and below the brake.
const PEOPLE: usize = 60;

/// More than there are faults in a history.
const RUNS: usize = 12;

#[derive(Debug, Clone)]
enum Step {
    Enter(usize, usize, usize),
    Leave(usize, usize, usize),
    Fail(u8),
    /// A run to its end, whatever that is.
    Run,
    /// A run that is killed after Braze or Lytics was asked so often.
    Kill(bool, usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let crowd = || (0..PEOPLE, 1..30_usize, 0..AUDIENCES.len());
    let step = prop_oneof![
        4 => crowd().prop_map(|(first, count, audience)| Step::Enter(first, count, audience)),
        3 => crowd().prop_map(|(first, count, audience)| Step::Leave(first, count, audience)),
        2 => (0..5_u8).prop_map(Step::Fail),
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
        _ => Fault::Cut,
    }
}

fn crowd(first: usize, count: usize) -> Vec<String> {
    people(first..(first + count).min(PEOPLE))
}

fn play(stage: &Stage, step: &Step) {
    match step {
        Step::Enter(first, count, audience) => stage.enter(&crowd(*first, *count), AUDIENCES[*audience]),
        Step::Leave(first, count, audience) => stage.leave(&crowd(*first, *count), AUDIENCES[*audience]),
        Step::Fail(which) => stage.vendors.braze().script([fault(*which)]),
        Step::Run => {
            let ended = stage.run();
            assert!(matches!(ended.code, Some(0 | 3)), "{}", ended.stderr);
        }
        Step::Kill(braze, requests) => {
            let mut host = stage.place.run();
            host.says(&["started"]);
            let asked = || match braze {
                true => stage.vendors.braze().request_count(),
                false => stage.vendors.lytics().request_count(),
            };
            let until = asked() + requests;
            // It may end before it asked so often.
            while asked() < until && !host.has_ended() {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            host.kill();
        }
    }
}

#[test]
fn any_history_ends_in_the_truth() {
    let config = Config { cases: 6, max_shrink_iters: 0, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&steps(), |steps| {
            let stage = scan(With::default());
            steps.iter().for_each(|step| play(&stage, step));
            // Faults that were not met yet are met now; what is refused is told with the next scan, so it needs a few.
            for _ in 0..RUNS {
                let ended = stage.run();
                prop_assert!(matches!(ended.code, Some(0 | 3)), "{}", ended.stderr);
                stage.vendors.braze().apply();
                if stage.held() == stage.truth() {
                    break;
                }
            }
            stage.agree();
            let cost = stage.cost();
            let ended = stage.run();
            prop_assert_eq!(ended.code, Some(0), "{}", ended.stderr);
            prop_assert_eq!(stage.cost(), cost, "Braze has it all, so nothing is sent");
            Ok(())
        })
        .unwrap();
}
