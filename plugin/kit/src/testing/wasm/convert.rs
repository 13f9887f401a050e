//! Between the kit's types and the boundary's, seen from the host.

use super::bindings::decoder::exports::brazeline::pipeline::decoder;
use super::bindings::keyed_transform::exports::brazeline::pipeline::keyed_transform;
use super::bindings::meter::exports::brazeline::pipeline::meter;
use super::bindings::poller::exports::brazeline::pipeline::poller;
use super::bindings::probe::exports::brazeline::pipeline::probe;
use super::bindings::receiver::exports::brazeline::pipeline::receiver;
use super::bindings::sink::exports::brazeline::pipeline::sink;
use super::bindings::types::{self, Column, Packed, WhyUnread};
use crate::keyed::{Snapshot, Standing, Update};
use crate::testing::memory::Row;
use crate::{
    Arrival, Ask, Budget, Cost, Decoded, Download, Entry, Errand, Events, Field, Finding, KeyedOutput, Onward,
    Outgoing, Output, Paged, Prepared, Received, Rejection, Reply, Request, Response, Scope, Settled, Unread, Verdict,
};

/// Each as its counterpart.
pub(super) fn each<A, B: From<A>>(items: Vec<A>) -> Vec<B> {
    items.into_iter().map(B::from).collect()
}

pub(super) fn packed<'a>(strings: impl Iterator<Item = &'a [u8]>) -> Packed {
    let mut packed = Packed { bytes: Vec::new(), ends: Vec::new() };
    for string in strings {
        packed.bytes.extend_from_slice(string);
        packed.ends.push(packed.bytes.len() as u32);
    }
    packed
}

pub(super) fn batch(events: &[(String, String)]) -> types::Batch {
    types::Batch {
        keys: packed(events.iter().map(|(key, _)| key.as_bytes())),
        bodies: packed(events.iter().map(|(_, body)| body.as_bytes())),
        columns: Vec::new(),
    }
}

pub(super) fn held(rows: &[Row]) -> keyed_transform::Held {
    let mut tag_names: Vec<String> = rows.iter().flat_map(|row| row.tags.clone()).collect();
    tag_names.sort_unstable();
    tag_names.dedup();
    let (mut tags, mut tag_ends) = (Vec::new(), Vec::new());
    for row in rows {
        tags.extend(row.tags.iter().filter_map(|tag| tag_names.binary_search(tag).ok()).map(|place| place as u32));
        tag_ends.push(tags.len() as u32);
    }
    keyed_transform::Held {
        standings: rows.iter().map(|row| row.standing.into()).collect(),
        versions: rows.iter().map(|row| row.version).collect(),
        values: packed(rows.iter().map(|row| row.bytes.as_slice())),
        tag_names,
        tags,
        tag_ends,
    }
}

impl From<types::Batch> for Events {
    fn from(batch: types::Batch) -> Self {
        let column = |column: Column| (column.name, column.values.bytes, column.values.ends);
        Self {
            keys: batch.keys.bytes,
            key_ends: batch.keys.ends,
            bodies: batch.bodies.bytes,
            body_ends: batch.bodies.ends,
            columns: batch.columns.into_iter().map(column).collect(),
        }
    }
}

/// Structs whose fields have the same names on both sides. `each` goes through lists, `into` through single ones.
macro_rules! same {
    ($($from:path => $to:path { $($plain:ident),* ; $($into:ident),* ; $($list:ident),* })+) => {
        $(impl From<$from> for $to {
            fn from(from: $from) -> Self {
                Self { $($plain: from.$plain,)* $($into: from.$into.into(),)* $($list: each(from.$list),)* }
            }
        })+
    };
}

