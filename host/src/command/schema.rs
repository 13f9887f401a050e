//! `brazeline schema`

use serde_json::Value as Json;

use super::{Exit, Outcome};
use crate::assembly::driven;
use crate::component::{Component, Library, Reference};
use crate::config::{Kind, Known, schema as of};
use crate::connector;

/// Prints the JSON Schema of pipeline files, with all that comes with the program.
pub fn schema() -> Outcome {
    let library = Library::new(None)?;
    let mut known: Vec<Known> = connector::builtin().into_iter().map(connector_known).collect();
    for name in Library::embedded() {
        let component = library.load(&Reference::Embedded(name.to_owned())).map_err(anyhow::Error::from)?;
        known.push(component_known(&component));
    }
    println!("{:#}", of(&known));
    Ok(Exit::Done)
}

fn connector_known(builtin: connector::Builtin) -> Known {
    Known {
        name: builtin.name.to_owned(),
        summary: builtin.summary.to_owned(),
        kinds: vec![builtin.kind],
        settings: builtin.schema,
        authorizations: builtin.authorizations.iter().map(|kind| (*kind).to_owned()).collect(),
    }
}

fn component_known(component: &Component) -> Known {
    let manifest = component.manifest();
    Known {
        name: manifest.name.clone(),
        summary: manifest.summary.clone(),
        kinds: Kind::ALL
            .into_iter()
            .filter(|kind| driven(*kind).iter().any(|one| component.kinds().has(*one)))
            .collect(),
        settings: serde_json::from_str::<Json>(&manifest.settings_schema).unwrap_or_default(),
        authorizations: manifest.authorizations.clone(),
    }
}
