//! The files that Braze exports, a person a row.
//!
//! A segment's CSV, from the dashboard, has its columns in any order, and columns of the company's own; a segment's JSON lines, from the
//! API, hold custom attributes in an object of their own. Both become person updates whose attributes are named as the stream `braze_users`
//! maps them. Braze says nothing of how lists stand in a cell, so a cell is passed on as the text that it is. What Currents stores is read,
//! too: an event a record.

pub mod body;
pub mod cell;
pub mod form;
pub mod names;

pub mod avro;
pub mod table;
pub mod users;

pub mod reading;

use brazeline_kit::Problem;
use brazeline_kit::person::{IdentifierField, Source};

use crate::settings::{EmptyCells, Format, SameNames, Selection, Settings};
use crate::whom::braze_id;
use names::Names;

pub use reading::Reading;

/// What to read of files.
#[derive(Debug)]
pub struct File {
    /// Whom a row is about: the first of these that it has.
    pub sources: Vec<Source>,
    /// What files are.
    pub format: Format,
    /// What columns are called downstream.
    pub columns: Names,
    /// What the API's fields are called downstream.
    pub fields: Names,
    /// What an empty cell says.
    pub empty: EmptyCells,
    /// What becomes of two values of one name.
    pub same_names: SameNames,
    /// Whom an event of Currents is about.
    pub currents: Source,
    /// Whether rows are marked as what Braze holds already.
    pub mark_known: bool,
    /// Which types of events are taken.
    pub types: Selection,
    /// The type of the events in a file that does not say it.
    pub event_type: Option<String>,
}

impl File {
    /// For settings without problems.
    pub fn new(named: Option<Source>, settings: Settings) -> Result<Self, Problem> {
        let format = settings.read_format();
        let rename = settings.rename.unwrap_or_default();
        Ok(Self {
            currents: named.clone().map_or_else(|| braze_id("user_id"), Ok)?,
            mark_known: settings.mark_known,
            types: Selection::new(settings.event_types),
            event_type: settings.event_type,
            sources: sources(named)?,
            format,
            columns: Names::of_columns(&rename),
            fields: Names::of_fields(&rename),
            empty: settings.empty_cells.unwrap_or_default(),
            same_names: settings.same_names.unwrap_or_default(),
        })
    }
}

/// Whom a row is about: the first of these that it has.
pub fn sources(named: Option<Source>) -> Result<Vec<Source>, Problem> {
    named.map_or_else(usual, |source| Ok(vec![source]))
}

/// The segment's CSV has Braze's own id for everybody; that of e-mail addresses has an external id for some, and an address for all.
fn usual() -> Result<Vec<Source>, Problem> {
    let field = |name: &str| Some(name.to_owned());
    let usual = [
        IdentifierField { external_id: field("user_id"), ..IdentifierField::default() },
        IdentifierField { email: field("email"), ..IdentifierField::default() },
    ];
    std::iter::once(braze_id("braze_id")).chain(usual.into_iter().map(Source::new)).collect()
}

#[cfg(test)]
mod tests;
