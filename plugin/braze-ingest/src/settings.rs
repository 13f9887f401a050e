//! What can be set?

mod caller;
mod check;
mod event_types;
mod export;

use std::collections::BTreeMap;

use brazeline_kit::person::IdentifierField;
use schemars::JsonSchema;
use serde::Deserialize;

pub use caller::Caller;
pub use event_types::{EventTypes, Selection};

/// What Braze hands out: webhooks and Currents, which it sends, files that it exported, or exports that it is asked for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The members of the authorization that are no secrets.
    #[serde(default)]
    pub authorization: Authorization,
    /// How it comes in.
    #[serde(default)]
    pub mode: Mode,
    /// The field that says whom something is about, and what kind of identifier it holds: `{ external_id: user_id }`. By default Braze's
    /// own id. A webhook without that field is kept as a dead letter; a row of a file and a Currents event without it are skipped and
    /// counted. In Currents it is a field of `user` or of `properties`. In a file it is named as it is called after `rename`; the default
    /// there is the first that a row has of `braze_id`, `user_id` (the external id) and `email`.
    #[serde(default)]
    pub identifier: Option<IdentifierField>,
    /// `mode: webhook`, `mode: file` and `mode: export`: mark each update as what Braze holds already. `diff-profiles` then takes note of it and `braze-export`
    /// sends nothing of it, so that a value of Braze's that comes back by way of Lytics causes no call. For a set-up of both ways.
    #[serde(default)]
    pub mark_known: bool,
    /// `mode: webhook`: the stream's name, the last part of the webhook's address `/c/<account>/<stream>`; `braze_users` by default.
    #[serde(default)]
    pub stream: Option<String>,
    /// `mode: currents`: the path of the connector's URL; `/` by default.
    #[serde(default)]
    pub path: Option<String>,
    /// `mode: currents`: how Braze shows that it is Braze: `bearer`, the default, with the authorization's `currents_token` as the value;
    /// `none` lets in everybody who knows the address.
    #[serde(default)]
    pub caller: Option<Caller>,
    /// `mode: currents`, and Currents' files: which types of events are taken; all by default.
    #[serde(default)]
    pub event_types: Option<EventTypes>,
    /// `mode: file`: what files are; by default told by their name, and else by their first byte.
    #[serde(default)]
    pub format: Option<Format>,
    /// `mode: file`: the type of the events in Currents' files, for files that do not say it: by default a folder `event_type=..` does, or
    /// the name of the file or of its schema.
    #[serde(default)]
    pub event_type: Option<String>,
    /// `mode: file` and `mode: export`: new names of columns and fields, each as `from: to`, beside those by which they fit the stream `braze_users`:
    /// `Appboy ID: braze_id` and `timezone: time_zone` in a CSV, `external_id: user_id`, `dob: date_of_birth`, `home_city: city` and
    /// `phone: phone_number` in JSON lines. A name given here replaces the one from that list; `timezone: timezone` keeps it as it is.
    #[serde(default)]
    pub rename: Option<BTreeMap<String, String>>,
    /// `mode: file`: what an empty cell of a CSV says.
    #[serde(default)]
    pub empty_cells: Option<EmptyCells>,
    /// `mode: file` and `mode: export`: what becomes of two columns, or a field and a custom attribute, of one name.
    #[serde(default)]
    pub same_names: Option<SameNames>,
    /// `mode: export`: the segment, by the identifier that the dashboard shows under "APIs and Identifiers".
    #[serde(default)]
    pub segment_id: Option<String>,
    /// `mode: export`: the fields of a user that Braze is to export, as its page "Users by segment" names them: `external_id`, `email`,
    /// `custom_attributes`. One of them, or a custom attribute, has to say whom a row is about.
    #[serde(default)]
    pub fields_to_export: Option<Vec<String>>,
    /// `mode: export`: the custom attributes to export, at most 500, in place of all of them, which the field `custom_attributes` stands for.
    #[serde(default)]
    pub custom_attributes_to_export: Option<Vec<String>>,
    /// `mode: export`: so many seconds after an export was asked for, its file has to be there; 14400, four hours, by default. If not, it is asked
    /// for anew.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub wait_seconds: Option<u32>,
}

/// The members of the authorization that are no secrets.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Authorization {
    /// The number of the Lytics account, which stands in the webhook's address.
    #[serde(default)]
    pub account: String,
    /// Braze's name of the instance, in any letter case: `US-06`. Left out where `hosts` names the REST host.
    #[serde(default)]
    pub instance: Option<String>,
}

/// How it comes in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Braze posts webhooks, of campaigns and Canvas steps.
    #[default]
    Webhook,
    /// Braze posts events, as a Currents connector.
    Currents,
    /// Files are read: the CSV export of a segment, the API's segment export (JSON lines), what Currents stores (Avro).
    File,
    /// Braze is asked for the export of a segment, and what it makes is fetched and read. From where it is fetched, `hosts: { files: .. }` of the
    /// authorization says.
    Export,
}

/// What files are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Told by the name, and else by the first byte.
    #[default]
    Auto,
    /// A segment's users or their e-mail addresses, exported in the dashboard: a table with a header row.
    Csv,
    /// A segment's users, exported by the API: a JSON object a line.
    JsonLines,
    /// Events, as Currents stores them.
    Avro,
}

/// What an empty cell says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmptyCells {
    /// Nothing: the attribute is left out, and what the receiver holds stays.
    #[default]
    Skip,
    /// That the person has no such value: the attribute is `null`, which unsets it.
    Unset,
}

/// What becomes of two values of one name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SameNames {
    /// A CSV with such columns is set aside; such a line of JSON lines is kept as a dead letter.
    #[default]
    Refuse,
    /// The first counts: Braze writes its own fields before a company's custom attributes.
    First,
    /// The last counts.
    Last,
}

impl Mode {
    /// As it stands in the settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Currents => "currents",
            Self::File => "file",
            Self::Export => "export",
        }
    }
}
