//! Does the token work?
//!
//! Asked with an upload of one record that Lytics only looks at (`dryrun=true`, "Data Upload API", 2026-11-23): it counts it and keeps
//! nothing. `/c/<account>/<stream>` documents no such thing, so with `mode: single`, too, the question goes to `/collect/json/<stream>`, which
//! takes the same token; the account's number is not proven by it. With `mode: bulk` it goes to `/collect/bulk/<stream>`. What its answers mean:
//!
//! | status | finding |
//! |---|---|
//! | 2xx with the JSON of an upload | the token works, and may upload; whether the stream has a mapping, Lytics does not say |
//! | 401, 403 | the token is unknown or expired, or lacks the role Data Manager |
//! | 404, a redirect | there is no upload at this address: `hosts`, or the stream |
//! | 408, 425, 429, 5xx | nothing is proven; try again later |
//! | anything else | nothing is proven: the message says what Lytics answered |

use brazeline_kit::{Field, Finding, Request, Response};
use serde::Deserialize;
use serde_json::json;

use crate::answer::{NOWHERE, REDIRECTED, TOKEN, reason};
use crate::pack::target;
use crate::settings::{Mode, Settings};

/// The request.
#[must_use]
pub fn ask(settings: &Settings, nonce: &str) -> Request {
    let record = json!({ "brazeline_check": nonce });
    let body = if settings.mode == Mode::Bulk { format!("{record}\n") } else { format!("[{record}]") };
    let mut request = Request::post_json(target(settings.mode), settings.upload_path(), body.into_bytes());
    request.query.push(Field::new("dryrun", "true"));
    request
}

/// What its answer proves.
#[must_use]
pub fn judge(response: &Response) -> Finding {
    match response.status {
        200..=299 if is_an_upload(response) => Finding::Works,
        401 | 403 => Finding::Fails(reason(response, TOKEN)),
        404 => Finding::Fails(reason(response, NOWHERE)),
        300..=399 => Finding::Fails(reason(response, REDIRECTED)),
        408 | 425 | 429 | 500.. => Finding::Unknown(reason(response, "cannot say now; try again later")),
        _ => Finding::Unknown(reason(response, "says nothing that proves anything; check that this is its upload API")),
    }
}

fn is_an_upload(response: &Response) -> bool {
    #[derive(Deserialize)]
    struct Upload {
        #[serde(rename = "data")]
        _data: Counts,
    }
    #[derive(Deserialize)]
    struct Counts {
        #[serde(rename = "message_count")]
        _message_count: u64,
    }
    serde_json::from_slice::<Upload>(&response.body).is_ok()
}

#[cfg(test)]
mod tests {
    use brazeline_kit::testing::{Table, response};
    use expect_test::expect;
    use serde_json::json;

    use crate::LyticsExport;

    #[test]
    fn it_asks_for_nothing_to_be_kept() {
        let nonce = "0123456789abcdef0123456789abcdef";
        let collect = Table::<LyticsExport>::new(json!({ "stream": "crm" })).ask(nonce).shown();
        expect![[r#"
            POST collect /collect/json/crm?dryrun=true
              content-type: application/json
              [{"brazeline_check":"0123456789abcdef0123456789abcdef"}]
        "#]]
        .assert_eq(&collect);
        let single = json!({ "mode": "single", "authorization": { "account": "1234" } });
        let single = Table::<LyticsExport>::new(single).ask(nonce).shown();
        let bulk =
            Table::<LyticsExport>::new(json!({ "mode": "bulk", "format": "csv", "gzip": true })).ask(nonce).shown();
        expect![[r#"
            POST bulk /collect/bulk/braze_users?dryrun=true
              content-type: application/json
              {"brazeline_check":"0123456789abcdef0123456789abcdef"}

        "#]]
        .assert_eq(&bulk);
        assert!(single.starts_with("POST single /collect/json/braze_users?dryrun=true\n"), "{single}");
    }

    #[test]
    fn each_answer_proves_something_or_nothing() {
        let upload =
            r#"{"status":200,"message":"success","data":{"message_count":1,"rejected_count":0,"dryrun":true}}"#;
        let answers = [
            (200, upload),
            (200, "<html>"),
            (400, r#"{"status":400,"message":"bad request"}"#),
            (401, r#"{"errors":[{"code":"UNAUTHORIZED-017"}]}"#),
            (403, r#"{"errors":[{"code":"FORBIDDEN-026"}]}"#),
            (404, ""),
            (302, ""),
            (429, ""),
            (503, ""),
        ];
        let table = Table::<LyticsExport>::new(json!({}));
        let table = answers.iter().fold(table, |table, (status, body)| table.judge(response(*status, &[], body)));
        expect![[r#"
            works

            unknown: Lytics says nothing that proves anything; check that this is its upload API: it answered 200

            unknown: Lytics says nothing that proves anything; check that this is its upload API: it answered 400 (bad request)

            fails: Lytics refuses the token: it needs the role Data Manager, and may have expired; replace it and reload: it answered 401 (UNAUTHORIZED-017)

            fails: Lytics refuses the token: it needs the role Data Manager, and may have expired; replace it and reload: it answered 403 (FORBIDDEN-026)

            fails: Lytics knows no such address: check the account and the stream: it answered 404

            fails: Lytics sends us elsewhere, and nobody follows: check `hosts`: it answered 302

            unknown: Lytics cannot say now; try again later: it answered 429

            unknown: Lytics cannot say now; try again later: it answered 503
        "#]].assert_eq(&table.shown());
    }
}
