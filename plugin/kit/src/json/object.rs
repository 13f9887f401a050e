//! How is an object written of which most members stay?
//!
//! Members that stay and stand side by side are copied at once, with what stands between them.

use std::ops::Range;

use serde_json::Value;

use crate::append::append;

/// An object being written, made of another.
///
/// ```
/// use brazeline_kit::json::{Object, written_name};
///
/// let (source, mut out) = (r#"{"a":1, "b":2,"c":3}"#, Vec::new());
/// let mut object = Object::begin(source, &mut out);
/// object.stay(&(1..6));
/// object.stay(&(8..13));
/// object.skip();
/// object.member(&written_name("d"), "4");
/// object.end();
/// assert_eq!(out, br#"{"a":1, "b":2,"d":4}"#);
/// ```
#[derive(Debug)]
pub struct Object<'s, 'o> {
    source: &'s str,
    out: &'o mut Vec<u8>,
    is_empty: bool,
    /// Members side by side that are to be copied.
    run: Range<usize>,
}

impl<'s, 'o> Object<'s, 'o> {
    /// Begins to write it to `out`.
    pub fn begin(source: &'s str, out: &'o mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { source, out, is_empty: true, run: 0..0 }
    }

    /// The source's next member stays: it stands there, from its name to the end of its value.
    pub fn stay(&mut self, place: &Range<usize>) {
        if self.run.is_empty() {
            self.run.start = place.start;
        }
        self.run.end = place.end;
    }

    /// The source's next member does not.
    pub fn skip(&mut self) {
        let run = std::mem::take(&mut self.run);
        if let Some(members) = self.source.get(run).filter(|members| !members.is_empty()) {
            self.write(members);
        }
    }

    /// The next member is this, its name as it is [written](written_name), its value as JSON.
    pub fn member(&mut self, name: &str, json: &str) {
        self.skip();
        self.write(name);
        append(self.out, json.as_bytes());
    }

    /// The next members are these, as JSON.
    pub fn members(&mut self, members: &str) {
        self.skip();
        self.write(members);
    }

    fn write(&mut self, text: &str) {
        if !std::mem::take(&mut self.is_empty) {
            self.out.push(b',');
        }
        append(self.out, text.as_bytes());
    }

    /// No more members come.
    pub fn end(mut self) {
        self.skip();
        self.out.push(b'}');
    }
}

/// A member's name as JSON, and its colon.
#[must_use]
pub fn written_name(name: &str) -> String {
    format!("{}:", Value::from(name))
}
