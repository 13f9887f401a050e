//! Changing events in the light of what was kept about the same key.

use std::ops::Range;

use serde::Serialize;

use crate::{Batch, Plugin, Rejection, Scope, transform::Output};

/// Changes events and remembers.
pub trait KeyedTransform: Plugin {
    /// A batch, and what is held for each of its keys.
    fn transform(&self, batch: &Batch, held: &Held<'_>, snapshot: Option<&Snapshot>, out: &mut KeyedOutput);

    /// After a snapshot ended: keys that it speaks for and that were not seen in it.
    fn absent(&self, held: &Held<'_>, snapshot: &Snapshot, out: &mut KeyedOutput);
}

/// How much what is held about a key can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was ever kept.
    None,
    /// What was kept is what the sink accepted.
    Known,
    /// What was kept is what the sink will accept: some of it may be on its way.
    Pending,
    /// Something put it in doubt: everything is to be said again.
    Unsure,
}

/// What is held about the distinct keys of a call.
#[derive(Debug, Default)]
pub struct Held<'a> {
    /// For each key, what was kept.
    pub keys: Vec<Kept<'a>>,
    /// For each event, the place of its key in `keys`. Empty for `absent`.
    pub key_of: Vec<u32>,
    /// The tags of all keys; see [`Held::tags`].
    pub tags: Vec<&'a str>,
}

/// What is held about one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept<'a> {
    /// The key.
    pub key: &'a str,
    /// How it stands.
    pub standing: Standing,
    /// The state version by which the bytes were written.
    pub version: u32,
    /// The bytes of what was kept; empty for none.
    pub bytes: &'a [u8],
    /// Where its tags are in [`Held::tags`].
    pub tags: Range<usize>,
}

impl<'a> Held<'a> {
    /// The tags of a key, in the order in which they were last put: the audiences that it is in.
    #[must_use]
    pub fn tags(&self, kept: &Kept<'a>) -> &[&'a str] {
        self.tags.get(kept.tags.clone()).unwrap_or_default()
    }
}

/// A full look at somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// At whom.
    pub scope: Scope,
    /// The scope's audiences that are looked at for the first time: to be learnt and not told, unless the settings say so.
    pub baseline: Vec<String>,
    /// Nobody looked: an operator wants the scope's audiences taken off these keys. It is said as restated.
    pub restated: bool,
}

/// What came of a call.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct KeyedOutput {
    /// Events out, drops and rejections.
    pub output: Output,
    /// What is kept from now on, by the key's place. A key that is not named keeps what it has.
    pub changes: Vec<(u32, Update)>,
}

impl KeyedOutput {
    /// Emits an event on behalf of an input: an event of the batch by its place, or for `absent` a key by its place.
    pub fn emit(&mut self, origin: u32, key: &str, body: &impl Serialize) -> Result<(), String> {
        self.output.current = origin;
        self.output.emit(key, body)
    }

    /// Emits an event whose body is JSON text already.
    pub fn emit_json(&mut self, origin: u32, key: &str, body: &str) {
        self.output.current = origin;
        self.output.emit_json(key, body);
    }

    /// Says that nothing comes of an input.
    pub fn drop(&mut self, index: u32) {
        self.output.dropped.push(index);
    }

    /// Says that an input can never pass, and why.
    pub fn reject(&mut self, index: u32, reason: impl Into<String>) {
        self.output.rejections.push(Rejection { index, reason: reason.into() });
    }

    /// Keeps something about a key, by its place, from now on.
    pub fn keep(&mut self, key: u32, update: Update) {
        self.changes.push((key, update));
    }
}

/// What is kept about a key from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Update {
    /// This.
    Put {
        /// Its state.
        bytes: Vec<u8>,
        /// The audiences that it is in now, each once. [`Held::tags`] gives them back in this order.
        tags: Vec<String>,
        /// Still in doubt, for what could not be said now.
        unsure: bool,
    },
    /// Nothing.
    Delete,
}
