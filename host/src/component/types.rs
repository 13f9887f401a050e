//! What crosses between host and components, in one place.

pub use super::bindings::decoder::exports::brazeline::pipeline::decoder::{Decoded, Entry};
pub use super::bindings::keyed::exports::brazeline::pipeline::keyed_transform::{
    Change, Held, KeyedOutput, Snapshot, Standing, Update, Value,
};
pub use super::bindings::meter::exports::brazeline::pipeline::meter::Cost;
pub use super::bindings::plugin::exports::brazeline::pipeline::plugin::{
    Endpoint, Manifest, Plan, Problem, Scheme, SourceKind, Target,
};
pub use super::bindings::poller::exports::brazeline::pipeline::poller::{Ask, Download, Errand, Onward, Paged};
pub use super::bindings::probe::exports::brazeline::pipeline::probe::Finding;
pub use super::bindings::receiver::exports::brazeline::pipeline::receiver::{Arrival, Received, Reply};
pub use super::bindings::sink::exports::brazeline::pipeline::sink::{Outgoing, Prepared, Settled, Verdict};
pub use super::bindings::types::{
    Batch, Budget, Column, Field, Output, Packed, Rejection, Request, Response, Scope, Unread, WhyUnread,
};
