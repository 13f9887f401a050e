//! Where may a node send to, who may send to it, and with which secrets?

use std::collections::BTreeMap;

use crate::component::types::{Plan, Scheme as Described, Target};
use crate::config::source_key::TLS;
use crate::config::{Authorization, FILES_FROM, Node, Origin, Pipeline, Secrets, Source};
use crate::connector;
use crate::connector::server::{Door, Endpoint, Identity, Wanted};
use crate::delivery::budget::Shared;
use crate::delivery::gather::Limits;
use crate::delivery::inbound::Inbound;
use crate::delivery::request::Targets;
use crate::delivery::scheme::{Masked, Member, Scheme};
use crate::problem::Problem;

/// The most that is offered at once.
pub fn limits(plan: &Plan) -> Limits {
    Limits { events: plan.gather_events as usize, bytes: plan.gather_bytes as usize }
}

/// What each authorization allows. A vendor counts by credential, so all who have it draw on the same.
pub fn budgets(pipeline: &Pipeline) -> BTreeMap<String, Shared> {
    let shared = |authorization: &Authorization| (authorization.name.clone(), Shared::new(authorization.share));
    pipeline.authorizations.iter().map(shared).collect()
}

/// The budgets of a node; its own, if it has no authorization.
pub fn budget(all: &BTreeMap<String, Shared>, node: &Node) -> Shared {
    node.authorization.as_ref().and_then(|named| all.get(&named.value)).cloned().unwrap_or_default()
}

/// The targets of a component. Its own word on where they are counts only if it came with the program: a stranger could name its own host.
pub fn targets(
    pipeline: &Pipeline,
    node: &Node,
    plan: &Plan,
    trusted: bool,
    secrets: &Secrets,
) -> Result<Targets, Problem> {
    let authorization = pipeline.authorization_of(node);
    let mut targets = Targets::default();
    for target in &plan.targets {
        let origin = origin(pipeline, node, target, trusted)?;
        let scheme = target.scheme.as_ref().map(|scheme| read(pipeline, node, scheme, secrets)).transpose()?;
        let plain_http = authorization.is_some_and(|authorization| authorization.plain_http);
        targets.add(&target.name, origin, scheme, plain_http).map_err(|problem| placed(pipeline, node, "", problem))?;
    }
    Ok(targets)
}

fn origin(pipeline: &Pipeline, node: &Node, target: &Target, trusted: bool) -> Result<Origin, Problem> {
    let authorization = pipeline.authorization_of(node);
    if target.name == FILES_FROM {
        // What is fetched from there is asked for without credentials, so nothing else may go there.
        let what = format!(
            "{} calls a target `{FILES_FROM}`, as only the place is called that files are fetched from",
            node.name()
        );
        return Err(
            Problem::error(what, "its author has to give the target another name").at(pipeline.place(node.spot))
        );
    }
    if let Some(host) = authorization.and_then(|authorization| authorization.hosts.get(&target.name)) {
        return Ok(host.value.clone());
    }
    let own = target.origin.as_deref().filter(|_| trusted).and_then(|origin| Origin::parse(origin).ok());
    own.ok_or_else(|| {
        let help = format!("add `hosts: {{ {}: \"https://...\" }}` to its authorization", target.name);
        let problem = Problem::error(format!("{} does not know where `{}` is", node.name(), target.name), help);
        let problem = match (&target.origin, trusted) {
            (Some(origin), false) => {
                problem.fact(format!("it says {origin}; only the file decides where a plugin's requests go"))
            }
            _ => problem,
        };
        let named = node.authorization.as_ref().map_or(node.spot, |named| named.spot);
        problem.at(authorization.map_or(pipeline.place(named), |authorization| pipeline.place(authorization.spot)))
    })
}

/// The callers that a component lets in.
pub fn inbound(pipeline: &Pipeline, node: &Node, plan: &Plan, secrets: &Secrets) -> Result<Inbound, Problem> {
    let schemes = plan.inbound.iter().map(|scheme| read(pipeline, node, scheme, secrets));
    Ok(Inbound::new(schemes.collect::<Result<_, _>>()?))
}

/// The callers that a connector lets in: whoever shows the node's authorization, or everybody if it has none.
pub fn callers(pipeline: &Pipeline, node: &Node, secrets: &Secrets) -> Result<Inbound, Problem> {
    let (scheme, _) = own_scheme(pipeline, node, secrets)?;
    Ok(Inbound::new(scheme.into_iter().collect()))
}

/// The credential of a connector, which is its authorization whole, and whether it may go out in the clear.
pub fn own_scheme(pipeline: &Pipeline, node: &Node, secrets: &Secrets) -> Result<(Option<Scheme>, bool), Problem> {
    own_scheme_with(pipeline, node, |authorization, name| member(authorization, secrets, name))
}

