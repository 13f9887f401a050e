//! A connector on a paused clock (contract 7).

use super::*;
use crate::post::scripted::Scripted;

fn events(count: usize) -> Vec<Value> {
    (0..count).map(|number| json!({ "event_type": "a", "id": number.to_string() })).collect()
}

/// Sends so many events against these answers, the first of which is the credential check's; the seconds, and what became of them.
async fn check(count: usize, replies: &[(u16, Option<u64>)], seconds: &[u64], received: usize, dropped: usize) {
    let post = Scripted::new(replies);
    let sent = Currents { per_request: 2, ..Currents::new("http://here/", Some("t"), events(count)) };
    let delivered = sent.send_by(post.clone()).await;
    assert_eq!(post.seconds(), seconds, "{replies:?}");
    assert_eq!((delivered.received, delivered.dropped), (received, dropped), "{replies:?}");
}

#[tokio::test(start_paused = true)]
async fn every_answer_has_its_consequence() {
    check(3, &[], &[0, 0, 0], 3, 0).await;
    check(3, &[(401, None), (401, None)], &[0, 0, 120, 120], 3, 0).await;
    check(2, &[(200, None), (400, None), (400, None)], &[0, 0, 0, 0], 1, 1).await;
    check(2, &[(200, None), (413, None), (413, None)], &[0, 0, 0, 0], 1, 1).await;
    check(1, &[(200, None), (429, Some(7)), (500, None)], &[0, 0, 7, 9], 1, 0).await;
}

#[tokio::test(start_paused = true)]
async fn each_type_has_a_queue_of_its_own() {
    let post = Scripted::new(&[]);
    let mut events = events(3);
    events[1]["event_type"] = json!("b");
    let delivered = Currents::new("http://here/", None, events).send_by(post.clone()).await;
    assert_eq!((delivered.checked, delivered.received), (200, 3));
    let sizes: Vec<usize> = post
        .bodies()
        .iter()
        .map(|body| serde_json::from_str::<Value>(body).unwrap()["events"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [0, 2, 1]);
}
