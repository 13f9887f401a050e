//! What does a segment's export cost on its way to Braze and to Lytics, compared with programs written by hand for it?
//!
//! `file (CSV, or a ZIP of 100) -> braze-ingest -> map-fields -> braze-export (or lytics-export, bulk) -> receiver` against [`maps`], which
//! makes a JSON object of each row, and [`native`], which writes each row straight into the body. Both do this and nothing else: they copy no
//! file before they read it, hash and prove none, and remember nothing. Before the
//! rounds that count, both deliver a few rows to a receiver that compares what was said of each, which also compiles the components;
//! in the rounds it counts who arrived.
//!
//! ```text
//! cargo bench --bench segments -- --rows 500000 --rounds 3
//! cargo bench --bench segments -- --rows 5000000 --rounds 1 --packed csv --to braze
//! ```

mod client;
mod harness;
#[path = "segments/maps.rs"]
mod maps;
mod median;
#[path = "segments/native.rs"]
mod native;
#[expect(dead_code, reason = "the other benchmarks deliver other people")]
mod people;
mod receiver;
mod turns;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::ensure;
use clap::{Parser, Subcommand, ValueEnum};
use zip::write::{SimpleFileOptions, ZipWriter};

use harness::table::table;
use harness::{Cost, machine, measure};
use median::median;
use native::{DROPPED, RENAMED};
use people::{SEGMENT, write_row};
use receiver::{Care, Receiver, Tally};
use turns::{ratio, take_turns};

/// How many rows are compared word for word.
const COMPARED: u64 = 5000;
/// Files in an archive.
const FILES: u64 = 100;
/// Sent by both; nothing on a loopback looks at it.
const KEY: &str = "key-5f1c0e7a";

/// A segment's export, against programs written by hand.
#[derive(Parser)]
struct Arguments {
    /// How many rows are delivered.
    #[arg(long, default_value_t = 500_000, value_parser = clap::value_parser!(u64).range(1..))]
    rows: u64,
    /// How often each contender runs.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    rounds: u64,
    /// As which file alone; both without it.
    #[arg(long)]
    packed: Option<Packed>,
    /// To whom alone; both without it.
    #[arg(long)]
    to: Option<Vendor>,
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
    /// A program written by hand.
    #[command(hide = true)]
    Maps { file: PathBuf, vendor: Vendor, origin: String },
    /// The faster one.
    #[command(hide = true)]
    Native { file: PathBuf, vendor: Vendor, origin: String },
}

/// What the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Packed {
    Csv,
    Zip,
}

/// Who is delivered to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Vendor {
    /// With requests of 75.
    Braze,
    /// With its bulk form.
    Lytics,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contender {
    Native,
    Maps,
    Brazeline,
}

const CONTENDERS: [Contender; 3] = [Contender::Native, Contender::Maps, Contender::Brazeline];

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match &arguments.part {
        Some(Part::Receiver { care, latency_ms }) => receiver::serve(*care, Duration::from_millis(*latency_ms)),
        Some(Part::Maps { file, vendor, origin }) => maps::deliver(file, *vendor, origin, KEY),
        Some(Part::Native { file, vendor, origin }) => native::deliver(file, *vendor, origin, KEY),
        None => compare(&arguments),
    }
}

fn compare(Arguments { rows, rounds, packed, to, .. }: &Arguments) -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    println!("{rows} rows of 20 columns, {rounds} rounds, on {}", machine::shape());
    for packed in [Packed::Csv, Packed::Zip].into_iter().filter(|one| packed.is_none_or(|only| only == *one)) {
        for vendor in [Vendor::Braze, Vendor::Lytics].into_iter().filter(|one| to.is_none_or(|only| only == *one)) {
            let stage = Stage { folder: folder.path(), packed, vendor };
            stage.say_the_same((*rows).min(COMPARED))?;
            let file = stage.write(*rows)?;
            let costs = take_turns(&CONTENDERS, *rounds, |contender| {
                let (cost, tally) = stage.deliver(contender, &file, Care::People)?;
                let once_each = tally.people == *rows && tally.objects == *rows;
                ensure!(once_each, "{contender:?}: {} of {rows} rows in {} records", tally.people, tally.objects);
                Ok(cost)
            })?;
            report(&format!("{packed:?} to {vendor:?}"), *rows, &costs);
        }
    }
    Ok(())
}

/// One kind of file to one vendor.
struct Stage<'a> {
    folder: &'a Path,
    packed: Packed,
    vendor: Vendor,
}

