//! A pipeline that is checked, loaded and ready to run.
//!
//! It is a value: it needs no file, no terminal and no stdout of its own.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::component::Node;
use crate::config::{SinkOptions, SourceOptions};
use crate::connector::Native;
use crate::connector::server::Door;
use crate::delivery::budget::Shared;
use crate::delivery::gather::Limits;

use super::flow::{Flow, Input, Step};
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
    /// A built-in connector.
    Native(Native),
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
    /// What the other side allows, shared with all who have the same authorization.
    pub budgets: Shared,
}

/// What a source's events go through, and which sinks they reach.
pub struct Route {
    /// The transforms and the inputs of each sink.
    pub flow: Flow,
    /// The sinks, by their place in the graph, in the order of the flow.
    pub sinks: Vec<usize>,
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
