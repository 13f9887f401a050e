//! A list of calls, made natively and, with `testing-wasm`, as WebAssembly.

use serde_json::Value;

use super::call::{self, Events};
use super::memory::{Memory, Row};
use crate::{
    Arrival, Decoder, Entry, KeyedTransform, Meter, Plugin, Poller, Probe, Receiver, Response, Sink, Snapshot,
    Transform,
};

/// Calls to one configured plugin. Each method makes a call; [`shown`](Self::shown) gives all answers as one text.
#[derive(Debug)]
pub struct Table<T> {
    plugin: T,
    calls: Calls,
    memory: Memory,
}

/// What was called, and what the native type answered.
#[derive(Debug)]
#[cfg_attr(not(feature = "testing-wasm"), expect(dead_code, reason = "only read by the run as WebAssembly"))]
pub(super) struct Calls {
    pub settings: Value,
    pub made: Vec<(Call, String)>,
}

/// A call as data.
#[derive(Debug)]
#[cfg_attr(not(feature = "testing-wasm"), expect(dead_code, reason = "only read by the run as WebAssembly"))]
pub(super) enum Call {
    Transform(Vec<(String, String)>),
    Receive(Arrival),
    Prepare(Vec<(String, String)>),
    Settle(Vec<u8>, Response),
    Measure(Vec<(String, String)>),
    Ask(String),
    Judge(Response),
    Next(Option<Vec<u8>>),
    Page(Option<Vec<u8>>, Response),
    Decode(Entry, Option<Vec<u8>>, Vec<Vec<u8>>),
    Keyed(Vec<(String, String)>, Vec<u32>, Vec<Row>, Option<Snapshot>),
    Absent(Vec<Row>, Snapshot),
}

impl<T: Plugin> Table<T> {
    /// A table for these settings.
    ///
    /// # Panics
    ///
    /// If the plugin does not take them.
    #[must_use]
    pub fn new(settings: Value) -> Self {
        let plugin = super::configure(settings.clone());
        Self { plugin, calls: Calls { settings, made: Vec::new() }, memory: Memory::default() }
    }

    /// All answers so far, a paragraph each.
    ///
    /// # Panics
    ///
    /// With `testing-wasm`, if the component answers anything else.
    #[must_use]
    pub fn shown(&self) -> String {
        #[cfg(feature = "testing-wasm")]
        super::wasm::compare(&self.calls);
        let answers: Vec<_> = self.calls.made.iter().map(|(_, answer)| answer.as_str()).collect();
        answers.join("\n")
    }

    fn made(mut self, call: Call, answer: String) -> Self {
        self.calls.made.push((call, answer));
        self
    }
}

fn owned(events: Events<'_>) -> Vec<(String, String)> {
    events.iter().map(|(key, body)| ((*key).to_owned(), (*body).to_owned())).collect()
}

impl<T: Transform> Table<T> {
    /// Calls `transform`.
    #[must_use]
    pub fn transform(self, events: Events<'_>) -> Self {
        let answer = call::transform(&self.plugin, events);
        self.made(Call::Transform(owned(events)), answer)
    }
}

impl<T: Receiver> Table<T> {
    /// Calls `receive`.
    #[must_use]
    pub fn receive(self, arrival: Arrival) -> Self {
        let answer = call::receive(&self.plugin, &arrival);
        self.made(Call::Receive(arrival), answer)
    }
}

impl<T: Sink> Table<T> {
    /// Calls `prepare`.
    #[must_use]
    pub fn prepare(self, events: Events<'_>) -> Self {
        let answer = call::prepare(&self.plugin, events);
        self.made(Call::Prepare(owned(events)), answer)
    }

    /// Calls `settle`.
    #[must_use]
    pub fn settle(self, context: &[u8], response: Response) -> Self {
        let answer = call::settle(&self.plugin, context, &response);
        self.made(Call::Settle(context.to_vec(), response), answer)
    }
}

impl<T: Meter> Table<T> {
    /// Calls `prepare`, and then `measure` for the requests that it made.
    #[must_use]
    pub fn measure(self, events: Events<'_>) -> Self {
        let answer = call::measure(&self.plugin, events);
        self.made(Call::Measure(owned(events)), answer)
    }
}

impl<T: Probe> Table<T> {
    /// Calls `ask`.
    #[must_use]
    pub fn ask(self, nonce: &str) -> Self {
        let answer = call::ask(&self.plugin, nonce);
        self.made(Call::Ask(nonce.to_owned()), answer)
    }

    /// Calls `judge`.
    #[must_use]
    pub fn judge(self, response: Response) -> Self {
        let answer = call::judge(&self.plugin, &response);
        self.made(Call::Judge(response), answer)
    }
}

impl<T: Poller> Table<T> {
    /// Calls `next`.
    #[must_use]
    pub fn next(self, position: Option<&[u8]>) -> Self {
        let answer = call::next(&self.plugin, position);
        self.made(Call::Next(position.map(<[u8]>::to_vec)), answer)
    }

    /// Calls `page`.
    #[must_use]
    pub fn page(self, position: Option<&[u8]>, response: Response) -> Self {
        let answer = call::page(&self.plugin, position, &response);
        self.made(Call::Page(position.map(<[u8]>::to_vec), response), answer)
    }
}

impl<T: Decoder> Table<T> {
    /// Opens an entry and decodes it in these pieces.
    #[must_use]
    pub fn decode(self, entry: &Entry, resume: Option<&[u8]>, pieces: &[&[u8]]) -> Self {
        let answer = call::decode(&self.plugin, entry, resume, pieces);
        let owned = pieces.iter().map(|piece| piece.to_vec()).collect();
        self.made(Call::Decode(entry.clone(), resume.map(<[u8]>::to_vec), owned), answer)
    }
}

impl<T: KeyedTransform> Table<T> {
    /// Calls `transform` with what earlier calls kept.
    #[must_use]
    pub fn keyed(mut self, events: Events<'_>, snapshot: Option<&Snapshot>) -> Self {
        let (rows, key_of) = self.memory.of(events);
        let answer = self.memory.transform(&self.plugin, events, snapshot);
        self.made(Call::Keyed(owned(events), key_of, rows, snapshot.cloned()), answer)
    }

    /// Calls `absent` for some keys with what earlier calls kept.
    #[must_use]
    pub fn absent(mut self, keys: &[&str], snapshot: &Snapshot) -> Self {
        let rows = self.memory.rows(keys);
        let answer = self.memory.absent(&self.plugin, keys, snapshot);
        self.made(Call::Absent(rows, snapshot.clone()), answer)
    }

    /// Puts what is held about a key in doubt, as a rejection would.
    #[must_use]
    pub fn doubt(mut self, key: &str) -> Self {
        self.memory.doubt(key);
        self
    }

    /// Lets something of a key be on its way to the sink, as while that is slow.
    #[must_use]
    pub fn pending(mut self, key: &str) -> Self {
        self.memory.pending(key);
        self
    }
}