impl Stage<'_> {
    /// Fails unless every row arrives with the same fields and values from all.
    fn say_the_same(&self, rows: u64) -> anyhow::Result<()> {
        let file = self.write(rows)?;
        let tallies = take_turns(&CONTENDERS, 1, |contender| Ok(self.deliver(contender, &file, Care::Content)?.1))?;
        let said = |tallies: &[Tally]| {
            tallies.iter().map(|tally| (tally.people, tally.objects, tally.content)).collect::<Vec<_>>()
        };
        let is_same = tallies.windows(2).all(|pair| said(&pair[0]) == said(&pair[1]));
        ensure!(is_same, "they do not deliver the same: {tallies:?}");
        Ok(())
    }

    /// Writes the file.
    fn write(&self, rows: u64) -> anyhow::Result<PathBuf> {
        let incoming = self.folder.join("in");
        std::fs::create_dir_all(&incoming)?;
        let csv = |out: &mut dyn Write, rows: std::ops::Range<u64>| {
            out.write_all(SEGMENT)?;
            let mut out = BufWriter::new(out);
            rows.into_iter().try_for_each(|row| write_row(&mut out, row))?;
            out.flush()
        };
        let path = incoming.join("segment");
        let mut file = BufWriter::new(File::create(&path)?);
        match self.packed {
            Packed::Csv => csv(&mut file, 0..rows)?,
            Packed::Zip => {
                let (mut archive, each) = (ZipWriter::new(&mut file), rows.div_ceil(FILES));
                for number in 0..rows.div_ceil(each) {
                    archive.start_file(format!("users-{number}.csv"), SimpleFileOptions::default())?;
                    csv(&mut archive, number * each..rows.min((number + 1) * each))?;
                }
                archive.finish()?;
            }
        }
        file.flush()?;
        Ok(path)
    }

    /// Lets a contender deliver the file to a receiver.
    fn deliver(&self, contender: Contender, file: &Path, care: Care) -> anyhow::Result<(Cost, Tally)> {
        let receiver = Receiver::start(care, Duration::ZERO)?;
        let cost = match contender {
            Contender::Native => self.by_hand("native", file, receiver.address())?,
            Contender::Maps => self.by_hand("maps", file, receiver.address())?,
            Contender::Brazeline => self.brazeline(receiver.address())?,
        };
        Ok((cost, receiver.stop()?))
    }

    fn by_hand(&self, program: &str, file: &Path, origin: &str) -> anyhow::Result<Cost> {
        let mut command = Command::new(std::env::current_exe()?);
        let vendor = if self.vendor == Vendor::Braze { "braze" } else { "lytics" };
        command.arg(program).arg(file).arg(vendor).arg(origin);
        measure(command)
    }

    /// With a memory of its own, because a file that was imported before is not read again. What is compiled stays.
    fn brazeline(&self, origin: &str) -> anyhow::Result<Cost> {
        let place = tempfile::tempdir_in(self.folder)?;
        let compiled = self.folder.join("compiled");
        std::fs::create_dir_all(&compiled)?;
        std::fs::create_dir(place.path().join("data"))?;
        std::os::unix::fs::symlink(compiled, place.path().join("data/components"))?;
        std::fs::write(place.path().join("pipeline.yaml"), self.pipeline(origin))?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_brazeline"));
        command.args(["run", "pipeline.yaml"]).current_dir(place.path());
        command.env("KEY", KEY).env("BRAZELINE_LOG", "warn");
        measure(command)
    }

    fn pipeline(&self, origin: &str) -> String {
        let renamed: Vec<String> = RENAMED.iter().map(|(from, to)| format!("{from}: {to}")).collect();
        let (authorization, sink) = match self.vendor {
            Vendor::Braze => (
                format!(r#"type: braze, api_key: "SECRET[env.KEY]", hosts: {{ rest: "{origin}" }}"#),
                "type: braze-export",
            ),
            Vendor::Lytics => (
                format!(
                    r#"type: lytics, account: "1234", api_token: "SECRET[env.KEY]", hosts: {{ bulk: "{origin}" }}"#
                ),
                "type: lytics-export, mode: bulk",
            ),
        };
        format!(
            r#"name: bench
data_dir: ./data
authorizations:
  there: {{ {authorization}, plain_http: true }}
sources:
  segment:
    type: braze-ingest
    mode: file
    format: csv
    identifier: {{ external_id: user_id }}
    files: {{ type: drop_folder, path: "{}", settle: 0s, when_done: keep }}
    every: once
transforms:
  shape: {{ type: map-fields, inputs: [segment], rename: {{ {} }}, drop: [{}] }}
sinks:
  there: {{ {sink}, inputs: [shape], authorization: there }}
"#,
            self.folder.join("in").display(),
            renamed.join(", "),
            DROPPED.join(", "),
        )
    }
}

fn report(name: &str, rows: u64, costs: &[Vec<Cost>]) {
    let table_rows = CONTENDERS.iter().zip(costs).map(|(contender, costs)| {
        let of = |of: fn(&Cost) -> f64| median(costs.iter().map(of));
        let (cpu, wall) = (of(|cost| cost.cpu.as_secs_f64()), of(|cost| cost.wall.as_secs_f64()));
        vec![
            format!("{contender:?}").to_lowercase(),
            format!("{cpu:.2}"),
            format!("{wall:.2}"),
            format!("{:.0}", rows as f64 / wall),
            format!("{:.1}", of(|cost| cost.peak as f64) / 1024.0 / 1024.0),
        ]
    });
    println!("{}", table(&[name, "CPU s", "wall s", "rows/s", "peak MiB"], table_rows));
    let [by_hand @ .., brazeline] = costs else { unreachable!("there are contenders") };
    for (contender, by_hand) in CONTENDERS.iter().zip(by_hand) {
        let of = |of: fn(&Cost) -> f64| {
            ratio(&brazeline.iter().map(of).collect::<Vec<_>>(), &by_hand.iter().map(of).collect::<Vec<_>>())
        };
        let (cpu, wall) = (of(|cost| cost.cpu.as_secs_f64()), of(|cost| cost.wall.as_secs_f64()));
        println!(
            "brazeline costs, in CPU {cpu} of {} (aim: 1 of maps), in wall time {wall}",
            format!("{contender:?}").to_lowercase()
        );
    }
}
