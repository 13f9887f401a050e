//! What an answer holds, and how to go on.

use std::borrow::Cow;

use brazeline_kit::event::parse;
use brazeline_kit::person::{Identifier, Kind};
use brazeline_kit::{Budget, Events, Onward, Paged, Response, Scope, Unread};
use serde::Deserialize;
use serde_json::value::RawValue;

/// The wait after an answer that says nothing about when to come again.
const AGAIN_MS: u64 = 1000;

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    people: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    next: Option<Cow<'a, str>>,
    #[serde(default)]
    total: Option<u64>,
}

#[derive(Deserialize)]
struct Person<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
}

pub(crate) fn read(audience: &str, position: Option<&[u8]>, response: &Response) -> Paged {
    let mut paged = Paged {
        events: Events::default(),
        unread: Vec::new(),
        onward: Onward::Retry(AGAIN_MS),
        scope: None,
        budgets: budget(response).into_iter().collect(),
    };
    match response.status {
        200 if response.complete => people(audience, position, response, &mut paged),
        429 => paged.onward = Onward::Retry(number(response, "retry-after").map_or(AGAIN_MS, |wait| wait * 1000)),
        410 => paged.onward = Onward::Restart("the feed does not know the cursor any more".to_owned()),
        401 | 403 => paged.onward = Onward::Stop("the feed refuses the key; give another".to_owned()),
        _ => {}
    }
    paged
}

fn people(audience: &str, position: Option<&[u8]>, response: &Response, paged: &mut Paged) {
    let text = std::str::from_utf8(&response.body).map_err(|_| "the page is not UTF-8".to_owned());
    let page: Page<'_> = match text.and_then(parse) {
        Ok(page) => page,
        Err(reason) => return paged.onward = Onward::Stop(format!("the feed answers with something else: {reason}")),
    };
    for (index, person) in page.people.iter().enumerate() {
        match key(person.get()) {
            Ok(key) => paged.events.push_json(&key, person.get()),
            Err(reason) => paged.unread.push(Unread {
                raw: person.get().as_bytes().to_vec(),
                place: format!(
                    "cursor {:?}, person {index}",
                    position.map(String::from_utf8_lossy).unwrap_or_default()
                ),
                key: None,
                skipped: false,
                reason,
            }),
        }
    }
    paged.scope =
        Some(Scope { audiences: vec![audience.to_owned()], as_of_ms: response.received_at_ms, total: page.total });
    paged.onward = match page.next {
        Some(next) => Onward::More(next.into_owned().into_bytes()),
        None => Onward::End(Vec::new()),
    };
}

fn key(person: &str) -> Result<String, String> {
    let person: Person<'_> = parse(person)?;
    Identifier::new(Kind::ExternalId, person.id).map(|identifier| identifier.key()).ok_or("`id` is empty".to_owned())
}

fn budget(response: &Response) -> Option<Budget> {
    let remaining = number(response, "x-remaining")?;
    Some(Budget { name: "feed".to_owned(), limit: None, remaining, resets_in_ms: AGAIN_MS })
}

fn number(response: &Response, header: &str) -> Option<u64> {
    response.header(header)?.parse().ok()
}
