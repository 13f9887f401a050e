//! What crosses between host and components, in one place.

pub use super::bindings::plugin::exports::brazeline::pipeline::plugin::{Manifest, Plan, Problem, Scheme, Target};
pub use super::bindings::receiver::exports::brazeline::pipeline::receiver::{Arrival, Received, Reply};
pub use super::bindings::sink::exports::brazeline::pipeline::sink::{Outgoing, Prepared, Settled, Verdict};
pub use super::bindings::types::{
    Batch, Budget, Column, Field, Output, Packed, Rejection, Request, Response, Scope, Unread, WhyUnread,
};
