//! From a pipeline file that was read to a pipeline that can run.
//!
//! [`Assembly::new`] loads and configures what stands at every node and reports all that is wrong with them at once; it needs no secret and
//! opens nothing, so that a file can be checked anywhere. [`Assembly::graph`] then gives each node its secrets and its address. Nothing
//! here starts anything.

pub mod endpoint;
mod files;
mod options;
mod outbox;
mod plugin;
mod proof;
mod reach;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::clock::{Clock, Moment};
use crate::component::{Component, Kind, Library, Node};
use crate::config::{self, FILES_FROM, Pipeline, Secrets};
use crate::connector::server::Endpoint;
use crate::delivery::budget::Shared;
use crate::delivery::request::Client;
use crate::pipeline::fetch::{Fetcher, FilesFrom};
use crate::pipeline::graph::{self, Graph, SourceKind};
use crate::pipeline::keyed::rest::Reads;
use crate::pipeline::poll::Poller;
use crate::pipeline::sink::Outlet;
use crate::problem::{Problem, Problems};

pub use files::Far;
pub use plugin::{Plugin, driven};
pub use proof::Proof;

/// A pipeline whose nodes are all configured.
pub struct Assembly<'p> {
    /// What the file says.
    pub pipeline: &'p Pipeline,
    /// What stands at each node, by its id.
    pub plugins: BTreeMap<&'p str, Plugin>,
    /// Sources are left alone: what is decided is delivered, and nothing more is read.
    pub reads_nothing: bool,
}

impl<'p> Assembly<'p> {
    /// Loads and configures every node. Blocks.
    pub fn new(pipeline: &'p Pipeline, library: &Library) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mut plugins = BTreeMap::new();
        for node in pipeline.nodes() {
            match Plugin::find(pipeline, node, library) {
                Ok(plugin) => drop(plugins.insert(node.id.as_str(), plugin)),
                Err(found) => problems.extend(found),
            }
        }
        let assembly = Self { pipeline, plugins, reads_nothing: false };
        problems.extend(assembly.unknown_hosts());
        problems.extend(assembly.misplaced());
        problems.extend(pipeline.sources.iter().flat_map(|source| assembly.options(source)));
        if problems.is_empty() { Ok(assembly) } else { Err(Problems::new(problems)) }
    }

    /// Where others are told to send to, if a source is one that is sent to.
    #[must_use]
    pub fn endpoints(&self, source: &config::Source) -> Vec<Endpoint> {
        let plugin = self.plugins.get(source.node.id.as_str());
        plugin.map(|plugin| endpoint::endpoints(self.pipeline, source, plugin)).unwrap_or_default()
    }

    /// What is wrong with the host's keys in a source, given what stands there.
    fn options(&self, source: &config::Source) -> Vec<Problem> {
        let plugin = self.plugins.get(source.node.id.as_str());
        plugin.map(|plugin| options::check(self.pipeline, source, plugin)).unwrap_or_default()
    }

    /// Transforms that remember where they cannot.
    fn misplaced(&self) -> Vec<Problem> {
        let is_keyed = |transform: &&config::Transform| match self.plugins.get(transform.node.id.as_str()) {
            Some(Plugin::Component { component, .. }) => remembers(component),
            _ => false,
        };
        let transforms = self.pipeline.transforms.iter().filter(is_keyed);
        transforms.flat_map(|transform| outbox::misplaced(self.pipeline, transform)).collect()
    }

