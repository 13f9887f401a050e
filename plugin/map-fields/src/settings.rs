//! What an operator writes: which fields, and what becomes of them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use brazeline_kit::person::IdentifierField;

/// Fields are attributes of a person update, or the top-level members of any other JSON object. The settings apply in the
/// order `keep` and `drop`, then `rename`, then `set`; `keep`, `drop` and the left side of `rename` speak of fields as they come in.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Which field says whom a JSON object is about that is no person update yet: `{ external_id: customer_no }`. All its members
    /// become attributes, this one too (`drop` it if it should not). A person update keeps whom it is about.
    #[serde(default)]
    pub identifier: Option<IdentifierField>,
    /// Only these fields stay. Without this setting all do.
    #[serde(default)]
    pub keep: Option<Vec<String>>,
    /// These fields go.
    #[serde(default)]
    pub drop: Vec<String>,
    /// New names, each as `from: to`. An event that has both `from` and a field `to` of its own is rejected.
    #[serde(default)]
    pub rename: BTreeMap<String, String>,
    /// Values that each event gets, instead of its own if it has the field. `null` unsets the attribute where the event arrives. A
    /// person update without attributes passes as it is.
    #[serde(default)]
    pub set: BTreeMap<String, Value>,
}
