//! A campaign on a paused clock (contract 6).

use serde_json::json;

use super::*;
use crate::post::scripted::Scripted;

fn people(count: usize) -> Vec<Map<String, Value>> {
    let person = |n: usize| json!({"email": format!("{n}@example.com")}).as_object().cloned().unwrap();
    (0..count).map(person).collect()
}

/// Sends to one person, who is called at these seconds; says whether the message was received.
async fn check(time_scale: f64, replies: &[(u16, Option<u64>)], seconds: &[u64], is_received: bool) {
    let post = Scripted::new(replies);
    let campaign = Campaign { time_scale, ..Campaign::new("http://here/", Body(Vec::new()), people(1)) };
    let report = campaign.send_by(post.clone()).await;
    assert_eq!(post.seconds(), seconds, "{replies:?}");
    assert_eq!((report.received, report.dropped), (usize::from(is_received), usize::from(!is_received)), "{replies:?}");
}

#[tokio::test(start_paused = true)]
async fn calls_again_when_the_contract_says_so() {
    let never = [(503, None); 9];
    check(1.0, &[(200, None)], &[0], true).await;
    check(1.0, &[(204, None)], &[0], true).await;
    check(1.0, &[(302, None)], &[0], false).await;
    check(1.0, &[(404, None)], &[0], false).await;
    check(1.0, &[(408, None), (200, None)], &[0, 30], true).await;
    check(1.0, &[(500, None), (429, Some(100)), (200, None)], &[0, 30, 130], true).await;
    check(1.0, &[(503, None), (400, None)], &[0, 30], false).await;
    check(1.0, &[(429, Some(1801))], &[0], false).await;
    check(1.0, &never, &[0, 30, 90, 210, 450, 930], false).await;
    check(0.1, &never, &[0, 3, 9, 21, 45, 93], false).await;
}

#[tokio::test(start_paused = true)]
async fn each_recipient_gets_a_body_of_their_own() {
    let post = Scripted::new(&[(200, None), (404, None)]);
    let body = Body(vec![("to".into(), "{{email}}".into())]);
    let campaign = Campaign { parallel: 1, ..Campaign::new("http://here/", body, people(3)) };
    let report = campaign.send_by(post.clone()).await;
    let expected = [r#"{"to":"0@example.com"}"#, r#"{"to":"1@example.com"}"#, r#"{"to":"2@example.com"}"#];
    assert_eq!(post.bodies(), expected);
    assert_eq!(report, Report { received: 2, dropped: 1, statuses: vec![vec![200], vec![404], vec![200]] });
}
