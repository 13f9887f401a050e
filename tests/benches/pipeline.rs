//! What does a whole pipeline cost, compared with a program written by hand for it?
//!
//! `file (NDJSON) -> map-fields -> braze-export -> receiver` against [`native`], which does the same and nothing else. Before the
//! rounds that count, both deliver a few people to a receiver that compares what was said of each; in the rounds it counts who
//! arrived. A receiver that takes its time is for the pipeline alone: how near does it come to a budget?
//!
//! ```text
//! cargo bench --bench pipeline -- --people 500000 --rounds 3
//! cargo bench --bench pipeline -- --people 500000 --latency-ms 50
//! ```

mod client;
mod harness;
mod median;
mod native;
#[expect(dead_code, reason = "the other benchmark reads segments")]
mod people;
mod receiver;
mod turns;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::{Parser, Subcommand};

use harness::table::table;
use harness::{Cost, machine, measure};
use median::median;
use people::{DROPPED, ID, RENAMED, write_person};
use receiver::{Care, Receiver, Tally};
use turns::{ratio, take_turns};

/// How many times as much as the native program the pipeline may cost.
const AIM: f64 = 1.5;

/// How many people are compared word for word.
const COMPARED: u64 = 5000;

/// Sent by both; nothing on a loopback looks at it.
const API_KEY: &str = "b-key-5f1c0e7a";

/// A pipeline against a program written by hand.
#[derive(Parser)]
struct Arguments {
    /// How many people are delivered.
    #[arg(long, default_value_t = 500_000, value_parser = clap::value_parser!(u64).range(1..))]
    people: u64,
    /// How long the receiver takes for an answer.
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
    /// How often each contender runs.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    rounds: u64,
    /// What `cargo bench` adds.
    #[arg(long, hide = true)]
    bench: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What this program does when it has started itself again.
#[derive(Subcommand)]
enum Part {
    /// Counts what is delivered.
    #[command(hide = true)]
    Receiver { care: Care, latency_ms: u64 },
    /// The program written by hand.
    #[command(hide = true)]
    Native { people: PathBuf, origin: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contender {
    Native,
    Brazeline,
}

const CONTENDERS: [Contender; 2] = [Contender::Native, Contender::Brazeline];

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match &arguments.part {
        Some(Part::Receiver { care, latency_ms }) => receiver::serve(*care, Duration::from_millis(*latency_ms)),
        Some(Part::Native { people, origin }) => native::deliver(people, origin, API_KEY),
        None if arguments.latency_ms > 0 => alone(&arguments),
        None => compare(arguments.people, arguments.rounds),
    }
}

fn compare(people: u64, rounds: u64) -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let file = folder.path().join("people.ndjson");
    say_the_same(&file, people.min(COMPARED))?;

    write_people(&file, people)?;
    let costs = take_turns(&CONTENDERS, rounds, |contender| {
        let (cost, tally) = deliver(contender, &file, Care::People, Duration::ZERO)?;
        let once_each = tally.people == people && tally.objects == people;
        ensure!(once_each, "{contender:?} delivered {} of {people} people in {} objects", tally.people, tally.objects);
        Ok(cost)
    })?;
    report(people, &costs);
    Ok(())
}

/// Delivers to a receiver that takes its time.
fn alone(Arguments { people, latency_ms, rounds, .. }: &Arguments) -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let file = folder.path().join("people.ndjson");
    write_people(&file, *people)?;
    let rows = take_turns(&[Contender::Brazeline], *rounds, |contender| {
        let (cost, tally) = deliver(contender, &file, Care::People, Duration::from_millis(*latency_ms))?;
        ensure!(tally.people == *people, "{} of {people} people arrived", tally.people);
        let mut row = row(contender, *people, &[cost]);
        row.push(format!("{:.0}", tally.requests as f64 / cost.wall.as_secs_f64()));
        Ok(row)
    })?;
    println!("{people} people, {latency_ms} ms an answer, on {}", machine::shape());
    let headers = ["", "CPU s per million", "people/s", "wall s", "peak MiB", "requests/s"];
    println!("{}", table(&headers, rows.into_iter().flatten()));
    Ok(())
}

fn write_people(path: &Path, people: u64) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for number in 0..people {
        write_person(&mut file, number)?;
    }
    Ok(file.flush()?)
}

