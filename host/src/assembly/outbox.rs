//! Where may a transform that remembers stand?
//!
//! What it decided is stored before its sink may act, so its output goes to exactly one sink, with nothing between; and it reads only what
//! is stored or can be read again.

use crate::config::{Acknowledge, Node, Pipeline, Transform};
use crate::problem::Problem;

/// What is wrong with the place of one.
pub fn misplaced(pipeline: &Pipeline, transform: &Transform) -> Vec<Problem> {
    let node = &transform.node;
    let sinks: Vec<&Node> =
        pipeline.sinks.iter().filter(|sink| reads(&sink.inputs, node)).map(|sink| &sink.node).collect();
    let after = pipeline.transforms.iter().filter(|other| reads(&other.inputs, node)).map(|other| &other.node);
    let mut problems: Vec<Problem> = after.map(|after| followed(pipeline, node, after)).collect();
    if let [_, second, ..] = sinks.as_slice() {
        let what = format!("{} remembers what one sink was told, and several read it", node.name());
        let help = format!("give `{}` a transform of its own", second.id);
        problems.push(Problem::error(what, help).at(pipeline.place(second.spot)));
    }
    problems.extend(volatile(pipeline, transform));
    problems
}

fn followed(pipeline: &Pipeline, node: &Node, after: &Node) -> Problem {
    let what = format!("{} reads {}, whose decisions have to reach a sink as they are", after.name(), node.name());
    let help = format!("put `{}` before `{}`", after.id, node.id);
    Problem::error(what, help).at(pipeline.place(after.spot))
}

/// Sources before it that keep nothing.
fn volatile<'p>(pipeline: &'p Pipeline, transform: &Transform) -> impl Iterator<Item = Problem> + use<'p> {
    let mut before: Vec<&str> = transform.inputs.iter().map(|input| input.value.as_str()).collect();
    // Transforms stand behind what they read, so one look from the end finds all.
    for other in pipeline.transforms.iter().rev().filter(|other| other.node.id != transform.node.id) {
        if before.contains(&other.node.id.as_str()) {
            before.extend(other.inputs.iter().map(|input| input.value.as_str()));
        }
    }
    let before: Vec<String> = before.into_iter().map(str::to_owned).collect();
    let name = transform.node.name();
    let sources = pipeline
        .sources
        .iter()
        .filter(move |source| before.contains(&source.node.id) && source.options.acknowledge == Acknowledge::Delivered);
    sources.map(move |source| {
        let what =
            format!("{} keeps nothing (`acknowledge: delivered`), and {name} has to remember", source.node.name());
        Problem::error(what, "remove `acknowledge`: what was decided must not be decided again")
            .at(pipeline.place(source.node.spot))
    })
}

fn reads(inputs: &[crate::config::Placed<String>], node: &Node) -> bool {
    inputs.iter().any(|input| input.value == node.id)
}
