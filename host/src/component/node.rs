//! A component at its place in a pipeline.

use std::sync::Arc;

use super::call::CallError;
use super::exports::Kind;
use super::instance::{Code, Instance};
use super::limits::Limits;
use super::pool::Pool;
use super::types::{
    Arrival, Ask, Batch, Cost, Decoded, Entry, Finding, Held, KeyedOutput, Output, Packed, Paged, Plan, Prepared,
    Problem, Received, Request, Response, Settled, Snapshot,
};
use super::validate;

/// A configured component. Its calls block: they belong on a thread where that is allowed. Clones share the instances.
#[derive(Clone)]
pub struct Node {
    shared: Arc<Shared>,
}

struct Shared {
    role: Role,
    plan: Plan,
    pool: Pool<Instance>,
}

/// From what every instance of a node is made.
pub struct Role {
    /// The component.
    pub code: Code,
    /// The node's id.
    pub node: Arc<str>,
    /// Its settings, as JSON.
    pub settings: String,
    /// What it may take.
    pub limits: Limits,
}

impl Role {
    /// Starts an instance and configures it.
    pub fn instance(&self) -> Result<(Instance, Result<Plan, Vec<Problem>>), CallError> {
        let mut instance = Instance::start(&self.code, &self.node, &self.limits)?;
        let plan = instance.call(async |exports, store| {
            exports.plugin.brazeline_pipeline_plugin().call_configure(store, &self.settings).await
        })?;
        Ok((instance, plan))
    }
}

impl Node {
    pub(super) fn new(role: Role, plan: Plan, first: Instance) -> Self {
        let pool = Pool::new(role.limits.instances, first);
        Self { shared: Arc::new(Shared { role, plan, pool }) }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.shared.role.node
    }

