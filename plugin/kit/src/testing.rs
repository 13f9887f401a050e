//! What a plugin's author uses in tests: inputs in a line, answers as text that reads well in a snapshot.
//!
//! A [`Table`] runs a list of calls against the plain Rust type. With the feature `testing-wasm` it also builds the crate under test as
//! a component, makes the same calls there, each in a fresh instance, and compares. The author writes the calls once.
//!
//! ```
//! # use brazeline_kit::{Event, Output, Plugin, Problem, Transform, testing};
//! # use serde_json::json;
//! # #[derive(serde::Deserialize, schemars::JsonSchema)]
//! # struct Settings { greeting: String }
//! # struct Greet(String);
//! # impl Plugin for Greet {
//! #     const NAME: &'static str = "greet";
//! #     const VERSION: &'static str = "1.0.0";
//! #     const SUMMARY: &'static str = "Greets.";
//! #     type Settings = Settings;
//! #     fn configure(settings: Settings) -> Result<Self, Vec<Problem>> { Ok(Self(settings.greeting)) }
//! # }
//! # impl Transform for Greet {
//! #     fn transform(&self, event: Event<'_>, out: &mut Output) -> Result<(), String> {
//! #         event.parse::<serde_json::Map<String, serde_json::Value>>()?;
//! #         out.emit(event.key, &json!({ "greeting": self.0 }))
//! #     }
//! # }
//! let greet: Greet = testing::configure(json!({ "greeting": "Hi" }));
//! let said = testing::transform(&greet, &[("external_id:u-1", "{}"), ("external_id:u-2", "[]")]);
//! assert_eq!(said, r#"0 -> external_id:u-1 {"greeting":"Hi"}
//! 1 rejected: invalid type: sequence, expected a map at line 1 column 0
//! "#);
//! assert_eq!(testing::problems::<Greet>(json!({})), "(all): missing field `greeting`\n");
//! ```

mod call;
mod input;
mod memory;
mod show;
mod table;
#[cfg(feature = "testing-wasm")]
mod wasm;

pub use call::{decode, next, page, prepare, receive, settle, transform};
pub use input::{arrival, response};
pub use memory::Memory;
pub use table::Table;

use serde_json::Value;

use crate::{Plugin, Problem};

/// Configures a plugin in the way the host does.
///
/// # Panics
///
/// With the problems, if there are some.
#[must_use]
pub fn configure<T: Plugin>(settings: Value) -> T {
    match crate::plugin::configure::<T>(&settings.to_string()) {
        Ok((plugin, _)) => plugin,
        Err(problems) => panic!("{} refuses these settings:\n{}", T::NAME, list(&problems)),
    }
}

/// What a plugin finds wrong with settings, a line each; nothing if it takes them.
#[must_use]
pub fn problems<T: Plugin>(settings: Value) -> String {
    crate::plugin::configure::<T>(&settings.to_string()).err().map_or_else(String::new, |problems| list(&problems))
}

fn list(problems: &[Problem]) -> String {
    let place = |pointer: &str| if pointer.is_empty() { "(all)".to_owned() } else { pointer.to_owned() };
    problems.iter().map(|problem| format!("{}: {}\n", place(&problem.pointer), problem.message)).collect()
}
