//! Why was an object not taken?
//!
//! A [`Refusal`] is one object's. It has a code where `/users/track` documents one (contract 1.5), and always a sentence,
//! because live answers are reported to carry sentences.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Why an object was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The documented code.
    pub code: Option<&'static str>,
    /// The same as a sentence.
    pub sentence: Cow<'static, str>,
}

impl Refusal {
    /// With a documented code.
    #[must_use]
    pub fn coded(code: &'static str, sentence: &'static str) -> Self {
        Self { code: Some(code), sentence: sentence.into() }
    }

    /// Without one.
    #[must_use]
    pub fn said(sentence: impl Into<Cow<'static, str>>) -> Self {
        Self { code: None, sentence: sentence.into() }
    }
}

/// How the items of `errors` look (contract 1.5: the reference and the errors page differ).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorStyle {
    /// Objects whose `type` is the code, where there is one.
    #[default]
    Codes,
    /// Objects whose `type` is the sentence.
    Sentences,
    /// Bare sentences, which name no object.
    Strings,
}

impl ErrorStyle {
    /// An item of `errors`; `place` is the array and the position in it.
    #[must_use]
    pub fn item(self, refusal: &Refusal, place: Option<(&str, usize)>) -> Value {
        let kind = match (self, refusal.code) {
            (Self::Codes, Some(code)) => code,
            _ => &refusal.sentence,
        };
        match (self, place) {
            (Self::Strings, _) => json!(kind),
            (_, Some((array, index))) => json!({"type": kind, "input_array": array, "index": index}),
            (_, None) => json!({"type": kind}),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_has_three_forms() {
        let coded = Refusal::coded("EMAIL_BAD_FORMAT", "email is no address");
        let said = Refusal::said("no identifier");
        let place = Some(("attributes", 3));
        // Contract 1.5.
        let table = [
            (ErrorStyle::Codes, &coded, r#"{"index":3,"input_array":"attributes","type":"EMAIL_BAD_FORMAT"}"#),
            (ErrorStyle::Codes, &said, r#"{"index":3,"input_array":"attributes","type":"no identifier"}"#),
            (ErrorStyle::Sentences, &coded, r#"{"index":3,"input_array":"attributes","type":"email is no address"}"#),
            (ErrorStyle::Strings, &coded, r#""email is no address""#),
        ];
        for (style, refusal, expected) in table {
            assert_eq!(style.item(refusal, place).to_string(), expected);
        }
        assert_eq!(ErrorStyle::Codes.item(&said, None).to_string(), r#"{"type":"no identifier"}"#);
    }
}
