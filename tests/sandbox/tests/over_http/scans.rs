//! Scans of audiences, as a poller meets them.

use brazeline_sandbox::lytics::{Export, Rules};
use brazeline_sandbox::{Fault, Sandbox};
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use super::{get, sandbox, send};

/// An answer: status, date, and the body, if all of it came.
type Answered = (u16, Option<String>, Option<Bytes>);

/// Asks for a page of everybody in `vip` or `new`.
async fn ask(sandbox: &Sandbox, query: &str) -> Answered {
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let url = format!("{}/api/segment/scan?{query}", sandbox.lytics().url());
    let request = Request::post(url).header("authorization", "lytics-token").header("content-type", "text/plain");
    let question = "FILTER OR (INCLUDE vip, INCLUDE new) FROM user";
    let (head, body) = client.request(request.body(Full::from(question)).unwrap()).await.unwrap().into_parts();
    let date = head.headers.get_all("date").iter().map(|date| date.to_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert!(date.len() <= 1, "{date:?}");
    (head.status.as_u16(), date.into_iter().next(), body.collect().await.ok().map(|body| body.to_bytes()))
}

/// The token of the next page, and whom the page is about.
fn page(answered: &Answered) -> (String, Vec<String>) {
    let page: Value = serde_json::from_slice(answered.2.as_ref().unwrap()).unwrap();
    let id = |row: &Value| row["user_id"].as_str().unwrap().to_owned();
    (page["_next"].as_str().unwrap().to_owned(), page["data"].as_array().unwrap().iter().map(id).collect())
}

/// Five people, as somebody who has no Rust puts them.
async fn peopled() -> Sandbox {
    let sandbox = sandbox().await;
    let person = |n: u32| json!({ "name": n.to_string(), "fields": { "user_id": n }, "audiences": ["vip"] });
    let people: Vec<Value> = (1..=5).map(person).collect();
    let url = sandbox.lytics().url() + "/sandbox/people";
    assert_eq!(send("POST", &url, &json!(people)).await.unwrap().0, 200);
    assert_eq!(send("POST", &url, &json!([{ "nobody": 1 }])).await.unwrap().0, 400);
    assert_eq!(send("POST", &(sandbox.braze().url() + "/sandbox/people"), &json!([])).await.unwrap().0, 404);
    sandbox
}

#[tokio::test]
async fn page_by_page() {
    let sandbox = peopled().await;
    sandbox.lytics().change(|lytics| {
        lytics.people.leave("2", "vip");
        lytics.people.enter("3", "new");
        lytics.people.create("new");
    });
    let first = ask(&sandbox, "limit=3").await;
    assert_eq!(page(&first), ("scan1-3".to_owned(), vec!["1".to_owned(), "3".to_owned(), "4".to_owned()]));
    assert!(first.1.is_some_and(|date| date.ends_with(" GMT")));
    assert_eq!(page(&ask(&sandbox, "limit=3&start=scan1-3").await), (String::new(), vec!["5".to_owned()]));
    assert!(get(sandbox.lytics().url() + "/sandbox/state").await.contains(r#""3":{"audiences":["new","vip"]"#));
    let file = Export::new("vip", &["user_id"]).write(&sandbox.lytics().state().people, jiff::Timestamp::UNIX_EPOCH);
    assert_eq!(String::from_utf8_lossy(&file.bytes), "user_id\n1\n3\n4\n5\n");
}

#[tokio::test]
async fn the_second_page_breaks_off_and_is_asked_for_again() {
    let sandbox = peopled().await;
    sandbox.lytics().change(|lytics| lytics.people.create("new"));
    sandbox.lytics().script([Fault::Fine, Fault::BreakOff, Fault::Garbage, Fault::BrokenBody]);
    let (next, _) = page(&ask(&sandbox, "limit=3").await);
    let again = format!("limit=3&start={next}");
    let broken = ask(&sandbox, &again).await;
    assert_eq!((broken.0, broken.2), (200, None));
    for _ in 0..2 {
        let (status, _, body) = ask(&sandbox, &again).await;
        assert!(status == 200 && serde_json::from_slice::<Value>(&body.unwrap()).is_err());
    }
    assert_eq!(page(&ask(&sandbox, &again).await).1, ["4", "5"]);
}

#[tokio::test]
async fn a_token_that_was_used_too_often() {
    let sandbox = peopled().await;
    let rules = json!({ "scan_token_uses": 1 });
    send("POST", &(sandbox.lytics().url() + "/sandbox/rules"), &rules).await.unwrap();
    sandbox.lytics().change(|lytics| lytics.people.create("new"));
    let (next, _) = page(&ask(&sandbox, "limit=3").await);
    let again = format!("limit=3&start={next}");
    assert_eq!((ask(&sandbox, &again).await.0, ask(&sandbox, &again).await.0), (200, 400));
    assert_eq!(Rules::default().scan_token_uses, None);
}
