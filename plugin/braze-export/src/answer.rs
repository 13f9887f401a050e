//! What does the body of an answer say?
//!
//! Items of `errors` are documented as objects and as bare messages; other members than those that connectors in the field rely on are
//! not looked at.

use braze::quote::quote;
use serde_json::Value;

/// A body of Braze's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// `success`, `queued`, or what was fatal.
    pub message: Option<String>,
    /// What is wrong with which objects.
    pub errors: Vec<ItemError>,
}

/// What is wrong with an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemError {
    /// A code or a sentence, without data.
    pub what: String,
    /// The array that the object is in.
    pub array: Option<String>,
    /// Its place there.
    pub index: Option<usize>,
}

impl Answer {
    /// Reads a body. None if it is no JSON object.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let Ok(Value::Object(body)) = serde_json::from_slice(body) else { return None };
        let errors = match body.get("errors") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(items)) => items.iter().map(ItemError::read).collect(),
            Some(item) => vec![ItemError::read(item)],
        };
        Some(Self { message: body.get("message").and_then(Value::as_str).map(str::to_owned), errors })
    }

    /// Whether it says that what was sent is taken.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.message.as_deref().is_none_or(|message| matches!(message, "success" | "queued"))
    }

    /// Its words, without data.
    #[must_use]
    pub fn words(&self) -> String {
        let first = self.errors.first().map(|error| error.what.as_str());
        let words = self.message.as_deref().map(quote);
        let words: Vec<&str> = words.as_deref().into_iter().chain(first).filter(|words| !words.is_empty()).collect();
        words.join(": ")
    }
}

impl ItemError {
    fn read(item: &Value) -> Self {
        let what = item.as_str().or_else(|| item.get("type")?.as_str()).map(quote).unwrap_or_default();
        let array = item.get("input_array").and_then(Value::as_str).map(quote);
        let index = item.get("index").and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
        Self { what, array, index }
    }
}
