//! `brazeline inspect`

use std::path::PathBuf;

use serde_json::Value as Json;

use super::{Exit, Failure, Outcome};
use crate::component::{Component, Library, Reference};
use crate::connector::{self, Builtin};
use crate::problem::Problem;

/// Lists what comes with the program.
pub fn list() -> Outcome {
    let library = Library::new(None)?;
    println!("components (WebAssembly):");
    for name in Library::embedded() {
        let component = load(&library, &Reference::Embedded(name.to_owned()))?;
        println!("  {name:<16} {:<22} {}", component.kinds().to_string(), component.manifest().summary);
    }
    println!("\nbuilt-in connectors:");
    for builtin in connector::builtin() {
        println!("  {:<16} {:<22} {}", builtin.name, builtin.kind.word(), builtin.summary);
    }
    println!("\n`brazeline inspect NAME` shows one of them; so does the path of a `.wasm` file");
    Ok(Exit::Done)
}

/// Shows one plugin.
pub fn inspect(plugin: &str) -> Outcome {
    let builtins: Vec<Builtin> = connector::builtin().into_iter().filter(|builtin| builtin.name == plugin).collect();
    if !builtins.is_empty() {
        builtins.iter().for_each(show_connector);
        return Ok(Exit::Done);
    }
    let is_file = plugin.contains('/') || plugin.ends_with(".wasm");
    let reference =
        if is_file { Reference::File(PathBuf::from(plugin)) } else { Reference::Embedded(plugin.to_owned()) };
    show(&load(&Library::new(None)?, &reference)?);
    Ok(Exit::Done)
}

fn load(library: &Library, reference: &Reference) -> Result<Component, Failure> {
    library.load(reference).map_err(|error| {
        let problem = Problem::error(error.to_string(), error.help());
        Failure::Wrong(error.facts().into_iter().fold(problem, Problem::fact).into())
    })
}

fn show(component: &Component) {
    let manifest = component.manifest();
    println!("{} {}", manifest.name, manifest.version);
    println!("  {}", manifest.summary);
    println!("  exports         {}", component.kinds());
    println!("  authorizations  {}", listed(&manifest.authorizations));
    println!("  size            {} KiB, sha256 {}", component.size_bytes().div_ceil(1024), component.sha256());
    println!("  imports         each is offered, and refuses: nothing is granted");
    component.imports().iter().for_each(|import| println!("    {import}"));
    settings(&serde_json::from_str(&manifest.settings_schema).unwrap_or_default());
}

fn show_connector(builtin: &Builtin) {
    println!("{}", builtin.name);
    println!("  {}", builtin.summary);
    println!("  built in        {}", builtin.kind.word());
    settings(&builtin.schema);
}

/// Name, whether it must be there, and what it means.
fn settings(schema: &Json) {
    println!("  settings");
    let properties = schema.get("properties").and_then(Json::as_object);
    let required = |name: &str| {
        schema
            .get("required")
            .and_then(Json::as_array)
            .is_some_and(|names| names.iter().any(|one| one.as_str() == Some(name)))
    };
    for (name, of) in properties.into_iter().flatten().filter(|(name, _)| *name != "authorization") {
        let about = of.get("description").and_then(Json::as_str).unwrap_or_default();
        let default =
            of.get("default").filter(|default| !default.is_null()).map(|default| format!(" (default {default})"));
        let needed = if required(name) { " (required)" } else { "" };
        println!("    {name}{needed}{}", default.unwrap_or_default());
        about.split("\n\n").next().into_iter().flat_map(str::lines).for_each(|line| println!("      {line}"));
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
