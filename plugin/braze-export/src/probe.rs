//! Does the key work?
//!
//! Asked with an object that is about nobody: an alias that has a random name, update-only, and of which an audience is taken away that
//! there is not. Braze takes it, finds no such profile, and nothing changes. What its answers mean:
//!
//! | status | finding |
//! |---|---|
//! | 201, 202 | the key works, and has the permission of the endpoint (`users.track`, `users.track.bulk`) |
//! | 401 | it does not know the key; or the key is good and belongs to another instance, which is answered the same way |
//! | 403, or words about a permission | the key lacks the permission of the endpoint, or the plan does not allow the endpoint |
//! | 404, a redirect | nothing of Braze's is at this address |
//! | 408, 429, 5xx | nothing is proven; try again later |
//! | anything else | nothing is proven: the message says what Braze answered |
//!
//! A 2xx whose message is no success, or that is no JSON, proves nothing, either: somebody else may have answered.

use brazeline_kit::{Finding, Request, Response};
use serde_json::json;

use crate::answer::Answer;
use crate::identifier::UPDATE_ONLY;
use crate::pack::post;
use crate::settings::Settings;
use crate::settle::{REDIRECTED, UNKNOWN_KEY, is_about_permission, lacks_permission, nothing_here, said};

/// The label of the alias that nobody has, and the audience that there is not.
const LABEL: &str = "brazeline_check";

/// The request.
#[must_use]
pub fn ask(settings: &Settings, nonce: &str) -> Request {
    let object = json!({
        "user_alias": {"alias_name": nonce, "alias_label": LABEL},
        UPDATE_ONLY: true,
        settings.membership_attribute.as_str(): {"remove": [LABEL]},
    });
    post(settings, json!({"attributes": [object]}).to_string().into_bytes())
}

/// What its answer proves.
#[must_use]
pub fn judge(settings: &Settings, response: &Response) -> Finding {
    let answer = Answer::read(&response.body);
    let endpoint = settings.endpoint;
    match response.status {
        200..=299 if answer.as_ref().is_some_and(Answer::is_success) => Finding::Works,
        201 | 202 if !response.complete => Finding::Works,
        400..=499 if is_about_permission(&answer) => {
            Finding::Fails(said(response, &answer, &lacks_permission(endpoint)))
        }
        300..=399 => Finding::Fails(said(response, &answer, REDIRECTED)),
        401 => Finding::Fails(said(response, &answer, UNKNOWN_KEY)),
        403 => Finding::Fails(said(response, &answer, &lacks_permission(endpoint))),
        404 => Finding::Fails(said(response, &answer, &nothing_here(endpoint))),
        429 => Finding::Unknown(said(response, &answer, "its rate limit is spent; try again later")),
        408 | 500.. => Finding::Unknown(said(response, &answer, "it has a problem of its own; try again later")),
        _ => Finding::Unknown(said(response, &answer, "that proves nothing; check that this is Braze's REST host")),
    }
}

#[cfg(test)]
mod tests {
    use brazeline_kit::testing::{Table, response};
    use expect_test::expect;

    use super::*;
    use crate::BrazeExport;

    #[test]
    fn it_asks_for_nothing_to_change() {
        let nonce = "0123456789abcdef0123456789abcdef";
        let ask = |settings| Table::<BrazeExport>::new(settings).ask(nonce).shown();
        expect![[r#"
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"_update_existing_only":true,"lytics_segments":{"remove":["brazeline_check"]},"user_alias":{"alias_label":"brazeline_check","alias_name":"0123456789abcdef0123456789abcdef"}}]}
        "#]]
        .assert_eq(&ask(json!({})));
        assert!(ask(json!({"endpoint": "bulk"})).starts_with("POST rest /users/track/bulk\n"));
    }

    #[test]
    fn each_answer_proves_something_or_nothing() {
        let answers = [
            (201, r#"{"message":"success","attributes_processed":1}"#),
            (202, r#"{"message":"queued"}"#),
            (200, "<html>"),
            (201, r#"{"message":"Valid data must be provided"}"#),
            (301, ""),
            (400, r#"{"message":"bad"}"#),
            (401, r#"{"message":"Invalid API key: 0123456789"}"#),
            (401, r#"{"message":"the API key lacks the permission users.track"}"#),
            (403, "{}"),
            (404, "Not Found"),
            (429, r#"{"message":"Rate limited"}"#),
            (503, "<html>"),
        ];
        let judge = |settings: &serde_json::Value| {
            let table = Table::<BrazeExport>::new(settings.clone());
            answers.iter().fold(table, |table, (status, body)| table.judge(response(*status, &[], body))).shown()
        };
        expect![[r#"
            works

            works

            unknown: Braze answers 200: that proves nothing; check that this is Braze's REST host

            unknown: Braze answers 201 (Valid data must be provided): that proves nothing; check that this is Braze's REST host

            fails: Braze answers 301: no request is redirected; check `instance` or `hosts`

            unknown: Braze answers 400 (bad): that proves nothing; check that this is Braze's REST host

            fails: Braze answers 401 (Invalid API key: …): it does not know the API key; check `api_key`, and that it belongs to this instance, since the key of another one is answered the same way

            fails: Braze answers 401 (the API key lacks the permission users.track): the key needs the permission `users.track`, and the plan has to allow it

            fails: Braze answers 403: the key needs the permission `users.track`, and the plan has to allow it

            fails: Braze answers 404: there is no `/users/track` here; check `instance` or `hosts`

            unknown: Braze answers 429 (Rate limited): its rate limit is spent; try again later

            unknown: Braze answers 503: it has a problem of its own; try again later
        "#]].assert_eq(&judge(&json!({})));
        assert!(judge(&json!({"endpoint": "bulk"})).contains("the key needs the permission `users.track.bulk`"));
    }
}