same! {
    types::Field => Field { name, value; ; }
    Field => types::Field { name, value; ; }
    types::Rejection => Rejection { index, reason; ; }
    meter::Cost => Cost { name, count; ; }
    types::Budget => Budget { name, limit, remaining, resets_in_ms; ; }
    types::Scope => Scope { audiences, as_of_ms, total; ; }
    Scope => types::Scope { audiences, as_of_ms, total; ; }
    types::Request => Request { target, method, path, body; ; query, headers }
    Response => types::Response { status, body, complete, sent_at_ms, received_at_ms; ; headers }
    Arrival => receiver::Arrival { method, path, body, received_at_ms; ; query, headers }
    receiver::Reply => Reply { status, body; ; headers }
    receiver::Received => Received { ; events, reply; unread }
    Entry => decoder::Entry { path, name, index, entries, modified_at_ms; ; }
    sink::Outgoing => Outgoing { events, context, repeatable, rest_ms, budgets; request; }
    sink::Prepared => Prepared { ; ; requests, rejections, left_out }
    sink::Settled => Settled { ; verdict; budgets }
    poller::Ask => Ask { after_ms, budgets; errand; }
    poller::Download => Download { address, name, as_of_ms; ; }
    Snapshot => keyed_transform::Snapshot { baseline, restated; scope; }
}

impl From<types::Unread> for Unread {
    fn from(unread: types::Unread) -> Self {
        let skipped = matches!(unread.why, WhyUnread::Skipped);
        Self { raw: unread.raw, place: unread.place, key: unread.key, skipped, reason: unread.reason }
    }
}

impl From<types::Output> for Output {
    fn from(output: types::Output) -> Self {
        Self {
            events: output.events.into(),
            origins: output.origins,
            dropped: output.dropped,
            rejections: each(output.rejections),
            current: 0,
        }
    }
}

impl From<decoder::Decoded> for Decoded {
    fn from(decoded: decoder::Decoded) -> Self {
        Self {
            events: decoded.events.into(),
            unread: each(decoded.unread),
            resume: decoded.resume,
            scope: decoded.scope.map(Into::into),
        }
    }
}

impl From<poller::Errand> for Errand {
    fn from(errand: poller::Errand) -> Self {
        match errand {
            poller::Errand::Page(request) => Self::Page(request.into()),
            poller::Errand::File(download) => Self::File(download.into()),
        }
    }
}

impl From<poller::Onward> for Onward {
    fn from(onward: poller::Onward) -> Self {
        match onward {
            poller::Onward::More(position) => Self::More(position),
            poller::Onward::End(position) => Self::End(position),
            poller::Onward::Restart(reason) => Self::Restart(reason),
            poller::Onward::Retry(after_ms) => Self::Retry(after_ms),
            poller::Onward::Stop(reason) => Self::Stop(reason),
        }
    }
}

impl From<poller::Paged> for Paged {
    fn from(paged: poller::Paged) -> Self {
        Self {
            events: paged.events.into(),
            unread: each(paged.unread),
            onward: paged.onward.into(),
            scope: paged.scope.map(Into::into),
            budgets: each(paged.budgets),
        }
    }
}

impl From<sink::Verdict> for Verdict {
    fn from(verdict: sink::Verdict) -> Self {
        match verdict {
            sink::Verdict::Accepted(rejections) => Self::Accepted(each(rejections)),
            sink::Verdict::AcceptedBut(count) => Self::AcceptedBut(count),
            sink::Verdict::Retry(after_ms) => Self::Retry(after_ms),
            sink::Verdict::Split(reason) => Self::Split(reason),
            sink::Verdict::Stop(reason) => Self::Stop(reason),
        }
    }
}

impl From<probe::Finding> for Finding {
    fn from(finding: probe::Finding) -> Self {
        match finding {
            probe::Finding::Works => Self::Works,
            probe::Finding::Fails(why) => Self::Fails(why),
            probe::Finding::Unknown(why) => Self::Unknown(why),
        }
    }
}

impl From<Standing> for keyed_transform::Standing {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::None => Self::None,
            Standing::Known => Self::Known,
            Standing::Pending => Self::Pending,
            Standing::Unsure => Self::Unsure,
        }
    }
}

impl From<keyed_transform::KeyedOutput> for KeyedOutput {
    fn from(out: keyed_transform::KeyedOutput) -> Self {
        let change = |change: keyed_transform::Change| match change.update {
            keyed_transform::Update::Put(value) => {
                (change.key, Update::Put { bytes: value.bytes, tags: value.tags, unsure: value.unsure })
            }
            keyed_transform::Update::Delete => (change.key, Update::Delete),
        };
        Self { output: out.output.into(), changes: out.changes.into_iter().map(change).collect() }
    }
}
