//! Text that is borrowed where it can be. serde's own `Cow` borrows only as a field of its own, never within an `Option` or a `Vec`.

use std::borrow::Cow;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

/// A member that may be `null`.
pub(super) fn maybe(text: Option<Text<'_>>) -> Option<Cow<'_, str>> {
    text.map(|text| text.0)
}

/// A list.
pub(super) fn all(texts: Vec<Text<'_>>) -> Vec<Cow<'_, str>> {
    texts.into_iter().map(|text| text.0).collect()
}
