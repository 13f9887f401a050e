//! What stands at a node?

use serde_json::Value as Json;

use crate::component::types::{Plan, SourceKind};
use crate::component::{self, Component, ConfigureError, Kind, Library, Limits, Node as Loaded, Reference};
use crate::config::{self, Node, Pipeline, nearest, unknown_settings};
use crate::connector::{self, Builtin, SinkSettings, SourceSettings};
use crate::problem::{Problem, Problems};

/// A configured node.
pub enum Plugin {
    /// A component.
    Component {
        /// What was loaded.
        component: Component,
        /// As what it is driven there.
        kind: Kind,
        /// At its place.
        node: Loaded,
        /// What its settings mean.
        plan: Plan,
    },
    /// A built-in connector that gives events.
    Source(SourceSettings),
    /// A built-in connector that takes them.
    Sink(SinkSettings),
}

impl Plugin {
    /// What a component's settings mean for the host.
    #[must_use]
    pub fn plan(&self) -> Option<&Plan> {
        match self {
            Self::Component { plan, .. } => Some(plan),
            Self::Source(_) | Self::Sink(_) => None,
        }
    }

    /// Whether it asks for files and reads them.
    #[must_use]
    pub fn fetches(&self) -> bool {
        self.plan().is_some_and(|plan| plan.source == Some(SourceKind::Fetcher))
    }

    /// Finds what the node's `type` names, and configures it with the node's settings.
    pub fn find(pipeline: &Pipeline, node: &Node, library: &Library) -> Result<Self, Problems> {
        match &node.plugin.value {
            config::Plugin::Name(name) => {
                let builtin = connector::builtin().into_iter().find(|one| one.name == *name && one.kind == node.kind);
                match builtin {
                    Some(builtin) => Self::connector(pipeline, node, &builtin),
                    None if Library::embedded().contains(&name.as_str()) => {
                        Self::component(pipeline, node, library, &Reference::Embedded(name.clone()))
                    }
                    None => Err(unknown(pipeline, node, name).into()),
                }
            }
            config::Plugin::File(path) => Self::component(pipeline, node, library, &Reference::File(path.clone())),
        }
    }

    fn connector(pipeline: &Pipeline, node: &Node, builtin: &Builtin) -> Result<Self, Problems> {
        refuse_unknown(pipeline, node, &builtin.schema)?;
        refuse_authorization(pipeline, node, builtin.name, builtin.authorizations)?;
        let settings = Json::Object(node.settings.json.clone());
        let read = match node.kind {
            config::Kind::Source => SourceSettings::read(builtin.name, &settings)
                .map(|read| read.map(|settings| Self::Source(settings.within(pipeline.folder())))),
            _ => SinkSettings::read(builtin.name, &settings)
                .map(|read| read.map(|settings| Self::Sink(settings.within(pipeline.folder())))),
        };
        let read = read.ok_or_else(|| Problems::from(misplaced(pipeline, node)))?;
        read.map_err(|problems| settings_problems(pipeline, node, problems))
    }

    fn component(pipeline: &Pipeline, node: &Node, library: &Library, reference: &Reference) -> Result<Self, Problems> {
        let place = pipeline.place(node.plugin.spot);
        let component = library.load(reference).map_err(|error| {
            let problem = Problem::error(format!("{}: {error}", node.name()), error.help()).at(place.clone());
            Problems::from(error.facts().into_iter().fold(problem, Problem::fact))
        })?;
        fits(pipeline, node, &component)?;
        let schema =
            schema(&component.manifest().settings_schema, &node.name()).map_err(|problem| problem.at(place.clone()))?;
        refuse_unknown(pipeline, node, &schema)?;
        let settings = pipeline.settings_for(node).to_string();
        match component.configure(&node.id, &settings, &Limits::default()) {
            Ok((loaded, plan)) => {
                let kind = kind(pipeline, node, &component, &plan)?;
                Ok(Self::Component { component, kind, node: loaded, plan })
            }
            Err(ConfigureError::Problems(problems)) => Err(settings_problems(pipeline, node, problems)),
            Err(ConfigureError::Failed(error)) => {
                let help = "this is a mistake in the component: ask its author, or try other settings";
                Err(Problem::error(format!("{} cannot be configured", node.name()), help)
                    .fact(error.to_string())
                    .at(place)
                    .into())
            }
        }
    }
}

