//! Does an answer keep the rules of its interface?
//!
//! Every answer of a component is checked before anything is done with it. An error names the rule and the place, never what
//! an event says.

mod download;
mod request;
#[cfg(test)]
mod tests;

use brazeline_kit::json::{self, Reader};
use serde::de::IgnoredAny;

use super::types::{
    Ask, Batch, Decoded, Endpoint, Errand, KeyedOutput, Manifest, Output, Packed, Paged, Plan, Prepared, Received,
    Rejection, Request, Settled, Unread, Update, Verdict,
};

/// At most so many bytes of a key.
pub const KEY_BYTES: usize = 1024;

/// At most so many bytes of a tag.
pub const TAG_BYTES: usize = 255;

/// At most so many bytes of a manifest.
pub const MANIFEST_BYTES: usize = 256 * 1024;

/// At most so many bytes of what an endpoint is about, and of its path.
pub const ENDPOINT_BYTES: usize = 1024;

type Checked = Result<(), String>;

/// Whether bodies are looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bodies {
    /// Each must be one JSON object.
    Checked,
    /// They were checked before.
    Trusted,
}

/// A batch: ends that rise, equal counts, keys of 1 to 1,024 bytes of UTF-8, bodies that are JSON objects.
pub fn batch(batch: &Batch, bodies: Bodies) -> Checked {
    packed("keys", &batch.keys)?;
    packed("bodies", &batch.bodies)?;
    let events = batch.keys.len();
    same_count("bodies", batch.bodies.len(), events)?;
    for column in &batch.columns {
        packed("a column", &column.values)?;
        same_count("a column", column.values.len(), events)?;
    }
    for event in 0..events {
        key(batch.keys.get(event)).map_err(|wrong| format!("the key of event {event} {wrong}"))?;
        if bodies == Bodies::Checked {
            object(batch.body(event)).map_err(|wrong| format!("the body of event {event} {wrong}"))?;
        }
    }
    Ok(())
}

