//! Text to a [`Tree`]: YAML 1.2, of which JSON is a part.
//!
//! It refuses what a reader of the file could not see: a key twice, a second document, tags, `<<`, and aliases that would grow into
//! more than the file holds. It reads event by event and keeps its own stack, so no depth of nesting can overflow ours.

use std::borrow::Cow;
use std::collections::BTreeMap;

use saphyr::{Scalar, ScalarStyle, Tag};
use saphyr_parser::{Event, Marker, Parser};
use serde_json::Number;

use super::place::{Report, Spot};
use super::tree::{Entry, Tree, Value};
use crate::problem::Problem;

/// A pipeline file is four levels deep; components' settings add a few.
const DEEPEST: usize = 64;
/// What aliases may add. An alias of an alias of an alias doubles each time; no file written by a person comes near.
const MOST_ALIASED: usize = 10_000;

/// Reads the only document of a file. What is wrong goes into the report; `None` if nothing useful can be read.
pub(super) fn read(text: &str, report: &mut Report) -> Option<Tree> {
    match Reader::new(report).read(text) {
        Ok(Some(tree)) => Some(tree),
        Ok(None) => {
            report.error(Spot::START, "the pipeline file is empty", "start with `name:`, `sources:` and `sinks:`");
            None
        }
        Err(stop) => {
            report.add(stop.spot, *stop.problem);
            None
        }
    }
}

/// After this nothing more can be read.
struct Stop {
    spot: Spot,
    problem: Box<Problem>,
}

fn stop(spot: Spot, what: impl Into<String>, help: impl Into<String>) -> Stop {
    Stop { spot, problem: Box::new(Problem::error(what, help)) }
}

/// A list or a map that has not ended yet.
struct Open {
    spot: Spot,
    /// 0 if nobody can refer to it.
    anchor: usize,
    inside: Inside,
}

enum Inside {
    List(Vec<Tree>),
    /// The members, and the key of the one that comes next.
    Map(Vec<Entry>, Option<(String, Spot)>),
}

struct Reader<'r> {
    report: &'r mut Report,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Tree>,
    aliased: usize,
    documents: usize,
    root: Option<Tree>,
}

impl<'r> Reader<'r> {
    fn new(report: &'r mut Report) -> Self {
        Self { report, open: Vec::new(), anchors: BTreeMap::new(), aliased: 0, documents: 0, root: None }
    }

    fn read(mut self, text: &str) -> Result<Option<Tree>, Stop> {
        let mut events = Parser::new_from_str(text);
        while let Some(event) = events.next_event() {
            let (event, span) = event.map_err(|error| {
                stop(spot(error.marker()), format!("this is not YAML: {}", error.info()), "mend it here or just before")
            })?;
            self.event(event, spot(&span.start))?;
        }
        // `---` alone is a document with nothing in it.
        Ok(self.root.filter(|root| !matches!(root.value, Value::Null)))
    }

