//! Exports of segments by the API: asked for, made in Braze's own time, and fetched from an address (contract 4).
//!
//! The people of a segment are what a test says. The status with which an export is taken on is not documented; 201 is chosen, as for
//! `/users/track`. Nor is what is said to a second export of a segment while one runs, or to more than 100 at once: 400 is chosen. Before a file is
//! made, and after its address has died, its store answers as S3 does to a signed address: 403. A request that shows another credential beside the
//! signature is refused there, too.

use std::collections::BTreeMap;

use http::StatusCode;
use http::header::{CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::limit;
use super::rules::{Made, Rules};
use super::segment::lines_zip;
use super::track::Fatal;
use crate::exchange::{Answer, Request};

/// Where files lie.
const FILES: &str = "/exports/";
/// Contract 4: what times of exports count from.
const EPOCH_2017: i64 = 1_483_228_800;

/// A user, as the API exports it.
pub type User = Map<String, Value>;

/// All exports of a workspace.
#[derive(Debug, Clone, Default)]
pub struct Exports {
    segments: BTreeMap<String, Vec<User>>,
    jobs: Vec<Job>,
}

/// An export.
#[derive(Debug, Clone, Serialize)]
pub struct Job {
    /// Of which segment.
    pub segment: String,
    /// Its name.
    pub prefix: String,
    /// When it was asked for.
    pub asked: Timestamp,
    /// When it is made; none before somebody says so.
    pub made: Option<Timestamp>,
    /// For each request for its file: the names of the headers.
    pub fetched: Vec<Vec<String>>,
    #[serde(skip)]
    users: Vec<User>,
}

#[derive(Deserialize)]
struct Body {
    segment_id: Option<String>,
    fields_to_export: Option<Vec<String>>,
    #[serde(default)]
    custom_attributes_to_export: Vec<String>,
    output_format: Option<String>,
}

impl Exports {
    /// Who is in a segment from now on.
    pub fn put(&mut self, segment: &str, users: Vec<User>) {
        self.segments.insert(segment.to_owned(), users);
    }

    /// Every export that was asked for.
    pub fn jobs(&self) -> &[Job] {
        &self.jobs
    }

    /// Makes what is not made yet.
    pub fn make(&mut self, now: Timestamp) {
        self.jobs.iter_mut().for_each(|job| job.made = Some(job.made.map_or(now, |made| made.min(now))));
    }

    /// Takes an export on.
    pub fn ask(&mut self, request: &Request, rules: &Rules, now: Timestamp) -> Result<Answer, Fatal> {
        let bad = |message| (StatusCode::BAD_REQUEST, message);
        let body: Body =
            serde_json::from_slice(&request.body).map_err(|_| bad("the body is no JSON of the right form"))?;
        let segment = body.segment_id.ok_or(bad("segment_id is needed"))?;
        let fields = body.fields_to_export.filter(|fields| !fields.is_empty());
        let fields = fields.ok_or(bad("fields_to_export is needed"))?;
        if body.custom_attributes_to_export.len() > limit::EXPORT_CUSTOM_ATTRIBUTES {
            return Err(bad("at most 500 custom_attributes_to_export"));
        }
        if body.output_format.is_some_and(|format| !["zip", "gzip"].contains(&format.as_str())) {
            return Err(bad("output_format is zip or gzip"));
        }
        let users = self.segments.get(&segment).ok_or(bad("segment_id is of no segment"))?;
        let running = self.jobs.iter().filter(|job| !job.is_made(now));
        if running.clone().any(|job| job.segment == segment) {
            return Err(bad("an export of this segment is already in progress"));
        }
        if running.count() >= limit::EXPORTS_AT_ONCE {
            return Err(bad("too many exports are running"));
        }
        let users = users.iter().map(|user| exported(user, &fields, &body.custom_attributes_to_export)).collect();
        let made = match rules.exports_made {
            Made::After { ms } => Some(now + SignedDuration::from_millis(i64::from(ms))),
            Made::WhenTold => None,
        };
        let prefix = format!("{:08x}-0000-4000-8000-000000000000-{}", self.jobs.len(), now.as_second() - EPOCH_2017);
        let mut reply = json!({"message": "success", "object_prefix": prefix});
        if !rules.exports_to_a_bucket {
            let own = || format!("http://{}", request.header("host").unwrap_or_default());
            let base = rules.exports_at.clone().unwrap_or_else(own);
            let signature: String = form_urlencoded::byte_serialize(signature(&prefix).as_bytes()).collect();
            reply["url"] = json!(format!("{base}{FILES}{prefix}.zip?X-Signature={signature}"));
        }
        self.jobs.push(Job { segment, prefix, asked: now, made, fetched: Vec::new(), users });
        Ok(Answer::json(StatusCode::CREATED, &reply))
    }

    /// Gives a file; nothing if no file lies under such a path.
    pub fn fetch(&mut self, request: &Request, rules: &Rules, now: Timestamp) -> Option<Answer> {
        let name = request.path.strip_prefix(FILES)?;
        let job = self.jobs.iter_mut().find(|job| name.strip_suffix(".zip") == Some(&job.prefix));
        let Some(job) = job.filter(|job| request.parameter("X-Signature") == Some(signature(&job.prefix))) else {
            return Some(refused(StatusCode::FORBIDDEN, "SignatureDoesNotMatch"));
        };
        job.fetched.push(request.headers.keys().map(|name| name.as_str().to_owned()).collect());
        if request.header("authorization").is_some() {
            return Some(refused(StatusCode::BAD_REQUEST, "InvalidArgument"));
        }
        let dies = |made| made + SignedDuration::from_secs(i64::from(rules.exports_live_s));
        match job.made {
            Some(made) if made <= now && now < dies(made) => Some(part(lines_zip(&job.users), request)),
            _ => Some(refused(StatusCode::FORBIDDEN, "AccessDenied")),
        }
    }
}

impl Job {
    fn is_made(&self, now: Timestamp) -> bool {
        self.made.is_some_and(|made| made <= now)
    }
}

/// What was asked for of a user. All custom attributes are exported if their field is, whatever else is asked for.
fn exported(user: &User, fields: &[String], custom: &[String]) -> User {
    let mut exported: User = user.iter().filter(|(name, _)| fields.contains(name)).map(owned).collect();
    if let (None, Some(Value::Object(all))) = (exported.get("custom_attributes"), user.get("custom_attributes")) {
        let some: User = all.iter().filter(|(name, _)| custom.contains(name)).map(owned).collect();
        if !some.is_empty() {
            exported.insert("custom_attributes".to_owned(), Value::Object(some));
        }
    }
    exported
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

/// With characters that have to be encoded, as such signatures have.
fn signature(prefix: &str) -> String {
    format!("of-{prefix}+/=")
}

fn refused(status: StatusCode, code: &str) -> Answer {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code></Error>");
    let kind = HeaderValue::from_static("application/xml");
    Answer { status, body: body.into(), ..Answer::default() }.with(CONTENT_TYPE, kind)
}

/// All of a file, or what is asked for of it (RFC 9110, section 14).
fn part(file: Vec<u8>, request: &Request) -> Answer {
    let mark = format!("\"{}\"", file.len());
    let is_same = request.header("if-range").is_none_or(|asked| asked == mark);
    let from = request.header("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    let etag = HeaderValue::from_str(&mark).unwrap_or(HeaderValue::from_static("\"\""));
    let size = file.len();
    let answer = match from.filter(|_| is_same) {
        Some(from) if from >= size => refused(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange"),
        Some(from) => {
            let range = HeaderValue::from_str(&format!("bytes {from}-{}/{size}", size - 1));
            let range = range.unwrap_or(HeaderValue::from_static(""));
            let (status, body) = (StatusCode::PARTIAL_CONTENT, file[from..].to_vec().into());
            Answer { status, body, ..Answer::default() }.with(CONTENT_RANGE, range)
        }
        None => Answer { body: file.into(), ..Answer::default() },
    };
    answer.with(ETAG, etag)
}
