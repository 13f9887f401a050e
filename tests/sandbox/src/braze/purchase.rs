//! Purchases (contract 2.5).

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use super::{code, event, limit, properties};

/// Something that somebody bought.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Purchase {
    /// What it is.
    pub product_id: String,
    /// An ISO 4217 code.
    pub currency: String,
    /// What one of it cost.
    pub price: f64,
    /// How many.
    pub quantity: u64,
    /// When it was, never in the future.
    pub time: Timestamp,
    /// More about it.
    pub properties: Map<String, Value>,
}

impl Purchase {
    /// Reads an object whose identifier is taken out.
    pub fn read(mut object: Map<String, Value>, now: Timestamp) -> Result<Self, Refusal> {
        Ok(Self {
            product_id: event::name(object.remove("product_id"), "product_id")?,
            currency: currency(object.get("currency"))?,
            price: price(object.get("price"))?,
            quantity: quantity(object.get("quantity"))?,
            time: event::time(object.get("time"), now)?,
            properties: properties::read(object.remove("properties"), limit::PURCHASE_PROPERTIES_BYTES)?,
        })
    }

    /// What it brought in.
    #[must_use]
    pub fn revenue(&self) -> f64 {
        // At most 100, so nothing is lost.
        self.price * f64::from(u8::try_from(self.quantity).unwrap_or(u8::MAX))
    }
}

fn currency(value: Option<&Value>) -> Result<String, Refusal> {
    let known = value.and_then(Value::as_str).filter(|text| code::is_currency(text));
    known.map(str::to_owned).ok_or(Refusal::said("currency is an ISO 4217 code"))
}

fn price(value: Option<&Value>) -> Result<f64, Refusal> {
    value.and_then(Value::as_f64).ok_or(Refusal::said("price is a number"))
}

fn quantity(value: Option<&Value>) -> Result<u64, Refusal> {
    let number = value.map_or(Some(1), Value::as_u64);
    number
        .filter(|n| (1..=limit::QUANTITY).contains(n))
        .ok_or(Refusal::said("quantity is a whole number from 1 to 100"))
}
