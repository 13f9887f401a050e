use brazeline_kit::Response;
use brazeline_kit::testing::{Table, response};
use expect_test::{Expect, expect};
use serde_json::json;

use crate::BrazeExport;

/// Two persons, of whom the first has two events; one who did two things and bought one; one person with two events.
const CONTEXTS: [&str; 3] = ["attributes 0+2 2", "events 0 0;purchases 0", "attributes 0+2"];

/// What each answer means for each of the requests, told once where it is the same.
fn check(answers: &[(u16, &str)], expected: Expect) {
    let mut text = String::new();
    for (status, body) in answers {
        let settle = |context: &&str| table().settle(context.as_bytes(), response(*status, &[], body)).shown();
        let mut verdicts = CONTEXTS.iter().map(settle).collect::<Vec<_>>();
        verdicts.dedup();
        text += &format!("{status} {body}\n{}\n", verdicts.join("\n"));
    }
    expected.assert_eq(&text);
}

fn table() -> Table<BrazeExport> {
    Table::new(json!({}))
}

#[test]
fn accepted() {
    check(
        &[
            (201, r#"{"message":"success","attributes_processed":2}"#),
            (202, r#"{"message":"queued"}"#),
            (200, r#"{"message":"success"}"#),
            (201, "{}"),
            (201, ""),
            (200, "<html>"),
        ],
        expect![[r#"
            201 {"message":"success","attributes_processed":2}
            accepted

            202 {"message":"queued"}
            accepted

            200 {"message":"success"}
            accepted

            201 {}
            accepted

            201 
            accepted

            200 <html>
            retry after 0 ms

        "#]],
    );
}

#[test]
fn accepted_but_for_some() {
    check(
        &[
            (
                201,
                r#"{"message":"success","errors":[{"type":"EMAIL_BAD_FORMAT","input_array":"attributes","index":0}]}"#,
            ),
            (201, r#"{"message":"success","errors":[{"type":"'name' is required","input_array":"events","index":1}]}"#),
            (201, r#"{"message":"success","errors":[{"type":"X","index":1},{"type":"Y","index":1}]}"#),
            (201, r#"{"message":"success","errors":[{"type":"X","input_array":"attributes","index":9}]}"#),
            (201, r#"{"message":"success","errors":["a@example.com is bad","b"]}"#),
            (201, r#"{"message":"success","errors":[{}]}"#),
            (201, r#"{"message":"success","errors":"bad"}"#),
            (201, r#"{"message":"success","errors":[]}"#),
        ],
        expect![[r#"
            201 {"message":"success","errors":[{"type":"EMAIL_BAD_FORMAT","input_array":"attributes","index":0}]}
            accepted
            0 rejected: Braze refuses this object in `attributes`: EMAIL_BAD_FORMAT
            1 rejected: Braze refuses this object in `attributes`: EMAIL_BAD_FORMAT

            accepted but 1

            accepted
            0 rejected: Braze refuses this object in `attributes`: EMAIL_BAD_FORMAT
            1 rejected: Braze refuses this object in `attributes`: EMAIL_BAD_FORMAT

            201 {"message":"success","errors":[{"type":"'name' is required","input_array":"events","index":1}]}
            accepted but 1

            accepted
            0 rejected: Braze refuses this object in `events`: name is required

            accepted but 1

            201 {"message":"success","errors":[{"type":"X","index":1},{"type":"Y","index":1}]}
            accepted
            2 rejected: Braze refuses this object: X

            accepted but 2

            201 {"message":"success","errors":[{"type":"X","input_array":"attributes","index":9}]}
            accepted but 1

            201 {"message":"success","errors":["a@example.com is bad","b"]}
            accepted but 2

            accepted
            0 rejected: Braze refuses this object: … is bad
            1 rejected: Braze refuses this object: … is bad

            201 {"message":"success","errors":[{}]}
            accepted but 1

            accepted
            0 rejected: Braze refuses this object and does not say why
            1 rejected: Braze refuses this object and does not say why

            201 {"message":"success","errors":"bad"}
            accepted but 1

            accepted
            0 rejected: Braze refuses this object: bad
            1 rejected: Braze refuses this object: bad

            201 {"message":"success","errors":[]}
            accepted

        "#]],
    );
}

#[test]
fn refused() {
    check(
        &[
            (201, r#"{"message":"Valid data must be provided in 'attributes'","errors":["no data"]}"#),
            (400, r#"{"message":"Max Input Length Exceeded"}"#),
            (400, r#"{"message":"bad","errors":[{"type":"a@example.com is bad"}]}"#),
            (401, r#"{"message":"Invalid API key: 0123456789"}"#),
            (401, r#"{"message":"the API key lacks the permission users.track"}"#),
            (403, "{}"),
            (404, "Not Found"),
            (301, ""),
            (413, ""),
            (415, ""),
            (408, ""),
            (429, r#"{"message":"Rate limited"}"#),
            (500, ""),
            (503, "<html>"),
        ],
        expect![[r#"
            201 {"message":"Valid data must be provided in 'attributes'","errors":["no data"]}
            split: Braze answers 201 (Valid data must be provided in attributes: no data): that is a refusal of the request as a whole

            400 {"message":"Max Input Length Exceeded"}
            split: Braze answers 400 (Max Input Length Exceeded): it refuses the request as a whole

            400 {"message":"bad","errors":[{"type":"a@example.com is bad"}]}
            split: Braze answers 400 (bad: … is bad): it refuses the request as a whole

            401 {"message":"Invalid API key: 0123456789"}
            stop: Braze answers 401 (Invalid API key: …): it does not know the API key; check `api_key`, and that it belongs to this instance, since the key of another one is answered the same way

            401 {"message":"the API key lacks the permission users.track"}
            stop: Braze answers 401 (the API key lacks the permission users.track): the key needs the permission `users.track`, and the plan has to allow it

            403 {}
            stop: Braze answers 403: the key needs the permission `users.track`, and the plan has to allow it

            404 Not Found
            stop: Braze answers 404: there is no `/users/track` here; check `instance` or `hosts`

            301 
            stop: Braze answers 301: no request is redirected; check `instance` or `hosts`

            413 
            split: Braze answers 413: the request is too large; a lower `body_limit_bytes` avoids this

            415 
            split: Braze answers 415: it refuses the request as a whole

            408 
            retry after 0 ms

            429 {"message":"Rate limited"}
            retry after 0 ms

            500 
            retry after 0 ms

            503 <html>
            retry after 0 ms

        "#]],
    );
}

#[test]
fn an_answer_that_broke_off_is_taken_at_its_status() {
    let broken = |status| Response { complete: false, ..response(status, &[], r#"{"message":"succ"#) };
    let shown = [201, 200, 500].map(|status| table().settle(b"attributes 0", broken(status)).shown());
    assert_eq!(shown, ["accepted\n", "accepted\n", "retry after 0 ms\n"]);
}

#[test]
fn waits_and_budgets_come_with_any_answer() {
    type Headers = &'static [(&'static str, &'static str)];
    let spent: Headers = &[("x-ratelimit-limit", "9"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "3")];
    let budget = "budget track: 0 of Some(9), resets in 3000 ms\n";
    let cases: [(u16, Headers, &str, &str); 5] = [
        (201, spent, "accepted\n", budget),
        (429, spent, "retry after 3000 ms\n", budget),
        (
            429,
            &[("x-ratelimit-retry-after", "2")],
            "retry after 2000 ms\n",
            "budget track: 0 of Some(3000), resets in 2000 ms\n",
        ),
        // When a budget is new says nothing about a server that fails.
        (503, spent, "retry after 0 ms\n", budget),
        (503, &[("retry-after", "5")], "retry after 5000 ms\n", ""),
    ];
    for (status, headers, verdict, budget) in cases {
        let answer = response(status, headers, r#"{"message":"success"}"#);
        let shown = table().settle(b"attributes 0", answer).shown();
        assert_eq!(shown, format!("{verdict}{budget}"), "{status} {headers:?}");
    }
}
