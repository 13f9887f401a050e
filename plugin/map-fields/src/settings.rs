//! What an operator writes: which fields, and what becomes of them.

mod conversion;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use brazeline_kit::person::IdentifierField;

pub use conversion::{Conversion, DateForm, Kind, OnFailure};

/// Fields are attributes of a person update, or the top-level members of any other JSON object. The settings apply in the
/// order `keep` and `drop`, then `rename`, then `convert`, then `set`. `keep`, `drop` and the left side of `rename` speak of fields as
/// they come in, `convert` and `set` of fields as they go out.
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
    /// How values are converted, each as `field: kind` or, with options, `field: { kind: { option: value } }`. The field is named as it
    /// is called after `rename`; `null` stays `null`; whom an object is about is read before. The kinds:
    /// - `country`: an English name or a code, to the two letters of ISO 3166-1
    /// - `language`: an English name, a code or a locale, to the two letters of ISO 639-1
    /// - `gender`: a word, to Braze's `M`, `F`, `O`, `N` or `P`
    /// - `date`: to a day, or with `to: timestamp` to a moment in UTC; `from: ["%d/%m/%Y"]` names the formats in which it comes, also
    ///   `seconds` and `milliseconds` since 1970; without it the common ones are read that can mean one day only
    /// - `time_zone`: a name or an offset of whole hours, to IANA's name (`GMT+7` is `Etc/GMT-7`)
    /// - `phone`: to E.164; numbers without `+` are those of `region: US`, or with `international: true` begin with their country's code
    /// - `number`, `string`, `boolean`: to that type
    /// - `lower`, `trim`: text without white space around it, `lower` in lower case
    /// - `list`: text to a list, cut at `separator` (by default `,`)
    #[serde(default)]
    pub convert: BTreeMap<String, Conversion>,
    /// What becomes of a field whose value cannot be converted. `drop`: it goes, and the rest of the event is delivered; what the
    /// receiver held before stays. `keep`: it is passed on as it is. `reject`: the event becomes a dead letter.
    #[serde(default)]
    pub on_failure: OnFailure,
    /// Values that each event gets, instead of its own if it has the field. `null` unsets the attribute where the event arrives. A
    /// person update without attributes passes as it is.
    #[serde(default)]
    pub set: BTreeMap<String, Value>,
}
