//! What is ours and not the vendor's: the page, and what stands under `/sandbox/`.

use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::exchange::{Answer, Request};
use crate::fault::{Every, Fault};
use crate::html;
use crate::stage::{Logged, Stage, Vendor};

/// What may be posted to `/sandbox/faults`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Faults {
    Next(Vec<Fault>),
    Every(Every),
}

/// Answers a request that is not the vendor's.
pub fn answer<V: Vendor>(stage: &mut Stage<V>, request: &Request) -> Answer {
    let done = Answer::json(StatusCode::OK, &json!({"message": "done"}));
    match (&request.method, request.path.as_str()) {
        (&Method::GET, "/") => Answer::html(page(stage)),
        (&Method::GET, "/sandbox/state") => state(stage, request),
        (&Method::GET, "/sandbox/requests") => Answer::json(StatusCode::OK, &stage.log),
        (&Method::GET, "/sandbox/faults") => Answer::json(StatusCode::OK, &stage.script),
        (&Method::GET, "/sandbox/rules") => Answer::json(StatusCode::OK, &stage.vendor.rules()),
        (&Method::POST, "/sandbox/faults") => faults(stage, request).map_or_else(bad, |()| done),
        (&Method::POST, "/sandbox/rules") => rules(stage, request).map_or_else(bad, |()| done),
        (&Method::POST, "/sandbox/apply") => {
            stage.vendor.apply_all();
            done
        }
        (&Method::POST, "/sandbox/reset") => {
            stage.reset();
            done
        }
        (&Method::POST, path) => told(stage, path, &request.body),
        _ => nothing(),
    }
}

/// What only this vendor can be told.
fn told<V: Vendor>(stage: &mut Stage<V>, path: &str, body: &[u8]) -> Answer {
    let what = path.strip_prefix("/sandbox/").unwrap_or_default();
    match stage.vendor.told(what, body) {
        Some(told) => told.map_or_else(bad, |()| Answer::json(StatusCode::OK, &json!({"message": "done"}))),
        None => nothing(),
    }
}

fn nothing() -> Answer {
    Answer::json(StatusCode::NOT_FOUND, &json!({"message": "there is nothing at this address"}))
}

fn bad(message: String) -> Answer {
    Answer::json(StatusCode::BAD_REQUEST, &json!({"message": message}))
}

/// Everything, or the profile that `?profile=kind:id` names.
fn state<V: Vendor>(stage: &Stage<V>, request: &Request) -> Answer {
    match stage.vendor.state(request.parameter("profile").as_deref()) {
        Value::Null => Answer::json(StatusCode::NOT_FOUND, &json!({"message": "there is no such profile"})),
        state => Answer::json(StatusCode::OK, &state),
    }
}

fn faults<V: Vendor>(stage: &mut Stage<V>, request: &Request) -> Result<(), String> {
    let form = "a list of faults, or {\"every\": n, \"fault\": {...}}";
    match serde_json::from_slice(&request.body).map_err(|_| format!("the body is {form}"))? {
        Faults::Next(faults) => stage.script.append(faults),
        Faults::Every(Every { every, fault, .. }) => stage.script.every(every, fault),
    }
    Ok(())
}

/// The rules that are given replace those that are there; the others stay.
fn rules<V: Vendor>(stage: &mut Stage<V>, request: &Request) -> Result<(), String> {
    let given: serde_json::Map<String, Value> =
        serde_json::from_slice(&request.body).map_err(|error| error.to_string())?;
    let mut rules = stage.vendor.rules();
    if let Value::Object(rules) = &mut rules {
        rules.extend(given);
    }
    stage.vendor.set_rules(rules)
}

fn page<V: Vendor>(stage: &Stage<V>) -> String {
    let links = "<p>As JSON: <a href=\"/sandbox/state\">state</a>, <a href=\"/sandbox/requests\">requests</a>, \
        <a href=\"/sandbox/rules\">rules</a>, <a href=\"/sandbox/faults\">faults to come</a>.</p>";
    let columns = ["When", "Method", "Path", "Bytes", "Status", "What went wrong on purpose"];
    let requests =
        html::table("Requests, the newest first", &columns, stage.log.iter().rev().map(row), stage.log.len());
    html::page(&format!("{} sandbox", V::NAME), &format!("{links}{}{requests}", stage.vendor.page()))
}

fn row(one: &Logged) -> Vec<String> {
    let status = if one.status == 0 { "cut".to_owned() } else { one.status.to_string() };
    let fault = one.fault.as_ref().map(|fault| json!(fault).to_string()).unwrap_or_default();
    vec![one.at.to_string(), one.method.clone(), one.path.clone(), one.bytes.to_string(), status, fault]
}
