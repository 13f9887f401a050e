//! A pipeline that is checked, loaded and ready to run.
//!
//! It is a value: it needs no file, no terminal and no stdout of its own.

use std::path::PathBuf;

use crate::component::Node;
use crate::component::types::Budget;
use crate::config::{SinkOptions, SourceOptions};
use crate::connector::Native;
use crate::connector::server::Door;
use crate::delivery::gather::Limits;

use super::flow::{Flow, Input, Step};
use super::import::Importer;
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
    /// What changes them, each after what it reads.
    pub transforms: Vec<Transform>,
    /// Where they go.
    pub sinks: Vec<Sink>,
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
            Self::Files(_) => true,
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
    /// Budgets known before the first answer.
    pub budgets: Vec<Budget>,
}

/// What a source's events go through, and which sinks they reach.
pub struct Route {
    /// The transforms and the inputs of each sink.
    pub flow: Flow,
    /// The sinks, by their place in the graph, in the order of the flow.
    pub sinks: Vec<usize>,
}

impl Route {
    /// Whether each of its ends stores a source's position together with what it decides, so that nothing is decided twice. A sink
    /// stores that it delivered, and would deliver again.
    #[must_use]
    pub fn keeps_positions(&self) -> bool {
        self.sinks.is_empty()
    }

    /// Whether anybody at its ends wants to know to which snapshot an event belongs. No sink does.
    #[must_use]
    pub fn reads_snapshots(&self) -> bool {
        self.keeps_positions()
    }
}

impl Graph {
    /// The route of one source: the transforms that it reaches, in order, and the sinks.
    #[must_use]
    pub fn route(&self, source: &str) -> Route {
        let mut reached: Vec<(&str, Input)> = vec![(source, Input::Source)];
        let inputs_of = |reached: &[(&str, Input)], inputs: &[String]| -> Vec<Input> {
            reached.iter().filter(|(id, _)| inputs.iter().any(|input| input == id)).map(|(_, input)| *input).collect()
        };
        let mut steps = Vec::new();
        for transform in &self.transforms {
            let inputs = inputs_of(&reached, &transform.inputs);
            if !inputs.is_empty() {
                reached.push((&transform.id, Input::Step(steps.len())));
                steps.push(Step { id: transform.id.clone(), node: transform.node.clone(), inputs });
            }
        }
        let (mut sinks, mut ends) = (Vec::new(), Vec::new());
        for (place, sink) in self.sinks.iter().enumerate() {
            let inputs = inputs_of(&reached, &sink.inputs);
            if !inputs.is_empty() {
                sinks.push(place);
                ends.push(inputs);
            }
        }
        Route { flow: Flow { source: source.to_owned(), steps, sinks: ends }, sinks }
    }
}
