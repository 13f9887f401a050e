//! Where are others told to send to, and with which credential?
//!
//! A component says its paths, a connector has one in its settings. No secret is needed for it, so `check` can say it where there is none.

use super::plugin::Plugin;
use super::reach;
use crate::component::Kind;
use crate::component::types::Plan;
use crate::config::{Node, Pipeline, Source};
use crate::connector::SourceSettings;
use crate::connector::server::{Base, Endpoint};
use crate::delivery::scheme::Masked;
use crate::problem::Problem;

/// What is sent to a connector.
const EVENTS: &str = "events";

/// The endpoints of a source that is sent to.
pub fn endpoints(pipeline: &Pipeline, source: &Source, plugin: &Plugin) -> Vec<Endpoint> {
    let node = &source.node;
    match plugin {
        Plugin::Component { kind: Kind::Receiver, plan, .. } => of_component(pipeline, node, plan),
        Plugin::Source(SourceSettings::HttpServer(settings)) => {
            let path = settings.path.clone().unwrap_or_else(|| "/".to_owned());
            let Ok(credential) = reach::masked_own(pipeline, node) else { return Vec::new() };
            vec![Endpoint { about: EVENTS.to_owned(), path, credentials: credential.into_iter().collect() }]
        }
        _ => Vec::new(),
    }
}

/// What stands before them, if it listens there.
pub fn base(source: &Source) -> Base {
    let options = &source.options;
    Base::new(options.public_url.as_deref(), options.listens_at(), options.tls.is_some())
}

fn of_component(pipeline: &Pipeline, node: &Node, plan: &Plan) -> Vec<Endpoint> {
    // One that does not serve is a problem of its own, told elsewhere.
    let credentials: Result<Vec<Masked>, Problem> =
        plan.inbound.iter().map(|scheme| reach::masked(pipeline, node, scheme)).collect();
    let Ok(credentials) = credentials else { return Vec::new() };
    let endpoint = |endpoint: &crate::component::types::Endpoint| Endpoint {
        about: endpoint.about.clone(),
        path: endpoint.path.clone(),
        credentials: credentials.clone(),
    };
    plan.endpoints.iter().map(endpoint).collect()
}
