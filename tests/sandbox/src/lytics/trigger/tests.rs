//! What is fired, and on a paused clock when (contract 9.1).

use expect_test::{Expect, expect};
use serde_json::json;

use super::*;
use crate::post::scripted::Scripted;

fn happenings() -> Vec<Happening> {
    let at = "2026-11-23T09:00:00.123456789Z".parse().unwrap();
    let one = |event, slug: &str| Move { event, slug: slug.into(), at };
    let user = |id: &str| json!({"user_id": id}).as_object().cloned().unwrap();
    let all = vec![one(Kind::Enter, "vip"), one(Kind::Exit, "lapsed"), one(Kind::Change, "new")];
    vec![
        Happening { user: user("u-1"), moves: all, segments_all: vec!["vip".into(), "new".into()] },
        Happening { user: user("u-2"), moves: vec![one(Kind::Exit, "vip")], segments_all: vec![] },
    ]
}

fn check(trigger: &Trigger, expected: Expect) {
    let now = "2026-11-23T09:00:04.5Z".parse().unwrap();
    let bodies = payload::all(trigger, &happenings(), now);
    let lines =
        bodies.iter().map(|payload| format!("{}: {}\n", payload.events, String::from_utf8_lossy(&payload.body)));
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn the_default_form() {
    check(
        &Trigger::default(),
        expect![[r#"
            1: {"data":{"segment_events":[{"enter":"2026-11-23T09:00:00.123456789Z","event":"enter","id":"21afccba07d1f977b7c7a0fea8c5ffa0","slug":"vip"},{"event":"exit","exit":"2026-11-23T09:00:00.123456789Z","id":"937729d821d770930d27fd3b14188ce1","slug":"lapsed"},{"event":"change","id":"236ef96b352bea528afd29a29ee0119d","slug":"new"}],"user_id":"u-1"},"id":"1234567890000000001","meta":{"object":"user","subscription_id":"9ab1c2d3e4f5a6b7","timestamp":"2026-11-23T09:00:04Z"}}
            1: {"data":{"segment_events":[{"event":"exit","exit":"2026-11-23T09:00:00.123456789Z","id":"21afccba07d1f977b7c7a0fea8c5ffa0","slug":"vip"}],"user_id":"u-2"},"id":"1234567890000000002","meta":{"object":"user","subscription_id":"9ab1c2d3e4f5a6b7","timestamp":"2026-11-23T09:00:04Z"}}
        "#]],
    );
}

#[test]
fn a_batch_with_the_full_membership() {
    check(
        &Trigger { form: Form::Batch, include_segs: true, ..Trigger::default() },
        expect![[r#"
            2: [{"data":{"segment_events":[{"enter":"2026-11-23T09:00:00.123456789Z","event":"enter","id":"21afccba07d1f977b7c7a0fea8c5ffa0","slug":"vip"},{"event":"exit","exit":"2026-11-23T09:00:00.123456789Z","id":"937729d821d770930d27fd3b14188ce1","slug":"lapsed"},{"event":"change","id":"236ef96b352bea528afd29a29ee0119d","slug":"new"}],"segments_all":["vip","new"],"user_id":"u-1"},"id":"1234567890000000001","meta":{"object":"user","subscription_id":"9ab1c2d3e4f5a6b7","timestamp":"2026-11-23T09:00:04Z"}},{"data":{"segment_events":[{"event":"exit","exit":"2026-11-23T09:00:00.123456789Z","id":"21afccba07d1f977b7c7a0fea8c5ffa0","slug":"vip"}],"segments_all":[],"user_id":"u-2"},"id":"1234567890000000002","meta":{"object":"user","subscription_id":"9ab1c2d3e4f5a6b7","timestamp":"2026-11-23T09:00:04Z"}}]
        "#]],
    );
    let small = Trigger { form: Form::Batch, batch_size: 1, ..Trigger::default() };
    assert_eq!(payload::all(&small, &happenings(), Timestamp::UNIX_EPOCH).len(), 2);
}

#[test]
fn cloud_events() {
    check(
        &Trigger { form: Form::CloudEvents, ..Trigger::default() },
        expect![[r#"
            1: {"data":{"segment_events":[{"enter":"2026-11-23T09:00:00.123456789Z","event":"enter","id":"21afccba07d1f977b7c7a0fea8c5ffa0","slug":"vip"},{"event":"exit","exit":"2026-11-23T09:00:00.123456789Z","id":"937729d821d770930d27fd3b14188ce1","slug":"lapsed"},{"event":"change","id":"236ef96b352bea528afd29a29ee0119d","slug":"new"}],"user_id":"u-1"},"datacontenttype":"application/json","id":"1234567890000000001","source":"/work/9ab1c2d3e4f5a6b7","specversion":"1.0","time":"2026-11-23T09:00:04.5Z","type":"com.lytics.audience.user.event"}
            1: {"data":{"segment_events":[{"event":"exit","exit":"2026-11-23T09:00:00.123456789Z","id":"21afccba07d1f977b7c7a0fea8c5ffa0","slug":"vip"}],"user_id":"u-2"},"datacontenttype":"application/json","id":"1234567890000000002","source":"/work/9ab1c2d3e4f5a6b7","specversion":"1.0","time":"2026-11-23T09:00:04.5Z","type":"com.lytics.audience.user.event"}
        "#]],
    );
}

/// Fires two events with one worker; calls come at these seconds.
async fn fires(replies: &[(u16, Option<u64>)], seconds: &[u64], delivered: usize, omitted: usize) {
    let post = Scripted::new(replies);
    let trigger = Trigger { worker_count: 1, ..Trigger::new("http://here/") };
    let fired = trigger.fire_by(post.clone(), happenings()).await;
    assert_eq!(post.seconds(), seconds, "{replies:?}");
    assert_eq!(
        (fired.delivered, fired.omitted, fired.left),
        (delivered, omitted, 2 - delivered - omitted),
        "{replies:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn calls_again_when_the_contract_says_so() {
    let fails = |n: usize| vec![(503, None); n];
    fires(&[], &[0, 0], 2, 0).await;
    fires(&[(404, None)], &[0, 0], 1, 1).await;
    fires(&[(204, None), (200, None)], &[0, 1, 1], 2, 0).await;
    fires(&[(429, Some(20))], &[0, 20, 20], 2, 0).await;
    // Nine failures a second apart, and after the tenth a minute.
    fires(&fails(10), &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 69, 69], 2, 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_job_that_has_failed_sends_nothing_more() {
    let post = Scripted::new(&[(503, None); 1000]);
    let trigger = Trigger { worker_count: 1, ..Trigger::new("http://here/") };
    let fired = trigger.fire_by(post.clone(), happenings()).await;
    assert_eq!((fired.delivered, fired.omitted, fired.left), (0, 0, 2));
    assert!(post.seconds().last().is_some_and(|second| *second >= 7200));
}
