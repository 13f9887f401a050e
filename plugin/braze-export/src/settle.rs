//! What does an answer mean for the events behind its request?
//!
//! The status says whether the request was taken. A 2xx whose message is a fatal one took nothing, whatever its status, so it is
//! taken apart like a 400. A 201 without a readable body is taken at its word: Braze queues before it answers, and to send events again
//! would make them twice.

use std::collections::BTreeMap;

use brazeline_kit::{Rejection, Response, Settled, Verdict};

use crate::allowance;
use crate::answer::{Answer, ItemError};
use crate::context::Context;

/// See the module.
#[must_use]
pub fn settle(context: &[u8], response: &Response) -> Settled {
    let answer = Answer::read(&response.body);
    let verdict = match response.status {
        200..=299 => taken(context, response, answer),
        300..=399 => Verdict::Stop(said(response, &answer, "no request is redirected; check `instance` or `hosts`")),
        401 => Verdict::Stop(said(
            response,
            &answer,
            "it does not know the API key; check `api_key`, and that it belongs to this instance, since the key of another one is \
             answered the same way",
        )),
        403 => Verdict::Stop(said(
            response,
            &answer,
            "the key needs the permission `users.track`, and the plan has to allow it",
        )),
        404 => Verdict::Stop(said(response, &answer, "there is no `/users/track` here; check `instance` or `hosts`")),
        408 | 500..=599 => Verdict::Retry(allowance::asked_ms(response).unwrap_or(0)),
        429 => Verdict::Retry(allowance::wait_ms(response)),
        413 => {
            Verdict::Split(said(response, &answer, "the request is too large; a lower `body_limit_bytes` avoids this"))
        }
        _ => Verdict::Split(said(response, &answer, "it refuses the request as a whole")),
    };
    Settled { verdict, budgets: allowance::budgets(response) }
}

fn taken(context: &[u8], response: &Response, answer: Option<Answer>) -> Verdict {
    match answer {
        Some(answer) if !answer.is_success() => {
            Verdict::Split(said(response, &Some(answer), "that is a refusal of the request as a whole"))
        }
        Some(answer) => taken_but(&Context::read(context), &answer.errors),
        None if response.complete && !matches!(response.status, 201 | 202) => {
            // Braze says 201 or 202, and JSON. Somebody else answered, so nothing is known to have arrived.
            Verdict::Retry(0)
        }
        None => Verdict::Accepted(Vec::new()),
    }
}

/// Every error names its object, or nobody knows which of them are meant.
fn taken_but(context: &Context, errors: &[ItemError]) -> Verdict {
    let mut rejected: BTreeMap<u32, &ItemError> = BTreeMap::new();
    for error in errors {
        let Some((first, count)) = behind(context, error) else {
            return Verdict::AcceptedBut(u32::try_from(errors.len()).unwrap_or(u32::MAX));
        };
        for event in first..first.saturating_add(count) {
            rejected.entry(event).or_insert(error);
        }
    }
    let reject = |(index, error): (u32, &ItemError)| Rejection { index, reason: reason(error) };
    Verdict::Accepted(rejected.into_iter().map(reject).collect())
}

fn behind(context: &Context, error: &ItemError) -> Option<(u32, u32)> {
    match error.index {
        Some(index) => context.behind(error.array.as_deref(), index),
        None => context.only(),
    }
}

fn reason(error: &ItemError) -> String {
    let array = error.array.as_deref().map(|array| format!(" in `{array}`")).unwrap_or_default();
    match error.what.as_str() {
        "" => format!("Braze refuses this object{array} and does not say why"),
        what => format!("Braze refuses this object{array}: {what}"),
    }
}

/// The status, Braze's words, and what to do.
fn said(response: &Response, answer: &Option<Answer>, help: &str) -> String {
    match answer.as_ref().map(Answer::words).unwrap_or_default() {
        words if words.is_empty() => format!("Braze answers {}: {help}", response.status),
        words => format!("Braze answers {} ({words}): {help}", response.status),
    }
}

#[cfg(test)]
mod tests;
