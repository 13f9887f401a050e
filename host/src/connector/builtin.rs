//! Which connectors are there, and how is one made of its settings?

use std::path::Path;
use std::sync::Arc;

use schemars::schema_for;
use serde_json::{Map, Value, json};

use super::page::{PAGE_BYTES, PAGE_EVENTS};
use super::server::{Door, Wanted};
use super::settings::{self, Checked, read, wrong};
use super::{Deliver, Intake, file, http_client, http_server, stdin, stdout};
use crate::config::Kind;
use crate::delivery::gather::Limits;
use crate::delivery::inbound::Inbound;
use crate::delivery::request::Client;
use crate::delivery::scheme::{Member, Scheme};
use crate::pipeline::stop::Stop;
use crate::problem::Problem;

/// A connector, for `schema` and `inspect`.
#[derive(Debug, Clone)]
pub struct Builtin {
    /// As a node's `type` names it.
    pub name: &'static str,
    /// What a node of it is.
    pub kind: Kind,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// JSON Schema of its settings.
    pub schema: Value,
    /// Types of authorization that it takes.
    pub authorizations: &'static [&'static str],
}

/// The types of authorization for what speaks plain HTTP.
const HTTP: &[&str] = &["bearer", "basic", "header", "query"];

/// All of them.
#[must_use]
pub fn builtin() -> Vec<Builtin> {
    let (source, sink) = (Kind::Source, Kind::Sink);
    let one = |name, kind, summary, schema: schemars::Schema, authorizations| Builtin {
        name,
        kind,
        summary,
        schema: schema.to_value(),
        authorizations,
    };
    vec![
        one("http_server", source, "Takes events that are posted as JSON.", schema_for!(http_server::Settings), HTTP),
        one("file", source, "Reads JSON lines from a file.", schema_for!(file::source::Settings), &[]),
        one("stdin", source, "Reads JSON lines from the standard input.", schema_for!(stdin::Settings), &[]),
        one("http_client", sink, "Posts events as JSON.", schema_for!(http_client::Settings), HTTP),
        one("file", sink, "Appends JSON lines to a file.", schema_for!(file::sink::Settings), &[]),
        one("stdout", sink, "Writes JSON lines to the standard output.", schema_for!(stdout::Settings), &[]),
    ]
}

/// A source's settings, read and checked.
#[derive(Debug, Clone)]
pub enum SourceSettings {
    /// `http_server`
    HttpServer(http_server::Settings),
    /// `file`
    File(file::source::Settings),
    /// `stdin`
    Stdin(stdin::Settings),
}

impl SourceSettings {
    /// Reads them; `None` if there is no source of this name.
    #[must_use]
    pub fn read(name: &str, settings: &Value) -> Option<Checked<Self>> {
        Some(match name {
            "http_server" => read(settings).map(Self::HttpServer),
            "file" => read(settings).map(Self::File),
            "stdin" => read(settings).map(Self::Stdin),
            _ => return None,
        })
    }

    /// The same, with relative paths beginning at this folder.
    #[must_use]
    pub fn within(mut self, folder: &Path) -> Self {
        if let Self::File(settings) = &mut self {
            settings.path = folder.join(&settings.path);
        }
        self
    }

    /// Whether it goes on reading at a position, so that nothing of it needs a journal.
    #[must_use]
    pub fn is_read_again(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// Whether it is sent to at an address.
    #[must_use]
    pub fn listens(&self) -> bool {
        matches!(self, Self::HttpServer(_))
    }

    /// Opens what has to be open before anything starts. What a source does not need of these is not looked at.
    pub async fn open(self, id: &str, wanted: Wanted, inbound: Inbound) -> Result<Native, Problem> {
        Ok(Native(match self {
            Self::HttpServer(settings) => Source::HttpServer(settings, Door::open(id, wanted, inbound).await?),
            Self::File(settings) => {
                std::fs::File::open(&settings.path).map_err(|error| settings::unusable(&settings.path, &error))?;
                Source::File(settings, id.to_owned())
            }
            Self::Stdin(settings) => Source::Stdin(settings),
        }))
    }
}

/// A built-in source, ready to run.
#[derive(Debug)]
pub struct Native(Source);

#[derive(Debug)]
enum Source {
    HttpServer(http_server::Settings, Door),
    File(file::source::Settings, String),
    Stdin(stdin::Settings),
}

impl Native {
    /// Whether it goes on reading at a position, so that nothing of it needs a journal.
    #[must_use]
    pub fn is_read_again(&self) -> bool {
        matches!(self.0, Source::File(..))
    }