    /// What its settings mean for the host.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.shared.plan
    }

    /// So many calls of it run at once; further ones wait.
    #[must_use]
    pub fn instances(&self) -> usize {
        self.shared.role.limits.instances.max(1)
    }

    /// Lets a receiver read a request.
    pub fn receive(&self, arrival: &Arrival) -> Result<Received, CallError> {
        self.with(|instance| {
            let received = instance.call(async |exports, store| {
                let Some(receiver) = &exports.receiver else { return Ok(None) };
                receiver.brazeline_pipeline_receiver().call_receive(store, arrival).await.map(Some)
            })?;
            checked(Kind::Receiver, received, validate::received)
        })
    }

    /// Lets a transform change events.
    pub fn transform(&self, batch: &Batch) -> Result<Output, CallError> {
        self.with(|instance| {
            let output = instance.call(async |exports, store| {
                let Some(transform) = &exports.transform else { return Ok(None) };
                transform.brazeline_pipeline_transform().call_transform(store, batch).await.map(Some)
            })?;
            checked(Kind::Transform, output, |output| validate::output(output, batch.len()))
        })
    }

    /// Lets a sink make requests of events.
    pub fn prepare(&self, batch: &Batch) -> Result<Prepared, CallError> {
        self.with(|instance| {
            let prepared = instance.call(async |exports, store| {
                let Some(sink) = &exports.sink else { return Ok(None) };
                sink.brazeline_pipeline_sink().call_prepare(store, batch).await.map(Some)
            })?;
            checked(Kind::Sink, prepared, |prepared| validate::prepared(prepared, batch.len(), self.plan()))
        })
    }

    /// Lets a sink read the answer to a request that carried so many events.
    pub fn settle(&self, context: &[u8], events: usize, response: &Response) -> Result<Settled, CallError> {
        self.with(|instance| {
            let settled = instance.call(async |exports, store| {
                let Some(sink) = &exports.sink else { return Ok(None) };
                sink.brazeline_pipeline_sink().call_settle(store, context, response).await.map(Some)
            })?;
            checked(Kind::Sink, settled, |settled| validate::settled(settled, events))
        })
    }

    /// Lets a poller say what to ask.
    pub fn next(&self, position: Option<&[u8]>) -> Result<Ask, CallError> {
        self.with(|instance| {
            let ask = instance.call(async |exports, store| {
                let Some(poller) = &exports.poller else { return Ok(None) };
                poller.brazeline_pipeline_poller().call_next(store, position).await.map(Some)
            })?;
            checked(Kind::Poller, ask, |ask| validate::ask(ask, self.plan()))
        })
    }

    /// Lets a poller read the answer, for the position that asked.
    pub fn page(&self, position: Option<&[u8]>, response: &Response) -> Result<Paged, CallError> {
        self.with(|instance| {
            let paged = instance.call(async |exports, store| {
                let Some(poller) = &exports.poller else { return Ok(None) };
                poller.brazeline_pipeline_poller().call_page(store, position, response).await.map(Some)
            })?;
            checked(Kind::Poller, paged, validate::paged)
        })
    }

    /// Lets a decoder open a file's entry, at the last `resume` that it gave or at the beginning. The inner error is the component's own
    /// word that the entry is not what it should be.
    pub fn open(&self, entry: &Entry, resume: Option<&[u8]>) -> Result<Result<Decoding, String>, CallError> {
        let mut instance = self.another()?;
        let opened = instance.call(async |exports, store| {
            let Some(decoder) = &exports.decoder else { return Ok(None) };
            decoder.brazeline_pipeline_decoder().call_open(store, entry, resume).await.map(Some)
        })?;
        let opened = opened.ok_or(CallError::NotExported(Kind::Decoder.name()))?;
        Ok(opened.map(|decoding| Decoding { instance, decoding }))
    }

    /// Lets a keyed transform change events in the light of what is held about their keys.
    pub fn transform_keyed(
        &self,
        batch: &Batch,
        key_of: &[u32],
        keys: &Packed,
        held: &Held,
        snapshot: Option<&Snapshot>,
    ) -> Result<KeyedOutput, CallError> {
        self.with(|instance| {
            let output = instance.call(async |exports, store| {
                let Some(keyed) = &exports.keyed else { return Ok(None) };
                let keyed = keyed.brazeline_pipeline_keyed_transform();
                keyed.call_transform(store, batch, key_of, keys, held, snapshot).await.map(Some)
            })?;
            checked(Kind::KeyedTransform, output, |output| validate::keyed(output, batch.len(), keys.len()))
        })
    }

    /// Tells a keyed transform who was not seen in a snapshot.
    pub fn absent(&self, keys: &Packed, held: &Held, snapshot: &Snapshot) -> Result<KeyedOutput, CallError> {
        self.with(|instance| {
            let output = instance.call(async |exports, store| {
                let Some(keyed) = &exports.keyed else { return Ok(None) };
                keyed.brazeline_pipeline_keyed_transform().call_absent(store, keys, held, snapshot).await.map(Some)
            })?;
            checked(Kind::KeyedTransform, output, |output| validate::keyed(output, keys.len(), keys.len()))
        })
    }

    /// What sending these would cost, in the vendor's words. `None` if the component does not know.
    pub fn measure(&self, requests: &[Request]) -> Result<Option<Vec<Cost>>, CallError> {
        self.with(|instance| {
            instance.call(async |exports, store| {
                let Some(meter) = &exports.meter else { return Ok(None) };
                meter.brazeline_pipeline_meter().call_measure(store, requests).await.map(Some)
            })
        })
    }

    /// The request that proves its credentials, if there is one. The outer `None`: it cannot prove them.
    pub fn probe(&self, nonce: &str) -> Result<Option<Option<Request>>, CallError> {
        self.with(|instance| {
            let request = instance.call(async |exports, store| {
                let Some(probe) = &exports.probe else { return Ok(None) };
                probe.brazeline_pipeline_probe().call_ask(store, nonce).await.map(Some)
            })?;
            if let Some(Some(request)) = &request {
                validate::probe(request, self.plan()).map_err(CallError::Invalid)?;
            }
            Ok(request)
        })
    }

    /// What the answer to it proves.
    pub fn judge(&self, response: &Response) -> Result<Finding, CallError> {
        self.with(|instance| {
            let finding = instance.call(async |exports, store| {
                let Some(probe) = &exports.probe else { return Ok(None) };
                probe.brazeline_pipeline_probe().call_judge(store, response).await.map(Some)
            })?;
            checked(Kind::Probe, finding, |_| Ok(()))
        })
    }

    fn with<A>(&self, act: impl FnOnce(&mut Instance) -> Result<A, CallError>) -> Result<A, CallError> {
        self.shared.pool.with(|| self.another(), act)
    }

    /// One more instance. Same settings, same plan: one that thinks otherwise would be held to rules that it does not know.
    fn another(&self) -> Result<Instance, CallError> {
        let not_started = |error: CallError| CallError::NotStarted(error.to_string());
        match self.shared.role.instance().map_err(not_started)? {
            (instance, Ok(plan)) if plan == self.shared.plan => Ok(instance),
            (_, Ok(_)) => Err(CallError::NotStarted("the same settings gave it another plan".to_owned())),
            (_, Err(_)) => Err(CallError::NotStarted("it refused settings that it had accepted before".to_owned())),
        }
    }
}

/// A file's entry that is being read. It has an instance of its own, because it is the one thing that remembers between calls; after an
/// error it is of no use any more.
pub struct Decoding {
    instance: Instance,
    decoding: wasmtime::component::ResourceAny,
}

impl Decoding {
    /// Gives it the next bytes. The inner error is the component's own word that the entry is not what it should be.
    pub fn decode(&mut self, bytes: &[u8], last: bool) -> Result<Result<Decoded, String>, CallError> {
        let decoding = self.decoding;
        let decoded = self.instance.call(async |exports, store| {
            let Some(decoder) = &exports.decoder else { return Ok(None) };
            let decoder = decoder.brazeline_pipeline_decoder();
            decoder.decoding().call_decode(store, decoding, bytes, last).await.map(Some)
        })?;
        checked(Kind::Decoder, decoded, |decoded| decoded.as_ref().map_or(Ok(()), validate::decoded))
    }
}

/// An answer, if there is one and it keeps the rules.
fn checked<A>(kind: Kind, answer: Option<A>, rules: impl FnOnce(&A) -> Result<(), String>) -> Result<A, CallError> {
    let answer = answer.ok_or(CallError::NotExported(kind.name()))?;
    rules(&answer).map_err(CallError::Invalid)?;
    Ok(answer)
}
