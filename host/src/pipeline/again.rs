//! Where do rejected events go when they are sent again?
//!
//! To the node that rejected them, and to nobody else: what stands before it has changed them already, and its neighbours have delivered them.
//! So there is a small log for each source and each node that its events reach, which is followed like a journal, and whose flow begins at
//! that node. What a transform that remembers has told its sink goes into its outbox again, which leads there and nowhere else.

use super::graph::{self, Graph, Route};
use crate::config::{Acknowledge, SourceOptions};

/// What no id may hold.
const BETWEEN: char = '~';

/// The log of a source's events that are sent again to this node. To the source itself: what could not be read, and now can.
#[must_use]
pub fn log(source: &str, node: &str) -> String {
    format!("{source}{BETWEEN}{node}")
}

/// A log from which events are sent again.
pub(super) struct Again {
    /// Its name.
    pub log: String,
    /// How much of it may be open.
    pub options: SourceOptions,
    /// From the node on that rejected them.
    pub route: Route,
}

/// All of them.
pub(super) fn all(graph: &Graph) -> Vec<Again> {
    let of_source = |source: &graph::Source| {
        let again = move |node: String| Again {
            log: log(&source.id, &node),
            options: SourceOptions { acknowledge: Acknowledge::Journaled, ..source.options.clone() },
            route: graph.route_at(&source.id, &node),
        };
        graph.reached(&source.id).into_iter().map(again).collect::<Vec<_>>()
    };
    graph.sources.iter().flat_map(of_source).collect()
}
