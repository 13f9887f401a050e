//! What does the sandbox around a component cost?
//!
//! The same Rust, compiled natively and as the component that comes with the program, called with the same events by turns in one
//! process. The component's figures hold all that the host does around a call: passing the bytes, the deadline, and checking the
//! answer. Peak memory is that of a process of its own for each.
//!
//! ```text
//! cargo bench --bench components
//! ```

#[expect(dead_code, reason = "the other benchmark compares whole programs alone")]
mod harness;
mod median;
#[expect(dead_code, reason = "the other benchmark delivers them")]
mod people;

use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;
use brazeline::component::types::{Arrival, Batch, Entry};
use brazeline::component::{Library, Limits, Node, Reference};
use brazeline_kit as kit;
use kit::{Decoder as _, Decoding as _, Plugin, Receiver as _, Sink as _};
use serde_json::{Value, json};

use harness::{machine, measure, table::table};
use median::median;

/// How many times as much as native a component may cost.
const AIM: f64 = 1.6;
/// So many turns, each this long: long enough for the clock, short enough that a slow phase of the machine meets both.
const TURNS: usize = 25;
const TURN: Duration = Duration::from_millis(40);

/// Something that is measured: a call that handles this many events.
struct Case {
    name: &'static str,
    events: usize,
    native: Box<dyn Fn()>,
    component: Box<dyn Fn()>,
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.as_slice() {
        [side] if side == "native" || side == "component" => alone(side == "native"),
        _ => compare(),
    }
}

/// One side, for its peak of memory.
fn alone(native: bool) -> anyhow::Result<()> {
    for case in cases(!native)? {
        turn(if native { &case.native } else { &case.component });
    }
    Ok(())
}

fn compare() -> anyhow::Result<()> {
    // Before anything large is in this process: a child's peak begins with its parent's.
    let peaks = ["native", "component"].map(peak);
    println!("{TURNS} turns of {} ms, on {}", TURN.as_millis(), machine::shape());
    let rows: Vec<Vec<String>> = cases(true)?.iter().map(row).collect();
    println!("{}", table(&["", "native ns/event", "component ns/event", "ratio"], rows));
    let [native, component] = peaks;
    println!(
        "peak memory of all together: native {:.1} MiB, components {:.1} MiB; the aim is a ratio of {AIM}",
        native?, component?
    );
    Ok(())
}

fn peak(side: &str) -> anyhow::Result<f64> {
    let mut command = Command::new(std::env::current_exe()?);
    Ok(measure({
        command.arg(side);
        command
    })?
    .peak as f64
        / 1024.0
        / 1024.0)
}

fn row(case: &Case) -> Vec<String> {
    let (mut native, mut component) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        native.push(turn(&case.native) / case.events as f64);
        component.push(turn(&case.component) / case.events as f64);
    }
    let ratios = native.iter().zip(&component).map(|(native, component)| component / native);
    let ratio = median(ratios);
    let ns = |times: Vec<f64>| format!("{:.0}", median(times));
    vec![case.name.to_owned(), ns(native), ns(component), format!("{ratio:.2}")]
}

/// How many nanoseconds a call takes.
#[expect(clippy::disallowed_methods, reason = "the time is what is measured")]
fn turn(call: &dyn Fn()) -> f64 {
    let (start, mut calls) = (Instant::now(), 0_u32);
    while start.elapsed() < TURN {
        call();
        calls += 1;
    }
    start.elapsed().as_nanos() as f64 / f64::from(calls)
}

fn cases(with_components: bool) -> anyhow::Result<Vec<Case>> {
    let library = if with_components { Some(Library::new(None)?) } else { None };
    let node = |name: &str, settings: &Value| match &library {
        Some(library) => node(library, name, settings).map(Some),
        None => Ok(None),
    };
    let export = json!({ "authorization": { "instance": "US-06" } });
    let ingest = json!({ "authorization": { "account": "1234" } });
    let file = json!({ "mode": "file" });
    let map =
        json!({ "identifier": { "external_id": people::ID }, "rename": { "plan": "tier" }, "drop": [people::ID] });
    Ok(vec![
        webhook(native(&ingest)?, node("braze-ingest", &ingest)?),
        segment(native(&file)?, node("braze-ingest", &file)?),
        track("users/track, 75 at a time", 75, native(&export)?, node("braze-export", &export)?),
        track("users/track, 1,000 at a time", 1000, native(&export)?, node("braze-export", &export)?),
        shape(native(&map)?, node("map-fields", &map)?),
    ])
}

fn native<T: Plugin>(settings: &Value) -> anyhow::Result<T> {
    let settings = serde_json::from_value(settings.clone())?;
    T::configure(settings).map_err(|problems| anyhow::anyhow!("{problems:?}"))
}

