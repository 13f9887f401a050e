use brazeline_kit::testing::{Table, response};
use brazeline_kit::{Poller, Probe, Response};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::LyticsIngest;

/// When Lytics answered.
const DATE: (&str, &str) = ("date", "Mon, 23 Nov 2026 09:00:00 GMT");

fn union() -> Value {
    json!({
        "identifier": { "external_id": "braze_id" },
        "mode": "scan",
        "audiences": ["vip", "lapsed"],
        "fields": ["plan", "score", "braze_id"],
    })
}

fn each() -> Value {
    json!({
        "identifier": { "email": "email" },
        "mode": "scan",
        "audiences": [{ "id": "0f3c", "slug": "vip" }, "lapsed", "new"],
    })
}

fn page(body: &str) -> Response {
    response(200, &[DATE], body)
}

/// A page of the scan for these settings, with these people and this token of the next.
fn people(people: &str, next: &str) -> Response {
    page(&format!(r#"{{"status":200,"message":"success","_next":"{next}","total":3,"data":[{people}]}}"#))
}

/// The position that a page leads to.
fn after(settings: &Value, position: Option<&[u8]>, response: &Response) -> Vec<u8> {
    let scan: LyticsIngest = brazeline_kit::testing::configure(settings.clone());
    match scan.page(position, response).onward {
        brazeline_kit::Onward::More(position) | brazeline_kit::Onward::End(position) => position,
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_scan_of_all() {
    let first = people(
        r#"{"braze_id":"u-1","plan":"gold","score":"1.50","segments":["vip","other"]},{"braze_id":"u-2","_segments":["lapsed","vip"]}"#,
        "t2",
    );
    // The clock has moved on, but the scan speaks as of its first page.
    let mut last = people(r#"{"braze_id":"u-3","plan":null,"segments":["lapsed"]}"#, "");
    last.headers[0].value = "Mon, 23 Nov 2026 09:00:07 GMT".to_owned();
    let second = after(&union(), None, &first);
    let begin = after(&union(), Some(&second), &last);
    let table = Table::<LyticsIngest>::new(union())
        .next(None)
        .page(None, first)
        .next(Some(&second))
        .page(Some(&second), last)
        .next(Some(&begin));
    expect![[r#"
        POST api /api/segment/scan?limit=100&fields=braze_id,plan,score,segments,_segments
          content-type: text/plain
          FILTER OR (INCLUDE vip, INCLUDE lapsed) FROM user
          after 0 ms, into a page, budgets []

        external_id:u-1 {"user":{"external_id":"u-1"},"attributes":{"braze_id":"u-1","plan":"gold","score":"1.50"},"audiences":{"in":["vip"],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:u-2 {"user":{"external_id":"u-2"},"attributes":{"braze_id":"u-2"},"audiences":{"in":["vip","lapsed"],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        more from "{\"v\":1,\"settings\":\"907ffa27702f08c5\",\"at\":{\"scan\":0,\"start\":\"t2\",\"as_of_ms\":1795424400000}}"
        speaks for vip, lapsed as of 1795424400000, total Some(3)

        POST api /api/segment/scan?limit=100&fields=braze_id,plan,score,segments,_segments&start=t2
          content-type: text/plain
          FILTER OR (INCLUDE vip, INCLUDE lapsed) FROM user
          after 0 ms, into a page, budgets []

        external_id:u-3 {"user":{"external_id":"u-3"},"attributes":{"braze_id":"u-3","plan":null},"audiences":{"in":["lapsed"],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        end, next from "{\"v\":1}"
        speaks for vip, lapsed as of 1795424400000, total Some(3)

        POST api /api/segment/scan?limit=100&fields=braze_id,plan,score,segments,_segments
          content-type: text/plain
          FILTER OR (INCLUDE vip, INCLUDE lapsed) FROM user
          after 0 ms, into a page, budgets []
    "#]].assert_eq(&table.shown());
}

#[test]
fn one_audience_after_the_other() {
    let settings = each();
    let first = people(r#"{"email":"a@x"}"#, "t2");
    let second = after(&settings, None, &first);
    // It carries its audiences, as slugs: they say nothing about the one with an id.
    let last = people(r#"{"email":"b@x","segments":["new"]}"#, "");
    let lapsed = after(&settings, Some(&second), &last);
    let nobody = page(r#"{"status":200,"message":"success","_next":"","total":0,"data":null}"#);
    let new = after(&settings, Some(&lapsed), &nobody);
    let mut table = Table::<LyticsIngest>::new(settings);
    for (position, response) in [(None, first), (Some(&second), last), (Some(&lapsed), nobody)] {
        let position = position.map(Vec::as_slice);
        table = table.next(position).page(position, response);
    }
    // Its slug is not in the list, but the scan itself says that they are in.
    let table = table.next(Some(&new)).page(Some(&new), people(r#"{"email":"c@x","segments":["lapsed"]}"#, ""));
    expect![[r#"
        GET api /api/segment/0f3c/scan?limit=100&fields=email
          after 0 ms, into a page, budgets []

        email:a@x {"user":{"email":"a@x"},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
        more from "{\"v\":1,\"settings\":\"a9cc51de61111cc6\",\"at\":{\"scan\":0,\"start\":\"t2\",\"as_of_ms\":1795424400000}}"
        speaks for vip as of 1795424400000, total Some(3)

        GET api /api/segment/0f3c/scan?limit=100&fields=email&start=t2
          after 0 ms, into a page, budgets []

        email:b@x {"user":{"email":"b@x"},"audiences":{"in":["vip","new"],"of":["vip","lapsed","new"],"as_of":"2026-11-23T09:00:00Z"}}
        more from "{\"v\":1,\"settings\":\"a9cc51de61111cc6\",\"at\":{\"scan\":1}}"
        speaks for vip as of 1795424400000, total Some(3)

        GET api /api/segment/lapsed/scan?limit=100&fields=email
          after 0 ms, into a page, budgets []

        more from "{\"v\":1,\"settings\":\"a9cc51de61111cc6\",\"at\":{\"scan\":2}}"
        speaks for lapsed as of 1795424400000, total Some(0)

        GET api /api/segment/new/scan?limit=100&fields=email
          after 0 ms, into a page, budgets []

        email:c@x {"user":{"email":"c@x"},"audiences":{"in":["lapsed","new"],"of":["lapsed","new"],"as_of":"2026-11-23T09:00:00Z"}}
        end, next from "{\"v\":1}"
        speaks for new as of 1795424400000, total Some(3)
    "#]].assert_eq(&table.shown());
}

#[test]
fn who_cannot_be_told_or_read() {
    let rows = [
        r#"5"#,
        r#"{"segments":["vip"]}"#,
        r#"{"braze_id":null,"segments":["vip"]}"#,
        r#"{"braze_id":{},"segments":["vip"]}"#,
        r#"{"braze_id":"u-1"}"#,
        r#"{"braze_id":"u-2","segments":"vip"}"#,
        r#"{"braze_id":"u-3","segments":["VIP"]}"#,
        r#"{"braze_id":"u-4","segments":null,"_segments":["vip"]}"#,
    ];
    let table = Table::<LyticsIngest>::new(union()).page(None, people(&rows.join(","), ""));
    expect![[r#"
        external_id:u-4 {"user":{"external_id":"u-4"},"attributes":{"braze_id":"u-4"},"audiences":{"in":["vip"],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        unread at scan of the audiences, first page, row 1: it is no JSON object: 5
        skipped at scan of the audiences, first page, row 2: the person has no `braze_id`: 
        skipped at scan of the audiences, first page, row 3: the person has no `braze_id`: 
        unread at scan of the audiences, first page, row 4: its `braze_id` identifies nobody: it must be a text or a whole number: {"braze_id":{},"segments":["vip"]}
        unread at scan of the audiences, first page, row 5 about external_id:u-1: it has no `segments`, which say in which of the audiences the person is: {"braze_id":"u-1"}
        unread at scan of the audiences, first page, row 6 about external_id:u-2: its `segments` is no list of names: {"braze_id":"u-2","segments":"vip"}
        unread at scan of the audiences, first page, row 7 about external_id:u-3: its `segments` name none of the audiences that were asked for: {"braze_id":"u-3","segments":["VIP"]}
        end, next from "{\"v\":1}"
        speaks for vip, lapsed as of 1795424400000, total Some(3)
    "#]].assert_eq(&table.shown());
}

/// What comes of an answer to the first page and to a later one.
fn check(response: &Response, expected: &Expect) {
    let later = after(&union(), None, &people("", "t2"));
    let table = Table::<LyticsIngest>::new(union()).page(None, response.clone()).page(Some(&later), response.clone());
    expected.assert_eq(&table.shown());
}

#[test]
fn answers_that_are_no_page() {
    let mut broken = people(r#"{"braze_id":"u-1"}"#, "");
    broken.complete = false;
    check(
        &broken,
        &expect![[r#"
        retry after 1000 ms

        retry after 1000 ms
    "#]],
    );
    check(
        &response(401, &[], ""),
        &expect![[r#"
        stop: Lytics does not know the API token (401): it is mistyped, revoked or expired. Make a new one in Lytics and set it as `api_token` of the authorization

        stop: Lytics does not know the API token (401): it is mistyped, revoked or expired. Make a new one in Lytics and set it as `api_token` of the authorization
    "#]],
    );
    check(
        &response(403, &[], ""),
        &expect![[r#"
        stop: Lytics does not let the API token read the audiences (403): make one in Lytics with a role that may, Data Manager for instance, and set it as `api_token` of the authorization

        stop: Lytics does not let the API token read the audiences (403): make one in Lytics with a role that may, Data Manager for instance, and set it as `api_token` of the authorization
    "#]],
    );
    check(
        &response(404, &[], ""),
        &expect![[r#"
        stop: Lytics does not know the audiences (404): see `audiences`

        restart: Lytics does not know the scan's next page any more (404)
    "#]],
    );
    check(
        &response(400, &[], r#"{"status":400,"message":"start is too old"}"#),
        &expect![[r#"
        stop: Lytics does not scan the audiences (400): see `audiences` and `identifier`

        restart: Lytics does not know the scan's next page any more (400)
    "#]],
    );
    check(
        &response(429, &[], ""),
        &expect![[r#"
        retry after 1000 ms

        retry after 1000 ms
    "#]],
    );
    check(
        &response(503, &[("retry-after", "7")], ""),
        &expect![[r#"
        retry after 7000 ms

        retry after 7000 ms
    "#]],
    );
    check(
        &response(302, &[], ""),
        &expect![[r#"
        stop: Lytics does not scan the audiences (302): see `audiences` and `identifier`

        stop: Lytics does not scan the audiences (302): see `audiences` and `identifier`
    "#]],
    );
}

#[test]
fn pages_in_a_form_that_is_not_known() {
    // From something in between; it passes.
    check(
        &page("<html>busy</html>"),
        &expect![[r#"
        retry after 1000 ms

        retry after 1000 ms
    "#]],
    );
    check(
        &page(r#"{"data":[{"braze_id":"u-1","#),
        &expect![[r#"
        retry after 1000 ms

        retry after 1000 ms
    "#]],
    );
    // From Lytics; an empty page would remove everybody.
    check(
        &page("[]"),
        &expect![[r#"
        stop: Lytics answers in a form that this version does not know: its answer is no JSON object

        stop: Lytics answers in a form that this version does not know: its answer is no JSON object
    "#]],
    );
    check(
        &page(r#"{"status":200,"message":"success"}"#),
        &expect![[r#"
        stop: Lytics answers in a form that this version does not know: its answer has no `data`

        stop: Lytics answers in a form that this version does not know: its answer has no `data`
    "#]],
    );
    check(
        &page(r#"{"data":{}}"#),
        &expect![[r#"
        stop: Lytics answers in a form that this version does not know: the `data` of its answer is no list

        stop: Lytics answers in a form that this version does not know: the `data` of its answer is no list
    "#]],
    );
    check(
        &page(r#"{"data":null}"#),
        &expect![[r#"
        stop: Lytics answers in a form that this version does not know: the `data` of its answer is no list

        stop: Lytics answers in a form that this version does not know: the `data` of its answer is no list
    "#]],
    );
    // The body knows better than the line above it.
    check(
        &page(r#"{"status":500,"message":"no shard","data":null,"total":0}"#),
        &expect![[r#"
        retry after 1000 ms

        retry after 1000 ms
    "#]],
    );
}

#[test]
fn tokens_and_totals_in_all_their_spellings() {
    let table = [
        r#"{"data":[],"next":"a"}"#,
        r#"{"data":[],"_next":"","next":"b"}"#,
        r#"{"data":[],"_next":12,"total":"7"}"#,
        r#"{"data":[],"_next":null,"total":7}"#,
        r#"{"data":[],"total":-1}"#,
    ];
    let table = table.into_iter().fold(Table::<LyticsIngest>::new(union()), |table, body| table.page(None, page(body)));
    expect![[r#"
        more from "{\"v\":1,\"settings\":\"907ffa27702f08c5\",\"at\":{\"scan\":0,\"start\":\"a\",\"as_of_ms\":1795424400000}}"
        speaks for vip, lapsed as of 1795424400000, total None

        more from "{\"v\":1,\"settings\":\"907ffa27702f08c5\",\"at\":{\"scan\":0,\"start\":\"b\",\"as_of_ms\":1795424400000}}"
        speaks for vip, lapsed as of 1795424400000, total None

        more from "{\"v\":1,\"settings\":\"907ffa27702f08c5\",\"at\":{\"scan\":0,\"start\":\"12\",\"as_of_ms\":1795424400000}}"
        speaks for vip, lapsed as of 1795424400000, total Some(7)

        end, next from "{\"v\":1}"
        speaks for vip, lapsed as of 1795424400000, total Some(7)

        end, next from "{\"v\":1}"
        speaks for vip, lapsed as of 1795424400000, total None
    "#]].assert_eq(&table.shown());
}

#[test]
fn without_a_date_it_is_as_of_when_it_was_asked() {
    for headers in [&[][..], &[("date", "today")]] {
        let shown = Table::<LyticsIngest>::new(union()).page(None, response(200, headers, r#"{"data":[]}"#)).shown();
        assert!(shown.contains("as of 1764000000000, total None"), "{shown}");
    }
}

#[test]
fn a_position_that_is_of_no_use_begins_again() {
    let mut other = union();
    other["audiences"] = json!(["vip", "new"]);
    let position = after(&union(), None, &people("", "t2"));
    let begin = after(&union(), None, &people("", ""));
    let mut table = Table::<LyticsIngest>::new(other);
    for position in [position.as_slice(), br#"{"v":2}"#, b"", b"\xff", &begin] {
        table = table.next(Some(position)).page(Some(position), people("", ""));
    }
    expect![[r#"
        POST api /api/segment/scan?limit=100&fields=braze_id,plan,score,segments,_segments
          content-type: text/plain
          FILTER OR (INCLUDE vip, INCLUDE new) FROM user
          after 0 ms, into a page, budgets []

        restart: the settings changed while a scan was running

        POST api /api/segment/scan?limit=100&fields=braze_id,plan,score,segments,_segments
          content-type: text/plain
          FILTER OR (INCLUDE vip, INCLUDE new) FROM user
          after 0 ms, into a page, budgets []

        restart: the position is of another version of this component

        POST api /api/segment/scan?limit=100&fields=braze_id,plan,score,segments,_segments
          content-type: text/plain
          FILTER OR (INCLUDE vip, INCLUDE new) FROM user
          after 0 ms, into a page, budgets []

        restart: the position is of another version of this component

        POST api /api/segment/scan?limit=100&fields=braze_id,plan,score,segments,_segments
          content-type: text/plain
          FILTER OR (INCLUDE vip, INCLUDE new) FROM user
          after 0 ms, into a page, budgets []

        restart: the position is of another version of this component

        POST api /api/segment/scan?limit=100&fields=braze_id,plan,score,segments,_segments
          content-type: text/plain
          FILTER OR (INCLUDE vip, INCLUDE new) FROM user
          after 0 ms, into a page, budgets []

        end, next from "{\"v\":1}"
        speaks for vip, new as of 1795424400000, total Some(3)
    "#]]
    .assert_eq(&table.shown());
    // What is passed on of a profile is no part of where a scan stands.
    let mut fields = union();
    fields["fields"] = json!([]);
    assert!(Table::<LyticsIngest>::new(fields).next(Some(&position)).shown().contains("start=t2"));
}

#[test]
fn the_token_is_proven_by_a_request_that_changes_nothing() {
    let table = [200, 401, 403, 404, 400, 503]
        .into_iter()
        .fold(Table::<LyticsIngest>::new(each()).ask("nonce"), |table, status| {
            table.judge(response(status, &[], "{}"))
        });
    expect![[r#"
        GET api /api/segment/0f3c/scan?limit=1&fields=email

        works

        fails: Lytics does not know the API token (401): it is mistyped, revoked or expired. Make a new one in Lytics and set it as `api_token` of the authorization

        fails: Lytics does not let the API token read audience `0f3c` (403): make one in Lytics with a role that may, Data Manager for instance, and set it as `api_token` of the authorization

        fails: Lytics does not know audience `0f3c` (404): see `audiences`

        unknown: Lytics does not scan audience `0f3c` (400): see `audiences` and `identifier`

        unknown: Lytics answers 503 now; ask again later
    "#]].assert_eq(&table.shown());
    let trigger: LyticsIngest = brazeline_kit::testing::configure(json!({ "identifier": { "email": "e" } }));
    assert_eq!(Probe::ask(&trigger, "nonce"), None);
}
