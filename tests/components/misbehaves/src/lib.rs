//! Breaks each rule of the boundary when it is told to, by its settings or by an event: `{"do":"loop"}`, `{"poison":true}`.
//!
//! The host's tests run it to see that nothing else breaks. Told nothing it behaves. What the kit cannot get wrong is made by hand, on the
//! generated bindings; which is why it is only whole as a component.

#[cfg(target_family = "wasm")]
mod component;
mod misdeed;
#[cfg(target_family = "wasm")]
mod spoil;

use std::hash::{BuildHasher, RandomState};

use brazeline_kit::{Plan, Plugin, Problem, Scheme, Target};
use schemars::JsonSchema;
use serde::Deserialize;

pub use misdeed::Misdeed;

/// What it does wrong, by the function that is called.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// In `configure`.
    pub configure: Option<Misdeed>,
    /// In `transform`.
    pub transform: Option<Misdeed>,
    /// In `receive`.
    pub receive: Option<Misdeed>,
    /// In `prepare`.
    pub prepare: Option<Misdeed>,
    /// In `settle`.
    pub settle: Option<Misdeed>,
    /// When it is asked to prove its credentials.
    pub probe: Option<Misdeed>,
    /// The authorization's member that it shows as a bearer token.
    pub bearer: Option<String>,
    /// Where its probe goes; without it there is nothing to prove.
    pub probe_path: Option<String>,
    /// How much `too_large` is, in bytes.
    pub bytes: Option<u32>,
    /// The most events that one `prepare` gets.
    pub gather_events: Option<u32>,
    /// The host may hand in an authorization; it is not looked at.
    pub authorization: Option<serde_json::Value>,
}

/// The component.
#[derive(Debug)]
pub struct Misbehaves {
    /// What it was told.
    pub settings: Settings,
}

impl Plugin for Misbehaves {
    const NAME: &'static str = "misbehaves";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = "Breaks the rules when told to.";
    const AUTHORIZATIONS: &'static [&'static str] = &["braze", "lytics"];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<Problem>> {
        if let Some(misdeed) = settings.configure {
            misdeed.commit();
        }
        Ok(Self { settings })
    }

    fn plan(&self) -> Plan {
        let default = Plan::default();
        let scheme = self.settings.bearer.as_deref().map(Scheme::bearer);
        let target = Target { name: "target".to_owned(), origin: None, scheme };
        let gather_events = match self.settings.configure {
            Some(Misdeed::AnotherPlan) => another(),
            _ => self.settings.gather_events.unwrap_or(default.gather_events),
        };
        Plan { targets: vec![target], gather_events, ..default }
    }
}

/// Another number each time.
fn another() -> u32 {
    1 + (RandomState::new().hash_one(0) >> 40) as u32
}
