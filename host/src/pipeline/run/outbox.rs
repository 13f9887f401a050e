//! What a transform that remembers is given, and who stands behind it.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc};

use crate::component::Node;
use crate::pipeline::graph::{self, Graph, Remembering, Route};
use crate::pipeline::keyed::forecast::Teller;
use crate::pipeline::keyed::{self, Inboxes, Keyed};
use crate::pipeline::ledger::Comeback;
use crate::pipeline::rehearsal::Rehearsal;
use crate::pipeline::source::{Inlet, Keeping};
use crate::pipeline::stop::stop;

use super::feed::WAVES;
use super::outlets::{Inbox, Outlets};
use super::{End, Run};

/// What a transform that remembers is given beside itself.
pub(super) struct Outbox {
    /// Its number among the sources: its output is one.
    pub number: usize,
    /// What its output goes through.
    pub route: Route,
    /// What comes back from the sink.
    pub back: mpsc::UnboundedReceiver<Comeback>,
    /// How much may wait in it.
    pub bytes: u64,
    /// See [`keyed::Parts::shadow`].
    pub shadow: Option<(Node, Arc<Rehearsal>)>,
    /// See [`keyed::Parts::teller`].
    pub teller: Option<Teller>,
}

/// In a rehearsal: what stands behind the transform of this route.
pub(super) fn shadow(graph: &Graph, route: &Route) -> Option<(Node, Arc<Rehearsal>)> {
    let graph::End::Sink(place) = route.ends.first()? else { return None };
    let outlet = &graph.sinks.get(*place)?.outlet;
    Some((outlet.node()?.clone(), Arc::clone(outlet.rehearsal()?)))
}

/// What stands behind the transform of this route, if it is a component that really sends.
pub(super) fn teller(graph: &Graph, route: &Route) -> Option<Teller> {
    let graph::End::Sink(place) = route.ends.first()? else { return None };
    let sink = graph.sinks.get(*place).filter(|sink| sink.outlet.rehearsal().is_none())?;
    Some((sink.outlet.node()?.clone(), sink.budgets.share()))
}

impl Run {
    /// Starts a transform that remembers, and feeds its sink from what it decided.
    pub(super) fn keyed(
        &mut self,
        transform: graph::Transform,
        outbox: Outbox,
        outlets: &Outlets,
    ) -> anyhow::Result<Inbox> {
        let Outbox { number, route, back, bytes, shadow, teller } = outbox;
        let graph::Transform { id, node, keyed: Some(remembering), .. } = transform else {
            anyhow::bail!("transform `{}` remembers nothing", transform.id)
        };
        let Remembering { reads, options, asks } = remembering;
        let (inbox, parcels) = mpsc::unbounded_channel();
        let (waves, incoming) = mpsc::channel(WAVES);
        let appended = Arc::new(Notify::new());
        let inlet = Arc::new(Inlet {
            id: id.clone(),
            source: number,
            keeping: Keeping::inside(&appended),
            waves,
            ledger: Arc::clone(&self.ledger),
            store: self.store.clone(),
            clock: self.clock,
            stop: self.asked.clone(),
        });
        let (ends, ended) = stop();
        let parts = keyed::Parts {
            node,
            outbox: number,
            reads,
            options,
            ledger: Arc::clone(&self.ledger),
            store: self.store.clone(),
            clock: self.clock,
            appended: Arc::clone(&appended),
            outbox_bytes: bytes,
            stop: self.asked.clone(),
            shadow,
            teller,
            window: Arc::clone(&self.window),
        };
        let driver = Keyed::load(parts)?;
        let inboxes = Inboxes { parcels, back, asks };
        self.parts.spawn(async move { End::Keyed(id, driver.run(inboxes, ends).await) });
        self.follow(inlet, appended, ended);
        self.channel(number, route, incoming, outlets);
        Ok(inbox)
    }
}
