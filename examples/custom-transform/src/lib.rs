//! Gives everybody a tier by what they spent. Whoever never spent anything is left out.

#[cfg(target_family = "wasm")]
mod component;

use brazeline_kit::{Event, Output, Plugin, Problem, Transform};
use serde_json::{Map, Value};

#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The spend, in dollars, from which somebody is gold.
    gold_from: f64,
}

pub struct Tier {
    gold_from: f64,
}

impl Plugin for Tier {
    const NAME: &'static str = "custom-transform";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = "Gives everybody a tier by what they spent.";
    type Settings = Settings;

    fn configure(Settings { gold_from }: Settings) -> Result<Self, Vec<Problem>> {
        match gold_from {
            0.0.. => Ok(Self { gold_from }),
            _ => Err(vec![Problem::at("/gold_from", "nobody spends less than nothing; give 0 or more")]),
        }
    }
}

impl Transform for Tier {
    fn transform(&self, event: Event<'_>, out: &mut Output) -> Result<(), String> {
        let mut person: Map<String, Value> = event.parse()?;
        let attributes = person.get_mut("attributes").and_then(Value::as_object_mut).ok_or("it has no `attributes`")?;
        let spend = attributes.get("spend").and_then(Value::as_f64).unwrap_or_default();
        if spend <= 0.0 {
            return Ok(());
        }
        let tier = if spend >= self.gold_from { "gold" } else { "basic" };
        attributes.insert("tier".to_owned(), tier.into());
        out.emit(event.key, &person)
    }
}
