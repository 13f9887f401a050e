//! Answers in the server's own words.

use std::time::Duration;

use serde_json::json;

use crate::component::types::{Field, Reply};
use crate::connector::Refused;

/// A sender of a pipeline that stops asks again after so long: a restart takes a few seconds.
const RESTART_WAIT: Duration = Duration::from_secs(5);

/// Room comes with each request that is answered.
const BEHIND_WAIT: Duration = Duration::from_secs(1);
/// A person has to act first, which takes minutes.
const STOPPED_WAIT: Duration = Duration::from_secs(60);

/// A status and a sentence, as JSON.
#[must_use]
pub fn message(status: u16, text: &str) -> Reply {
    let content_type = Field { name: "content-type".to_owned(), value: "application/json".to_owned() };
    Reply { status, headers: vec![content_type], body: json!({ "message": text }).to_string().into_bytes() }
}

/// The same, with the time after which it is worth trying again.
#[must_use]
pub fn later(status: u16, text: &str, wait: Duration) -> Reply {
    let mut reply = message(status, text);
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    reply.headers.push(Field { name: "retry-after".to_owned(), value: seconds.to_string() });
    reply
}

/// What a sender is told when too many bodies wait already.
pub(super) fn behind() -> Reply {
    refused(&Refused::Behind { retry_after: BEHIND_WAIT })
}

/// What a sender is told whose events were not taken. All of it is worth sending again, so it is never a 4xx for which senders
/// drop data.
#[must_use]
pub fn refused(refused: &Refused) -> Reply {
    match refused {
        Refused::Behind { retry_after } => later(429, "busy: send it again later", *retry_after),
        Refused::Stopping => later(503, "stopping: send it again later", RESTART_WAIT),
        Refused::Stopped => later(503, "a sink has stopped: send it again later", STOPPED_WAIT),
        Refused::Broken(reason) => {
            tracing::error!(reason, "a request could not be stored");
            message(500, "it could not be stored: send it again later")
        }
    }
}
