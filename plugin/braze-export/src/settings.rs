//! What can be set?

use brazeline_kit::Problem;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::identifier::{UPDATE_ONLY, is_primary};
use crate::limits;

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
    /// The array attribute that holds the names of a person's audiences.
    #[serde(default = "membership_attribute")]
    pub membership_attribute: String,
    /// The most objects in a request: attributes, events and purchases counted together.
    #[serde(default = "objects_per_request")]
    #[schemars(range(min = 1, max = 75))]
    pub objects_per_request: usize,
    /// The most bytes in a request's body.
    #[serde(default = "body_limit_bytes")]
    #[schemars(range(min = 1024, max = 4_000_000))]
    pub body_limit_bytes: usize,
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

impl Settings {
    /// What is wrong with them, apart from the instance.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let checks = [
            (self.objects_per_request < 1 || self.objects_per_request > limits::OBJECTS)
                .then(|| Problem::at("/objects_per_request", format!("say a number from 1 to {}", limits::OBJECTS))),
            (self.body_limit_bytes < 1024 || self.body_limit_bytes > limits::BODY_BYTES)
                .then(|| Problem::at("/body_limit_bytes", format!("say a number from 1024 to {}", limits::BODY_BYTES))),
            attribute(&self.membership_attribute),
            (!is_pascal_case(&self.partner))
                .then(|| Problem::at("/partner", "say letters and digits, the first a capital: `Brazeline`")),
        ];
        checks.into_iter().flatten().collect()
    }

    /// So many events make full requests, also when a batch is about as many persons.
    #[must_use]
    pub fn gather_events(&self) -> u32 {
        self.objects_per_request as u32 * 16
    }

    /// The most bytes of an object, so that its request's body fits with what stands around it.
    #[must_use]
    pub fn object_bytes(&self) -> usize {
        self.body_limit_bytes - AROUND_AN_OBJECT
    }

    /// What is gathered for one person must fit into one body.
    #[must_use]
    pub fn gather_bytes(&self) -> u32 {
        (1024 * 1024).min(self.body_limit_bytes as u32 / 2)
    }
}

fn attribute(name: &str) -> Option<Problem> {
    let message = match name.chars().count() {
        0 => "say the attribute's name",
        characters if characters > limits::NAME_CHARACTERS => "Braze allows a name of at most 255 characters",
        _ if is_primary(name) || matches!(name, "email" | "phone" | UPDATE_ONLY) => {
            "Braze reads this name as whom an object is about; take another"
        }
        _ => return None,
    };
    Some(Problem::at("/membership_attribute", message))
}

fn is_pascal_case(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase()) && name.chars().all(|c| c.is_ascii_alphanumeric())
}

fn membership_attribute() -> String {
    "lytics_segments".to_owned()
}

fn objects_per_request() -> usize {
    limits::OBJECTS
}

fn body_limit_bytes() -> usize {
    limits::BODY_BYTES
}

fn rest_ms() -> u32 {
    limits::REST_MS
}

fn partner() -> String {
    "Brazeline".to_owned()
}
