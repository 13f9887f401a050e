//! What becomes of a delivery, given what is known about it?
//!
//! A policy: it answers and does nothing.

use std::time::Duration;

use crate::component::CallError;
use crate::component::types::{Rejection, Verdict};
use crate::config::OnUnknown;

use super::job::Job;

/// What came back from one attempt.
#[derive(Debug)]
pub enum Answer {
    /// The component read the response.
    Verdict(Verdict),
    /// The component failed on a response with this status.
    Trapped(u16, CallError),
    /// Nothing left this machine.
    NotSent(String),
    /// It broke off after the first byte: nobody knows whether it arrived.
    Unknown(String),
}

impl Answer {
    /// Whether the other side said something.
    #[must_use]
    pub fn came(&self) -> bool {
        matches!(self, Self::Verdict(_) | Self::Trapped(..))
    }

    /// The wait that the other side asks for in as many words.
    #[must_use]
    pub fn wish(&self) -> Option<Duration> {
        match self {
            Self::Verdict(Verdict::Retry(ms)) => hint(*ms),
            _ => None,
        }
    }
}

/// What to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Done, but for these events, by place in the job.
    Accepted(Vec<(usize, String)>),
    /// The same again. `blamed`: the request itself may be at fault, so it counts towards bisecting it.
    Again {
        /// The other side's wish.
        hint: Option<Duration>,
        /// See above.
        blamed: bool,
        /// For the log.
        why: String,
    },
    /// Try its halves.
    Halve(String),
    /// None of its events can be delivered.
    Reject {
        /// Why.
        reason: String,
        /// Some may have been taken.
        may_have_arrived: bool,
    },
    /// Nothing passes before a person acts.
    Stop(String),
}

/// See the module.
#[must_use]
pub fn decide(job: &Job, answer: Answer, on_unknown: OnUnknown) -> Decision {
    let lone = job.items.len() == 1;
    match answer {
        Answer::Verdict(Verdict::Accepted(rejections)) => Decision::Accepted(by_place(rejections)),
        Answer::Verdict(Verdict::AcceptedBut(0)) => Decision::Accepted(Vec::new()),
        Answer::Verdict(Verdict::AcceptedBut(refused)) => accepted_but(
            job,
            format!("the other side accepted the request but for {refused} of its objects and did not say which"),
        ),
        // A wish for a wait is about the rate, not about the request: however often it comes, nothing is wrong with the events.
        Answer::Verdict(Verdict::Retry(ms)) => {
            Decision::Again { hint: hint(ms), blamed: ms == 0, why: "the other side asked for it again".to_owned() }
        }
        Answer::Verdict(Verdict::Split(reason)) if lone => Decision::Reject { reason, may_have_arrived: false },
        Answer::Verdict(Verdict::Split(reason)) => Decision::Halve(reason),
        Answer::Verdict(Verdict::Stop(reason)) => Decision::Stop(reason),
        // Accepted, and nobody can read for whom: what is not repeatable must not be sent again.
        Answer::Trapped(200..=299, error) => {
            accepted_but(job, format!("the component failed on the answer of an accepted request: {error}"))
        }
        Answer::Trapped(_, error) => {
            Decision::Again { hint: None, blamed: true, why: format!("the component failed on the answer: {error}") }
        }
        Answer::NotSent(why) => Decision::Again { hint: None, blamed: false, why },
        Answer::Unknown(why) if job.is_repeatable() || on_unknown == OnUnknown::Repeat => {
            Decision::Again { hint: None, blamed: true, why }
        }
        Answer::Unknown(why) => {
            Decision::Reject { reason: format!("the answer never came: {why}"), may_have_arrived: true }
        }
    }
}

/// A delivery failed so often, while others were accepted, that it is taken apart.
#[must_use]
pub fn give_up(job: &Job, why: String) -> Decision {
    match job.items.len() {
        1 => Decision::Reject {
            reason: format!("it failed {} times while others passed: {why}", job.failed),
            may_have_arrived: false,
        },
        _ => Decision::Halve(why),
    }
}

fn accepted_but(job: &Job, reason: String) -> Decision {
    match (job.is_repeatable(), job.items.len()) {
        (true, 1) => Decision::Reject { reason, may_have_arrived: false },
        (true, _) => Decision::Halve(reason),
        (false, _) => Decision::Reject { reason, may_have_arrived: true },
    }
}

fn by_place(rejections: Vec<Rejection>) -> Vec<(usize, String)> {
    rejections.into_iter().map(|rejection| (rejection.index as usize, rejection.reason)).collect()
}

fn hint(ms: u64) -> Option<Duration> {
    (ms > 0).then(|| Duration::from_millis(ms))
}
