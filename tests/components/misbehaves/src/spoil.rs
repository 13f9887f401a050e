//! Makes good answers bad.

use brazeline_kit::bindings::sink::Outgoing;
use brazeline_kit::bindings::types::{Batch, Field};

use crate::Misdeed;

/// Breaks a batch.
pub(crate) fn batch(batch: &mut Batch, misdeed: Misdeed, bytes: usize) {
    match misdeed {
        Misdeed::WrongCount => drop(batch.bodies.ends.pop()),
        Misdeed::UnsortedEnds => batch.bodies.ends.insert(0, u32::MAX),
        Misdeed::KeyNotUtf8 => batch.keys.bytes.iter_mut().for_each(|byte| *byte = 0xff),
        Misdeed::BodyNotJson => batch.bodies.bytes.iter_mut().for_each(|byte| *byte = b'['),
        Misdeed::TooLarge => {
            batch.bodies.bytes.resize(bytes, b' ');
            batch.bodies.ends.pop();
            batch.bodies.ends.push(bytes as u32);
        }
        _ => {}
    }
}

/// Breaks a request.
pub(crate) fn outgoing(outgoing: &mut Outgoing, misdeed: Misdeed, bytes: usize) {
    let header = |name: &str, value: &str| Field { name: name.to_owned(), value: value.to_owned() };
    let request = &mut outgoing.request;
    match misdeed {
        Misdeed::WrongCount => outgoing.events.push(u32::MAX),
        Misdeed::TooLarge => request.body.resize(bytes, b' '),
        Misdeed::AbsoluteUrl => request.path = "https://example.com/steal".to_owned(),
        Misdeed::CrlfHeader => request.headers.push(header("x-note", "a\r\nx-admin: 1")),
        Misdeed::Credentials => request.headers.push(header("authorization", "Bearer own")),
        Misdeed::UnknownTarget => request.target = "elsewhere".to_owned(),
        _ => {}
    }
}
