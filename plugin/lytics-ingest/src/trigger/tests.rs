use brazeline_kit::testing::{Table, arrival};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::LyticsIngest;

fn plain() -> Value {
    json!({ "identifier": { "external_id": "braze_id" } })
}

fn chosen() -> Value {
    json!({
        "identifier": { "external_id": "braze_id" },
        "audiences": ["vip", "lapsed"],
        "fields": ["plan", "score", "none"],
    })
}

fn check(settings: Value, body: &str, expected: &Expect) {
    let table = Table::<LyticsIngest>::new(settings).receive(arrival("POST /", body));
    expected.assert_eq(&table.shown());
}

/// A message in Lytics' own form, about these events and with these further members of the profile.
fn message(events: &str, profile: &str) -> String {
    format!(
        r#"{{"id":"1","data":{{"email":"a@example.com","braze_id":"u-1",{profile}"segment_events":[{events}]}},"meta":{{"object":"user","subscription_id":"9ab1","timestamp":"2026-11-23T09:00:04Z"}}}}"#
    )
}

fn enter(slug: &str, at: &str) -> String {
    format!(r#"{{"id":"0f3c","event":"enter","slug":"{slug}","enter":"{at}"}}"#)
}

fn exit(slug: &str, at: &str) -> String {
    format!(r#"{{"id":"0f3c","event":"exit","slug":"{slug}","exit":"{at}"}}"#)
}

const CHANGE: &str = r#"{"id":"0f3c","event":"change","slug":"vip"}"#;

#[test]
fn one_message() {
    check(
        plain(),
        &message(&enter("vip", "2026-11-23T09:00:00.123456789Z"), ""),
        &expect![[r#"
        reply 200 {"events":1,"set_aside":0,"skipped":0}
          content-type: application/json
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00.123456789Z"}}
    "#]],
    );
    check(
        plain(),
        &message(&exit("vip", "2026-11-23T18:00:00.5+09:00"), ""),
        &expect![[r#"
        reply 200 {"events":1,"set_aside":0,"skipped":0}
          content-type: application/json
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":[],"of":["vip"],"as_of":"2026-11-23T09:00:00.5Z"}}
    "#]],
    );
}

#[test]
fn without_a_time_of_its_own_it_is_as_of_when_it_was_sent_or_arrived() {
    check(
        plain(),
        &message(r#"{"event":"exit","slug":"vip"}"#, ""),
        &expect![[r#"
        reply 200 {"events":1,"set_aside":0,"skipped":0}
          content-type: application/json
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":[],"of":["vip"],"as_of":"2026-11-23T09:00:04Z"}}
    "#]],
    );
    check(
        plain(),
        &message(&enter("vip", "yesterday"), ""),
        &expect![[r#"
        reply 200 {"events":1,"set_aside":0,"skipped":0}
          content-type: application/json
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:04Z"}}
    "#]],
    );
    check(
        plain(),
        r#"{"data":{"braze_id":7,"segment_events":[{"event":"enter","slug":"vip"}]}}"#,
        &expect![[r#"
        reply 200 {"events":1,"set_aside":0,"skipped":0}
          content-type: application/json
        external_id:7 {"user":{"external_id":"7"},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2025-11-24T16:00:00Z"}}
    "#]],
    );
}

#[test]
fn several_events_come_in_the_order_of_time() {
    let events = [
        exit("vip", "2026-11-23T09:00:02Z"),
        enter("vip", "2026-11-23T10:00:01+01:00"),
        enter("lapsed", "2026-11-23T09:00:02.000Z"),
        enter("other", "2026-11-23T09:00:02.000000001Z"),
    ];
    check(
        plain(),
        &message(&events.join(","), ""),
        &expect![[r#"
        reply 200 {"events":3,"set_aside":0,"skipped":0}
          content-type: application/json
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:01Z"}}
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["lapsed"],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:02Z"}}
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["other"],"of":["other"],"as_of":"2026-11-23T09:00:02.000000001Z"}}
    "#]],
    );
}

#[test]
fn of_two_words_at_one_time_the_last_counts() {
    let events = [enter("vip", "2026-11-23T09:00:00Z"), exit("vip", "2026-11-23T09:00:00Z")];
    check(
        plain(),
        &message(&events.join(","), ""),
        &expect![[r#"
        reply 200 {"events":1,"set_aside":0,"skipped":0}
          content-type: application/json
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":[],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
    "#]],
    );
}

#[test]
fn only_what_is_chosen_is_passed_on() {
    let events = [enter("other", "2026-11-23T09:00:00Z"), enter("vip", "2026-11-23T09:00:00Z")];
    let profile = r#""plan":"gold","score":1.50,"_created":"x","#;
    check(
        chosen(),
        &message(&events.join(","), profile),
        &expect![[r#"
        reply 200 {"events":1,"set_aside":0,"skipped":1}
          content-type: application/json
        external_id:u-1 {"user":{"external_id":"u-1"},"attributes":{"plan":"gold","score":1.50},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
        skipped at message 1: the audience `other` is not among `audiences`: 
    "#]],
    );
    check(
        chosen(),
        &message(&events[0], profile),
        &expect![[r#"
        reply 200 {"events":0,"set_aside":0,"skipped":1}
          content-type: application/json
        skipped at message 1: the audience `other` is not among `audiences`: 
    "#]],
    );
}

#[test]
fn a_change_passes_on_fields_alone() {
    check(
        chosen(),
        &message(CHANGE, r#""plan":null,"#),
        &expect![[r#"
        reply 200 {"events":1,"set_aside":0,"skipped":0}
          content-type: application/json
        external_id:u-1 {"user":{"external_id":"u-1"},"attributes":{"plan":null}}
    "#]],
    );
    check(
        plain(),
        &message(CHANGE, r#""plan":"gold","#),
        &expect![[r#"
        reply 200 {"events":0,"set_aside":0,"skipped":1}
          content-type: application/json
        skipped at message 1: it says nothing that is passed on: see `fields`: 
    "#]],
    );
    // The attributes are as new as the last word on memberships.
    let events = [enter("vip", "2026-11-23T09:00:01Z"), CHANGE.to_owned(), exit("lapsed", "2026-11-23T09:00:00Z")];
    check(
        chosen(),
        &message(&events.join(","), r#""plan":"gold","#),
        &expect![[r#"
        reply 200 {"events":2,"set_aside":0,"skipped":0}
          content-type: application/json
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":[],"of":["lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:u-1 {"user":{"external_id":"u-1"},"attributes":{"plan":"gold"},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:01Z"}}
    "#]],
    );
}

#[test]
fn full_membership_speaks_for_the_chosen_audiences() {
    let all = r#""segments_all":["vip","other"],"#;
    check(
        chosen(),
        &message(&exit("lapsed", "2026-11-23T09:00:00Z"), all),
        &expect![[r#"
            reply 200 {"events":2,"set_aside":0,"skipped":0}
              content-type: application/json
            external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":[],"of":["lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
            external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:04Z"}}
        "#]],
    );
    check(
        chosen(),
        &message(CHANGE, all),
        &expect![[r#"
        reply 200 {"events":1,"set_aside":0,"skipped":0}
          content-type: application/json
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["vip"],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:04Z"}}
    "#]],
    );
    // What happened is the newer word.
    check(
        chosen(),
        &message(&exit("vip", "2026-11-23T09:00:00Z"), all),
        &expect![[r#"
            reply 200 {"events":2,"set_aside":0,"skipped":0}
              content-type: application/json
            external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":[],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
            external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":[],"of":["lapsed"],"as_of":"2026-11-23T09:00:04Z"}}
        "#]],
    );
    // Nobody said which audiences it is full of: those that it names.
    check(
        plain(),
        &message(&exit("lapsed", "2026-11-23T09:00:00Z"), all),
        &expect![[r#"
            reply 200 {"events":2,"set_aside":0,"skipped":0}
              content-type: application/json
            external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":[],"of":["lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
            external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["vip","other"],"of":["vip","other"],"as_of":"2026-11-23T09:00:04Z"}}
        "#]],
    );
    check(
        plain(),
        &message("", r#""segments_all":[],"#),
        &expect![[r#"
        reply 200 {"events":0,"set_aside":0,"skipped":1}
          content-type: application/json
        skipped at message 1: it says nothing that is passed on: see `fields`: 
    "#]],
    );
}

#[test]
fn cloud_events() {
    let event = |id: u32, slug: &str| {
        format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"work/9ab1","type":"com.lytics.audience.user.event","datacontenttype":"application/json","time":"2026-11-23T09:00:04Z","data":{{"braze_id":"u-{id}","segment_events":[{{"event":"enter","slug":"{slug}"}}]}}}}"#
        )
    };
    check(
        plain(),
        &event(1, "vip"),
        &expect![[r#"
        reply 200 {"events":1,"set_aside":0,"skipped":0}
          content-type: application/json
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:04Z"}}
    "#]],
    );
    check(
        plain(),
        &format!("[{},{}]", event(1, "vip"), event(2, "lapsed")),
        &expect![[r#"
        reply 200 {"events":2,"set_aside":0,"skipped":0}
          content-type: application/json
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:04Z"}}
        external_id:u-2 {"user":{"external_id":"u-2"},"audiences":{"in":["lapsed"],"of":["lapsed"],"as_of":"2026-11-23T09:00:04Z"}}
    "#]],
    );
}

#[test]
fn one_bad_message_of_a_batch_is_set_aside() {
    let good = message(&enter("vip", "2026-11-23T09:00:00Z"), "");
    let bad = [
        r#"5"#,
        r#"{"data":5}"#,
        r#"{"email":"a@example.com"}"#,
        r#"{"data":{"braze_id":"u-1"}}"#,
        r#"{"data":{"braze_id":"u-1","segment_events":[{"event":"enter"}]}}"#,
        r#"{"data":{"braze_id":"u-1","segment_events":[{"event":"left","slug":"vip"}]}}"#,
        r#"{"data":{"braze_id":["u-1"],"segment_events":[]}}"#,
        r#"{"data":{"braze_id":"u-1","segments_all":"vip","segment_events":[]}}"#,
        r#"{"data":{"segment_events":[{"event":"enter","slug":"vip"}]}}"#,
        r#"{"data":{"braze_id":null,"segment_events":[]}}"#,
        r#"{"data":{"braze_id":"","segment_events":[]}}"#,
    ];
    check(
        plain(),
        &format!("[{good},{}]", bad.join(",")),
        &expect![[r#"
            reply 200 {"events":1,"set_aside":8,"skipped":3}
              content-type: application/json
            external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
            unread at message 2: it is no JSON object: 5
            unread at message 3: its `data` is no JSON object: {"data":5}
            unread at message 4: it has no `data`: a trigger of Lytics has its profile there: {"email":"a@example.com"}
            unread at message 5 about external_id:u-1: its `data` has no `segment_events`: it is no trigger: {"data":{"braze_id":"u-1"}}
            unread at message 6 about external_id:u-1: its `segment_events` cannot be read: each needs a `slug`, and an `event` that is `enter`, `exit` or `change`: {"data":{"braze_id":"u-1","segment_events":[{"event":"enter"}]}}
            unread at message 7 about external_id:u-1: its `segment_events` cannot be read: each needs a `slug`, and an `event` that is `enter`, `exit` or `change`: {"data":{"braze_id":"u-1","segment_events":[{"event":"left","slug":"vip"}]}}
            unread at message 8: its `braze_id` identifies nobody: it must be a text or a whole number: {"data":{"braze_id":["u-1"],"segment_events":[]}}
            unread at message 9 about external_id:u-1: its `segments_all` is no list of names: {"data":{"braze_id":"u-1","segments_all":"vip","segment_events":[]}}
            skipped at message 10: the person has no `braze_id`: 
            skipped at message 11: the person has no `braze_id`: 
            skipped at message 12: the person has no `braze_id`: 
        "#]],
    );
    check(
        plain(),
        "[]",
        &expect![[r#"
        reply 200 {"events":0,"set_aside":0,"skipped":0}
          content-type: application/json
    "#]],
    );
}

#[test]
fn a_body_that_is_no_json_is_refused() {
    check(
        plain(),
        "",
        &expect![[r#"
        reply 400 {"error":"the body is not JSON: at line 1, column 0"}
          content-type: application/json
    "#]],
    );
    check(
        plain(),
        "email=a@example.com",
        &expect![[r#"
        reply 400 {"error":"the body is not JSON: at line 1, column 1"}
          content-type: application/json
    "#]],
    );
    check(
        plain(),
        r#"[{"data":1},"#,
        &expect![[r#"
        reply 400 {"error":"the body is not JSON: at line 1, column 12"}
          content-type: application/json
    "#]],
    );
    check(
        plain(),
        r#""text""#,
        &expect![[r#"
        reply 400 {"error":"the body is neither a JSON object nor an array of objects"}
          content-type: application/json
    "#]],
    );
    check(
        plain(),
        &"[".repeat(200),
        &expect![[r#"
        reply 400 {"error":"the body is not JSON: at line 1, column 200"}
          content-type: application/json
    "#]],
    );
    let not_utf8 = Table::<LyticsIngest>::new(plain()).receive(arrival("POST /", b"\"\xff\""));
    expect![[r#"
        reply 400 {"error":"the body is not UTF-8"}
          content-type: application/json
    "#]]
    .assert_eq(&not_utf8.shown());
}

#[test]
fn only_a_post_to_the_path_is_taken() {
    let settings = json!({ "identifier": { "email": "email" }, "path": "/triggers" });
    let body = message(&enter("vip", "2026-11-23T09:00:00Z"), "");
    let lines = ["POST /triggers", "POST /triggers?a=b", "GET /triggers", "PUT /triggers", "POST /triggers/", "POST /"];
    let table = Table::<LyticsIngest>::new(settings);
    let table = lines.iter().fold(table, |table, line| table.receive(arrival(line, &body)));
    expect![[r#"
        reply 200 {"events":1,"set_aside":0,"skipped":0}
          content-type: application/json
        email:a@example.com {"user":{"email":"a@example.com"},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}

        reply 200 {"events":1,"set_aside":0,"skipped":0}
          content-type: application/json
        email:a@example.com {"user":{"email":"a@example.com"},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}

        reply 405 {"error":"send triggers with POST"}
          content-type: application/json
          allow: POST

        reply 405 {"error":"send triggers with POST"}
          content-type: application/json
          allow: POST

        reply 404 {"error":"nothing is here; triggers are received at `/triggers`"}
          content-type: application/json

        reply 404 {"error":"nothing is here; triggers are received at `/triggers`"}
          content-type: application/json
    "#]].assert_eq(&table.shown());
}

/// Two audiences that Lytics may rename, and one that is known by its slug.
fn pinned() -> Value {
    json!({
        "identifier": { "external_id": "braze_id" },
        "audiences": [{ "id": "0f3c", "slug": "vip" }, { "id": "0f3d", "slug": "lapsed" }, "new"],
    })
}

fn named(id: &str, slug: &str) -> String {
    format!(r#"{{"id":{id},"event":"enter","slug":"{slug}","enter":"2026-11-23T09:00:00Z"}}"#)
}

#[test]
fn a_rename_in_lytics_changes_nothing() {
    let events = [named(r#""0f3c""#, "very_important"), named(r#""0f3d""#, "vip"), named(r#""ffff""#, "new")];
    check(
        pinned(),
        &message(&events.join(","), ""),
        &expect![[r#"
        reply 200 {"events":1,"set_aside":0,"skipped":0}
          content-type: application/json
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["vip","lapsed","new"],"of":["vip","lapsed","new"],"as_of":"2026-11-23T09:00:00Z"}}
    "#]],
    );
    // Somebody else has the name now.
    check(
        pinned(),
        &message(&named(r#""ffff""#, "vip"), ""),
        &expect![[r#"
        reply 200 {"events":0,"set_aside":0,"skipped":1}
          content-type: application/json
        skipped at message 1: the audience `vip` has another id than the one in `audiences`: 
    "#]],
    );
    // Without an id there is only the name to go by.
    let events = [named("null", "vip"), named(r#""""#, "lapsed")];
    check(
        pinned(),
        &message(&events.join(","), ""),
        &expect![[r#"
        reply 200 {"events":1,"set_aside":0,"skipped":0}
          content-type: application/json
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["vip","lapsed"],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
    "#]],
    );
}

#[test]
fn a_list_of_slugs_says_nothing_about_an_audience_with_an_id() {
    check(
        pinned(),
        &message(CHANGE, r#""segments_all":["lapsed","other"],"#),
        &expect![[r#"
        reply 200 {"events":1,"set_aside":0,"skipped":0}
          content-type: application/json
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":[],"of":["new"],"as_of":"2026-11-23T09:00:04Z"}}
    "#]],
    );
    check(
        pinned(),
        &message(CHANGE, r#""segments_all":["0f3d","new"],"#),
        &expect![[r#"
        reply 200 {"events":1,"set_aside":0,"skipped":0}
          content-type: application/json
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["lapsed","new"],"of":["lapsed","new"],"as_of":"2026-11-23T09:00:04Z"}}
    "#]],
    );
}

#[test]
fn whom_nobody_could_find_is_set_aside() {
    let about = |kind: &str, value: &str| {
        let settings = json!({ "identifier": { kind: "id" } });
        let body = format!(r#"{{"data":{{"id":"{value}","segment_events":[{{"event":"enter","slug":"vip"}}]}}}}"#);
        let unread = Table::<LyticsIngest>::new(settings).receive(arrival("POST /", body)).shown();
        unread
            .lines()
            .filter(|line| line.starts_with("unread"))
            .map(|line| line.replace(value, "..") + "\n")
            .collect::<String>()
    };
    let all: String = [
        about("external_id", &"x".repeat(988)),
        about("external_id", &"x".repeat(2000)),
        about("email", "nobody"),
        about("phone", "+1 222 CALL ME"),
    ]
    .concat();
    expect![[r#"
        unread at message 1 about external_id:..: its `id` identifies nobody: an external id has at most 987 bytes: {"data":{"id":"..","segment_events":[{"event":"enter","slug":"vip"}]}}
        unread at message 1: its `id` identifies nobody: an external id has at most 987 bytes: {"data":{"id":"..","segment_events":[{"event":"enter","slug":"vip"}]}}
        unread at message 1 about email:..: its `id` identifies ..: an e-mail address has a name, one `@` and a domain, and no white space: {"data":{"id":"..","segment_events":[{"event":"enter","slug":"vip"}]}}
        unread at message 1 about phone:..: its `id` identifies nobody: a phone number has digits, perhaps with `+` in front and spaces, `-`, `.`, `(`, `)` between: {"data":{"id":"..","segment_events":[{"event":"enter","slug":"vip"}]}}
    "#]].assert_eq(&all);
}
