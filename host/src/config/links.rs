//! Do the names fit together? Each input, each authorization, and who reads whom.

use std::collections::BTreeMap;

use super::order::order;
use super::pipeline::{Kind, Node, Transform};
use super::place::{Placed, Report, Spot};
use super::shape::Shape;
use super::suggest::{did_you_mean, listed};
use super::tree::{Entry, Tree, Value};
use crate::problem::Problem;

/// All names that the file gives, also those of nodes that could not be read: one mistake is not reported as two.
pub(super) struct Names<'t> {
    nodes: Vec<(Kind, &'t str, Spot)>,
    authorizations: Vec<&'t str>,
}

impl<'t> Names<'t> {
    pub fn of(tree: &'t Tree) -> Self {
        let nodes = Kind::ALL.into_iter().flat_map(|kind| {
            entries(tree, kind.section()).iter().map(move |entry| (kind, entry.key.as_str(), entry.spot))
        });
        let authorizations = entries(tree, "authorizations").iter().map(|entry| entry.key.as_str());
        Self { nodes: nodes.collect(), authorizations: authorizations.collect() }
    }

    fn kind(&self, id: &str) -> Option<Kind> {
        self.nodes.iter().find(|(_, other, _)| *other == id).map(|(kind, ..)| *kind)
    }

    /// What can be read: sources and transforms.
    fn readable(&self) -> impl Iterator<Item = &'t str> + Clone + '_ {
        self.nodes.iter().filter(|(kind, ..)| *kind != Kind::Sink).map(|(_, id, _)| *id)
    }
}

fn entries<'t>(tree: &'t Tree, section: &str) -> &'t [Entry] {
    let Value::Map(top) = &tree.value else { return &[] };
    match top.iter().find(|entry| entry.key == section).map(|entry| &entry.value.value) {
        Some(Value::Map(entries)) => entries,
        _ => &[],
    }
}

/// Reports what does not fit, and brings the transforms into their order.
pub(super) fn check(shape: &mut Shape, names: &Names<'_>, report: &mut Report) {
    ids(names, report);
    addresses(shape, report);
    inputs(shape, names, report);
    authorizations(shape, names, report);
    sort(&mut shape.transforms, report);
    // An input with a slip in it, or a node that could not be read, leaves somebody unread: that is one mistake, not two.
    if report.is_empty() {
        unread(shape, report);
        unused(shape, report);
    }
}

fn ids(names: &Names<'_>, report: &mut Report) {
    let mut seen: BTreeMap<&str, (Kind, Spot)> = BTreeMap::new();
    for (kind, id, spot) in &names.nodes {
        let Some((other, first)) = seen.insert(id, (*kind, *spot)) else { continue };
        let what = format!("{} `{id}` has the id of a {}", kind.word(), other.word());
        let fact = format!("the other is at line {}, column {}", first.line, first.column);
        report.add(*spot, Problem::error(what, "give each node an id of its own").fact(fact));
    }
}

fn addresses(shape: &Shape, report: &mut Report) {
    let mut seen = BTreeMap::new();
    for source in &shape.sources {
        let uploads = source.options.files.as_ref().and_then(|files| files.shelf.address());
        // Port 0 is any free one.
        let Some(address) = source.options.address.as_ref().or(uploads).filter(|address| address.value.port() != 0)
        else {
            continue;
        };
        if let Some(other) = seen.insert(address.value, &source.node.id) {
            let what = format!("source `{}` listens where source `{other}` does", source.node.id);
            report.error(address.spot, what, "give one of them another port");
        }
    }
}

fn inputs(shape: &Shape, names: &Names<'_>, report: &mut Report) {
    let transforms = shape.transforms.iter().map(|transform| (&transform.node, &transform.inputs));
    let sinks = shape.sinks.iter().map(|sink| (&sink.node, &sink.inputs));
    for (node, input) in
        transforms.chain(sinks).flat_map(|(node, inputs)| inputs.iter().map(move |input| (node, input)))
    {
        let id = &input.value;
        let problem = match names.kind(id) {
            Some(Kind::Source | Kind::Transform) => continue,
            Some(Kind::Sink) => {
                let what = format!("{} cannot read sink `{id}`", node.name());
                Problem::error(what, "nothing comes out of a sink; name what the sink reads")
            }
            None => {
                let help = did_you_mean(id, names.readable(), "name one of them");
                Problem::error(format!("{} has no input `{id}` to read", node.name()), help)
            }
        };
        let fact = format!("sources and transforms here: {}", listed(names.readable()));
        report.add(input.spot, problem.fact(fact));
    }
}

