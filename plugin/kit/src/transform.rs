//! Changing events, from what is in them alone.

use serde::Serialize;

use crate::{Batch, Event, Events, Plugin, Rejection};

/// Changes events, one at a time.
pub trait Transform: Plugin {
    /// For each event: emit none (it is dropped), one or several. An error rejects it with that reason.
    fn transform(&self, event: Event<'_>, out: &mut Output) -> Result<(), String>;
}

/// What a transform made of a batch.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Output {
    pub(crate) events: Events,
    pub(crate) origins: Vec<u32>,
    pub(crate) dropped: Vec<u32>,
    pub(crate) rejections: Vec<Rejection>,
    pub(crate) current: u32,
}

impl Output {
    /// Emits an event.
    pub fn emit(&mut self, key: &str, body: &impl Serialize) -> Result<(), String> {
        self.events.push(key, body)?;
        self.origins.push(self.current);
        Ok(())
    }

    /// Emits an event whose body is JSON text already.
    pub fn emit_json(&mut self, key: &str, body: &str) {
        self.events.push_json(key, body);
        self.origins.push(self.current);
    }

    /// Emits an event whose body is written in place. It has to be JSON. After an error nothing is emitted.
    pub fn emit_written<E>(&mut self, key: &str, write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<(), E> {
        self.events.write(key, write)?;
        self.origins.push(self.current);
        Ok(())
    }

    /// Takes back what was emitted for this event, if anything, and rejects it.
    fn reject(&mut self, emitted: usize, rejection: Rejection) {
        self.origins.truncate(emitted);
        self.events.truncate(emitted);
        self.rejections.push(rejection);
    }
}

/// Runs a transform over a batch.
pub fn run(transform: &impl Transform, batch: &Batch) -> Output {
    let mut output = Output::default();
    for event in batch.iter() {
        output.current = event.index;
        let emitted = output.origins.len();
        match transform.transform(event, &mut output) {
            Ok(()) if output.origins.len() == emitted => output.dropped.push(event.index),
            Ok(()) => {}
            Err(reason) => output.reject(emitted, Rejection { index: event.index, reason }),
        }
    }
    output
}