fn node(library: &Library, name: &str, settings: &Value) -> anyhow::Result<Node> {
    let component = library.load(&Reference::Embedded(name.to_owned()))?;
    let configured = component.configure(name, &settings.to_string(), &Limits::default());
    Ok(configured.with_context(|| format!("{name} cannot be configured"))?.0)
}

/// One webhook with the twelve fields, as Braze sends it.
fn webhook(native: braze_ingest::BrazeIngest, node: Option<Node>) -> Case {
    let body = json!({
        "city": "AnyTown", "country": "United States", "first_name": "John", "gender": "male", "language": "English",
        "last_name": "Smith", "date_of_birth": "19820101", "phone_number": "5551231234", "time_zone": "GMT+7",
        "twitter_handle": "johnsmith", "email": "john.smith@email.com", "braze_id": "64f0",
    });
    let (path, body) = ("/c/1234/braze_users".to_owned(), body.to_string().into_bytes());
    let theirs =
        kit::Arrival { method: "POST".into(), path: path.clone(), body: body.clone(), ..kit::Arrival::default() };
    let ours = Arrival {
        method: "POST".into(),
        path,
        query: Vec::new(),
        headers: Vec::new(),
        body,
        received_at_ms: 1_790_000_000_000,
    };
    Case {
        name: "webhook, one at a time",
        events: 1,
        native: Box::new(move || drop(black_box(native.receive(black_box(&theirs))))),
        component: call(node, move |node| drop(black_box(node.receive(&ours)))),
    }
}

/// A piece of a segment's CSV, as large as the host gives it: rows of 20 columns in about 230 bytes.
fn segment(native: braze_ingest::BrazeIngest, node: Option<Node>) -> Case {
    const ROWS: usize = 1_100;
    let csv = people::segment(ROWS);
    let (theirs, ours) = (csv.clone(), csv);
    let entry = Entry {
        path: "users.csv".into(),
        name: "users.csv".into(),
        index: 0,
        entries: 1,
        modified_at_ms: 1_790_000_000_000,
    };
    let native = move || {
        let opened = native.open(&kit::Entry { name: "users.csv".into(), ..kit::Entry::default() }, None);
        drop(black_box(opened.and_then(|mut reading| reading.decode(black_box(&theirs), true))));
    };
    let component = call(node, move |node| {
        if let Ok(Ok(mut decoding)) = node.open(&entry, None) {
            drop(black_box(decoding.decode(&ours, true)));
        }
    });
    Case { name: "a segment's CSV, 1,100 rows a piece", events: ROWS, native: Box::new(native), component }
}

/// Person updates of about 20 attributes and two audiences.
fn track(name: &'static str, events: usize, native: braze_export::BrazeExport, node: Option<Node>) -> Case {
    let updates: Vec<(String, String)> = (0..events).map(update).collect();
    let (theirs, ours) = batches(&updates);
    Case {
        name,
        events,
        native: Box::new(move || drop(black_box(native.prepare(black_box(&theirs))))),
        component: call(node, move |node| drop(black_box(node.prepare(&ours)))),
    }
}

/// Plain JSON of 20 fields.
fn shape(native: map_fields::MapFields, node: Option<Node>) -> Case {
    let people: Vec<(String, String)> =
        (0..1000).map(|number| (format!("external_id:u-{number}"), person(number))).collect();
    let (theirs, ours) = batches(&people);
    Case {
        name: "map-fields, 1,000 at a time",
        events: people.len(),
        native: Box::new(move || drop(black_box(kit::transform::run(&native, black_box(&theirs))))),
        component: call(node, move |node| drop(black_box(node.transform(&ours)))),
    }
}

fn call(node: Option<Node>, call: impl Fn(&Node) + 'static) -> Box<dyn Fn()> {
    Box::new(move || node.iter().for_each(&call))
}

fn batches(events: &[(String, String)]) -> (kit::Batch, Batch) {
    let theirs = events.iter().map(|(key, body)| (key.as_str(), body.as_str())).collect();
    let mut ours = Batch::new();
    events.iter().for_each(|(key, body)| ours.push(key, body.as_bytes()));
    (theirs, ours)
}

fn update(number: usize) -> (String, String) {
    let (id, person) = (format!("u-{number}"), person(number));
    let body = format!(
        r#"{{"user":{{"external_id":"{id}"}},"attributes":{person},"audiences":{{"in":["vip"],"of":["vip","lapsed"]}}}}"#
    );
    (format!("external_id:{id}"), body)
}

fn person(number: usize) -> String {
    let mut line = Vec::new();
    // Writing to memory does not fail.
    let _written = people::write_person(&mut line, number as u64);
    String::from_utf8_lossy(&line).trim_end().to_owned()
}
