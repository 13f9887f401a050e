//! What is wrong with the settings?

use brazeline_kit::Problem;

use super::{Counted, Settings};
use crate::endpoint::Endpoint;
use crate::identifier::{UPDATE_ONLY, is_primary};
use crate::limits;
use crate::rule::is_reserved;

impl Settings {
    /// What is wrong with them, apart from the instance.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut within = |pointer: &str, value: Option<usize>, from: usize, to: usize| {
            if value.is_some_and(|value| !(from..=to).contains(&value)) {
                problems.push(Problem::at(pointer, format!("say a number from {from} to {to}")));
            }
        };
        within("/objects_per_request", self.objects_per_request, 1, self.endpoint.objects());
        within("/body_limit_bytes", self.body_limit_bytes, 1024, self.endpoint.body_bytes());
        if self.burst_requests == Some(0) {
            problems.push(Problem::at("/burst_requests", "say a number from 1 on"));
        }
        if self.endpoint == Endpoint::Bulk && self.objects == Counted::EachArray {
            problems.push(Problem::at("/objects", "`endpoint: bulk` counts the objects of all arrays together"));
        }
        problems.extend(attribute(&self.membership_attribute));
        problems.extend(self.boolean_attribute.problem(&self.membership_attribute));
        problems.extend(self.made().into_iter().flat_map(|(name, made)| made.problems(name)));
        if !is_pascal_case(&self.partner) {
            problems.push(Problem::at("/partner", "say letters and digits, the first a capital: `Brazeline`"));
        }
        problems
    }
}

fn attribute(name: &str) -> Option<Problem> {
    let message = match name.chars().count() {
        0 => "say the attribute's name",
        characters if characters > limits::CHARACTERS => "Braze allows a name of at most 255 characters",
        _ if is_primary(name) || matches!(name, "email" | "phone" | UPDATE_ONLY) => {
            "Braze reads this name as whom an object is about; take another"
        }
        _ if is_reserved(name) => "this is a field of Braze's own; take another",
        _ => return None,
    };
    Some(Problem::at("/membership_attribute", message))
}

fn is_pascal_case(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase()) && name.chars().all(|c| c.is_ascii_alphanumeric())
}
