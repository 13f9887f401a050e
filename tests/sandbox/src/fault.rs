//! What goes wrong with the next requests?
//!
//! A [`Script`] is a queue of [`Fault`]s, each used for one request, and perhaps one fault that strikes every nth request.

use std::collections::VecDeque;
use std::time::Duration;

use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::exchange::Answer;

/// One thing that goes wrong with one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// Nothing: so that a later request goes wrong.
    Fine,
    /// 429; nothing is applied.
    TooMany {
        /// How the answer says when to come back.
        #[serde(default)]
        reset: Reset,
    },
    /// Any other status; nothing is applied.
    Status {
        /// The status.
        status: u16,
        /// The seconds of a `Retry-After` header, if there shall be one.
        #[serde(default)]
        retry_after_s: Option<u32>,
    },
    /// The connection is cut; nothing is applied.
    Cut,
    /// Everything is applied, then the connection is cut.
    AcceptThenCut,
    /// Everything is applied, the answer comes late.
    Slow {
        /// How late, in milliseconds.
        ms: u32,
    },
    /// Everything is applied, and only half of the answer's JSON comes.
    BrokenBody,
    /// Everything is applied, and the connection is cut in the middle of the answer's body.
    BreakOff,
    /// Everything is applied, and a page for people comes in place of the answer's JSON, with its status.
    Garbage,
    /// Objects are refused by their places.
    RefuseAt {
        /// The array; Lytics has only one and does not look here.
        #[serde(default = "attributes")]
        array: String,
        /// The places in it.
        indexes: Vec<usize>,
    },
    /// The first objects are refused, and the answer says only how many.
    RefuseCount {
        /// How many.
        count: usize,
    },
    /// Everything is applied, but the answer's `message` is this one.
    Say {
        /// The message.
        message: String,
    },
}

fn attributes() -> String {
    "attributes".into()
}

/// How a 429 says when to come back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reset {
    /// `X-RateLimit-Reset` in seconds since 1970, so many seconds from now (contract 1.4, the general page).
    Epoch(u32),
    /// `X-RateLimit-Reset` in seconds left (contract 1.4, MAU plans).
    Delta(u32),
    /// `X-Ratelimit-Retry-After` in seconds, and no other header (contract 1.4, a 429 of MAU plans).
    RetryAfter(u32),
    /// No header at all (contract 8, Lytics).
    #[default]
    Unsaid,
}

impl Reset {
    /// Adds its headers to a 429.
    #[must_use]
    pub fn told(self, answer: Answer, now: Timestamp) -> Answer {
        let spent = |answer: Answer| answer.with_number("x-ratelimit-limit", 1).with_number("x-ratelimit-remaining", 0);
        match self {
            Self::Epoch(s) => spent(answer).with_number("x-ratelimit-reset", now.as_second() + i64::from(s)),
            Self::Delta(s) => spent(answer).with_number("x-ratelimit-reset", i64::from(s)),
            Self::RetryAfter(s) => answer.with_number("x-ratelimit-retry-after", i64::from(s)),
            Self::Unsaid => answer,
        }
    }
}

impl Fault {
    /// The status of a fault that replaces the vendor's own answer.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::TooMany { .. } => Some(StatusCode::TOO_MANY_REQUESTS),
            Self::Status { status, .. } => {
                Some(StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
            }
            _ => None,
        }
    }

    /// How long a slow answer takes.
    #[must_use]
    pub fn delay(&self) -> Option<Duration> {
        match self {
            Self::Slow { ms } => Some(Duration::from_millis(u64::from(*ms))),
            _ => None,
        }
    }
}

/// Which requests go wrong, and how.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Script {
    queue: VecDeque<Fault>,
    every: Option<Every>,
}

/// A fault that strikes again and again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Every {
    /// Every nth request from now on.
    pub every: u64,
    /// What goes wrong with it.
    pub fault: Fault,
    /// How many requests came since.
    #[serde(default)]
    pub seen: u64,
}

impl Script {
    /// These go wrong next, one request each, after what is queued already.
    pub fn append(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.queue.extend(faults);
    }

    /// Every nth request goes wrong from now on; 0 means none.
    pub fn every(&mut self, every: u64, fault: Fault) {
        self.every = (every > 0).then_some(Every { every, fault, seen: 0 });
    }

    /// What goes wrong with this request.
    pub fn draw(&mut self) -> Option<Fault> {
        let regular = self.every.as_mut().and_then(Every::draw);
        self.queue.pop_front().or(regular)
    }
}

impl Every {
    fn draw(&mut self) -> Option<Fault> {
        self.seen += 1;
        self.seen.is_multiple_of(self.every).then(|| self.fault.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_used_once_and_one_strikes_every_nth_time() {
        let mut script = Script::default();
        script.append([Fault::Cut, Fault::BrokenBody]);
        script.every(3, Fault::AcceptThenCut);
        let drawn: Vec<Option<Fault>> = (0..7).map(|_| script.draw()).collect();
        let every = Some(Fault::AcceptThenCut);
        assert_eq!(drawn, [Some(Fault::Cut), Some(Fault::BrokenBody), every.clone(), None, None, every, None]);
    }

    #[test]
    fn a_429_says_in_four_ways_when_to_come_back() {
        let now = Timestamp::from_second(1_795_600_000).unwrap();
        // (how, the headers: contract 1.4)
        let table = [
            (Reset::Epoch(7), "limit=1 remaining=0 reset=1795600007"),
            (Reset::Delta(7), "limit=1 remaining=0 reset=7"),
            (Reset::RetryAfter(7), "retry-after=7"),
            (Reset::Unsaid, ""),
        ];
        for (reset, expected) in table {
            let answer = reset.told(Answer::default(), now);
            let name = |name: &http::HeaderName| name.as_str().trim_start_matches("x-ratelimit-").to_owned();
            let header = answer.headers.iter().map(|(key, value)| format!("{}={}", name(key), value.to_str().unwrap()));
            assert_eq!(header.collect::<Vec<_>>().join(" "), expected, "{reset:?}");
        }
    }

    #[test]
    fn reads_from_json() {
        let json = r#"[{"fault":"too_many","reset":{"epoch":2}},{"fault":"too_many"},{"fault":"status","status":503},
            {"fault":"cut"},{"fault":"slow","ms":5},{"fault":"refuse_at","indexes":[1]}]"#;
        let faults: Vec<Fault> = serde_json::from_str(json).unwrap();
        let expected = [
            Fault::TooMany { reset: Reset::Epoch(2) },
            Fault::TooMany { reset: Reset::Unsaid },
            Fault::Status { status: 503, retry_after_s: None },
            Fault::Cut,
            Fault::Slow { ms: 5 },
            Fault::RefuseAt { array: "attributes".into(), indexes: vec![1] },
        ];
        assert_eq!(faults, expected);
    }
}
