//! What a Brazeline plugin is written with.
//!
//! A component is a plain Rust type that implements [`Plugin`] and one or more of [`Receiver`], [`Decoder`], [`Poller`],
//! [`Transform`], [`KeyedTransform`] and [`Sink`]. A sink may say what its requests cost ([`Meter`]), and any of them may prove its
//! credentials ([`Probe`]). The macro `export!` makes a WebAssembly component of it. Its author sees borrowed text and `serde` types; the
//! flat lists that cross the boundary, and the generated bindings, stay in here.
//!
//! ```
//! use brazeline_kit::{Event, Output, Plugin, Problem, Transform};
//!
//! /// Lets through who is in a country.
//! struct Only(Settings);
//!
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! struct Settings {
//!     country: String,
//! }
//!
//! #[derive(serde::Deserialize)]
//! struct Person<'a> {
//!     country: Option<&'a str>,
//! }
//!
//! impl Plugin for Only {
//!     const NAME: &'static str = "only";
//!     const VERSION: &'static str = "1.0.0";
//!     const SUMMARY: &'static str = "Lets through who is in a country.";
//!     type Settings = Settings;
//!
//!     fn configure(settings: Settings) -> Result<Self, Vec<Problem>> {
//!         Ok(Self(settings))
//!     }
//! }
//!
//! impl Transform for Only {
//!     fn transform(&self, event: Event<'_>, out: &mut Output) -> Result<(), String> {
//!         if event.parse::<Person>()?.country == Some(&self.0.country) {
//!             out.emit_json(event.key, event.body);
//!         }
//!         Ok(())
//!     }
//! }
//!
//! // In src/component.rs: brazeline_kit::export!(crate::Only: transform);
//! ```
//!
//! `plugin/README.md` goes through it step by step, `testing` (a feature) is what tests are written with, and `wit/` says who calls what,
//! and what each answer makes the host do.

pub mod append;
#[cfg(target_family = "wasm")]
#[doc(hidden)]
pub mod bindings;
#[cfg(feature = "csv")]
pub mod csv;
pub mod decoder;
pub mod event;
#[cfg(target_family = "wasm")]
#[doc(hidden)]
pub mod glue;
pub mod http;
pub mod json;
pub mod keyed;
pub mod meter;
pub mod person;
pub mod plugin;
pub mod poller;
pub mod probe;
pub mod receiver;
pub mod sink;
#[cfg(all(feature = "testing", not(target_family = "wasm")))]
pub mod testing;
pub mod transform;

pub use decoder::{Decoded, Decoder, Decoding, Entry};
pub use event::{Batch, Event, Events, Scope, Unread};
pub use http::{Arrival, Field, Reply, Request, Response};
pub use keyed::{Held, Kept, KeyedOutput, KeyedTransform, Snapshot, Standing, Update};
pub use meter::{Cost, Meter};
pub use plugin::{Budget, Endpoint, Plan, Plugin, Problem, Scheme, SourceKind, Target};
pub use poller::{Ask, Download, Errand, Onward, Paged, Poller};
pub use probe::{Finding, Probe};
pub use receiver::{Received, Receiver};
pub use sink::{Outgoing, Prepared, Rejection, Settled, Sink, Verdict};
pub use transform::{Output, Transform};
