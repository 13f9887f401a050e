//! What an editor needs to know of a pipeline file, as JSON Schema (draft 2020-12).
//!
//! Made of the host's own keys and of what each plugin says of its settings: by its `type` a node gets its plugin's settings.

use serde_json::{Map, Value as Json, json};

use super::component_schema::embedded;
use super::files::FILES_AUTHORIZATIONS;
use super::node::{INPUTS, SHARED_KEYS};
use super::options::{SinkOptions, SourceOptions};
use super::pipeline::Kind;
use super::remember::TransformOptions;
use super::settings::escape;
use super::shape::{CREDENTIAL_PATTERN, DATA_DIR, JOURNAL_MAX_SIZE, NAME_PATTERN};

/// A plugin whose settings are known: a component that comes with the host, or a built-in connector.
#[derive(Debug, Clone)]
pub struct Known {
    /// As a node's `type` names it.
    pub name: String,
    /// What it is, in a sentence.
    pub summary: String,
    /// What a node of this type can be.
    pub kinds: Vec<Kind>,
    /// JSON Schema of its settings.
    pub settings: Json,
    /// Types of authorization that it takes.
    pub authorizations: Vec<String>,
}

/// The schema of a pipeline file.
#[must_use]
pub fn schema(plugins: &[Known]) -> Json {
    let mut defs: Map<String, Json> =
        Kind::ALL.iter().map(|kind| (kind.word().to_owned(), node(*kind, plugins))).collect();
    defs.insert("authorization".to_owned(), authorization(plugins));
    for plugin in plugins {
        let name = settings_name(plugin);
        let settings = embedded(&plugin.settings, &format!("/$defs/{}", escape(&name)));
        defs.insert(name, settings);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Brazeline pipeline",
        "type": "object",
        "required": ["name", "sources", "sinks"],
        "properties": top(),
        "additionalProperties": false,
        "$defs": defs,
    })
}

fn top() -> Json {
    let (max_size, schema) = JOURNAL_MAX_SIZE.property();
    json!({
        "name": { "type": "string", "pattern": NAME_PATTERN, "description": "Part of the identity of its state." },
        "label": text("What `check` and `status` call it."),
        "description": text("What it is for."),
        "data_dir": {
            "type": "string", "default": DATA_DIR,
            "description": "Where its store lies. A relative path begins at this file's folder.",
        },
        "journal": {
            "type": "object", "description": "What waits to be delivered.",
            "properties": { max_size: schema }, "additionalProperties": false,
        },
        "authorizations": section("authorization", "Named credentials.", CREDENTIAL_PATTERN),
        "sources": section(Kind::Source.word(), "Where events come from.", NAME_PATTERN),
        "transforms": section(Kind::Transform.word(), "What changes events.", NAME_PATTERN),
        "sinks": section(Kind::Sink.word(), "Where events go.", NAME_PATTERN),
    })
}

fn text(description: &str) -> Json {
    json!({ "type": "string", "description": description })
}

fn section(def: &str, description: &str, names: &str) -> Json {
    json!({
        "type": "object", "description": description,
        "propertyNames": { "pattern": names },
        "additionalProperties": { "$ref": format!("#/$defs/{def}") },
    })
}

/// A source and a sink may have one name, and settings of their own each.
fn settings_name(plugin: &Known) -> String {
    let kinds: Vec<&str> = plugin.kinds.iter().map(|kind| kind.word()).collect();
    format!("settings.{}.{}", kinds.join("-"), plugin.name)
}