/// Fails unless every person arrives with the same fields and values from both.
fn say_the_same(file: &Path, people: u64) -> anyhow::Result<()> {
    write_people(file, people)?;
    let tallies =
        take_turns(&CONTENDERS, 1, |contender| Ok(deliver(contender, file, Care::Content, Duration::ZERO)?.1))?;
    let [native, brazeline] = tallies.as_slice() else { unreachable!("there are two contenders") };
    let said = |tallies: &[Tally]| {
        tallies.iter().map(|tally| (tally.people, tally.objects, tally.content)).collect::<Vec<_>>()
    };
    ensure!(said(native) == said(brazeline), "they do not deliver the same: {native:?} and {brazeline:?}");
    Ok(())
}

/// Lets a contender deliver the file to a receiver.
fn deliver(contender: Contender, file: &Path, care: Care, latency: Duration) -> anyhow::Result<(Cost, Tally)> {
    let receiver = Receiver::start(care, latency)?;
    let cost = match contender {
        Contender::Native => {
            let mut command = Command::new(std::env::current_exe()?);
            command.arg("native").arg(file).arg(receiver.address());
            measure(command)?
        }
        Contender::Brazeline => brazeline(file, receiver.address())?,
    };
    Ok((cost, receiver.stop()?))
}

/// In a folder of its own, because a file that was imported before is not read again.
fn brazeline(file: &Path, origin: &str) -> anyhow::Result<Cost> {
    let folder = tempfile::tempdir_in(file.parent().context("the file lies in a folder")?)?;
    std::fs::write(folder.path().join("pipeline.yaml"), pipeline(file, origin))?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_brazeline"));
    command.args(["run", "pipeline.yaml"]).current_dir(folder.path());
    command.env("BRAZE_API_KEY", API_KEY).env("BRAZELINE_LOG", "warn");
    measure(command)
}

fn pipeline(file: &Path, origin: &str) -> String {
    let renamed: Vec<String> = RENAMED.iter().map(|(from, to)| format!("{from}: {to}")).collect();
    format!(
        r#"name: bench
data_dir: ./data
authorizations:
  braze: {{ type: braze, api_key: "SECRET[env.BRAZE_API_KEY]", hosts: {{ rest: "{origin}" }}, plain_http: true }}
sources:
  people: {{ type: file, path: "{}", identifier: {{ external_id: {ID} }} }}
transforms:
  shape:
    type: map-fields
    inputs: [people]
    identifier: {{ external_id: {ID} }}
    rename: {{ {} }}
    drop: [{ID}, {DROPPED}]
sinks:
  braze: {{ type: braze-export, inputs: [shape], authorization: braze }}
"#,
        file.display(),
        renamed.join(", "),
    )
}

fn report(people: u64, costs: &[Vec<Cost>]) {
    println!("{people} people of 20 fields, {} rounds, on {}", costs[0].len(), machine::shape());
    let rows = CONTENDERS.iter().zip(costs).map(|(contender, costs)| row(*contender, people, costs));
    println!("{}", table(&["", "CPU s per million", "people/s", "wall s", "peak MiB"], rows));
    let [native, brazeline] = costs else { unreachable!("there are two contenders") };
    let ratio = |of: fn(&Cost) -> f64| {
        ratio(&brazeline.iter().map(of).collect::<Vec<_>>(), &native.iter().map(of).collect::<Vec<_>>())
    };
    println!(
        "brazeline costs, in CPU {} of native (aim: {AIM}), in wall time {}",
        ratio(|c| c.cpu.as_secs_f64()),
        ratio(|c| c.wall.as_secs_f64())
    );
}

fn row(contender: Contender, people: u64, costs: &[Cost]) -> Vec<String> {
    let people = people as f64;
    let cpu = median(costs.iter().map(|cost| cost.cpu.as_secs_f64()));
    let wall = median(costs.iter().map(|cost| cost.wall.as_secs_f64()));
    let peak = median(costs.iter().map(|cost| cost.peak as f64));
    vec![
        format!("{contender:?}").to_lowercase(),
        format!("{:.2}", cpu / people * 1e6),
        format!("{:.0}", people / wall),
        format!("{wall:.2}"),
        format!("{:.1}", peak / 1024.0 / 1024.0),
    ]
}
