//! Records as rows of a CSV.
//!
//! Its columns are the names of all records, in the order in which they came; a cell is empty where a record has no such name, or `null`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use brazeline_kit::event::Members;

/// A table being written.
#[derive(Debug, Default)]
pub struct Table {
    names: Vec<String>,
    places: BTreeMap<String, usize>,
    rows: Vec<Vec<(usize, String)>>,
    /// Of the records as JSON: no less than their rows have, but for the commas of empty cells.
    bytes: usize,
}

impl Table {
    /// How many bytes it has, about.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes + self.rows.len() * self.names.len()
    }

    /// Adds a record, an object of scalars.
    pub fn add(&mut self, record: &[u8]) {
        let members: Members<'_> = serde_json::from_slice(record).unwrap_or_default();
        let row = members.0.iter().map(|(name, value)| (self.place(name), text(value.get()))).collect();
        self.rows.push(row);
        self.bytes += record.len();
    }

    /// Its bytes, a header first.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        let mut csv = csv::WriterBuilder::new().from_writer(Vec::with_capacity(self.bytes));
        // Writing to memory does not fail, and all rows are equally long.
        let mut write = |cells: &[&str]| drop(csv.write_record(cells));
        let header: Vec<&str> = self.names.iter().map(String::as_str).collect();
        write(&header);
        for row in &self.rows {
            let mut cells = vec![""; header.len()];
            row.iter().for_each(|(place, text)| cells[*place] = text);
            write(&cells);
        }
        csv.into_inner().unwrap_or_default()
    }

    fn place(&mut self, name: &str) -> usize {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        self.places.insert(name.to_owned(), self.names.len());
        self.names.push(name.to_owned());
        self.names.len() - 1
    }
}

/// What a cell says.
fn text(json: &str) -> String {
    match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<Cow<'_, str>>(json).unwrap_or_default().into_owned(),
        Some(b'n') => String::new(),
        _ => json.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn rows_have_the_columns_of_all() {
        let mut table = Table::default();
        [r#"{"a":1.50,"b":"x, \"y\"\n"}"#, r#"{"c":true,"a":null}"#, r#"{"b":"","c":"\u00fc"}"#]
            .iter()
            .for_each(|record| table.add(record.as_bytes()));
        expect![[r#"
            a,b,c
            1.50,"x, ""y""
            ",
            ,,true
            ,,ü
        "#]]
        .assert_eq(&String::from_utf8(table.finish()).unwrap());
    }
}
