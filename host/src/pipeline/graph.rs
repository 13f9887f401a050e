//! A pipeline that is checked, loaded and ready to run.
//!
//! It is a value: it needs no file, no terminal and no stdout of its own.

use std::collections::BTreeMap;
use std::path::PathBuf;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use crate::component::Node;
use crate::config::{SinkOptions, SourceOptions, TransformOptions};
use crate::connector::Native;
use crate::connector::server::Door;
use crate::delivery::budget::Shared;
use crate::delivery::gather::Limits;

use super::fetch::Fetcher;
use super::flow::{Flow, Input, Step};
use super::import::Importer;
use super::keyed::Ask;
use super::keyed::rest::Reads;
use super::poll::Poller;
use super::sink::Outlet;

/// The whole.
pub struct Graph {
    /// Its name.
    pub name: String,
    /// Where its store lies.
    pub data_dir: PathBuf,
    /// How large its journals may grow.
    pub journal_max_bytes: u64,
    /// Where events come from.
    pub sources: Vec<Source>,
    /// Sources that are left alone this time, by their ids: what is kept for them stays.
    pub left_alone: Vec<String>,
    /// What changes them, each after what it reads.
    pub transforms: Vec<Transform>,
    /// Where they go.
    pub sinks: Vec<Sink>,
    /// Where transforms that remember are asked, by their ids.
    pub desks: BTreeMap<String, UnboundedSender<Ask>>,
    /// What each authorization allows, by its name: for whoever wants to know what is paused.
    pub budgets: BTreeMap<String, Shared>,
}

/// A source.
pub struct Source {
    /// Its id.
    pub id: String,
    /// What the operator set.
    pub options: SourceOptions,
    /// What it is.
    pub kind: SourceKind,
}

/// What a source is.
pub enum SourceKind {
    /// A component that reads the requests which arrive at an address.
    Receiver {
        /// The component.
        node: Node,
        /// Where it listens, bound before anything starts, so that a port in use is a mistake in the file; and who is let in.
        door: Door,
    },
    /// A component that asks for pages.
    Poller(Poller),
    /// A component that reads files.
    Files(Importer),
    /// A component that asks for files and reads them.
    Fetcher(Box<Fetcher>),
    /// A built-in connector.
    Native(Native),
}

impl SourceKind {
    /// Whether what it reads needs no journal, given where that goes.
    #[must_use]
    pub fn is_read_again(&self, route: &Route) -> bool {
        match self {
            Self::Receiver { .. } => false,
            Self::Poller(_) => route.keeps_positions(),
            Self::Files(_) | Self::Fetcher(_) => true,
            Self::Native(native) => native.is_read_again(),
        }
    }
}

/// A transform.
pub struct Transform {
    /// Its id.
    pub id: String,
    /// What it reads.
    pub inputs: Vec<String>,
    /// The component.
    pub node: Node,
    /// If it remembers: what is needed for that.
    pub keyed: Option<Remembering>,
}

/// What a transform that remembers needs beside its component.
pub struct Remembering {
    /// What that says of itself.
    pub reads: Reads,
    /// What the operator set.
    pub options: TransformOptions,
    /// What operators ask while it runs.
    pub asks: UnboundedReceiver<Ask>,
}

/// A sink.
pub struct Sink {
    /// Its id.
    pub id: String,
    /// What it reads.
    pub inputs: Vec<String>,
    /// What the operator set.
    pub options: SinkOptions,
    /// Where it delivers to.
    pub outlet: Outlet,
    /// The most that is offered at once.
    pub limits: Limits,
    /// What the other side allows, shared with all who have the same authorization.
    pub budgets: Shared,
}

/// What a source's events go through, and which sinks they reach.
pub struct Route {
    /// The transforms and the inputs of each end.
    pub flow: Flow,
    /// Where it ends, in the order of the flow.
    pub ends: Vec<End>,
}

/// Where a source's events end: in a sink, or in a transform that remembers, whose output is a source of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// A sink, by its place in the graph.
    Sink(usize),
    /// A transform, by its place in the graph.
    Keyed(usize),
}

impl Route {
    /// Whether each of its ends stores a source's position together with what it decides, so that nothing is decided twice. A sink
    /// stores that it delivered, and would deliver again.
    #[must_use]
    pub fn keeps_positions(&self) -> bool {
        self.ends.iter().all(|end| matches!(end, End::Keyed(_)))
    }
}

impl Graph {
    /// The route of one source: the transforms that it reaches, in order, and the sinks.
    #[must_use]
    pub fn route(&self, source: &str) -> Route {
        self.route_at(source, source)
    }

    /// The route of a source's events that are given at this node: the node, if it is not the source itself, and what it reaches.
    #[must_use]
    pub fn route_at(&self, source: &str, node: &str) -> Route {
        let mut reached: Vec<(&str, Input)> = if source == node { vec![(source, Input::Source)] } else { Vec::new() };
        let inputs_of = |reached: &[(&str, Input)], id: &str, inputs: &[String]| -> Vec<Input> {
            if id == node && source != node {
                return vec![Input::Source];
            }
            reached.iter().filter(|(id, _)| inputs.iter().any(|input| input == id)).map(|(_, input)| *input).collect()
        };
        let (mut steps, mut ends, mut inputs_of_ends) = (Vec::new(), Vec::new(), Vec::new());
        for (place, transform) in self.transforms.iter().enumerate() {
            let inputs = inputs_of(&reached, &transform.id, &transform.inputs);
            if inputs.is_empty() {
                continue;
            }
            if transform.keyed.is_some() {
                ends.push(End::Keyed(place));
                inputs_of_ends.push(inputs);
                continue;
            }
            reached.push((&transform.id, Input::Step(steps.len())));
            steps.push(Step { id: transform.id.clone(), node: transform.node.clone(), inputs });
        }
        for (place, sink) in self.sinks.iter().enumerate() {
            let inputs = inputs_of(&reached, &sink.id, &sink.inputs);
            if !inputs.is_empty() {
                ends.push(End::Sink(place));
                inputs_of_ends.push(inputs);
            }
        }
        Route { flow: Flow { source: source.to_owned(), steps, sinks: inputs_of_ends }, ends }
    }

    /// The nodes that a source's events reach, itself among them.
    #[must_use]
    pub fn reached(&self, source: &str) -> Vec<String> {
        let Route { flow, ends } = self.route(source);
        let ends = ends.into_iter().map(|end| self.end(end).to_owned());
        let steps = flow.steps.into_iter().map(|step| step.id);
        [source.to_owned()].into_iter().chain(steps).chain(ends).collect()
    }

    /// The id of an end.
    #[must_use]
    pub fn end(&self, end: End) -> &str {
        match end {
            End::Sink(place) => &self.sinks[place].id,
            End::Keyed(place) => &self.transforms[place].id,
        }
    }
}