/// The schema of a component's settings. Without it nobody would tell a setting that means nothing.
fn schema(text: &str, node: &str) -> Result<Json, Problem> {
    let read = serde_json::from_str::<Json>(text).map_err(|error| error.to_string());
    let read = read.and_then(|schema| match schema {
        Json::Object(_) | Json::Bool(_) => Ok(schema),
        _ => Err("it is neither an object nor true or false".to_owned()),
    });
    read.map_err(|why| {
        let what = format!("{node}: the component's schema of its settings is no JSON Schema");
        Problem::error(what, "this is a mistake in the component: ask its author").fact(why)
    })
}

/// The interfaces of which a host drives one at this place of a pipeline.
#[must_use]
pub fn driven(kind: config::Kind) -> &'static [Kind] {
    match kind {
        config::Kind::Source => &[Kind::Receiver, Kind::Poller, Kind::Decoder],
        config::Kind::Transform => &[Kind::Transform, Kind::KeyedTransform],
        config::Kind::Sink => &[Kind::Sink],
    }
}

/// The one that is driven: what the settings want, or what the component exports if that is one.
fn kind(pipeline: &Pipeline, node: &Node, component: &Component, plan: &Plan) -> Result<Kind, Problem> {
    let place = pipeline.place(node.plugin.spot);
    let exported: Vec<Kind> = driven(node.kind).iter().copied().filter(|kind| component.kinds().has(*kind)).collect();
    let wanted: &[Kind] = match (node.kind, plan.source) {
        (config::Kind::Source, Some(SourceKind::Receiver)) => &[Kind::Receiver],
        (config::Kind::Source, Some(SourceKind::Decoder)) => &[Kind::Decoder],
        (config::Kind::Source, Some(SourceKind::Poller)) => &[Kind::Poller],
        // It is driven as what asks, and reads beside that.
        (config::Kind::Source, Some(SourceKind::Fetcher)) => &[Kind::Poller, Kind::Decoder],
        (config::Kind::Source, None) => &[],
        // What can remember does.
        (config::Kind::Transform | config::Kind::Sink, _) => &exported[exported.len().saturating_sub(1)..],
    };
    match (wanted, exported.as_slice()) {
        ([first, ..], exported) => match wanted.iter().find(|kind| !exported.contains(kind)) {
            None => Ok(*first),
            Some(missing) => {
                let (name, missing) = (node.name(), missing.name());
                let what = format!("{name} is meant as a {missing} by its settings, and its component is none");
                let help = "change its settings: what it exports is listed by `brazeline inspect`";
                Err(Problem::error(what, help).at(place))
            }
        },
        ([], [only]) => Ok(*only),
        ([], several) => {
            let what = format!("the settings of {} do not say as what it is meant", node.name());
            let help = "this is a mistake in the component: ask its author, or try other settings";
            Err(Problem::error(what, help).fact(format!("it is one of: {}", names(several, ", "))).at(place))
        }
    }
}

fn names(kinds: &[Kind], between: &str) -> String {
    kinds.iter().map(|kind| format!("`{}`", kind.name())).collect::<Vec<_>>().join(between)
}

/// Whether the component can stand there, with that authorization.
fn fits(pipeline: &Pipeline, node: &Node, component: &Component) -> Result<(), Problems> {
    let (needed, kinds) = (driven(node.kind), component.kinds());
    if !needed.iter().any(|kind| kinds.has(*kind)) {
        let what = format!("{} names a component that is no {}", node.name(), node.kind.word());
        let help = format!("name one that exports {}; `brazeline inspect` lists them", names(needed, " or "));
        let fact = format!("`{}` exports: {kinds}", component.manifest().name);
        return Err(Problem::error(what, help).fact(fact).at(pipeline.place(node.plugin.spot)).into());
    }
    let taken: Vec<&str> = component.manifest().authorizations.iter().map(String::as_str).collect();
    refuse_authorization(pipeline, node, &component.manifest().name, &taken)
}