fn unread(shape: &Shape, report: &mut Report) {
    let sources = shape.sources.iter().map(|source| &source.node);
    for node in sources.chain(shape.transforms.iter().map(|transform| &transform.node)) {
        if !read(shape).any(|input| input.value == node.id) {
            let help = format!("add `{}` to the `inputs` of a transform or a sink, or remove it", node.id);
            report.add(node.spot, Problem::warning(format!("nobody reads {}", node.name()), help));
        }
    }
}

fn read(shape: &Shape) -> impl Iterator<Item = &Placed<String>> {
    let transforms = shape.transforms.iter().flat_map(|transform| &transform.inputs);
    transforms.chain(shape.sinks.iter().flat_map(|sink| &sink.inputs))
}

fn nodes(shape: &Shape) -> impl Iterator<Item = &Node> {
    let sources = shape.sources.iter().map(|source| &source.node);
    let transforms = shape.transforms.iter().map(|transform| &transform.node);
    sources.chain(transforms).chain(shape.sinks.iter().map(|sink| &sink.node))
}

/// Every authorization that is named, and by whom.
fn named(shape: &Shape) -> impl Iterator<Item = (&Node, &Placed<String>)> {
    let own = nodes(shape).filter_map(|node| Some((node, node.authorization.as_ref()?)));
    let files = shape.sources.iter().filter_map(|source| Some((&source.node, source.options.files.as_ref()?)));
    // What could not be read has no name.
    let named = files.flat_map(|(node, files)| files.authorizations().map(move |named| (node, named)));
    own.chain(named.filter(|(_, named)| !named.value.is_empty()))
}

fn authorizations(shape: &Shape, names: &Names<'_>, report: &mut Report) {
    for (node, Placed { value: name, spot }) in named(shape) {
        let known = names.authorizations.iter().copied();
        if known.clone().any(|other| other == name) {
            continue;
        }
        let or = format!("name one of them, or add `{name}` under `authorizations`");
        let problem = Problem::error(
            format!("{} has no authorization `{name}`", node.name()),
            did_you_mean(name, known.clone(), &or),
        );
        report.add(*spot, problem.fact(format!("authorizations here: {}", listed(known))));
    }
}

fn unused(shape: &Shape, report: &mut Report) {
    for authorization in &shape.authorizations {
        let name = &authorization.name;
        if !named(shape).any(|(_, used)| used.value == *name) {
            let help = format!("add `authorization: {name}` to the node that needs it, or remove it");
            report.add(authorization.spot, Problem::warning(format!("no node uses authorization `{name}`"), help));
        }
    }
}

fn sort(transforms: &mut Vec<Transform>, report: &mut Report) {
    let number = |id: &str| transforms.iter().position(|transform| transform.node.id == id);
    let inputs: Vec<Vec<usize>> = transforms
        .iter()
        .map(|transform| transform.inputs.iter().filter_map(|input| number(&input.value)).collect())
        .collect();
    match order(&inputs) {
        Ok(order) => {
            let mut unsorted: Vec<Option<Transform>> = std::mem::take(transforms).into_iter().map(Some).collect();
            transforms.extend(order.into_iter().filter_map(|number| unsorted[number].take()));
        }
        Err(circles) => circles.iter().for_each(|circle| refuse(circle, transforms, report)),
    }
}

fn refuse(circle: &[usize], transforms: &[Transform], report: &mut Report) {
    let id = |number: &usize| transforms[*number].node.id.as_str();
    let path: Vec<&str> = circle.iter().chain(circle.first()).map(id).collect();
    let (Some(first), Some(last)) = (circle.first(), circle.last()) else { return };
    let closing = transforms[*first].inputs.iter().find(|input| input.value == id(last));
    let what = match circle.len() {
        1 => format!("transform `{}` reads itself", id(first)),
        _ => "transforms read each other in a circle".to_owned(),
    };
    let help = format!("take `{}` out of the `inputs` of `{}`, or break the circle elsewhere", id(last), id(first));
    let spot = closing.map_or(transforms[*first].node.spot, |input| input.spot);
    report.add(spot, Problem::error(what, help).fact(path.join(" -> ")));
}
