//! What holds of any input, whoever sent it?
//!
//! A function for each kind of input takes any bytes, and panics if something does not hold. `cargo test` calls them with the seeds under
//! `tests/fuzz/seeds`, and `tests/fuzz` with whatever a fuzzer thinks of. What reads the input is the components' own Rust, and for packed
//! files the host's.

#![expect(clippy::panic, reason = "that is how a property says that it does not hold")]

mod event;
mod reading;

mod avro;
mod csv;
mod json;
mod webhook;
mod zip;

use brazeline_kit::Plugin;
use serde_json::Value;

/// Panics unless something holds of an input.
pub type Holds = fn(&[u8]);

/// Every kind of input, as its seeds and its fuzz target are called, and what holds of it.
pub const PROPERTIES: [(&str, Holds); 5] = [
    ("avro", avro::holds),
    ("csv", csv::holds),
    ("json", json::holds),
    ("webhook", webhook::holds),
    ("zip", zip::holds),
];

/// Panics unless everything holds that should of such an input.
///
/// # Panics
///
/// With what does not hold.
pub fn check(kind: &str, input: &[u8]) {
    let (_, holds) = PROPERTIES
        .iter()
        .find(|(name, _)| *name == kind)
        .unwrap_or_else(|| panic!("nothing is known to hold of `{kind}`"));
    holds(input);
}

fn configure<T: Plugin>(settings: Value) -> T {
    let settings = serde_json::from_value(settings).unwrap_or_else(|error| panic!("{error}"));
    T::configure(settings).unwrap_or_else(|problems| panic!("{problems:?}"))
}
