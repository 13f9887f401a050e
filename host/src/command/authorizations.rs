//! `brazeline authorizations`
//!
//! The credentials of a pipeline, as its file has them: never a secret, only where each is to be found. No component is loaded and nobody is
//! asked, so it works anywhere.

use std::path::Path;

use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::{Exit, Outcome};
use crate::clock::Clock;
use crate::config::{self, Authorization, Node, Pipeline, today};
use crate::problem::Clean;

/// Lists them; for machines, as one JSON object a line.
pub fn list(file: &Path, as_json: bool) -> Outcome {
    let pipeline = config::load(file)?;
    let today = today(Clock::system().unix_ms());
    for (number, authorization) in pipeline.authorizations.iter().enumerate() {
        match as_json {
            true => println!("{}", object(&pipeline, authorization, today)),
            false => table(number, &pipeline, authorization, today),
        }
    }
    if pipeline.authorizations.is_empty() && !as_json {
        println!("no authorizations");
    }
    Ok(Exit::Done)
}

fn table(number: usize, pipeline: &Pipeline, authorization: &Authorization, today: Date) {
    let rows = rows(pipeline, authorization, today);
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    if number > 0 {
        println!();
    }
    println!("{}", authorization.name);
    for (name, value) in rows {
        println!("  {:<width$}  {}", Clean(&name).to_string(), Clean(&value));
    }
}

fn rows(pipeline: &Pipeline, of: &Authorization, today: Date) -> Vec<(String, String)> {
    let mut rows = vec![("type".to_owned(), of.kind.value.clone())];
    let mut row = |name: &str, value: Option<String>| rows.extend(value.map(|value| (name.to_owned(), value)));
    row("label", of.label.clone());
    row("description", of.description.clone());
    for (name, value) in &of.members.json {
        row(name, Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
    }
    for (name, reference) in &of.secrets {
        row(name, Some(reference.value.to_string()));
    }
    let hosts: Vec<String> = of.hosts.iter().map(|(name, host)| format!("{name}: {}", host.value)).collect();
    row("hosts", (!hosts.is_empty()).then(|| hosts.join(", ")));
    row("plain_http", of.plain_http.then(|| "true".to_owned()));
    let near = of.expiry(today).and_then(config::Expiry::words).map(|words| format!(" ({words})")).unwrap_or_default();
    row("expires", of.expires.as_ref().map(|expires| format!("{}{near}", expires.value)));
    row("share", (of.share < 1.0).then(|| of.share.to_string()));
    let users: Vec<String> = pipeline.users(of).map(Node::name).collect();
    row("used by", Some(if users.is_empty() { "nobody".to_owned() } else { users.join(", ") }));
    rows
}

fn object(pipeline: &Pipeline, of: &Authorization, today: Date) -> Json {
    let hosts: Json = of.hosts.iter().map(|(name, host)| (name.clone(), Json::from(host.value.to_string()))).collect();
    let secrets: Json =
        of.secrets.iter().map(|(name, from)| (name.clone(), Json::from(from.value.to_string()))).collect();
    json!({
        "name": of.name,
        "type": of.kind.value,
        "label": of.label,
        "description": of.description,
        "members": of.members.json,
        "secrets": secrets,
        "hosts": hosts,
        "plain_http": of.plain_http,
        "expires": of.expires.as_ref().map(|expires| expires.value.to_string()),
        "expires_in_days": of.expires.as_ref().map(|expires| config::days_until(expires.value, today)),
        "share": of.share,
        "used_by": pipeline.users(of).map(|node| json!({ "kind": node.kind.word(), "id": node.id })).collect::<Vec<_>>(),
    })
}
