//! Which interfaces does a component export?

use std::fmt;

use wasmtime::Store;
use wasmtime::component::{Instance, InstancePre};

use super::bindings::{decoder, keyed, meter, plugin, poller, probe, receiver, sink, transform};
use super::state::State;

/// What a component can be in a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A source to which others send.
    Receiver,
    /// A source that reads files.
    Decoder,
    /// A source that asks for pages.
    Poller,
    /// Changes events from what is in them alone.
    Transform,
    /// Changes events in the light of what it kept.
    KeyedTransform,
    /// Turns events into requests.
    Sink,
    /// Knows what requests cost.
    Meter,
    /// Proves its credentials.
    Probe,
}

impl Kind {
    /// All of them, in the order data flows.
    pub const ALL: [Self; 8] = [
        Self::Receiver,
        Self::Decoder,
        Self::Poller,
        Self::Transform,
        Self::KeyedTransform,
        Self::Sink,
        Self::Meter,
        Self::Probe,
    ];

    /// Its interface in `wit/`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receiver => "receiver",
            Self::Decoder => "decoder",
            Self::Poller => "poller",
            Self::Transform => "transform",
            Self::KeyedTransform => "keyed-transform",
            Self::Sink => "sink",
            Self::Meter => "meter",
            Self::Probe => "probe",
        }
    }
}

/// Which of them a component is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds([bool; Kind::ALL.len()]);

impl Kinds {
    /// Whether it is this one.
    #[must_use]
    pub fn has(self, kind: Kind) -> bool {
        self.0[kind as usize]
    }

    /// All that it is.
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |kind| self.has(*kind))
    }

    /// Whether it is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }
}

impl fmt::Display for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(Kind::name).collect();
        f.write_str(&names.join(", "))
    }
}

/// Where the interfaces lie in a component, looked up once.
pub struct Indices {
    plugin: plugin::PluginOnlyIndices,
    receiver: Option<receiver::ReceiverOnlyIndices>,
    decoder: Option<decoder::DecoderOnlyIndices>,
    poller: Option<poller::PollerOnlyIndices>,
    transform: Option<transform::TransformOnlyIndices>,
    keyed: Option<keyed::KeyedOnlyIndices>,
    sink: Option<sink::SinkOnlyIndices>,
    meter: Option<meter::MeterOnlyIndices>,
    probe: Option<probe::ProbeOnlyIndices>,
}

impl Indices {
    /// Looks for each. `None` if it does not even export `plugin`.
    pub fn new(pre: &InstancePre<State>) -> Option<Self> {
        Some(Self {
            plugin: plugin::PluginOnlyIndices::new(pre).ok()?,
            receiver: receiver::ReceiverOnlyIndices::new(pre).ok(),
            decoder: decoder::DecoderOnlyIndices::new(pre).ok(),
            poller: poller::PollerOnlyIndices::new(pre).ok(),
            transform: transform::TransformOnlyIndices::new(pre).ok(),
            keyed: keyed::KeyedOnlyIndices::new(pre).ok(),
            sink: sink::SinkOnlyIndices::new(pre).ok(),
            meter: meter::MeterOnlyIndices::new(pre).ok(),
            probe: probe::ProbeOnlyIndices::new(pre).ok(),
        })
    }

    /// What was found.
    pub fn kinds(&self) -> Kinds {
        let mut found = [false; Kind::ALL.len()];
        found[Kind::Receiver as usize] = self.receiver.is_some();
        found[Kind::Decoder as usize] = self.decoder.is_some();
        found[Kind::Poller as usize] = self.poller.is_some();
        found[Kind::Transform as usize] = self.transform.is_some();
        found[Kind::KeyedTransform as usize] = self.keyed.is_some();
        found[Kind::Sink as usize] = self.sink.is_some();
        found[Kind::Meter as usize] = self.meter.is_some();
        found[Kind::Probe as usize] = self.probe.is_some();
        Kinds(found)
    }

    /// The functions of an instance. An error says how one differs from `wit/`.
    pub fn load(&self, store: &mut Store<State>, instance: &Instance) -> wasmtime::Result<Exports> {
        Ok(Exports {
            plugin: self.plugin.load(&mut *store, instance)?,
            receiver: self.receiver.as_ref().map(|indices| indices.load(&mut *store, instance)).transpose()?,
            decoder: self.decoder.as_ref().map(|indices| indices.load(&mut *store, instance)).transpose()?,
            poller: self.poller.as_ref().map(|indices| indices.load(&mut *store, instance)).transpose()?,
            transform: self.transform.as_ref().map(|indices| indices.load(&mut *store, instance)).transpose()?,
            keyed: self.keyed.as_ref().map(|indices| indices.load(&mut *store, instance)).transpose()?,
            sink: self.sink.as_ref().map(|indices| indices.load(&mut *store, instance)).transpose()?,
            meter: self.meter.as_ref().map(|indices| indices.load(&mut *store, instance)).transpose()?,
            probe: self.probe.as_ref().map(|indices| indices.load(&mut *store, instance)).transpose()?,
        })
    }
}

/// The functions of one instance.
pub struct Exports {
    /// Every component has it.
    pub plugin: plugin::PluginOnly,
    /// See [`Kind::Receiver`].
    pub receiver: Option<receiver::ReceiverOnly>,
    /// See [`Kind::Decoder`].
    pub decoder: Option<decoder::DecoderOnly>,
    /// See [`Kind::Poller`].
    pub poller: Option<poller::PollerOnly>,
    /// See [`Kind::Transform`].
    pub transform: Option<transform::TransformOnly>,
    /// See [`Kind::KeyedTransform`].
    pub keyed: Option<keyed::KeyedOnly>,
    /// See [`Kind::Sink`].
    pub sink: Option<sink::SinkOnly>,
    /// See [`Kind::Meter`].
    pub meter: Option<meter::MeterOnly>,
    /// See [`Kind::Probe`].
    pub probe: Option<probe::ProbeOnly>,
}
