//! What is a column or a field called downstream?
//!
//! As the stream `braze_users` maps it (Lytics, "Braze", read 2026-11-23): exported under their own names, Braze's id and the time zone would
//! not reach a profile. What is not in the list keeps its name.

use std::collections::BTreeMap;

/// Columns of "CSV Export User Data" (Braze, "Segment data to CSV", read 2026-11-23).
const COLUMNS: [(&str, &str); 2] = [("Appboy ID", "braze_id"), ("timezone", "time_zone")];

/// Fields of a user object (Braze, "Users by identifier", read 2026-11-23).
const FIELDS: [(&str, &str); 4] =
    [("external_id", "user_id"), ("dob", "date_of_birth"), ("home_city", "city"), ("phone", "phone_number")];

/// New names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// Of a CSV's columns.
    #[must_use]
    pub fn of_columns(rename: &BTreeMap<String, String>) -> Self {
        Self::new(&COLUMNS, rename)
    }

    /// Of a user object's fields.
    #[must_use]
    pub fn of_fields(rename: &BTreeMap<String, String>) -> Self {
        Self::new(&FIELDS, rename)
    }

    fn new(usual: &[(&str, &str)], rename: &BTreeMap<String, String>) -> Self {
        let usual = usual.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned()));
        Self(usual.chain(rename.clone()).collect())
    }

    /// What this is called downstream.
    #[must_use]
    pub fn get<'n>(&'n self, name: &'n str) -> &'n str {
        self.0.get(name).map_or(name, String::as_str)
    }
}
