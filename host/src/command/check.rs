//! `brazeline check`

use std::path::Path;

use super::live::live;
use super::{Exit, Outcome, library, say};
use crate::assembly::{Assembly, Plugin, endpoint};
use crate::clock::Clock;
use crate::component::Kind;
use crate::config::{self, Acknowledge, FILES_FROM, Node, Pipeline, Source, System};
use crate::problem::Clean;

/// What is done with the secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    /// They are not looked for.
    Ignored,
    /// They have to be there.
    Found,
    /// They have to be there, and vendors are asked about them.
    Proven,
}

impl Secrets {
    /// As the command line says.
    #[must_use]
    pub fn of(without_secrets: bool, live: bool) -> Self {
        match (without_secrets, live) {
            (true, _) => Self::Ignored,
            (false, false) => Self::Found,
            (false, true) => Self::Proven,
        }
    }
}

/// Checks a pipeline file, and shows what it means.
pub fn check(file: &Path, secrets: Secrets) -> Outcome {
    let pipeline = config::load(file)?;
    let library = library(&pipeline.data_dir)?;
    let assembly = Assembly::new(&pipeline, &library)?;
    let found = match secrets {
        Secrets::Ignored => config::Secrets::default(),
        Secrets::Found | Secrets::Proven => {
            let found = pipeline.resolve_secrets(&System)?;
            assembly.reach(&found)?;
            found
        }
    };
    let warnings = pipeline.warnings.clone().and(pipeline.expiring(Clock::system().unix_ms()));
    if !warnings.is_empty() {
        say(&warnings);
    }
    show(&assembly);
    match secrets {
        Secrets::Proven => live(&assembly, &found),
        Secrets::Ignored | Secrets::Found => Ok(Exit::Done),
    }
}

fn show(assembly: &Assembly<'_>) {
    let pipeline = assembly.pipeline;
    println!("{} is right: pipeline `{}`", pipeline.file, pipeline.name);
    for (name, value) in [("label", &pipeline.label), ("description", &pipeline.description)] {
        value.iter().for_each(|value| println!("  {name}: {value}"));
    }
    let default = if pipeline.journal.is_stated { "" } else { ", the default" };
    println!("  data_dir: {}", pipeline.data_dir.display());
    println!("  journal: at most {} for each source{default}", pipeline.journal.max_size);
    show_authorizations(pipeline);
    println!("sources");
    pipeline.sources.iter().for_each(|source| show_source(assembly, source));
    if !pipeline.transforms.is_empty() {
        println!("transforms");
    }
    for transform in &pipeline.transforms {
        let inputs = transform.inputs.iter().map(|input| input.value.as_str());
        line(assembly, &transform.node, &reads(inputs));
    }
    println!("sinks");
    for sink in &pipeline.sinks {
        let inputs = sink.inputs.iter().map(|input| input.value.as_str());
        line(assembly, &sink.node, &reads(inputs));
        show_targets(assembly, &sink.node, "sends to");
    }
}

fn show_authorizations(pipeline: &Pipeline) {
    if !pipeline.authorizations.is_empty() {
        println!("authorizations");
    }
    for authorization in &pipeline.authorizations {
        let users: Vec<&str> = pipeline.users(authorization).map(|node| node.id.as_str()).collect();
        let label = authorization.label.as_ref().map(|label| format!(", {label}")).unwrap_or_default();
        println!("  {} ({}{label}), used by {}", authorization.name, authorization.kind.value, listed(&users));
        authorization.description.iter().for_each(|description| println!("    {description}"));
        if let Some(expires) = &authorization.expires {
            println!("    expires: {}", expires.value);
        }
        if authorization.share < 1.0 {
            println!("    share: {} of what is allowed", authorization.share);
        }
        for (member, reference) in &authorization.secrets {
            println!("    {member}: {}", reference.value);
        }
    }
}

fn show_source(assembly: &Assembly<'_>, source: &Source) {
    let plugin = &assembly.plugins[source.node.id.as_str()];
    let keeps = match (plugin, source.options.acknowledge) {
        (Plugin::Source(settings), _) if settings.is_read_again() => "read again after a restart",
        (Plugin::Component { kind: Kind::Decoder, .. }, _) => "read again after a restart",
        (Plugin::Component { kind: Kind::Poller, .. }, _) => "asked on from its position after a restart",
        (_, Acknowledge::Journaled) => "journaled before it is answered",
        (_, Acknowledge::Delivered) => "answered when it is delivered",
    };
    line(assembly, &source.node, keeps);
    let listens = match plugin {
        Plugin::Source(settings) => settings.listens(),
        Plugin::Component { kind, .. } => *kind == Kind::Receiver,
        Plugin::Sink(_) => false,
    };
    if listens {
        let scheme = if source.options.tls.is_some() { "https" } else { "http" };
        println!("    listens at {scheme}://{}", source.options.listens_at());
        show_endpoints(assembly, source);
    }
    if let Some(files) = &source.options.files {
        println!("    reads files `{}` from {}", files.pattern, files.shelf);
    }
    if matches!(plugin, Plugin::Component { kind: Kind::Poller, .. }) {
        show_targets(assembly, &source.node, "asks");
    }
    if plugin.fetches() {
        let hosts = assembly.pipeline.authorization_of(&source.node).and_then(|of| of.hosts.get(FILES_FROM));
        match hosts {
            Some(host) => println!("    fetches files from {} (`{FILES_FROM}`)", host.value),
            None => println!("    fetches files from where `hosts` of its authorization will say (`{FILES_FROM}`)"),
        }
    }
}

/// What to paste where others are told to send to.
fn show_endpoints(assembly: &Assembly<'_>, source: &Source) {
    let (base, endpoints) = (endpoint::base(source), assembly.endpoints(source));
    for endpoint in &endpoints {
        println!("    {} go to {}", Clean(&endpoint.about), endpoint.url(&base));
        endpoint.hint().iter().for_each(|hint| println!("      {hint}"));
    }
    if base.is_open() && !endpoints.is_empty() {
        println!("      <host> is what others call this machine; `public_url` says it");
    }
}

fn show_targets(assembly: &Assembly<'_>, node: &Node, does: &str) {
    let plan = match &assembly.plugins[node.id.as_str()] {
        Plugin::Component { plan, .. } => plan,
        Plugin::Sink(settings) => {
            settings.sends_to().into_iter().for_each(|url| println!("    {does} {url}"));
            return;
        }
        Plugin::Source(_) => return,
    };
    for target in &plan.targets {
        let hosts = assembly.pipeline.authorization_of(node).and_then(|of| of.hosts.get(&target.name));
        let origin = hosts.map(|host| host.value.to_string()).or_else(|| target.origin.clone()).unwrap_or_default();
        println!("    {does} {origin} (`{}`)", target.name);
    }
}

fn line(assembly: &Assembly<'_>, node: &Node, about: &str) {
    let plugin = match &assembly.plugins[node.id.as_str()] {
        Plugin::Component { component, .. } => {
            format!("{} {}", component.manifest().name, component.manifest().version)
        }
        Plugin::Source(_) | Plugin::Sink(_) => "built in".to_owned(),
    };
    let label = node.label.as_ref().map(|label| format!(", {label}")).unwrap_or_default();
    println!("  {} ({plugin}{label}): {about}", node.id);
    node.description.iter().for_each(|description| println!("    {description}"));
}

fn reads<'a>(inputs: impl Iterator<Item = &'a str>) -> String {
    format!("reads {}", listed(&inputs.collect::<Vec<_>>()))
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}