fn node(kind: Kind, plugins: &[Known]) -> Json {
    let fitting: Vec<&Known> = plugins.iter().filter(|plugin| plugin.kinds.contains(&kind)).collect();
    let mut properties = match kind {
        Kind::Source => SourceOptions::properties(),
        Kind::Transform => TransformOptions::properties(),
        Kind::Sink => SinkOptions::properties(),
    };
    let [plugin_key, authorization, label, description] = SHARED_KEYS;
    properties.insert(plugin_key.to_owned(), plugin_type(&fitting));
    properties.insert(authorization.to_owned(), text("The name of an authorization."));
    properties.insert(label.to_owned(), text("What `check` and `status` call it."));
    properties.insert(description.to_owned(), text("What it is for."));
    let mut required = vec![plugin_key];
    if kind != Kind::Source {
        let ids = json!({ "type": "string", "pattern": NAME_PATTERN });
        let inputs = json!({
            "type": "array", "items": ids, "minItems": 1, "uniqueItems": true,
            "description": "The ids of the sources and transforms that it reads.",
        });
        properties.insert(INPUTS.to_owned(), inputs);
        required.push(INPUTS);
    }
    let mut settings: Vec<Json> = fitting.iter().map(|plugin| when_it_is(plugin)).collect();
    // Nothing is known of a component in a file: any setting may stand there.
    settings
        .push(json!({ "if": type_is(json!({ "pattern": FILE_PATTERN })), "then": { "additionalProperties": true } }));
    json!({
        "type": "object", "required": required, "properties": properties,
        "allOf": settings, "unevaluatedProperties": false,
    })
}

/// What makes a node's `type` a path.
const FILE_PATTERN: &str = r"/|\.wasm$";

fn plugin_type(plugins: &[&Known]) -> Json {
    let known = plugins.iter().map(|plugin| {
        let takes = match plugin.authorizations.as_slice() {
            [] => String::new(),
            types => format!(" Authorization: {}.", types.join(" or ")),
        };
        json!({ "const": plugin.name, "description": format!("{}{takes}", plugin.summary) })
    });
    let file = json!({ "type": "string", "pattern": FILE_PATTERN, "description": "The path of a component." });
    json!({
        "description": "A plugin's name, or the path of a `.wasm` file.",
        "anyOf": known.chain([file]).collect::<Vec<_>>(),
    })
}

fn when_it_is(plugin: &Known) -> Json {
    let settings = format!("#/$defs/{}", escape(&settings_name(plugin)));
    json!({ "if": type_is(json!({ "const": plugin.name })), "then": { "$ref": settings } })
}

fn type_is(schema: Json) -> Json {
    json!({ "required": ["type"], "properties": { "type": schema } })
}

fn authorization(plugins: &[Known]) -> Json {
    let own = FILES_AUTHORIZATIONS.iter().copied();
    let plugins = plugins.iter().flat_map(|plugin| &plugin.authorizations).map(String::as_str);
    let mut types: Vec<&str> = plugins.chain(own).collect();
    types.sort_unstable();
    types.dedup();
    json!({
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {
                "description": "What kind of credential it is.",
                "anyOf": [{ "enum": types }, { "type": "string" }],
            },
            "label": text("What messages call it."),
            "description": text("Whose it is, and what for."),
            "hosts": {
                "type": "object", "description": "Where each target of a plugin is. `files`: from where a source fetches files that the vendor names, where a `*.` in front stands for several hosts; nothing secret goes there.",
                "additionalProperties": { "type": "string", "pattern": "^https?://[^/]+/?$" },
            },
            "plain_http": {
                "type": "boolean", "default": false,
                "description": "Lets a secret go to this machine without encryption, to a sandbox.",
            },
            "expires": {
                "type": "string", "format": "date",
                "description": "The day on which it ends: `2027-01-31`. `check` and `status` warn two weeks before.",
            },
            "share": {
                "type": "number", "default": 1, "exclusiveMinimum": 0, "maximum": 1,
                "description": "How much of each of the vendor's budgets is this pipeline's; the rest is left to others.",
            },
        },
        "patternProperties": {
            "(key|token|secret|password|passphrase)$": {
                "type": "string", "pattern": r"^SECRET\[(env|file)\..+\]$",
                "description": "`SECRET[env.NAME]` or `SECRET[file./path]`",
            },
        },
    })
}
