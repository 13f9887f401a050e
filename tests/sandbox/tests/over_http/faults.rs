//! What goes wrong is what was asked for, once.

use std::time::Duration;

use brazeline_sandbox::braze::Apply;
use brazeline_sandbox::{Fault, Options, Reset, Sandbox};

use super::{sandbox, send, track};

/// The answer to one request, and whether its person is held.
async fn check(fault: Fault, expected: Option<(u16, &str)>, is_held: bool) {
    let sandbox = sandbox().await;
    sandbox.braze().script([fault.clone()]);
    let answer = track(&sandbox, "u").await;
    assert_eq!(answer, expected.map(|(status, body)| (status, body.to_owned())), "{fault:?}");
    assert_eq!(sandbox.braze().read(|braze| braze.profile("external_id:u").is_some()), is_held, "{fault:?}");
    assert_eq!(track(&sandbox, "u").await.map(|(status, _)| status), Some(201), "after {fault:?}");
    assert_eq!(sandbox.braze().requests()[0].fault.as_ref(), Some(&fault));
}

#[tokio::test]
async fn each_fault_once() {
    let good = r#"{"attributes_processed":1,"message":"success"}"#;
    check(Fault::TooMany { reset: Reset::Delta(1) }, Some((429, r#"{"message":"rate limit exceeded"}"#)), false).await;
    let failure = Fault::Status { status: 503, retry_after_s: Some(1) };
    check(failure, Some((503, r#"{"message":"this failure was asked for"}"#)), false).await;
    check(Fault::Cut, None, false).await;
    check(Fault::AcceptThenCut, None, true).await;
    check(Fault::Slow { ms: 20 }, Some((201, good)), true).await;
    check(Fault::BrokenBody, Some((201, &good[..good.len() / 2])), true).await;
    check(Fault::Say { message: "hm".into() }, Some((201, r#"{"attributes_processed":1,"message":"hm"}"#)), true).await;
}

#[tokio::test]
async fn a_slow_answer_is_slow_but_applied_at_once() {
    let sandbox = sandbox().await;
    sandbox.braze().script([Fault::Slow { ms: 300 }]);
    let mut asked = std::pin::pin!(track(&sandbox, "u"));
    let applied = sandbox.braze().wait_until(|braze| braze.profiles().len() == 1);
    tokio::select! {
        biased;
        answer = &mut asked => panic!("answered before it was applied: {answer:?}"),
        applied = applied => applied.unwrap(),
    }
    assert_eq!(asked.await.map(|(status, _)| status), Some(201));
}

#[tokio::test]
async fn lytics_fails_in_its_own_form() {
    let sandbox = sandbox().await;
    sandbox.lytics().fail_every(2, Fault::TooMany { reset: Reset::Unsaid });
    let url = sandbox.lytics().url() + "/collect/json/s?key=lytics-token";
    let mut said = Vec::new();
    for _ in 0..3 {
        said.push(send("POST", &url, &serde_json::json!({"a": 1})).await.unwrap());
    }
    // The header is Braze's, so Lytics does not know it.
    assert_eq!(said[0].0, 401);
    let expected = r#"{"message":"rate limit exceeded","request_id":"0000000000000002","status":429}"#;
    assert_eq!(said[1], (429, expected.to_owned()));
    assert_eq!(said[2].0, 401);
}

#[tokio::test]
async fn what_is_applied_late_is_waited_for_without_asking_again() {
    let mut options = Options::default();
    options.braze.rules.apply = Apply::LateAndOutOfOrder { seed: 3, within_ms: 50 };
    let sandbox = Sandbox::start(options).await.unwrap();
    for n in 0..10 {
        track(&sandbox, &n.to_string()).await.unwrap();
    }
    sandbox.braze().wait_until(|braze| braze.pending() == 0).await.unwrap();
    let order: Vec<_> = sandbox.braze().state().profiles().iter().filter_map(|one| one.external_id.clone()).collect();
    assert_eq!(order.len(), 10);
}

#[tokio::test]
async fn waiting_ends() {
    let sandbox = sandbox().await;
    let after = Duration::from_millis(10);
    let never = sandbox.braze().wait_within(after, |stage| !stage.log.is_empty()).await.unwrap_err();
    assert_eq!(never.to_string(), "what was waited for did not come true within 10ms");
}

#[test]
fn a_test_that_is_not_async_can_use_it() {
    let sandbox = Sandbox::blocking(Options { keep_bodies: true, ..Options::default() }).unwrap();
    sandbox.wait(track(&sandbox, "u")).unwrap();
    sandbox.wait(sandbox.braze().wait_for_requests(1)).unwrap();
    assert_eq!(sandbox.braze().requests()[0].body, r#"{"attributes":[{"city":"<X>","external_id":"u"}]}"#);
}
