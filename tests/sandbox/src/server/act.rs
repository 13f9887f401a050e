//! What can a vendor be told to do by HTTP?
//!
//! `POST /sandbox/campaign` sends Braze's webhooks, `POST /sandbox/currents` its Currents events, `POST /sandbox/trigger` fires Lytics' audience triggers; the answer is the
//! report of what was received.

use std::future::Future;

use http::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::Task;
use crate::braze::{Braze, Campaign, Currents};
use crate::exchange::{Answer, Request};
use crate::lytics::{Firing, Lytics};
use crate::stage::Vendor;

/// A vendor that acts, too.
pub trait Acts: Vendor {
    /// What it does at this request, if the request asks it to act.
    fn act(request: &Request) -> Option<Task<Answer>>;
}

impl Acts for Braze {
    fn act(request: &Request) -> Option<Task<Answer>> {
        let campaign = is_posted(request, "/sandbox/campaign").then(|| reported(request, Campaign::send));
        campaign.or_else(|| is_posted(request, "/sandbox/currents").then(|| reported(request, Currents::send)))
    }
}

impl Acts for Lytics {
    fn act(request: &Request) -> Option<Task<Answer>> {
        let fire = |Firing { trigger, happenings }| trigger.fire(happenings);
        is_posted(request, "/sandbox/trigger").then(|| reported(request, fire))
    }
}

fn is_posted(request: &Request, path: &str) -> bool {
    request.method == Method::POST && request.path == path
}

/// Does what the body asks for, and answers with the report.
fn reported<T, F>(request: &Request, act: impl FnOnce(T) -> F) -> Task<Answer>
where
    T: DeserializeOwned,
    F: Future<Output: Serialize> + Send + 'static,
{
    match serde_json::from_slice(&request.body) {
        Ok(asked) => {
            let report = act(asked);
            Box::pin(async move { Answer::json(StatusCode::OK, &report.await) })
        }
        Err(error) => {
            let message = json!({"message": error.to_string()});
            Box::pin(std::future::ready(Answer::json(StatusCode::BAD_REQUEST, &message)))
        }
    }
}
