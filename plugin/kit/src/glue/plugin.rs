//! `plugin`: what every component exports.

use super::batch::each;
use super::{Glue, keep};
use crate::bindings::plugin as wit;
use crate::plugin::{configure, describe};
use crate::{Endpoint, Plan, Plugin, Problem, Scheme, SourceKind, Target};

impl<T: Plugin> wit::Guest for Glue<T> {
    fn describe() -> wit::Manifest {
        let manifest = describe::<T>();
        wit::Manifest {
            name: manifest.name.to_owned(),
            version: manifest.version.to_owned(),
            summary: manifest.summary.to_owned(),
            settings_schema: manifest.settings_schema,
            authorizations: manifest.authorizations.iter().map(|name| (*name).to_owned()).collect(),
            state_versions: manifest.state_versions.to_vec(),
        }
    }

    fn configure(settings: String) -> Result<wit::Plan, Vec<wit::Problem>> {
        let (plugin, plan) = configure::<T>(&settings).map_err(each)?;
        keep(plugin);
        Ok(plan.into())
    }
}

impl From<Problem> for wit::Problem {
    fn from(problem: Problem) -> Self {
        Self { pointer: problem.pointer, message: problem.message }
    }
}

impl From<Scheme> for wit::Scheme {
    fn from(scheme: Scheme) -> Self {
        Self { name: scheme.name, settings: scheme.settings.to_string() }
    }
}

impl From<Target> for wit::Target {
    fn from(target: Target) -> Self {
        Self { name: target.name, origin: target.origin, scheme: target.scheme.map(Into::into) }
    }
}

impl From<Endpoint> for wit::Endpoint {
    fn from(endpoint: Endpoint) -> Self {
        Self { about: endpoint.about, path: endpoint.path }
    }
}

impl From<SourceKind> for wit::SourceKind {
    fn from(kind: SourceKind) -> Self {
        match kind {
            SourceKind::Receiver => Self::Receiver,
            SourceKind::Decoder => Self::Decoder,
            SourceKind::Poller => Self::Poller,
            SourceKind::Fetcher => Self::Fetcher,
        }
    }
}

impl From<Plan> for wit::Plan {
    fn from(plan: Plan) -> Self {
        Self {
            source: plan.source.map(Into::into),
            targets: each(plan.targets),
            inbound: each(plan.inbound),
            endpoints: each(plan.endpoints),
            gather_events: plan.gather_events,
            gather_bytes: plan.gather_bytes,
            budgets: each(plan.budgets),
        }
    }
}
