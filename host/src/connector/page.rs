//! Events on their way from a built-in source, a batch at a time.

use std::io::{self, BufRead};

use super::lines::{Line, Lines};
use super::person::{self, Identifier, NoEvent};
use crate::component::types::{Batch, Unread, WhyUnread};

/// The longest line that can be an event: what a sink's request holds at most is a few of these.
pub const LINE_BYTES: usize = 1024 * 1024;
/// So many events are given on at once ...
pub const PAGE_EVENTS: usize = 1000;
/// ... or so many bytes: enough that the work of a batch is shared, little enough to be held a few times.
pub const PAGE_BYTES: usize = 1024 * 1024;

/// Events, and what should have been one.
#[derive(Debug, Default)]
pub struct Page {
    /// What could be read.
    pub events: Batch,
    /// What could not.
    pub unread: Vec<Unread>,
    /// How many of those are no JSON at all.
    pub not_json: usize,
    bytes: usize,
}

impl Page {
    /// Takes what should be an event. `place` says where it stands.
    pub fn take(&mut self, body: &[u8], identifier: Option<&Identifier>, place: impl FnOnce() -> String) {
        self.bytes += body.len();
        match person::key(body, identifier) {
            Ok(key) => self.events.push(&key, body),
            Err(no_event) => {
                self.not_json += usize::from(matches!(no_event, NoEvent::NotJson(_)));
                self.reject(body, place(), no_event.into_reason());
            }
        }
    }

    /// Takes a line; an empty one is nothing.
    pub fn take_line(&mut self, line: &Line<'_>, identifier: Option<&Identifier>, place: impl FnOnce() -> String) {
        match line.is_too_long {
            true => {
                self.bytes += line.text.len();
                self.reject(
                    line.text,
                    place(),
                    format!("the line is longer than {LINE_BYTES} bytes; this is its beginning"),
                );
            }
            false if line.text.is_empty() => {}
            false => self.take(line.text, identifier, place),
        }
    }

    /// Takes lines until it is full, they end, or `pause` says so before the next. False: they ended.
    pub fn fill<R: BufRead>(
        &mut self,
        lines: &mut Lines<R>,
        identifier: Option<&Identifier>,
        pause: impl Fn(&R) -> bool,
    ) -> io::Result<bool> {
        while !self.is_full() {
            let Some(line) = lines.next()? else { return Ok(false) };
            self.take_line(&line, identifier, || format!("line {}, byte {}", line.number, line.byte));
            if pause(lines.reader()) {
                break;
            }
        }
        Ok(true)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.unread.is_empty()
    }

    fn is_full(&self) -> bool {
        self.events.len() + self.unread.len() >= PAGE_EVENTS || self.bytes >= PAGE_BYTES
    }

    fn reject(&mut self, raw: &[u8], place: String, reason: String) {
        self.unread.push(Unread { raw: raw.to_vec(), place, key: None, why: WhyUnread::Rejected, reason });
    }
}

/// Events as lines: one JSON object each.
pub fn ndjson(batch: &Batch) -> Vec<u8> {
    let mut out = Vec::with_capacity(batch.bodies.bytes.len() + batch.len());
    for event in 0..batch.len() {
        // In JSON, a line break can only stand between tokens, where a space does as well.
        out.extend(batch.body(event).iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }));
        out.push(b'\n');
    }
    out
}

/// Events as one JSON array.
pub fn json_array(batch: &Batch) -> Vec<u8> {
    let mut out = Vec::with_capacity(batch.bodies.bytes.len() + batch.len() + 2);
    out.push(b'[');
    for event in 0..batch.len() {
        if event > 0 {
            out.push(b',');
        }
        out.extend_from_slice(batch.body(event));
    }
    out.push(b']');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_written() {
        let mut batch = Batch::new();
        batch.push("external_id:a", b"{\"a\":\"b\\n\"}");
        batch.push("external_id:b", b"{\r\n}");
        assert_eq!(String::from_utf8(ndjson(&batch)).unwrap(), "{\"a\":\"b\\n\"}\n{  }\n");
        assert_eq!(String::from_utf8(json_array(&batch)).unwrap(), "[{\"a\":\"b\\n\"},{\r\n}]");
        assert_eq!(json_array(&Batch::new()), b"[]");
    }

    #[test]
    fn a_page_ends_when_it_is_full() {
        let text = "{\"user\":{\"email\":\"a@x\"}}\nnonsense\n".repeat(PAGE_EVENTS);
        let mut lines = Lines::new(text.as_bytes(), 0, 0, LINE_BYTES);
        let mut pages = Vec::new();
        loop {
            let mut page = Page::default();
            let more = page.fill(&mut lines, None, |_| false).unwrap();
            pages.push((page.events.len(), page.unread.len(), more));
            if !more {
                break;
            }
        }
        assert_eq!(pages, [(500, 500, true), (500, 500, true), (0, 0, false)]);
    }
}