fn own_scheme_with(
    pipeline: &Pipeline,
    node: &Node,
    look: impl Fn(&Authorization, &str) -> Member,
) -> Result<(Option<Scheme>, bool), Problem> {
    let Some(authorization) = pipeline.authorization_of(node) else { return Ok((None, false)) };
    let member = |name: &str| look(authorization, name);
    let scheme = connector::authorization(&authorization.kind.value, &authorization.members.json, member);
    let scheme = scheme.map_err(|problems| {
        let what = format!("authorization `{}` does not serve {}", authorization.name, node.name());
        let help = "give it the members that its type needs";
        let problem = Problem::error(what, help).at(pipeline.place(authorization.spot));
        problems.into_iter().fold(problem, |problem, one| problem.fact(one.message))
    })?;
    Ok((Some(scheme), authorization.plain_http))
}

/// How a caller's credential goes along, whether its secret is known or not.
pub fn masked(pipeline: &Pipeline, node: &Node, scheme: &Described) -> Result<Masked, Problem> {
    read_with(pipeline, node, scheme, |_, _| any_secret()).map(|scheme| scheme.masked())
}

/// The same for a connector, if it has an authorization.
pub fn masked_own(pipeline: &Pipeline, node: &Node) -> Result<Option<Masked>, Problem> {
    let (scheme, _) = own_scheme_with(pipeline, node, |_, _| any_secret())?;
    Ok(scheme.map(|scheme| scheme.masked()))
}

/// Where only the form counts, any text will do.
fn any_secret() -> Member {
    Member::Secret("any".into())
}

fn member(authorization: &Authorization, secrets: &Secrets, name: &str) -> Member {
    match secrets.get(&authorization.name, name) {
        Some(secret) => Member::Secret(secret.expose().into()),
        None if authorization.members.json.contains_key(name) => Member::Plain,
        None => Member::Missing,
    }
}

/// A scheme with its secret.
fn read(pipeline: &Pipeline, node: &Node, scheme: &Described, secrets: &Secrets) -> Result<Scheme, Problem> {
    read_with(pipeline, node, scheme, |authorization, name| member(authorization, secrets, name))
}

fn read_with(
    pipeline: &Pipeline,
    node: &Node,
    scheme: &Described,
    look: impl Fn(&Authorization, &str) -> Member,
) -> Result<Scheme, Problem> {
    let Some(authorization) = pipeline.authorization_of(node) else {
        let help = format!("add `authorization: ...` to {}", node.name());
        return Err(
            Problem::error(format!("{} needs an authorization", node.name()), help).at(pipeline.place(node.spot))
        );
    };
    let member = |name: &str| look(authorization, name);
    Scheme::read(&scheme.name, &scheme.settings, member).map_err(|mut problem| {
        problem.what =
            format!("authorization `{}` does not serve {}: {}", authorization.name, node.name(), problem.what);
        problem.at(pipeline.place(authorization.spot))
    })
}

/// What a source wants of the server before it.
pub fn wanted(source: &Source, endpoints: Vec<Endpoint>) -> Wanted {
    let options = &source.options;
    Wanted {
        address: options.listens_at(),
        max_body_bytes: options.max_body_bytes,
        tls: options.tls.clone(),
        public_url: options.public_url.clone(),
        endpoints,
    }
}

/// Whether the certificate of a source can be shown, if it has one.
pub fn certificate(pipeline: &Pipeline, source: &Source) -> Result<(), Problem> {
    let loaded = source.options.tls.clone().map(Identity::load).transpose();
    loaded.map(drop).map_err(|problem| stated(pipeline, source, TLS, problem))
}

/// Binds the address of a source, for these callers.
pub async fn door(
    pipeline: &Pipeline,
    source: &Source,
    endpoints: Vec<Endpoint>,
    inbound: Inbound,
) -> Result<Door, Problem> {
    certificate(pipeline, source)?;
    let opened = Door::open(&source.node.id, wanted(source, endpoints), inbound).await;
    opened.map_err(|problem| address(pipeline, source, problem))
}

/// What one of the host's keys in a source says is wrong.
fn stated(pipeline: &Pipeline, source: &Source, key: &str, mut problem: Problem) -> Problem {
    let spot = source.options.stated.get(key).copied().unwrap_or(source.node.spot);
    problem.what = format!("{}: {}", source.node.name(), problem.what);
    problem.at(pipeline.place(spot))
}

/// A source cannot be opened where it is said to be.
pub fn address(pipeline: &Pipeline, source: &Source, mut problem: Problem) -> Problem {
    let spot = source.options.address.as_ref().map_or(source.node.spot, |address| address.spot);
    problem.what = format!("{}: {}", source.node.name(), problem.what);
    problem.at(pipeline.place(spot))
}

/// A mistake in what is under a pointer of the node's settings.
pub fn placed(pipeline: &Pipeline, node: &Node, pointer: &str, mut problem: Problem) -> Problem {
    problem.what = format!("{}: {}", node.name(), problem.what);
    problem.at(pipeline.place_of(node, pointer))
}
