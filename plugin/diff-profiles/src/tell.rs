//! The bodies that go on: the event that came in, without what the sink knows already.
//!
//! What is restated goes into an event of its own, for the mark speaks of the whole event. It takes the attributes along; everything else
//! that came in stays with the news.

use brazeline_kit::json::Json;
use serde::Serialize;

use crate::membership::{Said, Word};
use crate::time;
use crate::update::{Fields, Update};

/// An event's body.
#[derive(Debug, Default, Serialize)]
pub struct Body<'b> {
    /// Who it is, as it came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Json<'b>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<&'b Fields<'b>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audiences: Option<Memberships<'b>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Json<'b>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purchases: Option<Json<'b>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    restated: bool,
    #[serde(flatten)]
    other: Option<&'b Fields<'b>>,
}

#[derive(Debug, Serialize)]
struct Memberships<'b> {
    r#in: Vec<&'b str>,
    of: Vec<&'b str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    beyond: Vec<&'b str>,
    #[serde(flatten)]
    other: Option<&'b Fields<'b>>,
}

/// What goes on of an event: none, one or two bodies.
pub fn bodies<'b>(update: &'b Update<'_>, attributes: &'b Fields<'_>, said: &'b mut Said<'_>) -> Vec<Body<'b>> {
    if update.restated {
        // All of the event is marked already.
        said.news.append(&mut said.restated);
    }
    let Said { news, restated } = said;
    let attributes = (!attributes.is_empty()).then_some(attributes);
    let mut bodies = Vec::with_capacity(2);
    let has_restated = !restated.is_empty();
    if has_restated {
        let audiences = memberships(restated, Some(update));
        bodies.push(Body { user: update.user, attributes, audiences, restated: true, ..Body::default() });
    }
    let attributes = attributes.filter(|_| !has_restated);
    if !news.is_empty() || attributes.is_some() || update.passes() {
        bodies.push(Body {
            user: update.user,
            attributes,
            audiences: memberships(news, Some(update)),
            events: update.events,
            purchases: update.purchases,
            restated: update.restated,
            other: Some(&update.other),
        });
    }
    bodies
}

/// What goes on about somebody of whom nothing came in.
pub fn alone<'b>(user: Option<Json<'b>>, words: &'b mut [Word<'_>], restated: bool) -> Body<'b> {
    Body { user, audiences: memberships(words, None), restated, ..Body::default() }
}

/// As of the newest of them: none of them is said older than it is.
fn memberships<'b>(words: &'b mut [Word<'_>], update: Option<&'b Update<'_>>) -> Option<Memberships<'b>> {
    words.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    let as_of_ms = words.iter().map(|word| word.mark.as_of_ms).max()?;
    let words = &*words;
    let names =
        |wanted: fn(&Word<'_>) -> bool| words.iter().filter(|word| wanted(word)).map(|word| &*word.name).collect();
    let said = update.and_then(|update| update.audiences.as_of.as_deref());
    Some(Memberships {
        r#in: names(|word| word.is_in),
        of: names(|_| true),
        as_of: said
            .filter(|said| time::read(said) == Ok(as_of_ms))
            .map(str::to_owned)
            .or_else(|| time::write(as_of_ms)),
        beyond: names(|word| word.mark.beyond),
        other: update.map(|update| &update.audiences.other),
    })
}
