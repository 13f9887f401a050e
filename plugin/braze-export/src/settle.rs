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
use crate::endpoint::Endpoint;
use crate::settings::Settings;

/// See the module.
#[must_use]
pub fn settle(settings: &Settings, context: &[u8], response: &Response) -> Settled {
    let endpoint = settings.endpoint;
    let answer = Answer::read(&response.body);
    let verdict = match response.status {
        200..=299 => taken(context, response, answer),
        300..=399 => Verdict::Stop(said(response, &answer, REDIRECTED)),
        401 if !is_about_permission(&answer) => Verdict::Stop(said(response, &answer, UNKNOWN_KEY)),
        401 | 403 => Verdict::Stop(said(response, &answer, &lacks_permission(endpoint))),
        404 => Verdict::Stop(said(response, &answer, &nothing_here(endpoint))),
        408 | 500..=599 => Verdict::Retry(allowance::asked_ms(response).unwrap_or(0)),
        429 => Verdict::Retry(allowance::wait_ms(response)),
        413 => {
            Verdict::Split(said(response, &answer, "the request is too large; a lower `body_limit_bytes` avoids this"))
        }
        _ => Verdict::Split(said(response, &answer, "it refuses the request as a whole")),
    };
    Settled { verdict, budgets: allowance::budgets(settings, response) }
}

/// What a redirect means.
pub const REDIRECTED: &str = "no request is redirected; check `instance` or `hosts`";

/// What a 401 means.
pub const UNKNOWN_KEY: &str = "it does not know the API key; check `api_key`, and that it belongs to this instance, since the key of \
    another one is answered the same way";

/// What a 403 means.
#[must_use]
pub fn lacks_permission(endpoint: Endpoint) -> String {
    format!("the key needs the permission `{}`, and the plan has to allow it", endpoint.permission())
}

/// What a 404 means.
#[must_use]
pub fn nothing_here(endpoint: Endpoint) -> String {
    format!("there is no `{}` here; check `instance` or `hosts`", endpoint.path())
}

/// Whether Braze says that the key is known and may not do this. Its pages document no status for that.
#[must_use]
pub fn is_about_permission(answer: &Option<Answer>) -> bool {
    let words = answer.as_ref().map(Answer::words).unwrap_or_default().to_ascii_lowercase();
    words.contains("permission") || words.contains("not authorized to access")
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
#[must_use]
pub fn said(response: &Response, answer: &Option<Answer>, help: &str) -> String {
    match answer.as_ref().map(Answer::words).unwrap_or_default() {
        words if words.is_empty() => format!("Braze answers {}: {help}", response.status),
        words => format!("Braze answers {} ({words}): {help}", response.status),
    }
}

#[cfg(test)]
mod tests;
