//! A segment's CSV.
//!
//! Rows are written as JSON straight from their cells: a segment has half a million of them.

use std::collections::BTreeMap;

use brazeline_kit::append::append;
use brazeline_kit::csv::Row;
use brazeline_kit::event::NoEvent;
use brazeline_kit::person::{Identifier, Source, User};

use super::File;
use super::cell::{plain, write};
use crate::settings::{EmptyCells, SameNames};

/// Where the columns stand, and what they are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// For each column its name as a JSON member, with the colon. None: it is left out.
    members: Vec<Option<String>>,
    /// Where each of the file's sources stands.
    identifiers: Vec<Option<usize>>,
}

impl Columns {
    /// Finds them in a header. What a header that is none says is not repeated: it may be a person.
    pub fn find(header: &Row<'_>, file: &File) -> Result<Self, String> {
        let names: Vec<String> =
            (0..header.len()).map(|column| name(header, column, file)).collect::<Result<_, _>>()?;
        let find = |source: &Source| places(&names, &source.field, file.same_names).next();
        let identifiers: Vec<_> = file.sources.iter().map(find).collect();
        if identifiers.iter().all(Option::is_none) {
            let fields: Vec<_> = file.sources.iter().map(|source| format!("`{}`", source.field)).collect();
            let (fields, columns) = (fields.join(", "), names.len());
            return Err(format!(
                "its first row names no column {fields}: a CSV needs a header row, and this one has {columns} columns; \
                 `identifier` may name another"
            ));
        }
        let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
        for (column, name) in names.iter().enumerate() {
            match (taken.contains_key(name.as_str()), file.same_names) {
                (true, SameNames::Refuse) => {
                    return Err(format!(
                        "two of its columns are called `{name}`: set `same_names` to say which of them counts"
                    ));
                }
                (true, SameNames::First) => {}
                (true, SameNames::Last) | (false, _) => drop(taken.insert(name, column)),
            }
        }
        let member = |(column, name): (usize, &String)| {
            (taken.get(name.as_str()) == Some(&column)).then(|| format!("{}:", serde_json::Value::from(name.as_str())))
        };
        Ok(Self { members: names.iter().enumerate().map(member).collect(), identifiers })
    }

    /// Writes a row as an event's body, and gives its key.
    pub fn read(&self, row: &Row<'_>, file: &File, body: &mut Vec<u8>) -> Result<String, NoEvent> {
        if row.is_cut {
            return Err(NoEvent::unreadable("the file ends within quotes: one is not closed, or the file was cut"));
        }
        if row.len() != self.members.len() {
            // Nobody knows which cell is which, so nobody can say whom it is about.
            let (fields, columns) = (row.len(), self.members.len());
            return Err(NoEvent::unreadable(format!("it has {fields} fields; the header has {columns}")));
        }
        let identifier = self.identifier(row, file);
        if let Some(byte) = row.no_utf8_from() {
            let reason = format!("it is not UTF-8 from byte {byte} of the row");
            let key = identifier.ok().map(|identifier| identifier.key());
            return Err(NoEvent::Unreadable { reason, key });
        }
        let (identifier, is_plain) = (identifier?, row.is_plain);
        let key = identifier.key();
        body.clear();
        append(body, br#"{"user":{"#);
        write_user(identifier, is_plain, body);
        append(body, br#"},"attributes":{"#);
        self.write_attributes(row, file.empty, is_plain, body);
        append(body, b"}}");
        Ok(key)
    }

    fn identifier<'a>(&self, row: &Row<'a>, file: &'a File) -> Result<Identifier<'a>, NoEvent> {
        let cells = file.sources.iter().zip(&self.identifiers);
        let mut named = cells.filter_map(|(source, column)| Some((source, source.named(plain(row.get((*column)?)?))?)));
        let (source, identifier) = named.next().ok_or_else(|| NoEvent::nobody(&file.sources))?;
        source.fit(identifier)
    }

    fn write_attributes(&self, row: &Row<'_>, empty: EmptyCells, is_plain: bool, body: &mut Vec<u8>) {
        let mut is_first = true;
        for (member, cell) in self.members.iter().zip(row.cells()) {
            let (Some(member), Some(cell)) = (member, cell) else { continue };
            if cell.is_empty() && empty == EmptyCells::Skip {
                continue;
            }
            if !std::mem::take(&mut is_first) {
                body.push(b',');
            }
            append(body, member.as_bytes());
            match cell {
                "" => append(body, b"null"),
                cell => write(plain(cell), is_plain, body),
            }
        }
    }
}

/// What a column is called downstream. One without a name is called after its place, so that nothing of it is lost.
fn name(header: &Row<'_>, column: usize, file: &File) -> Result<String, String> {
    let name = header.get(column).ok_or("its first row is not UTF-8")?;
    Ok(match plain(name) {
        "" => format!("column_{}", column + 1),
        name => file.columns.get(name).to_owned(),
    })
}

/// Where the columns of a name stand, the one that counts first.
fn places<'n>(names: &'n [String], name: &'n str, same: SameNames) -> impl Iterator<Item = usize> + 'n {
    let mut places: Vec<usize> = (0..names.len()).filter(|column| names[*column] == name).collect();
    if same == SameNames::Last {
        places.reverse();
    }
    places.into_iter()
}

/// Writes the member that names the person.
fn write_user(identifier: Identifier<'_>, is_plain: bool, body: &mut Vec<u8>) {
    match &identifier {
        Identifier::ExternalId(value)
        | Identifier::BrazeId(value)
        | Identifier::Email(value)
        | Identifier::Phone(value) => {
            write(identifier.kind().name(), true, body);
            body.push(b':');
            write(value, is_plain, body);
        }
        Identifier::Alias(_) => {
            // Its label comes from the settings. Text can always be written.
            let user = serde_json::to_string(&User::from(identifier)).unwrap_or_default();
            append(body, user.trim_start_matches('{').strip_suffix('}').unwrap_or_default().as_bytes());
        }
    }
}
