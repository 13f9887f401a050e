//! What can be set?

pub mod audience;
mod problems;
pub mod transition;

use std::collections::BTreeMap;

use brazeline_kit::Budget;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::endpoint::Endpoint;
use crate::limits;
use audience::{Representation, Template};
use transition::{Made, MadeEvent, MadePurchase};

/// More bytes than the names and brackets that stand around an object in its request.
const AROUND_AN_OBJECT: usize = 128;

/// The settings of a `braze-export`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The members of the authorization that are no secrets.
    #[serde(default)]
    pub authorization: Authorization,
    /// `true`: never create a profile. `false`: always create one, also for an alias. Left out, Braze decides: it creates profiles,
    /// but not for an alias. An object that only takes something away never creates one.
    #[serde(default)]
    pub update_existing_only: Option<bool>,
    /// How a person's audiences stand in the profile. What an update calls `beyond` is a boolean in any case.
    #[serde(default)]
    pub representation: Representation,
    /// The same for single audiences, by name: `{ vip: booleans }`.
    #[serde(default)]
    pub representations: BTreeMap<String, Representation>,
    /// The array attribute that holds the names of a person's audiences.
    #[serde(default = "membership_attribute")]
    pub membership_attribute: String,
    /// The boolean attribute of an audience, in whose name `{audience}` stands for the audience's: `true` for who is in it, `false` for who
    /// left.
    #[serde(default)]
    pub boolean_attribute: Template,
    /// What becomes of an attribute whose value Braze would refuse, or drop or turn into null without a word.
    #[serde(default)]
    pub bad_attributes: BadAttributes,
    /// Whether an attribute that is an object is laid over the one that is there (`_merge_objects`), instead of replacing it.
    #[serde(default)]
    pub merge_objects: bool,
    /// The event that entering an audience is, if it shall be one. None is made of an update that only says again what was said before
    /// (`restated`); the same holds for the next three.
    #[serde(default)]
    pub enter_event: Option<MadeEvent>,
    /// The event that leaving an audience is, if it shall be one.
    #[serde(default)]
    pub exit_event: Option<MadeEvent>,
    /// The purchase that entering an audience is, if it shall be one.
    #[serde(default)]
    pub enter_purchase: Option<MadePurchase>,
    /// The purchase that leaving an audience is, if it shall be one.
    #[serde(default)]
    pub exit_purchase: Option<MadePurchase>,
    /// Where objects are sent.
    #[serde(default)]
    pub endpoint: Endpoint,
    /// The most objects in a request, as `objects` counts them. Left out, as many as the endpoint takes: 75, or 1,000 for `bulk`.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1000))]
    pub objects_per_request: Option<usize>,
    /// How objects are counted.
    #[serde(default)]
    pub objects: Counted,
    /// The most bytes in a request's body. Left out, as many as the endpoint takes: 4,000,000, or 2,000,000 for `bulk`.
    #[serde(default)]
    #[schemars(range(min = 1024, max = 4_000_000))]
    pub body_limit_bytes: Option<usize>,
    /// How many requests may start in a burst window before an answer has said how many. Left out, what Braze documents: 3,000 in 3 s, or 50
    /// in 1 s for `bulk`.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub burst_requests: Option<u64>,
    /// How many milliseconds a person's profile rests after an accepted request, because Braze may apply two requests in any order.
    /// What arrives meanwhile is merged.
    #[serde(default = "rest_ms")]
    pub rest_ms: u32,
    /// The organisation's name, in PascalCase, by which Braze knows who calls: `User-Agent: partner-Brazeline`.
    #[serde(default = "partner")]
    pub partner: String,
}

/// The members of the authorization that are no secrets.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Authorization {
    /// Braze's name of the instance, in any letter case: `US-06`. Left out where `hosts` names the REST host.
    #[serde(default)]
    pub instance: Option<String>,
}

/// What becomes of an attribute that Braze would not keep as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BadAttributes {
    /// The update goes without it, and is kept as a dead letter with the attribute's name and the rule. A person's audiences and other
    /// attributes do not wait for one bad value, and nothing is lost in silence.
    #[default]
    SetAside,
    /// None of the update is sent; it is kept as a dead letter with the attribute's name and the rule.
    Reject,
    /// The update goes without it, and nobody hears of it.
    Drop,
}

/// How the objects of a request are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Attributes, events and purchases together.
    #[default]
    Total,
    /// Attributes, events and purchases each, as Braze counts for customers with "legacy rate limits".
    EachArray,
}

impl Settings {
    /// Whether anything is made of transitions.
    #[must_use]
    pub fn makes_something(&self) -> bool {
        !self.made().is_empty()
    }

    fn made(&self) -> Vec<(&'static str, &dyn Made)> {
        let mut made: Vec<(&'static str, &dyn Made)> = Vec::new();
        made.extend(self.enter_event.iter().map(|event| ("enter_event", event as &dyn Made)));
        made.extend(self.exit_event.iter().map(|event| ("exit_event", event as &dyn Made)));
        made.extend(self.enter_purchase.iter().map(|purchase| ("enter_purchase", purchase as &dyn Made)));
        made.extend(self.exit_purchase.iter().map(|purchase| ("exit_purchase", purchase as &dyn Made)));
        made
    }

    /// How an audience stands in profiles.
    #[must_use]
    pub fn representation(&self, audience: &str) -> Representation {
        self.representations.get(audience).copied().unwrap_or(self.representation)
    }

    /// The most objects of a request, or of each of its arrays.
    #[must_use]
    pub fn most_objects(&self) -> usize {
        self.objects_per_request.unwrap_or(self.endpoint.objects())
    }

    /// The most bytes of a body.
    #[must_use]
    pub fn body_bytes(&self) -> usize {
        self.body_limit_bytes.unwrap_or(self.endpoint.body_bytes())
    }

    /// The most bytes of an object, so that its request's body fits with what stands around it.
    #[must_use]
    pub fn object_bytes(&self) -> usize {
        self.body_bytes() - AROUND_AN_OBJECT
    }

    /// Requests of a burst window, as far as is known before the first answer.
    #[must_use]
    pub fn burst(&self) -> u64 {
        self.burst_requests.unwrap_or(self.endpoint.burst())
    }

    /// What is known of budgets before the first answer.
    #[must_use]
    pub fn budgets(&self) -> Vec<Budget> {
        vec![self.endpoint.known(self.burst())]
    }

    /// So many events make full requests, also when a batch is about as many persons.
    #[must_use]
    pub fn gather_events(&self) -> u32 {
        self.most_objects() as u32 * 16
    }

    /// What is gathered for one person must fit into one body.
    #[must_use]
    pub fn gather_bytes(&self) -> u32 {
        (1024 * 1024).min(self.body_bytes() as u32 / 2)
    }
}

fn membership_attribute() -> String {
    "lytics_segments".to_owned()
}

fn rest_ms() -> u32 {
    limits::REST_MS
}

fn partner() -> String {
    "Brazeline".to_owned()
}
