//! What can be set?

mod audience;
mod caller;
mod check;

use brazeline_kit::person::IdentifierField;
use schemars::JsonSchema;
use serde::Deserialize;

pub use audience::AudienceName;
pub use caller::Caller;

/// Audiences of Lytics: as triggers that it sends, as scans that it answers, or as files that it exported.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The members of the authorization that are no secrets.
    #[serde(default)]
    pub authorization: Authorization,
    /// How audiences come in.
    #[serde(default)]
    pub mode: Mode,
    /// The Lytics field that says whom something is about, and what kind of identifier it holds: `{ external_id: braze_id }`. A person
    /// without that field is skipped and counted.
    pub identifier: IdentifierField,
    /// The audiences: a slug, or `{ id: <its id in Lytics>, slug: <what is written> }` for one that may be renamed in Lytics. What is said
    /// about others is skipped and counted. `mode: scan` and a file with `audiences_column` need them; for triggers, all audiences
    /// are passed on without them.
    #[serde(default)]
    pub audiences: Option<Vec<AudienceName>>,
    /// The Lytics fields to pass on as attributes, where a profile has them. None by default: Braze counts each as a data point.
    #[serde(default)]
    pub fields: Vec<String>,
    /// `mode: trigger`: the path of the webhook's URL; `/` by default.
    #[serde(default)]
    pub path: Option<String>,
    /// `mode: trigger`: how Lytics shows that it is Lytics: `bearer`, or `{ header: x-api-key }`, with the authorization's
    /// `trigger_token` as the value. `none`, the default, lets in everybody who knows the address.
    #[serde(default)]
    pub caller: Option<Caller>,
    /// `mode: scan`: everybody in one scan, or each audience in a scan of its own. By default one, unless an audience has an id: people
    /// in a scan of all carry the slugs of their audiences, which a rename changes.
    #[serde(default)]
    pub scan: Option<ScanKind>,
    /// `mode: file`: what files are; by default told by their name, and else by their first byte.
    #[serde(default)]
    pub format: Option<Format>,
    /// `mode: file`: what separates the cells of a CSV: one character, or `tab`; `,` by default.
    #[serde(default)]
    pub delimiter: Option<String>,
    /// `mode: file`: what separates the items of a list in a cell; `&` by default, as Lytics writes it.
    #[serde(default)]
    pub joiner: Option<String>,
    /// `mode: file`: those of `fields` that are lists: their cells in a CSV become arrays.
    #[serde(default)]
    pub list_fields: Option<Vec<String>>,
    /// `mode: file`: the slug of the audience of which a file lists everybody. Who is not in a later file has left it.
    #[serde(default)]
    pub audience: Option<String>,
    /// `mode: file`: the field with all audiences of a person, for the `audiences` of the settings.
    #[serde(default)]
    pub audiences_column: Option<String>,
    /// `mode: file`, with `audiences_column` and without `audience`: a file lists everybody of all `audiences`.
    #[serde(default)]
    pub complete: Option<bool>,
}

/// The members of the authorization that are no secrets. None matters here.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Authorization {
    /// The number of the Lytics account.
    #[serde(default)]
    pub account: Option<String>,
}

/// How audiences come in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Lytics posts who enters and who leaves: the webhooks of an "audience triggers" job.
    #[default]
    Trigger,
    /// Lytics is asked, run by run, for everybody who is in the audiences.
    Scan,
    /// Lytics' file exports are read.
    File,
}

/// How audiences are scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScanKind {
    /// Everybody who is in any of them, once, with all their audiences.
    Union,
    /// One audience after the other.
    Each,
}

/// What files are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Told by the name, and else by the first byte.
    #[default]
    Auto,
    /// A table with a header row.
    Csv,
    /// A JSON object a line.
    JsonLines,
}

impl Mode {
    /// As it stands in the settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trigger => "trigger",
            Self::Scan => "scan",
            Self::File => "file",
        }
    }
}