    /// Gives its events until it ends or a stop is asked for.
    pub async fn feed(self, inlet: Arc<impl Intake>, stop: Stop) -> anyhow::Result<()> {
        match self.0 {
            Source::HttpServer(settings, door) => http_server::feed(settings, door, inlet, stop).await,
            Source::File(settings, id) => file::source::feed(settings, id, inlet).await,
            Source::Stdin(settings) => stdin::feed(settings, inlet, stop).await,
        }
    }
}

/// A sink's settings, read and checked.
#[derive(Debug, Clone)]
pub enum SinkSettings {
    /// `http_client`
    HttpClient(http_client::Settings),
    /// `file`
    File(file::sink::Settings),
    /// `stdout`
    Stdout,
}

impl SinkSettings {
    /// Reads them; `None` if there is no sink of this name.
    #[must_use]
    pub fn read(name: &str, settings: &Value) -> Option<Checked<Self>> {
        Some(match name {
            "http_client" => read(settings).and_then(http_client::Settings::check).map(Self::HttpClient),
            "file" => read(settings).map(Self::File),
            "stdout" => read(settings).map(|stdout::Settings {}| Self::Stdout),
            _ => return None,
        })
    }

    /// The same, with relative paths beginning at this folder.
    #[must_use]
    pub fn within(mut self, folder: &Path) -> Self {
        if let Self::File(settings) = &mut self {
            settings.path = folder.join(&settings.path);
        }
        self
    }

    /// Where it sends to, if it is over a network.
    #[must_use]
    pub fn sends_to(&self) -> Option<&str> {
        match self {
            Self::HttpClient(settings) => Some(&settings.url),
            Self::File(_) | Self::Stdout => None,
        }
    }

    /// The most that it is offered at once.
    #[must_use]
    pub fn limits(&self) -> Limits {
        match self {
            Self::HttpClient(settings) => settings.limits(),
            Self::File(_) | Self::Stdout => Limits { events: PAGE_EVENTS, bytes: PAGE_BYTES },
        }
    }

    /// Opens what has to be open before anything starts. `plain_http`: a secret may be sent in the clear.
    pub fn open(&self, scheme: Option<Scheme>, plain_http: bool, client: Client) -> Result<Arc<dyn Deliver>, Problem> {
        Ok(match self {
            Self::HttpClient(settings) => Arc::new(http_client::HttpClient::new(settings, scheme, plain_http, client)?),
            Self::File(settings) => {
                let opened = file::sink::FileSink::open(settings);
                Arc::new(opened.map_err(|error| settings::unusable(&settings.path, &error))?)
            }
            Self::Stdout => Arc::new(stdout::Stdout),
        })
    }
}

/// The scheme of an authorization for what speaks plain HTTP: `bearer {token}`, `basic {user, password}`,
/// `header {name, prefix?, secret}` and `query {name, secret}`. `members` are those that are no secrets.
pub fn authorization(kind: &str, members: &Map<String, Value>, member: impl Fn(&str) -> Member) -> Checked<Scheme> {
    let (needed, secret): (&[&str], &str) = match kind {
        "bearer" => (&[], "token"),
        "basic" => (&["user"], "password"),
        "header" | "query" => (&["name"], "secret"),
        _ => {
            return wrong(
                "/authorization/type",
                format!("this connector takes one of these types: {}", HTTP.join(", ")),
            );
        }
    };
    for name in needed {
        if !members.get(*name).is_some_and(Value::is_string) {
            return wrong("/authorization", format!("the authorization has no `{name}`: add it as text"));
        }
    }
    let mut settings = json!({ "secret": secret });
    if let Some(settings) = settings.as_object_mut() {
        let known = members
            .iter()
            .filter(|(name, _)| needed.contains(&name.as_str()) || (kind == "header" && *name == "prefix"));
        settings.extend(known.map(|(name, value)| (name.clone(), value.clone())));
    }
    Scheme::read(kind, &settings.to_string(), member)
        .or_else(|problem| wrong("/authorization", format!("{}: {}", problem.what, problem.help.join(" "))))
}

#[cfg(test)]
mod tests;