/// What a transform made of `inputs` events.
pub fn output(output: &Output, inputs: usize) -> Checked {
    batch(&output.events, Bodies::Checked)?;
    same_count("origins", output.origins.len(), output.events.len())?;
    let mut fate = vec![Fate::None; inputs];
    for (list, indexes) in [(Fate::Came, &output.origins), (Fate::Dropped, &output.dropped)] {
        for index in indexes {
            mark(&mut fate, *index, list)?;
        }
    }
    for rejection in &output.rejections {
        mark(&mut fate, rejection.index, Fate::Rejected)?;
    }
    match fate.iter().position(|fate| *fate == Fate::None) {
        Some(input) => Err(format!("input {input} is in none of origins, dropped and rejections")),
        None => Ok(()),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    None,
    Came,
    Dropped,
    Rejected,
}

fn mark(fate: &mut [Fate], index: u32, new: Fate) -> Checked {
    let inputs = fate.len();
    let old = fate.get_mut(index as usize).ok_or_else(|| format!("index {index} is out of {inputs} inputs"))?;
    match (*old, new) {
        (Fate::None, _) => *old = new,
        // One input may become several events.
        (Fate::Came, Fate::Came) => {}
        _ => return Err(format!("input {index} is in more than one of origins, dropped and rejections")),
    }
    Ok(())
}

/// What a receiver read of a request.
pub fn received(received: &Received) -> Checked {
    batch(&received.events, Bodies::Checked)?;
    unread(&received.unread)?;
    request::status(received.reply.status)?;
    request::headers(&received.reply.headers)
}

/// What a poller wants to ask.
pub fn ask(ask: &Ask, plan: &Plan) -> Checked {
    match &ask.errand {
        Errand::Page(request) => request::request(request, plan),
        Errand::File(wanted) => download::download(wanted),
    }
}

/// What a poller read of a page.
pub fn paged(paged: &Paged) -> Checked {
    batch(&paged.events, Bodies::Checked)?;
    unread(&paged.unread)
}

/// What a decoder read of a piece.
pub fn decoded(decoded: &Decoded) -> Checked {
    batch(&decoded.events, Bodies::Checked)?;
    unread(&decoded.unread)
}

/// What a keyed transform made of `inputs` events (or keys) about `keys` keys.
pub fn keyed(keyed: &KeyedOutput, inputs: usize, keys: usize) -> Checked {
    output(&keyed.output, inputs)?;
    let changed: Vec<u32> = keyed.changes.iter().map(|change| change.key).collect();
    distinct(&changed, keys).map_err(|wrong| format!("changes: {wrong}"))?;
    for change in &keyed.changes {
        if let Update::Put(value) = &change.update {
            let wrong = |tag: &&String| tag.is_empty() || tag.len() > TAG_BYTES;
            if let Some(tag) = value.tags.iter().find(wrong) {
                return Err(format!("a tag of {} bytes; 1 to {TAG_BYTES} are allowed", tag.len()));
            }
        }
    }
    Ok(())
}

/// The request with which a component proves its credentials.
pub fn probe(request: &Request, plan: &Plan) -> Checked {
    request::request(request, plan)
}

fn unread(unread: &[Unread]) -> Checked {
    for (at, one) in unread.iter().enumerate() {
        if let Some(of) = &one.key {
            key(of.as_bytes()).map_err(|wrong| format!("the key of unread {at} {wrong}"))?;
        }
    }
    Ok(())
}

/// The requests that a sink made of `inputs` events.
pub fn prepared(prepared: &Prepared, inputs: usize, plan: &Plan) -> Checked {
    rejections(&prepared.rejections, inputs)?;
    rejections(&prepared.left_out, inputs).map_err(|wrong| format!("left-out: {wrong}"))?;
    for (at, outgoing) in prepared.requests.iter().enumerate() {
        let wrong = |wrong: String| format!("request {at}: {wrong}");
        request::request(&outgoing.request, plan).map_err(wrong)?;
        events(&outgoing.events, inputs).map_err(wrong)?;
    }
    Ok(())
}

/// What a sink read of the answer to a request that carried so many events.
pub fn settled(settled: &Settled, carried: usize) -> Checked {
    match &settled.verdict {
        Verdict::Accepted(refused) => rejections(refused, carried),
        Verdict::AcceptedBut(_) | Verdict::Retry(_) | Verdict::Split(_) | Verdict::Stop(_) => Ok(()),
    }
}

/// What a component says about itself.
pub fn manifest(manifest: &Manifest) -> Checked {
    let Manifest { name, version, summary, settings_schema, authorizations, state_versions } = manifest;
    let texts: usize =
        [name, version, summary, settings_schema].into_iter().chain(authorizations).map(String::len).sum();
    let bytes = texts + 4 * state_versions.len();
    if bytes > MANIFEST_BYTES {
        return Err(format!("the manifest has {bytes} bytes; at most {MANIFEST_BYTES} are allowed"));
    }
    if name.is_empty() {
        return Err("the manifest has no name".to_owned());
    }
    object(settings_schema.as_bytes()).map_err(|wrong| format!("the settings' schema {wrong}"))
}

/// What the settings mean for the host.
pub fn plan(plan: &Plan) -> Checked {
    if plan.gather_events == 0 || plan.gather_bytes == 0 {
        return Err("gather-events and gather-bytes of the plan must be at least 1".to_owned());
    }
    let mut names: Vec<&str> = plan.targets.iter().map(|target| target.name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(twice) => Err(format!("target `{}` is in the plan twice", twice[0])),
        None => plan.endpoints.iter().try_for_each(endpoint),
    }
}

/// What people are to paste: one line, and nothing but a path behind the host that they know.
fn endpoint(endpoint: &Endpoint) -> Checked {
    let Endpoint { about, path } = endpoint;
    let is_fit = path.starts_with('/') && !path.starts_with("//") && path.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_fit || path.len() > ENDPOINT_BYTES {
        return Err(format!(
            "the path of an endpoint must begin with one `/` and be at most {ENDPOINT_BYTES} letters, digits and signs of ASCII"
        ));
    }
    match about.len() > ENDPOINT_BYTES || about.contains(char::is_control) {
        true => Err(format!("what an endpoint is about must be a line of at most {ENDPOINT_BYTES} bytes")),
        false => Ok(()),
    }
}

fn rejections(rejections: &[Rejection], inputs: usize) -> Checked {
    let indexes: Vec<u32> = rejections.iter().map(|rejection| rejection.index).collect();
    distinct(&indexes, inputs).map_err(|wrong| format!("rejections: {wrong}"))
}

fn events(events: &[u32], inputs: usize) -> Checked {
    match events {
        [] => Err("it carries no events".to_owned()),
        events => distinct(events, inputs).map_err(|wrong| format!("events: {wrong}")),
    }
}

fn distinct(indexes: &[u32], inputs: usize) -> Checked {
    let mut seen = vec![false; inputs];
    for index in indexes {
        let seen = seen.get_mut(*index as usize).ok_or_else(|| format!("index {index} is out of {inputs}"))?;
        if std::mem::replace(seen, true) {
            return Err(format!("index {index} is there twice"));
        }
    }
    Ok(())
}

fn packed(what: &str, packed: &Packed) -> Checked {
    if !packed.ends.is_sorted() {
        return Err(format!("the ends of {what} fall"));
    }
    let last = packed.ends.last().map_or(0, |end| *end as usize);
    match packed.bytes.len() == last {
        true => Ok(()),
        false => Err(format!("the last end of {what} is {last}, and there are {} bytes", packed.bytes.len())),
    }
}

fn same_count(what: &str, count: usize, events: usize) -> Checked {
    match count == events {
        true => Ok(()),
        false => Err(format!("{events} events, and {count} in {what}")),
    }
}

fn key(key: &[u8]) -> Checked {
    match (key.len(), std::str::from_utf8(key)) {
        (0, _) => Err("is empty".to_owned()),
        (length, _) if length > KEY_BYTES => Err(format!("has {length} bytes; at most {KEY_BYTES} are allowed")),
        (_, Err(_)) => Err("is not UTF-8".to_owned()),
        (_, Ok(_)) => Ok(()),
    }
}

/// One JSON object and nothing behind it.
pub fn object(body: &[u8]) -> Checked {
    let text = std::str::from_utf8(body).map_err(|_| "is not UTF-8".to_owned())?;
    if json::read(text, Reader::object).is_ok() {
        return Ok(());
    }
    match serde_json::from_str::<IgnoredAny>(text) {
        Err(error) if text.trim_ascii_start().starts_with('{') => {
            Err(format!("is not a JSON object: at line {}, column {}", error.line(), error.column()))
        }
        _ => Err("is not a JSON object".to_owned()),
    }
}