    /// Names under `hosts` that no node with that authorization knows: what was meant for them would go elsewhere.
    fn unknown_hosts(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for authorization in &self.pipeline.authorizations {
            let uses = |node: &&config::Node| {
                node.authorization.as_ref().is_some_and(|named| named.value == authorization.name)
            };
            let plugins = self.pipeline.nodes().filter(uses).filter_map(|node| self.plugins.get(node.id.as_str()));
            let names = |plugin: &'_ Plugin| -> Vec<String> {
                let targets =
                    plugin.plan().into_iter().flat_map(|plan| &plan.targets).map(|target| target.name.clone());
                targets.chain(plugin.fetches().then(|| FILES_FROM.to_owned())).collect()
            };
            let names: Vec<String> = plugins.flat_map(names).collect();
            let known: Vec<&str> = names.iter().map(String::as_str).collect();
            for (name, host) in authorization.hosts.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
                let help = match config::nearest(name, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "remove it".to_owned(),
                };
                let what = format!(
                    "authorization `{}` names a host for `{name}`, which no node that uses it sends to",
                    authorization.name
                );
                let fact = format!(
                    "its nodes send to: {}",
                    if known.is_empty() { "nobody".to_owned() } else { known.join(", ") }
                );
                problems.push(Problem::error(what, help).fact(fact).at(self.pipeline.place(host.spot)));
            }
        }
        problems
    }

    /// Whether every node can get its secrets and knows where it sends to. Nothing is opened.
    pub fn reach(&self, secrets: &Secrets) -> Result<(), Problems> {
        let sources = &self.pipeline.sources;
        let certificates = sources.iter().filter_map(|source| reach::certificate(self.pipeline, source).err());
        let nodes = self.pipeline.nodes().filter_map(|node| self.reaches(node, secrets).err());
        let files = sources.iter().filter_map(|source| files::reach(self.pipeline, source, secrets).err());
        let problems: Vec<Problem> = certificates.chain(nodes).chain(files).collect();
        if problems.is_empty() { Ok(()) } else { Err(Problems::new(problems)) }
    }

    fn reaches(&self, node: &config::Node, secrets: &Secrets) -> Result<(), Problem> {
        match &self.plugins[node.id.as_str()] {
            Plugin::Component { plan, component, .. } => {
                reach::inbound(self.pipeline, node, plan, secrets)?;
                reach::targets(self.pipeline, node, plan, component.is_embedded(), secrets).map(drop)
            }
            Plugin::Source(_) => reach::callers(self.pipeline, node, secrets).map(drop),
            Plugin::Sink(_) => reach::own_scheme(self.pipeline, node, secrets).map(drop),
        }
    }

    /// The sources whose files lie on other machines. Nothing is connected yet.
    pub fn shelves(&self, secrets: &Secrets) -> Result<Vec<Far<'_>>, Problem> {
        let sources = self.pipeline.sources.iter();
        let far = sources.filter_map(|source| Some((source, source.options.files.as_ref()?)));
        let far = far.filter(|(_, files)| files.shelf.is_far());
        far.map(|(source, files)| Ok((source, files, files::shelf(self.pipeline, source, files, secrets)?))).collect()
    }

    /// The components that read what is sent to a source, by its id.
    #[must_use]
    pub fn receivers(&self) -> BTreeMap<String, Node> {
        let receiver = |source: &config::Source| match self.plugins.get(source.node.id.as_str())? {
            Plugin::Component { kind: Kind::Receiver, node, .. } => Some((source.node.id.clone(), node.clone())),
            _ => None,
        };
        self.pipeline.sources.iter().filter_map(receiver).collect()
    }

    /// The transforms that remember, by their ids.
    #[must_use]
    pub fn remembering(&self) -> BTreeMap<String, Reads> {
        let one = |transform: &config::Transform| match self.plugins.get(transform.node.id.as_str())? {
            Plugin::Component { component, .. } if remembers(component) => {
                Some((transform.node.id.clone(), reads(component)))
            }
            _ => None,
        };
        self.pipeline.transforms.iter().filter_map(one).collect()
    }

    /// Gives every node its secrets, and binds the addresses at which sources listen: a port in use is a mistake like any other.
    pub async fn graph(&self, secrets: &Secrets, clock: &Clock) -> Result<Graph, Problems> {
        let mut problems = Vec::new();
        let client = Client::new(*clock);
        let budgets = reach::budgets(self.pipeline);
        let (mut sources, mut sinks) = (Vec::new(), Vec::new());
        let (read, left_alone): (Vec<_>, Vec<_>) = self.pipeline.sources.iter().partition(|_| !self.reads_nothing);
        for source in read {
            let shared = reach::budget(&budgets, &source.node);
            keep(self.source(source, secrets, &client, shared, clock.now()).await, &mut sources, &mut problems);
        }
        for sink in &self.pipeline.sinks {
            let shared = reach::budget(&budgets, &sink.node);
            keep(self.sink(sink, secrets, &client, shared, clock.now()), &mut sinks, &mut problems);
        }
        if !problems.is_empty() {
            return Err(Problems::new(problems));
        }
        let (pipeline, mut desks) = (self.pipeline, Desks::new());
        let transforms = pipeline.transforms.iter().filter_map(|one| self.transform(one, &mut desks)).collect();
        Ok(Graph {
            name: pipeline.name.clone(),
            data_dir: pipeline.data_dir.clone(),
            journal_max_bytes: pipeline.journal.max_size.0,
            sources,
            left_alone: left_alone.into_iter().map(|source| source.node.id.clone()).collect(),
            transforms,
            sinks,
            desks,
            budgets,
        })
    }

    async fn source(
        &self,
        source: &config::Source,
        secrets: &Secrets,
        client: &Client,
        budgets: Shared,
        now: Moment,
    ) -> Result<graph::Source, Problem> {
        let (pipeline, node) = (self.pipeline, &source.node);
        let kind = match &self.plugins[node.id.as_str()] {
            Plugin::Component { kind: Kind::Poller, node: component, plan, component: loaded } => {
                let targets = reach::targets(pipeline, node, plan, loaded.is_embedded(), secrets)?;
                plan.budgets.iter().for_each(|budget| budgets.know(now, budget));
                let (targets, client, every) = (targets.into(), client.clone(), source.options.every);
                let poller = Poller { node: component.clone(), targets, client, budgets, every, downloads: None };
                match self.plugins[node.id.as_str()].fetches() {
                    false => SourceKind::Poller(poller),
                    true => SourceKind::Fetcher(Box::new(self.fetcher(source, poller, (component, loaded))?)),
                }
            }
            Plugin::Component { kind: Kind::Decoder, node: component, component: loaded, .. } => {
                SourceKind::Files(options::importer(pipeline, source, (component, loaded), secrets)?)
            }
            Plugin::Component { node: component, plan, .. } => SourceKind::Receiver {
                node: component.clone(),
                door: reach::door(
                    pipeline,
                    source,
                    self.endpoints(source),
                    reach::inbound(pipeline, node, plan, secrets)?,
                )
                .await?,
            },
            Plugin::Source(settings) => {
                let callers = reach::callers(pipeline, node, secrets)?;
                let opened =
                    settings.clone().open(&node.id, reach::wanted(source, self.endpoints(source)), callers).await;
                SourceKind::Native(opened.map_err(|problem| reach::address(pipeline, source, problem))?)
            }
            Plugin::Sink(_) => return Err(plugin::misplaced(pipeline, node)),
        };
        Ok(graph::Source { id: node.id.clone(), options: source.options.clone(), kind })
    }

    fn fetcher(
        &self,
        source: &config::Source,
        poller: Poller,
        component: (&Node, &Component),
    ) -> Result<Fetcher, Problem> {
        let importer = options::fetched(self.pipeline, source, component)?;
        let authorization = self.pipeline.authorization_of(&source.node);
        let origin = authorization.and_then(|of| of.hosts.get(FILES_FROM)).map(|host| host.value.clone());
        let authorization = authorization.map(|of| of.name.clone());
        Ok(Fetcher { poller, importer, from: FilesFrom { origin, authorization }, rehearsal: None })
    }

    fn transform(&self, transform: &config::Transform, desks: &mut Desks) -> Option<graph::Transform> {
        let Plugin::Component { node, component, .. } = self.plugins.get(transform.node.id.as_str())? else {
            return None;
        };
        let (id, inputs) = (transform.node.id.clone(), transform.inputs.iter().map(|input| input.value.clone()));
        let keyed = remembers(component).then(|| {
            let (desk, asks) = tokio::sync::mpsc::unbounded_channel();
            desks.insert(id.clone(), desk);
            graph::Remembering { reads: reads(component), options: transform.options.clone(), asks }
        });
        Some(graph::Transform { id, inputs: inputs.collect(), node: node.clone(), keyed })
    }

    fn sink(
        &self,
        sink: &config::Sink,
        secrets: &Secrets,
        client: &Client,
        budgets: Shared,
        now: Moment,
    ) -> Result<graph::Sink, Problem> {
        let (pipeline, node) = (self.pipeline, &sink.node);
        let (outlet, limits) = match &self.plugins[node.id.as_str()] {
            Plugin::Component { node: component, plan, component: loaded, .. } => {
                let targets = reach::targets(pipeline, node, plan, loaded.is_embedded(), secrets)?;
                let outlet =
                    Outlet::Component { node: component.clone(), targets: targets.into(), client: client.clone() };
                plan.budgets.iter().for_each(|budget| budgets.know(now, budget));
                (outlet, reach::limits(plan))
            }
            Plugin::Sink(settings) => {
                let (scheme, plain_http) = reach::own_scheme(pipeline, node, secrets)?;
                let deliver = settings.open(scheme, plain_http, client.clone());
                let deliver = deliver.map_err(|problem| reach::placed(pipeline, node, "", problem))?;
                (Outlet::Native(deliver), settings.limits())
            }
            Plugin::Source(_) => return Err(plugin::misplaced(pipeline, node)),
        };
        let inputs = sink.inputs.iter().map(|input| input.value.clone()).collect();
        Ok(graph::Sink { id: node.id.clone(), inputs, options: sink.options.clone(), outlet, limits, budgets })
    }
}

/// Whether a transform is driven as one that remembers: what exports both is one that does not.
fn remembers(component: &Component) -> bool {
    !component.kinds().has(Kind::Transform)
}

fn reads(component: &Component) -> Reads {
    let manifest = component.manifest();
    Reads { component: manifest.name.clone(), versions: manifest.state_versions.clone() }
}

/// Components compiled once are kept here, beside the pipeline's store: the folder belongs to whoever runs the pipeline.
const CACHE: &str = "components";

/// A library that keeps what it compiles in the pipeline's own folder, if that is there already.
pub fn library(data_dir: &Path) -> anyhow::Result<Library> {
    let cache: Option<PathBuf> = data_dir.is_dir().then(|| data_dir.join(CACHE));
    Library::new(cache.as_deref())
}

type Desks = BTreeMap<String, tokio::sync::mpsc::UnboundedSender<crate::pipeline::keyed::Ask>>;

fn keep<T>(found: Result<T, Problem>, all: &mut Vec<T>, problems: &mut Vec<Problem>) {
    match found {
        Ok(one) => all.push(one),
        Err(problem) => problems.push(problem),
    }
}
