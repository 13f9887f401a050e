//! What does Lytics say (contract 8)?

use http::StatusCode;
use serde_json::{Value, json};

use crate::exchange::{Answer, Request};

/// A request that is refused as a whole: the status and the message.
pub type Fatal = (StatusCode, &'static str);

/// How many records were taken and how many were not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Taken.
    pub messages: usize,
    /// Not taken.
    pub rejected: usize,
}

/// The answer to an upload.
#[must_use]
pub fn uploaded(request: &Request, counts: Counts, message: &str) -> Answer {
    let data = json!({
        "message_count": counts.messages,
        "rejected_count": counts.rejected,
        "content-type": request.header("content-type").unwrap_or_default(),
        "droperrors": is_set(request, "droperrors"),
        "dryrun": is_set(request, "dryrun"),
        "timestamp_field": request.parameter("timestamp_field").unwrap_or_default(),
        "filename": request.parameter("filename").unwrap_or_default(),
    });
    Answer::json(StatusCode::OK, &json!({"status": 200, "message": message, "data": data}))
}

/// Whether a parameter is `true`.
#[must_use]
pub fn is_set(request: &Request, name: &str) -> bool {
    request.parameter(name).as_deref() == Some("true")
}

/// The answer to a request that is refused as a whole; `number` makes its id.
#[must_use]
pub fn refusal(status: StatusCode, message: &str, number: u64) -> Answer {
    let body: Value = json!({"status": status.as_u16(), "message": message, "request_id": format!("{number:016x}")});
    Answer::json(status, &body)
}
