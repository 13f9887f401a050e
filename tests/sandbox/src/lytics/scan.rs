//! Segment scans: who is in an audience, page by page (contract 9.3).
//!
//! A scan is of those who were in the audience when its first page was asked for; their fields and memberships are those of the moment at
//! which their page is asked for. Where the contract is silent: a `limit` over 100 is refused, `fields` leaves out all that it does not name,
//! and a token that is too old, used too often or of another scan is answered with 400.

mod filterql;

use std::collections::BTreeMap;
use std::sync::Arc;

use http::header::DATE;
use http::{HeaderValue, Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::options::Rules;
use super::people::{People, Person};
use super::reply::Fatal;
use crate::exchange::{Answer, Request};

/// People on a page if nobody says: 10 (9.3).
const PAGE: usize = 10;

/// The most people on a page: 100 (9.3).
const MOST: usize = 100;

/// The scans that run.
#[derive(Debug, Clone, Default)]
pub struct Scans {
    /// What each token leads to.
    tokens: BTreeMap<String, Token>,
    count: u64,
}

#[derive(Debug, Clone)]
struct Token {
    question: Question,
    /// Everybody in the scan, by name. All its pages share the list.
    names: Arc<[String]>,
    /// How many of them were on pages.
    done: usize,
    number: u64,
    given_at: Timestamp,
    uses: u32,
}

/// Who was asked for: audiences by id.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Question(Vec<String>);

/// Whether this is a scan.
#[must_use]
pub fn is_asked(request: &Request) -> bool {
    request.path.starts_with("/api/segment/")
}

impl Scans {
    /// Answers a page.
    pub fn page(
        &mut self,
        request: &Request,
        people: &People,
        rules: &Rules,
        message: &str,
        now: Timestamp,
    ) -> Result<Answer, Fatal> {
        let question = question(request, people)?;
        let limit = limit(request)?;
        let token = match request.parameter("start").filter(|start| !start.is_empty()) {
            Some(start) => self.go_on(&start, &question, rules, now)?,
            None => self.begin(question, people, now),
        };
        let fields = request.parameter("fields");
        let fields: Option<Vec<String>> = fields.map(|fields| fields.split(',').map(str::to_owned).collect());
        let page = token.names.iter().skip(token.done).take(limit);
        let rows: Vec<Value> =
            page.filter_map(|name| Some(row(people, people.get(name)?, fields.as_deref(), rules))).collect();
        let total = token.names.len();
        let next = self.next(token, limit, now);
        let mut body = json!({"status": 200, "message": message, "total": total, "data": rows});
        body[rules.scan_next_name.as_str()] = Value::String(next);
        Ok(dated(Answer::json(StatusCode::OK, &body), now))
    }

    fn begin(&mut self, question: Question, people: &People, now: Timestamp) -> Token {
        self.count += 1;
        let names = people.members(&question.0).map(|(name, _)| name.to_owned()).collect();
        Token { question, names, done: 0, number: self.count, given_at: now, uses: 0 }
    }

    fn go_on(&mut self, start: &str, question: &Question, rules: &Rules, now: Timestamp) -> Result<Token, Fatal> {
        const OLD: Fatal = (StatusCode::BAD_REQUEST, "start is unknown or no longer recent");
        let token = self.tokens.get_mut(start).ok_or(OLD)?;
        let is_old = rules.scan_token_ms.is_some_and(|ms| {
            now.duration_since(token.given_at) > SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX))
        });
        token.uses += 1;
        let is_used = rules.scan_token_uses.is_some_and(|uses| token.uses > uses);
        if is_old || is_used || token.question != *question { Err(OLD) } else { Ok(token.clone()) }
    }

    /// The token of the next page; empty at the end.
    fn next(&mut self, token: Token, limit: usize, now: Timestamp) -> String {
        let done = token.done + limit;
        if done >= token.names.len() {
            return String::new();
        }
        let next = format!("scan{}-{done}", token.number);
        self.tokens.insert(next.clone(), Token { done, given_at: now, uses: 0, ..token });
        next
    }
}

fn question(request: &Request, people: &People) -> Result<Question, Fatal> {
    let parts: Vec<&str> = request.path.split('/').skip(3).collect();
    match (&request.method, parts.as_slice()) {
        (&Method::POST, ["scan"]) => posted(request, people),
        (&Method::GET, [audience, "scan"]) => {
            let id = people.find(audience).ok_or((StatusCode::NOT_FOUND, "there is no such audience"))?;
            Ok(Question(vec![id.to_owned()]))
        }
        (_, ["scan"] | [_, "scan"]) => Err((StatusCode::METHOD_NOT_ALLOWED, "an audience is GET, FilterQL is POST")),
        _ => Err((StatusCode::NOT_FOUND, "there is nothing at this address")),
    }
}

fn posted(request: &Request, people: &People) -> Result<Question, Fatal> {
    if request.header("content-type").is_none_or(|kind| !kind.starts_with("text/plain")) {
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "FilterQL is text/plain"));
    }
    let text = std::str::from_utf8(&request.body).map_err(|_| (StatusCode::BAD_REQUEST, "the body is not UTF-8"))?;
    let included = filterql::included(text).ok_or((StatusCode::BAD_REQUEST, "the FilterQL cannot be read"))?;
    let ids = included.iter().map(|name| people.find(name).map(str::to_owned)).collect::<Option<_>>();
    ids.map(Question).ok_or((StatusCode::BAD_REQUEST, "the FilterQL includes an audience that is not there"))
}

fn limit(request: &Request) -> Result<usize, Fatal> {
    let Some(limit) = request.parameter("limit") else { return Ok(PAGE) };
    let limit = limit.parse().ok().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or((StatusCode::BAD_REQUEST, "limit is a number from 1 to 100"))
}

/// A profile with its audiences. Numbers come as texts, as in the replies that were seen.
fn row(people: &People, person: &Person, fields: Option<&[String]>, rules: &Rules) -> Value {
    let is_wanted = |name: &str| fields.is_none_or(|fields| fields.iter().any(|field| field == name));
    let chosen = person.fields.iter().filter(|(name, _)| is_wanted(name));
    let mut row: Map<String, Value> = chosen.map(|(name, value)| (name.clone(), numbers_as_texts(value))).collect();
    if is_wanted(&rules.membership_name) {
        row.insert(rules.membership_name.clone(), json!(people.slugs(person)));
    }
    Value::Object(row)
}

fn numbers_as_texts(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        Value::Array(items) => items.iter().map(numbers_as_texts).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), numbers_as_texts(value))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// With the time at which it was made.
fn dated(answer: Answer, now: Timestamp) -> Answer {
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&now);
    match date.ok().and_then(|date| HeaderValue::from_str(&date).ok()) {
        Some(date) => answer.with(DATE, date),
        None => answer,
    }
}

#[cfg(test)]
mod tests;
