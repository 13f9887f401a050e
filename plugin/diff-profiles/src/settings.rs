//! What an operator writes: whether those count who are there already, and what becomes of a person in very many audiences.

use brazeline_kit::Problem;
use schemars::JsonSchema;
use serde::Deserialize;

/// The most names in an array attribute: Braze's default and its maximum ("Array custom attributes", read 2026-11-23). Past it Braze
/// silently drops the oldest.
pub const ARRAY_LIMIT: usize = 500;

/// The settings of a `diff-profiles`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether people count who are in an audience when it is looked at for the first time. `true`: everyone is sent now, and changes
    /// afterwards. `false`: the first complete look is only learnt, and who enters or leaves after it is sent. Triggers are sent from
    /// the first moment in both cases.
    #[serde(default = "existing_users")]
    pub existing_users: bool,
    /// The most audiences of one person that the sink's array attribute may hold: in Braze 500, unless its dashboard says less.
    #[serde(default = "array_limit")]
    #[schemars(range(min = 1, max = 500))]
    pub array_limit: usize,
    /// What becomes of an event by which a person would be in more audiences than that.
    #[serde(default)]
    pub beyond_array_limit: BeyondArrayLimit,
    /// Where data goes both ways (`mark_known` of `braze-ingest`): for so long after the sink's system said an attribute itself, the value
    /// that it was told before is no news, for the source may not have taken the new one yet. In milliseconds, a quarter of an hour by
    /// default; 0 tells it at once, which is right where triggers are the only source: nobody says again what they said within that time.
    #[serde(default = "echo_window_ms")]
    pub echo_window_ms: u64,
}

/// What becomes of an event by which a person would be in more audiences than the array holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BeyondArrayLimit {
    /// The event is rejected, and nothing of it is sent.
    #[default]
    Reject,
    /// The audiences that do not fit are sent as boolean attributes, one each. An audience that was sent so for a person stays so.
    Booleans,
}

impl Settings {
    /// What is wrong with them.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        match self.array_limit {
            1..=ARRAY_LIMIT => Vec::new(),
            _ => vec![Problem::at("/array_limit", format!("say a number from 1 to {ARRAY_LIMIT}"))],
        }
    }
}

fn existing_users() -> bool {
    true
}

fn echo_window_ms() -> u64 {
    15 * 60 * 1000
}

fn array_limit() -> usize {
    ARRAY_LIMIT
}
