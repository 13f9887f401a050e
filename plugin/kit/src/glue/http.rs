//! Requests, responses and budgets.

use super::batch::each;
use crate::bindings::types;
use crate::{Budget, Field, Request, Response};

impl From<Field> for types::Field {
    fn from(field: Field) -> Self {
        Self { name: field.name, value: field.value }
    }
}

impl From<types::Field> for Field {
    fn from(field: types::Field) -> Self {
        Self { name: field.name, value: field.value }
    }
}

impl From<Request> for types::Request {
    fn from(request: Request) -> Self {
        Self {
            target: request.target,
            method: request.method,
            path: request.path,
            query: each(request.query),
            headers: each(request.headers),
            body: request.body,
        }
    }
}

impl From<types::Request> for Request {
    fn from(request: types::Request) -> Self {
        Self {
            target: request.target,
            method: request.method,
            path: request.path,
            query: each(request.query),
            headers: each(request.headers),
            body: request.body,
        }
    }
}

impl From<types::Response> for Response {
    fn from(response: types::Response) -> Self {
        Self {
            status: response.status,
            headers: each(response.headers),
            body: response.body,
            complete: response.complete,
            sent_at_ms: response.sent_at_ms,
            received_at_ms: response.received_at_ms,
        }
    }
}

impl From<Budget> for types::Budget {
    fn from(budget: Budget) -> Self {
        Self { name: budget.name, limit: budget.limit, remaining: budget.remaining, resets_in_ms: budget.resets_in_ms }
    }
}
