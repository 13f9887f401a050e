//! The sandbox as others meet it: over HTTP, and as a program.

#![expect(clippy::unwrap_used, reason = "what goes wrong in a test's helper is a failure of the test")]

mod acts;
mod control;
mod faults;
mod program;
mod scans;

use brazeline_sandbox::{Options, Sandbox};
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

async fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).await.unwrap()
}

/// The status and the text of an answer, or nothing if the connection was cut.
async fn send(method: &str, url: &str, body: &Value) -> Option<(u16, String)> {
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let request = Request::builder().method(method).uri(url);
    let request = request.header("content-type", "application/json").header("authorization", "Bearer braze-key");
    let response = client.request(request.body(Full::from(body.to_string())).unwrap()).await.ok()?;
    let (head, body) = response.into_parts();
    let body = body.collect().await.ok()?.to_bytes();
    Some((head.status.as_u16(), String::from_utf8_lossy(&body).into_owned()))
}

async fn get(url: String) -> String {
    send("GET", &url, &Value::Null).await.unwrap().1
}

/// Sends one person to Braze.
async fn track(sandbox: &Sandbox, id: &str) -> Option<(u16, String)> {
    let url = sandbox.braze().url() + "/users/track";
    send("POST", &url, &json!({"attributes": [{"external_id": id, "city": "<X>"}]})).await
}