fn refuse_authorization(pipeline: &Pipeline, node: &Node, plugin: &str, taken: &[&str]) -> Result<(), Problems> {
    let Some(authorization) = pipeline.authorization_of(node) else { return Ok(()) };
    if taken.contains(&authorization.kind.value.as_str()) {
        return Ok(());
    }
    let what = format!("{} cannot use authorization `{}`", node.name(), authorization.name);
    let help = match taken {
        [] => format!("remove `authorization:` from it; `{plugin}` takes none"),
        taken => format!("name one whose type is {}", taken.join(" or ")),
    };
    let spot = node.authorization.as_ref().map_or(node.spot, |named| named.spot);
    let fact = format!("its type is `{}`", authorization.kind.value);
    Err(Problem::error(what, help).fact(fact).at(pipeline.place(spot)).into())
}

fn refuse_unknown(pipeline: &Pipeline, node: &Node, schema: &Json) -> Result<(), Problems> {
    let unknown = unknown_settings(pipeline, node, schema);
    if unknown.has_errors() { Err(unknown) } else { Ok(()) }
}

fn settings_problems(pipeline: &Pipeline, node: &Node, problems: Vec<component::types::Problem>) -> Problems {
    Problems::new(problems.into_iter().map(|one| setting(pipeline, node, &one.pointer, one.message)).collect())
}

/// A plugin stands where its kind cannot. The file is read section by section, so this is never seen.
pub fn misplaced(pipeline: &Pipeline, node: &Node) -> Problem {
    let help = format!("move it, or name a plugin that is a {}", node.kind.word());
    Problem::error(format!("{} names a plugin of another kind", node.name()), help).at(pipeline.place(node.plugin.spot))
}

fn setting(pipeline: &Pipeline, node: &Node, pointer: &str, message: String) -> Problem {
    let what = match pointer.trim_start_matches('/').replace('/', ".") {
        path if path.is_empty() => format!("the settings of {} are wrong", node.name()),
        path => format!("`{path}` of {} is wrong", node.name()),
    };
    let help = format!("see `brazeline inspect {}` for its settings", shown(node));
    Problem::error(what, help).fact(message).at(pipeline.place_of(node, pointer))
}

/// As the file names it.
fn shown(node: &Node) -> String {
    match &node.plugin.value {
        config::Plugin::Name(name) => name.clone(),
        config::Plugin::File(path) => path.display().to_string(),
    }
}

fn unknown(pipeline: &Pipeline, node: &Node, name: &str) -> Problem {
    let connectors =
        connector::builtin().into_iter().filter(|builtin| builtin.kind == node.kind).map(|builtin| builtin.name);
    let mut names: Vec<&str> = connectors.chain(Library::embedded()).collect();
    names.sort_unstable();
    let help = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? The path of a `.wasm` file is possible, too"),
        None => "name one of them, or give the path of a `.wasm` file".to_owned(),
    };
    let what = format!("{} names an unknown plugin `{}`", node.name(), name.escape_debug());
    Problem::error(what, help).fact(format!("plugins here: {}", names.join(", "))).at(pipeline.place(node.plugin.spot))
}

#[cfg(test)]
mod tests {
    use super::schema;

    #[test]
    fn a_schema_is_one() {
        let wrong = |why: &str| {
            format!(
                "error: sink `x`: the component's schema of its settings is no JSON Schema\n  {why}\n  \
                 help: this is a mistake in the component: ask its author"
            )
        };
        let table = [
            (r#"{"type":"object"}"#, Ok(())),
            ("true", Ok(())),
            ("{", Err(wrong("EOF while parsing an object at line 1 column 1"))),
            ("", Err(wrong("EOF while parsing a value at line 1 column 0"))),
            ("null", Err(wrong("it is neither an object nor true or false"))),
        ];
        for (text, expected) in table {
            let read = schema(text, "sink `x`").map(drop).map_err(|problem| problem.to_string());
            assert_eq!(read, expected, "{text}");
        }
    }
}
