//! One call each, and its answer as text.

use super::show::Show;
use crate::{
    Arrival, Batch, Decoder, Decoding, Entry, Meter, Poller, Probe, Receiver, Request, Response, Sink, Transform,
    transform::run,
};

/// Events as a table writes them: key and body.
pub type Events<'a> = &'a [(&'a str, &'a str)];

/// What a transform makes of events: `0 -> external_id:u-1 {..}`, `1 dropped`, `2 rejected: ..`.
pub fn transform<T: Transform>(plugin: &T, events: Events<'_>) -> String {
    run(plugin, &batch(events)).shown()
}

/// What a receiver makes of a request: its reply, the events and what could not be read.
pub fn receive<T: Receiver>(plugin: &T, arrival: &Arrival) -> String {
    plugin.receive(arrival).shown()
}

/// What a sink makes of events: its requests and rejections.
pub fn prepare<T: Sink>(plugin: &T, events: Events<'_>) -> String {
    plugin.prepare(&batch(events)).shown()
}

/// What a sink makes of an answer.
pub fn settle<T: Sink>(plugin: &T, context: &[u8], response: &Response) -> String {
    plugin.settle(context, response).shown()
}

/// What the requests that a sink makes of events cost.
pub fn measure<T: Meter>(plugin: &T, events: Events<'_>) -> String {
    let requests: Vec<Request> =
        plugin.prepare(&batch(events)).requests.into_iter().map(|outgoing| outgoing.request).collect();
    plugin.measure(&requests).shown()
}

/// What a probe asks.
pub fn ask<T: Probe>(plugin: &T, nonce: &str) -> String {
    plugin.ask(nonce).shown()
}

/// What a probe makes of an answer.
pub fn judge<T: Probe>(plugin: &T, response: &Response) -> String {
    plugin.judge(response).shown()
}

/// What a poller asks.
pub fn next<T: Poller>(plugin: &T, position: Option<&[u8]>) -> String {
    plugin.next(position).shown()
}

/// What a poller makes of an answer.
pub fn page<T: Poller>(plugin: &T, position: Option<&[u8]>, response: &Response) -> String {
    plugin.page(position, response).shown()
}

/// What a decoder makes of an entry that comes in these pieces. The last of them is the entry's end.
pub fn decode<T: Decoder>(plugin: &T, entry: &Entry, resume: Option<&[u8]>, pieces: &[&[u8]]) -> String {
    let mut decoding = match plugin.open(entry, resume) {
        Ok(decoding) => decoding,
        Err(reason) => return format!("not opened: {reason}\n"),
    };
    pieces_of(pieces).map(|(piece, last)| decoding.decode(piece, last).shown()).collect()
}

/// Each piece, and whether it is the last.
pub(super) fn pieces_of<P>(pieces: &[P]) -> impl Iterator<Item = (&P, bool)> {
    pieces.iter().enumerate().map(|(index, piece)| (piece, index + 1 == pieces.len()))
}

pub(super) fn batch(events: Events<'_>) -> Batch {
    events.iter().copied().collect()
}