    fn event(&mut self, event: Event<'_>, spot: Spot) -> Result<(), Stop> {
        match event {
            Event::DocumentStart(_) => self.document(spot),
            Event::SequenceStart(anchor, tag) => self.begin(spot, anchor, Inside::List(Vec::new()), tag),
            Event::MappingStart(anchor, tag) => self.begin(spot, anchor, Inside::Map(Vec::new(), None), tag),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.alias(spot, anchor),
            Event::Scalar(text, style, anchor, tag) if self.awaits_key() => {
                no_tag(spot, tag.as_deref())?;
                self.key(spot, text.into_owned(), style, anchor)
            }
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(spot, text, style, tag.as_ref())?;
                self.place(Tree { spot, value }, anchor);
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn document(&mut self, spot: Spot) -> Result<(), Stop> {
        self.documents += 1;
        match self.documents {
            1 => Ok(()),
            _ => Err(stop(
                spot,
                "a second YAML document begins here",
                "a file holds one pipeline; give each its own file and `data_dir`",
            )),
        }
    }

    fn awaits_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { inside: Inside::Map(_, None), .. }))
    }

    fn begin(&mut self, spot: Spot, anchor: usize, inside: Inside, tag: Option<Cow<'_, Tag>>) -> Result<(), Stop> {
        no_tag(spot, tag.as_deref())?;
        if self.awaits_key() {
            return Err(stop(spot, "a list or a map stands where a key should", "a key is text: `key: value`"));
        }
        if self.open.len() == DEEPEST {
            let what = format!("lists and maps are nested more than {DEEPEST} deep");
            return Err(stop(spot, what, "is a bracket missing above?"));
        }
        self.open.push(Open { spot, anchor, inside });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Stop> {
        if let Some(Open { spot, anchor, inside }) = self.open.pop() {
            let value = match inside {
                Inside::List(items) => Value::List(items),
                Inside::Map(entries, _) => Value::Map(entries),
            };
            self.place(Tree { spot, value }, anchor);
        }
        Ok(())
    }

    fn key(&mut self, spot: Spot, text: String, style: ScalarStyle, anchor: usize) -> Result<(), Stop> {
        if text == "<<" && style == ScalarStyle::Plain {
            return Err(stop(
                spot,
                "`<<` (merge) is not part of YAML 1.2",
                "repeat the keys, or give the whole value an anchor and use it with `*`",
            ));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, Tree { spot, value: Value::Text(text.clone()) });
        }
        if let Some(Open { inside: Inside::Map(_, key), .. }) = self.open.last_mut() {
            *key = Some((text, spot));
        }
        Ok(())
    }

    fn alias(&mut self, spot: Spot, anchor: usize) -> Result<(), Stop> {
        let Some(tree) = self.anchors.get(&anchor).cloned() else {
            return Err(stop(spot, "this alias stands inside of what it refers to", "write the value out"));
        };
        if self.awaits_key() {
            return Err(stop(spot, "an alias stands where a key should", "write the key out"));
        }
        self.aliased += tree.size();
        if self.aliased > MOST_ALIASED {
            let what = format!("aliases add more than {MOST_ALIASED} values to this file");
            return Err(stop(spot, what, "write the values out"));
        }
        self.place(tree, 0);
        Ok(())
    }

    /// Puts a whole value where it belongs.
    fn place(&mut self, tree: Tree, anchor: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, tree.clone());
        }
        match self.open.last_mut() {
            None => self.root = Some(tree),
            Some(Open { inside: Inside::List(items), .. }) => items.push(tree),
            Some(Open { inside: Inside::Map(entries, key), .. }) => {
                if let Some((key, spot)) = key.take() {
                    insert(entries, Entry { key, spot, value: tree }, self.report);
                }
            }
        }
    }
}

fn insert(entries: &mut Vec<Entry>, mut entry: Entry, report: &mut Report) {
    if let Some(first) = entries.iter().find(|other| other.key == entry.key) {
        let what = format!("the key `{}` stands twice in one map", entry.key);
        let fact = format!("first at line {}, column {}", first.spot.line, first.spot.column);
        return report.add(entry.spot, Problem::error(what, "keep one of them").fact(fact));
    }
    if matches!(entry.value.value, Value::Null) {
        // The parser places a value that is not there at whatever comes next.
        entry.value.spot = entry.spot;
    }
    entries.push(entry);
}

fn no_tag(spot: Spot, tag: Option<&Tag>) -> Result<(), Stop> {
    match tag {
        Some(tag) if !tag.is_yaml_core_schema() => {
            Err(stop(spot, format!("the tag `{tag}` means nothing here"), "remove the tag"))
        }
        _ => Ok(()),
    }
}

fn scalar(spot: Spot, text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Cow<'_, Tag>>) -> Result<Value, Stop> {
    no_tag(spot, tag.map(Cow::as_ref))?;
    match Scalar::parse_from_cow_and_metadata(text.clone(), style, tag) {
        None => Err(stop(spot, "the value is not what its tag says", "remove the tag, or mend the value")),
        Some(Scalar::Null) => Ok(Value::Null),
        Some(Scalar::Boolean(value)) => Ok(Value::Bool(value)),
        Some(Scalar::Integer(value)) => Ok(Value::Number(value.into())),
        Some(Scalar::FloatingPoint(value)) => number(spot, &text, value.into_inner()),
        Some(Scalar::String(text)) => Ok(Value::Text(text.into_owned())),
    }
}

/// A number that is no small integer. One of many digits is an id that somebody forgot to quote, and rounding would change it.
fn number(spot: Spot, text: &str, value: f64) -> Result<Value, Stop> {
    let whole = text.trim_start_matches(['+', '-']).bytes().all(|byte| byte.is_ascii_digit());
    let number = match whole {
        true => text.parse::<u64>().ok().map(Number::from),
        false => Number::from_f64(value),
    };
    number.map(Value::Number).ok_or_else(|| {
        stop(spot, "this number cannot be held exactly", "if it is an id, write it in quotes: it is text then")
    })
}

fn spot(marker: &Marker) -> Spot {
    Spot { line: marker.line(), column: marker.col() + 1 }
}
