//! A component at its place in a pipeline.

use std::sync::Arc;

use super::call::CallError;
use super::exports::Kind;
use super::instance::{Code, Instance};
use super::limits::Limits;
use super::pool::Pool;
use super::types::{Arrival, Batch, Output, Plan, Prepared, Problem, Received, Response, Settled};
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

/// An answer, if there is one and it keeps the rules.
fn checked<A>(kind: Kind, answer: Option<A>, rules: impl FnOnce(&A) -> Result<(), String>) -> Result<A, CallError> {
    let answer = answer.ok_or(CallError::NotExported(kind.name()))?;
    rules(&answer).map_err(CallError::Invalid)?;
    Ok(answer)
}
