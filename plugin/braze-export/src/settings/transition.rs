//! What is made of entering and leaving an audience?

use brazeline_kit::Problem;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Number, Value};

use crate::rule::{code, is_too_long, properties};
use crate::{limits, time};

/// An event that is made of a transition.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MadeEvent {
    /// Its name, in which `{audience}` stands for the audience's: `entered_{audience}`.
    pub name: String,
    /// The attribute of the update that holds its time, in ISO 8601. Without one, or where the update lacks it, its time is the
    /// transition's, `as_of`.
    #[serde(default)]
    pub time_field: Option<String>,
    /// Properties that it always has. In a text `{audience}` stands for the audience's name.
    #[serde(default)]
    pub properties: Map<String, Value>,
    /// Attributes of the update that become properties of the same name, where they are there.
    #[serde(default)]
    pub attributes: Vec<String>,
}

/// A purchase that is made of a transition.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MadePurchase {
    /// What is bought; in a text `{audience}` stands for the audience's name.
    pub product_id: Said<String>,
    /// The currency, an ISO 4217 code.
    pub currency: Said<String>,
    /// The price of one; a field may hold it as text, too.
    pub price: Said<Number>,
    /// How many, from 1 to 100. Left out, or where the update lacks the field, Braze takes 1.
    #[serde(default)]
    pub quantity: Option<Said<u64>>,
    /// When, in ISO 8601. Left out, or where the update lacks the field, it is the transition's time, `as_of`.
    #[serde(default)]
    pub time: Option<Said<String>>,
    /// Properties that it always has. In a text `{audience}` stands for the audience's name.
    #[serde(default)]
    pub properties: Map<String, Value>,
    /// Attributes of the update that become properties of the same name, where they are there.
    #[serde(default)]
    pub attributes: Vec<String>,
}

/// A value, or where it is.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "say the value, or `{ field: .. }` with the attribute of the update that holds it")]
pub enum Said<T> {
    /// In an attribute of the update.
    Field(FieldOf),
    /// This one.
    Fixed(T),
}

/// An attribute of the update.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldOf {
    /// Its name.
    pub field: String,
}

/// Something that is made of transitions.
pub trait Made {
    /// What is wrong with the setting `name`.
    fn problems(&self, name: &str) -> Vec<Problem>;
}

impl Made for MadeEvent {
    fn problems(&self, name: &str) -> Vec<Problem> {
        let checks = [
            is_no_name(&self.name).then(|| Problem::at(format!("/{name}/name"), "say a name of 1 to 255 characters")),
            properties_of(name, &self.properties, limits::EVENT_PROPERTIES_BYTES),
        ];
        checks.into_iter().flatten().collect()
    }
}

impl Made for MadePurchase {
    fn problems(&self, name: &str) -> Vec<Problem> {
        let at = |member: &str, is_wrong: bool, message: &str| {
            is_wrong.then(|| Problem::at(format!("/{name}/{member}"), message))
        };
        let quantity = self.quantity.as_ref().and_then(Said::fixed);
        let checks = [
            at(
                "product_id",
                self.product_id.fixed().is_some_and(|id| is_no_name(id)),
                "say a name of 1 to 255 characters",
            ),
            at(
                "currency",
                self.currency.fixed().is_some_and(|currency| !code::is_currency(currency)),
                "say an ISO 4217 code of three capital letters: `USD`",
            ),
            at(
                "quantity",
                quantity.is_some_and(|quantity| !(1..=limits::QUANTITY).contains(quantity)),
                "say a number from 1 to 100",
            ),
            at(
                "time",
                self.time.as_ref().and_then(Said::fixed).is_some_and(|time| !time::is_iso(time)),
                "say a time in ISO 8601: `2026-11-23T09:00:00Z`",
            ),
            properties_of(name, &self.properties, limits::PURCHASE_PROPERTIES_BYTES),
        ];
        checks.into_iter().flatten().collect()
    }
}

impl<T> Said<T> {
    /// The value, if it is said.
    pub fn fixed(&self) -> Option<&T> {
        match self {
            Self::Field(_) => None,
            Self::Fixed(value) => Some(value),
        }
    }
}

fn is_no_name(name: &str) -> bool {
    name.is_empty() || is_too_long(name)
}

fn properties_of(name: &str, fixed: &Map<String, Value>, most: usize) -> Option<Problem> {
    let wrong = properties::check(&Value::Object(fixed.clone()), most).err()?;
    Some(Problem::at(format!("/{name}/properties"), format!("Braze would refuse this: it {wrong}")))
}
